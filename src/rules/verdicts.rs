//! What each predicate says of each set of attributes: rows by the million carry sets by the dozen,
//! so a predicate is worked out once for each, and where it reads `age` once for each age.

use std::cell::{Cell, RefCell};

use rustc_hash::FxHashMap;

use crate::calendar::Day;
use crate::case::{Attributes, Timeline};

use super::model::BoundPredicate;
use super::predicate::Subject;

/// When so many distinct sets are known they are forgotten: attributes that differ by row (ids, say)
/// are not worth keeping.
const MOST_SETS: usize = 4_096;
/// Sets of one timeline that are looked up; rows of any further ones are judged afresh.
const MOST_ROWS: usize = 512;
/// Verdicts of a predicate that reads `age`: without a birth, before it, and for each age of a child.
pub(super) const AGES: usize = 32;

const UNKNOWN: u8 = 0;
const NO: u8 = 1;
const YES: u8 = 2;

/// Verdicts by set and predicate.
#[derive(Debug)]
pub(super) struct Verdicts {
    slots: usize,
    sets: RefCell<FxHashMap<Box<[u8]>, usize>>,
    /// `slots` of them for each known set.
    verdicts: Box<[Cell<u8>]>,
    /// For each set of the timeline at hand, where its verdicts begin.
    rows: Box<[Cell<usize>]>,
    any_cancelled: Cell<bool>,
}

impl Verdicts {
    /// For rules whose predicates have so many verdicts.
    pub(super) fn new(slots: usize) -> Self {
        Verdicts {
            slots,
            sets: RefCell::default(),
            verdicts: vec![Cell::new(UNKNOWN); MOST_SETS * slots].into(),
            rows: vec![Cell::new(0); MOST_ROWS].into(),
            any_cancelled: Cell::new(false),
        }
    }

    /// Turns to the sets of another timeline; `cancelled` says which rows count nowhere.
    pub(super) fn turn_to(&self, timeline: &Timeline<'_>, cancelled: &BoundPredicate) {
        let mut sets = self.sets.borrow_mut();
        if sets.len() + timeline.attribute_sets.len().min(MOST_ROWS) > MOST_SETS {
            sets.clear();
            self.verdicts
                .iter()
                .for_each(|verdict| verdict.set(UNKNOWN));
        }
        let numbered = timeline.attribute_sets.len();
        // Rows that no set is kept for are asked one by one.
        let mut any = numbered > MOST_ROWS || numbered == 0;
        for (number, (set, row)) in (0..).zip(timeline.attribute_sets.iter().zip(&self.rows)) {
            let place = match sets.get(set.bytes()) {
                Some(place) => *place,
                None => {
                    let place = sets.len() * self.slots;
                    sets.insert(set.bytes().into(), place);
                    place
                }
            };
            row.set(place);
            any |= self.holds(cancelled, (number, *set), Day::default(), None);
        }
        self.any_cancelled.set(any);
    }

    /// Whether any row of the timeline turned to may be cancelled.
    pub(super) fn any_cancelled(&self) -> bool {
        self.any_cancelled.get()
    }

    /// Whether a predicate holds for a row of the timeline turned to.
    #[inline]
    pub(super) fn holds(
        &self,
        predicate: &BoundPredicate,
        (set, attributes): (u32, Attributes<'_>),
        day: Day,
        born: Option<Day>,
    ) -> bool {
        let subject = Subject {
            attributes,
            day,
            born,
        };
        let age = if predicate.reads_age {
            let age = born.map_or(0, |born| day.age(born) + 2);
            usize::try_from(age).unwrap_or(AGES)
        } else {
            0
        };
        let row = self.rows.get(set as usize).filter(|_| age < AGES);
        let Some(verdict) = row.and_then(|row| self.verdicts.get(row.get() + predicate.slot + age))
        else {
            return predicate.expr.holds(&subject);
        };
        if verdict.get() == UNKNOWN {
            let holds = predicate.expr.holds(&subject);
            verdict.set(if holds { YES } else { NO });
        }
        verdict.get() == YES
    }
}
