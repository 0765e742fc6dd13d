//! What is kept of each child's evaluation, in pages of bytes: until when it holds, and what is
//! counted of it. What is closed is counted and no more; the rest follows from the timeline.
//!
//! A register is written whole at first, its children in the order of their ids. Later passes add pages
//! of new entries only, and the last entry of a child is the one that counts. Once these have grown, it
//! is written whole again.
//!
//! What is ahead of everybody lies apart from what is counted of them: a pass reads the one (`page`),
//! figures both (`tally`).

mod builder;
mod counts;
mod page;
mod tally;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::calendar::{Day, Instant};
use crate::case::{put_uint, take_uint};
use crate::metrics::Counted;
use crate::store::{Outlook, RegisterPage, Run, StoreError};

pub use builder::PageBuilder;
pub use counts::put_counts;
pub use page::{Kind, reads_page};

use page::Page;
use tally::Tallies;

/// The register is written whole again once the added pages have more than this part of its bytes.
const MOST_ADDED: usize = 4;
/// A page that was added is added to, rather than followed by another, until it has so many bytes.
const SMALL: usize = 64 << 10;

/// What is kept of one child's evaluation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The source's id of the child.
    pub child: &'a str,
    /// Until when it holds.
    pub outlook: Outlook,
    /// The team that has the case; empty where none has.
    pub team: &'a str,
    /// What [`put_counts`] wrote.
    pub counts: &'a [u8],
}

impl<'a> Entry<'a> {
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
        std::iter::from_fn(move || (!rest.is_empty()).then(|| counts::take_count(&mut rest)))
    }
}

/// Where an entry lies: the page, and the place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    page: usize,
    place: usize,
}

/// Places that are not, or no longer, looked at.
#[derive(Debug, Clone)]
pub struct Passed(Vec<Vec<bool>>);

impl Passed {
    /// Passes over a place from now on.
    pub fn pass(&mut self, at: Place) {
        self.0[at.page][at.place] = true;
    }
}

/// The register of an authority.
#[derive(Debug, Clone)]
pub struct Register {
    pages: Vec<Page>,
    /// How many of them it was written whole with: the first ones.
    whole: usize,
    /// Where the last entry of each child of an added page lies, in the order of the children.
    newest: Vec<Place>,
    /// What an added page says of a child in place of these, and children who went.
    old: Passed,
    /// How many children it has.
    children: usize,
}

impl Register {
    /// The register of these pages.
    ///
    /// # Errors
    /// Where they are damaged.
    pub fn of(pages: &[RegisterPage]) -> Result<Self, StoreError> {
        let pages = pages
            .iter()
            .map(|page| Page::whole_of(page.outlooks.clone()));
        Self::of_pages(pages.collect::<Result<_, _>>()?)
    }

    /// The register of these pages, as they are read from the store.
    ///
    /// # Errors
    /// Where they are damaged.
    pub fn of_runs(runs: impl IntoIterator<Item = Run>) -> Result<Self, StoreError> {
        let mut pages = Vec::new();
        for Run { bytes, ends } in runs {
            let bytes = Arc::new(bytes);
            let mut start = 0;
            for end in ends {
                pages.push(Page::of(Arc::clone(&bytes), start..end)?);
                start = end;
            }
        }
        Self::of_pages(pages)
    }

    fn of_pages(pages: Vec<Page>) -> Result<Self, StoreError> {
        let old = pages.iter().map(|page| vec![false; page.len()]).collect();
        let mut register = Register {
            children: pages.iter().map(Page::len).sum(),
            whole: pages.iter().take_while(|p| p.kind() == Kind::Whole).count(),
            pages,
            newest: Vec::new(),
            old: Passed(old),
        };
        let mut added: Vec<(&[u8], Place)> = Vec::new();
        for (number, page) in register.pages.iter().enumerate() {
            if page.kind() == Kind::Added {
                for place in 0..page.len() {
                    let at = Place {
                        page: number,
                        place,
                    };
                    added.push((page.name(place)?, at));
                }
            }
        }
        added.sort_by_key(|(child, at)| (*child, at.page, at.place));
        let mut gone = Vec::new();
        let mut newest = Vec::new();
        for (number, (child, at)) in added.iter().enumerate() {
            if added.get(number + 1).is_some_and(|(next, _)| next == child) {
                gone.push(*at);
                continue;
            }
            newest.push(*at);
            gone.extend(register.find_in_whole(child)?);
            if register.pages[at.page].is_gone(at.place)? {
                gone.push(*at);
            }
        }
        register.newest = newest;
        register.children -= gone.len();
        gone.into_iter().for_each(|at| register.old.pass(at));
        Ok(register)
    }

    /// How many pages it has.
    pub fn pages(&self) -> usize {
        self.pages.len()
    }

    /// How many children it has.
    pub fn children(&self) -> usize {
        self.children
    }

    /// The places that an added page has taken over.
    pub fn passed(&self) -> Passed {
        self.old.clone()
    }

    /// Where the last entry of a child lies, where it has one.
    ///
    /// # Errors
    /// Where the register is damaged.
    pub fn find(&self, child: &str) -> Result<Option<Place>, StoreError> {
        let mut failed = Ok(());
        let found = self.newest.binary_search_by(|at| {
            let known = self.pages[at.page].name(at.place);
            known.map_or_else(
                |error| {
                    failed = Err(error);
                    std::cmp::Ordering::Less
                },
                |known| known.cmp(child.as_bytes()),
            )
        });
        failed?;
        match found {
            Ok(number) => {
                let at = self.newest[number];
                let is_gone = self.pages[at.page].is_gone(at.place)?;
                Ok((!is_gone).then_some(at))
            }
            Err(_) => self.find_in_whole(child.as_bytes()),
        }
    }

