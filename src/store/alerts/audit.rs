//! Who acknowledged or released what (`alert_audit`): added to, never edited.

use std::collections::HashMap;

use crate::calendar::{Day, Instant};
use crate::store::{Arg, StoreError, Transaction};

/// An acknowledgement of one obligation, for everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement<'a> {
    /// Whose obligation.
    pub authority: &'a str,
    /// Its short name.
    pub obligation: &'a str,
    /// Who acknowledges it.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
    /// Through which day.
    pub until: Day,
    /// When.
    pub at: Instant,
}

/// Adds an acknowledgement to the record.
///
/// # Errors
/// What the database says.
pub async fn acknowledge(
    tx: &mut Transaction,
    acknowledgement: &Acknowledgement<'_>,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO alert_audit (at, action, authority, obligation, who, reason, until)
         VALUES ($1, 'ack', $2, $3, $4, $5, $6)",
        [
            acknowledgement.at.into(),
            acknowledgement.authority.into(),
            acknowledgement.obligation.into(),
            acknowledgement.by.into(),
            acknowledgement.reason.into(),
            acknowledgement.until.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Until which day each obligation of an authority is acknowledged, lapsed ones among them; of
/// several acknowledgements the latest holds.
///
/// # Errors
/// What the database says.
pub async fn acknowledged(
    tx: &mut Transaction,
    authority: &str,
) -> Result<HashMap<String, Day>, StoreError> {
    let rows = tx
        .rows(
            "SELECT obligation, until FROM alert_audit
             WHERE authority = $1 AND action = 'ack' ORDER BY number",
            [authority.into()],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, row.parsed(1)?)))
        .collect()
}

/// Lifts the held floods of an authority: what is held is told as a baseline in the next pass. Gives
/// how many there are; where there is one, it is on the record.
///
/// # Errors
/// What the database says.
pub async fn release_flood(
    tx: &mut Transaction,
    authority: &str,
    at: Instant,
) -> Result<u64, StoreError> {
    let released = tx
        .execute(
            "UPDATE alert SET hold = 'baseline' WHERE authority = $1 AND hold = 'flood'",
            [authority.into()],
        )
        .await?;
    if released > 0 {
        let args: [Arg; 3] = [
            at.into(),
            authority.into(),
            format!("{released} obligations").into(),
        ];
        tx.execute(
            "INSERT INTO alert_audit (at, action, authority, reason)
             VALUES ($1, 'release', $2, $3)",
            args,
        )
        .await?;
    }
    Ok(released)
}
