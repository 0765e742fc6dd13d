//! Rows that the last accepted reading could not use, shown until the source is mended (SPEC 4).

use std::collections::HashMap;

use crate::calendar::{Day, Instant};
use crate::store::{StoreError, Transaction};

/// A row in quarantine, as it is shown: never more of the row than its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantinedRow {
    /// The query that yields it, with its line in the source file: `events visit (line 14)`.
    pub query: String,
    /// The row's id, or `row N` of the query's result where it has none.
    pub key: String,
    /// Why it cannot be used, without its values.
    pub reason: String,
    /// The first of the unbroken run of readings in which it could not.
    pub since: Instant,
}

/// A row that a reading could not use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unusable {
    /// The query that yields it, as it is known from reading to reading: `events visit`.
    pub query: String,
    /// The line of that query in the source file.
    pub line: u32,
    /// As in [`QuarantinedRow`].
    pub key: String,
    /// As in [`QuarantinedRow`].
    pub reason: String,
    /// Its whole id, where it has a readable one.
    pub row_id: Option<String>,
    /// Its kind, where it is a period or event and has one.
    pub kind: Option<String>,
    /// The child that it would belong to, where only that is not there.
    pub waits_for_child: Option<String>,
    /// The day that it occurred on, where only that is still to come.
    pub waits_for_day: Option<Day>,
    /// Whether only another row with its id is in its way.
    pub twice: bool,
}

/// The rows in quarantine, in the order in which they were read.
///
/// # Errors
/// What the database says.
pub async fn quarantine(
    tx: &mut Transaction,
    authority: &str,
) -> Result<Vec<QuarantinedRow>, StoreError> {
    let rows = tx
        .rows(
            "SELECT query, line, row_key, reason, since FROM copy_quarantine \
             WHERE authority = $1 ORDER BY number",
            [authority.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(QuarantinedRow {
                query: format!("{} (line {})", row.text(0)?, row.int(1)?),
                key: row.text(2)?,
                reason: row.text(3)?,
                since: row.parsed(4)?,
            })
        })
        .collect()
}

/// The rows in quarantine with all that is known of them, in the order in which they were read.
///
/// # Errors
/// What the database says.
pub async fn unusable(tx: &mut Transaction, authority: &str) -> Result<Vec<Unusable>, StoreError> {
    let rows = tx
        .rows(
            "SELECT query, line, row_key, reason, row_id, kind, waits_for_child, waits_for_day, \
             twice FROM copy_quarantine WHERE authority = $1 ORDER BY number",
            [authority.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Unusable {
                query: row.text(0)?,
                line: u32::try_from(row.int(1)?).unwrap_or(0),
                key: row.text(2)?,
                reason: row.text(3)?,
                row_id: row.optional_text(4)?,
                kind: row.optional_text(5)?,
                waits_for_child: row.optional_text(6)?,
                waits_for_day: row.optional_parsed(7)?,
                twice: row.boolean(8)?,
            })
        })
        .collect()
}

/// Keeps these rows as the quarantine; one that was there for the same reason keeps its `since`.
///
/// # Errors
/// What the database says.
pub async fn put_quarantine(
    tx: &mut Transaction,
    authority: &str,
    unusable: Vec<Unusable>,
    now: Instant,
) -> Result<(), StoreError> {
    if self::unusable(tx, authority).await? == unusable {
        return Ok(());
    }
    let rows = tx
        .rows(
            "SELECT query, row_key, reason, since FROM copy_quarantine WHERE authority = $1",
            [authority.into()],
        )
        .await?;
    let mut since: HashMap<(String, String, String), Instant> = HashMap::new();
    for row in &rows {
        since.insert((row.text(0)?, row.text(1)?, row.text(2)?), row.parsed(3)?);
    }
    tx.execute(
        "DELETE FROM copy_quarantine WHERE authority = $1",
        [authority.into()],
    )
    .await?;
    let rows = (1i64..)
        .zip(unusable)
        .map(|(number, row)| {
            let known = (row.query, row.key, row.reason);
            let since = since.get(&known).copied().unwrap_or(now);
            let (query, key, reason) = known;
            vec![
                authority.into(),
                number.into(),
                query.into(),
                row.line.into(),
                key.into(),
                reason.into(),
                since.into(),
                row.row_id.into(),
                row.kind.into(),
                row.waits_for_child.into(),
                row.waits_for_day.into(),
                row.twice.into(),
            ]
        })
        .collect();
    tx.insert_many(
        "copy_quarantine (authority, number, query, line, row_key, reason, since, row_id, kind, \
         waits_for_child, waits_for_day, twice)",
        "",
        rows,
    )
    .await?;
    Ok(())
}
