//! What was told, to whom, in which message (`alert_told`), and who had a digest when.

use std::collections::BTreeSet;

use crate::alerts::{Record, Recorded};
use crate::calendar::{Day, Instant};
use crate::store::{Arg, StoreError, Transaction};

/// Adds to the record of what was told: each with the Message-ID of the message that tells it.
///
/// # Errors
/// What the database says; a step that was told before is one.
pub async fn put_told(
    tx: &mut Transaction,
    authority: &str,
    queued: Instant,
    told: &[(String, Record)],
) -> Result<(), StoreError> {
    let row = |(message_id, record): &(String, Record)| -> Vec<Arg> {
        let (kind, step, repeat, reason) = match record.what {
            Recorded::Step { step, repeat } => ("step", Some(step), repeat, None),
            Recorded::Closed(reason) => ("closed", None, 0, Some(reason.name())),
            Recorded::Reopened => ("reopened", None, 0, None),
        };
        vec![
            authority.into(),
            (&record.obligation).into(),
            kind.into(),
            step.into(),
            record.due.into(),
            repeat.into(),
            (&record.recipient).into(),
            message_id.into(),
            queued.into(),
            reason.into(),
        ]
    };
    tx.insert_many(
        "alert_told (authority, obligation, kind, step, due, repeat, recipient, message_id, \
         queued, reason)",
        // What is on the record stays: a clash must not keep everybody else from being told.
        "ON CONFLICT DO NOTHING",
        told.iter().map(row).collect(),
    )
    .await?;
    Ok(())
}

/// A step that was told to one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldStep {
    /// The step's number.
    pub step: u32,
    /// The due day that it was told for.
    pub due: Day,
    /// 0 for the step itself, then counted up.
    pub repeat: u32,
    /// The address.
    pub recipient: String,
    /// The message that tells it.
    pub message_id: String,
}

/// The steps told of an obligation, in the order in which they were told.
///
/// # Errors
/// What the database says.
pub async fn steps_told(
    tx: &mut Transaction,
    obligation: &str,
) -> Result<Vec<ToldStep>, StoreError> {
    let rows = tx
        .rows(
            "SELECT step, due, repeat, recipient, message_id FROM alert_told
             WHERE obligation = $1 AND kind = 'step' ORDER BY number",
            [obligation.into()],
        )
        .await?;
    let steps = rows.iter().map(|row| {
        Ok(ToldStep {
            step: count(row.int(0)?),
            due: row.parsed(1)?,
            repeat: count(row.int(2)?),
            recipient: row.text(3)?,
            message_id: row.text(4)?,
        })
    });
    steps.collect()
}

fn count(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(0)
}

/// A step that a withdrawn message would have told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untold {
    /// The obligation's short name.
    pub obligation: String,
    /// The step's number.
    pub step: u32,
    /// The due day that it was for.
    pub due: Day,
    /// 0 for the step itself, then counted up.
    pub repeat: u32,
    /// The address.
    pub recipient: String,
}

/// Takes out of the record what a withdrawn message would have told, with the digest that it was;
/// gives the steps.
///
/// # Errors
/// What the database says.
pub async fn delete_told(
    tx: &mut Transaction,
    message_id: &str,
) -> Result<Vec<Untold>, StoreError> {
    let rows = tx
        .rows(
            "DELETE FROM alert_told WHERE message_id = $1 RETURNING obligation, step, due,
                repeat, recipient",
            [message_id.into()],
        )
        .await?;
    tx.execute(
        "DELETE FROM alert_digest WHERE message_id = $1",
        [message_id.into()],
    )
    .await?;
    let mut untold = Vec::new();
    for row in &rows {
        if let Some(step) = row.optional_int(1)? {
            untold.push(Untold {
                obligation: row.text(0)?,
                step: count(step),
                due: row.parsed(2)?,
                repeat: count(row.int(3)?),
                recipient: row.text(4)?,
            });
        }
    }
    Ok(untold)
}

