//! What the copy was on a past day, what reports have published, and which standing reports went out. The copy's past is kept by
//! triggers on its table of timelines, so that no way of writing it can forget to: each child's
//! timeline as it was at the end of every day.

mod basis;
mod published;
mod standing;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::calendar::Day;
use crate::store::{StoreError, Transaction};

pub use basis::{basis_at, keep_basis};
pub use published::{publish, published};
pub use standing::{claim_standing, last_standing};

/// Says that what is written to the copy of an authority from now on in this transaction is of a
/// reading on `day`. On the first day nothing is kept: what was there before it is not known.
///
/// # Errors
/// What the database says.
pub async fn turn_to(tx: &mut Transaction, authority: &str, day: Day) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO history_day (authority, begun, day) VALUES ($1, $2, $2) \
         ON CONFLICT (authority) DO UPDATE SET day = excluded.day",
        [authority.into(), day.into()],
    )
    .await?;
    Ok(())
}

/// The first day at whose end it is known what the copy was; `None` before the first reading.
///
/// # Errors
/// What the database says.
pub async fn begun(tx: &mut Transaction, authority: &str) -> Result<Option<Day>, StoreError> {
    tx.row(
        "SELECT begun FROM history_day WHERE authority = $1",
        [authority.into()],
    )
    .await?
    .map(|row| row.parsed(0))
    .transpose()
}

/// The children of an authority whose timeline at the end of `day` was another than the copy holds
/// now, with what it was; `None` where the copy did not hold them then.
///
/// # Errors
/// What the database says.
pub async fn timelines_at(
    tx: &mut Transaction,
    authority: &str,
    day: Day,
) -> Result<BTreeMap<String, Option<Vec<u8>>>, StoreError> {
    let mut then = BTreeMap::new();
    tx.each_row(
        "SELECT earlier.child_id, earlier.timeline FROM history_timeline AS earlier JOIN \
         (SELECT child_id, MIN(before_day) AS next FROM history_timeline \
          WHERE authority = $1 AND before_day > $2 GROUP BY child_id) AS first \
         ON first.child_id = earlier.child_id AND first.next = earlier.before_day \
         WHERE earlier.authority = $1",
        [authority.into(), day.into()],
        |row| {
            then.insert(row.text(0)?, row.optional_bytes(1)?);
            Ok::<(), StoreError>(())
        },
    )
    .await?;
    Ok(then)
}
