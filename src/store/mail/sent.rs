//! To whom messages went.

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
