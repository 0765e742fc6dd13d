//! What operations were told of that is not over (`operations_trouble`).

use crate::calendar::Day;
use crate::store::{Arg, StoreError, Transaction};

/// A thing that operations were told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTrouble {
    /// The name of its kind.
    pub kind: String,
    /// Whose; empty for the whole installation.
    pub authority: String,
    /// Which of its kind.
    pub item: String,
    /// What was said of it: ids and case references only.
    pub line: String,
    /// When it began.
    pub begun: Day,
    /// When operations were last told.
    pub told: Day,
}

/// All of them.
///
/// # Errors
/// What the database says.
pub async fn troubles(tx: &mut Transaction) -> Result<Vec<StoredTrouble>, StoreError> {
    let rows = tx
        .rows(
            "SELECT kind, authority, item, line, begun, told FROM operations_trouble
             ORDER BY kind, authority, item",
            [],
        )
        .await?;
    let troubles = rows.iter().map(|row| {
        Ok(StoredTrouble {
            kind: row.text(0)?,
            authority: row.text(1)?,
            item: row.text(2)?,
            line: row.text(3)?,
            begun: row.parsed(4)?,
            told: row.parsed(5)?,
        })
    });
    troubles.collect()
}

/// Keeps these, in place of what was kept of the same things.
///
/// # Errors
/// What the database says.
pub async fn put_troubles(
    tx: &mut Transaction,
    troubles: &[StoredTrouble],
) -> Result<(), StoreError> {
    let row = |trouble: &StoredTrouble| -> Vec<Arg> {
        vec![
            (&trouble.kind).into(),
            (&trouble.authority).into(),
            (&trouble.item).into(),
            (&trouble.line).into(),
            trouble.begun.into(),
            trouble.told.into(),
        ]
    };
    tx.insert_many(
        "operations_trouble (kind, authority, item, line, begun, told)",
        "ON CONFLICT (kind, authority, item) DO UPDATE SET line = excluded.line, \
         told = excluded.told",
        troubles.iter().map(row).collect(),
    )
    .await?;
    Ok(())
}

/// Forgets these: they are over.
///
/// # Errors
/// What the database says.
pub async fn delete_troubles(
    tx: &mut Transaction,
    troubles: &[StoredTrouble],
) -> Result<(), StoreError> {
    for trouble in troubles {
        tx.execute(
            "DELETE FROM operations_trouble WHERE kind = $1 AND authority = $2 AND item = $3",
            [
                (&trouble.kind).into(),
                (&trouble.authority).into(),
                (&trouble.item).into(),
            ],
        )
        .await?;
    }
    Ok(())
}
