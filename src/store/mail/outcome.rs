//! What became of messages: those that did not arrive, and how the queue stands.

use std::collections::BTreeMap;

use crate::calendar::Instant;
use crate::store::{StoreError, Transaction};

/// A message that did not reach its recipient, with one of its obligations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranded {
    /// Its Message-ID.
    pub message_id: String,
    /// The address.
    pub recipient: String,
    /// One of the obligations that it tells something of.
    pub obligation: String,
    /// Since when it is refused for good; none while it is tried again.
    pub refused: Option<Instant>,
    /// What kind of message it is.
    pub kind: String,
}

/// The messages of an authority that were not taken and whose address is refused (they have left the
/// queue) or is failing since `failing_before` or longer (they are still tried).
///
/// # Errors
/// What the database says.
pub async fn stranded(
    tx: &mut Transaction,
    authority: &str,
    failing_before: Instant,
) -> Result<Vec<Stranded>, StoreError> {
    let rows = tx
        .rows(
            "SELECT message.message_id, message.recipient, message_obligation.obligation,
                    message.failed_at, message.kind
             FROM message JOIN message_obligation ON message_obligation.message = message.id
             LEFT JOIN address ON address.authority = message.authority
                AND address.address = lower(message.recipient)
             WHERE message.authority = $1 AND message.sent_at IS NULL
               AND message.withdrawn_at IS NULL
               AND (message.failed_for = 'address'
                    OR (message.failed_at IS NULL AND address.failing_since <= $2))
             ORDER BY message.id, message_obligation.obligation",
            [authority.into(), failing_before.into()],
        )
        .await?;
    let stranded = rows.iter().map(|row| {
        Ok(Stranded {
            message_id: row.text(0)?,
            recipient: row.text(1)?,
            obligation: row.text(2)?,
            refused: row.optional_parsed(3)?,
            kind: row.text(4)?,
        })
    });
    stranded.collect()
}

/// How the queue stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueFigures {
    /// Messages that wait.
    pub waiting: i64,
    /// Of these, those that were tried in vain.
    pub deferred: i64,
    /// When the oldest of those that wait was queued.
    pub oldest_queued: Option<Instant>,
    /// When the first failure was of a message that still waits.
    pub failing_since: Option<Instant>,
    /// What happened at the latest try in vain of a message that still waits.
    pub last_error: Option<String>,
    /// Messages that the server has taken, ever.
    pub sent: i64,
    /// Messages withdrawn before a try, ever.
    pub withdrawn: i64,
    /// Messages whose address was refused for good, ever.
    pub refused_addresses: i64,
    /// Messages that were refused for good themselves, ever.
    pub refused_messages: i64,
}

/// How the queue stands, for metrics and operations.
///
/// # Errors
/// What the database says.
pub async fn figures(tx: &mut Transaction) -> Result<QueueFigures, StoreError> {
    let row = tx
        .row(
            "SELECT COALESCE(SUM(CASE WHEN waits = 1 THEN 1 ELSE 0 END), 0),
                    COALESCE(SUM(CASE WHEN waits = 1 AND first_failed_at IS NOT NULL THEN 1 ELSE 0 END), 0),
                    MIN(CASE WHEN waits = 1 THEN queued_at END),
                    MIN(CASE WHEN waits = 1 THEN first_failed_at END),
                    COALESCE(SUM(CASE WHEN sent_at IS NOT NULL THEN 1 ELSE 0 END), 0),
                    COALESCE(SUM(CASE WHEN withdrawn_at IS NOT NULL THEN 1 ELSE 0 END), 0),
                    COALESCE(SUM(CASE WHEN failed_for = 'address' THEN 1 ELSE 0 END), 0),
                    COALESCE(SUM(CASE WHEN failed_for = 'message' THEN 1 ELSE 0 END), 0)
             FROM (SELECT message.*, CASE WHEN sent_at IS NULL AND withdrawn_at IS NULL
                        AND failed_at IS NULL THEN 1 ELSE 0 END AS waits FROM message) AS all_messages",
            [],
        )
        .await?
        .ok_or_else(|| StoreError::Damaged("the queue has no figures".to_owned()))?;
    let last = tx
        .row(
            "SELECT last_error FROM message
             WHERE sent_at IS NULL AND withdrawn_at IS NULL AND failed_at IS NULL
               AND last_error IS NOT NULL
             ORDER BY next_try_at DESC, id DESC LIMIT 1",
            [],
        )
        .await?;
    let mut forgotten = BTreeMap::new();
    let rows = tx
        .rows("SELECT result, messages FROM message_forgotten", [])
        .await?;
    for row in rows {
        forgotten.insert(row.text(0)?, row.int(1)?);
    }
    let ever = |held: i64, result: &str| held + forgotten.get(result).copied().unwrap_or(0);
    Ok(QueueFigures {
        waiting: row.int(0)?,
        deferred: row.int(1)?,
        oldest_queued: row.optional_parsed(2)?,
        failing_since: row.optional_parsed(3)?,
        sent: ever(row.int(4)?, "sent"),
        withdrawn: ever(row.int(5)?, "withdrawn"),
        refused_addresses: ever(row.int(6)?, "address"),
        refused_messages: ever(row.int(7)?, "message"),
        last_error: last.map(|row| row.text(0)).transpose()?,
    })
}

/// When the next try is due of a message that waits; one that is being tried is due when its claim
/// lapses.
///
/// # Errors
/// What the database says.
pub async fn next_try(tx: &mut Transaction) -> Result<Option<Instant>, StoreError> {
    let row = tx
        .row(
            "SELECT MIN(CASE WHEN claimed_by IS NOT NULL AND claimed_until > next_try_at
                        THEN claimed_until ELSE next_try_at END)
             FROM message
             WHERE sent_at IS NULL AND withdrawn_at IS NULL AND failed_at IS NULL",
            [],
        )
        .await?;
    row.map_or(Ok(None), |row| row.optional_parsed(0))
}
