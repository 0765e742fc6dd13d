//! `deadline`: something within a time of something else.

use std::borrow::Cow;

use super::super::model::Shape;
use super::super::obligation::Obligation;
use super::super::scope::{Anchor, Dated, Draft, End, Scope, one_a_day};
use super::answer::{self, Window};

pub(in super::super) fn evaluate<'t>(scope: &Scope<'_, 't>, out: &mut Vec<Obligation<'t>>) {
    let Shape::Deadline {
        after,
        within,
        require,
        linked,
    } = &scope.rule.shape
    else {
        return;
    };
    let all = scope.counting(after);
    if all.is_empty() {
        return;
    }
    let anchors = if *linked {
        Cow::Borrowed(all)
    } else {
        one_a_day(all)
    };
    let answers = scope.counting_any(require);
    for (i, anchor) in anchors.iter().enumerate() {
        if scope.unborn(anchor.day()) {
            continue;
        }
        let next = anchors.get(i + 1).filter(|_| !linked);
        // Of the next anchor's day, that anchor and its twins still answer this one.
        let is_anchor = |event: &Dated<'_, 't>| all.iter().any(|anchor| anchor.is(event.event));
        let window = next.map(|next| Window {
            next_day: next.day(),
            still_answers: &is_anchor,
        });
        let limit = scope.calendar.limit(anchor.moment(), *within);
        let answer = answer::earliest(anchor, &answers, window.as_ref(), *linked);
        let end = answer::end(scope, limit, answer.as_ref(), window.as_ref());
        let booked = match end {
            End::Open => answer::booking(scope, anchor, require, *linked),
            _ => None,
        };
        out.push(scope.conclude(Draft {
            anchor: Anchor::event(anchor.event),
            opened: anchor.moment(),
            limit,
            end,
            booked,
            evidence: answer.map(|answer| answer.event.id).into(),
            soon_from: None,
        }));
    }
}
