//! What is remembered of an obligation that anyone was told of, or that is held: the state that the
//! pure part is given and gives back.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::falls::Span;
use super::ladder::Ladder;
use super::recipients::{StepPeople, key_of};
use crate::calendar::Day;
use crate::mail::{Address, Asked, Closing, Why};
use crate::rules::{RuleWords, Severity, State};
use crate::words::Language;

/// What alerts need to know of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFacts {
    /// Its id.
    pub id: String,
    /// The pack that it is of.
    pub pack: String,
    /// The duty in the pack's words.
    pub title: String,
    /// The clause of the procedure.
    pub clause: String,
    /// The procedure that the clause is of.
    pub document: String,
    /// What would meet it.
    pub asked: Asked,
    /// Its words in other languages than English, and with each the name of the procedure.
    pub translations: Vec<(RuleWords, Option<String>)>,
    /// How grave a breach is.
    pub severity: Severity,
    /// Its ladder; none where nobody is told.
    pub ladder: Option<Arc<Ladder>>,
    /// Whether this pass is the first that reads it: a baseline (SPEC 7).
    pub new: bool,
}

impl RuleFacts {
    fn translation(&self, language: Language) -> Option<&(RuleWords, Option<String>)> {
        let mut translations = self.translations.iter();
        translations.find(|(words, _)| words.language == language)
    }

    /// The duty in the pack's words; in English where the pack has no others.
    pub fn title_in(&self, language: Language) -> &str {
        let own = self.translation(language);
        own.and_then(|(words, _)| words.title.as_deref())
            .unwrap_or(&self.title)
    }

    /// The clause of the procedure; in English where the pack has no other words.
    pub fn clause_in(&self, language: Language) -> &str {
        let own = self.translation(language);
        own.and_then(|(words, _)| words.clause.as_deref())
            .unwrap_or(&self.clause)
    }

    /// The procedure that the clause is of; in English where the pack has no other words.
    pub fn document_in(&self, language: Language) -> &str {
        let own = self.translation(language);
        own.and_then(|(_, document)| document.as_deref())
            .unwrap_or(&self.document)
    }

    /// What would meet it. The pack's words in another language do not stand in: what it looks for can
    /// be said in each.
    pub fn asked_in(&self, language: Language) -> Asked {
        let words = match language {
            Language::English => self.asked.words.clone(),
            other => self
                .translation(other)
                .and_then(|(words, _)| words.asked.clone()),
        };
        Asked {
            words,
            ..self.asked.clone()
        }
    }
}

/// An obligation as of the day of the pass, with whom each step of its ladder reaches.
#[derive(Debug, Clone)]
pub struct Duty {
    /// Its short name.
    pub id: String,
    /// Its rule.
    pub rule: Arc<RuleFacts>,
    /// The source's id of the child.
    pub child: String,
    /// The case reference.
    pub case_ref: String,
    /// The team that has the case, by its name.
    pub team: Option<String>,
    /// Who has it: names of staff.
    pub key_workers: Vec<String>,
    /// The source's id of the period that it runs in.
    pub period: String,
    /// The source's id of what it is anchored on.
    pub anchor: String,
    /// From when to when it runs.
    pub span: Span,
    /// Where it stands.
    pub state: State,
    /// The earliest day for which an answer is booked.
    pub booked: Option<Day>,
    /// The day it was answered or ended.
    pub closed: Option<Day>,
    /// Days from the due day to its closing, or to the day of the pass.
    pub days_over: i64,
    /// Whom each step reaches, in the order of their numbers; empty for what is closed.
    pub people: Vec<StepPeople>,
}

/// Where the life of an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The obligation is open.
    Open,
    /// It was closed.
    Closed {
        /// How.
        reason: Closing,
        /// On which day.
        day: Day,
    },
}

/// Why the steps of an open alert wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// The flood guard holds it until it is released.
    Flood,
    /// It was overdue when watching began, or is released: told as a baseline in the next sending
    /// hours.
    Baseline,
}

impl Hold {
    /// Its name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Hold::Flood => "flood",
            Hold::Baseline => "baseline",
        }
    }

    /// The hold of a name in the store.
    pub fn named(name: &str) -> Option<Hold> {
        [Hold::Flood, Hold::Baseline]
            .into_iter()
            .find(|hold| hold.name() == name)
    }
}

/// What is remembered of one obligation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// The obligation's short name.
    pub id: String,
    /// The rule's id.
    pub rule: String,
    /// The source's id of the child.
    pub child: String,
    /// The case reference.
    pub case_ref: String,
    /// The team that has the case.
    pub team: Option<String>,
    /// The source's id of the period.
    pub period: String,
    /// The source's id of the anchor.
    pub anchor: String,
    /// The day it opened on.
    pub opened: Day,
    /// The due day that the standing is about.
    pub due: Day,
    /// Where it stands.
    pub phase: Phase,
    /// Whether it was overdue at the last pass that read its source.
    pub overdue: bool,
    /// Why its steps wait, where they do.
    pub hold: Option<Hold>,
    /// What its ladder has told.
    pub standing: Standing,
}

