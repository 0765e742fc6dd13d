//! `run`: so many failures in a row.

use crate::calendar::Day;

use super::super::model::{BoundPredicate, Shape};
use super::super::obligation::{Evidence, Obligation};
use super::super::scope::{Anchor, BoundSelector, Dated, Draft, End, Scope};
use super::answer::{self, Window};

/// Failures in a row that have reached the count.
struct Run<'e, 't> {
    failures: &'e [Dated<'e, 't>],
    completing: Dated<'e, 't>,
}

pub(in super::super) fn evaluate<'t>(scope: &Scope<'_, 't>, out: &mut Vec<Obligation<'t>>) {
    let Shape::Run {
        over,
        failing,
        count,
        within,
        require,
        gap,
    } = &scope.rule.shape
    else {
        return;
    };
    let all = scope.counting(over);
    let complete = complete_runs(scope, all, failing, *count as usize, *gap);
    if complete.is_empty() {
        return;
    }
    // Several that complete a run on one day are one, the first in order.
    let mut runs: Vec<&Run<'_, 't>> = complete.iter().collect();
    runs.dedup_by_key(|run| run.completing.day());
    let answers = scope.counting_any(require);
    let completes = |event: &Dated<'_, 't>| complete.iter().any(|r| r.completing.is(event.event));
    for (i, run) in runs.iter().enumerate() {
        let anchor = &run.completing;
        if scope.unborn(anchor.day()) {
            continue;
        }
        let window = runs.get(i + 1).map(|next| Window {
            next_day: next.completing.day(),
            still_answers: &completes,
        });
        let limit = scope.calendar.limit(anchor.moment(), *within);
        let answer = if require.is_empty() {
            ending_event(scope, all, failing, run, runs.get(i + 1).copied())
        } else {
            answer::earliest(anchor, &answers, window.as_ref(), false)
        };
        let end = answer::end(scope, limit, answer.as_ref(), window.as_ref());
        let booked = match end {
            End::Open if require.is_empty() => booked_end(scope, over, failing, anchor),
            End::Open => answer::booking(scope, anchor, require, false),
            _ => None,
        };
        let mut evidence: Vec<&'t str> = run.failures.iter().map(|f| f.event.id).collect();
        if let Some(answer) = &answer
            && !run.failures.iter().any(|failure| failure.is(answer.event))
        {
            evidence.push(answer.event.id);
        }
        out.push(scope.conclude(Draft {
            anchor: Anchor::event(anchor.event),
            opened: anchor.moment(),
            limit,
            end,
            booked,
            evidence: Evidence::Many(evidence),
            soon_from: None,
        }));
    }
}

/// The runs that reached the count, each with all of its failures, later ones too.
fn complete_runs<'e, 't>(
    scope: &Scope<'e, 't>,
    all: &'e [Dated<'e, 't>],
    failing: &BoundPredicate,
    count: usize,
    gap: Option<crate::calendar::Duration>,
) -> Vec<Run<'e, 't>> {
    let mut complete = Vec::new();
    // The failures of a run follow one another: anything else ends it.
    let mut finish = |failures: &'e [Dated<'e, 't>]| {
        if let Some(completing) = failures.get(count - 1).copied() {
            complete.push(Run {
                failures,
                completing,
            });
        }
    };
    let mut first = 0;
    for (place, dated) in all.iter().enumerate() {
        if !scope.holds(failing, dated.event, dated.day()) {
            finish(&all[first..place]);
            first = place + 1;
            continue;
        }
        if let (Some(last), Some(gap)) = (all[first..place].last(), gap)
            && !scope
                .calendar
                .limit(last.moment(), gap)
                .holds(dated.moment())
        {
            finish(&all[first..place]);
            first = place;
        }
    }
    finish(&all[first..]);
    complete
}

/// Without `require` the first event that ends the run answers, if it comes before the next run.
fn ending_event<'e, 't>(
    scope: &Scope<'e, 't>,
    all: &[Dated<'e, 't>],
    failing: &BoundPredicate,
    run: &Run<'e, 't>,
    next: Option<&Run<'e, 't>>,
) -> Option<Dated<'e, 't>> {
    all.iter()
        .find(|event| {
            event.order() > run.completing.order()
                && !scope.holds(failing, event.event, event.day())
                && next.is_none_or(|next| event.order() < next.completing.order())
        })
        .copied()
}

/// The earliest booking that would end the run, if it were held as it is recorded now; where only the
/// n-th event counts, no later one does.
fn booked_end<'e>(
    scope: &Scope<'e, '_>,
    over: &'e BoundSelector,
    failing: &BoundPredicate,
    anchor: &Dated<'_, '_>,
) -> Option<Day> {
    if over.nth.is_some() {
        return None;
    }
    scope.earliest_booking(std::slice::from_ref(over), |booking| {
        booking.order() > anchor.order() && !scope.holds(failing, booking.event, booking.day())
    })
}
