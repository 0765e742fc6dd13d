//! What the rules of an authority select of one child, gathered once: most rules ask for what others ask
//! for too, in each of a child's periods anew.

use std::ops::Range;

use smallvec::{SmallVec, smallvec};

use crate::calendar::Day;
use crate::case::{Event, Symbol, Timeline};

use super::model::BoundPredicate;
use super::scope::{BoundSelector, Dated};
use super::verdicts::Verdicts;

/// Each kind of event that is selected, with what must hold for it.
#[derive(Debug, Clone, Default)]
pub(super) struct Selections {
    kinds: Vec<OfKind>,
    places: usize,
}

#[derive(Debug, Clone)]
struct OfKind {
    kind: Symbol,
    /// What must hold, with the place of what fits.
    wanted: Vec<(Option<BoundPredicate>, usize)>,
}

impl Selections {
    /// The place of the events of a kind for which a predicate holds.
    pub(super) fn place(&mut self, kind: Symbol, matching: Option<&BoundPredicate>) -> usize {
        let of_kind = match self.kinds.iter().position(|known| known.kind == kind) {
            Some(known) => &mut self.kinds[known],
            None => {
                let wanted = Vec::new();
                self.kinds.push(OfKind { kind, wanted });
                let last = self.kinds.len() - 1;
                &mut self.kinds[last]
            }
        };
        let slot = |predicate: Option<&BoundPredicate>| predicate.map(|p| p.slot);
        let mut known = of_kind.wanted.iter();
        if let Some((_, place)) = known.find(|(m, _)| slot(m.as_ref()) == slot(matching)) {
            return *place;
        }
        let place = self.places;
        self.places += 1;
        of_kind.wanted.push((matching.cloned(), place));
        place
    }
}

/// The events of one child that are selected, by place.
#[derive(Debug)]
pub(super) struct Gathered<'e, 't> {
    timeline: &'e Timeline<'t>,
    held: Vec<Dated<'e, 't>>,
    parts: SmallVec<[Part; 32]>,
}

/// Where what is held lies among all that is, and what of the kind is not held in the timeline.
#[derive(Debug, Clone, Default)]
struct Part {
    held: Range<usize>,
    not_held: Range<usize>,
}

impl<'e, 't> Gathered<'e, 't> {
    /// What is selected of a timeline, to which the verdicts have been turned, as of `today`.
    pub(super) fn new(
        selections: &Selections,
        verdicts: &Verdicts,
        cancelled: &BoundPredicate,
        timeline: &'e Timeline<'t>,
        today: Day,
    ) -> Self {
        let born = timeline.child.born;
        let holds = |predicate: &BoundPredicate, event: &Event<'t>, day| {
            let row = (event.attribute_set, event.attributes);
            verdicts.holds(predicate, row, day, born)
        };
        let any_cancelled = verdicts.any_cancelled();
        let mut held = Vec::with_capacity(2 * timeline.events.len());
        let mut parts = smallvec![Part::default(); selections.places];
        for of_kind in &selections.kinds {
            let of_kind_at = timeline.place_of_events(of_kind.kind);
            let events = &timeline.events[of_kind_at.clone()];
            // In order, what was held by today comes first.
            let count = events.partition_point(|event| event.held(today).is_some());
            for (matching, place) in &of_kind.wanted {
                let first = held.len();
                let dated = events[..count].iter();
                let dated = dated.filter_map(|event| Dated::held(event, today));
                held.extend(dated.filter(|dated| {
                    let (event, day) = (dated.event, dated.day());
                    matching.as_ref().is_none_or(|m| holds(m, event, day))
                        && !(any_cancelled && holds(cancelled, event, Day::default()))
                }));
                parts[*place] = Part {
                    held: first..held.len(),
                    not_held: of_kind_at.start + count..of_kind_at.end,
                };
            }
        }
        Gathered {
            timeline,
            held,
            parts,
        }
    }

    /// What a selector fits of what was held by today, wherever it lies, in order; `nth` apart.
    pub(super) fn held(&self, selector: &BoundSelector) -> &[Dated<'e, 't>] {
        &self.held[self.parts[selector.place].held.clone()]
    }

    /// What is of a selector's kind, and was not held by today.
    pub(super) fn not_held(&self, selector: &BoundSelector) -> &'e [Event<'t>] {
        &self.timeline.events[self.parts[selector.place].not_held.clone()]
    }
}
