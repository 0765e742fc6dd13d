//! Addresses that a mail server refuses for good, or that have been failing, by authority.

use crate::calendar::Instant;
use crate::store::{StoreError, Transaction};

/// What is held against an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressMark {
    /// The address, in lower case.
    pub address: String,
    /// Of the recipient in the people table when it was marked, hashed.
    pub standing: String,
    /// When the server last refused it for good.
    pub refused_at: Option<Instant>,
    /// Since when every try has failed.
    pub failing_since: Option<Instant>,
}

/// Everything held against addresses of an authority.
///
/// # Errors
/// What the database says.
pub async fn marks(tx: &mut Transaction, authority: &str) -> Result<Vec<AddressMark>, StoreError> {
    let rows = tx
        .rows(
            "SELECT address, standing, refused_at, failing_since FROM address
             WHERE authority = $1 ORDER BY address",
            [authority.into()],
        )
        .await?;
    let marks = rows.iter().map(|row| {
        Ok(AddressMark {
            address: row.text(0)?,
            standing: row.text(1)?,
            refused_at: row.optional_parsed(2)?,
            failing_since: row.optional_parsed(3)?,
        })
    });
    marks.collect()
}

/// Marks an address as refused for good.
///
/// # Errors
/// What the database says.
pub async fn mark_refused(
    tx: &mut Transaction,
    authority: &str,
    address: &str,
    standing: &str,
    now: Instant,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO address (authority, address, standing, refused_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (authority, address) DO UPDATE SET
            standing = excluded.standing, refused_at = excluded.refused_at",
        [
            authority.into(),
            address.to_ascii_lowercase().into(),
            standing.into(),
            now.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Marks an address as failing, from now unless it is already.
///
/// # Errors
/// What the database says.
pub async fn mark_failing(
    tx: &mut Transaction,
    authority: &str,
    address: &str,
    standing: &str,
    now: Instant,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO address (authority, address, standing, failing_since) VALUES ($1, $2, $3, $4)
         ON CONFLICT (authority, address) DO UPDATE SET
            standing = excluded.standing,
            failing_since = COALESCE(address.failing_since, excluded.failing_since)",
        [
            authority.into(),
            address.to_ascii_lowercase().into(),
            standing.into(),
            now.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Forgets what is held against an address: the server took a message for it, or the people table has
/// changed it.
///
/// # Errors
/// What the database says.
pub async fn clear_address(
    tx: &mut Transaction,
    authority: &str,
    address: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM address WHERE authority = $1 AND address = $2",
        [authority.into(), address.to_ascii_lowercase().into()],
    )
    .await?;
    Ok(())
}
