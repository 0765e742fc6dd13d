//! 4. **ahead** `of`, `by`, `require`, `linked`.

use crate::asking::{Asking, Seen, booked, held, in_order, one_a_day};
use crate::calendar::Limit;
use crate::evaluate::{Found, Outcome};
use crate::model::{Selector, Span};

pub fn obligations(
    asking: &Asking<'_>,
    of: &Selector,
    by: Span,
    require: &[Selector],
    linked: bool,
) -> Vec<Found> {
    let mut targets = targets(asking, of);
    // "Several that match […] `of` (unlinked) […] on one day are one, the first in order, the held
    // before the booked."
    if !linked {
        targets = one_a_day(targets);
    }
    // "`nth = 1` […]; for `ahead`, held and booked alike"
    if of.nth == Some(1) {
        targets.truncate(1);
    }
    let answers = asking.counting_any(require);
    let mut found = Vec::new();
    for (place, target) in targets.iter().enumerate() {
        // "Opened on the day of the target before it in order, else on the period's first day."
        let before = place.checked_sub(1).map(|place| targets[place]);
        let start = before.map_or(asking.period_start(), |before| before.when);
        // "Where the period ends before the target's day, the obligation ends with the period; what
        // would open after the period's end does not open."
        let end = match asking.end() {
            Some(end) => end.min(target.when.day),
            None => target.when.day,
        };
        if asking.end().is_some_and(|end| start.day > end) {
            continue;
        }
        let Some(opened) = asking.opening_from_birth(start, Some(end)) else {
            continue;
        };
        let answer = answers.iter().find(|answer| {
            // "the event that opens an obligation, or that it is ahead of, never answers it"
            if answer.is(target) || before.is_some_and(|before| answer.is(&before)) {
                return false;
            }
            // "and not after the target's day"
            if answer.when.day > target.when.day {
                return false;
            }
            if linked {
                // "`linked`: on or after the period's first day for every target, and only one
                // whose `about` is the target"
                answer.when.day >= asking.period.from
                    && answer.row.about.as_ref() == Some(&target.row.id)
            } else if before.is_none() {
                // "(on or after the period's first day, for the first)"
                answer.when.day >= asking.period.from
            } else {
                // "the earliest counting `require` event after the opening day"
                answer.when.day > opened.day
            }
        });
        let outcome = match (answer, asking.end()) {
            (Some(answer), _) => super::answered(answer, false),
            (None, _) if target.held => Outcome::BeyondDoing(target.when.day),
            (None, Some(end)) => Outcome::Ended(end),
            (None, None) => Outcome::Open,
        };
        found.push(Found {
            anchor: target.anchor(),
            opened,
            // "Due `by` before its day."
            limit: Limit {
                due: asking.days_off.before(target.when.day, by),
                at: None,
            },
            outcome,
            run: Vec::new(),
            soon_from: None,
        });
    }
    found
}

fn targets<'a>(asking: &Asking<'a>, of: &Selector) -> Vec<Seen<'a>> {
    // "the child's next period of that kind", as of T: "before its first day it is not there"
    let next_period = asking
        .case
        .periods
        .iter()
        .filter(|p| p.kind == asking.period.kind)
        .map(|p| p.from)
        .filter(|from| *from > asking.period.from && *from <= asking.t)
        .min();
    let mut every: Vec<Seen<'a>> = Vec::new();
    for row in &asking.case.events {
        // "(its day: the held one where held, else the booked one)"
        let (when, is_held) = match (held(row, asking.t), booked(row, asking.t)) {
            (Some(when), _) => (when, true),
            (None, Some(when)) => (when, false),
            (None, None) => continue,
        };
        if asking.matches(of, row, when.day) {
            every.push(Seen {
                row,
                when,
                held: is_held,
            });
        }
    }
    every.sort_by(in_order);
    let mut found = Vec::new();
    for (place, seen) in every.iter().enumerate() {
        let from = asking.period.from;
        if seen.held {
            // "A target is an event matching `of` that is held in the period"; "`lead` reaches
            // neither the targets of `ahead`"
            if seen.when.day >= from && asking.end().is_none_or(|end| seen.when.day <= end) {
                found.push(*seen);
            }
            continue;
        }
        // "or booked for a day from the period's first day on and before the first day of the
        // child's next period of that kind"
        if seen.when.day < from || next_period.is_some_and(|next| seen.when.day >= next) {
            continue;
        }
        // "A booking for a day before T is no target where a later event in order that matches `of`
        // is held or booked."
        if seen.when.day < asking.t && place + 1 < every.len() {
            continue;
        }
        found.push(*seen);
    }
    found
}
