//! Why an obligation is what it is, in plain English: the clause, what opened it, the counting day by
//! day, what was looked at and did not answer it, what would.

mod counting;
mod looked_at;
mod render;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::calendar::{Calendar, Day, Moment};
use crate::case::{Class, Event, Timeline};

use super::bind::RuleSet;
use super::evaluate::Evaluator;
use super::model::{CheckOn, Selector, Shape};
use super::obligation::{Obligation, State};
use super::predicate::Predicate;
use super::scope::Scope;
use super::shapes::interval;

pub use counting::{Counting, LeftOut};
pub use looked_at::LookedAt;

/// An explanation; printed, it is a page for people.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The duty in a few words.
    pub title: String,
    /// The rule.
    pub rule: String,
    /// The clause of the document.
    pub clause: String,
    /// The document.
    pub document: String,
    /// The case reference.
    pub case_ref: String,
    /// The day it is explained as of.
    pub as_of: Day,
    /// Where it stands.
    pub state: State,
    /// Days past the due day.
    pub days_over: i64,
    /// What opened it, in a sentence.
    pub opened_by: String,
    /// How the due day was reckoned.
    pub counting: Counting,
    /// What answered it, in a sentence.
    pub answered_by: Option<String>,
    /// How it ended where nothing answered it.
    pub ended: Option<String>,
    /// What was looked at and did not answer it, each with the reason.
    pub looked_at: Vec<LookedAt>,
    /// What would answer it, and by when; nothing once it has closed.
    pub would_answer: Option<String>,
}

/// Explains one obligation, as the evaluator gave it, as of `today`.
pub fn explain(
    rules: &RuleSet,
    calendar: &Calendar,
    timeline: &Timeline<'_>,
    obligation: &Obligation<'_>,
    today: Day,
) -> Explanation {
    let rule = &rules.rules[obligation.rule];
    let evaluator = Evaluator::new(rules, calendar);
    let gathered = evaluator.turn_to(timeline, today);
    let scope = evaluator
        .scopes(obligation.rule, timeline, &gathered, today)
        .find(|scope| scope.period.id == obligation.period);
    let looked_at = scope.as_ref().map_or_else(Vec::new, |scope| {
        looked_at::looked_at(scope, rule, obligation)
    });
    let pack = rules.pack_of(rule);
    Explanation {
        title: rule.title.clone(),
        rule: rule.id.clone(),
        clause: rule.clause.clone(),
        document: pack.map_or_else(|| rule.pack.clone(), |pack| pack.source.clone()),
        case_ref: timeline.child.case_ref.to_owned(),
        as_of: today,
        state: obligation.state,
        days_over: obligation.days_over,
        opened_by: opened_by(rules, calendar, obligation, timeline),
        counting: reckon(rules, calendar, obligation, timeline, scope.as_ref()),
        answered_by: answered_by(calendar, obligation, timeline),
        ended: ended(obligation),
        looked_at,
        would_answer: would_answer(&rule.shape, obligation),
    }
}

fn find_event<'e, 't>(timeline: &'e Timeline<'t>, id: &str) -> Option<&'e Event<'t>> {
    timeline.events.iter().find(|event| event.id == id)
}

fn anchor_event<'e, 't>(
    timeline: &'e Timeline<'t>,
    obligation: &Obligation<'_>,
) -> Option<&'e Event<'t>> {
    if obligation.anchor_class != Class::Event {
        return None;
    }
    let events = timeline.events_of(obligation.anchor_kind);
    events.iter().find(|event| event.id == obligation.anchor)
}

/// A kind as people read it.
fn spoken(kind: &str) -> String {
    kind.replace('_', " ")
}

