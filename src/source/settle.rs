//! What was gathered, weighed against the copy: which of two rows with one id stays, and which rows
//! that cannot be used any more keep their last good form (SPEC 3, Identity; SPEC 4).

use rustc_hash::{FxHashMap, FxHashSet};

use super::columns::class;
use super::gather::{Entry, Gathered, GatheredChild, row_hash};
use super::profile::{Query, Subject};
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
}

impl Wants {
    fn find(&self, class: Class, kind: Symbol, id: &str) -> Option<usize> {
        let candidates = self.by_hash.get(&row_hash(class, kind, id))?;
        candidates.iter().copied().find(|i| {
            let row = &self.rows[*i];
            row.class == class && row.kind == kind && &*row.id == id
        })
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

/// Settles what was gathered: afterwards every entry is a row to keep, of a child to keep, and
/// `unfit` holds everything else.
///
/// # Errors
/// Where the store fails.
pub(super) async fn settle(
    tx: &mut Transaction,
    authority: &str,
    queries: &[Query],
    gathered: &mut Gathered,
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
        if let (Some(class), Some(kind), Some(id)) = (
            class(queries[unfit.query as usize].subject),
            unfit.kind,
            &unfit.id,
        ) {
            wants.want(class, kind, id);
        }
    }
    if wants.rows.is_empty() {
        return Ok(());
    }
    look_up(tx, authority, gathered, &mut wants).await?;
    settle_contested(gathered, &wants, contested)?;
    keep_last_good(gathered, &wants);
    Ok(())
}

/// Chooses among rows of one child id, and keeps the children whose row cannot be used any more.
async fn settle_children(
    tx: &mut Transaction,
    authority: &str,
    queries: &[Query],
    gathered: &mut Gathered,
) -> Result<(), StoreError> {
    let again = std::mem::take(&mut gathered.children_again);
    for child in again {
        let index = gathered.child(&child.id) as usize;
        let held = held_child(tx, authority, &child.id).await?;
        let first = &mut gathered.children[index];
        let mut other = child;
        if held.is_some_and(|held| held.same_as(&other) && !held.same_as(first)) {
            std::mem::swap(first, &mut other);
        }
        gathered.unfit.push(Unfit {
            query: other.query,
            row: other.row,
            id: Some(other.id),
            kind: None,
            reason: Reason::Twice,
        });
    }
    let unfit: FxHashSet<Box<str>> = gathered
        .unfit
        .iter()
        .filter(|unfit| queries[unfit.query as usize].subject == Subject::Children)
        .filter_map(|unfit| unfit.id.clone())
        .collect();
    for id in unfit {
        if let Some(held) = held_child(tx, authority, &id).await? {
            let index = gathered.child(&id) as usize;
            if !gathered.children[index].known {
                gathered.children[index] = held;
            }
        }
    }
    Ok(())
}

/// A child as the copy holds it.
async fn held_child(
    tx: &mut Transaction,
    authority: &str,
    id: &str,
) -> Result<Option<GatheredChild>, StoreError> {
    match copy::timeline(tx, authority, id).await? {
        None => Ok(None),
        Some(bytes) => Ok(Some(header(&decode(&bytes)?))),
    }
}

fn decode(bytes: &[u8]) -> Result<Timeline<'_>, StoreError> {
    Timeline::decode(bytes).map_err(|error| StoreError::Damaged(error.to_string()))
}

fn header(timeline: &Timeline<'_>) -> GatheredChild {
    let child = &timeline.child;
    GatheredChild {
        id: child.id.into(),
        case_ref: (child.case_ref != child.id).then(|| child.case_ref.into()),
        team_id: child.team_id.map(Into::into),
        born: child.born,
        known: true,
        ..GatheredChild::default()
    }
}

/// The rows of children that no row of the children is there for, taken out.
fn take_orphans(queries: &[Query], gathered: &mut Gathered) -> Result<Vec<Unfit>, StoreError> {
    let mut orphans = Vec::new();
    let entries = std::mem::take(&mut gathered.entries);
    let mut kept = entries;
    let mut failed = None;
    kept.retain(|entry| {
        if gathered.children[entry.child as usize].known {
            return true;
        }
        match identity(queries, gathered, entry) {
            Ok((query, _, kind, id)) => orphans.push(Unfit {
                query,
                row: 0,
                id: Some(id.into()),
                kind: Some(kind),
                reason: Reason::UnknownChild,
            }),
            Err(error) => failed = Some(error),
        }
        false
    });
    gathered.entries = kept;
    failed.map_or(Ok(orphans), Err)
}

/// The query, class, kind and id of a gathered row.
fn identity<'g>(
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
    Ok((query as u16, class, kind, id))
}

