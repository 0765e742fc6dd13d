//! Counts that are kept back of which it is said all the same that they are from 1 to 4.

use super::super::FEWEST;
use super::super::reader::{Bounds, Sight, worked_out};
use super::super::steps::{is_small, on_time, place_of};
use super::Attempt;

/// The fewest due of which only one of met and not met can be less than five: where both could be, to
/// say of neither would tell of both.
const FEWEST_DUE_TO_NARROW: u64 = 2 * FEWEST - 1;

impl Attempt<'_> {
    /// The one of met and not met that can be said to be from 1 to 4, where the number due is shown
    /// beside it.
    fn can_be_narrowed(&self, place: usize) -> Option<usize> {
        let [due, met, not] = on_time(place);
        let is_new_and_not_nought = |number: &usize| {
            let is_new = self.before.kept_back[*number].is_none();
            is_new && matches!(self.sights[*number], Sight::Hidden(Bounds { least: 1, .. }))
        };
        let is_wide = self.sights[due] == Sight::Shown
            && self.table.values[due] >= FEWEST_DUE_TO_NARROW
            && [met, not].iter().all(is_new_and_not_nought);
        let mut small = [met, not].into_iter();
        small.find(|number| is_wide && is_small(self.table.values[*number]))
    }

    fn say_most(&mut self, number: usize, said: Option<u64>) {
        if let Sight::Hidden(bounds) = &mut self.sights[number] {
            bounds.most = said;
        }
    }

    /// Says of the step's counts from 1 to 4 that they are so, where a reader can work out nothing of
    /// that.
    pub(super) fn narrow(&mut self, places: &[usize]) {
        let small = places
            .iter()
            .filter_map(|place| self.can_be_narrowed(*place));
        let mut said: Vec<usize> = small.collect();
        for number in &said {
            self.say_most(*number, Some(FEWEST - 1));
        }
        while !said.is_empty() {
            let groups = worked_out(self.table, &self.sights);
            if groups.is_empty() {
                return;
            }
            let near: Vec<usize> = groups
                .iter()
                .flat_map(|group| self.beside(group).chain(group.iter().copied()))
                .map(place_of)
                .collect();
            let is_near = |number: &usize| near.contains(&place_of(*number));
            let (mut unsaid, mut rest): (Vec<usize>, Vec<usize>) =
                said.into_iter().partition(is_near);
            if unsaid.is_empty() {
                unsaid.append(&mut rest);
            }
            for number in unsaid {
                self.say_most(number, None);
            }
            said = rest;
        }
    }
}
