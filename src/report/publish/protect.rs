//! What of a rule's counts is shown: totals first, and details where they fit.
//!
//! One table after the other is added, from what a board wants most to what it wants least
//! ([`STEPS`]). What a step has shown stays; a later one hides what it must among its own counts. Where
//! hiding some of them is not enough, all that stand in the same sums are hidden, noughts too, so that
//! nothing is added to what was shown before. Every step is judged by all that a reader knows then
//! ([`worked_out`]).

use super::reader::{Bounds, Sight, is_any_small_worked_out, worked_out};
use super::table::{Length, Table};
use super::{COUNTS, Count, FEWEST};
use crate::report::measure::Measure;

/// Which counts of a place a step decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// What fell due, was met, and was not.
    OnTime,
    /// What was not met, by what became of it.
    Outcomes,
}

/// The tables, from the most wanted to the least: whether of single teams, of which days, and what.
const STEPS: [(bool, Length, Family); 12] = [
    (false, Length::Whole, Family::OnTime),
    (false, Length::Quarter, Family::OnTime),
    (false, Length::Whole, Family::Outcomes),
    (false, Length::Quarter, Family::Outcomes),
    (true, Length::Whole, Family::OnTime),
    (false, Length::Month, Family::OnTime),
    (true, Length::Whole, Family::Outcomes),
    (true, Length::Quarter, Family::OnTime),
    (false, Length::Month, Family::Outcomes),
    (true, Length::Quarter, Family::Outcomes),
    (true, Length::Month, Family::OnTime),
    (true, Length::Month, Family::Outcomes),
];

/// The fewest due of which only one of met and not met can be less than five: where both could be, to
/// say of neither would tell of both.
const FEWEST_DUE_TO_NARROW: u64 = 2 * FEWEST - 1;
/// How often what was shown first is taken back because of what is public already, before all of the
/// rule is kept back.
const MOST_ATTEMPTS: usize = 20;

/// What earlier publications did with each count.
#[derive(Debug)]
pub(super) struct Before {
    /// What was shown as it is now: to keep it back protects nothing.
    pub(super) shown: Vec<bool>,
    /// What was kept back, and what was said of it: it stays so, or it would be given away afterwards.
    pub(super) kept_back: Vec<Option<Bounds>>,
}

impl Before {
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
            Ok(()) if attempt.leave_out_what_gives_away() => return attempt.sights,
            Ok(()) => break,
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

impl Family {
    /// The counts of a place that are of it.
    fn of(self, place: usize) -> [usize; 3] {
        match self {
            Family::OnTime => on_time(place),
            Family::Outcomes => outcomes(place),
        }
    }
}

fn count_of(number: usize) -> Count {
    COUNTS[number % COUNTS.len()]
}

fn place_of(number: usize) -> usize {
    number / COUNTS.len()
}

fn is_small(value: u64) -> bool {
    (1..FEWEST).contains(&value)
}

/// Due, met, not met of a place.
fn on_time(place: usize) -> [usize; 3] {
    [
        Count::Of(Measure::Due).number(place),
        Count::Of(Measure::Met).number(place),
        Count::NotOnTime.number(place),
    ]
}

fn outcomes(place: usize) -> [usize; 3] {
    [Measure::MetLate, Measure::Missed, Measure::Overdue]
        .map(|measure| Count::Of(measure).number(place))
}

/// The counts of a place that are kept back together with one.
fn with(number: usize) -> Vec<usize> {
    let on_time = on_time(place_of(number));
    match count_of(number) {
        Count::Of(Measure::Due) => on_time.to_vec(),
        Count::Of(Measure::Met) | Count::NotOnTime => on_time[1..].to_vec(),
        Count::Of(_) => vec![number],
    }
}

fn family_of(number: usize) -> Family {
    match count_of(number) {
        Count::Of(Measure::Due | Measure::Met) | Count::NotOnTime => Family::OnTime,
        Count::Of(_) => Family::Outcomes,
    }
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
                let is_enough = self.leave_out(places, family);
                return if is_enough {
                    Ok(())
                } else {
                    Err(first.clone())
                };
            }
        }
    }

    /// Leaves a step out, as if it had never been taken: all that is kept back of it is kept back
    /// together. Says whether that is enough: not where some of it is public.
    fn leave_out(&mut self, places: &[usize], family: Family) -> bool {
        let numbers: Vec<usize> = places.iter().flat_map(|place| family.of(*place)).collect();
        let mut is_enough = true;
        for number in &numbers {
            if self.is_of_nothing(*number) {
                continue;
            }
            if self.before.shown[*number] {
                is_enough = self.is_last;
            } else {
                self.sights[*number] = Sight::Undecided;
            }
        }
        // What follows from what is shown already is no secret.
        while let Some(number) = numbers.iter().find(|number| self.follows_at_once(**number)) {
            if is_small(self.table.values[*number]) {
                return self.is_last;
            }
            self.sights[*number] = Sight::Shown;
        }
        is_enough
    }

    /// Leaves out the last steps, as long as a count from 1 to 4 can be worked out from all of them
    /// together; says whether that is enough.
    fn leave_out_what_gives_away(&mut self) -> bool {
        for (step, (_, _, family)) in STEPS.iter().enumerate().rev() {
            if !is_any_small_worked_out(self.table, &self.sights) {
                return true;
            }
            let places = self.places_of(step);
            self.leave_out(&places, *family);
        }
        !is_any_small_worked_out(self.table, &self.sights)
    }

    /// Whether a count that is left out is what remains of a sum of which all else is shown.
    fn follows_at_once(&self, number: usize) -> bool {
        let is_rest = |place: &usize| {
            let mut others = self.table.relations[*place]
                .all()
                .filter(|other| *other != number);
            others.all(|other| self.sights[other] == Sight::Shown)
        };
        self.sights[number] == Sight::Undecided
            && self.table.relations_of[number].iter().any(is_rest)
    }

    /// Counts that stand in one sum with some of a group, each once for every such sum, where hiding them
    /// could help.
    fn beside(&self, group: &[usize]) -> impl Iterator<Item = usize> {
        let of_one = |one: usize| {
            let of = count_of(one);
            let relations = self.table.relations_of[one].iter();
            let all = relations.flat_map(|place| self.table.relations[*place].all());
            // What fell due is shown before all else: only what fell due is hidden behind it.
            let due = Count::Of(Measure::Due);
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
            Count::Of(Measure::Met) | Count::NotOnTime => may(met) && may(not),
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
        let is_due = group
            .iter()
            .any(|number| count_of(*number) == Count::Of(Measure::Due));
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
    fn narrow(&mut self, places: &[usize]) {
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

    /// What was shown in a step and is best taken back for a group, from the last step backwards.
    fn shown_earlier(&self, group: &[usize]) -> Option<usize> {
        let last = |number: &usize| (self.step_of(*number), self.table.values[*number], *number);
        let near = self
            .beside(group)
            .filter(|number| self.may_be_hidden(*number));
        near.max_by_key(last)
    }
}
