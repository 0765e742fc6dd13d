//! What might have answered an obligation and did not, each with the reason.

use serde::Serialize;

use crate::calendar::Day;
use crate::case::{Class, Event};

use super::super::model::{BoundPredicate, Rule, Selector, Shape};
use super::super::obligation::Obligation;
use super::super::predicate::{Predicate, Subject, what_fails};
use super::super::scope::Scope;
use super::super::shapes::interval;
use super::spoken;

/// A record that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LookedAt {
    /// The source's id.
    pub id: String,
    /// What kind of event.
    pub kind: String,
    /// Its day, held or booked; none where the record has none.
    pub day: Option<Day>,
    /// Why it did not answer.
    pub why: String,
}

/// More than these help nobody: the latest are kept.
const MOST: usize = 12;

pub(super) fn looked_at(
    scope: &Scope<'_, '_>,
    rule: &Rule,
    obligation: &Obligation<'_>,
) -> Vec<LookedAt> {
    let (named, bound, linked) = match (&rule.shape, &scope.rule.shape) {
        (
            Shape::Deadline {
                require: named,
                linked,
                ..
            },
            Shape::Deadline { require: bound, .. },
        )
        | (
            Shape::Ahead {
                require: named,
                linked,
                ..
            },
            Shape::Ahead { require: bound, .. },
        ) => (named, bound, *linked),
        (Shape::Interval { require: named, .. }, Shape::Interval { require: bound, .. })
        | (Shape::Between { require: named, .. }, Shape::Between { require: bound, .. })
        | (Shape::Run { require: named, .. }, Shape::Run { require: bound, .. }) => {
            (named, bound, false)
        }
        (Shape::Check { that: named, .. }, Shape::Check { that: bound, .. }) => {
            return of_check(scope, obligation, named, bound)
                .into_iter()
                .collect();
        }
        _ => return Vec::new(),
    };
    let mut seen = passed_over(scope, rule, obligation);
    for (named, bound) in named.iter().zip(bound) {
        for event in scope.timeline.events_of(bound.event) {
            let is_anchor = event.kind == obligation.anchor_kind && event.id == obligation.anchor;
            if is_anchor || obligation.evidence.contains(&event.id) {
                continue;
            }
            let why = why_not(
                scope,
                obligation,
                event,
                (named, bound.matching.as_ref()),
                linked,
            );
            // Those long before it opened were never candidates.
            let day = event.occurred.or(event.scheduled).map(|moment| moment.day);
            let near = day.is_none_or(|day| day >= obligation.opened.day.plus(-31));
            let after = obligation.closed.is_some_and(|closed| day > Some(closed));
            if near && !after {
                seen.push(LookedAt {
                    id: event.id.to_owned(),
                    kind: spoken(&named.event),
                    day,
                    why,
                });
            }
        }
    }
    seen.sort_by(|a, b| (a.day, &a.id).cmp(&(b.day, &b.id)));
    seen.dedup_by(|a, b| a.id == b.id && a.kind == b.kind);
    seen.split_off(seen.len().saturating_sub(MOST))
}

/// What a check finds wrong with the record that it looks at.
fn of_check(
    scope: &Scope<'_, '_>,
    obligation: &Obligation<'_>,
    named: &Predicate,
    bound: &BoundPredicate,
) -> Option<LookedAt> {
    let (attributes, day) = match obligation.anchor_class {
        Class::Event => {
            let mut events = scope.timeline.events_of(obligation.anchor_kind).iter();
            let event = events.find(|event| event.id == obligation.anchor)?;
            let day = event.occurred.or(event.scheduled)?.day;
            (event.attributes, day)
        }
        Class::Period => {
            let mut periods = scope.timeline.periods_of(obligation.anchor_kind).iter();
            let period = periods.find(|period| period.id == obligation.anchor)?;
            (period.attributes, period.from)
        }
    };
    let subject = Subject {
        attributes,
        day,
        born: scope.timeline.child.born,
    };
    let fails = what_fails(&named.expr, &bound.expr, &subject);
    (!fails.is_empty()).then(|| LookedAt {
        id: obligation.anchor.to_owned(),
        kind: spoken(scope.rules.name(obligation.anchor_kind)),
        day: Some(day),
        why: fails.join("; "),
    })
}

/// The other frequencies that nobody authorised, and that are passed over.
fn passed_over(scope: &Scope<'_, '_>, rule: &Rule, obligation: &Obligation<'_>) -> Vec<LookedAt> {
    let Shape::Interval {
        every,
        first,
        vary: Some(topic),
        ..
    } = &rule.shape
    else {
        return Vec::new();
    };
    let is_first = match &scope.rule.shape {
        Shape::Interval {
            from: Some(from), ..
        } => {
            let opener = scope.counting(from).first();
            opener.is_some_and(|opener| opener.event.id == obligation.anchor)
        }
        _ => obligation.anchor_class == Class::Period,
    };
    let usual = first.filter(|_| is_first).unwrap_or(*every);
    let opened = obligation.opened.day;
    let variations = interval::variations(scope, topic);
    let longer = variations.filter(|v| {
        let is_longer = v.is_longer(scope, opened, scope.calendar.after(opened, usual));
        let runs = v.from <= obligation.due && v.to.is_none_or(|to| to >= opened);
        is_longer && !v.authorised && runs
    });
    let kind = spoken(scope.rules.name(scope.rules.variation.kind));
    longer
        .map(|v| LookedAt {
            id: v.id.to_owned(),
            kind: kind.clone(),
            day: Some(v.from),
            why: format!(
                "it asks for {}, which is less often than {usual}, and nobody authorised it",
                v.every
            ),
        })
        .collect()
}

fn why_not(
    scope: &Scope<'_, '_>,
    obligation: &Obligation<'_>,
    event: &Event<'_>,
    (named, bound): (&Selector<String, Predicate>, Option<&BoundPredicate>),
    linked: bool,
) -> String {
    if scope.is_cancelled(event) {
        return "it was cancelled".to_owned();
    }
    let Some(held) = event.held(scope.today) else {
        return match event.scheduled {
            Some(_) => "it is booked for that day, and not held".to_owned(),
            None => "it had not happened yet".to_owned(),
        };
    };
    if !scope.contains(held.day) {
        let side = if held.day < scope.reach {
            "before"
        } else {
            "after"
        };
        return format!("it lies {side} the {}", spoken(&scope.period_kind_name()));
    }
    let subject = Subject {
        attributes: event.attributes,
        day: held.day,
        born: scope.timeline.child.born,
    };
    if let (Some(named), Some(bound)) = (&named.matching, bound) {
        let fails = what_fails(&named.expr, &bound.expr, &subject);
        if !fails.is_empty() {
            return fails.join("; ");
        }
    }
    if linked && event.about != Some(obligation.anchor) {
        return match event.about {
            Some(about) => format!("it is about {about}, not about {}", obligation.anchor),
            None => format!("it does not say that it is about {}", obligation.anchor),
        };
    }
    if held.day < obligation.opened.day {
        return "it lies before this opened".to_owned();
    }
    if held.day == obligation.opened.day {
        return "it lies on the day this opened, and a later day is asked for".to_owned();
    }
    match obligation.closed {
        Some(closed) if held.day >= closed => "it came after this had closed".to_owned(),
        _ => "it came too late to answer this one".to_owned(),
    }
}
