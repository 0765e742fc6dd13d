//! Messages in the queue: put in, claimed, settled, withdrawn.

use crate::calendar::Instant;
use crate::store::{Arg, Backend, StoreError, Transaction};

/// A message to be queued.
#[derive(Debug)]
pub struct NewMessage<'a> {
    /// With its angle brackets: the same whenever the same is told.
    pub message_id: &'a str,
    /// On whose behalf; `""` for the installation itself.
    pub authority: &'a str,
    /// `now`, `digest`, `baseline` or `operations`.
    pub kind: &'a str,
    /// The address.
    pub recipient: &'a str,
    /// Of the recipient in the people table, hashed.
    pub standing: &'a str,
    /// For people who look at the queue.
    pub subject: &'a str,
    /// The whole message.
    pub body: &'a [u8],
    /// Whether it goes before others.
    pub urgent: bool,
    /// Whether it tells a closing, and so is never withdrawn.
    pub tells_closing: bool,
    /// The obligations that it tells something of.
    pub obligations: &'a [&'a str],
}

/// Queues a message and gives its id, and whether it is new: one with its Message-ID that waits, was
/// sent or has failed is left as it is, one that was withdrawn is queued again.
///
/// # Errors
/// What the database says.
pub async fn insert(
    tx: &mut Transaction,
    message: &NewMessage<'_>,
    now: Instant,
) -> Result<(i64, bool), StoreError> {
    let args: Vec<Arg> = vec![
        message.message_id.into(),
        message.authority.into(),
        message.kind.into(),
        message.recipient.into(),
        message.standing.into(),
        message.subject.into(),
        message.body.into(),
        message.urgent.into(),
        message.tells_closing.into(),
        now.into(),
    ];
    let row = tx
        .row(
            "INSERT INTO message (message_id, authority, kind, recipient, standing, subject, body,
                urgent, tells_closing, queued_at, next_try_at, tries)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, 0)
             ON CONFLICT (message_id) DO UPDATE SET
                standing = excluded.standing, subject = excluded.subject, body = excluded.body,
                queued_at = excluded.queued_at, next_try_at = excluded.next_try_at,
                withdrawn_at = NULL
             WHERE message.withdrawn_at IS NOT NULL
             RETURNING id",
            args,
        )
        .await?;
    let Some(row) = row else {
        let known = tx
            .row(
                "SELECT id FROM message WHERE message_id = $1",
                [message.message_id.into()],
            )
            .await?;
        let known = known.ok_or_else(|| {
            StoreError::Damaged(format!("message {} was not queued", message.message_id))
        })?;
        return Ok((known.int(0)?, false));
    };
    let id = row.int(0)?;
    let rows = message.obligations.iter();
    tx.insert_many(
        "message_obligation (message, obligation)",
        "ON CONFLICT DO NOTHING",
        rows.map(|obligation| vec![id.into(), (*obligation).into()])
            .collect(),
    )
    .await?;
    Ok((id, true))
}

/// A message that waits and was never tried, with one of its obligations.
#[derive(Debug)]
pub struct Waiting {
    /// Its id.
    pub id: i64,
    /// Its Message-ID.
    pub message_id: String,
    /// One of the obligations that it tells something of.
    pub obligation: String,
}

/// The messages of an authority that may still be withdrawn, by id, a row for each obligation.
///
/// # Errors
/// What the database says.
pub async fn withdrawable(
    tx: &mut Transaction,
    authority: &str,
) -> Result<Vec<Waiting>, StoreError> {
    let rows = tx
        .rows(
            "SELECT message.id, message.message_id, message_obligation.obligation
             FROM message JOIN message_obligation ON message_obligation.message = message.id
             WHERE message.authority = $1 AND message.tries = 0 AND message.tells_closing = 0
               AND message.sent_at IS NULL AND message.withdrawn_at IS NULL
               AND message.failed_at IS NULL
             ORDER BY message.id",
            [authority.into()],
        )
        .await?;
    let waiting = rows.iter().map(|row| {
        Ok(Waiting {
            id: row.int(0)?,
            message_id: row.text(1)?,
            obligation: row.text(2)?,
        })
    });
    waiting.collect()
}

/// Takes a message out of the queue, unless a try has been made meanwhile; says whether it did.
///
/// # Errors
/// What the database says.
pub async fn withdraw_one(tx: &mut Transaction, id: i64, now: Instant) -> Result<bool, StoreError> {
    let touched = tx
        .execute(
            "UPDATE message SET withdrawn_at = $2, body = $3
             WHERE id = $1 AND tries = 0 AND sent_at IS NULL AND withdrawn_at IS NULL
               AND failed_at IS NULL",
            [id.into(), now.into(), Vec::new().into()],
        )
        .await?;
    Ok(touched == 1)
}

/// A message that is this process's to send.
#[derive(Debug)]
pub struct Claimed {
    /// Its id.
    pub id: i64,
    /// Its Message-ID.
    pub message_id: String,
    /// On whose behalf.
    pub authority: String,
    /// The address.
    pub recipient: String,
    /// Of the recipient in the people table when it was queued.
    pub standing: String,
    /// The whole message.
    pub body: Vec<u8>,
    /// Which try this is, from 1.
    pub tries: i64,
}

