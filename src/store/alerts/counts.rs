//! Counts of what was told and of what is held, for metrics.

use std::collections::BTreeMap;

use crate::store::{Row, StoreError, Transaction};

/// Steps of an authority told so far, by their number: one for each obligation and recipient.
///
/// # Errors
/// What the database says.
pub async fn told_by_step(
    tx: &mut Transaction,
    authority: &str,
) -> Result<BTreeMap<u32, u64>, StoreError> {
    let rows = tx
        .rows(
            "SELECT step, COUNT(*) FROM alert_told WHERE authority = $1 AND kind = 'step'
             GROUP BY step",
            [authority.into()],
        )
        .await?;
    by_step(&rows)
}

/// Open obligations of an authority that somebody was told of, by the highest step told.
///
/// # Errors
/// What the database says.
pub async fn open_by_step(
    tx: &mut Transaction,
    authority: &str,
) -> Result<BTreeMap<u32, u64>, StoreError> {
    let rows = tx
        .rows(
            "SELECT told.step, COUNT(*) FROM
                (SELECT obligation, MAX(step) AS step FROM alert_told
                 WHERE authority = $1 AND kind = 'step' GROUP BY obligation) AS told
             JOIN alert ON alert.id = told.obligation
             WHERE alert.closed_reason IS NULL GROUP BY told.step",
            [authority.into()],
        )
        .await?;
    by_step(&rows)
}

fn by_step(rows: &[Row]) -> Result<BTreeMap<u32, u64>, StoreError> {
    let counts = rows.iter().map(|row| {
        let step = u32::try_from(row.int(0)?).unwrap_or(0);
        Ok((step, u64::try_from(row.int(1)?).unwrap_or(0)))
    });
    counts.collect()
}

/// How many obligations of an authority the flood guard holds.
///
/// # Errors
/// What the database says.
pub async fn flood_held(tx: &mut Transaction, authority: &str) -> Result<u64, StoreError> {
    let row = tx
        .row(
            "SELECT COUNT(*) FROM alert WHERE authority = $1 AND hold = 'flood'",
            [authority.into()],
        )
        .await?;
    let held = row.map(|row| row.int(0)).transpose()?.unwrap_or(0);
    Ok(u64::try_from(held).unwrap_or(0))
}
