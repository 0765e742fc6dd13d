//! To whom messages went.

use std::collections::BTreeMap;

use crate::calendar::Instant;
use crate::store::{StoreError, Transaction};

/// The recipients of what was sent at `since` or later, each with the number of messages; most
/// first.
///
/// # Errors
/// What the database says.
pub async fn sent_since(
    tx: &mut Transaction,
    authority: &str,
    since: Instant,
) -> Result<Vec<(String, i64)>, StoreError> {
    let rows = tx
        .rows(
            "SELECT recipient, COUNT(*) FROM message
             WHERE authority = $1 AND sent_at >= $2
             GROUP BY recipient ORDER BY COUNT(*) DESC, recipient",
            [authority.into(), since.into()],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, row.int(1)?)))
        .collect()
}

/// How many messages of their own (kind `now`) each recipient has been queued after `since`, for all
/// authorities together, by address in lower case; what was withdrawn does not count.
///
/// # Errors
/// What the database says.
pub async fn queued_at_once(
    tx: &mut Transaction,
    since: Instant,
) -> Result<BTreeMap<String, u32>, StoreError> {
    let rows = tx
        .rows(
            "SELECT lower(recipient), COUNT(*) FROM message
             WHERE kind = 'now' AND queued_at > $1 AND withdrawn_at IS NULL
             GROUP BY lower(recipient)",
            [since.into()],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, u32::try_from(row.int(1)?).unwrap_or(u32::MAX))))
        .collect()
}

/// The messages of a kind that a server has refused for good at `since` or later: Message-ID and subject.
///
/// # Errors
/// What the database says.
pub async fn refused_of_kind(
    tx: &mut Transaction,
    kind: &str,
    since: Instant,
) -> Result<Vec<(String, String)>, StoreError> {
    let rows = tx
        .rows(
            "SELECT message_id, subject FROM message
             WHERE kind = $1 AND failed_for = 'message' AND failed_at >= $2 ORDER BY message_id",
            [kind.into(), since.into()],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, row.text(1)?)))
        .collect()
}
