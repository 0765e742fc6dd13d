//! Plain data: a made-up child's rows, a rule, and the line that an evaluation answers with.

use std::collections::BTreeMap;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::cel::Predicate;

/// A local day, and the instant on it (microseconds of UTC) where the time of day is known. The
/// derived order is the SPEC's: "Order: day, then time (none is first)".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct When {
    pub day: NaiveDate,
    pub at: Option<i64>,
}

/// An attribute that is not null.
#[derive(Debug, Clone, PartialEq)]
pub enum Val {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
}

pub type Attributes = BTreeMap<String, Val>;

#[derive(Debug, Clone, PartialEq)]
pub struct PeriodRow {
    pub kind: String,
    pub id: String,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
    pub attributes: Attributes,
}

#[derive(Debug, Clone, PartialEq)]
pub struct EventRow {
    pub kind: String,
    pub id: String,
    pub occurred: Option<When>,
    pub scheduled: Option<When>,
    pub about: Option<String>,
    pub attributes: Attributes,
}

/// One child's case.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    pub child: String,
    pub born: Option<NaiveDate>,
    pub periods: Vec<PeriodRow>,
    pub events: Vec<EventRow>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Hour,
    Day,
    WorkingDay,
    Week,
    Month,
}

/// A duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    pub n: u32,
    pub unit: Unit,
}

impl FromStr for Span {
    type Err = String;

    // "A duration is a whole number, a blank, and `hour`, `day`, `working day`, `week` or `month`,
    // with or without s."
    fn from_str(text: &str) -> Result<Span, String> {
        let (number, unit) = text.split_once(' ').ok_or("no blank")?;
        let unit = match unit.strip_suffix('s').unwrap_or(unit) {
            "hour" => Unit::Hour,
            "day" => Unit::Day,
            "working day" => Unit::WorkingDay,
            "week" => Unit::Week,
            "month" => Unit::Month,
            other => return Err(format!("no unit: {other}")),
        };
        let n = number.parse().map_err(|_| "no number".to_owned())?;
        Ok(Span { n, unit })
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Span, String> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> String {
        let unit = match span.unit {
            Unit::Hour => "hour",
            Unit::Day => "day",
            Unit::WorkingDay => "working day",
            Unit::Week => "week",
            Unit::Month => "month",
        };
        format!("{} {unit}{}", span.n, if span.n == 1 { "" } else { "s" })
    }
}

/// `{ event, where, nth }`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selector {
    pub event: String,
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub condition: Option<Predicate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nth: Option<u32>,
}

/// "one selector, or a list of which any one will do"
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Require {
    One(Selector),
    Any(Vec<Selector>),
}

impl Require {
    pub fn alternatives(&self) -> &[Selector] {
        match self {
            Require::One(selector) => std::slice::from_ref(selector),
            Require::Any(selectors) => selectors,
        }
    }
}

/// "a selector, or `{ period, where }`"
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum On {
    Event(Selector),
    Period {
        period: String,
        #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
        condition: Option<Predicate>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Shape {
    Deadline {
        after: Selector,
        within: Span,
        require: Require,
        #[serde(default)]
        linked: bool,
    },
    Interval {
        every: Span,
        require: Require,
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<Selector>,
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Selector>,
        #[serde(skip_serializing_if = "Option::is_none")]
        first: Option<Span>,
        #[serde(skip_serializing_if = "Option::is_none")]
        target: Option<Span>,
        #[serde(skip_serializing_if = "Option::is_none")]
        vary: Option<String>,
    },
    Between {
        marks: Selector,
        require: Require,
        latest: Vec<Span>,
    },
    Ahead {
        of: Selector,
        by: Span,
        require: Require,
        #[serde(default)]
        linked: bool,
    },
    Run {
        over: Selector,
        failing: Predicate,
        count: u32,
        within: Span,
        #[serde(skip_serializing_if = "Option::is_none")]
        require: Option<Require>,
        #[serde(skip_serializing_if = "Option::is_none")]
        gap: Option<Span>,
    },
    Check {
        on: On,
        that: Predicate,
        #[serde(skip_serializing_if = "Option::is_none")]
        grace: Option<Span>,
    },
    Cover {
        by: String,
        #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
        condition: Option<Predicate>,
        #[serde(skip_serializing_if = "Option::is_none")]
        grace: Option<Span>,
    },
}

impl Shape {
    pub fn name(&self) -> &'static str {
        match self {
            Shape::Deadline { .. } => "deadline",
            Shape::Interval { .. } => "interval",
            Shape::Between { .. } => "between",
            Shape::Ahead { .. } => "ahead",
            Shape::Run { .. } => "run",
            Shape::Check { .. } => "check",
            Shape::Cover { .. } => "cover",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    pub id: String,
    pub title: String,
    pub clause: String,
    pub severity: String,
    #[serde(default = "plan")]
    pub during: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applies: Option<Predicate>,
    #[serde(default)]
    pub born: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead: Option<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remind: Option<Span>,
    #[serde(flatten)]
    pub shape: Shape,
}

// "the kind of period that it runs in; "plan" unless set"
fn plan() -> String {
    "plan".to_owned()
}

/// What opens an obligation, by which it is known: "by rule, child, period and anchor (with the
/// anchor's kind)".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anchor {
    pub id: String,
    pub kind: String,
    pub is_period: bool,
}

/// One obligation as of T, as `evaluate` prints it, with the instants behind its days.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub rule: String,
    pub child: String,
    pub period: String,
    pub anchor: Anchor,
    pub opened: When,
    pub due: NaiveDate,
    pub due_at: Option<i64>,
    pub state: &'static str,
    pub booked: Option<NaiveDate>,
    pub closed: Option<NaiveDate>,
    pub days_over: i64,
    pub evidence: Vec<String>,
}
