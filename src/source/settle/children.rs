//! Children settled: of two rows with one id one stays, and a child whose row cannot be used any more
//! stays as the copy has it.

use rustc_hash::FxHashSet;

use crate::case::Timeline;
use crate::source::gather::{Gathered, GatheredChild};
use crate::source::profile::{Query, Subject};
use crate::source::unfit::{Reason, Unfit};
use crate::store::{StoreError, Transaction, copy};

/// Chooses among rows of one child id, and keeps the children whose row cannot be used any more.
pub(super) async fn settle_children(
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
            row: other.row,
            ..Unfit::known(other.query, other.id, None, Reason::Twice)
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
        Some(bytes) => Ok(decode(&bytes).as_ref().map(header)),
    }
}

/// A timeline of the copy; one that cannot be read holds nothing, and is written anew.
pub(in crate::source) fn decode(bytes: &[u8]) -> Option<Timeline<'_>> {
    match Timeline::decode(bytes) {
        Ok(timeline) => Some(timeline),
        Err(error) => {
            tracing::warn!(event = "timeline_made_anew", %error, "a child's timeline is made anew from the source");
            None
        }
    }
}

pub(in crate::source) fn header(timeline: &Timeline<'_>) -> GatheredChild {
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
