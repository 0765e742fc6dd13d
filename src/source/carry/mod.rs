//! What a reading of changes leaves as the copy has it: rows that did not come are carried over, and
//! so is their place in the quarantine. Where what came does not tell enough (a row that may have
//! moved, an id that another row has too, a child whose rows came before it) queries are to be read
//! in full after all.

mod quarantine;

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use super::gather::{Entry, Gathered, row_hash};
use super::plan::{FixedKinds, Plan};
use super::profile::{Query, Subject};
use super::read::Reading;
use super::row_digest::{self, row_digest};
use super::settle::{HELD_EVENT, HELD_PERIOD, PAGE, decode, header, identity};
use crate::case::{Class, Symbol, Symbols, Timeline};
use crate::store::copy::{self, Unusable};
use crate::store::{StoreError, Transaction};

/// How many children of the copy are asked for at a time.
const ASKED_AT_ONCE: usize = 500;

/// What was carried over.
#[derive(Debug, Default)]
pub(super) struct Carried {
    /// The children that anything came of, each with its timeline in the copy; `None` where all of
    /// the copy was looked at.
    pub(super) touched: Option<BTreeMap<u32, Vec<u8>>>,
    /// Rows in quarantine that did not come again.
    pub(super) unusable: Vec<Unusable>,
    /// Digests of rows that the copy did not hold.
    pub(super) new: Vec<u64>,
}

/// What a reading of changes comes to.
pub(super) enum Verdict {
    /// It tells enough.
    Carried(Carried),
    /// The queries with these numbers must be read in full.
    ReadWhole(BTreeSet<usize>),
}

/// Carries over into `gathered` what the copy holds and did not come.
///
/// # Errors
/// Where the store fails.
pub(super) async fn carry(
    tx: &mut Transaction,
    reading: &Reading<'_>,
    plan: &Plan,
    symbols: &Symbols,
    gathered: &mut Gathered,
) -> Result<Verdict, StoreError> {
    let queries = &reading.profile.queries;
    gathered
        .entries
        .sort_unstable_by_key(|entry| (entry.hash, entry.offset));
    let came = gathered.entries.clone();
    let mut carrying = Carrying {
        queries,
        plan,
        symbols,
        fixed: FixedKinds::of(queries, symbols),
        kindless: FxHashMap::default(),
        found: vec![false; came.len()],
        came,
        unclear: BTreeSet::new(),
    };
    carrying.note_kindless(gathered)?;
    let unusable = carrying.quarantine(reading, gathered)?;
    if !carrying.unclear.is_empty() {
        return Ok(Verdict::ReadWhole(carrying.unclear));
    }
    let forgotten: FxHashSet<&str> = reading
        .base
        .unusable
        .iter()
        .filter_map(|row| row.waits_for_child.as_deref())
        .collect();
    let mut carried = Carried {
        unusable,
        ..Carried::default()
    };
    if plan.looks_at_all(queries) {
        let mut after = String::new();
        loop {
            let page = copy::timelines_after(tx, reading.authority, &after, PAGE).await?;
            for held in &page {
                carrying.hold(gathered, &held.bytes, &forgotten)?;
            }
            match page.last() {
                Some(last) if page.len() == PAGE as usize => after = last.child_id.clone(),
                _ => break,
            }
        }
    } else {
        let touched = carrying.touched(tx, reading, gathered, &forgotten).await?;
        carried.touched = Some(touched);
        carried.new = carrying.look_elsewhere(tx, reading, gathered).await?;
    }
    if carrying.unclear.is_empty() {
        Ok(Verdict::Carried(carried))
    } else {
        Ok(Verdict::ReadWhole(carrying.unclear))
    }
}

struct Carrying<'c> {
    queries: &'c [Query],
    plan: &'c Plan,
    symbols: &'c Symbols,
    fixed: FixedKinds,
    /// What came, by hash, and whether the copy was found to hold each.
    came: Vec<Entry>,
    found: Vec<bool>,
    /// Rows that came whose kind no query fixes, by class and id, with their query.
    kindless: FxHashMap<(Class, Box<str>), usize>,
    /// Queries that must be read in full.
    unclear: BTreeSet<usize>,
}

