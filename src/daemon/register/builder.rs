//! One page of a register as it is written: what is ahead of each child, and what is counted of it.

use std::hash::{DefaultHasher, Hasher};

use super::Entry;
use super::page::{ADDED, BEGUN, Columns, GONE, Kind, NO_DAY, NO_INSTANT, WHOLE};
use super::tally::TallyBuilder;
use crate::store::{Outlook, RegisterPage};

/// A hash of what is counted of a child and of its team. One of another version of Rust may differ: then
/// the entry is written once more.
pub(super) fn hash_of(team: &str, counts: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(team.as_bytes());
    hasher.write_u8(u8::MAX);
    hasher.write(counts);
    hasher.finish()
}

/// A page as it is written.
#[derive(Debug, Default)]
pub struct PageBuilder {
    records: Vec<Record>,
    names: Vec<u8>,
    tallies: TallyBuilder,
}

#[derive(Debug)]
struct Record {
    outlook: Outlook,
    is_gone: bool,
    hash: u64,
    /// Where the child's id ends.
    end: usize,
}

impl PageBuilder {
    /// Writes what is kept of a child.
    pub fn put(&mut self, entry: &Entry<'_>) {
        self.names.extend_from_slice(entry.child.as_bytes());
        self.records.push(Record {
            outlook: entry.outlook,
            is_gone: false,
            hash: hash_of(entry.team, entry.counts),
            end: self.names.len(),
        });
        self.tallies.put(entry.team, entry.counts);
    }

    /// Writes that the copy no longer has a child.
    pub fn put_gone(&mut self, child: &str) {
        self.names.extend_from_slice(child.as_bytes());
        self.records.push(Record {
            outlook: Outlook::default(),
            is_gone: true,
            hash: 0,
            end: self.names.len(),
        });
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The page.
    pub fn into_page(self, kind: Kind) -> RegisterPage {
        let tallies = self.tallies.into_bytes();
        let has_instants = |r: &Record| r.outlook.wake.is_some() || r.outlook.next.is_some();
        let has_instants = self.records.iter().any(has_instants);
        let columns = Columns::of(self.records.len(), has_instants);
        let mut page = Vec::with_capacity(columns.names + self.names.len());
        page.push(match kind {
            Kind::Whole => WHOLE,
            Kind::Added => ADDED,
        });
        page.push(u8::from(has_instants));
        // A page ends long before it has 4 GB.
        page.extend((self.records.len() as u32).to_le_bytes());
        page.extend((tallies.len() as u32).to_le_bytes());
        for Record { outlook, .. } in &self.records {
            let day = outlook.next_change.map_or(NO_DAY, |day| day.0);
            page.extend(day.to_le_bytes());
        }
        for record in &self.records {
            let mut open = record.outlook.open.min(GONE as usize - 1) as u32;
            open |= if record.outlook.begun { BEGUN } else { 0 };
            open |= if record.is_gone { GONE } else { 0 };
            page.extend(open.to_le_bytes());
        }
        for record in &self.records {
            page.extend((record.end as u32).to_le_bytes());
        }
        for record in &self.records {
            page.extend(record.hash.to_le_bytes());
        }
        if has_instants {
            let wakes = self.records.iter().map(|record| record.outlook.wake);
            let nexts = self.records.iter().map(|record| record.outlook.next);
            for at in wakes.chain(nexts) {
                page.extend(at.map_or(NO_INSTANT, |at| at.0).to_le_bytes());
            }
        }
        page.extend_from_slice(&self.names);
        RegisterPage {
            outlooks: page,
            tallies,
        }
    }
}
