//! One instance of a rule for one child: what is counted, alerted and reported.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::calendar::{Day, Instant, Moment};
use crate::case::Class;

/// The state of an obligation as of a day (SPEC 3, State).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Answered on or before the due day.
    Met,
    /// Answered after it.
    MetLate,
    /// Unanswered, and not yet in the reminder window.
    Pending,
    /// Unanswered, in the reminder window or booked too late.
    DueSoon,
    /// Unanswered, and the due day is past.
    Overdue,
    /// Unanswered when it ended, too late or beyond doing.
    Missed,
    /// Unanswered when it ended, on or before the due day.
    Cancelled,
}

impl State {
    /// All of them, in the order in which reports show them.
    pub const ALL: [State; 7] = [
        State::Met,
        State::MetLate,
        State::Pending,
        State::DueSoon,
        State::Overdue,
        State::Missed,
        State::Cancelled,
    ];

    /// Its name in every output.
    pub fn name(self) -> &'static str {
        match self {
            State::Met => "met",
            State::MetLate => "met_late",
            State::Pending => "pending",
            State::DueSoon => "due_soon",
            State::Overdue => "overdue",
            State::Missed => "missed",
            State::Cancelled => "cancelled",
        }
    }

    /// Whether it still waits for an answer.
    pub fn is_open(self) -> bool {
        matches!(self, State::Pending | State::DueSoon | State::Overdue)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for State {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        State::ALL
            .into_iter()
            .find(|state| state.name() == text)
            .ok_or_else(|| {
                let names = State::ALL.map(State::name).join(", ");
                format!("`{text}` is not a state; it is one of {names}")
            })
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Ids of the source that answer an obligation: mostly none or one, and then nothing is allocated.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Evidence<'a> {
    /// Nothing.
    #[default]
    None,
    /// One event or period.
    One(&'a str),
    /// The failures of a run.
    Many(Vec<&'a str>),
}

impl<'a> Deref for Evidence<'a> {
    type Target = [&'a str];

    fn deref(&self) -> &Self::Target {
        match self {
            Evidence::None => &[],
            Evidence::One(id) => std::slice::from_ref(id),
            Evidence::Many(ids) => ids,
        }
    }
}

impl<'a> From<Option<&'a str>> for Evidence<'a> {
    fn from(id: Option<&'a str>) -> Self {
        id.map_or(Evidence::None, Evidence::One)
    }
}

/// One obligation as of a day; what it names is borrowed from the timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Obligation<'a> {
    /// The rule's place in the [`super::RuleSet`] that gave it.
    pub rule: usize,
    /// The source's id of the period that it runs in.
    pub period: &'a str,
    /// The source's id of what it is anchored on.
    pub anchor: &'a str,
    /// Whether the anchor is a period or an event.
    pub anchor_class: Class,
    /// The kind of the anchor.
    pub anchor_kind: crate::case::Symbol,
    /// The day it opened on, and the instant, where what opened it has a time of day.
    pub opened: Moment,
    /// The last day on time.
    pub due: Day,
    /// The last instant on time, where the limit is one.
    pub due_at: Option<Instant>,
    /// Where it stands.
    pub state: State,
    /// The earliest day from the day asked about for which an answer is booked.
    pub booked: Option<Day>,
    /// The day it was answered or ended.
    pub closed: Option<Day>,
    /// Days from the due day to its closing, or to the day asked about; 0 for what is met.
    pub days_over: i64,
    /// The source's ids of what answers it, or of what a run consists of.
    pub evidence: Evidence<'a>,
}

/// The digits of an obligation's short name: no letter that reads as a digit or as another.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Digits in a short name: 65 bits, so that two of ten million share one with odds of one in 700,000.
const DIGITS_IN_ID: usize = 13;

/// The short name of an obligation, the same from run to run: made of authority, rule, child,
/// period and anchor with its class and kind (SPEC 3, Identity).
pub fn obligation_id(
    authority: &str,
    rule: &str,
    child: &str,
    period: (&str, &str),
    anchor: (Class, &str, &str),
) -> String {
    let mut hash = Sha256::new();
    let (period_kind, period) = period;
    let (class, anchor_kind, anchor) = anchor;
    for part in [
        authority,
        rule,
        child,
        period_kind,
        period,
        class.name(),
        anchor_kind,
        anchor,
    ] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mut bits = u128::from_be_bytes(digest[..16].try_into().unwrap_or_default());
    let mut id = String::with_capacity(DIGITS_IN_ID);
    for _ in 0..DIGITS_IN_ID {
        id.push(char::from(DIGITS[(bits >> 123) as usize]));
        bits <<= 5;
    }
    id
}
