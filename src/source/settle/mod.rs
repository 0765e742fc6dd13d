//! What was gathered, weighed against the copy: which of two rows with one id stays, and which rows
//! that cannot be used any more keep their last good form (SPEC 3, Identity; SPEC 4).

mod children;
mod contested;

use rustc_hash::FxHashMap;

use self::children::settle_children;
pub(super) use self::children::{decode, header};
use self::contested::{contested, settle_contested};
use super::carry::Carried;
use super::columns::class;
use super::gather::{Entry, Gathered, GatheredChild, row_hash};
use super::plan::FixedKinds;
use super::profile::Query;
use super::unfit::{Reason, Unfit};
use crate::case::{Class, Symbol, Timeline};
use crate::store::copy;
use crate::store::{StoreError, Transaction};

/// How many timelines of the copy are read at a time.
pub(super) const PAGE: u32 = 1000;

/// A row whose last form in the copy matters.
struct Wanted {
    class: Class,
    kind: Symbol,
    id: Box<str>,
    /// Its child and offset, where the copy holds it.
    held: Option<(u32, usize)>,
}

/// Rows by hash whose last form in the copy matters.
#[derive(Default)]
struct Wants {
    rows: Vec<Wanted>,
    by_hash: FxHashMap<u64, Vec<usize>>,
    /// Ids, with their class, of rows whose kind cannot be read any more: of any kind that no query
    /// fixes.
    of_any_kind: FxHashMap<Box<str>, Vec<Class>>,
}

impl Wants {
    fn find(&self, class: Class, kind: Symbol, id: &str) -> Option<usize> {
        let candidates = self.by_hash.get(&row_hash(class, kind, id))?;
        candidates.iter().copied().find(|i| {
            let row = &self.rows[*i];
            row.class == class && row.kind == kind && &*row.id == id
        })
    }

    /// As [`Wants::find`], and of a row whose kind cannot be read any more, whatever kind it had.
    fn find_held(
        &mut self,
        fixed: &FixedKinds,
        class: Class,
        kind: Symbol,
        id: &str,
    ) -> Option<usize> {
        if let Some(index) = self.find(class, kind, id) {
            return Some(index);
        }
        let classes = self.of_any_kind.get(id)?;
        let is_wanted = classes.contains(&class) && !fixed.holds(class, kind);
        is_wanted.then(|| self.want(class, kind, id))
    }

    fn want(&mut self, class: Class, kind: Symbol, id: &str) -> usize {
        if let Some(index) = self.find(class, kind, id) {
            return index;
        }
        let index = self.rows.len();
        self.rows.push(Wanted {
            class,
            kind,
            id: id.into(),
            held: None,
        });
        self.by_hash
            .entry(row_hash(class, kind, id))
            .or_default()
            .push(index);
        index
    }
}

/// Settles what was gathered, and carried over where not everything was read: afterwards every entry is a row to keep, of a child to keep, and
/// `unfit` holds everything else.
///
/// # Errors
/// Where the store fails.
pub(super) async fn settle(
    tx: &mut Transaction,
    authority: &str,
    queries: &[Query],
    fixed: &FixedKinds,
    gathered: &mut Gathered,
    carried: Option<&Carried>,
) -> Result<(), StoreError> {
    settle_children(tx, authority, queries, gathered).await?;
    let mut wants = Wants::default();
    let orphans = take_orphans(queries, gathered)?;
    gathered.unfit.extend(orphans);
    let contested = contested(queries, gathered)?;
    for group in &contested {
        wants.want(group.class, group.kind, &group.id);
    }
    for unfit in &gathered.unfit {
        let class = class(queries[unfit.query as usize].subject);
        match (class, unfit.kind, &unfit.id) {
            (Some(class), Some(kind), Some(id)) => {
                wants.want(class, kind, id);
            }
            (Some(class), None, Some(id)) => {
                let classes = wants.of_any_kind.entry(id.clone()).or_default();
                classes.push(class);
            }
            _ => {}
        }
    }
    if wants.rows.is_empty() && wants.of_any_kind.is_empty() {
        return Ok(());
    }
    match carried.and_then(|carried| carried.touched.as_ref()) {
        Some(touched) => {
            for bytes in touched.values() {
                look_into(bytes, fixed, gathered, &mut wants);
            }
        }
        None => look_up(tx, authority, fixed, gathered, &mut wants).await?,
    }
    settle_contested(gathered, &wants, contested)?;
    keep_last_good(gathered, &wants);
    Ok(())
}

/// The rows that came of children that no row of the children is there for, taken out; what the copy
/// holds of such a child and did not come stays, and the child with it.
fn take_orphans(queries: &[Query], gathered: &mut Gathered) -> Result<Vec<Unfit>, StoreError> {
    let mut orphans = Vec::new();
    let mut stay = Vec::new();
    let mut failed = None;
    let mut kept = std::mem::take(&mut gathered.entries);
    kept.retain(|entry| {
        let child = &gathered.children[entry.child as usize];
        if child.known {
            return true;
        }
        match identity(queries, gathered, entry) {
            Ok((HELD_QUERY, ..)) => {
                stay.push(entry.child);
                return true;
            }
            Ok((query, _, kind, id)) => orphans.push(Unfit {
                waits_for_child: Some(child.id.clone()),
                ..Unfit::known(query, id.into(), Some(kind), Reason::UnknownChild)
            }),
            Err(error) => failed = Some(error),
        }
        false
    });
    gathered.entries = kept;
    for child in stay {
        gathered.children[child as usize].known = true;
    }
    failed.map_or(Ok(orphans), Err)
}

