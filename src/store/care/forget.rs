//! Forgetting what a site need not keep, by its own periods (`[retention]`): the cases that the source
//! no longer holds, what was told of duties that are long closed, old acknowledgements, what the copy
//! was on days of long ago, and the readings that made it so.
//!
//! What keeps a step from being told twice stays: an obligation of a child that the copy still holds is
//! remembered for ever. Of what is open nothing goes.

use crate::calendar::Day;
use crate::store::{Arg, Store, StoreError, Transaction};

/// What is kept: everything from these days on; without a day all of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Keep {
    /// Obligations of children that the source no longer holds, by the day on which they closed.
    pub closed: Option<Day>,
    /// What was told of closed obligations, and the messages, by the day of both.
    pub messages: Option<Day>,
    /// Acknowledgements and releases, by their day.
    pub audit: Option<Day>,
    /// What the copy was at the end of each day.
    pub history: Option<Day>,
    /// Readings of the sources, by their day.
    pub readings: Option<Day>,
}

/// How much was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Obligations.
    pub obligations: u64,
    /// What was told: a step or a closing to one recipient.
    pub told: u64,
    /// Messages.
    pub messages: u64,
    /// Acknowledgements and releases.
    pub audit: u64,
    /// What a timeline was on earlier days.
    pub history: u64,
    /// Readings of the sources.
    pub readings: u64,
}

/// The closing was the last that was told of it, and no message of it waits.
const SETTLED: &str = "
    NOT EXISTS (SELECT 1 FROM alert_told later WHERE later.obligation = alert.id
        AND later.kind <> 'closed' AND later.number = (SELECT MAX(last.number)
            FROM alert_told last WHERE last.obligation = alert.id))
    AND NOT EXISTS (SELECT 1 FROM message_obligation JOIN message
        ON message.id = message_obligation.message
        WHERE message_obligation.obligation = alert.id AND message.sent_at IS NULL
        AND message.withdrawn_at IS NULL AND message.failed_at IS NULL)";

/// Forgets what need not be kept, at most once on a day. `None` where that day has had its turn.
///
/// # Errors
/// What the database says; nothing is forgotten then.
pub async fn forget(
    store: &Store,
    keep: Keep,
    today: Day,
) -> Result<Option<Forgotten>, StoreError> {
    let mut tx = store.begin().await?;
    let first_today = tx
        .execute(
            "UPDATE retention SET last_day = $1 WHERE last_day IS NULL OR last_day <> $1",
            [today.into()],
        )
        .await?;
    if first_today == 0 {
        return Ok(None);
    }
    let mut forgotten = Forgotten::default();
    if let Some(before) = keep.closed {
        closed(&mut tx, before, &mut forgotten).await?;
    }
    if let Some(before) = keep.messages {
        told(&mut tx, before, &mut forgotten).await?;
    }
    if let Some(before) = keep.audit {
        forgotten.audit = audit(&mut tx, before, today).await?;
    }
    if let Some(before) = keep.history {
        forgotten.history = history(&mut tx, before).await?;
    }
    if let Some(before) = keep.readings {
        forgotten.readings = readings(&mut tx, before).await?;
    }
    tx.commit().await?;
    Ok(Some(forgotten))
}

/// Obligations that closed before a day, of children that the copy no longer holds: they cannot come
/// back by themselves.
async fn closed(
    tx: &mut Transaction,
    before: Day,
    forgotten: &mut Forgotten,
) -> Result<(), StoreError> {
    let gone = format!(
        "SELECT alert.id FROM alert WHERE alert.closed_reason IS NOT NULL
         AND alert.closed_day < $1 AND NOT EXISTS (SELECT 1 FROM copy_timeline
            WHERE copy_timeline.authority = alert.authority
            AND copy_timeline.child_id = alert.child) AND {SETTLED}"
    );
    let rows = tx.rows_of(gone, [before.into()]).await?;
    for row in rows {
        let id = row.text(0)?;
        let of_it = || [Arg::from(&id)];
        forgotten.told += tx
            .execute("DELETE FROM alert_told WHERE obligation = $1", of_it())
            .await?;
        tx.execute(
            "DELETE FROM message_obligation WHERE obligation = $1",
            of_it(),
        )
        .await?;
        forgotten.obligations += tx
            .execute("DELETE FROM alert WHERE id = $1", of_it())
            .await?;
    }
    Ok(())
}

