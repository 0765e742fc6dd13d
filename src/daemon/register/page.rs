//! One page of what is ahead of children: column by column, so that what is looked at of everybody lies
//! together and is compared as numbers. What is counted of them is another page, of the same number
//! (`tally`), which a pass does not read; a hash of it says whether it is still the same.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use super::builder::hash_of;
use super::tally::{TALLIES, Tallies};
use super::{Entry, damaged};
use crate::calendar::{Day, Instant};
use crate::store::{Outlook, StoreError};

/// The first byte of a page that the register was written whole with.
pub(super) const WHOLE: u8 = 5;
/// The first byte of a page that was added.
pub(super) const ADDED: u8 = 6;
/// The first bytes of pages of earlier versions, whose registers rest on another basis and are never
/// read.
const EARLIER: [u8; 4] = [1, 2, 3, 4];
/// Kind, whether there are instants, how many records, how many bytes the counts have.
const HEAD: usize = 10;

pub(super) const BEGUN: u32 = 1 << 31;
pub(super) const GONE: u32 = 1 << 30;
/// Nothing, in place of a day or an instant.
pub(super) const NO_DAY: i32 = i32::MAX;
pub(super) const NO_INSTANT: i64 = i64::MAX;

/// Whether a page belongs to a register that was written whole, or was added to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Its children follow, in the order of their ids, those of the page before.
    Whole,
    /// What it says of a child counts in place of what earlier pages say.
    Added,
}

/// Where each column of a page begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    opens: usize,
    ends: usize,
    hashes: usize,
    wakes: usize,
    nexts: usize,
    pub(super) names: usize,
}

impl Columns {
    pub(super) fn of(records: usize, has_instants: bool) -> Columns {
        let opens = HEAD + 4 * records;
        let ends = opens + 4 * records;
        let hashes = ends + 4 * records;
        let wakes = hashes + 8 * records;
        let nexts = wakes + if has_instants { 8 * records } else { 0 };
        let names = nexts + if has_instants { 8 * records } else { 0 };
        Columns {
            opens,
            ends,
            hashes,
            wakes,
            nexts,
            names,
        }
    }
}

/// A page as it is read.
#[derive(Debug, Clone)]
pub struct Page {
    /// The run of pages that it was read with.
    run: Arc<Vec<u8>>,
    place: Range<usize>,
    kind: Kind,
    len: usize,
    columns: Columns,
    tallies: usize,
}

/// Whether a page can be read, of either sort, with all that its entries count. One of an earlier
/// corewatch never is.
pub fn reads_page(bytes: &[u8]) -> bool {
    match bytes.first() {
        Some(kind) if EARLIER.contains(kind) => true,
        Some(&TALLIES) => Tallies::of(bytes).is_ok_and(Tallies::is_sound),
        _ => Page::whole_of(bytes.to_vec())
            .is_ok_and(|page| (0..page.len()).all(|place| page.child(place).is_ok())),
    }
}

impl Page {
    /// The page that lies there in a run of pages.
    ///
    /// # Errors
    /// Where it is none.
    pub fn of(run: Arc<Vec<u8>>, place: Range<usize>) -> Result<Page, StoreError> {
        let bytes = run.get(place.clone()).ok_or_else(damaged)?;
        let head: &[u8; HEAD] = bytes.first_chunk().ok_or_else(damaged)?;
        let kind = match head[0] {
            WHOLE => Kind::Whole,
            ADDED => Kind::Added,
            _ => return Err(damaged()),
        };
        let len = u32::from_le_bytes([head[2], head[3], head[4], head[5]]) as usize;
        let tallies = u32::from_le_bytes([head[6], head[7], head[8], head[9]]) as usize;
        let columns = Columns::of(len, head[1] != 0);
        if columns.names > bytes.len() {
            return Err(damaged());
        }
        Ok(Page {
            run,
            place,
            kind,
            len,
            columns,
            tallies,
        })
    }

    /// The page that these bytes are.
    ///
    /// # Errors
    /// Where they are none.
    pub fn whole_of(bytes: Vec<u8>) -> Result<Page, StoreError> {
        let all = 0..bytes.len();
        Page::of(Arc::new(bytes), all)
    }

    fn all(&self) -> &[u8] {
        &self.run[self.place.clone()]
    }

    /// What kind of page.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How many children it speaks of.
    pub fn len(&self) -> usize {
        self.len
    }

    /// How many bytes it has, with what is counted of its children.
    pub fn bytes(&self) -> usize {
        self.place.len() + self.tallies
    }

    /// How many bytes what is counted of its children has.
    pub fn tallies(&self) -> usize {
        self.tallies
    }

    fn days(&self) -> impl Iterator<Item = i32> {
        let (days, _) = self.all()[HEAD..self.columns.opens].as_chunks();
        days.iter().map(|day| i32::from_le_bytes(*day))
    }

    fn opens(&self) -> impl Iterator<Item = u32> {
        let (opens, _) = self.all()[self.columns.opens..self.columns.ends].as_chunks();
        opens.iter().map(|open| u32::from_le_bytes(*open))
    }

    fn wakes(&self) -> impl Iterator<Item = i64> {
        instants(&self.all()[self.columns.wakes..self.columns.nexts])
    }

    fn nexts(&self) -> impl Iterator<Item = i64> {
        instants(&self.all()[self.columns.nexts..self.columns.names])
    }