/// What a ladder has told of one obligation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Standing {
    /// The ladder as it was when it last told something.
    pub ladder: String,
    /// The steps that count as told for the due day.
    pub told: BTreeSet<u32>,
    /// Those of them that reached nobody, or of which a role did, when they were told.
    pub holes: BTreeSet<u32>,
    /// The last turn of the repeat that was told; 0 where none was.
    pub turn: u32,
    /// How often a repeat was told at all: numbers each for the record.
    pub repeats: u32,
    /// What had been told for due days that it has moved away from.
    pub before: Vec<Before>,
    /// Every address that a step was told to.
    pub addresses: Vec<Address>,
    /// The addresses that were told of the last closing.
    pub closing_told: Vec<Address>,
    /// The addresses that were told of an earlier closing of another reason, and not yet that it was
    /// open again.
    pub take_for_closed: Vec<Address>,
    /// How those who were told of the last closing were told that it was closed.
    pub closing_reason: Option<String>,
    /// What waits for a recipient's next digest.
    pub waiting: Vec<Waiting>,
    /// Who would have been told of a step, had the obligation not closed before: told where it is open
    /// again.
    pub owed: Vec<Owed>,
}

/// A step that others were told of, and one person was not before the obligation closed: their message
/// was withdrawn, or it waited for their digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// Who.
    pub address: Address,
    /// The step's number.
    pub step: u32,
    /// The number of its repeat in the record; 0 for the step itself.
    pub repeat: u32,
}

/// What had been told for a due day that the obligation has moved away from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// That due day.
    pub due: Day,
    /// The steps told for it.
    pub told: BTreeSet<u32>,
    /// The last turn told for it.
    pub turn: u32,
}

/// Something that waits for one recipient's next digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Who.
    pub address: Address,
    /// Their name, where it is known.
    pub name: Option<String>,
    /// What.
    pub item: Item,
}

/// One thing that is told of an obligation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// A step.
    Step {
        /// Its number.
        step: u32,
        /// The turn of its repeat; 0 for the step itself.
        turn: u32,
        /// The number of that repeat in the record; 0 for the step itself.
        repeat: u32,
        /// Why this person.
        why: Why,
    },
    /// The closing.
    Closed,
    /// That it is open again.
    Reopened,
}

impl Alert {
    /// The alert of an obligation that nothing was told of yet.
    pub fn new(duty: &Duty) -> Self {
        Alert {
            id: duty.id.clone(),
            rule: duty.rule.id.clone(),
            child: duty.child.clone(),
            case_ref: duty.case_ref.clone(),
            team: duty.team.clone(),
            period: duty.period.clone(),
            anchor: duty.anchor.clone(),
            opened: duty.span.opened.day,
            due: duty.span.due,
            phase: Phase::Open,
            overdue: false,
            hold: None,
            standing: Standing::default(),
        }
    }

    /// Whether there is anything to remember: what nobody was told of, and is neither overdue nor
    /// held, is the same as new.
    pub fn is_worth_keeping(&self) -> bool {
        self.overdue || self.hold.is_some() || self.standing != Standing::default()
    }

    /// Whether a pass must look at it though nothing of its child has changed: somebody was told and
    /// it is open, its closing waits for a digest, or it is held. A step that waits while it is closed
    /// is told only once it is open again.
    pub fn needs_attention(&self) -> bool {
        let told = self.phase == Phase::Open && self.standing != Standing::default();
        let mut waiting = self.standing.waiting.iter();
        let hears = waiting.any(|waiting| !matches!(waiting.item, Item::Step { .. }));
        told || self.hold.is_some() || hears
    }
}

impl Standing {
    /// Whether a step of it was told to `address`.
    pub fn has_told(&self, address: &Address) -> bool {
        is_among(&self.addresses, address)
    }

    /// Remembers that a step was told to `address`.
    pub fn remember(&mut self, address: &Address) {
        if !self.has_told(address) {
            self.addresses.push(address.clone());
        }
    }
}

impl Standing {
    /// Takes back a step of which no telling is left: its only message was withdrawn.
    pub fn untell(&mut self, step: u32, due: Day, current_due: Day) {
        if due == current_due {
            self.told.remove(&step);
        }
        for before in self.before.iter_mut().filter(|before| before.due == due) {
            before.told.remove(&step);
        }
    }

    /// Keeps only the addresses that something is left to have been told to, and what waits for them.
    pub fn keep_addresses(&mut self, left: &BTreeSet<String>) {
        let is_left = |address: &Address| left.contains(&key_of(address.as_str()));
        self.addresses.retain(is_left);
        self.waiting
            .retain(|waiting| waiting.item != Item::Closed || is_left(&waiting.address));
    }
}

/// Whether an address is among others, however it is written.
pub fn is_among(addresses: &[Address], address: &Address) -> bool {
    let key = key_of(address.as_str());
    addresses.iter().any(|a| key_of(a.as_str()) == key)
}
