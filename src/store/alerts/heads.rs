//! Which heads of service were told that nobody is being warned (`head_told`).

use std::collections::BTreeSet;

use crate::calendar::Instant;
use crate::store::{StoreError, Transaction};

/// Who of an authority was told so for the refusals that began at `since`, in lower case.
///
/// # Errors
/// What the database says.
pub async fn heads_told(
    tx: &mut Transaction,
    authority: &str,
    since: Instant,
) -> Result<BTreeSet<String>, StoreError> {
    let rows = tx
        .rows(
            "SELECT recipient FROM head_told WHERE authority = $1 AND since = $2",
            [authority.into(), since.into()],
        )
        .await?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// Remembers who was told so.
///
/// # Errors
/// What the database says.
pub async fn put_heads_told(
    tx: &mut Transaction,
    authority: &str,
    since: Instant,
    heads: &[String],
) -> Result<(), StoreError> {
    let rows = heads
        .iter()
        .map(|head| vec![authority.into(), head.into(), since.into()]);
    tx.insert_many(
        "head_told (authority, recipient, since)",
        "ON CONFLICT (authority, recipient) DO UPDATE SET since = excluded.since",
        rows.collect(),
    )
    .await?;
    Ok(())
}
