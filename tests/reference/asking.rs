//! One rule in one period of one child as of T: which events count, and in which order.

use std::cmp::Ordering;

use chrono::NaiveDate;

use crate::calendar::{DaysOff, age};
use crate::cel::{Predicate, yes_or_no_of};
use crate::model::{Anchor, Case, EventRow, PeriodRow, Rule, Selector, When};

#[derive(Clone, Copy)]
pub struct Asking<'a> {
    pub days_off: &'a DaysOff,
    pub case: &'a Case,
    pub rule: &'a Rule,
    pub period: &'a PeriodRow,
    pub t: NaiveDate,
}

/// An event with the day that it has as of T.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    pub row: &'a EventRow,
    pub when: When,
    pub held: bool,
}

impl Seen<'_> {
    // "An id is unique within its kind of period or event"
    pub fn is(&self, other: &Seen<'_>) -> bool {
        self.row.kind == other.row.kind && self.row.id == other.row.id
    }

    pub fn anchor(&self) -> Anchor {
        Anchor {
            id: self.row.id.clone(),
            kind: self.row.kind.clone(),
            is_period: false,
        }
    }
}

// "Order: day, then time (none is first), then id."
pub fn in_order(a: &Seen<'_>, b: &Seen<'_>) -> Ordering {
    let by_day_and_time = a.when.cmp(&b.when);
    let by_id = a.row.id.as_bytes().cmp(b.row.id.as_bytes());
    by_day_and_time
        .then(by_id)
        .then(a.row.kind.cmp(&b.row.kind))
}

// "*Held*: it has occurred by T."
pub fn held(row: &EventRow, t: NaiveDate) -> Option<When> {
    row.occurred.filter(|occurred| occurred.day <= t)
}

// "*Booked*: scheduled, and not held as of T."
pub fn booked(row: &EventRow, t: NaiveDate) -> Option<When> {
    match held(row, t) {
        Some(_) => None,
        None => row.scheduled,
    }
}

// "one whose `cancelled` is true counts nowhere, held or booked"
pub fn cancelled(row: &EventRow) -> bool {
    row.attributes.get("cancelled").and_then(yes_or_no_of) == Some(true)
}

impl<'a> Asking<'a> {
    // "As of a T before its last day a period is open"; "A period's end counts once it lies on or
    // before T."
    pub fn end(&self) -> Option<NaiveDate> {
        self.period.to.filter(|to| *to <= self.t)
    }

    // "`lead`: events up to this long before the period's first day count too"
    pub fn earliest(&self) -> NaiveDate {
        match self.rule.lead {
            Some(lead) => self.days_off.before(self.period.from, lead),
            None => self.period.from,
        }
    }

    pub fn in_period(&self, day: NaiveDate) -> bool {
        self.earliest() <= day && self.end().is_none_or(|end| day <= end)
    }

    pub fn predicate(&self, predicate: Option<&Predicate>, row: &EventRow, day: NaiveDate) -> bool {
        predicate.is_none_or(|p| p.holds(&row.attributes, age(self.case.born, day)))
    }

    pub fn period_predicate(&self, predicate: Option<&Predicate>, row: &PeriodRow) -> bool {
        // "or on a period's first day"
        predicate.is_none_or(|p| p.holds(&row.attributes, age(self.case.born, row.from)))
    }

    pub fn matches(&self, selector: &Selector, row: &EventRow, day: NaiveDate) -> bool {
        row.kind == selector.event
            && !cancelled(row)
            && self.predicate(selector.condition.as_ref(), row, day)
    }

    // "An event *counts* as of T when it is held and its day lies in the period (both ends and
    // `lead` included […])"
    pub fn counting(&self, selector: &Selector) -> Vec<Seen<'a>> {
        let mut found = Vec::new();
        for row in &self.case.events {
            if let Some(when) = held(row, self.t)
                && self.in_period(when.day)
                && self.matches(selector, row, when.day)
            {
                found.push(Seen {
                    row,
                    when,
                    held: true,
                });
            }
        }
        found.sort_by(in_order);
        // "`nth = 1` […]: of the counting events that match, only the first in order"
        if selector.nth == Some(1) {
            found.truncate(1);
        }
        found
    }

    /// What answers, in order: any of the alternatives will do.
    pub fn counting_any(&self, alternatives: &[Selector]) -> Vec<Seen<'a>> {
        let mut found: Vec<Seen<'a>> = Vec::new();
        for selector in alternatives {
            for seen in self.counting(selector) {
                if !found.iter().any(|other| other.is(&seen)) {
                    found.push(seen);
                }
            }
        }
        found.sort_by(in_order);
        found
    }

    // "With `born`: what would open before the date of birth does not open" and "A child without a
    // date of birth is not born yet"
    pub fn too_early(&self, day: NaiveDate) -> bool {
        self.rule.born && self.case.born.is_none_or(|born| day < born)
    }

    // "save that an interval's first cycle, a cover's gap, a between and an ahead open on the birth
    // instead, where that is before their end"
    pub fn opening_from_birth(&self, opened: When, end: Option<NaiveDate>) -> Option<When> {
        if !self.too_early(opened.day) {
            return Some(opened);
        }
        let born = self.case.born?;
        if end.is_some_and(|end| born >= end) {
            return None;
        }
        Some(When {
            day: born,
            at: None,
        })
    }

    pub fn period_anchor(&self) -> Anchor {
        period_anchor(self.period)
    }

    pub fn period_start(&self) -> When {
        When {
            day: self.period.from,
            at: None,
        }
    }
}

pub fn period_anchor(row: &PeriodRow) -> Anchor {
    Anchor {
        id: row.id.clone(),
        kind: row.kind.clone(),
        is_period: true,
    }
}

// "Several that match […] on one day are one, the first in order, the held before the booked."
pub fn one_a_day(mut found: Vec<Seen<'_>>) -> Vec<Seen<'_>> {
    found.sort_by(|a, b| {
        let held_first = |seen: &Seen<'_>| (seen.when.day, !seen.held);
        held_first(a).cmp(&held_first(b)).then(in_order(a, b))
    });
    found.dedup_by(|later, earlier| later.when.day == earlier.when.day);
    found
}