/// What was told before a day of obligations that had closed before it, and the messages that nothing
/// refers to any more.
async fn told(
    tx: &mut Transaction,
    before: Day,
    forgotten: &mut Forgotten,
) -> Result<(), StoreError> {
    let of_closed = format!(
        "DELETE FROM alert_told WHERE queued < $1 AND obligation IN (
            SELECT alert.id FROM alert WHERE alert.closed_reason IS NOT NULL
            AND alert.closed_day < $1 AND {SETTLED})"
    );
    forgotten.told += tx.execute_of(of_closed, [before.into()]).await?;
    let old = "
        COALESCE(sent_at, withdrawn_at, failed_at) < $1
        AND NOT EXISTS (SELECT 1 FROM alert_told WHERE alert_told.message_id = message.message_id)
        AND NOT EXISTS (SELECT 1 FROM message_obligation JOIN alert
            ON alert.id = message_obligation.obligation
            WHERE message_obligation.message = message.id AND alert.closed_reason IS NULL)";
    let results = format!(
        "SELECT CASE WHEN sent_at IS NOT NULL THEN 'sent' WHEN withdrawn_at IS NOT NULL
            THEN 'withdrawn' ELSE COALESCE(failed_for, 'message') END AS result, COUNT(*)
         FROM message WHERE {old} GROUP BY 1"
    );
    for row in tx.rows_of(results, [before.into()]).await? {
        // Counters only grow: what is forgotten stays counted.
        tx.execute(
            "INSERT INTO message_forgotten (result, messages) VALUES ($1, $2) ON CONFLICT (result)
             DO UPDATE SET messages = message_forgotten.messages + excluded.messages",
            [row.text(0)?.into(), row.int(1)?.into()],
        )
        .await?;
    }
    for of_message in ["message_body", "message_obligation"] {
        let sql = format!(
            "DELETE FROM {of_message} WHERE message IN (SELECT id FROM message WHERE {old})"
        );
        tx.execute_of(sql, [before.into()]).await?;
    }
    let sql = format!("DELETE FROM message WHERE {old}");
    forgotten.messages += tx.execute_of(sql, [before.into()]).await?;
    Ok(())
}

/// Acknowledgements that have lapsed, and releases, of before a day and of nothing that is open.
async fn audit(tx: &mut Transaction, before: Day, today: Day) -> Result<u64, StoreError> {
    // The record cannot be edited but for what lies before this.
    let allow = "UPDATE retention SET audit_before = $1";
    tx.execute(allow, [before.into()]).await?;
    let forgotten = tx
        .execute(
            "DELETE FROM alert_audit WHERE at < $1 AND (until IS NULL OR until < $2)
             AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.id = alert_audit.obligation
                AND alert.closed_reason IS NULL)",
            [before.into(), today.into()],
        )
        .await?;
    tx.execute(allow, [Arg::Text(None)]).await?;
    Ok(forgotten)
}

/// What timelines were at the end of days before a day, or before the last reading where that is
/// earlier. Every day from then on can be asked about as before.
async fn history(tx: &mut Transaction, before: Day) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE history_day SET begun = CASE WHEN day < $1 THEN day ELSE $1 END
         WHERE begun < $1",
        [before.into()],
    )
    .await?;
    // What was in force on the first day that is kept stays.
    tx.execute(
        "DELETE FROM history_basis WHERE from_day < (SELECT MAX(held.from_day)
            FROM history_basis AS held JOIN history_day ON history_day.authority = held.authority
            WHERE held.authority = history_basis.authority
            AND held.from_day <= history_day.begun)",
        [],
    )
    .await?;
    tx.execute(
        "DELETE FROM history_timeline WHERE before_day <= (SELECT begun FROM history_day
            WHERE history_day.authority = history_timeline.authority)",
        [],
    )
    .await
}

/// Readings before a day. What is asked for of earlier ones stays: the last that was accepted, the last
/// of everything, what was refused since, and of each day that is still known the last accepted one.
async fn readings(tx: &mut Transaction, before: Day) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM copy_reading WHERE day < $1
         AND number < (SELECT MAX(number) FROM copy_reading AS last
            WHERE last.authority = copy_reading.authority AND last.accepted = 1)
         AND number NOT IN (SELECT MAX(number) FROM copy_reading
            WHERE accepted = 1 AND whole = 1 GROUP BY authority)
         AND number NOT IN (SELECT MAX(number) FROM copy_reading
            LEFT JOIN history_day ON history_day.authority = copy_reading.authority
            WHERE accepted = 1 GROUP BY copy_reading.authority,
                CASE WHEN copy_reading.day <= history_day.begun THEN '' ELSE copy_reading.day END)",
        [before.into()],
    )
    .await
}
