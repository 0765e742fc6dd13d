//! What SPEC 7 asks for, counted out anew for each pass from what is so and what was told: who is told
//! which step, closing or reopening of which child. Shares no code with the program.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::days::{in_hours, local_day};
use super::ladders::{Ladder, ladders};
use super::world::{Truth, World};

/// One line that a person is told: what of which child.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Line {
    Step { step: u32, due: NaiveDate },
    Closed(String),
    Reopened,
}

/// Who is told of which child.
pub type Told = BTreeMap<(String, usize), BTreeSet<Line>>;

/// What was told of one obligation until now.
#[derive(Debug, Clone, Default)]
struct Memory {
    /// The steps that count as told for the due day, and the last turn of the repeat.
    told: BTreeSet<u32>,
    turn: u32,
    due: Option<NaiveDate>,
    /// The same for due days that it has had.
    before: BTreeMap<NaiveDate, (BTreeSet<u32>, u32)>,
    ladder: Option<usize>,
    /// Everyone that any step was told to.
    told_to: BTreeSet<String>,
    /// Steps told to others, that wait for this person's next digest.
    owed: BTreeMap<String, BTreeSet<u32>>,
    closed: Option<&'static str>,
    closing_owed: BTreeSet<String>,
    closing_told: BTreeSet<String>,
    closing_known_as: Option<&'static str>,
    reopened_owed: BTreeSet<String>,
    /// Who was told of a closing before the last one, and not yet that it was open again.
    take_for_closed: BTreeSet<String>,
    acknowledged: Option<NaiveDate>,
}

/// The model of one authority.
pub struct Model {
    ladders: [Ladder; 4],
    memories: Vec<Memory>,
    /// The day of each person's last digest.
    digests: BTreeMap<String, NaiveDate>,
    last_pass: Option<DateTime<Utc>>,
}

/// A pass at an instant, for one obligation.
struct Moment<'a> {
    today: NaiveDate,
    in_hours: bool,
    served: &'a BTreeSet<String>,
}

impl Moment<'_> {
    fn can_have_digest(&self, person: &str) -> bool {
        self.in_hours && !self.served.contains(person)
    }
}

impl Model {
    pub fn new(children: usize) -> Model {
        Model {
            ladders: ladders(),
            memories: vec![Memory::default(); children],
            digests: BTreeMap::new(),
            last_pass: None,
        }
    }

    pub fn acknowledge(&mut self, child: usize, until: NaiveDate) {
        self.memories[child].acknowledged = Some(until);
    }

    pub fn acknowledged(&self, child: usize, today: NaiveDate) -> bool {
        self.memories[child]
            .acknowledged
            .is_some_and(|until| until >= today)
    }

    /// Whether a pass at this instant is refused: one has seen a later one.
    pub fn refuses(&self, now: DateTime<Utc>) -> bool {
        self.last_pass.is_some_and(|last| now < last)
    }

    /// A pass was made, whatever it read.
    pub fn passed(&mut self, now: DateTime<Utc>) {
        self.last_pass = Some(now);
    }

    /// Who has been told of a step of a child's obligation.
    pub fn told_to(&self, child: usize, person: &str) -> bool {
        self.memories[child].told_to.contains(person)
    }

    /// Remembers who had a digest in a pass.
    pub fn had_digest(&mut self, person: &str, today: NaiveDate) {
        self.digests.insert(person.to_owned(), today);
    }

    /// What a pass that reads the source must tell.
    pub fn pass(&mut self, world: &World, now: DateTime<Utc>) -> Told {
        let today = local_day(now);
        let served: BTreeSet<String> = self
            .digests
            .iter()
            .filter(|(_, day)| **day == today)
            .map(|(person, _)| person.clone())
            .collect();
        let moment = Moment {
            today,
            in_hours: in_hours(now),
            served: &served,
        };
        let mut all = Told::new();
        for (child, memory) in self.memories.iter_mut().enumerate() {
            let lines = match world.children[child].truth(today) {
                Truth::Open => memory.open(world, child, &self.ladders[world.ladder], &moment),
                Truth::Closed(reason) => memory.close(reason, &moment),
            };
            for (person, lines) in lines {
                all.insert((person, child), lines);
            }
        }
        all
    }
}

type Lines = BTreeMap<String, BTreeSet<Line>>;

