//! The numbers that metrics are made of: of one pass and of the store, never of a person.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::calendar::{Day, Instant, Nation};
use crate::rules::{Severity, State};

/// All figures.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// One for each authority.
    pub authorities: Vec<AuthorityFigures>,
    /// The jobs of the schedule, by name.
    pub jobs: BTreeMap<String, JobFigures>,
    /// How long the last whole pass took.
    pub pass: Option<Duration>,
    /// Messages that wait, once it is known.
    pub queue: Option<QueueFigures>,
    /// Messages by what became of them (`sent`, `refused`, …).
    pub mail: BTreeMap<&'static str, u64>,
    /// The last day that bank holidays are known for.
    pub bank_holidays: BTreeMap<Nation, Day>,
}

/// What an obligation is counted under.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObligationLabels {
    /// The rule's id.
    pub rule: String,
    /// The team's id; empty where the source names none.
    pub team: String,
    /// How grave.
    pub severity: Severity,
    /// Where it stands.
    pub state: State,
}

/// The figures of one authority.
#[derive(Debug, Clone, Default)]
pub struct AuthorityFigures {
    /// Its id.
    pub id: String,
    /// Obligations.
    pub obligations: BTreeMap<ObligationLabels, u64>,
    /// Every rule: whether it is unmeasured.
    pub rules: BTreeMap<String, bool>,
    /// Days over of the longest overdue open obligation, by rule.
    pub oldest_overdue: BTreeMap<String, i64>,
    /// How long the evaluation took.
    pub evaluation: Option<Duration>,
    /// The last reading of its source.
    pub reading: Option<ReadingFigures>,
    /// When its source was last taken into the copy.
    pub last_accepted: Option<Instant>,
}

/// The last reading of a source.
#[derive(Debug, Clone, Copy)]
pub struct ReadingFigures {
    /// Whether it was refused.
    pub refused: bool,
    /// Rows that came.
    pub rows: u64,
    /// Rows among them that could not be used.
    pub quarantined: u64,
    /// Children in the copy.
    pub children: u64,
    /// How long it took.
    pub took: Duration,
}

/// A job of the schedule.
#[derive(Debug, Clone, Copy, Default)]
pub struct JobFigures {
    /// When it last ended well.
    pub last_success: Option<Instant>,
    /// When it is due next.
    pub next_due: Option<Instant>,
}

/// Messages that the mail server has not taken yet.
#[derive(Debug, Clone, Copy)]
pub struct QueueFigures {
    /// How many.
    pub waiting: u64,
    /// Since when the oldest of them waits.
    pub since: Option<Instant>,
}
