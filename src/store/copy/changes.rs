//! Which children's timelines changed: noted with each writing, so that an evaluation looks only at
//! them, and forgotten once one has.

use crate::store::{Arg, Backend, StoreError, Transaction};

/// The changes of an authority's timelines after a writing of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The last writing there was; 0 before the first.
    pub stamp: i64,
    /// The children whose timeline changed, came or went since the writing asked about.
    pub children: Vec<String>,
}

/// Notes that these children's timelines change in this transaction.
pub(super) async fn note_changed(
    tx: &mut Transaction,
    authority: &str,
    children: Vec<String>,
) -> Result<(), StoreError> {
    if children.is_empty() {
        return Ok(());
    }
    let row = tx
        .row(
            "INSERT INTO copy_stamp (authority, last) VALUES ($1, 1)
             ON CONFLICT (authority) DO UPDATE SET last = copy_stamp.last + 1 RETURNING last",
            [authority.into()],
        )
        .await?;
    let no_stamp = || StoreError::Damaged("a writing without a number".to_owned());
    let stamp = row.ok_or_else(no_stamp)?.int(0)?;
    let rows: Vec<Vec<Arg>> = children
        .into_iter()
        .map(|child| vec![authority.into(), child.into(), stamp.into()])
        .collect();
    tx.insert_many(
        "copy_changed (authority, child_id, stamp)",
        "ON CONFLICT (authority, child_id) DO UPDATE SET stamp = excluded.stamp",
        rows,
    )
    .await?;
    Ok(())
}

/// What changed after the writing numbered `since`.
///
/// # Errors
/// What the database says.
pub async fn changes_since(
    tx: &mut Transaction,
    authority: &str,
    since: i64,
) -> Result<Changes, StoreError> {
    let stamp = tx
        .row(
            "SELECT last FROM copy_stamp WHERE authority = $1",
            [authority.into()],
        )
        .await?;
    let sql = match tx.backend() {
        Backend::Sqlite => {
            "SELECT json_group_array(child_id) FROM (SELECT child_id FROM copy_changed
             WHERE authority = $1 AND stamp > $2 ORDER BY child_id)"
        }
        Backend::Postgres => {
            "SELECT json_agg(child_id ORDER BY child_id COLLATE \"C\")::text FROM copy_changed
             WHERE authority = $1 AND stamp > $2"
        }
    };
    let row = tx.row(sql, [authority.into(), since.into()]).await?;
    let children = row.map_or(Ok(None), |row| row.optional_text(0))?;
    let damaged = |_| StoreError::Damaged("the ids of children that changed".to_owned());
    Ok(Changes {
        stamp: stamp.map_or(Ok(0), |row| row.int(0))?,
        children: match children {
            None => Vec::new(),
            Some(children) => serde_json::from_str(&children).map_err(damaged)?,
        },
    })
}

/// Forgets the changes up to the writing numbered `until`: they have been evaluated.
///
/// # Errors
/// What the database says.
pub async fn forget_changes(
    tx: &mut Transaction,
    authority: &str,
    until: i64,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM copy_changed WHERE authority = $1 AND stamp <= $2",
        [authority.into(), until.into()],
    )
    .await?;
    Ok(())
}
