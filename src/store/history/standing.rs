//! Which standing reports have gone out: each day that fell is claimed once, in the transaction that
//! queues its messages.

use crate::calendar::Instant;
use crate::report::Period;
use crate::store::{StoreError, Transaction};

/// The latest day of a report that was dealt with; `None` for a report that is new.
///
/// # Errors
/// What the database says.
pub async fn last_standing(
    tx: &mut Transaction,
    report: &str,
) -> Result<Option<Instant>, StoreError> {
    let row = tx
        .row(
            "SELECT MAX(fell_at) FROM standing_report WHERE report = $1",
            [report.into()],
        )
        .await?;
    let last = row.map(|row| row.optional_parsed(0)).transpose()?;
    Ok(last.flatten())
}

/// Claims a day of a report for the caller, or with no period that a new one is watched from then on;
/// `false` where somebody has claimed it before.
///
/// # Errors
/// What the database says.
pub async fn claim_standing(
    tx: &mut Transaction,
    report: &str,
    fell_at: Instant,
    period: Option<Period>,
    now: Instant,
) -> Result<bool, StoreError> {
    let touched = tx
        .execute(
            "INSERT INTO standing_report (report, fell_at, from_day, to_day, queued_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (report, fell_at) DO NOTHING",
            [
                report.into(),
                fell_at.into(),
                period.map(|period| period.from).into(),
                period.map(|period| period.to).into(),
                now.into(),
            ],
        )
        .await?;
    Ok(touched == 1)
}
