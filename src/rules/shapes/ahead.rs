//! `ahead`: something ahead of something else that is booked or held.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::calendar::{Day, Moment};

use super::super::model::Shape;
use super::super::obligation::Obligation;
use super::super::scope::{
    Anchor, BoundSelector, Dated, Draft, End, Scope, by_day, one_a_day, only_nth,
};

pub(in super::super) fn evaluate<'t>(scope: &Scope<'_, 't>, out: &mut Vec<Obligation<'t>>) {
    let Shape::Ahead {
        of,
        by,
        require,
        linked,
    } = &scope.rule.shape
    else {
        return;
    };
    let targets = targets(scope, of, *linked);
    if targets.is_empty() {
        return;
    }
    let answers = scope.counting_any(require);
    for (i, target) in targets.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| &targets[i]);
        let Some(opened) = opening(scope, before, target.day()) else {
            continue;
        };
        let answer = answers.iter().find(|answer| {
            let late_enough = if *linked || before.is_none() {
                answer.day() >= scope.period.from
            } else {
                answer.day() > opened.day
            };
            late_enough
                && answer.day() <= target.day()
                && (!linked || answer.event.about == Some(target.event.id))
                && !target.is(answer.event)
                && !before.is_some_and(|before| before.is(answer.event))
        });
        let due = scope.calendar.before(target.day(), *by);
        let end = match (answer, target.held, scope.end) {
            (Some(answer), _, _) => End::Answered(answer.day(), answer.day() <= due),
            (None, true, _) => End::Impossible(target.day()),
            (None, false, Some(end)) => End::Ended(end),
            (None, false, None) => End::Open,
        };
        out.push(scope.conclude(Draft {
            anchor: Anchor::event(target.event),
            opened,
            limit: by_day(due),
            end,
            booked: None,
            evidence: answer.map(|answer| answer.event.id).into(),
            soon_from: None,
        }));
    }
}

/// When the obligation ahead of a target opens: with the target before it, else with the period, or
/// on the birth where that is later and before its end; `None` where it does not open.
fn opening(scope: &Scope<'_, '_>, before: Option<&Dated<'_, '_>>, target: Day) -> Option<Moment> {
    let mut opened = before.map_or(Moment::day(scope.period.from), |before| before.moment());
    if let Some(birth) = scope.birth().filter(|birth| opened.day < *birth) {
        let end = scope.end.map_or(target, |end| end.min(target));
        if birth >= end {
            return None;
        }
        opened = Moment::day(birth);
    }
    let after_end = scope.end.is_some_and(|end| opened.day > end);
    (opened.day <= scope.today && !after_end).then_some(opened)
}

/// What the obligations are ahead of, in order: held in the period (without `lead`), or booked for a
/// day from its first on and before the child's next period of that kind.
fn targets<'e, 't>(
    scope: &Scope<'e, 't>,
    of: &'e BoundSelector,
    linked: bool,
) -> SmallVec<[Dated<'e, 't>; 8]> {
    let first = scope.period.from;
    let next_period = scope
        .timeline
        .periods_of(scope.period.kind)
        .iter()
        .map(|period| period.from)
        .find(|from| *from > first && *from <= scope.today);
    let held = scope.held_anywhere(of);
    let booked: SmallVec<[Dated<'e, 't>; 8]> = scope.booked_anywhere(of).collect();
    let latest = held.iter().chain(&booked).map(Dated::order).max();
    let mut targets: SmallVec<[Dated<'e, 't>; 8]> = held
        .iter()
        .filter(|held| held.day() >= first && scope.contains(held.day()))
        .copied()
        .collect();
    targets.extend(booked.iter().copied().filter(|booking| {
        // A booking that went by, with another conference held or booked since, is a dead letter.
        let gone_by = booking.day() < scope.today && latest > Some(booking.order());
        booking.day() >= first && next_period.is_none_or(|next| booking.day() < next) && !gone_by
    }));
    targets.sort_by(|a, b| a.order().cmp(&b.order()));
    if !linked && let Cow::Owned(one_a_day) = one_a_day(&targets) {
        targets = one_a_day.into();
    }
    match of.nth {
        Some(nth) => only_nth(&targets, nth).into(),
        None => targets,
    }
}