/// Several rows with one id.
struct Contested {
    class: Class,
    kind: Symbol,
    id: Box<str>,
    /// In the order in which they were read, each with its query.
    rows: Vec<(u16, Entry)>,
}

/// Sorts the entries by hash, and takes out those whose id came more than once.
fn contested(queries: &[Query], gathered: &mut Gathered) -> Result<Vec<Contested>, StoreError> {
    gathered
        .entries
        .sort_unstable_by_key(|entry| (entry.hash, entry.offset));
    let mut groups: Vec<Contested> = Vec::new();
    let mut taken: FxHashSet<u32> = FxHashSet::default();
    for alike in gathered.entries.chunk_by(|a, b| a.hash == b.hash) {
        if alike.len() < 2 {
            continue;
        }
        let from = groups.len();
        for entry in alike {
            let (query, class, kind, id) = identity(queries, gathered, entry)?;
            let group = groups[from..]
                .iter_mut()
                .find(|group| group.class == class && group.kind == kind && &*group.id == id);
            match group {
                Some(group) => group.rows.push((query, *entry)),
                None => groups.push(Contested {
                    class,
                    kind,
                    id: id.into(),
                    rows: vec![(query, *entry)],
                }),
            }
        }
        // Alike by hash alone.
        let mut i = from;
        while i < groups.len() {
            if groups[i].rows.len() < 2 {
                groups.swap_remove(i);
            } else {
                taken.extend(groups[i].rows.iter().map(|(_, entry)| entry.offset));
                i += 1;
            }
        }
    }
    gathered
        .entries
        .retain(|entry| !taken.contains(&entry.offset));
    Ok(groups)
}

/// Finds the last forms of the wanted rows in the copy.
async fn look_up(
    tx: &mut Transaction,
    authority: &str,
    gathered: &mut Gathered,
    wants: &mut Wants,
) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let page = copy::timelines_after(tx, authority, &after, PAGE).await?;
        for stored in &page {
            let timeline = decode(&stored.bytes)?;
            for period in &timeline.periods {
                if let Some(index) = wants.find(Class::Period, period.kind, period.id) {
                    let child = held_by(gathered, &timeline);
                    let offset = gathered.rows.push_period(HELD_PERIOD, period);
                    wants.rows[index].held = Some((child, offset));
                }
            }
            for event in &timeline.events {
                if let Some(index) = wants.find(Class::Event, event.kind, event.id) {
                    let child = held_by(gathered, &timeline);
                    let offset = gathered.rows.push_event(HELD_EVENT, event);
                    wants.rows[index].held = Some((child, offset));
                }
            }
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => after = last.child_id.clone(),
            _ => return Ok(()),
        }
    }
}

/// Stand for the number of a query in rows that come from the copy.
const HELD_PERIOD: u32 = u32::MAX - 1;
const HELD_EVENT: u32 = u32::MAX;

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

/// Of several rows with one id the one that the copy holds stays, then one of the same child, then
/// the first.
fn settle_contested(
    gathered: &mut Gathered,
    wants: &Wants,
    contested: Vec<Contested>,
) -> Result<(), StoreError> {
    for group in contested {
        let held = wants
            .find(group.class, group.kind, &group.id)
            .and_then(|index| wants.rows[index].held);
        let mut stays = 0;
        if let Some((child, offset)) = held {
            let of_child = |entry: &Entry| entry.child == child;
            let mut same = None;
            for (i, (_, entry)) in group.rows.iter().enumerate() {
                if of_child(entry) && equal(gathered, group.class, entry.offset as usize, offset)? {
                    same = Some(i);
                    break;
                }
            }
            stays = same
                .or_else(|| group.rows.iter().position(|(_, entry)| of_child(entry)))
                .unwrap_or(0);
        }
        for (i, (query, entry)) in group.rows.into_iter().enumerate() {
            if i == stays {
                gathered.entries.push(entry);
            } else {
                gathered.unfit.push(Unfit {
                    query,
                    row: 0,
                    id: Some(group.id.clone()),
                    kind: Some(group.kind),
                    reason: Reason::Twice,
                });
            }
        }
    }
    Ok(())
}

fn equal(gathered: &Gathered, class: Class, a: usize, b: usize) -> Result<bool, StoreError> {
    let damaged = |_| StoreError::Damaged("a row that was just gathered".to_owned());
    let rows = &gathered.rows;
    Ok(match class {
        Class::Period => rows.period(a).map_err(damaged)? == rows.period(b).map_err(damaged)?,
        Class::Event => rows.event(a).map_err(damaged)? == rows.event(b).map_err(damaged)?,
    })
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