    /// The places, in order, of those who must be evaluated again.
    pub fn due(&self, today: Day, now: Instant) -> Vec<usize> {
        let is_due = |(day, open): (i32, u32)| day <= today.0 || open & BEGUN != 0;
        let by_day = self.days().zip(self.opens()).map(is_due);
        // Of most pages it is nobody, which is seen at a glance.
        let some = by_day.fold(false, |some, due| some | due);
        let some = self.wakes().fold(some, |some, wake| some | (wake <= now.0));
        if !some {
            return Vec::new();
        }
        let by_day = self.days().zip(self.opens()).map(is_due);
        let by_wake = self.wakes().map(|wake| wake <= now.0);
        let by_wake = by_wake.chain(std::iter::repeat(false));
        let is_due = by_day.zip(by_wake).enumerate();
        let due = is_due.filter(|(_, (by_day, by_wake))| *by_day || *by_wake);
        due.map(|(place, _)| place).collect()
    }

    /// What is ahead of all but those who are passed over, together, and when the next step after `now`
    /// is told.
    pub fn ahead(&self, passed: &[bool], now: Instant) -> (Outlook, Option<Instant>) {
        let (mut day, mut open, mut begun) = (NO_DAY, 0_u64, 0);
        for ((one_day, one_open), passed) in self.days().zip(self.opens()).zip(passed) {
            let kept = if *passed { 0 } else { u32::MAX };
            day = day.min(if *passed { NO_DAY } else { one_day });
            open += u64::from(one_open & kept & !(BEGUN | GONE));
            begun |= one_open & kept & BEGUN;
        }
        let earliest = |instants: &mut dyn Iterator<Item = i64>| {
            let at = instants.min().filter(|at| *at != NO_INSTANT);
            at.map(Instant)
        };
        let kept = |(at, passed): (i64, &bool)| (!passed).then_some(at);
        let nexts = || self.nexts().zip(passed).filter_map(kept);
        let all = Outlook {
            next_change: (day != NO_DAY).then_some(Day(day)),
            wake: earliest(&mut self.wakes().zip(passed).filter_map(kept)),
            next: earliest(&mut nexts()),
            begun: begun != 0,
            open: open as usize,
        };
        (all, earliest(&mut nexts().filter(|next| *next > now.0)))
    }

    /// A number of a column of four bytes.
    fn number(&self, column: usize, place: usize) -> Result<u32, StoreError> {
        let bytes = self.all().get(column + 4 * place..);
        let bytes = bytes.and_then(|rest| rest.first_chunk());
        bytes.map(|b| u32::from_le_bytes(*b)).ok_or_else(damaged)
    }

    /// The child at a place.
    ///
    /// # Errors
    /// Where the page is damaged.
    pub fn child(&self, place: usize) -> Result<&str, StoreError> {
        std::str::from_utf8(self.name(place)?).map_err(|_| damaged())
    }

    /// The child at a place as bytes, to compare ids by.
    ///
    /// # Errors
    /// Where the page is damaged.
    pub fn name(&self, place: usize) -> Result<&[u8], StoreError> {
        if place >= self.len {
            return Err(damaged());
        }
        let start = match place.checked_sub(1) {
            None => 0,
            Some(before) => self.number(self.columns.ends, before)?,
        };
        let end = self.number(self.columns.ends, place)?;
        let names = &self.all()[self.columns.names..];
        let name = names.get(start as usize..end as usize);
        name.ok_or_else(damaged)
    }

    /// Whether the child at a place went.
    ///
    /// # Errors
    /// Where the page is damaged.
    pub fn is_gone(&self, place: usize) -> Result<bool, StoreError> {
        Ok(self.number(self.columns.opens, place)? & GONE != 0)
    }

    /// What is ahead of the child at a place.
    ///
    /// # Errors
    /// Where the page is damaged.
    pub fn outlook(&self, place: usize) -> Result<Outlook, StoreError> {
        let day = self.number(HEAD, place)? as i32;
        let open = self.number(self.columns.opens, place)?;
        let instant = |at: Option<i64>| at.filter(|at| *at != NO_INSTANT).map(Instant);
        Ok(Outlook {
            next_change: (day != NO_DAY).then_some(Day(day)),
            wake: instant(self.wakes().nth(place)),
            next: instant(self.nexts().nth(place)),
            begun: open & BEGUN != 0,
            open: (open & !(BEGUN | GONE)) as usize,
        })
    }

    /// Whether it says this of the child at a place.
    ///
    /// # Errors
    /// Where the page is damaged.
    pub fn says(&self, place: usize, entry: &Entry<'_>) -> Result<bool, StoreError> {
        Ok(self.hash(place)? == hash_of(entry.team, entry.counts)
            && self.outlook(place)? == entry.outlook)
    }

    fn hash(&self, place: usize) -> Result<u64, StoreError> {
        let bytes = self.all().get(self.columns.hashes + 8 * place..);
        let bytes = bytes.and_then(|rest| rest.first_chunk());
        bytes.map(|b| u64::from_le_bytes(*b)).ok_or_else(damaged)
    }

    /// The place of a child, where the children lie in the order of their ids.
    ///
    /// # Errors
    /// Where the page is damaged.
    pub fn find(&self, child: &[u8]) -> Result<Option<usize>, StoreError> {
        let (mut first, mut beyond) = (0, self.len);
        while first < beyond {
            let middle = first.midpoint(beyond);
            match self.name(middle)?.cmp(child) {
                Ordering::Less => first = middle + 1,
                Ordering::Equal => return Ok(Some(middle)),
                Ordering::Greater => beyond = middle,
            }
        }
        Ok(None)
    }
}

fn instants(column: &[u8]) -> impl Iterator<Item = i64> {
    let (instants, _) = column.as_chunks();
    instants.iter().map(|at| i64::from_le_bytes(*at))
}
