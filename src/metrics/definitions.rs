//! Every metric: its name, what it counts, and what to do when it moves.

/// Whether it only ever grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Goes up and down.
    Gauge,
    /// Only grows.
    Counter,
}

/// One metric.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// Its name, in base units.
    pub name: &'static str,
    /// Whether it only grows.
    pub kind: Kind,
    /// Its labels; none ever names a person.
    pub labels: &'static [&'static str],
    /// What it counts, in one sentence.
    pub help: &'static str,
    /// What to do when it moves, for the documentation.
    pub action: &'static str,
}

macro_rules! metrics {
    ($($constant:ident = $kind:ident $name:literal [$($label:literal),*] $help:literal, $action:literal;)*) => {
        $(pub(super) const $constant: Definition = Definition {
            name: $name, kind: Kind::$kind, labels: &[$($label),*], help: $help, action: $action,
        };)*
        /// All metrics, in the order of the documentation.
        pub const ALL: &[Definition] = &[$($constant),*];
    };
}

metrics! {
    OBLIGATIONS = Gauge "corewatch_obligations" ["authority", "rule", "team", "severity", "state"]
        "Obligations as of the last evaluation.",
        "Overdue ones that grow: look at the rule and the team in `corewatch evaluate --format table`.";
    OLDEST_OVERDUE = Gauge "corewatch_oldest_overdue_seconds" ["authority", "rule"]
        "Time since the due day of the longest overdue open obligation; 0 where none is overdue.",
        "One that grows by a day every day is a case that nobody takes up.";
    RULE_UNMEASURED = Gauge "corewatch_rule_unmeasured" ["authority", "rule"]
        "1 where the source does not carry what the rule needs, so that it gives no obligations.",
        "`corewatch check` says which attribute or kind is missing.";
    EVALUATION_DURATION = Gauge "corewatch_evaluation_duration_seconds" ["authority"]
        "How long the last evaluation took.",
        "Compare with the number of children; a jump points to the machine.";
    SYNC_LAST_ACCEPTED = Gauge "corewatch_sync_last_accepted_timestamp_seconds" ["authority"]
        "When the source was last read in full and taken into the copy.",
        "An old one: nobody is being warned of what came since; see the log for why it was refused.";
    SYNC_REFUSED = Gauge "corewatch_sync_refused" ["authority"]
        "1 where the last reading of the source was refused and changed nothing.",
        "The log and the mail to operations say why; `corewatch sync --accept` takes a drop that is meant.";
    SYNC_ROWS = Gauge "corewatch_sync_rows" ["authority"]
        "Rows that the last reading of the source yielded.",
        "A fall without a reason in the case system is a broken query.";
    SYNC_CHILDREN = Gauge "corewatch_sync_children" ["authority"]
        "Children that the copy holds.",
        "A fall without a reason in the case system is a broken query.";
    SYNC_DURATION = Gauge "corewatch_sync_duration_seconds" ["authority"]
        "How long the last reading of the source took.",
        "A jump points to the case database.";
    QUARANTINED_ROWS = Gauge "corewatch_quarantined_rows" ["authority"]
        "Rows of the last accepted reading that could not be used.",
        "`corewatch sync --quarantine` lists them with their reasons.";
    PASS_DURATION = Gauge "corewatch_pass_duration_seconds" []
        "How long the last whole pass took.",
        "Keep it well below the time between passes.";
    LAST_SUCCESS = Gauge "corewatch_last_success_timestamp_seconds" ["job"]
        "When the job last ended well.",
        "An old one: see the log for what stops it.";
    NEXT_DUE = Gauge "corewatch_next_due_timestamp_seconds" ["job"]
        "When the job is due next.",
        "One that lies in the past: the daemon is behind its schedule or stuck.";
    QUEUE_MESSAGES = Gauge "corewatch_queue_messages" []
        "Messages that the mail server has not taken yet.",
        "One that grows: the mail server refuses or is down; the log says which.";
    QUEUE_OLDEST = Gauge "corewatch_queue_oldest_timestamp_seconds" []
        "When the oldest message that the mail server has not taken yet was queued; 0 where there is none.",
        "After a day the alert goes up its ladder; mend the mail route before.";
    MAIL_MESSAGES = Counter "corewatch_mail_messages_total" ["result"]
        "Messages by what became of them.",
        "Refused ones: an address in the people table is wrong.";
    BANK_HOLIDAYS = Gauge "corewatch_bank_holidays_known_until_timestamp_seconds" ["nation"]
        "The end of the last year whose bank holidays are known.",
        "Within a year of it: install a newer version or lay a file over (`calendars`).";
    BUILD_INFO = Gauge "corewatch_build_info" ["version"]
        "Always 1; its label says which version runs.",
        "Nothing.";
}
