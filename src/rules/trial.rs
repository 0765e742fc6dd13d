//! Packs tried by the examples that they carry.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::calendar::{BankHolidays, Calendar, Day, Nation, Zone};
use crate::case::{Class, EventRow, PeriodRow, Symbols, Timeline, TimelineBuilder, Value};
use crate::document::{Faults, Place, Scalar, nearest};

use super::bind::RuleSet;
use super::evaluate::Evaluator;
use super::example::Example;
use super::model::{Pack, Part, Rule};
use super::obligation::{Obligation, State};

/// How one example came out.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The pack.
    pub pack: String,
    /// The rule.
    pub rule: String,
    /// What the example shows.
    pub title: String,
    /// Where it is written.
    pub place: Place,
    /// What it says must come out.
    pub expected: Vec<Outcome>,
    /// What came out.
    pub got: Vec<Outcome>,
    /// Names in the example that may be misspelt, where it does not come out.
    pub hints: Vec<String>,
}

/// What an example looks at in an obligation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of an obligation")]
pub struct Outcome {
    pub anchor: String,
    pub opened: Day,
    pub due: Day,
    pub state: State,
    pub closed: Option<Day>,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} opened {}, due {}, {}",
            self.anchor, self.opened, self.due, self.state
        )?;
        match self.closed {
            Some(closed) => write!(f, " on {closed}"),
            None => Ok(()),
        }
    }
}

impl Trial {
    /// Whether what came out is what the example says.
    pub fn passed(&self) -> bool {
        self.expected.len() == self.got.len()
            && self.expected.iter().zip(&self.got).all(|(expected, got)| {
                let closed = expected.closed.or(got.closed);
                *got == Outcome {
                    closed,
                    ..expected.clone()
                }
            })
    }
}

/// Runs every example of a pack, by the bank holidays of its nation (England and Wales where it names
/// none) and no closure days.
///
/// # Errors
/// Names that the pack does not list.
pub fn try_examples(pack: &Pack, holidays: &Arc<BankHolidays>) -> Result<Vec<Trial>, Faults> {
    let mut symbols = Symbols::default();
    let rules = RuleSet::bind_all_measured(std::slice::from_ref(pack), &mut symbols)?;
    let nation = pack.nation.unwrap_or(Nation::EnglandAndWales);
    let calendar = Calendar::new(Zone::LONDON, nation, holidays.clone(), &[]);
    let evaluator = Evaluator::new(&rules, &calendar);
    let mut trials = Vec::new();
    for (index, rule) in rules.rules.iter().enumerate() {
        for example in &rule.examples {
            let bytes = encode(example, &mut symbols);
            let mut got = Vec::new();
            if let Ok(timeline) = Timeline::decode(&bytes) {
                evaluator.evaluate_rule(index, &timeline, example.as_of, &mut got);
            }
            got.sort_by(|a, b| (a.opened, a.anchor).cmp(&(b.opened, b.anchor)));
            let mut trial = Trial {
                pack: pack.id.clone(),
                rule: rule.id.clone(),
                title: example.title.clone(),
                place: example.place.clone(),
                expected: example.expect.iter().map(expected).collect(),
                got: got.iter().map(outcome).collect(),
                hints: Vec::new(),
            };
            if !trial.passed() {
                trial.hints = hints(pack, rule, example);
            }
            trials.push(trial);
        }
    }
    Ok(trials)
}

/// Kinds and attributes that the rule and its example spell differently.
fn hints(pack: &Pack, rule: &Rule, example: &Example) -> Vec<String> {
    let mut hints = Vec::new();
    let mut parts = rule.parts();
    parts.push(Part::of_period(&rule.during, None));
    let kinds = |class| -> BTreeSet<&str> {
        match class {
            Class::Period => example.periods.iter().map(|p| p.kind.as_str()).collect(),
            Class::Event => example.events.iter().map(|e| e.kind.as_str()).collect(),
        }
    };
    let reads = |class, kind: &str| parts.iter().any(|p| p.class == class && p.kind == kind);
    for part in &parts {
        let given = kinds(part.class);
        let unread = given
            .iter()
            .filter(|kind| !reads(part.class, kind))
            .copied();
        if !given.contains(part.kind)
            && let Some(near) = nearest(part.kind, unread)
        {
            hints.push(format!(
                "the rule reads `{}`, and the example has `{near}`: is it one kind, spelt in two ways?",
                part.kind
            ));
        }
    }
    let periods = example
        .periods
        .iter()
        .map(|p| (Class::Period, &p.kind, &p.attributes));
    let events = example
        .events
        .iter()
        .map(|e| (Class::Event, &e.kind, &e.attributes));
    for (class, kind, attributes) in periods.chain(events) {
        let of_kind = parts.iter().filter(|p| p.class == class && p.kind == kind);
        let read = of_kind.filter_map(|p| p.predicate).flat_map(|p| &p.reads);
        let read: BTreeSet<&str> = read.map(|(name, _)| name.as_str()).collect();
        let listed = pack.attributes.iter().filter(|(of, _)| of == kind);
        let listed: BTreeSet<&str> = listed
            .flat_map(|(_, names)| names.iter().map(String::as_str))
            .collect();
        for (name, _) in attributes {
            if !read.contains(name.as_str())
                && !listed.contains(name.as_str())
                && let Some(near) = nearest(name, read.iter().copied())
            {
                hints.push(format!(
                    "the example gives a {kind} `{name}`, and the rule reads `{near}`"
                ));
            }
        }
    }
    hints.sort();
    hints.dedup();
    hints
}

fn expected(expected: &super::example::Expected) -> Outcome {
    Outcome {
        anchor: expected.anchor.clone(),
        opened: expected.opened,
        due: expected.due,
        state: expected.state,
        closed: expected.closed,
    }
}

fn outcome(obligation: &Obligation<'_>) -> Outcome {
    Outcome {
        anchor: obligation.anchor.to_owned(),
        opened: obligation.opened.day,
        due: obligation.due,
        state: obligation.state,
        closed: obligation.closed,
    }
}

/// The example's child as the copy would keep it.
pub(super) fn encode(example: &Example, symbols: &mut Symbols) -> Vec<u8> {
    let mut builder = TimelineBuilder::new("example");
    builder.born = example.born;
    for period in &example.periods {
        let attributes: Vec<_> = period
            .attributes
            .iter()
            .filter_map(|(name, value)| Some((symbols.intern(name), attribute(value)?)))
            .collect();
        let kind = symbols.intern(&period.kind);
        let row = PeriodRow::new(kind, &period.id, period.from, period.to, attributes);
        builder.periods.push(row);
    }
    for event in &example.events {
        let attributes: Vec<_> = event
            .attributes
            .iter()
            .filter_map(|(name, value)| Some((symbols.intern(name), attribute(value)?)))
            .collect();
        let mut row = EventRow::new(symbols.intern(&event.kind), &event.id, attributes);
        row.occurred = event.occurred;
        row.scheduled = event.scheduled;
        row.recorded = event.recorded;
        row.about = event.about.as_deref().map(Into::into);
        builder.events.push(row);
    }
    builder.encode()
}

/// Empty text is null, as in a source.
fn attribute(value: &Scalar) -> Option<Value<'_>> {
    match value {
        Scalar::Bool(value) => Some(Value::Bool(*value)),
        Scalar::Int(value) => Some(Value::Int(*value)),
        Scalar::Text(text) if text.is_empty() => None,
        Scalar::Text(text) => Some(Value::Text(text)),
    }
}