fn opened_by(
    rules: &RuleSet,
    calendar: &Calendar,
    obligation: &Obligation<'_>,
    timeline: &Timeline<'_>,
) -> String {
    let rule = &rules.rules[obligation.rule];
    let kind = spoken(rules.name(obligation.anchor_kind));
    let on = counting::time(calendar, obligation.opened);
    match (&rule.shape, obligation.anchor_class) {
        (Shape::Ahead { .. }, _) => format!(
            "The {kind} {} is what it must be ready for; it opened on {on}.",
            obligation.anchor
        ),
        (Shape::Cover { .. }, _) => format!("Nobody is in place from {on} on."),
        (_, Class::Period) => format!("The {kind} {} opened it on {on}.", obligation.anchor),
        (_, Class::Event) => {
            let event = anchor_event(timeline, obligation);
            let day = event
                .and_then(|event| event.occurred)
                .map(|moment| moment.day);
            if day == Some(obligation.opened.day) {
                let before = before_in_a_row(obligation, timeline);
                format!("The {kind} {}, {on}, opened it{before}.", obligation.anchor)
            } else {
                format!("It opened on {on}, after the {kind} {}.", obligation.anchor)
            }
        }
    }
}

/// Of a run, the failures before the one that completed it.
fn before_in_a_row(obligation: &Obligation<'_>, timeline: &Timeline<'_>) -> String {
    let failures = &obligation.evidence;
    let completing = failures.iter().position(|id| *id == obligation.anchor);
    let before = failures[..completing.unwrap_or(0)].iter().map(|id| {
        let events = timeline.events_of(obligation.anchor_kind).iter();
        let held = events.filter(|event| event.id == *id);
        match held.filter_map(|event| event.occurred).next() {
            Some(held) => format!("{id} on {}", counting::long(held.day)),
            None => (*id).to_owned(),
        }
    });
    let before: Vec<String> = before.collect();
    if before.is_empty() {
        return String::new();
    }
    format!(", in a row with {}", before.join(", "))
}

fn reckon(
    rules: &RuleSet,
    calendar: &Calendar,
    obligation: &Obligation<'_>,
    timeline: &Timeline<'_>,
    scope: Option<&Scope<'_, '_>>,
) -> Counting {
    let rule = &rules.rules[obligation.rule];
    let opened = obligation.opened;
    match &rule.shape {
        Shape::Deadline { within, .. } | Shape::Run { within, .. } => {
            counting::onwards(calendar, opened, *within)
        }
        Shape::Check { grace, .. } | Shape::Cover { grace, .. } => {
            counting::onwards(calendar, Moment::day(opened.day), *grace)
        }
        Shape::Interval {
            every, first, vary, ..
        } => {
            let from = Moment::day(opened.day);
            let usual = counting::onwards(calendar, from, *every);
            let first = first.map(|first| counting::onwards(calendar, from, first));
            match first {
                Some(first) if first.due == obligation.due => first,
                _ if usual.due == obligation.due => usual,
                _ => varied(calendar, obligation, vary.as_deref(), usual, scope),
            }
        }
        Shape::Between { latest, .. } => {
            let mark = anchor_event(timeline, obligation)
                .and_then(|event| event.occurred)
                .map_or(opened.day, |moment| moment.day);
            let by_latest = latest
                .iter()
                .map(|latest| counting::onwards(calendar, Moment::day(mark), *latest))
                .find(|counting| counting.due == obligation.due);
            by_latest.unwrap_or_else(|| {
                let how = "the day of the next one, held or booked".to_owned();
                counting::fixed(mark, obligation.due, how)
            })
        }
        Shape::Ahead { by, .. } => {
            let target = anchor_event(timeline, obligation)
                .and_then(|event| event.occurred.or(event.scheduled))
                .map_or(obligation.due, |moment| moment.day);
            counting::backwards(calendar, target, *by)
        }
    }
}

/// The counting of a cycle whose frequency is varied.
fn varied(
    calendar: &Calendar,
    obligation: &Obligation<'_>,
    topic: Option<&str>,
    usual: Counting,
    scope: Option<&Scope<'_, '_>>,
) -> Counting {
    let (opened, due) = (obligation.opened.day, obligation.due);
    let answered = obligation.closed.filter(|_| !obligation.state.is_open());
    let variations = scope.zip(topic).map(|(scope, topic)| {
        interval::variations_in_force(scope, topic, opened, usual.due, answered)
    });
    let running = variations.into_iter().flatten();
    let running = running.filter(|v| v.from <= due && v.to.is_none_or(|to| due <= to));
    let instead = usual
        .duration
        .map_or_else(String::new, |usual| format!(" in place of {usual}"));
    match running.max_by_key(|v| (v.from, v.id)) {
        None => counting::fixed(
            opened,
            due,
            format!("another frequency, agreed until then, ran{instead}"),
        ),
        Some(variation) => {
            let agreed = format!(
                "agreed{instead} by {}, from {}",
                variation.id,
                counting::long(variation.from)
            );
            let counting = counting::onwards(calendar, Moment::day(opened), variation.every);
            if counting.due == due {
                let how = format!("{}, {agreed}", counting.how);
                Counting { how, ..counting }
            } else {
                let how = format!("{}, {agreed}, had gone by on that day", variation.every);
                counting::fixed(opened, due, how)
            }
        }
    }
}

