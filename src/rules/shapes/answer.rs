//! What answers an obligation that one event opened: deadline and run have it in common.

use crate::calendar::{Day, Limit};

use super::super::scope::{BoundSelector, Dated, End, Scope};

/// How far an obligation without a link reaches: the day of the next anchor, and which of that day's
/// events still answer this one.
pub(super) struct Window<'w, 't> {
    pub(super) next_day: Day,
    pub(super) still_answers: &'w dyn Fn(&Dated<'_, 't>) -> bool,
}

/// Whether an event may answer what `anchor` opened: on or after its day, by the day; strictly after
/// it where it is of the anchor's own kind; never the anchor itself (SPEC 3, deadline).
pub(super) fn may_answer(anchor: &Dated<'_, '_>, event: &Dated<'_, '_>) -> bool {
    if event.event.kind == anchor.event.kind {
        event.day() > anchor.day()
    } else {
        event.day() >= anchor.day()
    }
}

/// The earliest of `answers` that answers what `anchor` opened.
pub(super) fn earliest<'e, 't>(
    anchor: &Dated<'e, 't>,
    answers: &[Dated<'e, 't>],
    window: Option<&Window<'_, 't>>,
    linked: bool,
) -> Option<Dated<'e, 't>> {
    let first = answers.partition_point(|answer| answer.day() < anchor.day());
    answers[first..]
        .iter()
        .find(|answer| {
            may_answer(anchor, answer)
                && (!linked || answer.event.about == Some(anchor.event.id))
                && window.is_none_or(|window| {
                    answer.day() < window.next_day
                        || (answer.day() == window.next_day && (window.still_answers)(answer))
                })
        })
        .copied()
}

/// How it ended: by its answer, else with its window or its period.
pub(super) fn end(
    scope: &Scope<'_, '_>,
    limit: Limit,
    answer: Option<&Dated<'_, '_>>,
    window: Option<&Window<'_, '_>>,
) -> End {
    match answer {
        Some(answer) => End::Answered(answer.day(), limit.holds(answer.moment())),
        None => {
            let window_end = window.map(|window| window.next_day);
            match window_end.into_iter().chain(scope.end).min() {
                Some(day) => End::Ended(day),
                None => End::Open,
            }
        }
    }
}

/// The earliest booking that would answer what `anchor` opened, if it were held then.
pub(super) fn booking<'e>(
    scope: &Scope<'e, '_>,
    anchor: &Dated<'_, '_>,
    require: &'e [BoundSelector],
    linked: bool,
) -> Option<Day> {
    scope.earliest_booking(require, |booking| {
        may_answer(anchor, booking) && (!linked || booking.event.about == Some(anchor.event.id))
    })
}
