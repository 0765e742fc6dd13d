//! One reading of a source: everything from one snapshot, all or nothing.

use std::time::Duration;

use super::error::SourceError;
use super::profile::Profile;
use crate::calendar::{Instant, Zone};
use crate::store::Store;

/// What to read, and as of when.
#[derive(Debug, Clone, Copy)]
pub struct SyncRequest<'a> {
    /// Whose source.
    pub authority: &'a str,
    /// Its source file.
    pub profile: &'a Profile,
    /// The authority's zone, of which its days are.
    pub zone: Zone,
    /// The instant of the pass.
    pub now: Instant,
    /// Whether a drop, or a column that is gone, is meant and let through.
    pub accept: bool,
}

/// Rows that came, by what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowCounts {
    /// Of `[[source.children]]`.
    pub children: u64,
    /// Of `[[source.periods]]`.
    pub periods: u64,
    /// Of `[[source.events]]`.
    pub events: u64,
    /// Of `[[source.people]]`.
    pub people: u64,
    /// Of `[[source.teams]]`.
    pub teams: u64,
}

impl RowCounts {
    /// All of them.
    pub fn total(self) -> u64 {
        self.children + self.periods + self.events + self.people + self.teams
    }
}

/// What an accepted reading brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SyncOutcome {
    /// Rows that came.
    pub rows: RowCounts,
    /// Rows among them that could not be used.
    pub quarantined: u64,
    /// Ids of the children whose timeline changed, came or went, in order.
    pub changed: Vec<String>,
    /// Children that the copy now holds.
    pub children: u64,
    /// Whether it is the first accepted reading of this authority.
    pub first: bool,
    /// How long it took.
    pub took: Duration,
}
