//! The history of readings, and what each query yielded at the last accepted one.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::{Day, Instant};
use crate::store::{Arg, Row, StoreError, Transaction};

/// One reading of an authority's source, accepted or refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The instant of the pass.
    pub at: Instant,
    /// The authority's local day of it.
    pub day: Day,
    /// `None` where the copy became what was read; else why it stayed as it was, one line a reason.
    pub refused: Option<String>,
    /// Rows that came, of all queries.
    pub rows: u64,
    /// Rows among them that could not be used.
    pub quarantined: u64,
    /// Children that the copy holds after it.
    pub children: u64,
    /// Children whose timeline changed, came or went.
    pub changed: u64,
    /// How long it took.
    pub milliseconds: u64,
    /// Whether every query was read in full, and not only what changed.
    pub whole: bool,
}

impl Reading {
    /// Whether the copy became what was read.
    pub fn accepted(&self) -> bool {
        self.refused.is_none()
    }
}

/// What one query yielded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryReading {
    /// A digest of its SQL: a change of the query is not a change of the source.
    pub digest: String,
    /// A digest of all that a reading of its changes alone depends on.
    pub changes: String,
    /// Rows that came when it was last read in full.
    pub rows: u64,
    /// All its columns, in lower case.
    pub columns: BTreeSet<String>,
}

fn reading(row: &Row) -> Result<Reading, StoreError> {
    let count = |column| {
        u64::try_from(row.int(column)?)
            .map_err(|_| StoreError::Damaged("a reading with a count below nothing".to_owned()))
    };
    Ok(Reading {
        at: row.parsed(0)?,
        day: row.parsed(1)?,
        refused: row.optional_text(2)?,
        rows: count(3)?,
        quarantined: count(4)?,
        children: count(5)?,
        changed: count(6)?,
        milliseconds: count(7)?,
        whole: row.boolean(8)?,
    })
}

/// The last reading of an authority's source, accepted or refused.
///
/// # Errors
/// What the database says.
pub async fn last_reading(
    tx: &mut Transaction,
    authority: &str,
) -> Result<Option<Reading>, StoreError> {
    tx.row(
        "SELECT read_at, day, reason, rows, quarantined, children, changed, milliseconds, \
         whole FROM copy_reading WHERE authority = $1 ORDER BY number DESC LIMIT 1",
        [authority.into()],
    )
    .await?
    .map(|row| reading(&row))
    .transpose()
}

/// The last reading that was accepted: the one that the copy is.
///
/// # Errors
/// What the database says.
pub async fn last_accepted(
    tx: &mut Transaction,
    authority: &str,
) -> Result<Option<Reading>, StoreError> {
    tx.row(
        "SELECT read_at, day, reason, rows, quarantined, children, changed, milliseconds, \
         whole FROM copy_reading WHERE authority = $1 AND accepted = 1 ORDER BY number DESC LIMIT 1",
        [authority.into()],
    )
    .await?
    .map(|row| reading(&row))
    .transpose()
}

/// The last accepted reading in which every query was read in full.
///
/// # Errors
/// What the database says.
pub async fn last_whole(
    tx: &mut Transaction,
    authority: &str,
) -> Result<Option<Reading>, StoreError> {
    tx.row(
        "SELECT read_at, day, reason, rows, quarantined, children, changed, milliseconds, \
         whole FROM copy_reading WHERE authority = $1 AND accepted = 1 AND whole = 1 \
         ORDER BY number DESC LIMIT 1",
        [authority.into()],
    )
    .await?
    .map(|row| reading(&row))
    .transpose()
}

/// The first of the refused readings since the last accepted one; `None` where the last reading was
/// accepted or there was none.
///
/// # Errors
/// What the database says.
pub async fn refused_since(
    tx: &mut Transaction,
    authority: &str,
) -> Result<Option<Instant>, StoreError> {
    let row = tx
        .row(
            "SELECT read_at FROM copy_reading WHERE authority = $1 AND number > COALESCE(\
             (SELECT MAX(number) FROM copy_reading WHERE authority = $1 AND accepted = 1), 0) \
             ORDER BY number LIMIT 1",
            [authority.into()],
        )
        .await?;
    row.map(|row| row.parsed(0)).transpose()
}

/// Adds a reading to the history.
///
/// # Errors
/// What the database says.
pub async fn put_reading(
    tx: &mut Transaction,
    authority: &str,
    reading: &Reading,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO copy_reading (authority, read_at, day, accepted, reason, rows, quarantined, \
         children, changed, milliseconds, whole) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        [
            authority.into(),
            reading.at.into(),
            reading.day.into(),
            reading.accepted().into(),
            reading.refused.clone().into(),
            (reading.rows as i64).into(),
            (reading.quarantined as i64).into(),
            (reading.children as i64).into(),
            (reading.changed as i64).into(),
            (reading.milliseconds as i64).into(),
            reading.whole.into(),
        ],
    )
    .await?;
    Ok(())
}

/// What each query yielded at the last accepted reading, by the name of the query.
///
/// # Errors
/// What the database says.
pub async fn query_readings(
    tx: &mut Transaction,
    authority: &str,
) -> Result<BTreeMap<String, QueryReading>, StoreError> {
    let rows = tx
        .rows(
            "SELECT query, digest, rows, columns, changes FROM copy_query WHERE authority = $1",
            [authority.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let columns = serde_json::from_str(&row.text(3)?)
                .map_err(|_| StoreError::Damaged("the columns of a query".to_owned()))?;
            let reading = QueryReading {
                digest: row.text(1)?,
                rows: u64::try_from(row.int(2)?).unwrap_or(0),
                columns,
                changes: row.text(4)?,
            };
            Ok((row.text(0)?, reading))
        })
        .collect()
}

/// Keeps what each query yielded in place of what was kept.
///
/// # Errors
/// What the database says.
pub async fn put_query_readings(
    tx: &mut Transaction,
    authority: &str,
    readings: &BTreeMap<String, QueryReading>,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM copy_query WHERE authority = $1",
        [authority.into()],
    )
    .await?;
    let rows: Vec<Vec<Arg>> = readings
        .iter()
        .map(|(query, reading)| {
            vec![
                authority.into(),
                query.into(),
                (&reading.digest).into(),
                (reading.rows as i64).into(),
                serde_json::json!(reading.columns).to_string().into(),
                (&reading.changes).into(),
            ]
        })
        .collect();
    tx.insert_many(
        "copy_query (authority, query, digest, rows, columns, changes)",
        "",
        rows,
    )
    .await?;
    Ok(())
}
