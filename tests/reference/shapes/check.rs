//! 6. **check** `on`, `that`, optional `grace`.

use crate::asking::{Asking, period_anchor};
use crate::calendar::Limit;
use crate::cel::Predicate;
use crate::evaluate::{Answer, Found, Outcome};
use crate::model::{Anchor, On, Span, When};

pub fn obligations(
    asking: &Asking<'_>,
    on: &On,
    that: &Predicate,
    grace: Option<Span>,
) -> Vec<Found> {
    let mut found = Vec::new();
    match on {
        // "Each counting event, opened on its day"
        On::Event(selector) => {
            for seen in asking.counting(selector) {
                let so = asking.predicate(Some(that), seen.row, seen.when.day);
                found.extend(obligation(asking, seen.anchor(), seen.when, so, grace));
            }
        }
        // "or each period of that kind that overlaps this one, opened on the first day on which
        // both run"
        On::Period { period, condition } => {
            for row in &asking.case.periods {
                if row.kind != *period || row.from > asking.t {
                    continue;
                }
                if !asking.period_predicate(condition.as_ref(), row) {
                    continue;
                }
                let first = row.from.max(asking.period.from);
                let row_end = row.to.filter(|to| *to <= asking.t);
                let both_run = asking.end().is_none_or(|end| first <= end)
                    && row_end.is_none_or(|end| first <= end);
                if !both_run {
                    continue;
                }
                let so = asking.period_predicate(Some(that), row);
                let opened = When {
                    day: first,
                    at: None,
                };
                found.extend(obligation(asking, period_anchor(row), opened, so, grace));
            }
        }
    }
    found
}

fn obligation(
    asking: &Asking<'_>,
    anchor: Anchor,
    opened: When,
    so: bool,
    grace: Option<Span>,
) -> Option<Found> {
    if asking.too_early(opened.day) {
        return None;
    }
    // "Due `grace` later (no days where not set)."
    let due = grace.map_or(opened.day, |grace| asking.days_off.after(opened.day, grace));
    // "`that` true: met on its day. Else it is unmet until the record is put right."
    let outcome = if so {
        Outcome::Answered(Answer {
            id: anchor.id.clone(),
            kind: anchor.kind.clone(),
            when: opened,
            always_met: false,
        })
    } else {
        asking.end().map_or(Outcome::Open, Outcome::Ended)
    };
    Some(Found {
        anchor,
        opened,
        limit: Limit { due, at: None },
        outcome,
        run: Vec::new(),
        soon_from: None,
    })
}
