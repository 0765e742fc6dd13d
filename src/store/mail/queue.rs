//! Messages in the queue: put in, claimed, settled, withdrawn.

use std::collections::{HashMap, HashSet};

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
    pub obligations: Vec<&'a str>,
    /// When: from then on it is due for a try.
    pub queued: Instant,
}

/// Queues messages and gives for each its id, and whether it is new: one with its Message-ID that waits,
/// was sent or has failed is left as it is, one that was withdrawn is queued again.
///
/// # Errors
/// What the database says.
pub async fn insert_all(
    tx: &mut Transaction,
    messages: &[NewMessage<'_>],
) -> Result<Vec<(i64, bool)>, StoreError> {
    let mut seen = HashSet::new();
    let distinct: Vec<&NewMessage<'_>> = messages
        .iter()
        .filter(|message| seen.insert(message.message_id))
        .collect();
    let row = |message: &&NewMessage<'_>| -> Vec<Arg> {
        vec![
            message.message_id.into(),
            message.authority.into(),
            message.kind.into(),
            message.recipient.into(),
            message.standing.into(),
            message.subject.into(),
            message.urgent.into(),
            message.tells_closing.into(),
            message.queued.into(),
            message.queued.into(),
            0u32.into(),
        ]
    };
    let rows = tx
        .insert_many_returning(
            "message (message_id, authority, kind, recipient, standing, subject, urgent, \
             tells_closing, queued_at, next_try_at, tries)",
            "ON CONFLICT (message_id) DO UPDATE SET
                standing = excluded.standing, subject = excluded.subject,
                queued_at = excluded.queued_at, next_try_at = excluded.next_try_at,
                withdrawn_at = NULL
             WHERE message.withdrawn_at IS NOT NULL
             RETURNING message_id, id",
            distinct.iter().map(row).collect(),
        )
        .await?;
    let mut new: HashMap<String, i64> = HashMap::with_capacity(rows.len());
    for row in &rows {
        new.insert(row.text(0)?, row.int(1)?);
    }
    let queued = distinct
        .iter()
        .filter_map(|message| Some((*new.get(message.message_id)?, *message)));
    let (mut bodies, mut obligations) = (Vec::new(), Vec::new());
    for (id, message) in queued {
        bodies.push(vec![id.into(), message.body.into()]);
        let of_this = message.obligations.iter();
        obligations.extend(of_this.map(|obligation| vec![id.into(), (*obligation).into()]));
    }
    tx.insert_many("message_body (message, body)", "", bodies)
        .await?;
    tx.insert_many(
        "message_obligation (message, obligation)",
        "ON CONFLICT DO NOTHING",
        obligations,
    )
    .await?;
    let mut ids = Vec::with_capacity(messages.len());
    for message in messages {
        ids.push(match new.remove(message.message_id) {
            Some(id) => (id, true),
            None => (known(tx, message.message_id).await?, false),
        });
    }
    Ok(ids)
}

/// The id of a message that was queued before.
async fn known(tx: &mut Transaction, message_id: &str) -> Result<i64, StoreError> {
    let row = tx
        .row(
            "SELECT id FROM message WHERE message_id = $1",
            [message_id.into()],
        )
        .await?;
    row.ok_or_else(|| StoreError::Damaged(format!("message {message_id} was not queued")))?
        .int(0)
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
            "UPDATE message SET withdrawn_at = $2
             WHERE id = $1 AND tries = 0 AND sent_at IS NULL AND withdrawn_at IS NULL
               AND failed_at IS NULL",
            [id.into(), now.into()],
        )
        .await?;
    if touched == 1 {
        forget_body(tx, id).await?;
    }
    Ok(touched == 1)
}

/// Drops the text of a message that has left the queue: nothing about a case is kept longer than it
/// is needed.
async fn forget_body(tx: &mut Transaction, id: i64) -> Result<(), StoreError> {
    tx.execute("DELETE FROM message_body WHERE message = $1", [id.into()])
        .await?;
    Ok(())
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
            ") RETURNING id, message_id, authority, recipient, standing, tries"
        ),
        Backend::Postgres => concat!(
            "UPDATE message SET claimed_by = $1, claimed_until = $3, tries = tries + 1 WHERE id = (",
            "SELECT id FROM message
             WHERE sent_at IS NULL AND withdrawn_at IS NULL AND failed_at IS NULL
               AND next_try_at <= $2 AND (claimed_by IS NULL OR claimed_until <= $2)
             ORDER BY urgent DESC, next_try_at, id LIMIT 1",
            " FOR UPDATE SKIP LOCKED",
            ") RETURNING id, message_id, authority, recipient, standing, tries"
        ),
    };
    let row = tx
        .row(sql, [holder.into(), now.into(), until.into()])
        .await?;
    let Some(row) = row else { return Ok(None) };
    let id = row.int(0)?;
    let body = tx
        .row(
            "SELECT body FROM message_body WHERE message = $1",
            [id.into()],
        )
        .await?
        .ok_or_else(|| StoreError::Damaged(format!("message {id} waits and has no text")))?;
    Ok(Some(Claimed {
        id,
        message_id: row.text(1)?,
        authority: row.text(2)?,
        recipient: row.text(3)?,
        standing: row.text(4)?,
        body: body.bytes(0)?,
        tries: row.int(5)?,
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

/// Writes down what became of a try; what is sent is sent whoever holds the claim by now. Says whether
/// another one had taken it over.
///
/// # Errors
/// What the database says.
pub async fn settle(
    tx: &mut Transaction,
    id: i64,
    holder: &str,
    verdict: &Verdict<'_>,
    now: Instant,
) -> Result<bool, StoreError> {
    let touched = match verdict {
        Verdict::Sent => {
            let touched = tx
                .execute(
                    "UPDATE message SET sent_at = $2, claimed_by = NULL, claimed_until = NULL
                     WHERE id = $1 AND claimed_by = $3 AND sent_at IS NULL AND failed_at IS NULL",
                    [id.into(), now.into(), holder.into()],
                )
                .await?;
            // Nought as well where the one who took it over has sent it, and goes on.
            let taken_back = if touched == 1 {
                0
            } else {
                tx.execute(
                    "UPDATE message SET sent_at = $2, failed_at = NULL, failed_for = NULL,
                        claimed_by = NULL, claimed_until = NULL
                     WHERE id = $1 AND sent_at IS NULL",
                    [id.into(), now.into()],
                )
                .await?
            };
            forget_body(tx, id).await?;
            return Ok(taken_back == 1);
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
            let touched = tx
                .execute(
                    "UPDATE message SET failed_at = $3, failed_for = $4, last_error = $5,
                        first_failed_at = COALESCE(first_failed_at, $3),
                        claimed_by = NULL, claimed_until = NULL
                     WHERE id = $1 AND claimed_by = $2 AND sent_at IS NULL AND failed_at IS NULL",
                    [
                        id.into(),
                        holder.into(),
                        now.into(),
                        (*what).into(),
                        (*error).into(),
                    ],
                )
                .await?;
            if touched == 1 {
                forget_body(tx, id).await?;
            }
            touched
        }
    };
    Ok(touched == 0)
}