/// Claims the next message that is due for a try, and counts the try as begun.
///
/// # Errors
/// What the database says.
pub async fn claim_next(
    tx: &mut Transaction,
    holder: &str,
    now: Instant,
    until: Instant,
) -> Result<Option<Claimed>, StoreError> {
    let sql = match tx.backend() {
        Backend::Sqlite => concat!(
            "UPDATE message SET claimed_by = $1, claimed_until = $3, tries = tries + 1 WHERE id = (",
            "SELECT id FROM message
             WHERE sent_at IS NULL AND withdrawn_at IS NULL AND failed_at IS NULL
               AND next_try_at <= $2 AND (claimed_by IS NULL OR claimed_until <= $2)
             ORDER BY urgent DESC, next_try_at, id LIMIT 1",
            ") RETURNING id, message_id, authority, recipient, standing, body, tries"
        ),
        Backend::Postgres => concat!(
            "UPDATE message SET claimed_by = $1, claimed_until = $3, tries = tries + 1 WHERE id = (",
            "SELECT id FROM message
             WHERE sent_at IS NULL AND withdrawn_at IS NULL AND failed_at IS NULL
               AND next_try_at <= $2 AND (claimed_by IS NULL OR claimed_until <= $2)
             ORDER BY urgent DESC, next_try_at, id LIMIT 1",
            " FOR UPDATE SKIP LOCKED",
            ") RETURNING id, message_id, authority, recipient, standing, body, tries"
        ),
    };
    let row = tx
        .row(sql, [holder.into(), now.into(), until.into()])
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Claimed {
        id: row.int(0)?,
        message_id: row.text(1)?,
        authority: row.text(2)?,
        recipient: row.text(3)?,
        standing: row.text(4)?,
        body: row.bytes(5)?,
        tries: row.int(6)?,
    }))
}

/// Who holds claims on messages that wait.
///
/// # Errors
/// What the database says.
pub async fn holders(tx: &mut Transaction) -> Result<Vec<String>, StoreError> {
    let rows = tx
        .rows(
            "SELECT DISTINCT claimed_by FROM message
             WHERE claimed_by IS NOT NULL AND sent_at IS NULL AND withdrawn_at IS NULL
               AND failed_at IS NULL",
            [],
        )
        .await?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// Frees the claims of a holder that has died.
///
/// # Errors
/// What the database says.
pub async fn release(tx: &mut Transaction, holder: &str) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE message SET claimed_by = NULL, claimed_until = NULL
         WHERE claimed_by = $1 AND sent_at IS NULL AND withdrawn_at IS NULL AND failed_at IS NULL",
        [holder.into()],
    )
    .await
}

/// What became of a try.
#[derive(Debug)]
pub enum Verdict<'a> {
    /// The server has taken it.
    Sent,
    /// Not now.
    Later {
        /// When to try again.
        next: Instant,
        /// What happened, without a name or an address.
        error: &'a str,
    },
    /// Never: the address (`address`) or the message (`message`) is refused.
    Refused {
        /// Which of the two.
        what: &'a str,
        /// What happened, without a name or an address.
        error: &'a str,
    },
}

/// Writes down what became of a try; what is sent is sent whoever holds the claim by now.
///
/// # Errors
/// What the database says.
pub async fn settle(
    tx: &mut Transaction,
    id: i64,
    holder: &str,
    verdict: &Verdict<'_>,
    now: Instant,
) -> Result<(), StoreError> {
    match verdict {
        Verdict::Sent => {
            tx.execute(
                "UPDATE message SET sent_at = $2, body = $3, failed_at = NULL, failed_for = NULL,
                    claimed_by = NULL, claimed_until = NULL
                 WHERE id = $1 AND sent_at IS NULL",
                [id.into(), now.into(), Vec::new().into()],
            )
            .await?
        }
        Verdict::Later { next, error } => {
            tx.execute(
                "UPDATE message SET next_try_at = $3, last_error = $4,
                    first_failed_at = COALESCE(first_failed_at, $5),
                    claimed_by = NULL, claimed_until = NULL
                 WHERE id = $1 AND claimed_by = $2 AND sent_at IS NULL AND failed_at IS NULL",
                [
                    id.into(),
                    holder.into(),
                    (*next).into(),
                    (*error).into(),
                    now.into(),
                ],
            )
            .await?
        }
        Verdict::Refused { what, error } => {
            tx.execute(
                "UPDATE message SET failed_at = $3, failed_for = $4, last_error = $5, body = $6,
                    first_failed_at = COALESCE(first_failed_at, $3),
                    claimed_by = NULL, claimed_until = NULL
                 WHERE id = $1 AND claimed_by = $2 AND sent_at IS NULL AND failed_at IS NULL",
                [
                    id.into(),
                    holder.into(),
                    now.into(),
                    (*what).into(),
                    (*error).into(),
                    Vec::new().into(),
                ],
            )
            .await?
        }
    };
    Ok(())
}

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
                    message.failed_at
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
    Ok(QueueFigures {
        waiting: row.int(0)?,
        deferred: row.int(1)?,
        oldest_queued: row.optional_parsed(2)?,
        failing_since: row.optional_parsed(3)?,
        sent: row.int(4)?,
        withdrawn: row.int(5)?,
        refused_addresses: row.int(6)?,
        refused_messages: row.int(7)?,
        last_error: last.map(|row| row.text(0)).transpose()?,
    })
}
