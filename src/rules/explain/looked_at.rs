//! What might have answered an obligation and did not, each with the reason.

use serde::Serialize;

use crate::calendar::Day;
use crate::case::{Attributes, Class, Event};

use super::super::model::{BoundPredicate, Selector, Shape};
use super::super::predicate::{Predicate, Subject, what_fails};
use super::super::shapes::interval;
use super::super::wording::spoken;
use super::View;
use super::reckoning::usual;

/// A record that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LookedAt {
    /// The source's id.
    pub id: String,
    /// What kind of event or period.
    pub kind: String,
    /// Its day, held or booked, or its first day; none where the record has none.
    pub day: Option<Day>,
    /// Why it did not answer.
    pub why: String,
}

/// More than these help nobody: the latest are kept.
const MOST: usize = 12;
/// What lies longer than this before the opening, in days, was never thought to answer it.
const LONG_BEFORE: i64 = 31;

pub(super) fn looked_at(view: &View<'_, '_, '_>) -> Vec<LookedAt> {
    let (named, bound, linked) = match (&view.rule.shape, &view.scope.rule.shape) {
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
            return of_check(view, named, bound).into_iter().collect();
        }
        (
            Shape::Cover {
                matching: Some(named),
                ..
            },
            Shape::Cover {
                by,
                matching: Some(bound),
                ..
            },
        ) => return of_cover(view, *by, named, bound),
        _ => return Vec::new(),
    };
    let mut seen = passed_over(view);
    for (named, bound) in named.iter().zip(bound) {
        for event in view.scope.timeline.events_of(bound.event) {
            let why = why_not(view, event, (named, bound.matching.as_ref()), linked);
            seen.extend(why.map(|why| LookedAt {
                id: event.id.to_owned(),
                kind: spoken(&named.event),
                day: event.occurred.or(event.scheduled).map(|moment| moment.day),
                why,
            }));
        }
    }
    seen.sort_by(|a, b| (a.day, &a.id).cmp(&(b.day, &b.id)));
    seen.dedup_by(|a, b| a.id == b.id && a.kind == b.kind);
    seen.split_off(seen.len().saturating_sub(MOST))
}

