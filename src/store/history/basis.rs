//! By what an authority's record was judged, since which day: rules, calendar and names of teams, as
//! one text for each day on which any of them changed.

use crate::calendar::Day;
use crate::store::{StoreError, Transaction};

/// What was in force at the end of a day; `None` before the first that is kept.
///
/// # Errors
/// What the database says.
pub async fn basis_at(
    tx: &mut Transaction,
    authority: &str,
    day: Day,
) -> Result<Option<String>, StoreError> {
    let row = tx
        .row(
            "SELECT basis FROM history_basis WHERE authority = $1 AND from_day <= $2 \
             ORDER BY from_day DESC LIMIT 1",
            [authority.into(), day.into()],
        )
        .await?;
    row.map(|row| row.text(0)).transpose()
}

/// Keeps what is in force from a day on, where it is another than before.
///
/// # Errors
/// What the database says.
pub async fn keep_basis(
    tx: &mut Transaction,
    authority: &str,
    day: Day,
    basis: &str,
) -> Result<(), StoreError> {
    if basis_at(tx, authority, day).await?.as_deref() == Some(basis) {
        return Ok(());
    }
    tx.execute(
        "INSERT INTO history_basis (authority, from_day, basis) VALUES ($1, $2, $3) \
         ON CONFLICT (authority, from_day) DO UPDATE SET basis = excluded.basis",
        [authority.into(), day.into(), basis.into()],
    )
    .await?;
    Ok(())
}
