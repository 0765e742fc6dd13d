//! What the daemon wakes for: a reading of the sources on its schedule, and between two readings the
//! next instant at which something could be told, or a message is to be tried again.

use super::Job;
use crate::calendar::Instant;
use crate::store::mail as mail_table;
use crate::store::{Store, StoreError, StoredJob, Transaction, delete_job, put_job, stored_job};

/// The name in the store under which the next instant to look is kept.
const LOOK: &str = "look";

/// What there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// A whole pass: sources are read, alerts decided, messages delivered.
    Reading,
    /// A pass over the copies as they are: alerts decided, messages delivered.
    Look,
    /// Messages are to be tried again.
    Retry,
}

/// What is due at `now`, the most first.
///
/// # Errors
/// What the store says.
pub async fn due(store: &Store, readings: &Job, now: Instant) -> Result<Option<Due>, StoreError> {
    if readings.is_due(store, now).await? {
        return Ok(Some(Due::Reading));
    }
    let mut tx = store.snapshot().await?;
    let look = stored_job(&mut tx, LOOK).await?;
    if look.is_some_and(|look| look.next_due <= now) {
        return Ok(Some(Due::Look));
    }
    let next_try = mail_table::next_try(&mut tx).await?;
    Ok(next_try.filter(|at| *at <= now).map(|_| Due::Retry))
}

/// Keeps when to look next; where nothing is known, the next reading says.
///
/// # Errors
/// What the store says.
pub async fn keep(tx: &mut Transaction, next: Option<Instant>) -> Result<(), StoreError> {
    let Some(next_due) = next else {
        return delete_job(tx, LOOK).await;
    };
    let look = StoredJob {
        next_due,
        ended: None,
        ended_well: None,
    };
    put_job(tx, LOOK, look).await
}
