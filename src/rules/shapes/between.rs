//! `between`: something between each two marks.

use crate::calendar::{Day, Moment};

use super::super::model::Shape;
use super::super::obligation::Obligation;
use super::super::scope::{Anchor, Draft, End, Scope, by_day, one_a_day};

pub(in super::super) fn evaluate<'t>(scope: &Scope<'_, 't>, out: &mut Vec<Obligation<'t>>) {
    let Shape::Between {
        marks,
        require,
        latest,
    } = &scope.rule.shape
    else {
        return;
    };
    let held = one_a_day(scope.counting(marks));
    if held.is_empty() {
        return;
    }
    let answers = scope.counting_any(require);
    for (i, mark) in held.iter().enumerate() {
        let next = held.get(i + 1).map(|next| next.day());
        let Some(opened) = opening(scope, mark.moment(), next) else {
            continue;
        };
        let first = answers.partition_point(|answer| answer.day() <= mark.day());
        let answer = answers[first..]
            .iter()
            .find(|answer| next.is_none_or(|next| answer.day() <= next) && !mark.is(answer.event));
        let end = match (answer, next, scope.end) {
            (Some(answer), _, _) => End::Answered(answer.day(), true),
            (None, Some(next), _) => End::Impossible(next),
            (None, None, Some(end)) => End::Ended(end),
            (None, None, None) => End::Open,
        };
        let due = next.unwrap_or_else(|| {
            let not_before = match end {
                End::Answered(day, _) | End::Ended(day) | End::Impossible(day) => day,
                End::Open => scope.today,
            };
            next_booked(scope, marks, mark.day(), not_before).unwrap_or_else(|| {
                let latest = latest.get(i).or(latest.last()).copied();
                latest.map_or(mark.day(), |latest| {
                    scope.calendar.after(mark.day(), latest)
                })
            })
        });
        out.push(scope.conclude(Draft {
            anchor: Anchor::event(mark.event),
            opened,
            limit: by_day(due),
            end,
            booked: None,
            evidence: answer.map(|answer| answer.event.id).into(),
            soon_from: None,
        }));
    }
}

/// The mark, or the birth where that is later and before the interval's end.
fn opening(scope: &Scope<'_, '_>, mark: Moment, next: Option<Day>) -> Option<Moment> {
    let Some(birth) = scope.birth().filter(|birth| mark.day < *birth) else {
        return Some(mark);
    };
    let end = next.into_iter().chain(scope.end).min();
    end.is_none_or(|end| birth < end)
        .then_some(Moment::day(birth))
}

/// The earliest day for which the next mark is booked; with `nth` there is no next mark.
fn next_booked<'e>(
    scope: &Scope<'e, '_>,
    marks: &'e super::super::scope::BoundSelector,
    mark: Day,
    not_before: Day,
) -> Option<Day> {
    if marks.nth.is_some() {
        return None;
    }
    scope
        .booked_anywhere(marks)
        .map(|booking| booking.day())
        .filter(|day| *day > mark && *day >= not_before && scope.contains(*day))
        .min()
}
