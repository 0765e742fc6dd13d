//! What of a rule's counts is shown: totals first, and details where they fit.
//!
//! One table after the other is added, from what a board wants most to what it wants least
//! ([`STEPS`]). What a step has shown stays; a later one hides what it must among its own counts. Where
//! hiding some of them is not enough, all that stand in the same sums are hidden, noughts too, so that
//! nothing is added to what was shown before. Every step is judged by all that a reader knows then
//! ([`worked_out`]). `leave_out` takes tables back of which that is not enough; `narrow` says of small
//! counts that they are small, where that gives nothing away.

mod leave_out;
mod narrow;

use super::Count;
use super::reader::{Bounds, Sight, worked_out};
use super::steps::{
    Family, STEPS, count_of, family_of, is_small, on_time, outcomes, place_of, with,
};
use super::table::Table;

/// How often what was shown first is taken back because of what is public already, before all of the
/// rule is kept back.
const MOST_ATTEMPTS: usize = 20;
/// The room that counts are asked to have that move along with one: two at best, one where there is too
/// little in all of the rule for that.
const ROOMS: [u64; 2] = [2, 1];

/// What earlier publications did with each count.
#[derive(Debug)]
pub(super) struct Before {
    /// What was shown as it is now: to keep it back protects nothing.
    pub(super) shown: Vec<bool>,
    /// What was kept back, and what was said of it: it stays so, or it would be given away afterwards.
    pub(super) kept_back: Vec<Option<Bounds>>,
}

impl Before {
    /// Whether none of the counts was in a publication.
    fn is_nothing(&self) -> bool {
        let none_was_kept_back = self.kept_back.iter().all(Option::is_none);
        none_was_kept_back && !self.shown.contains(&true)
    }

    /// What was told of every count, where all of them were told as they are now.
    fn of_all(&self) -> Option<Vec<Sight>> {
        let told = self.shown.iter().zip(&self.kept_back);
        told.map(|(is_shown, kept_back)| match (is_shown, kept_back) {
            (true, _) => Some(Sight::Shown),
            (false, kept_back) => kept_back.map(Sight::Hidden),
        })
        .collect()
    }
}

/// What a reader is to see of each count.
pub(super) fn protect(table: &Table, before: &Before) -> Vec<Sight> {
    if let Some(as_before) = before.of_all() {
        return as_before;
    }
    let mut forced = vec![false; table.values.len()];
    let mut is_last = false;
    for number in 1..=MOST_ATTEMPTS {
        is_last |= number == MOST_ATTEMPTS;
        let mut attempt = Attempt {
            table,
            before,
            forced: &forced,
            is_last,
            sights: vec![Sight::Undecided; table.values.len()],
        };
        match attempt.run() {
            Ok(()) => {
                let taken = attempt.sights.clone();
                for room in ROOMS {
                    attempt.sights.clone_from(&taken);
                    if attempt.leave_out_what_gives_away(room) {
                        return attempt.sights;
                    }
                }
                break;
            }
            Err(group) => match attempt.shown_earlier(&group) {
                Some(taken_back) => forced[taken_back] = true,
                None => is_last = true,
            },
        }
    }
    // What is public stays so, and nothing is added to it.
    vec![Sight::Undecided; table.values.len()]
}

struct Attempt<'t> {
    table: &'t Table,
    before: &'t Before,
    /// What is kept back whatever its number.
    forced: &'t [bool],
    /// Whether a table is left out though some of it is public.
    is_last: bool,
    sights: Vec<Sight>,
}

