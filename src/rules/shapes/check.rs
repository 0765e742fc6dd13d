//! `check`: a record that is as it must be.

use crate::calendar::Moment;
use crate::case::Period;

use super::super::model::{BoundPredicate, CheckOn, Shape};
use super::super::obligation::Obligation;
use super::super::predicate::Subject;
use super::super::scope::{Anchor, Draft, End, Scope, by_day};

pub(in super::super) fn evaluate<'t>(scope: &Scope<'_, 't>, out: &mut Vec<Obligation<'t>>) {
    let Shape::Check { on, that, .. } = &scope.rule.shape else {
        return;
    };
    match on {
        CheckOn::Events(selector) => {
            for dated in scope.counting(selector) {
                let so = scope.holds(that, dated.event, dated.day());
                push(scope, Anchor::event(dated.event), dated.moment, so, out);
            }
        }
        CheckOn::Periods { period, matching } => {
            for other in scope.timeline.periods_of(*period) {
                let opened = other.from.max(scope.period.from);
                let ends = [other.end_as_of(scope.today), scope.end];
                let overlaps = opened <= scope.today
                    && ends.into_iter().flatten().all(|end| opened <= end)
                    && matching.as_ref().is_none_or(|p| holds(scope, p, other));
                if overlaps {
                    let so = holds(scope, that, other);
                    push(scope, Anchor::period(other), Moment::day(opened), so, out);
                }
            }
        }
    }
}

fn holds(scope: &Scope<'_, '_>, predicate: &BoundPredicate, period: &Period<'_>) -> bool {
    predicate.holds(&Subject {
        attributes: period.attributes,
        day: period.from,
        born: scope.timeline.child.born,
    })
}

fn push<'t>(
    scope: &Scope<'_, 't>,
    anchor: Anchor<'t>,
    opened: Moment,
    so: bool,
    out: &mut Vec<Obligation<'t>>,
) {
    let Shape::Check { grace, .. } = &scope.rule.shape else {
        return;
    };
    if scope.unborn(opened.day) {
        return;
    }
    let end = match (so, scope.end) {
        (true, _) => End::Answered(opened.day, true),
        (false, Some(end)) => End::Ended(end),
        (false, None) => End::Open,
    };
    out.push(scope.conclude(Draft {
        anchor,
        opened,
        limit: by_day(scope.calendar.after(opened.day, *grace)),
        end,
        booked: None,
        evidence: if so { vec![anchor.id] } else { Vec::new() },
        soon_from: None,
    }));
}
