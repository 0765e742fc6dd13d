//! Periods and events settled where several have one id (SPEC 3, Identity).

use rustc_hash::FxHashSet;

use super::{Wants, identity};
use crate::case::{Class, Symbol};
use crate::source::gather::{Entry, Gathered};
use crate::source::profile::Query;
use crate::source::unfit::{Reason, Unfit};
use crate::store::StoreError;

/// Several rows with one id.
pub(super) struct Contested {
    pub(super) class: Class,
    pub(super) kind: Symbol,
    pub(super) id: Box<str>,
    /// In the order in which they were read, each with its query.
    rows: Vec<(u16, Entry)>,
}

/// Sorts the entries by hash, and takes out those whose id came more than once.
pub(super) fn contested(
    queries: &[Query],
    gathered: &mut Gathered,
) -> Result<Vec<Contested>, StoreError> {
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

/// Of several rows with one id the one that the copy holds stays, then one of the same child, then
/// the first.
pub(super) fn settle_contested(
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
                let (id, kind) = (group.id.clone(), Some(group.kind));
                gathered
                    .unfit
                    .push(Unfit::known(query, id, kind, Reason::Twice));
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
