//! 7. **cover** `by`, optional `where`, `grace`.

use chrono::NaiveDate;

use crate::asking::{Asking, period_anchor};
use crate::calendar::{Limit, tomorrow, yesterday};
use crate::cel::Predicate;
use crate::evaluate::{Answer, Found, Outcome};
use crate::model::{PeriodRow, Span, When};

pub fn obligations(
    asking: &Asking<'_>,
    by: &str,
    condition: Option<&Predicate>,
    grace: Option<Span>,
) -> Vec<Found> {
    let mut covers: Vec<&PeriodRow> = asking
        .case
        .periods
        .iter()
        .filter(|row| row.kind == by && row.from <= asking.t)
        .filter(|row| asking.period_predicate(condition, row))
        .collect();
    // "the first by id, of several"
    covers.sort_by(|a, b| a.id.as_bytes().cmp(b.id.as_bytes()));
    let covered = |day: NaiveDate| {
        covers
            .iter()
            .any(|row| row.from <= day && row.to.is_none_or(|to| day <= to))
    };
    // "Every gap of the period, up to T, in which no `by` period runs"
    let last = asking.end().unwrap_or(asking.t);
    let mut found = Vec::new();
    let mut day = asking.period.from;
    while day <= last {
        if covered(day) {
            day = tomorrow(day);
            continue;
        }
        let first = day;
        while day <= last && !covered(day) {
            day = tomorrow(day);
        }
        let again = (day <= last).then_some(day);
        let opened = When {
            day: first,
            at: None,
        };
        // "a cover's gap […] open on the birth instead, where that is before their end"
        let Some(opened) = asking.opening_from_birth(opened, again.or(asking.end())) else {
            continue;
        };
        // "Its anchor is the `by` period that ended the day before the gap […], else the period
        // itself."; "(with `born`: from the birth)"
        let ended_before = covers
            .iter()
            .find(|row| row.to == Some(yesterday(opened.day)));
        let anchor = ended_before.map_or(asking.period_anchor(), |row| period_anchor(row));
        // "due `grace` later (not set: `0 days`)"
        let due = grace.map_or(opened.day, |grace| asking.days_off.after(opened.day, grace));
        // "answered on the first day that is covered again"; evidence "the period that covers again"
        let outcome = match again {
            Some(again) => Outcome::Answered(Answer {
                id: covers
                    .iter()
                    .find(|row| row.from == again)
                    .map_or(String::new(), |row| row.id.clone()),
                kind: by.to_owned(),
                when: When {
                    day: again,
                    at: None,
                },
                always_met: false,
            }),
            None => asking.end().map_or(Outcome::Open, Outcome::Ended),
        };
        found.push(Found {
            anchor,
            opened,
            limit: Limit { due, at: None },
            outcome,
            run: Vec::new(),
            soon_from: None,
        });
    }
    found
}