/// The query, class, kind and id of a gathered row.
pub(super) fn identity<'g>(
    queries: &[Query],
    gathered: &'g Gathered,
    entry: &Entry,
) -> Result<(u16, Class, Symbol, &'g str), StoreError> {
    let damaged = |_| StoreError::Damaged("a row that was just gathered".to_owned());
    let at = entry.offset as usize;
    let query = gathered.rows.tag(at).map_err(damaged)?;
    let class = class_of(queries, query);
    let (kind, id) = match class {
        Class::Period => {
            let period = gathered.rows.period(at).map_err(damaged)?;
            (period.kind, period.id)
        }
        Class::Event => {
            let event = gathered.rows.event(at).map_err(damaged)?;
            (event.kind, event.id)
        }
    };
    Ok((u16::try_from(query).unwrap_or(HELD_QUERY), class, kind, id))
}

/// Finds the last forms of the wanted rows in the copy.
async fn look_up(
    tx: &mut Transaction,
    authority: &str,
    fixed: &FixedKinds,
    gathered: &mut Gathered,
    wants: &mut Wants,
) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let page = copy::timelines_after(tx, authority, &after, PAGE).await?;
        for stored in &page {
            look_into(&stored.bytes, fixed, gathered, wants);
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => after = last.child_id.clone(),
            _ => return Ok(()),
        }
    }
}

/// Finds the last forms of the wanted rows in one timeline of the copy.
fn look_into(bytes: &[u8], fixed: &FixedKinds, gathered: &mut Gathered, wants: &mut Wants) {
    let Some(timeline) = decode(bytes) else {
        return;
    };
    for period in &timeline.periods {
        if let Some(index) = wants.find_held(fixed, Class::Period, period.kind, period.id) {
            let child = held_by(gathered, &timeline);
            let offset = gathered.rows.push_period(HELD_PERIOD, period);
            wants.rows[index].held = Some((child, offset));
        }
    }
    for event in &timeline.events {
        if let Some(index) = wants.find_held(fixed, Class::Event, event.kind, event.id) {
            let child = held_by(gathered, &timeline);
            let offset = gathered.rows.push_event(HELD_EVENT, event);
            wants.rows[index].held = Some((child, offset));
        }
    }
}

/// Stand for the number of a query in rows that come from the copy.
pub(super) const HELD_PERIOD: u32 = u32::MAX - 1;
pub(super) const HELD_EVENT: u32 = u32::MAX;
/// The same, where the class is told beside it.
const HELD_QUERY: u16 = u16::MAX;

/// The class of a row by the number under which it was added.
pub(super) fn class_of(queries: &[Query], tag: u32) -> Class {
    match tag {
        HELD_PERIOD => Class::Period,
        HELD_EVENT => Class::Event,
        query => class(queries[query as usize].subject).unwrap_or(Class::Event),
    }
}

/// The index of the child whose timeline of the copy is in hand, with what the copy knows of it where
/// the source no longer says.
fn held_by(gathered: &mut Gathered, timeline: &Timeline<'_>) -> u32 {
    let index = gathered.child(timeline.child.id);
    let child = &mut gathered.children[index as usize];
    if !child.known {
        *child = GatheredChild {
            known: false,
            ..header(timeline)
        };
    }
    index
}

/// Enters the last good form of each row that cannot be used now and whose id no usable row has.
fn keep_last_good(gathered: &mut Gathered, wants: &Wants) {
    gathered.entries.sort_unstable_by_key(|entry| entry.hash);
    let mut kept = Vec::new();
    for wanted in &wants.rows {
        let Some((child, offset)) = wanted.held else {
            continue;
        };
        let hash = row_hash(wanted.class, wanted.kind, &wanted.id);
        let start = gathered.entries.partition_point(|entry| entry.hash < hash);
        let mut usable = false;
        for entry in gathered.entries[start..]
            .iter()
            .take_while(|entry| entry.hash == hash)
        {
            usable |= alike(gathered, wanted, entry);
        }
        if !usable {
            kept.push((hash, offset, child));
        }
    }
    for (hash, offset, child) in kept {
        gathered.children[child as usize].known = true;
        gathered.enter(hash, offset, child);
    }
}

/// Whether a row has the wanted identity.
fn alike(gathered: &Gathered, wanted: &Wanted, entry: &Entry) -> bool {
    let at = entry.offset as usize;
    match wanted.class {
        Class::Period => gathered
            .rows
            .period(at)
            .is_ok_and(|row| row.kind == wanted.kind && row.id == &*wanted.id),
        Class::Event => gathered
            .rows
            .event(at)
            .is_ok_and(|row| row.kind == wanted.kind && row.id == &*wanted.id),
    }
}
