//! One row a child: the encoded timeline.

use super::changes::note_changed;
use crate::store::{Arg, Backend, Row, StoreError, Transaction};

/// A child's timeline as the copy keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTimeline {
    /// The source's id of the child.
    pub child_id: String,
    /// What [`crate::case::Timeline::decode`] reads.
    pub bytes: Vec<u8>,
}

/// Hands the encoded timeline of each child of an authority, or of one child, to `each`, ordered by
/// child id byte by byte, as it arrives.
///
/// # Errors
/// What the database or `each` says.
pub async fn each_timeline<E: From<StoreError>>(
    tx: &mut Transaction,
    authority: &str,
    child: Option<&str>,
    mut each: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let (sql, args): (&'static str, Vec<Arg>) = match child {
        None => (
            "SELECT timeline FROM copy_timeline WHERE authority = $1 ORDER BY child_id",
            vec![authority.into()],
        ),
        Some(child) => (
            "SELECT timeline FROM copy_timeline WHERE authority = $1 AND child_id = $2",
            vec![authority.into(), child.into()],
        ),
    };
    tx.each_row(sql, args, |row| each(row.slice(0)?)).await
}

/// As [`each_timeline`], of these children only, as far as the copy holds them. They are given in the order
/// of their ids.
///
/// # Errors
/// What the database or `each` says.
pub async fn each_timeline_of<E: From<StoreError>>(
    tx: &mut Transaction,
    authority: &str,
    children: &[&str],
    mut each: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let sql = match tx.backend() {
        Backend::Sqlite => {
            "SELECT timeline FROM copy_timeline WHERE authority = $1
                AND child_id IN (SELECT value FROM json_each($2)) ORDER BY child_id"
        }
        Backend::Postgres => {
            "SELECT timeline FROM copy_timeline WHERE authority = $1
                AND child_id IN (SELECT json_array_elements_text($2::text::json))
             ORDER BY child_id"
        }
    };
    if children.is_empty() {
        return Ok(());
    }
    let names = serde_json::json!(children).to_string();
    let args: [Arg; 2] = [authority.into(), names.into()];
    tx.each_row(sql, args, |row| each(row.slice(0)?)).await
}

/// The encoded timeline of one child, where the copy holds it.
///
/// # Errors
/// What the database says.
pub async fn timeline(
    tx: &mut Transaction,
    authority: &str,
    child: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    tx.row(
        "SELECT timeline FROM copy_timeline WHERE authority = $1 AND child_id = $2",
        [authority.into(), child.into()],
    )
    .await?
    .map(|row| row.bytes(0))
    .transpose()
}

/// The next `limit` timelines after a child id, in order: for walking through all of them while
/// writing.
///
/// # Errors
/// What the database says.
pub async fn timelines_after(
    tx: &mut Transaction,
    authority: &str,
    after: &str,
    limit: u32,
) -> Result<Vec<StoredTimeline>, StoreError> {
    let rows = tx
        .rows(
            "SELECT child_id, timeline FROM copy_timeline \
             WHERE authority = $1 AND child_id > $2 ORDER BY child_id LIMIT $3",
            [authority.into(), after.into(), limit.into()],
        )
        .await?;
    rows.iter().map(stored).collect()
}

/// How many children the copy holds.
///
/// # Errors
/// What the database says.
pub async fn children(tx: &mut Transaction, authority: &str) -> Result<u64, StoreError> {
    let row = tx
        .row(
            "SELECT COUNT(*) FROM copy_timeline WHERE authority = $1",
            [authority.into()],
        )
        .await?;
    let count = row.map_or(Ok(0), |row| row.int(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// The timelines of these children, as far as the copy holds them, in no order.
///
/// # Errors
/// What the database says.
pub async fn timelines_of(
    tx: &mut Transaction,
    authority: &str,
    children: &[&str],
) -> Result<Vec<StoredTimeline>, StoreError> {
    let sql = match tx.backend() {
        Backend::Sqlite => {
            "SELECT child_id, timeline FROM copy_timeline \
             WHERE authority = $1 AND child_id IN (SELECT value FROM json_each($2))"
        }
        Backend::Postgres => {
            "SELECT child_id, timeline FROM copy_timeline WHERE authority = $1 \
             AND child_id IN (SELECT json_array_elements_text($2::text::json))"
        }
    };
    let names = serde_json::json!(children).to_string();
    let rows = tx.rows(sql, [authority.into(), names.into()]).await?;
    rows.iter().map(stored).collect()
}

fn stored(row: &Row) -> Result<StoredTimeline, StoreError> {
    Ok(StoredTimeline {
        child_id: row.text(0)?,
        bytes: row.bytes(1)?,
    })
}

/// Keeps these timelines, in place of those that the copy holds for the same children, and notes that
/// they changed.
///
/// # Errors
/// What the database says.
pub async fn put_timelines(
    tx: &mut Transaction,
    authority: &str,
    timelines: Vec<StoredTimeline>,
) -> Result<(), StoreError> {
    let children = timelines.iter().map(|t| t.child_id.clone()).collect();
    note_changed(tx, authority, children).await?;
    let rows = timelines
        .into_iter()
        .map(|t| vec![authority.into(), t.child_id.into(), t.bytes.into()])
        .collect();
    tx.insert_many(
        "copy_timeline (authority, child_id, timeline)",
        "ON CONFLICT (authority, child_id) DO UPDATE SET timeline = excluded.timeline",
        rows,
    )
    .await?;
    Ok(())
}

/// Forgets these children, and notes that they went.
///
/// # Errors
/// What the database says.
pub async fn delete_timelines(
    tx: &mut Transaction,
    authority: &str,
    children: &[String],
) -> Result<(), StoreError> {
    note_changed(tx, authority, children.to_vec()).await?;
    for child in children {
        tx.execute(
            "DELETE FROM copy_timeline WHERE authority = $1 AND child_id = $2",
            [authority.into(), child.into()],
        )
        .await?;
    }
    Ok(())
}
