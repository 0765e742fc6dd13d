//! What is kept of each child's evaluation, in pages of bytes: until when it holds, and what is
//! counted of it. What is closed is counted and no more; the rest follows from the timeline.
//!
//! A register is written whole at first. Later passes add a page of new entries only, and the last
//! entry of a child is the one that counts. Once these have grown, it is written whole again.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::calendar::{Day, Instant};
use crate::case::{put_uint, take_uint};
use crate::metrics::Counted;
use crate::rules::State;
use crate::store::StoreError;

/// Bytes after which a page is full: few enough for any database to take in one piece.
const PAGE_BYTES: usize = 1 << 20;
/// The register is written whole again once the added pages have more than this part of its bytes.
const MOST_ADDED: usize = 4;

/// The first byte of a page that the register was written whole with.
const WHOLE: u8 = 1;
/// The first byte of a page that was added.
const ADDED: u8 = 2;

const BEGUN: u8 = 1;
const GONE: u8 = 2;

/// What is kept of one child's evaluation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The source's id of the child.
    pub child: &'a str,
    /// The day on which time alone may change it.
    pub next_change: Option<Day>,
    /// The instant at which the next step of a ladder falls.
    pub wake: Option<Instant>,
    /// When the next step is told: the same, in sending hours where its ladder keeps to them.
    pub next: Option<Instant>,
    /// Whether a step has fallen for what is open: alerts look at the child in every pass.
    pub begun: bool,
    /// Open obligations of rules that this was no baseline for.
    pub open: usize,
    /// The team that has the case; empty where none has.
    pub team: &'a str,
    /// What [`put_counts`] wrote.
    pub(super) counts: &'a [u8],
}

impl<'a> Entry<'a> {
    /// An entry about a child, with nothing to it yet; `counts` are those that [`put_counts`] wrote.
    pub fn new(child: &'a str, team: &'a str, counts: &'a [u8]) -> Self {
        Entry {
            child,
            next_change: None,
            wake: None,
            next: None,
            begun: false,
            open: 0,
            team,
            counts,
        }
    }

    /// Whether time has passed it by: it must be evaluated again.
    pub fn is_due(&self, today: Day, now: Instant) -> bool {
        self.next_change.is_some_and(|day| day <= today) || self.wake.is_some_and(|at| at <= now)
    }

    /// Whether it has any obligation.
    pub fn has_obligations(&self) -> bool {
        !self.counts.is_empty()
    }

    /// Its obligations: how many of each are counted alike.
    ///
    /// # Errors
    /// Where the register is damaged.
    pub fn counts(&self) -> impl Iterator<Item = Result<(Counted, u64), StoreError>> + use<'a> {
        let mut rest = self.counts;
        std::iter::from_fn(move || (!rest.is_empty()).then(|| take_count(&mut rest)))
    }
}

/// Due days are written as the distance from this one: then two bytes suffice for decades.
const NEAR_DAY: i64 = 20_500;

/// Counts obligations as of `today`, given rule by rule, and writes what came out. Where a due day no
/// longer matters, those of a rule and state are one count, with the earliest due day of them.
pub fn put_counts(out: &mut Vec<u8>, obligations: impl Iterator<Item = Counted>, today: Day) {
    let mut counts: SmallVec<[(Counted, u64); 32]> = SmallVec::new();
    for counted in obligations {
        let matters = counted.due_matters(today);
        let mut of_rule = counts
            .iter_mut()
            .rev()
            .take_while(|(c, _)| c.rule == counted.rule);
        let same = of_rule.find(|(c, _)| {
            let is_old = !matters && !c.due_matters(today);
            c.state == counted.state && (c.due == counted.due || is_old)
        });
        match same {
            Some((same, count)) => {
                *count += 1;
                same.due = same.due.min(counted.due);
            }
            None => counts.push((counted, 1)),
        }
    }
    for (counted, count) in counts {
        let place = counted.rule * State::ALL.len() + counted.state as usize;
        put_uint(out, place as u64);
        put_uint(out, count);
        put_signed(out, i64::from(counted.due.0) - NEAR_DAY);
    }
}

fn take_count(rest: &mut &[u8]) -> Result<(Counted, u64), StoreError> {
    let place = uint(rest)? as usize;
    let count = uint(rest)?;
    let counted = Counted {
        rule: place / State::ALL.len(),
        state: State::ALL[place % State::ALL.len()],
        due: day(signed(rest)?.wrapping_add(NEAR_DAY))?,
    };
    Ok((counted, count))
}

