//! `check`: a record that is as it must be.

use crate::calendar::Moment;

use super::super::model::{CheckOn, Shape};
use super::super::obligation::{Evidence, Obligation};
use super::super::scope::{Anchor, Draft, End, Scope, by_day};

pub(in super::super) fn evaluate<'t>(scope: &Scope<'_, 't>, out: &mut Vec<Obligation<'t>>) {
    let Shape::Check { on, that, .. } = &scope.rule.shape else {
        return;
    };
    match on {
        CheckOn::Events(selector) => {
            for dated in scope.counting(selector) {
                let so = scope.holds(that, dated.event, dated.day());
                push(scope, Anchor::event(dated.event), dated.moment(), so, out);
            }
        }
        CheckOn::Periods { period, matching } => {
            for other in scope.timeline.periods_of(*period) {
                let opened = other.from.max(scope.period.from);
                let ends = [other.end_as_of(scope.today), scope.end];
                let overlaps = opened <= scope.today
                    && ends.into_iter().flatten().all(|end| opened <= end)
                    && matching
                        .as_ref()
                        .is_none_or(|p| scope.holds_for_period(p, other));
                if overlaps {
                    let so = scope.holds_for_period(that, other);
                    push(scope, Anchor::period(other), Moment::day(opened), so, out);
                }
            }
        }
    }
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
        evidence: if so {
            Evidence::One(anchor.id)
        } else {
            Evidence::None
        },
        soon_from: None,
    }));
}
