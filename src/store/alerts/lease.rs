//! Which pass runs, and the latest instant that any pass has seen (`pass_lease`).

use crate::calendar::Instant;
use crate::store::{StoreError, Transaction};

/// The lease of the pass.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lease {
    /// The pass that runs, where one does.
    pub holder: Option<String>,
    /// Until when it holds, unless it is prolonged.
    pub held_until: Option<Instant>,
    /// The latest instant that a pass has seen.
    pub last_at: Option<Instant>,
}

/// The lease, locked until the transaction ends: nobody else takes it meanwhile.
///
/// # Errors
/// What the database says.
pub async fn take_pass_row(tx: &mut Transaction) -> Result<Lease, StoreError> {
    tx.execute("UPDATE pass_lease SET name = name WHERE name = 'pass'", [])
        .await?;
    pass_row(tx).await
}

/// The lease, as it stands.
///
/// # Errors
/// What the database says.
pub async fn pass_row(tx: &mut Transaction) -> Result<Lease, StoreError> {
    let row = tx
        .row(
            "SELECT holder, held_until, last_at FROM pass_lease WHERE name = 'pass'",
            [],
        )
        .await?
        .ok_or_else(|| StoreError::Damaged("pass_lease has no row".to_owned()))?;
    Ok(Lease {
        holder: row.optional_text(0)?,
        held_until: row.optional_parsed(1)?,
        last_at: row.optional_parsed(2)?,
    })
}

/// Writes the lease.
///
/// # Errors
/// What the database says.
pub async fn put_lease(tx: &mut Transaction, lease: &Lease) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE pass_lease SET holder = $1, held_until = $2, last_at = $3 WHERE name = 'pass'",
        [
            lease.holder.clone().into(),
            lease.held_until.into(),
            lease.last_at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// The latest instant that a pass has seen.
///
/// # Errors
/// What the database says.
pub async fn last_pass(tx: &mut Transaction) -> Result<Option<Instant>, StoreError> {
    let row = tx
        .row("SELECT last_at FROM pass_lease WHERE name = 'pass'", [])
        .await?;
    match row {
        Some(row) => row.optional_parsed(0),
        None => Ok(None),
    }
}
