//! Tables that are left out of a publication, where hiding counts of theirs is not enough.

use super::super::reader::{Sight, is_any_small_worked_out};
use super::super::steps::{STEPS, is_small};
use super::Attempt;

/// The tables that are kept where there is too little room: to the authority by month.
const STEPS_WITH_LITTLE_ROOM: usize = 6;

impl Attempt<'_> {
    /// Leaves tables out, as if they had never been added: all that is kept back of each is kept back
    /// together. Says whether that is enough: not where some of them is public.
    pub(super) fn leave_out(&mut self, numbers: &[usize]) -> bool {
        let mut is_enough = true;
        for number in numbers.iter().filter(|number| !self.before.shown[**number]) {
            self.sights[*number] = Sight::Undecided;
        }
        // What follows from what is shown already is no secret.
        let follows = |this: &Self, number: usize| {
            let is_undecided = this.sights[number] == Sight::Undecided;
            is_undecided && (this.is_of_nothing(number) || this.is_rest(number))
        };
        while let Some(number) = numbers.iter().find(|number| follows(self, **number)) {
            is_enough &= !is_small(self.table.values[*number]);
            if !is_enough {
                break;
            }
            self.sights[*number] = Sight::Shown;
        }
        let is_public = |number: &usize| self.before.shown[*number] && !self.is_of_nothing(*number);
        is_enough && !numbers.iter().any(is_public) || self.is_last
    }

    /// The counts that a step decides.
    pub(super) fn numbers_of(&self, step: usize) -> Vec<usize> {
        let places = self.places_of(step).into_iter();
        places.flat_map(|place| STEPS[step].2.of(place)).collect()
    }

    /// Leaves out the last steps, as long as a count from 1 to 4 can be worked out from all of them
    /// together by counts that move with `room`; says whether that is enough.
    pub(super) fn leave_out_what_gives_away(&mut self, room: u64) -> bool {
        let mut left_out = Vec::new();
        let mut steps = STEPS.len();
        // With little room only what few tables tell is safe.
        while room == 1 && steps > STEPS_WITH_LITTLE_ROOM {
            steps -= 1;
            left_out.extend(self.numbers_of(steps));
        }
        self.leave_out(&left_out);
        for step in (0..steps).rev() {
            if !is_any_small_worked_out(self.table, &self.sights, room) {
                return true;
            }
            // The first table alone is one of a single place: of it nothing follows.
            if step == 0 && self.before.is_nothing() {
                return room == 1;
            }
            left_out.extend(self.numbers_of(step));
            self.leave_out(&left_out);
        }
        !is_any_small_worked_out(self.table, &self.sights, room)
    }

    /// Whether a count is what remains of a sum of which all else is shown.
    fn is_rest(&self, number: usize) -> bool {
        let is_rest = |place: &usize| {
            let mut others = self.table.relations[*place]
                .all()
                .filter(|other| *other != number);
            others.all(|other| self.sights[other] == Sight::Shown)
        };
        self.table.relations_of[number].iter().any(is_rest)
    }
}