impl Memory {
    fn open(&mut self, world: &World, child: usize, ladder: &Ladder, at: &Moment<'_>) -> Lines {
        let case = &world.children[child];
        let (Some(opened), Some(due)) = (case.conference, case.due()) else {
            return Lines::new();
        };
        if self.closed.take().is_some() {
            self.closing_owed.clear();
            self.reopened_owed = std::mem::take(&mut self.closing_told);
            self.reopened_owed.append(&mut self.take_for_closed);
        }
        let turns = ladder.turns(opened, due, at.today);
        self.follow_ladder(world.ladder, ladder, turns);
        self.follow_due(ladder, opened, due, turns, at.today);
        let told = &self.told;
        for owed in self.owed.values_mut() {
            owed.retain(|step| told.contains(step));
        }

        let acknowledged = self.acknowledged.is_some_and(|until| until >= at.today);
        let mut lines = Lines::new();
        let line = |step| Line::Step { step, due };
        if !acknowledged {
            // A step that fell on its day, or whose repeat has come round again.
            let fallen: Vec<(u32, bool, Vec<&str>)> = (1..=ladder.last())
                .filter(|step| ladder.fall(*step, opened, due) <= at.today)
                .filter(|step| {
                    let again = *step == ladder.last() && turns > self.turn;
                    !self.told.contains(step) || again
                })
                .filter(|_| ladder.always || at.in_hours)
                .map(|step| {
                    let at_once = ladder.always || ladder.steps[step as usize - 1].now;
                    (step, at_once, people(world, child, ladder, step))
                })
                .collect();
            let told_at_once: BTreeSet<&str> = fallen
                .iter()
                .filter(|(_, at_once, _)| *at_once)
                .flat_map(|(_, _, people)| people.iter().copied())
                .collect();
            for (step, at_once, people) in fallen {
                let waits = |person: &&&str| {
                    !at_once && !told_at_once.contains(**person) && at.served.contains(**person)
                };
                if !people.is_empty() && people.iter().all(|person| waits(&person)) {
                    continue;
                }
                for person in &people {
                    if waits(&person) {
                        self.owed
                            .entry((*person).to_owned())
                            .or_default()
                            .insert(step);
                    } else {
                        lines
                            .entry((*person).to_owned())
                            .or_default()
                            .insert(line(step));
                    }
                }
                self.told.insert(step);
                self.ladder = Some(world.ladder);
                if step == ladder.last() {
                    self.turn = self.turn.max(turns);
                }
            }
            for (person, owed) in &mut self.owed {
                if at.can_have_digest(person) {
                    let told = std::mem::take(owed).into_iter().map(line);
                    lines.entry(person.clone()).or_default().extend(told);
                }
            }
        }
        self.reopened_owed.retain(|person| {
            let told =
                at.can_have_digest(person) || lines.get(person).is_some_and(|l| !l.is_empty());
            if told {
                lines
                    .entry(person.clone())
                    .or_default()
                    .insert(Line::Reopened);
            }
            !told
        });
        lines.retain(|_, lines| !lines.is_empty());
        for (person, told) in &lines {
            if told.iter().any(|line| matches!(line, Line::Step { .. })) {
                self.told_to.insert(person.clone());
            }
        }
        lines
    }

    fn close(&mut self, reason: &'static str, at: &Moment<'_>) -> Lines {
        if self.told_to.is_empty() {
            // Nobody knows of it: nothing is told, and it is as new should it open again.
            let acknowledged = self.acknowledged;
            *self = Memory {
                acknowledged,
                ..Memory::default()
            };
            return Lines::new();
        }
        if self.closed.is_none() {
            let again = self.closing_known_as == Some(reason);
            let know = std::mem::take(&mut self.reopened_owed);
            (self.closing_told, self.take_for_closed) = match again {
                true => (know, BTreeSet::new()),
                false => (BTreeSet::new(), know),
            };
            self.closing_owed = &self.told_to - &self.closing_told;
            self.closed = Some(reason);
            self.closing_known_as = Some(reason);
        } else if self.closing_told.is_empty() {
            self.closed = Some(reason);
            self.closing_known_as = Some(reason);
        }
        let mut lines = Lines::new();
        let reason = self.closed.unwrap_or(reason);
        let told: Vec<String> = self
            .closing_owed
            .iter()
            .filter(|person| at.can_have_digest(person))
            .cloned()
            .collect();
        for person in told {
            self.closing_owed.remove(&person);
            self.closing_told.insert(person.clone());
            lines.insert(person, BTreeSet::from([Line::Closed(reason.to_owned())]));
        }
        lines
    }

    /// Where a ladder has changed, the steps up to the highest told count as told.
    fn follow_ladder(&mut self, number: usize, ladder: &Ladder, turns: u32) {
        if self.ladder.is_none_or(|known| known == number) {
            return;
        }
        self.ladder = Some(number);
        for (_, turn) in self.before.values_mut() {
            *turn = 0;
        }
        if let Some(highest) = self.told.last().copied() {
            self.told = (1..=highest).collect();
            self.turn = if highest >= ladder.last() { turns } else { 0 };
        }
    }

    /// Where the due day moves later, what falls after today is armed again; what was told for a due
    /// day stays told for it.
    fn follow_due(
        &mut self,
        ladder: &Ladder,
        opened: NaiveDate,
        due: NaiveDate,
        turns: u32,
        today: NaiveDate,
    ) {
        let Some(from) = self.due.replace(due) else {
            return;
        };
        if from == due || self.told.is_empty() && self.before.is_empty() {
            return;
        }
        self.before.insert(from, (self.told.clone(), self.turn));
        if due > from {
            let exists = |step: u32| step <= ladder.last();
            self.told
                .retain(|step| !exists(*step) || ladder.fall(*step, opened, due) <= today);
            self.turn = self.turn.min(turns);
        }
        if let Some((told, turn)) = self.before.get(&due) {
            self.told.extend(told);
            self.turn = self.turn.max(*turn);
        }
        if !self.told.contains(&ladder.last()) {
            self.turn = 0;
        }
    }
}

/// The people of a step, else of the next one above that reaches someone.
fn people(world: &World, child: usize, ladder: &Ladder, step: u32) -> Vec<&'static str> {
    for step in &ladder.steps[step as usize - 1..] {
        let roles = step.to.iter();
        let mut persons: Vec<&str> = roles
            .flat_map(|role| world.reached(&world.children[child], role))
            .collect();
        persons.sort_unstable();
        persons.dedup();
        if !persons.is_empty() {
            return persons;
        }
    }
    Vec::new()
}