impl Attempt<'_> {
    /// Takes every step; gives the counts that come out whatever a step keeps back of its own.
    fn run(&mut self) -> Result<(), Vec<usize>> {
        for (place, step) in STEPS.iter().enumerate() {
            let places = self.places_of(place);
            if places.is_empty() {
                continue;
            }
            for place in &places {
                match step.2 {
                    Family::OnTime => self.decide_on_time(*place),
                    Family::Outcomes => self.decide_outcomes(*place),
                }
            }
            self.hide_until_safe(place, &places, step.2)?;
            if step.2 == Family::OnTime {
                self.narrow(&places);
            }
        }
        Ok(())
    }

    /// The places in which a step decides.
    fn places_of(&self, step: usize) -> Vec<usize> {
        let family = STEPS[step].2;
        let all = 0..self.table.places.len();
        all.filter(|place| self.step_of(family.of(*place)[0]) == step)
            .collect()
    }

    /// The step that decides a count.
    fn step_of(&self, number: usize) -> usize {
        let place = &self.table.places[place_of(number)];
        let step = (place.team.is_some(), place.length, family_of(number));
        let found = STEPS.iter().position(|known| *known == step);
        found.unwrap_or(STEPS.len())
    }

    fn must_be_hidden(&self, number: usize) -> bool {
        is_small(self.table.values[number])
            || self.before.kept_back[number].is_some()
            || self.forced[number]
    }

    /// Hides a count above nought, or one that was kept back before, where it is not public.
    fn hide(&mut self, number: usize) {
        let value = self.table.values[number];
        let before = self.before.kept_back[number];
        let is_worth_it = value > 0 || before.is_some();
        if is_worth_it && !self.before.shown[number] && !self.sights[number].is_hidden() {
            let bounds = before.unwrap_or(Bounds {
                least: value.min(1),
                most: None,
            });
            self.sights[number] = Sight::Hidden(bounds);
        }
    }

    fn decide_on_time(&mut self, place: usize) {
        let [due, met, not] = on_time(place);
        for number in [due, met, not] {
            self.sights[number] = Sight::Shown;
        }
        let first = [due, met, not]
            .into_iter()
            .find(|number| self.must_be_hidden(*number));
        for number in first.into_iter().flat_map(with) {
            self.hide(number);
        }
    }

    fn decide_outcomes(&mut self, place: usize) {
        for number in outcomes(place) {
            self.sights[number] = Sight::Shown;
            if self.must_be_hidden(number) {
                self.hide(number);
            }
        }
    }

    /// Hides more of a step's own counts until a reader can work out nothing.
    fn hide_until_safe(
        &mut self,
        step: usize,
        places: &[usize],
        family: Family,
    ) -> Result<(), Vec<usize>> {
        loop {
            let groups = worked_out(self.table, &self.sights);
            let Some(first) = groups.first() else {
                return Ok(());
            };
            let mut has_changed = false;
            for group in &groups {
                has_changed |= self.hide_beside(step, group);
            }
            for group in &groups {
                let near = self.near(step, group);
                has_changed = has_changed || self.hide_all(&near, family, group);
            }
            if !has_changed && !self.hide_all(places, family, first) {
                let is_enough = self.leave_out(&self.numbers_of(step));
                return if is_enough {
                    Ok(())
                } else {
                    Err(first.clone())
                };
            }
        }
    }

    /// Counts that stand in one sum with some of a group, each once for every such sum, where hiding them
    /// could help.
    fn beside(&self, group: &[usize]) -> impl Iterator<Item = usize> {
        let of_one = |one: usize| {
            let of = count_of(one);
            let relations = self.table.relations_of[one].iter();
            let all = relations.flat_map(|place| self.table.relations[*place].all());
            // What fell due is shown before all else: only what fell due is hidden behind it.
            let due = Count::Due;
            all.filter(move |other| *other != one && (of == due) == (count_of(*other) == due))
        };
        group.iter().copied().flat_map(of_one)
    }

    /// Whether a count is shown and can be taken to hide another behind it.
    fn may_be_hidden(&self, number: usize) -> bool {
        let may = |number: usize| {
            self.sights[number] == Sight::Shown
                && self.table.values[number] > 0
                && !self.before.shown[number]
        };
        let [_, met, not] = on_time(place_of(number));
        match count_of(number) {
            // Each follows from the other.
            Count::Met | Count::NotOnTime => may(met) && may(not),
            _ => may(number),
        }
    }

    /// Hides the place in which least is lost, of those in which a step can hide a group; says whether
    /// there was one.
    fn hide_beside(&mut self, step: usize, group: &[usize]) -> bool {
        let may_be = |number: &usize| self.step_of(*number) == step && self.may_be_hidden(*number);
        let lost = |number: &usize| match family_of(*number) {
            Family::OnTime => (
                false,
                self.table.values[on_time(place_of(*number))[0]],
                *number,
            ),
            // One alone could not be less, as it is known not to be nought.
            Family::Outcomes => {
                let value = self.table.values[*number];
                (value < 2, value, *number)
            }
        };
        let Some(number) = self.beside(group).filter(may_be).min_by_key(lost) else {
            return false;
        };
        for number in with(number) {
            self.hide(number);
        }
        true
    }

    /// The places in which a step has counts that stand in one sum with some of a group, or are of it.
    fn near(&self, step: usize, group: &[usize]) -> Vec<usize> {
        let all = self.beside(group).chain(group.iter().copied());
        let mut places: Vec<usize> = all
            .filter(|number| self.step_of(*number) == step)
            .map(place_of)
            .collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// Hides all that a step decides in these places, noughts too; what fell due last. Says whether that
    /// is more than was hidden.
    fn hide_all(&mut self, places: &[usize], family: Family, group: &[usize]) -> bool {
        let is_due = group.iter().any(|number| count_of(*number) == Count::Due);
        let without_due = if family == Family::OnTime { 1 } else { 0 };
        let first = if is_due { 0 } else { without_due };
        for from in [first, 0] {
            let mut has_changed = false;
            for numbers in places.iter().map(|place| family.of(*place)) {
                // Of a sum that is nought nothing is hidden.
                if numbers[from..]
                    .iter()
                    .any(|number| self.is_of_nothing(*number))
                {
                    continue;
                }
                for number in &numbers[from..] {
                    has_changed |= self.hide_wholly(*number);
                }
            }
            if has_changed {
                return true;
            }
        }
        false
    }

    fn is_of_nothing(&self, number: usize) -> bool {
        let relations = self.table.relations_of[number].iter();
        let mut totals = relations.map(|place| self.table.relations[*place].total);
        totals.any(|total| {
            total != number && self.table.values[total] == 0 && self.sights[total] == Sight::Shown
        })
    }

    /// Hides a count though it may be nought; says whether that is new.
    fn hide_wholly(&mut self, number: usize) -> bool {
        let was = self.sights[number];
        if self.before.shown[number] {
            return false;
        }
        let known = match was {
            Sight::Hidden(bounds) => Some(bounds),
            Sight::Shown | Sight::Undecided => None,
        };
        let known = self.before.kept_back[number].or(known);
        let most = known.and_then(|bounds| bounds.most);
        self.sights[number] = Sight::Hidden(Bounds { least: 0, most });
        self.sights[number] != was
    }

    /// What was shown in a step and is best taken back for a group, from the last step backwards.
    fn shown_earlier(&self, group: &[usize]) -> Option<usize> {
        let last = |number: &usize| (self.step_of(*number), self.table.values[*number], *number);
        // What comes first of all is taken back for what is public alone.
        let first = usize::from(self.before.is_nothing());
        let may_be = |number: &usize| self.step_of(*number) >= first && self.may_be_hidden(*number);
        self.beside(group).filter(may_be).max_by_key(last)
    }
}
