//! What an authority's copy holds by kind: which columns its queries yield, and which of them any
//! row carries. From it follows what can be judged (SPEC 3, Unmeasured) and which names are known.

use std::collections::{BTreeMap, BTreeSet};

/// Periods or events: each has kinds, ids and attributes of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Something that lasts.
    Period,
    /// Something that happened or is booked.
    Event,
}

impl Class {
    /// As it stands in the store.
    pub fn name(self) -> &'static str {
        match self {
            Class::Period => "period",
            Class::Event => "event",
        }
    }
}

/// What is known of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KindFacts {
    /// How many rows of it the copy holds.
    pub rows: u64,
    /// The attributes that a query of this kind yields, whether or not a row carries them.
    pub columns: BTreeSet<String>,
    /// The attributes that some row carries, with the number of rows that do.
    pub carried: BTreeMap<String, u64>,
    /// How many rows say what they are `about` (events only).
    pub about: u64,
}

/// The kinds of an authority's copy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// By class and name of the kind.
    pub kinds: BTreeMap<(Class, String), KindFacts>,
}

impl Catalogue {
    /// What is known of a kind, if anything is.
    pub fn kind(&self, class: Class, name: &str) -> Option<&KindFacts> {
        self.kinds.get(&(class, name.to_owned()))
    }
}
