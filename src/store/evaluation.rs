//! The register of evaluations of each authority: SQL only; `daemon` says what its pages hold.

use crate::calendar::Day;
use crate::store::{StoreError, Transaction};

/// What a register was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterHead {
    /// The writing of the copy up to which it goes.
    pub stamp: i64,
    /// The last day on which any child was evaluated.
    pub day: Day,
    /// All else that it depends on, as a hash.
    pub basis: String,
}

/// What an authority's register was made from, where it has one.
///
/// # Errors
/// What the database says.
pub async fn register_head(
    tx: &mut Transaction,
    authority: &str,
) -> Result<Option<RegisterHead>, StoreError> {
    let row = tx
        .row(
            "SELECT stamp, day, basis FROM evaluation WHERE authority = $1",
            [authority.into()],
        )
        .await?;
    row.map(|row| {
        Ok(RegisterHead {
            stamp: row.int(0)?,
            day: row.parsed(1)?,
            basis: row.text(2)?,
        })
    })
    .transpose()
}

/// The pages of an authority's register, in order.
///
/// # Errors
/// What the database says.
pub async fn register_pages(
    tx: &mut Transaction,
    authority: &str,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let rows = tx
        .rows(
            "SELECT page FROM evaluation_page WHERE authority = $1 ORDER BY number",
            [authority.into()],
        )
        .await?;
    rows.iter().map(|row| row.bytes(0)).collect()
}

/// Keeps pages after the first `kept` of a register, in place of any that stood there, and what it is
/// made from.
///
/// # Errors
/// What the database says.
pub async fn put_register(
    tx: &mut Transaction,
    authority: &str,
    head: &RegisterHead,
    kept: usize,
    pages: Vec<Vec<u8>>,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO evaluation (authority, stamp, day, basis) VALUES ($1, $2, $3, $4)
         ON CONFLICT (authority) DO UPDATE SET stamp = excluded.stamp, day = excluded.day,
            basis = excluded.basis",
        [
            authority.into(),
            head.stamp.into(),
            head.day.into(),
            (&head.basis).into(),
        ],
    )
    .await?;
    let first = i64::try_from(kept).unwrap_or(i64::MAX);
    tx.execute(
        "DELETE FROM evaluation_page WHERE authority = $1 AND number >= $2",
        [authority.into(), first.into()],
    )
    .await?;
    for (number, page) in (first..).zip(pages) {
        tx.execute(
            "INSERT INTO evaluation_page (authority, number, page) VALUES ($1, $2, $3)",
            [authority.into(), number.into(), page.into()],
        )
        .await?;
    }
    Ok(())
}