    fn find_in_whole(&self, child: &[u8]) -> Result<Option<Place>, StoreError> {
        let (mut first, mut beyond) = (0, self.whole);
        while first < beyond {
            let middle = first.midpoint(beyond);
            let page = &self.pages[middle];
            if page.len() > 0 && page.name(0)? <= child {
                first = middle + 1;
            } else {
                beyond = middle;
            }
        }
        let Some(page) = first.checked_sub(1) else {
            return Ok(None);
        };
        let place = self.pages[page].find(child)?;
        Ok(place.map(|place| Place { page, place }))
    }

    /// Where the children lie who must be evaluated again, but for the places passed over.
    pub fn due(&self, passed: &Passed, today: Day, now: Instant) -> Vec<Place> {
        let mut due = Vec::new();
        for (page, (of_page, passed)) in self.pages.iter().zip(&passed.0).enumerate() {
            let places = of_page.due(today, now).into_iter();
            let places = places.filter(|place| !passed[*place]);
            due.extend(places.map(|place| Place { page, place }));
        }
        due
    }

    /// What is ahead of all but the places passed over, together, and when the next step after `now` is
    /// told.
    pub fn ahead(&self, passed: &Passed, now: Instant) -> (Outlook, Option<Instant>) {
        let (mut all, mut next) = (Outlook::default(), None);
        for (page, passed) in self.pages.iter().zip(&passed.0) {
            let (of_page, next_of_page) = page.ahead(passed, now);
            all.add(&of_page);
            next = [next, next_of_page].into_iter().flatten().min();
        }
        (all, next)
    }

    /// The child at a place.
    ///
    /// # Errors
    /// Where the register is damaged.
    pub fn child(&self, at: Place) -> Result<&str, StoreError> {
        self.pages[at.page].child(at.place)
    }

    /// Whether it says this of the child at a place.
    ///
    /// # Errors
    /// Where the register is damaged.
    pub fn says_the_same(&self, at: Place, entry: &Entry<'_>) -> Result<bool, StoreError> {
        self.pages[at.page].says(at.place, entry)
    }

    /// What is kept of each child, where `tallies` are what is counted of those of its pages, in the same
    /// order.
    ///
    /// # Errors
    /// Where the register or what is counted is damaged.
    pub fn entries<'r>(&'r self, tallies: &'r [Run]) -> Result<Vec<Entry<'r>>, StoreError> {
        let mut entries = Vec::with_capacity(self.children);
        let mut of_pages = tallies.iter().flat_map(Run::iter);
        for (page, old) in self.pages.iter().zip(&self.old.0) {
            let bytes = of_pages.next().ok_or_else(damaged)?;
            if bytes.len() != page.tallies() {
                return Err(damaged());
            }
            let mut tallies = Tallies::of(bytes)?;
            for (place, old) in old.iter().enumerate() {
                if page.is_gone(place)? {
                    continue;
                }
                let (team, counts) = tallies.take()?;
                if !old {
                    entries.push(Entry {
                        child: page.child(place)?,
                        outlook: page.outlook(place)?,
                        team,
                        counts,
                    });
                }
            }
            if !tallies.is_at_end() {
                return Err(damaged());
            }
        }
        if of_pages.next().is_some() {
            return Err(damaged());
        }
        Ok(entries)
    }

    /// The first of its pages that is to be written anew once a page like `added` follows: all where so
    /// much has been added, the last where little was, or none.
    pub fn first_to_fold(&self, added: &RegisterPage) -> usize {
        let bytes = |kind: Kind| -> usize {
            let of_kind = self.pages.iter().filter(|page| page.kind() == kind);
            of_kind.map(Page::bytes).sum()
        };
        let of_added = added.outlooks.len() + added.tallies.len();
        if bytes(Kind::Added) + of_added > bytes(Kind::Whole) / MOST_ADDED {
            return 0;
        }
        let last = self.pages.last();
        let is_small = last.is_some_and(|p| p.kind() == Kind::Added && p.bytes() < SMALL);
        self.pages.len() - usize::from(is_small)
    }

    /// The pages that follow the first `first` of its own so that it says what `added` says in place of
    /// what it said: `tallies` are what is counted of those of its pages that are written anew.
    ///
    /// # Errors
    /// Where the register is damaged.
    pub fn folded(
        &self,
        first: usize,
        mut tallies: Vec<Run>,
        added: RegisterPage,
    ) -> Result<Vec<RegisterPage>, StoreError> {
        if first == self.pages.len() {
            return Ok(vec![added]);
        }
        let mut pages = self.pages[first..].to_vec();
        pages.push(Page::whole_of(added.outlooks)?);
        tallies.push(Run::of_one(added.tallies));
        let folded = Register::of_pages(pages)?;
        let mut entries = folded.entries(&tallies)?;
        entries.sort_by_key(|entry| entry.child);
        if first == 0 {
            return Ok(whole_pages(&entries));
        }
        let mut page = PageBuilder::default();
        entries.iter().for_each(|entry| page.put(entry));
        for at in &folded.newest {
            let of_page = &folded.pages[at.page];
            if of_page.is_gone(at.place)? {
                page.put_gone(of_page.child(at.place)?);
            }
        }
        Ok(vec![page.into_page(Kind::Added)])
    }
}

/// Children of a page of a register that is gathered in.
const CHILDREN_OF_PAGE: usize = 256;

fn whole_pages(entries: &[Entry<'_>]) -> Vec<RegisterPage> {
    let pages = entries.chunks(CHILDREN_OF_PAGE).map(|entries| {
        let mut page = PageBuilder::default();
        entries.iter().for_each(|entry| page.put(entry));
        page.into_page(Kind::Whole)
    });
    pages.collect()
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
