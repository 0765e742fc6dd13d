//! The numbers that metrics are made of: of one pass and of the store, never of a person.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Counts;
use crate::calendar::{Day, Instant, Nation};
use crate::rules::Severity;

/// All figures.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// One for each authority.
    pub authorities: Vec<AuthorityFigures>,
    /// How many teams of an authority have series of their own, at most.
    pub most_teams: usize,
    /// The jobs of the schedule, by name.
    pub jobs: BTreeMap<String, JobFigures>,
    /// How long the last whole pass took.
    pub pass: Option<Duration>,
    /// Whether this instance made the last pass; not known before the first.
    pub leader: Option<bool>,
    /// What is amiss with the whole installation: how many things, by kind.
    pub troubles: BTreeMap<&'static str, u64>,
    /// What the store takes on its disk, in bytes, once it is known.
    pub store_size: Option<u64>,
    /// Messages that wait, once it is known.
    pub queue: Option<QueueFigures>,
    /// Messages since the program started by what became of them (`sent`, `withdrawn`, …).
    pub mail: BTreeMap<&'static str, u64>,
    /// When each certificate of its own ends, by what it is for.
    pub certificates: BTreeMap<&'static str, Instant>,
    /// The last day that bank holidays are known for.
    pub bank_holidays: BTreeMap<Nation, Day>,
}

/// The figures of one authority.
#[derive(Debug, Clone, Default)]
pub struct AuthorityFigures {
    /// Its id.
    pub id: String,
    /// Every rule by its number in the counts.
    pub rules: Vec<RuleFigures>,
    /// Obligations, counted.
    pub counts: Counts,
    /// How long the evaluation took.
    pub evaluation: Option<Duration>,
    /// Open obligations by the highest step told.
    pub alerts: BTreeMap<u32, u64>,
    /// Steps told since the program started.
    pub told: BTreeMap<u32, u64>,
    /// Obligations that the flood guard holds.
    pub held: u64,
    /// What is amiss with it: how many things, by kind.
    pub troubles: BTreeMap<&'static str, u64>,
    /// Recipients that mail does not reach.
    pub unreachable: u64,
    /// The last reading of its source.
    pub reading: Option<ReadingFigures>,
    /// When its source was last taken into the copy.
    pub last_accepted: Option<Instant>,
}

/// A rule of an authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFigures {
    /// Its id.
    pub id: String,
    /// How grave a breach is.
    pub severity: Severity,
    /// Whether the source does not carry what it needs.
    pub unmeasured: bool,
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
    /// When it last ended, well or not.
    pub last_end: Option<Instant>,
    /// When it last ended well.
    pub last_success: Option<Instant>,
    /// When it is due next.
    pub next_due: Option<Instant>,
    /// How long after it was due its last run began.
    pub lag: Option<Duration>,
}

/// Messages that the mail server has not taken yet.
#[derive(Debug, Clone, Copy)]
pub struct QueueFigures {
    /// How many.
    pub waiting: u64,
    /// How many of them were tried in vain.
    pub deferred: u64,
    /// Since when the oldest of them waits.
    pub since: Option<Instant>,
}