/// Why a predicate does not hold for a record; nothing where it does.
fn fails(
    view: &View<'_, '_, '_>,
    (named, bound): (&Predicate, &BoundPredicate),
    (attributes, day): (Attributes<'_>, Day),
) -> Option<String> {
    let subject = Subject {
        attributes,
        day,
        born: view.scope.timeline.child.born,
    };
    let fails = what_fails(&named.expr, &bound.expr, &subject);
    (!fails.is_empty()).then(|| fails.join("; "))
}

/// What a check finds wrong with the record that it looks at.
fn of_check(
    view: &View<'_, '_, '_>,
    named: &Predicate,
    bound: &BoundPredicate,
) -> Option<LookedAt> {
    let (timeline, obligation) = (view.scope.timeline, view.obligation);
    let (attributes, day) = match obligation.anchor_class {
        Class::Event => {
            let event = view.anchor_event()?;
            (event.attributes, event.occurred.or(event.scheduled)?.day)
        }
        Class::Period => {
            let mut periods = timeline.periods_of(obligation.anchor_kind).iter();
            let period = periods.find(|period| period.id == obligation.anchor)?;
            (period.attributes, period.from)
        }
    };
    Some(LookedAt {
        id: obligation.anchor.to_owned(),
        kind: view.anchor_kind(),
        day: Some(day),
        why: fails(view, (named, bound), (attributes, day))?,
    })
}

/// The periods that ran in a gap and do not cover it.
fn of_cover(
    view: &View<'_, '_, '_>,
    by: crate::case::Symbol,
    named: &Predicate,
    bound: &BoundPredicate,
) -> Vec<LookedAt> {
    let (opened, closed) = (view.obligation.opened.day, view.obligation.closed);
    let last = closed.unwrap_or(view.scope.today);
    let periods = view.scope.timeline.periods_of(by).iter();
    let in_the_gap = periods.filter(|p| p.from <= last && p.to.is_none_or(|to| to >= opened));
    let seen = in_the_gap.filter_map(|period| {
        Some(LookedAt {
            id: period.id.to_owned(),
            kind: spoken(view.scope.rules.name(by)),
            day: Some(period.from),
            why: fails(view, (named, bound), (period.attributes, period.from))?,
        })
    });
    let mut seen: Vec<LookedAt> = seen.collect();
    seen.split_off(seen.len().saturating_sub(MOST))
}

/// The other frequencies that nobody authorised, and that are passed over.
fn passed_over(view: &View<'_, '_, '_>) -> Vec<LookedAt> {
    let Shape::Interval {
        vary: Some(topic), ..
    } = &view.rule.shape
    else {
        return Vec::new();
    };
    let Some(usual) = usual(view) else {
        return Vec::new();
    };
    let (scope, obligation) = (view.scope, view.obligation);
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

/// Why an event did not answer; nothing for what did, and for what nobody would have thought to.
fn why_not(
    view: &View<'_, '_, '_>,
    event: &Event<'_>,
    (named, bound): (&Selector<String, Predicate>, Option<&BoundPredicate>),
    linked: bool,
) -> Option<String> {
    let (scope, obligation) = (view.scope, view.obligation);
    let (opened, closed) = (obligation.opened.day, obligation.closed);
    let is_anchor = event.kind == obligation.anchor_kind && event.id == obligation.anchor;
    let answered = view
        .answer()
        .is_some_and(|answer| std::ptr::eq(answer, event));
    let day = event.occurred.or(event.scheduled).map(|moment| moment.day);
    let beyond = closed.is_some_and(|closed| day > Some(closed));
    let long_before = day.is_some_and(|day| day < opened.plus(-LONG_BEFORE));
    if is_anchor || answered || beyond || long_before {
        return None;
    }
    // What lies before the opening is worth a word only where nothing else stood in its way.
    let before = day.is_some_and(|day| day < opened);
    let only_after = |why: String| (!before).then_some(why);
    if scope.is_cancelled(event) {
        return only_after("it was cancelled".to_owned());
    }
    let Some(held) = event.held(scope.today) else {
        return only_after(not_held(view, event)?);
    };
    let why = match (&named.matching, bound) {
        (Some(named), Some(bound)) => fails(view, (named, bound), (event.attributes, held.day)),
        _ => None,
    };
    if let Some(why) = why {
        return only_after(why);
    }
    if linked && event.about != Some(obligation.anchor) {
        return only_after(match event.about {
            Some(about) => format!("it is about {about}, not about {}", obligation.anchor),
            None => format!("it does not say that it is about {}", obligation.anchor),
        });
    }
    if held.day < scope.reach {
        let kind = spoken(&scope.period_kind_name());
        return Some(format!("it lies before the {kind} {}", scope.period.id));
    }
    if before {
        return lies_before(view);
    }
    if !scope.contains(held.day) {
        let kind = spoken(&scope.period_kind_name());
        return Some(format!("it lies after the {kind} {}", scope.period.id));
    }
    if held.day == opened {
        return Some("it was on the day this opened; a later day is asked for".to_owned());
    }
    Some(match closed {
        Some(closed) if held.day >= closed => "it came when this had ended".to_owned(),
        _ => "it came too late to answer this one".to_owned(),
    })
}

/// What is booked, or was, and has not been held; nothing where the booking is told with the answer.
fn not_held(view: &View<'_, '_, '_>, event: &Event<'_>) -> Option<String> {
    let Some(scheduled) = event.scheduled else {
        return Some("it had not happened yet".to_owned());
    };
    if view.obligation.booked == Some(scheduled.day) {
        return None;
    }
    Some(if scheduled.day < view.scope.today {
        "it was booked for that day, and is not recorded as held".to_owned()
    } else {
        "it is booked, and not held yet".to_owned()
    })
}

/// That an event lies before what opened this; in a chain what came before belongs to the cycle before.
fn lies_before(view: &View<'_, '_, '_>) -> Option<String> {
    let obligation = view.obligation;
    match &view.rule.shape {
        Shape::Interval { .. } if !view.is_first_cycle() => None,
        Shape::Deadline { .. } | Shape::Between { .. } | Shape::Run { .. } => {
            let (kind, anchor) = (view.anchor_kind(), obligation.anchor);
            Some(format!("it lies before the {kind} {anchor}"))
        }
        _ => Some("it lies before this opened".to_owned()),
    }
}
