//! 5. **run** `over`, `failing`, `count`, `within`, optional `require`, `gap`.

use super::deadline::{lies_in_window, outcome};
use crate::asking::{Asking, Seen, in_order, one_a_day};
use crate::evaluate::Found;
use crate::model::Shape;

pub fn obligations(asking: &Asking<'_>) -> Vec<Found> {
    let Shape::Run {
        over,
        failing,
        count,
        within,
        require,
        gap,
    } = &asking.rule.shape
    else {
        return Vec::new();
    };
    let count = *count as usize;
    let events = asking.counting(over);
    let fails = |seen: &Seen<'_>| asking.predicate(Some(failing), seen.row, seen.when.day);

    // "each that is `failing` adds one to the run, any other ends it; a failing one more than `gap`
    // after the last failing one starts a run of one"
    let mut runs: Vec<Vec<Seen<'_>>> = vec![Vec::new()];
    for seen in &events {
        if !fails(seen) {
            runs.push(Vec::new());
            continue;
        }
        let last = runs[runs.len() - 1].last().copied();
        if let (Some(gap), Some(last)) = (gap, last) {
            let limit = asking.days_off.limit(last.when, *gap);
            if asking.days_off.is_after(seen.when, limit) {
                runs.push(Vec::new());
            }
        }
        let place = runs.len() - 1;
        runs[place].push(*seen);
    }
    // "When a run reaches `count` an obligation opens on that day, anchored on that event […];
    // longer runs open no other"
    let complete: Vec<&Vec<Seen<'_>>> = runs.iter().filter(|run| run.len() >= count).collect();
    let completing: Vec<Seen<'_>> = complete.iter().map(|run| run[count - 1]).collect();
    // "Several that […] complete a run, on one day are one, the first in order"
    let anchors = one_a_day(completing.clone());

    let mut found = Vec::new();
    for (place, anchor) in anchors.iter().enumerate() {
        if asking.too_early(anchor.when.day) {
            continue;
        }
        // "its window ends on the day on which the next run reaches `count`"
        let next = anchors.get(place + 1);
        let answer = match require {
            // "Answered as an unlinked deadline"
            Some(require) => asking
                .counting_any(require.alternatives())
                .into_iter()
                .find(|answer| lies_in_window(anchor, next, &completing, answer)),
            // "where that is not given or cannot be judged, the first event that ends the run
            // answers"
            None => events
                .iter()
                .find(|seen| {
                    !fails(seen)
                        && in_order(anchor, seen).is_lt()
                        && next.is_none_or(|next| in_order(seen, next).is_lt())
                })
                .copied(),
        };
        let run = complete.iter().find(|run| run[count - 1].is(anchor));
        found.push(Found {
            anchor: anchor.anchor(),
            opened: anchor.when,
            limit: asking.days_off.limit(anchor.when, *within),
            outcome: outcome(asking, answer.as_ref(), next),
            // "longer runs […] are told as evidence": "its failing events in order"
            run: run.map_or(Vec::new(), |run| {
                run.iter()
                    .map(|seen| (seen.row.id.clone(), seen.row.kind.clone()))
                    .collect()
            }),
            soon_from: None,
        });
    }
    found
}