/// The pages of an authority's register.
#[derive(Debug, Clone, Default)]
pub struct Register {
    pages: Vec<Vec<u8>>,
}

/// Pages as they are written.
#[derive(Debug)]
pub struct Pages {
    kind: u8,
    pages: Vec<Vec<u8>>,
}

impl Pages {
    /// Pages of a register that is written whole.
    pub fn whole() -> Self {
        Self::of(WHOLE)
    }

    /// Pages that are added to a register.
    pub fn added() -> Self {
        Self::of(ADDED)
    }

    fn of(kind: u8) -> Self {
        Pages {
            kind,
            pages: Vec::new(),
        }
    }

    fn page(&mut self) -> &mut Vec<u8> {
        if self.pages.last().is_none_or(|page| page.len() > PAGE_BYTES) {
            self.pages.push(vec![self.kind]);
        }
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    /// Writes what is kept of a child.
    pub fn put(&mut self, entry: &Entry<'_>) {
        let page = self.page();
        page.push(if entry.begun { BEGUN } else { 0 });
        put_text(page, entry.child);
        put_optional(page, entry.next_change.map(|day| i64::from(day.0)));
        put_optional(page, entry.wake.map(|at| at.0));
        put_optional(page, entry.next.map(|at| at.0));
        put_uint(page, entry.open as u64);
        put_text(page, entry.team);
        put_slice(page, entry.counts);
    }

    /// Writes that the copy no longer has a child.
    pub fn put_gone(&mut self, child: &str) {
        let page = self.page();
        page.push(GONE);
        put_text(page, child);
    }

    /// The pages.
    pub fn into_pages(self) -> Vec<Vec<u8>> {
        self.pages
    }
}

impl Register {
    /// The register of these pages.
    pub fn of(pages: Vec<Vec<u8>>) -> Self {
        Register { pages }
    }

    /// How many pages it has.
    pub fn pages(&self) -> usize {
        self.pages.len()
    }

    /// It with these pages added.
    pub fn with(mut self, pages: &[Vec<u8>]) -> Self {
        self.pages.extend_from_slice(pages);
        self
    }

    /// Whether so much was added to it that it is better written whole again.
    pub fn is_ragged(&self) -> bool {
        let bytes = |kind: u8| -> usize {
            let of_kind = self.pages.iter().filter(|page| page.first() == Some(&kind));
            of_kind.map(Vec::len).sum()
        };
        bytes(ADDED) > bytes(WHOLE) / MOST_ADDED
    }

    /// What is kept of each child: its last entry.
    ///
    /// # Errors
    /// Where the register is damaged.
    pub fn entries(&self) -> Result<Vec<Entry<'_>>, StoreError> {
        let mut added: FxHashMap<&str, Option<Entry<'_>>> = FxHashMap::default();
        for page in self
            .pages
            .iter()
            .filter(|page| page.first() == Some(&ADDED))
        {
            each(page, |child, entry| {
                added.insert(child, entry);
            })?;
        }
        let mut entries = Vec::new();
        for page in self
            .pages
            .iter()
            .filter(|page| page.first() == Some(&WHOLE))
        {
            each(page, |child, entry| {
                if added.is_empty() || !added.contains_key(child) {
                    entries.extend(entry);
                }
            })?;
        }
        entries.extend(added.into_values().flatten());
        Ok(entries)
    }
}

/// Whether a page can be read, with all that its entries count.
pub fn reads_page(page: &[u8]) -> bool {
    let mut counted = true;
    let read = each(page, |_, entry| {
        counted &= entry.is_none_or(|entry| entry.counts().all(|count| count.is_ok()));
    });
    matches!(page.first(), Some(&(WHOLE | ADDED))) && read.is_ok() && counted
}

fn each<'p>(
    page: &'p [u8],
    mut take: impl FnMut(&'p str, Option<Entry<'p>>),
) -> Result<(), StoreError> {
    let mut rest = page.get(1..).unwrap_or_default();
    while let Some((flags, after)) = rest.split_first() {
        rest = after;
        let child = text(&mut rest)?;
        if flags & GONE != 0 {
            take(child, None);
            continue;
        }
        let entry = Entry {
            child,
            begun: flags & BEGUN != 0,
            next_change: optional(&mut rest)?.map(day).transpose()?,
            wake: optional(&mut rest)?.map(Instant),
            next: optional(&mut rest)?.map(Instant),
            open: uint(&mut rest)? as usize,
            team: text(&mut rest)?,
            counts: slice(&mut rest)?,
        };
        take(child, Some(entry));
    }
    Ok(())
}