impl Carrying<'_> {
    fn note_kindless(&mut self, gathered: &Gathered) -> Result<(), StoreError> {
        if self
            .queries
            .iter()
            .all(|query| query.kind.is_some() || is_of_no_kind(query))
        {
            return Ok(());
        }
        for entry in &self.came {
            let (query, class, kind, id) = identity(self.queries, gathered, entry)?;
            if !self.fixed.holds(class, kind) {
                self.kindless.insert((class, id.into()), query.into());
            }
        }
        Ok(())
    }

    /// Loads the children that anything came of.
    async fn touched(
        &mut self,
        tx: &mut Transaction,
        reading: &Reading<'_>,
        gathered: &mut Gathered,
        forgotten: &FxHashSet<&str>,
    ) -> Result<BTreeMap<u32, Vec<u8>>, StoreError> {
        let unreadable: Vec<Box<str>> =
            self.unreadable_children(gathered).map(Into::into).collect();
        for id in unreadable {
            gathered.child(&id);
        }
        let names: Vec<Box<str>> = gathered.children.iter().map(|c| c.id.clone()).collect();
        let mut touched = BTreeMap::new();
        for some in names.chunks(ASKED_AT_ONCE) {
            let some: Vec<&str> = some.iter().map(|name| &**name).collect();
            for held in copy::timelines_of(tx, reading.authority, &some).await? {
                self.hold(gathered, &held.bytes, forgotten)?;
                touched.insert(gathered.child(&held.child_id), held.bytes);
            }
        }
        Ok(touched)
    }

    /// Carries over what a timeline of the copy holds, as far as it did not come again.
    fn hold(
        &mut self,
        gathered: &mut Gathered,
        bytes: &[u8],
        forgotten: &FxHashSet<&str>,
    ) -> Result<(), StoreError> {
        let Some(timeline) = decode(bytes) else {
            return Ok(());
        };
        let child = gathered.child(timeline.child.id);
        let of_child = &mut gathered.children[child as usize];
        if !of_child.known {
            let children_came = !self.plan.is_changes_of(Subject::Children, self.queries);
            *of_child = header(&timeline);
            // Without a row among the children its rows are those of an unknown child still.
            of_child.known = !children_came && !forgotten.contains(timeline.child.id);
        }
        for period in &timeline.periods {
            if self.is_carried(gathered, Class::Period, period.kind, period.id, child)? {
                let offset = gathered.rows.push_period(HELD_PERIOD, period);
                gathered.enter(
                    row_hash(Class::Period, period.kind, period.id),
                    offset,
                    child,
                );
            }
        }
        for event in &timeline.events {
            if self.is_carried(gathered, Class::Event, event.kind, event.id, child)? {
                let offset = gathered.rows.push_event(HELD_EVENT, event);
                gathered.enter(row_hash(Class::Event, event.kind, event.id), offset, child);
            }
        }
        Ok(())
    }

    /// Whether a row of the copy stays as it is: its kind is read by changes, and it did not come.
    fn is_carried(
        &mut self,
        gathered: &Gathered,
        class: Class,
        kind: Symbol,
        id: &str,
        child: u32,
    ) -> Result<bool, StoreError> {
        let hash = row_hash(class, kind, id);
        let start = self.came.partition_point(|entry| entry.hash < hash);
        let mut again = false;
        for i in start..self.came.len() {
            let entry = self.came[i];
            if entry.hash != hash {
                break;
            }
            let (query, of_class, of_kind, of_id) = identity(self.queries, gathered, &entry)?;
            if (of_class, of_kind, of_id) == (class, kind, id) {
                again = true;
                self.found[i] = true;
                if entry.child != child {
                    // It moved, or is there twice: only all rows together tell which.
                    self.doubt(query.into());
                }
            }
        }
        if !again
            && !self.fixed.holds(class, kind)
            && let Some(query) = self.kindless.get(&(class, id.into())).copied()
        {
            // Its kind changed, or another row has its id.
            self.doubt(query);
        }
        Ok(!again && !self.is_whole(class, kind))
    }

    /// Whether all rows of a kind came.
    fn is_whole(&self, class: Class, kind: Symbol) -> bool {
        let name = self.symbols.name(kind);
        (0..self.queries.len()).any(|number| {
            let query = &self.queries[number];
            super::columns::class(query.subject) == Some(class)
                && query.kind.as_deref().is_none_or(|fixed| fixed == name)
                && self.plan.is_whole(number)
        })
    }

    fn doubt(&mut self, query: usize) {
        if !self.plan.is_whole(query) {
            self.unclear.insert(query);
        }
    }

    /// Looks for the rows that came and that their own child does not hold among all others; gives
    /// the digests of those that are new.
    async fn look_elsewhere(
        &mut self,
        tx: &mut Transaction,
        reading: &Reading<'_>,
        gathered: &Gathered,
    ) -> Result<Vec<u64>, StoreError> {
        let mut unseen: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
        for (i, entry) in self.came.iter().enumerate() {
            if !self.found[i] && gathered.children[entry.child as usize].known {
                let (_, class, kind, id) = identity(self.queries, gathered, entry)?;
                let digest = row_digest(&self.fixed, class, kind, id);
                unseen.entry(digest).or_default().push(i);
            }
        }
        let mut new: Vec<u64> = unseen.keys().copied().collect();
        new.sort_unstable();
        let known = row_digest::known(tx, reading.authority, &new).await?;
        if known.is_empty() {
            return Ok(new);
        }
        let known: FxHashSet<u64> = known.into_iter().collect();
        unseen.retain(|digest, _| known.contains(digest));
        new.retain(|digest| !known.contains(digest));
        let mut doubts = BTreeSet::new();
        let mut after = String::new();
        loop {
            let page = copy::timelines_after(tx, reading.authority, &after, PAGE).await?;
            for held in &page {
                let Some(timeline) = decode(&held.bytes) else {
                    continue;
                };
                for (class, kind, id) in rows_of(&timeline) {
                    let digest = row_digest(&self.fixed, class, kind, id);
                    for i in unseen.get(&digest).into_iter().flatten() {
                        let entry = &self.came[*i];
                        let (query, of_class, _, of_id) = identity(self.queries, gathered, entry)?;
                        if (of_class, of_id) == (class, id) {
                            doubts.insert(usize::from(query));
                        }
                    }
                }
            }
            match page.last() {
                Some(last) if page.len() == PAGE as usize => after = last.child_id.clone(),
                _ => break,
            }
        }
        for query in doubts {
            self.doubt(query);
        }
        Ok(new)
    }
}

fn is_of_no_kind(query: &Query) -> bool {
    super::columns::class(query.subject).is_none()
}

fn rows_of<'t>(timeline: &'t Timeline<'t>) -> impl Iterator<Item = (Class, Symbol, &'t str)> {
    let periods = timeline
        .periods
        .iter()
        .map(|p| (Class::Period, p.kind, p.id));
    let events = timeline.events.iter().map(|e| (Class::Event, e.kind, e.id));
    periods.chain(events)
}