/// Who of an authority had a digest on `day`, in lower case.
///
/// # Errors
/// What the database says.
pub async fn served(
    tx: &mut Transaction,
    authority: &str,
    day: Day,
) -> Result<BTreeSet<String>, StoreError> {
    let rows = tx
        .rows(
            "SELECT recipient FROM alert_digest WHERE authority = $1 AND day = $2",
            [authority.into(), day.into()],
        )
        .await?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// Remembers who had a digest on `day`: the address in lower case, and the message.
///
/// # Errors
/// What the database says.
pub async fn put_digests(
    tx: &mut Transaction,
    authority: &str,
    day: Day,
    digests: &[(String, String)],
) -> Result<(), StoreError> {
    let rows = digests.iter().map(|(recipient, message_id)| {
        vec![
            authority.into(),
            recipient.into(),
            day.into(),
            message_id.into(),
        ]
    });
    tx.insert_many(
        "alert_digest (authority, recipient, day, message_id)",
        "ON CONFLICT (authority, recipient) DO UPDATE SET day = excluded.day, \
         message_id = excluded.message_id",
        rows.collect(),
    )
    .await?;
    Ok(())
}

/// A step or a closing as `alerts list` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedTelling {
    /// Whose.
    pub authority: String,
    /// The obligation's short name.
    pub id: String,
    /// The rule's id.
    pub rule: String,
    /// The source's id of the child.
    pub child: String,
    /// The source's id of the period.
    pub period: String,
    /// The source's id of the anchor.
    pub anchor: String,
    /// The step's number; none for a closing.
    pub step: Option<u32>,
    /// The address.
    pub recipient: String,
    /// When it was queued.
    pub queued: Instant,
    /// When the server took it, where it did.
    pub sent: Option<Instant>,
    /// The message that tells it.
    pub message_id: String,
    /// The reason of this closing, or, for a step, of the closing that the obligation has had.
    pub closed: Option<String>,
}

/// Everything that was told, in the order in which it was.
///
/// # Errors
/// What the database says.
pub async fn listed(tx: &mut Transaction) -> Result<Vec<ListedTelling>, StoreError> {
    let rows = tx
        .rows(
            "SELECT alert_told.authority, alert_told.obligation, alert.rule, alert.child,
                alert.period, alert.anchor, alert_told.step, alert_told.recipient,
                alert_told.queued, message.sent_at, alert_told.message_id,
                COALESCE(alert_told.reason, alert.closed_reason)
             FROM alert_told JOIN alert ON alert.id = alert_told.obligation
             LEFT JOIN message ON message.message_id = alert_told.message_id
             WHERE alert_told.kind IN ('step', 'closed') ORDER BY alert_told.number",
            [],
        )
        .await?;
    let listed = rows.iter().map(|row| {
        Ok(ListedTelling {
            authority: row.text(0)?,
            id: row.text(1)?,
            rule: row.text(2)?,
            child: row.text(3)?,
            period: row.text(4)?,
            anchor: row.text(5)?,
            step: row.optional_int(6)?.map(count),
            recipient: row.text(7)?,
            queued: row.parsed(8)?,
            sent: row.optional_parsed(9)?,
            message_id: row.text(10)?,
            closed: row.optional_text(11)?,
        })
    });
    listed.collect()
}

/// Open obligations of an authority of which a message was refused for good for its own sake, with
/// their case references.
///
/// # Errors
/// What the database says.
pub async fn refused_messages(
    tx: &mut Transaction,
    authority: &str,
) -> Result<Vec<(String, String)>, StoreError> {
    let rows = tx
        .rows(
            "SELECT DISTINCT alert.id, alert.case_ref FROM message
             JOIN message_obligation ON message_obligation.message = message.id
             JOIN alert ON alert.id = message_obligation.obligation
             WHERE message.authority = $1 AND message.failed_for = 'message'
               AND alert.closed_reason IS NULL ORDER BY alert.id",
            [authority.into()],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, row.text(1)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::testing::{postgres, sqlite};

    async fn told_once(store: Store) {
        let record = |recipient: &str| Record {
            obligation: "o1".to_owned(),
            due: "2026-06-04".parse().unwrap(),
            recipient: recipient.to_owned(),
            what: Recorded::Step { step: 2, repeat: 0 },
        };
        let now = "2026-06-05T09:00:00Z".parse().unwrap();
        let mut tx = store.begin().await.unwrap();
        let first = [("<1@x>".to_owned(), record("anna@example.org"))];
        put_told(&mut tx, "luton", now, &first).await.unwrap();
        let again = [
            ("<2@x>".to_owned(), record("Anna@example.org")),
            ("<3@x>".to_owned(), record("ben@example.org")),
        ];
        put_told(&mut tx, "luton", now, &again).await.unwrap();
        let told = steps_told(&mut tx, "o1").await.unwrap();
        let messages: Vec<&str> = told.iter().map(|t| t.message_id.as_str()).collect();
        assert_eq!(messages, ["<1@x>", "<3@x>"]);
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn what_is_on_the_record_stays_and_the_rest_goes_on_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        told_once(sqlite(folder.path()).await).await;
    }

    #[tokio::test]
    #[ignore = "needs PostgreSQL; tests/run starts it"]
    async fn what_is_on_the_record_stays_and_the_rest_goes_on_in_postgres() {
        told_once(postgres().await).await;
    }
}
