//! One page of a register: records of one size, which are looked through without reading anything else,
//! and after them what belongs to each: the child, the team, the counts.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use super::{Entry, damaged, put_slice, put_text, slice, text};
use crate::calendar::{Day, Instant};
use crate::store::{Outlook, StoreError};

/// The first byte of a page that the register was written whole with.
const WHOLE: u8 = 3;
/// The first byte of a page that was added. Pages of 1 and 2 were written by a corewatch whose
/// registers rest on another basis, and are never read.
const ADDED: u8 = 4;
/// The first bytes of pages of earlier versions.
const EARLIER: [u8; 2] = [1, 2];
/// Kind, whether there are instants, how many records.
const HEAD: usize = 6;
/// Day, open and flags, where the rest lies.
const PLAIN: usize = 12;
/// The same, and two instants.
const WITH_INSTANTS: usize = 28;

const BEGUN: u32 = 1 << 31;
const GONE: u32 = 1 << 30;
/// Nothing, in place of a day or an instant.
const NO_DAY: i32 = i32::MAX;
const NO_INSTANT: i64 = i64::MAX;

/// Whether a page belongs to a register that was written whole, or was added to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Its children follow, in the order of their ids, those of the page before.
    Whole,
    /// What it says of a child counts in place of what earlier pages say.
    Added,
}

/// A page as it is written.
#[derive(Debug, Default)]
pub struct PageBuilder {
    records: Vec<(Outlook, bool, u32)>,
    rest: Vec<u8>,
}

impl PageBuilder {
    /// Writes what is kept of a child.
    pub fn put(&mut self, entry: &Entry<'_>) {
        self.records.push((entry.outlook, false, self.place()));
        put_text(&mut self.rest, entry.child);
        put_text(&mut self.rest, entry.team);
        put_slice(&mut self.rest, entry.counts);
    }

    /// Writes that the copy no longer has a child.
    pub fn put_gone(&mut self, child: &str) {
        self.records.push((Outlook::default(), true, self.place()));
        put_text(&mut self.rest, child);
    }

    fn place(&self) -> u32 {
        // A page ends long before it has 4 GB.
        self.rest.len() as u32
    }

    /// The page.
    pub fn into_page(self, kind: Kind) -> Vec<u8> {
        let has_instants = self
            .records
            .iter()
            .any(|(outlook, ..)| outlook.wake.is_some() || outlook.next.is_some());
        let size = if has_instants { WITH_INSTANTS } else { PLAIN };
        let mut page = Vec::with_capacity(HEAD + size * self.records.len() + self.rest.len());
        page.push(match kind {
            Kind::Whole => WHOLE,
            Kind::Added => ADDED,
        });
        page.push(u8::from(has_instants));
        page.extend((self.records.len() as u32).to_le_bytes());
        for (outlook, gone, place) in &self.records {
            let day = outlook.next_change.map_or(NO_DAY, |day| day.0);
            let mut open = (outlook.open as u32).min(GONE - 1);
            open |= if outlook.begun { BEGUN } else { 0 };
            open |= if *gone { GONE } else { 0 };
            page.extend(day.to_le_bytes());
            page.extend(open.to_le_bytes());
            page.extend(place.to_le_bytes());
            if has_instants {
                for at in [outlook.wake, outlook.next] {
                    page.extend(at.map_or(NO_INSTANT, |at| at.0).to_le_bytes());
                }
            }
        }
        page.extend_from_slice(&self.rest);
        page
    }
}

/// A page as it is read.
#[derive(Debug, Clone)]
pub struct Page {
    /// The run of pages that it was read with.
    run: Arc<Vec<u8>>,
    place: Range<usize>,
    kind: Kind,
    size: usize,
    len: usize,
}