fn answered_by(
    calendar: &Calendar,
    obligation: &Obligation<'_>,
    timeline: &Timeline<'_>,
) -> Option<String> {
    if !matches!(obligation.state, State::Met | State::MetLate) {
        return None;
    }
    let id = obligation.evidence.last()?;
    let Some(event) = find_event(timeline, id).filter(|event| event.occurred.is_some()) else {
        return Some(format!("{id} answered it."));
    };
    let held = event.occurred?;
    let mut text = format!("{id}, {}, answered it", counting::time(calendar, held));
    if obligation.state == State::Met {
        text.push_str(" in time");
    } else {
        text.push_str(&format!(", {} late", counting::days(obligation.days_over)));
    }
    if let Some(recorded) = event.recorded {
        let lag = recorded.day.since(held.day);
        if lag > 0 {
            text.push_str(&format!(
                "; it was written up {} later",
                counting::days(lag)
            ));
        }
    }
    Some(text + ".")
}

fn ended(obligation: &Obligation<'_>) -> Option<String> {
    let closed = counting::long(obligation.closed?);
    match obligation.state {
        State::Missed => Some(format!(
            "It ended on {closed} without an answer: it can no longer be done in time."
        )),
        State::Cancelled => Some(format!("It ended on {closed}, before it was due.")),
        _ => None,
    }
}

/// A selector in words.
fn describe(selector: &Selector<String, Predicate>) -> String {
    let kind = spoken(&selector.event);
    match &selector.matching {
        None => counting::a(&kind),
        Some(predicate) => format!("{} of which {} holds", counting::a(&kind), predicate.expr),
    }
}

fn would_answer(shape: &Shape<String, Predicate>, obligation: &Obligation<'_>) -> Option<String> {
    if !obligation.state.is_open() {
        return None;
    }
    let require = match shape {
        Shape::Deadline { require, .. }
        | Shape::Interval { require, .. }
        | Shape::Between { require, .. }
        | Shape::Ahead { require, .. }
        | Shape::Run { require, .. } => require.as_slice(),
        Shape::Check { on, that, .. } => {
            let kind = match on {
                CheckOn::Events(selector) => spoken(&selector.event),
                CheckOn::Periods { period, .. } => spoken(period),
            };
            return Some(format!(
                "The record of the {kind} {} put right, so that {} holds, {}.",
                obligation.anchor,
                that.expr,
                by(obligation)
            ));
        }
        Shape::Cover { by: kind, .. } => {
            return Some(format!(
                "{} named, {}.",
                counting::a(&spoken(kind)),
                by(obligation)
            ));
        }
    };
    let wanted = if require.is_empty() {
        "the first one that does not fail".to_owned()
    } else {
        require
            .iter()
            .map(describe)
            .collect::<Vec<_>>()
            .join(", or ")
    };
    let about = match shape {
        Shape::Deadline { linked: true, .. } | Shape::Ahead { linked: true, .. } => {
            format!(" about {}", obligation.anchor)
        }
        _ => String::new(),
    };
    let mut text = format!("{wanted}{about}, {}", by(obligation));
    if let Some(booked) = obligation.booked {
        let late = if booked > obligation.due {
            ": too late"
        } else {
            ""
        };
        text.push_str(&format!(
            "; one is booked for {}{late}",
            counting::long(booked)
        ));
    }
    Some(text + ".")
}

fn by(obligation: &Obligation<'_>) -> String {
    match obligation.state {
        State::Overdue => format!("now: it was due by {}", counting::long(obligation.due)),
        _ => format!("by {}", counting::long(obligation.due)),
    }
}
