//! The jobs of the daemon's schedule (`daemon_job`).

use super::{Row, StoreError, Transaction};
use crate::calendar::Instant;

/// A job as the store knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredJob {
    /// When it is due next.
    pub next_due: Instant,
    /// When it last ended, well or not.
    pub ended: Option<Instant>,
    /// When it last ended well.
    pub ended_well: Option<Instant>,
}

fn job(row: &Row) -> Result<StoredJob, StoreError> {
    Ok(StoredJob {
        next_due: row.parsed(0)?,
        ended: row.optional_parsed(1)?,
        ended_well: row.optional_parsed(2)?,
    })
}

/// The job of this name, where it was ever put.
///
/// # Errors
/// What the database says.
pub async fn stored_job(tx: &mut Transaction, name: &str) -> Result<Option<StoredJob>, StoreError> {
    tx.row(
        "SELECT next_due, ended, ended_well FROM daemon_job WHERE name = $1",
        [name.into()],
    )
    .await?
    .as_ref()
    .map(job)
    .transpose()
}

/// Keeps a job in place of what was kept under its name.
///
/// # Errors
/// What the database says.
pub async fn put_job(tx: &mut Transaction, name: &str, job: StoredJob) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO daemon_job (name, next_due, ended, ended_well) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (name) DO UPDATE SET next_due = excluded.next_due, \
         ended = excluded.ended, ended_well = excluded.ended_well",
        [
            name.into(),
            job.next_due.into(),
            job.ended.into(),
            job.ended_well.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Forgets a job.
///
/// # Errors
/// What the database says.
pub async fn delete_job(tx: &mut Transaction, name: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM daemon_job WHERE name = $1", [name.into()])
        .await?;
    Ok(())
}