fn damaged() -> StoreError {
    StoreError::Damaged("a page of the register of evaluations".to_owned())
}

fn uint(rest: &mut &[u8]) -> Result<u64, StoreError> {
    take_uint(rest).map_err(|_| damaged())
}

fn signed(rest: &mut &[u8]) -> Result<i64, StoreError> {
    let value = uint(rest)?;
    Ok((value >> 1) as i64 ^ -((value & 1) as i64))
}

/// A signed number, zigzagged so that small ones are short.
fn put_signed(out: &mut Vec<u8>, value: i64) {
    put_uint(out, ((value << 1) ^ (value >> 63)) as u64);
}

fn day(number: i64) -> Result<Day, StoreError> {
    i32::try_from(number).map(Day).map_err(|_| damaged())
}

/// Nothing, or a number.
fn put_optional(out: &mut Vec<u8>, value: Option<i64>) {
    out.push(u8::from(value.is_some()));
    if let Some(value) = value {
        put_signed(out, value);
    }
}

fn optional(rest: &mut &[u8]) -> Result<Option<i64>, StoreError> {
    match uint(rest)? {
        0 => Ok(None),
        _ => signed(rest).map(Some),
    }
}

fn put_slice(out: &mut Vec<u8>, bytes: &[u8]) {
    put_uint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_slice(out, text.as_bytes());
}

fn slice<'p>(rest: &mut &'p [u8]) -> Result<&'p [u8], StoreError> {
    let length = usize::try_from(uint(rest)?).map_err(|_| damaged())?;
    let (bytes, after) = rest.split_at_checked(length).ok_or_else(damaged)?;
    *rest = after;
    Ok(bytes)
}

fn text<'p>(rest: &mut &'p [u8]) -> Result<&'p str, StoreError> {
    std::str::from_utf8(slice(rest)?).map_err(|_| damaged())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry<'a>(child: &'a str, counts: &'a [u8]) -> Entry<'a> {
        Entry {
            next_change: Some(Day(20_000)),
            wake: Some(Instant(-5)),
            begun: true,
            open: 300,
            ..Entry::new(child, "north", counts)
        }
    }

    #[test]
    fn the_last_entry_of_a_child_counts_and_who_went_is_not_there() {
        let mut counts = Vec::new();
        let found = [
            (0, State::Met, -9),
            (0, State::Overdue, -200),
            (0, State::Overdue, -100),
            (0, State::Overdue, -90),
            (3, State::Pending, 4),
        ];
        let today = Day(20_700);
        let found = found.map(|(rule, state, due)| Counted {
            rule,
            state,
            due: today.plus(due),
        });
        put_counts(&mut counts, found.into_iter(), today);
        let mut whole = Pages::whole();
        for child in ["anna", "ben", "cleo"] {
            whole.put(&entry(child, &counts));
        }
        let mut added = Pages::added();
        added.put(&Entry::new("ben", "", &[]));
        added.put_gone("cleo");
        let register = Register::of(whole.into_pages()).with(&added.into_pages());
        let mut entries = register.entries().unwrap();
        entries.sort_by_key(|entry| entry.child);
        assert_eq!(
            entries,
            [entry("anna", &counts), Entry::new("ben", "", &[])]
        );
        let said: Vec<_> = (entries[0].counts().map(Result::unwrap))
            .map(|(c, count)| (c.rule, c.state, c.due.since(today), count))
            .collect();
        assert_eq!(
            said,
            [
                (0, State::Met, -9, 1),
                (0, State::Overdue, -200, 2),
                (0, State::Overdue, -90, 1),
                (3, State::Pending, 4, 1)
            ]
        );
    }

    #[test]
    fn a_damaged_page_is_told() {
        let mut pages = Pages::whole();
        pages.put(&entry("anna", &[1, 1]));
        let mut pages = pages.into_pages();
        pages[0].pop();
        assert!(Register::of(pages).entries().is_err());
    }

    #[test]
    fn what_was_added_is_gathered_in_once_it_has_grown() {
        let mut whole = Pages::whole();
        for child in 0..100 {
            whole.put(&entry(&child.to_string(), &[]));
        }
        let register = Register::of(whole.into_pages());
        assert!(!register.is_ragged());
        let mut added = Pages::added();
        for child in 0..30 {
            added.put(&entry(&child.to_string(), &[]));
        }
        assert!(register.with(&added.into_pages()).is_ragged());
    }
}