/// Whether a page can be read, with all that its entries count. One of an earlier corewatch never is.
pub fn reads_page(bytes: &[u8]) -> bool {
    if bytes.first().is_some_and(|kind| EARLIER.contains(kind)) {
        return true;
    }
    let Ok(page) = Page::of(Arc::new(bytes.to_vec()), 0..bytes.len()) else {
        return false;
    };
    (0..page.len()).all(|place| {
        page.entry(place)
            .is_ok_and(|entry| entry.is_none_or(|entry| entry.counts().all(|count| count.is_ok())))
    })
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
        let size = if head[1] == 0 { PLAIN } else { WITH_INSTANTS };
        let len = u32::from_le_bytes([head[2], head[3], head[4], head[5]]) as usize;
        if len > (bytes.len() - HEAD) / size {
            return Err(damaged());
        }
        Ok(Page {
            run,
            place,
            kind,
            size,
            len,
        })
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

    /// How many bytes it has.
    pub fn bytes(&self) -> usize {
        self.place.len()
    }

    fn records(&self) -> impl Iterator<Item = Raw<'_>> {
        let records = &self.all()[HEAD..HEAD + self.len * self.size];
        records.chunks_exact(self.size).map(Raw)
    }

    /// Whether somebody of it must be evaluated again, by place.
    pub fn due(&self, today: Day, now: Instant) -> impl Iterator<Item = bool> {
        let has_instants = self.size == WITH_INSTANTS;
        self.records().map(move |raw| {
            let is_due = raw.number(0) as i32 <= today.0 || raw.number(4) & BEGUN != 0;
            is_due || (has_instants && raw.instant(12).is_some_and(|wake| wake <= now))
        })
    }

    /// What is ahead of all but those who are passed over, together, and when the next step after `now`
    /// is told.
    pub fn ahead(&self, passed: &[bool], now: Instant) -> (Outlook, Option<Instant>) {
        let has_instants = self.size == WITH_INSTANTS;
        let (mut day, mut open, mut begun) = (NO_DAY, 0, 0);
        let (mut all, mut next) = (Outlook::default(), None);
        for (raw, passed) in self.records().zip(passed) {
            if *passed {
                continue;
            }
            let number = raw.number(4);
            day = day.min(raw.number(0) as i32);
            open += (number & !(BEGUN | GONE)) as usize;
            begun |= number & BEGUN;
            if has_instants {
                let told = raw.instant(20);
                all.wake = earlier(all.wake, raw.instant(12));
                all.next = earlier(all.next, told);
                next = earlier(next, told.filter(|told| *told > now));
            }
        }
        all.next_change = (day != NO_DAY).then_some(Day(day));
        all.begun = begun != 0;
        all.open = open;
        (all, next)
    }

    /// The child at a place, and what lies after its name; whether it went.
    fn child_at(&self, place: usize) -> Result<(&str, &[u8], Raw<'_>), StoreError> {
        let raw = HEAD + place * self.size;
        let raw = self.all().get(raw..raw + self.size);
        let raw = Raw(raw.filter(|_| place < self.len).ok_or_else(damaged)?);
        let at = HEAD + self.len * self.size + raw.number(8) as usize;
        let mut rest = self.all().get(at..).ok_or_else(damaged)?;
        Ok((text(&mut rest)?, rest, raw))
    }

    /// The child at a place.
    ///
    /// # Errors
    /// Where the page is damaged.
    pub fn child(&self, place: usize) -> Result<&str, StoreError> {
        Ok(self.child_at(place)?.0)
    }

    /// What is kept of the child at a place; nothing where it went.
    ///
    /// # Errors
    /// Where the page is damaged.
    pub fn entry(&self, place: usize) -> Result<Option<Entry<'_>>, StoreError> {
        let (child, mut rest, raw) = self.child_at(place)?;
        if raw.number(4) & GONE != 0 {
            return Ok(None);
        }
        Ok(Some(Entry {
            child,
            outlook: raw.outlook(),
            team: text(&mut rest)?,
            counts: slice(&mut rest)?,
        }))
    }

    /// The place of a child, where the children lie in the order of their ids.
    ///
    /// # Errors
    /// Where the page is damaged.
    pub fn find(&self, child: &str) -> Result<Option<usize>, StoreError> {
        let (mut first, mut beyond) = (0, self.len);
        while first < beyond {
            let middle = first.midpoint(beyond);
            match self.child(middle)?.cmp(child) {
                Ordering::Less => first = middle + 1,
                Ordering::Equal => return Ok(Some(middle)),
                Ordering::Greater => beyond = middle,
            }
        }
        Ok(None)
    }
}

fn earlier(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    [a, b].into_iter().flatten().min()
}

/// The bytes of one record.
struct Raw<'p>(&'p [u8]);

impl Raw<'_> {
    fn number(&self, at: usize) -> u32 {
        let bytes = self.0.get(at..).and_then(|rest| rest.first_chunk());
        bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }

    fn instant(&self, at: usize) -> Option<Instant> {
        let bytes = self.0.get(at..).and_then(|rest| rest.first_chunk())?;
        let instant = i64::from_le_bytes(*bytes);
        (instant != NO_INSTANT).then_some(Instant(instant))
    }

    fn outlook(&self) -> Outlook {
        let (day, open) = (self.number(0) as i32, self.number(4));
        Outlook {
            next_change: (day != NO_DAY).then_some(Day(day)),
            wake: self.instant(12),
            next: self.instant(20),
            begun: open & BEGUN != 0,
            open: (open & !(BEGUN | GONE)) as usize,
        }
    }
}
