//! One row an obligation (`alert`).

use std::collections::{HashMap, HashSet};

use crate::alerts::{Alert, Hold, Phase};
use crate::store::{Arg, Row, StoreError, Transaction};

/// Children asked for in one statement.
const CHILDREN_AT_ONCE: usize = 16;

/// All alerts of an authority, by the obligation's short name.
///
/// # Errors
/// What the database says.
pub async fn alerts(
    tx: &mut Transaction,
    authority: &str,
) -> Result<HashMap<String, Alert>, StoreError> {
    let mut alerts = HashMap::new();
    tx.each_row(
        "SELECT id, rule, child, case_ref, team, period, anchor, opened, due, closed_reason,
            closed_day, overdue, hold, standing
         FROM alert WHERE authority = $1",
        [authority.into()],
        |row| {
            let alert = read(&row)?;
            alerts.insert(alert.id.clone(), alert);
            Ok::<(), StoreError>(())
        },
    )
    .await?;
    Ok(alerts)
}

/// The children of an authority with an alert that every pass looks at, by id.
///
/// # Errors
/// What the database says.
pub async fn attended_children(
    tx: &mut Transaction,
    authority: &str,
) -> Result<Vec<String>, StoreError> {
    let rows = tx
        .rows(
            "SELECT DISTINCT child FROM alert WHERE authority = $1 AND attention = 1",
            [authority.into()],
        )
        .await?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// The alerts of these children, by the obligation's short name.
///
/// # Errors
/// What the database says.
pub async fn alerts_of(
    tx: &mut Transaction,
    authority: &str,
    children: &[String],
) -> Result<HashMap<String, Alert>, StoreError> {
    let mut alerts = HashMap::new();
    for some in children.chunks(CHILDREN_AT_ONCE) {
        let mut args: Vec<Arg> = vec![authority.into()];
        // The last child stands in for those that are missing: one statement serves for all.
        let last = some.last().map_or("", String::as_str);
        args.extend((0..CHILDREN_AT_ONCE).map(|i| Arg::from(some.get(i).map_or(last, |c| c))));
        tx.each_row(
            "SELECT id, rule, child, case_ref, team, period, anchor, opened, due, closed_reason,
                closed_day, overdue, hold, standing
             FROM alert WHERE authority = $1 AND child IN
                ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
            args,
            |row| {
                let alert = read(&row)?;
                alerts.insert(alert.id.clone(), alert);
                Ok::<(), StoreError>(())
            },
        )
        .await?;
    }
    Ok(alerts)
}

/// The obligations of an authority that are over and that a message still waits to tell of.
///
/// # Errors
/// What the database says.
pub async fn closed_in_queue(
    tx: &mut Transaction,
    authority: &str,
) -> Result<HashSet<String>, StoreError> {
    let rows = tx
        .rows(
            "SELECT DISTINCT alert.id
             FROM message JOIN message_obligation ON message_obligation.message = message.id
             JOIN alert ON alert.id = message_obligation.obligation
             WHERE message.authority = $1 AND message.sent_at IS NULL
               AND message.withdrawn_at IS NULL AND message.failed_at IS NULL
               AND alert.closed_reason IS NOT NULL",
            [authority.into()],
        )
        .await?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// The alert of an obligation, with its authority, where there is one.
///
/// # Errors
/// What the database says.
pub async fn alert(
    tx: &mut Transaction,
    obligation: &str,
) -> Result<Option<(String, Alert)>, StoreError> {
    let row = tx
        .row(
            "SELECT id, rule, child, case_ref, team, period, anchor, opened, due, closed_reason,
                closed_day, overdue, hold, standing, authority
             FROM alert WHERE id = $1",
            [obligation.into()],
        )
        .await?;
    row.map(|row| Ok((row.text(14)?, read(&row)?))).transpose()
}

fn read(row: &Row) -> Result<Alert, StoreError> {
    let phase = match (row.optional_parsed(9)?, row.optional_parsed(10)?) {
        (Some(reason), Some(day)) => Phase::Closed { reason, day },
        _ => Phase::Open,
    };
    let standing = serde_json::from_str(&row.text(13)?)
        .map_err(|error| StoreError::Damaged(format!("the standing of an alert ({error})")))?;
    Ok(Alert {
        id: row.text(0)?,
        rule: row.text(1)?,
        child: row.text(2)?,
        case_ref: row.text(3)?,
        team: row.optional_text(4)?,
        period: row.text(5)?,
        anchor: row.text(6)?,
        opened: row.parsed(7)?,
        due: row.parsed(8)?,
        phase,
        overdue: row.boolean(11)?,
        hold: row.optional_text(12)?.and_then(|hold| Hold::named(&hold)),
        standing,
    })
}

/// Keeps these alerts, in place of what was kept for the same obligations.
///
/// # Errors
/// What the database says.
pub async fn put_alerts<'a>(
    tx: &mut Transaction,
    authority: &str,
    alerts: impl IntoIterator<Item = &'a Alert>,
) -> Result<(), StoreError> {
    let row = |alert: &Alert| -> Vec<Arg> {
        let (reason, day) = match alert.phase {
            Phase::Open => (None, None),
            Phase::Closed { reason, day } => (Some(reason.name()), Some(day)),
        };
        vec![
            (&alert.id).into(),
            authority.into(),
            (&alert.rule).into(),
            (&alert.child).into(),
            (&alert.case_ref).into(),
            alert.team.clone().into(),
            (&alert.period).into(),
            (&alert.anchor).into(),
            alert.opened.into(),
            alert.due.into(),
            reason.into(),
            day.into(),
            alert.overdue.into(),
            alert.hold.map(Hold::name).into(),
            serde_json::json!(alert.standing).to_string().into(),
            alert.needs_attention().into(),
        ]
    };
    tx.insert_many(
        "alert (id, authority, rule, child, case_ref, team, period, anchor, opened, due, \
         closed_reason, closed_day, overdue, hold, standing, attention)",
        "ON CONFLICT (id) DO UPDATE SET case_ref = excluded.case_ref, team = excluded.team, \
         opened = excluded.opened, due = excluded.due, closed_reason = excluded.closed_reason, \
         closed_day = excluded.closed_day, overdue = excluded.overdue, hold = excluded.hold, \
         standing = excluded.standing, attention = excluded.attention",
        alerts.into_iter().map(row).collect(),
    )
    .await?;
    Ok(())
}

/// Forgets these alerts: nobody was told of them.
///
/// # Errors
/// What the database says.
pub async fn delete_alerts(tx: &mut Transaction, ids: &[String]) -> Result<(), StoreError> {
    for id in ids {
        tx.execute("DELETE FROM alert WHERE id = $1", [id.into()])
            .await?;
    }
    Ok(())
}
