//! What each predicate says of each set of attributes: rows by the million carry sets by the dozen,
//! so a predicate is worked out once for each.

use std::cell::{Cell, RefCell};

use rustc_hash::FxHashMap;

use crate::calendar::Day;
use crate::case::{Attributes, Timeline};

use super::model::BoundPredicate;
use super::predicate::Subject;

/// When so many distinct sets are known they are forgotten: attributes that differ by row (ids, say)
/// are not worth keeping.
const MOST_SETS: usize = 8_192;

const UNKNOWN: u8 = 0;
const NO: u8 = 1;
const YES: u8 = 2;

/// Verdicts by set and predicate.
#[derive(Debug)]
pub(super) struct Verdicts {
    predicates: usize,
    known: RefCell<Known>,
}

#[derive(Debug, Default)]
struct Known {
    sets: FxHashMap<Box<[u8]>, usize>,
    verdicts: Vec<Cell<u8>>,
    /// For each set of the timeline at hand, where its verdicts begin.
    rows: Vec<usize>,
}

impl Verdicts {
    /// For rules with so many predicates.
    pub(super) fn new(predicates: usize) -> Self {
        Verdicts {
            predicates,
            known: RefCell::default(),
        }
    }

    /// Turns to the sets of another timeline.
    pub(super) fn turn_to(&self, timeline: &Timeline<'_>) {
        let mut known = self.known.borrow_mut();
        let known = &mut *known;
        if known.sets.len() > MOST_SETS {
            *known = Known::default();
        }
        known.rows.clear();
        for set in &timeline.attribute_sets {
            let row = match known.sets.get(set.bytes()) {
                Some(row) => *row,
                None => {
                    let row = known.verdicts.len();
                    let unknown = std::iter::repeat_with(|| Cell::new(UNKNOWN));
                    known.verdicts.extend(unknown.take(self.predicates));
                    known.sets.insert(set.bytes().into(), row);
                    row
                }
            };
            known.rows.push(row);
        }
    }

    /// Whether a predicate holds for a row of the timeline turned to.
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
        if predicate.reads_age {
            return predicate.expr.holds(&subject);
        }
        let known = self.known.borrow();
        let Some(row) = known.rows.get(set as usize) else {
            return predicate.expr.holds(&subject);
        };
        let verdict = &known.verdicts[row + predicate.number];
        if verdict.get() == UNKNOWN {
            verdict.set(if predicate.expr.holds(&subject) {
                YES
            } else {
                NO
            });
        }
        verdict.get() == YES
    }
}
