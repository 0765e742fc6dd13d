//! One obligation's messages in one pass, gathered by recipient: the steps that have fallen, each to
//! its own people, and what waited for a digest (SPEC 7, Digest or now).

use std::collections::{BTreeMap, BTreeSet};

use super::advance::{Hole, Mode, Outcome, Telling, Tick, Unreached};
use super::alert::{Alert, Hold, Item, Waiting, is_among};
use super::falls::Fall;
use super::ladder::{Ladder, Send};
use super::recipients::{Reached, StepPeople, key_of};
use crate::mail::Address;

/// A step that has fallen and is not told yet.
struct Fallen {
    step: u32,
    turn: u32,
    repeat: u32,
    mode: Mode,
    people: Vec<Reached>,
}

/// One obligation's messages as they are gathered, by recipient.
pub(super) struct Round<'a> {
    pub(super) alert: Alert,
    ladder: &'a Ladder,
    people: &'a [StepPeople],
    tick: &'a Tick<'a>,
    post: BTreeMap<String, Telling>,
}

impl<'a> Round<'a> {
    /// Begins with what is remembered; `people` are those of each step.
    pub(super) fn new(
        alert: Alert,
        ladder: &'a Ladder,
        people: &'a [StepPeople],
        tick: &'a Tick<'a>,
    ) -> Self {
        Round {
            alert,
            ladder,
            people,
            tick,
            post: BTreeMap::new(),
        }
    }

    /// Tells what has fallen since the last pass, each step to its own people.
    pub(super) fn climb(
        &mut self,
        falls: &[Fall],
        turns: u32,
        acknowledged: bool,
        unreached: &[Unreached],
    ) {
        let baseline = self.alert.hold == Some(Hold::Baseline);
        if acknowledged || baseline && !self.tick.in_hours {
            return;
        }
        let mut fallen = self.fallen(falls, turns, baseline);
        fallen.extend(
            unreached
                .iter()
                .filter_map(|step| self.again(step, baseline)),
        );
        fallen.extend(self.owed(baseline));
        // Who is told at once of one step is told of all of them in that message.
        let at_once: BTreeSet<String> = fallen
            .iter()
            .filter(|fallen| fallen.mode == Mode::Now)
            .flat_map(|fallen| fallen.people.iter().map(|r| key_of(r.address.as_str())))
            .collect();
        for step in fallen {
            self.tell_step(step, &at_once);
        }
        if baseline {
            self.alert.hold = None;
        }
    }

    fn mode_of(&self, step: u32, baseline: bool) -> Option<Mode> {
        if baseline {
            return Some(Mode::Baseline);
        }
        let send = self.ladder.step(step)?.send;
        let mode = if self.ladder.always || send == Send::Now {
            Mode::Now
        } else {
            Mode::Digest
        };
        (self.ladder.always || self.tick.in_hours).then_some(mode)
    }

    fn fallen(&self, falls: &[Fall], turns: u32, baseline: bool) -> Vec<Fallen> {
        let standing = &self.alert.standing;
        let last = self.ladder.last();
        let mut fallen = Vec::new();
        for (step, fall) in (1..=last).zip(falls) {
            let turn = if step == last { turns } else { 0 };
            let first = !standing.told.contains(&step);
            if fall.at > self.tick.now || !first && turn <= standing.turn {
                continue;
            }
            let Some(mode) = self.mode_of(step, baseline) else {
                continue;
            };
            fallen.push(Fallen {
                step,
                turn,
                repeat: if first { 0 } else { standing.repeats + 1 },
                mode,
                people: self.people_of(step, &BTreeSet::new()),
            });
        }
        fallen
    }

    /// The steps that others were told of before a closing, for those of their people who were not.
    fn owed(&mut self, baseline: bool) -> Vec<Fallen> {
        let owed = std::mem::take(&mut self.alert.standing.owed);
        let mut fallen = Vec::new();
        for owed in owed {
            let Some(mode) = self.mode_of(owed.step, baseline) else {
                self.alert.standing.owed.push(owed);
                continue;
            };
            let key = key_of(owed.address.as_str());
            let mut people = self.people_of(owed.step, &BTreeSet::new());
            people.retain(|reached| key_of(reached.address.as_str()) == key);
            // Who is none of its people any more is not told.
            if people.is_empty() {
                continue;
            }
            if mode == Mode::Digest && self.has_had_digest(&owed.address) {
                self.alert.standing.owed.push(owed);
                continue;
            }
            fallen.push(Fallen {
                step: owed.step,
                turn: self.turn_of(owed.step),
                repeat: owed.repeat,
                mode,
                people,
            });
        }
        fallen
    }

    /// The last turn of a step's repeat that was told.
    fn turn_of(&self, step: u32) -> u32 {
        match step == self.ladder.last() {
            true => self.alert.standing.turn,
            false => 0,
        }
    }

    /// A step that was told and has reached nobody goes up like one that reaches nobody.
    fn again(&self, unreached: &Unreached, baseline: bool) -> Option<Fallen> {
        let step = unreached.step;
        // Someone who will be told of it in their next digest is someone reached.
        let waits =
            |waiting: &Waiting| matches!(waiting.item, Item::Step { step: s, .. } if s == step);
        let standing = &self.alert.standing;
        if !standing.told.contains(&step) || standing.waiting.iter().any(waits) {
            return None;
        }
        // What was told as a baseline goes up as one.
        if unreached.baseline && !self.tick.in_hours {
            return None;
        }
        let mode = self.mode_of(step, baseline || unreached.baseline)?;
        let people = self.people_of(step, &unreached.tried);
        let turn = self.turn_of(step);
        (!people.is_empty()).then_some(Fallen {
            step,
            turn,
            repeat: unreached.repeat,
            mode,
            people,
        })
    }

