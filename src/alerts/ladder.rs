//! Ladders: who is told, when, as an obligation comes due and stays unmet (SPEC 7).
//!
//! To add a role: name it in [`To`] and [`To::named`], and say in `recipients.rs` who fills it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::calendar::{Duration, Unit};
use crate::document::Place;
use crate::mail::Address;

/// The ladders of one authority, by id.
#[derive(Debug, Clone, Default)]
pub struct Ladders {
    pub(super) by_id: BTreeMap<String, Arc<Ladder>>,
    /// Where a step names a role that not every site has.
    pub(super) named_roles: Vec<(String, Place)>,
}

/// One ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    /// What rules call it.
    pub id: String,
    /// Told at any hour: every step of it is sent as `now`.
    pub always: bool,
    /// Its steps; the first is number 1.
    pub steps: Vec<Step>,
    /// The same as long as nothing in it changes.
    pub fingerprint: String,
}

/// One step of a ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When it falls.
    pub at: At,
    /// Who is told.
    pub to: Vec<To>,
    /// How.
    pub send: Send,
    /// How often it is told again; only on the last step.
    pub repeat: Option<Duration>,
}

/// How a step is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Send {
    /// In the recipient's digest of the day.
    #[default]
    Digest,
    /// As a message of its own.
    Now,
}

/// From where a step's day is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// From the obligation's opening.
    Opened,
    /// From its due day.
    Due,
}

/// On which side of its base a step lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Before it.
    Before,
    /// After it.
    After,
}

/// When a step falls: `opened`, `due`, or one of them and a duration before or after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// Counted from there.
    pub base: Base,
    /// So far from it; none is its day itself.
    pub offset: Option<(Side, Duration)>,
}

/// A role or an address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum To {
    /// The person of the child's current key worker period.
    KeyWorker,
    /// That person's manager.
    TeamManager,
    /// The manager of the parent of that team.
    ServiceManager,
    /// The manager of its parent.
    HeadOfService,
    /// A role that the site names in its configuration.
    Named(String),
    /// An address that the ladder names itself.
    Address(Address),
}

impl To {
    /// The role of that name among those that every site has.
    pub fn named(name: &str) -> Option<To> {
        Some(match name {
            "key_worker" => To::KeyWorker,
            "team_manager" => To::TeamManager,
            "service_manager" => To::ServiceManager,
            "head_of_service" => To::HeadOfService,
            _ => return None,
        })
    }
}

impl fmt::Display for To {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            To::KeyWorker => f.write_str("key_worker"),
            To::TeamManager => f.write_str("team_manager"),
            To::ServiceManager => f.write_str("service_manager"),
            To::HeadOfService => f.write_str("head_of_service"),
            To::Named(name) => f.write_str(name),
            To::Address(address) => write!(f, "mailto:{address}"),
        }
    }
}

impl FromStr for At {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            format!(
                "`{text}` is not a time of a step; write `opened` or `due`, alone or with a \
                 duration, as in `due - 5 working days` or `opened + 4 hours`"
            )
        };
        let text = text.trim();
        let word = text.split([' ', '+', '-']).next().unwrap_or_default();
        let base = match word {
            "opened" => Base::Opened,
            "due" => Base::Due,
            _ => return Err(wrong()),
        };
        let rest = text[word.len()..].trim();
        if rest.is_empty() {
            return Ok(At { base, offset: None });
        }
        let side = match rest.chars().next() {
            Some('+') => Side::After,
            Some('-') => Side::Before,
            _ => return Err(wrong()),
        };
        let duration = rest[1..].trim().parse()?;
        Ok(At {
            base,
            offset: Some((side, duration)),
        })
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.base {
            Base::Opened => "opened",
            Base::Due => "due",
        })?;
        match self.offset {
            None => Ok(()),
            Some((Side::Before, duration)) => write!(f, " - {duration}"),
            Some((Side::After, duration)) => write!(f, " + {duration}"),
        }
    }
}

impl Ladder {
    /// A ladder of these steps.
    pub fn new(id: &str, always: bool, steps: Vec<Step>) -> Self {
        let mut ladder = Ladder {
            id: id.to_owned(),
            always,
            steps,
            fingerprint: String::new(),
        };
        ladder.fingerprint = ladder.reckon_fingerprint();
        ladder
    }

    fn reckon_fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("{:?} {}", self.id, self.always));
        for step in &self.steps {
            hash.update(format!("\n{} {:?} {:?}", step.at, step.to, step.send));
            if let Some(repeat) = step.repeat {
                hash.update(format!(" {repeat}"));
            }
        }
        let digest = hash.finalize();
        digest[..8].iter().map(|b| format!("{b:02x}")).collect()
    }

    /// The step of a number, from 1.
    pub fn step(&self, number: u32) -> Option<&Step> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        self.steps.get(index)
    }

    /// How many steps it has.
    pub fn last(&self) -> u32 {
        u32::try_from(self.steps.len()).unwrap_or(u32::MAX)
    }
}

impl Ladders {
    /// The ladder of an id.
    pub fn get(&self, id: &str) -> Option<&Arc<Ladder>> {
        self.by_id.get(id)
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Ladder>> {
        self.by_id.values()
    }
}

/// How far apart two turns of a repeat lie, where that is a number of days: hours are n/24 days,
/// rounded up (SPEC 2).
pub(super) fn days_between_turns(repeat: Duration) -> Option<i64> {
    match repeat.unit {
        Unit::Hour => Some(i64::from(repeat.count.div_ceil(24))),
        Unit::Day => Some(i64::from(repeat.count)),
        Unit::Week => Some(7 * i64::from(repeat.count)),
        Unit::WorkingDay | Unit::Month => None,
    }
}
