//! 1. **deadline** `after`, `within`, `require`, `linked`.

use crate::asking::{Asking, Seen, one_a_day};
use crate::evaluate::{Found, Outcome};
use crate::model::{Selector, Span};

pub fn obligations(
    asking: &Asking<'_>,
    after: &Selector,
    within: Span,
    require: &[Selector],
    linked: bool,
) -> Vec<Found> {
    let matching = asking.counting(after);
    // "Several that match `after` (unlinked) […] on one day are one"
    let anchors = if linked {
        matching.clone()
    } else {
        one_a_day(matching.clone())
    };
    let answers = asking.counting_any(require);
    let mut found = Vec::new();
    // "Each counting event that matches `after` opens an obligation on its day"
    for (place, anchor) in anchors.iter().enumerate() {
        if asking.too_early(anchor.when.day) {
            continue;
        }
        // "Without `linked` its window ends on the day of the rule's next anchor"
        let next = if linked { None } else { anchors.get(place + 1) };
        let answer = answers.iter().find(|answer| {
            if linked {
                // "with `linked = true`, only by one whose `about` is the anchor's id"
                answer.row.about.as_ref() == Some(&anchor.row.id)
                    && lies_on_or_after(anchor, answer)
            } else {
                lies_in_window(anchor, next, &matching, answer)
            }
        });
        found.push(Found {
            anchor: anchor.anchor(),
            opened: anchor.when,
            limit: asking.days_off.limit(anchor.when, within),
            outcome: outcome(asking, answer, next),
            run: Vec::new(),
            soon_from: None,
        });
    }
    found
}

// "lies on or after that day, by the day, whatever the times (strictly after it, where it is of the
// anchor's own event kind)"
fn lies_on_or_after(anchor: &Seen<'_>, answer: &Seen<'_>) -> bool {
    // "the event that opens an obligation […] never answers it"
    if answer.is(anchor) {
        return false;
    }
    if answer.row.kind == anchor.row.kind {
        answer.when.day > anchor.when.day
    } else {
        answer.when.day >= anchor.when.day
    }
}

// "the next anchor itself, or another event of its day and kind that matches `after` too, still
// answers this one where it matches `require`; every other event on or after its day answers the
// next"
pub fn lies_in_window(
    anchor: &Seen<'_>,
    next: Option<&Seen<'_>>,
    matching: &[Seen<'_>],
    answer: &Seen<'_>,
) -> bool {
    if !lies_on_or_after(anchor, answer) {
        return false;
    }
    let Some(next) = next else {
        return true;
    };
    if answer.when.day == next.when.day {
        return answer.is(next)
            || (answer.row.kind == next.row.kind && matching.iter().any(|m| m.is(answer)));
    }
    answer.when.day < next.when.day
}

pub fn outcome(asking: &Asking<'_>, answer: Option<&Seen<'_>>, next: Option<&Seen<'_>>) -> Outcome {
    match (answer, next, asking.end()) {
        (Some(answer), _, _) => super::answered(answer, false),
        (None, Some(next), _) => Outcome::Ended(next.when.day),
        (None, None, Some(end)) => Outcome::Ended(end),
        (None, None, None) => Outcome::Open,
    }
}
