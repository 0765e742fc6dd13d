//! Every metric: its name, what it counts, and what to do when it moves.

/// Whether it only ever grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Goes up and down.
    Gauge,
    /// Only grows, from nothing when the program starts.
    Counter,
    /// Always 1: its labels are what it says.
    Info,
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

impl Definition {
    /// The unit that the name ends with, where it has one.
    pub fn unit(&self) -> Option<&'static str> {
        ["seconds", "bytes", "ratio"]
            .into_iter()
            .find(|unit| self.name.ends_with(unit))
    }
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
    FELL_DUE = Gauge "corewatch_fell_due_obligations" ["authority", "rule", "window"]
        "Obligations whose due day lies in the window of days before today, without cancelled ones.",
        "What the share met on time is a share of: of few, the share says little.";
    MET_ON_TIME = Gauge "corewatch_met_on_time_ratio" ["authority", "rule", "window"]
        "Share of the obligations that fell due in the window that were met on time; none where none fell due.",
        "A fall over 30 days that 90 days do not show is new: look at the rule by team.";
    RULE_UNMEASURED = Gauge "corewatch_rule_unmeasured" ["authority", "rule"]
        "1 where the source does not carry what the rule needs, so that it gives no obligations.",
        "`corewatch check` says which attribute or kind is missing.";
    FOLDED_TEAMS = Gauge "corewatch_folded_teams" ["authority"]
        "Teams that are counted together as `other`: small ones, and those beyond the cap.",
        "Raise `[metrics] teams` where large teams are folded and Prometheus has room.";
    EVALUATION_DURATION = Gauge "corewatch_evaluation_duration_seconds" ["authority"]
        "How long the last evaluation took.",
        "Compare with the number of children; a jump points to the machine.";
    ALERTS = Gauge "corewatch_alerts" ["authority", "step"]
        "Open obligations that somebody was told of, by the highest step told.",
        "Many on the upper steps: what is told below is not acted upon, or reaches nobody.";
    ALERTS_TOLD = Counter "corewatch_alerts_told_total" ["authority", "step"]
        "Steps told, one for each obligation and recipient.",
        "A jump on all steps: the source has changed, or a rule is new.";
    FLOOD_HELD = Gauge "corewatch_flood_held_obligations" ["authority"]
        "Obligations whose alerts the flood guard holds.",
        "`corewatch alerts list`, then mend the source or `corewatch alerts release`.";
    UNREACHABLE = Gauge "corewatch_unreachable_recipients" ["authority"]
        "Recipients to whom no mail can be delivered: refused for good, or failing for a day.",
        "The mail to operations names the person's id: mend the address in the people table.";
    TROUBLES = Gauge "corewatch_troubles" ["authority", "kind"]
        "Things that operations were told of and that are not over; no authority where the whole installation is meant.",
        "The mail to operations lists them with what to do.";
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
    LAST_SUCCESS = Gauge "corewatch_last_success_timestamp_seconds" ["task"]
        "When the task last ended well.",
        "An old one: see the log for what stops it.";
    LAST_END = Gauge "corewatch_last_end_timestamp_seconds" ["task"]
        "When the task last ended, well or not.",
        "Later than the last that ended well: see the log for what stops it.";
    NEXT_DUE = Gauge "corewatch_next_due_timestamp_seconds" ["task"]
        "When the task is due next.",
        "One that lies in the past: the daemon is behind its schedule or stuck.";
    SCHEDULE_LAG = Gauge "corewatch_schedule_lag_seconds" ["task"]
        "How long after it was due the last run of the task began.",
        "More than a minute, but for the first run after a pause: the runs before it take too long.";
    LEADER = Gauge "corewatch_leader" []
        "1 where this instance made the last pass, 0 where another one did.",
        "With several instances the sum is 1; 0 for longer than a pass takes: none makes passes.";
    QUEUE_MESSAGES = Gauge "corewatch_queue_messages" []
        "Messages that the mail server has not taken yet.",
        "One that grows: the mail server refuses or is down; the log says which.";
    QUEUE_DEFERRED = Gauge "corewatch_queue_deferred_messages" []
        "Messages among those that wait that were tried in vain.",
        "The mail server refuses or is down; they are tried again at waits of up to four hours.";
    QUEUE_OLDEST = Gauge "corewatch_queue_oldest_timestamp_seconds" []
        "When the oldest message that the mail server has not taken yet was queued; 0 where there is none.",
        "After a day the alert goes up its ladder; mend the mail route before.";
    MAIL_MESSAGES = Counter "corewatch_mail_messages_total" ["result"]
        "Messages by what became of them.",
        "Refused ones: an address in the people table is wrong.";
    STORE_SIZE = Gauge "corewatch_store_size_bytes" []
        "What the program's own database takes on its disk.",
        "Steady growth: see the periods after which closed cases and told messages are forgotten.";
    BANK_HOLIDAYS = Gauge "corewatch_bank_holidays_known_until_timestamp_seconds" ["nation"]
        "The end of the last year whose bank holidays are known.",
        "Within a year of it: install a newer version or lay a file over (`calendars`).";
    CERTIFICATE = Gauge "corewatch_certificate_not_after_timestamp_seconds" ["certificate"]
        "When the certificate by which metrics and health are served ends; not there without TLS.",
        "Two weeks before: put a new one in its place; it is taken within a minute.";
    BUILD_INFO = Info "corewatch_build_info" ["version"]
        "Always 1; its label says which version runs.",
        "Nothing.";
}