    /// The people of a step without those `tried`, else of the next above that reaches someone.
    fn people_of(&self, step: u32, tried: &BTreeSet<String>) -> Vec<Reached> {
        let untried = |reached: &[Reached]| -> Vec<Reached> {
            let untried = |r: &&Reached| !tried.contains(&key_of(r.address.as_str()));
            reached.iter().filter(untried).cloned().collect()
        };
        let own = self.people.get(step as usize - 1);
        let own = own.map_or_else(Vec::new, |people| untried(&people.reached));
        if !own.is_empty() {
            return own;
        }
        let above = self.people.iter().skip(step as usize);
        let found = above
            .map(|people| untried(&people.reached))
            .find(|p| !p.is_empty());
        let mut above = found.unwrap_or_default();
        for reached in &mut above {
            reached.why.passed_up = true;
        }
        above
    }

    fn has_had_digest(&self, address: &Address) -> bool {
        self.tick.served.contains(&key_of(address.as_str()))
    }

    /// Tells a step to all who can be told now; the rest wait for their next digest. Where nobody can
    /// be told now, it stays untold and is asked again in the next pass.
    fn tell_step(&mut self, fallen: Fallen, at_once: &BTreeSet<String>) {
        let waits = |round: &Self, reached: &Reached| {
            fallen.mode == Mode::Digest
                && !at_once.contains(&key_of(reached.address.as_str()))
                && round.has_had_digest(&reached.address)
        };
        let (later, now): (Vec<&Reached>, Vec<&Reached>) = fallen
            .people
            .iter()
            .partition(|reached| waits(self, reached));
        if now.is_empty() && !later.is_empty() {
            return;
        }
        let item = |reached: &Reached| Item::Step {
            step: fallen.step,
            turn: fallen.turn,
            repeat: fallen.repeat,
            why: reached.why.clone(),
        };
        for reached in later {
            self.alert.standing.waiting.push(Waiting {
                address: reached.address.clone(),
                name: reached.name.clone(),
                item: item(reached),
            });
        }
        for reached in now {
            let mode = if at_once.contains(&key_of(reached.address.as_str())) {
                Mode::Now
            } else {
                fallen.mode
            };
            self.post(&reached.address, &reached.name, mode, item(reached));
        }
        let standing = &mut self.alert.standing;
        standing.ladder.clone_from(&self.ladder.fingerprint);
        standing.told.insert(fallen.step);
        let own = self.people.get(fallen.step as usize - 1);
        let went_up = fallen.people.iter().any(|reached| reached.why.passed_up);
        if went_up || own.is_some_and(|own| !own.empty.is_empty()) {
            standing.holes.insert(fallen.step);
        }
        standing.turn = standing.turn.max(fallen.turn);
        standing.repeats = standing.repeats.max(fallen.repeat);
    }

    /// Tells what waited for a digest to those who can have one now.
    pub(super) fn tell_waiting(&mut self, acknowledged: bool) {
        // What began to wait in this pass waits for a digest that was already sent today.
        let waiting = std::mem::take(&mut self.alert.standing.waiting);
        for waiting in waiting {
            let held = acknowledged && matches!(waiting.item, Item::Step { .. });
            // Nobody hears of a step of what they take to be closed.
            let told_now = waiting.item == Item::Reopened
                && self.post.contains_key(&key_of(waiting.address.as_str()));
            let later = !self.tick.in_hours || self.has_had_digest(&waiting.address);
            if held || later && !told_now {
                self.alert.standing.waiting.push(waiting);
                continue;
            }
            if waiting.item == Item::Closed {
                let told = &mut self.alert.standing.closing_told;
                if !is_among(told, &waiting.address) {
                    told.push(waiting.address.clone());
                }
            }
            self.post(&waiting.address, &waiting.name, Mode::Digest, waiting.item);
        }
    }

    fn post(&mut self, address: &Address, name: &Option<String>, mode: Mode, item: Item) {
        if matches!(item, Item::Step { .. }) {
            self.alert.standing.remember(address);
        }
        let key = key_of(address.as_str());
        let telling = self.post.entry(key).or_insert_with(|| Telling {
            address: address.clone(),
            name: name.clone(),
            mode,
            items: Vec::new(),
        });
        telling.mode = telling.mode.max(mode);
        telling.items.push(item);
    }

    pub(super) fn finish(self, holes: Vec<Hole>) -> Outcome {
        let mut tellings: Vec<Telling> = self.post.into_values().collect();
        for telling in &mut tellings {
            telling.items.sort_by_key(rank);
            telling.items.dedup_by_key(|item| rank(item).0);
        }
        Outcome {
            alert: self.alert,
            tellings,
            holes,
            next: None,
        }
    }
}

/// Reopenings and closings first, then steps by their number; a step that was still waiting is told
/// with its latest turn alone.
fn rank(item: &Item) -> (u32, std::cmp::Reverse<u32>) {
    match item {
        Item::Reopened | Item::Closed => (0, std::cmp::Reverse(0)),
        Item::Step { step, repeat, .. } => (*step, std::cmp::Reverse(*repeat)),
    }
}
