//! The crate's engine, asked through its public face: a made-up world goes in as the text of a pack
//! and encoded timelines, and the same lines come out as the reference gives.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use chrono::NaiveDate;
use corewatch::calendar::{BankHolidays, Calendar, Day, Instant, Moment, Nation, Zone};
use corewatch::case::{
    Catalogue, Class, EventRow as CrateEvent, KindFacts, PeriodRow as CratePeriod, Symbols,
    Timeline, TimelineBuilder, Value,
};
use corewatch::document::Document;
use corewatch::rules::{Evaluator, RuleSet, parse_pack};

use crate::calendar::DaysOff;
use crate::evaluate::sort;
use crate::model::{Anchor, Attributes, Case, Line, Rule, Val, When};
use crate::pack::Pack;

/// Several children of one authority and the rules that watch them.
#[derive(Debug, Clone)]
pub struct World {
    pub cases: Vec<Case>,
    pub rules: Vec<Rule>,
}

/// The crate's calendar with these days off and no others in the years that they lie in.
pub fn calendar(days_off: &DaysOff) -> Calendar {
    let mut text = "nation = \"england-and-wales\"\n".to_owned();
    for day in &days_off.holidays {
        let _ = writeln!(text, "[[holiday]]\nday = \"{day}\"\nname = \"A day off\"");
    }
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("days.toml"), text).expect("a file in it");
    let holidays = BankHolidays::with_folder(folder.path()).expect("holidays");
    let closures: Vec<Day> = days_off
        .closures
        .iter()
        .map(|day| Day::from(*day))
        .collect();
    Calendar::new(
        Zone(days_off.zone),
        Nation::EnglandAndWales,
        holidays,
        &closures,
    )
}

/// What the engine says of a world: its lines as of each of several days, and the rules that it
/// calls unmeasured.
pub struct Answers {
    pub lines: Vec<Vec<Line>>,
    /// For each day and child, the next day on which time alone may change what is said.
    pub next_change: Vec<BTreeMap<String, Option<NaiveDate>>>,
    pub unmeasured: BTreeSet<String>,
}

/// What the engine says of a world as of each of several days.
///
/// # Errors
/// Its faults, where it does not take the pack.
pub fn evaluate(
    world: &World,
    known: &BTreeMap<(bool, &str), Vec<&str>>,
    calendar: &Calendar,
    days: &[NaiveDate],
) -> Result<Answers, String> {
    let text = Pack::new(&world.rules).text();
    let pack = parse_pack(&Document::new("pack.toml", text)).map_err(|f| format!("{f:?}"))?;
    let mut symbols = Symbols::default();
    let timelines: Vec<Vec<u8>> = world
        .cases
        .iter()
        .map(|case| encode(case, &mut symbols))
        .collect();
    let catalogue = catalogue(&world.cases, known);
    let rules = RuleSet::bind(&[pack], &mut symbols, &catalogue).map_err(|f| format!("{f:?}"))?;
    let evaluator = Evaluator::new(&rules, calendar);
    let mut answers = Answers {
        lines: Vec::new(),
        next_change: Vec::new(),
        unmeasured: rules
            .unmeasured
            .iter()
            .map(|unmeasured| rules.rules[unmeasured.rule].id.clone())
            .collect(),
    };
    for day in days {
        let mut lines = Vec::new();
        let mut next_change = BTreeMap::new();
        for bytes in &timelines {
            let timeline = Timeline::decode(bytes).map_err(|e| e.to_string())?;
            let mut out = Vec::new();
            evaluator.evaluate(&timeline, Day::from(*day), &mut out);
            let next = rules.next_change(calendar, &timeline, &out, Day::from(*day));
            next_change.insert(timeline.child.id.to_owned(), next.map(Day::date));
            for found in out {
                lines.push(Line {
                    rule: rules.rules[found.rule].id.clone(),
                    child: timeline.child.id.to_owned(),
                    period: found.period.to_owned(),
                    anchor: Anchor {
                        id: found.anchor.to_owned(),
                        kind: symbols.name(found.anchor_kind).to_owned(),
                        is_period: found.anchor_class == Class::Period,
                    },
                    opened: When {
                        day: found.opened.day.date(),
                        at: found.opened.at.map(|at| at.0),
                    },
                    due: found.due.date(),
                    due_at: found.due_at.map(|at| at.0),
                    state: found.state.name(),
                    booked: found.booked.map(Day::date),
                    closed: found.closed.map(Day::date),
                    days_over: found.days_over,
                    evidence: found.evidence.iter().map(|id| (*id).to_owned()).collect(),
                });
            }
        }
        sort(&mut lines);
        answers.lines.push(lines);
        answers.next_change.push(next_change);
    }
    Ok(answers)
}

fn encode(case: &Case, symbols: &mut Symbols) -> Vec<u8> {
    let mut builder = TimelineBuilder::new(&case.child);
    builder.born = case.born.map(Day::from);
    for row in &case.periods {
        let kind = symbols.intern(&row.kind);
        let attributes = values(&row.attributes, symbols);
        builder.periods.push(CratePeriod::new(
            kind,
            &row.id,
            Day::from(row.from),
            row.to.map(Day::from),
            attributes,
        ));
    }
    for row in &case.events {
        let kind = symbols.intern(&row.kind);
        let attributes = values(&row.attributes, symbols);
        let mut event = CrateEvent::new(kind, &row.id, attributes);
        event.occurred = row.occurred.map(moment);
        event.scheduled = row.scheduled.map(moment);
        event.about = row.about.as_deref().map(Into::into);
        builder.events.push(event);
    }
    builder.encode()
}

fn moment(when: When) -> Moment {
    Moment {
        day: Day::from(when.day),
        at: when.at.map(Instant),
    }
}

fn values<'a>(
    attributes: &'a Attributes,
    symbols: &mut Symbols,
) -> Vec<(corewatch::case::Symbol, Value<'a>)> {
    let mut found = Vec::new();
    for (name, value) in attributes {
        let value = match value {
            Val::Bool(value) => Value::Bool(*value),
            Val::Int(value) => Value::Int(*value),
            Val::Float(value) => Value::Float(*value),
            Val::Text(value) => Value::Text(value),
        };
        found.push((symbols.intern(name), value));
    }
    found
}

/// What the copy holds: every column that a query yields, and honestly which of them rows carry.
fn catalogue(cases: &[Case], known: &BTreeMap<(bool, &str), Vec<&str>>) -> Catalogue {
    let mut catalogue = Catalogue::default();
    for ((is_period, kind), columns) in known {
        let facts = entry(&mut catalogue, *is_period, kind);
        facts.columns = columns.iter().map(|&name| name.to_owned()).collect();
    }
    for case in cases {
        for row in &case.periods {
            let facts = entry(&mut catalogue, true, &row.kind);
            add(facts, &row.attributes);
        }
        for row in &case.events {
            let facts = entry(&mut catalogue, false, &row.kind);
            add(facts, &row.attributes);
            facts.about += u64::from(row.about.is_some());
        }
    }
    catalogue
}

fn entry<'c>(catalogue: &'c mut Catalogue, is_period: bool, kind: &str) -> &'c mut KindFacts {
    let class = if is_period {
        Class::Period
    } else {
        Class::Event
    };
    catalogue.kinds.entry((class, kind.to_owned())).or_default()
}

fn add(facts: &mut KindFacts, attributes: &Attributes) {
    facts.rows += 1;
    for name in attributes.keys() {
        facts.columns.insert(name.clone());
        *facts.carried.entry(name.clone()).or_default() += 1;
    }
}
