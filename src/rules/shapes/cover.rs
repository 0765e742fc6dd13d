//! `cover`: somebody at all times. Every gap is an obligation.

use crate::calendar::{Day, Moment};
use crate::case::Period;

use super::super::model::Shape;
use super::super::obligation::Obligation;
use super::super::scope::{Anchor, Draft, End, Scope, by_day};

pub(in super::super) fn evaluate<'t>(scope: &Scope<'_, 't>, out: &mut Vec<Obligation<'t>>) {
    let Shape::Cover {
        by,
        matching,
        grace,
    } = &scope.rule.shape
    else {
        return;
    };
    let covers: Vec<&Period<'t>> = scope
        .timeline
        .periods_of(*by)
        .iter()
        .take_while(|period| period.from <= scope.today)
        .filter(|period| {
            matching
                .as_ref()
                .is_none_or(|p| scope.holds_for_period(p, period))
        })
        .collect();
    let birth = scope.birth();
    let last = scope.end.unwrap_or(scope.today);
    let mut day = birth.map_or(scope.period.from, |birth| birth.max(scope.period.from));
    while day <= last {
        if let Some(until) = covered_until(scope, &covers, day) {
            match until {
                None => return,
                Some(until) => day = until.next(),
            }
            continue;
        }
        let again = covers
            .iter()
            .map(|cover| cover.from)
            .filter(|from| *from > day && *from <= last)
            .min();
        let trimmed_by_birth = birth == Some(day)
            && scope.period.from < day
            && covered_until(scope, &covers, day.previous()).is_none();
        let closes = again.or(scope.end);
        if !(trimmed_by_birth && closes.is_some_and(|closes| day >= closes)) {
            push(scope, &covers, day, again, *grace, out);
        }
        match again {
            None => return,
            Some(again) => day = again,
        }
    }
}

fn push<'t>(
    scope: &Scope<'_, 't>,
    covers: &[&Period<'t>],
    opened: Day,
    again: Option<Day>,
    grace: crate::calendar::Duration,
    out: &mut Vec<Obligation<'t>>,
) {
    let due = scope.calendar.after(opened, grace);
    let ended_before = covers
        .iter()
        .filter(|cover| cover.to == Some(opened.previous()))
        .min_by_key(|cover| cover.id);
    let covers_again = again.and_then(|again| {
        let starting = covers.iter().filter(|cover| cover.from == again);
        starting.min_by_key(|cover| cover.id)
    });
    let end = match (again, scope.end) {
        (Some(again), _) => End::Answered(again, again <= due),
        (None, Some(end)) => End::Ended(end),
        (None, None) => End::Open,
    };
    out.push(scope.conclude(Draft {
        anchor: ended_before.map_or(Anchor::period(scope.period), |cover| Anchor::period(cover)),
        opened: Moment::day(opened),
        limit: by_day(due),
        end,
        booked: None,
        evidence: covers_again.map(|cover| cover.id).into(),
        soon_from: None,
    }));
}

/// Where `day` is covered: the last day on which it still is without a gap by one period, `None`
/// inside for one that is open.
fn covered_until(scope: &Scope<'_, '_>, covers: &[&Period<'_>], day: Day) -> Option<Option<Day>> {
    covers
        .iter()
        .filter(|cover| {
            cover.from <= day && cover.end_as_of(scope.today).is_none_or(|end| day <= end)
        })
        .map(|cover| cover.end_as_of(scope.today))
        .reduce(|a, b| match (a, b) {
            (Some(a), Some(b)) => Some(a.max(b)),
            _ => None,
        })
}
