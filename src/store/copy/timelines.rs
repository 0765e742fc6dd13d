//! One row a child: the encoded timeline. Many are read as one row.

use super::changes::note_changed;
use crate::store::runs::{Run, in_one_row, run};
use crate::store::{Row, StoreError, Transaction};

/// Children whose timelines are read at once, where all are: some hundred kilobytes.
pub const RUN: u32 = 256;

/// A child's timeline as the copy keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTimeline {
    /// The source's id of the child.
    pub child_id: String,
    /// What [`crate::case::Timeline::decode`] reads.
    pub bytes: Vec<u8>,
}

/// The timelines of the next `limit` children of an authority after a child id, in the order of their
/// ids byte by byte, and the last child's id; nothing where there are none.
///
/// # Errors
/// What the database says.
async fn run_after(
    tx: &mut Transaction,
    authority: &str,
    after: &str,
    limit: u32,
) -> Result<Option<(Run, String)>, StoreError> {
    let sql = in_one_row!(
        tx.backend(),
        child_id,
        timeline,
        "FROM copy_timeline WHERE authority = $1 AND child_id > $2 ORDER BY child_id LIMIT $3"
    );
    let row = tx.row(sql, [authority.into(), after.into(), limit.into()]);
    let Some(row) = row.await? else {
        return Ok(None);
    };
    run(&row)?.map(|run| Ok((run, row.text(2)?))).transpose()
}

/// The timelines of these children, as far as the copy holds them, in the order of their ids; nothing
/// where it holds none.
///
/// # Errors
/// What the database says.
pub async fn run_of(
    tx: &mut Transaction,
    authority: &str,
    children: &[String],
) -> Result<Option<Run>, StoreError> {
    let sql = in_one_row!(
        tx.backend(),
        child_id,
        timeline,
        sqlite(
            "",
            "FROM copy_timeline WHERE authority = $1
                AND child_id IN (SELECT value FROM json_each($2)) ORDER BY child_id"
        ),
        postgres(
            "",
            "FROM copy_timeline WHERE authority = $1
                AND child_id IN (SELECT json_array_elements_text($2::text::json))"
        )
    );
    let names = serde_json::json!(children).to_string();
    match tx.row(sql, [authority.into(), names.into()]).await? {
        None => Ok(None),
        Some(row) => run(&row),
    }
}

/// Hands the encoded timelines of an authority's children to `each`, run by run, in the order of their ids
/// byte by byte, as they arrive.
///
/// # Errors
/// What the database or `each` says.
pub async fn each_run<E: From<StoreError>>(
    tx: &mut Transaction,
    authority: &str,
    mut each: impl FnMut(Run) -> Result<(), E>,
) -> Result<(), E> {
    let mut after = String::new();
    while let Some((run, last)) = run_after(tx, authority, &after, RUN).await? {
        each(run)?;
        after = last;
    }
    Ok(())
}

/// Hands the encoded timeline of each child of an authority to `each`, as [`each_run`] does.
///
/// # Errors
/// What the database or `each` says.
pub async fn each_timeline<E: From<StoreError>>(
    tx: &mut Transaction,
    authority: &str,
    mut each: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    each_run(tx, authority, |run| run.iter().try_for_each(&mut each)).await
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
    let sql = in_one_row!(
        tx.backend(),
        child_id,
        timeline,
        sqlite(
            ", json_group_array(child_id)",
            "FROM copy_timeline WHERE authority = $1 AND child_id > $2 ORDER BY child_id LIMIT $3"
        ),
        postgres(
            ", json_agg(child_id ORDER BY child_id)::text",
            "FROM copy_timeline WHERE authority = $1 AND child_id > $2 ORDER BY child_id LIMIT $3"
        )
    );
    let row = tx.row(sql, [authority.into(), after.into(), limit.into()]);
    stored(row.await?)
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

/// The timelines of these children, as far as the copy holds them, in the order of their ids.
///
/// # Errors
/// What the database says.
pub async fn timelines_of(
    tx: &mut Transaction,
    authority: &str,
    children: &[&str],
) -> Result<Vec<StoredTimeline>, StoreError> {
    let sql = in_one_row!(
        tx.backend(),
        child_id,
        timeline,
        sqlite(
            ", json_group_array(child_id)",
            "FROM copy_timeline WHERE authority = $1
                AND child_id IN (SELECT value FROM json_each($2)) ORDER BY child_id"
        ),
        postgres(
            ", json_agg(child_id ORDER BY child_id)::text",
            "FROM copy_timeline WHERE authority = $1
                AND child_id IN (SELECT json_array_elements_text($2::text::json))"
        )
    );
    let names = serde_json::json!(children).to_string();
    stored(tx.row(sql, [authority.into(), names.into()]).await?)
}

/// The timelines of one row, with the ids of their children.
fn stored(row: Option<Row>) -> Result<Vec<StoredTimeline>, StoreError> {
    let Some(row) = row else {
        return Ok(Vec::new());
    };
    let Some(run) = run(&row)? else {
        return Ok(Vec::new());
    };
    let damaged = |_| StoreError::Damaged("the ids of some children".to_owned());
    let ids: Vec<String> = serde_json::from_str(&row.text(3)?).map_err(damaged)?;
    let timelines = ids.into_iter().zip(run.iter());
    Ok(timelines
        .map(|(child_id, bytes)| StoredTimeline {
            child_id,
            bytes: bytes.to_vec(),
        })
        .collect())
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
