//! 3. **between** `marks`, `require`, `latest`.

use chrono::NaiveDate;

use crate::asking::{Asking, Seen, booked, one_a_day};
use crate::calendar::Limit;
use crate::evaluate::{Found, Outcome};
use crate::model::{Selector, Span};

pub fn obligations(
    asking: &Asking<'_>,
    marks: &Selector,
    require: &[Selector],
    latest: &[Span],
) -> Vec<Found> {
    // "Several that match […] `marks` […] on one day are one"
    let held = one_a_day(asking.counting(marks));
    let answers = asking.counting_any(require);
    let mut found = Vec::new();
    // "Each counting mark opens an interval, to the next mark."
    for (place, mark) in held.iter().enumerate() {
        let next = held.get(place + 1);
        let end = next.map(|next| next.when.day).or(asking.end());
        let Some(opened) = asking.opening_from_birth(mark.when, end) else {
            continue;
        };
        // "It is answered by the first counting event that matches `require` after the mark's day,
        // up to and including the next mark's day: met, however late."
        let answer = answers.iter().find(|answer| {
            answer.when.day > mark.when.day
                && next.is_none_or(|next| answer.when.day <= next.when.day)
        });
        let outcome = match (answer, next, asking.end()) {
            (Some(answer), _, _) => super::answered(answer, true),
            (None, Some(next), _) => Outcome::BeyondDoing(next.when.day),
            (None, None, Some(end)) => Outcome::Ended(end),
            (None, None, None) => Outcome::Open,
        };
        // "(once it has closed: not before that day)"
        let not_before = match &outcome {
            Outcome::Answered(answer) => answer.when.day,
            Outcome::BeyondDoing(day) | Outcome::Ended(day) => *day,
            Outcome::Open => asking.t,
        };
        // "Due: the next mark's day; while that has not been held, the earliest day […] booked […];
        // else the mark's day plus `latest`"
        let due = match next {
            Some(next) => next.when.day,
            None => match booked_mark(asking, marks, mark, not_before) {
                Some(day) => day,
                // "(the k-th entry for the period's k-th mark, the last one for those beyond)"
                None => {
                    let entry = latest[place.min(latest.len() - 1)];
                    asking.days_off.after(mark.when.day, entry)
                }
            },
        };
        found.push(Found {
            anchor: mark.anchor(),
            opened,
            limit: Limit { due, at: None },
            outcome,
            run: Vec::new(),
            soon_from: None,
        });
    }
    found
}

// "the earliest day after the mark, in the period and not before T […], for which an event that
// matches `marks` is booked (with `nth` in `marks`, none)"
fn booked_mark(
    asking: &Asking<'_>,
    marks: &Selector,
    mark: &Seen<'_>,
    not_before: NaiveDate,
) -> Option<NaiveDate> {
    if marks.nth.is_some() {
        return None;
    }
    let mut days = Vec::new();
    for row in &asking.case.events {
        if let Some(when) = booked(row, asking.t)
            && when.day > mark.when.day
            && asking.in_period(when.day)
            && when.day >= not_before
            && asking.matches(marks, row, when.day)
        {
            days.push(when.day);
        }
    }
    days.into_iter().min()
}
