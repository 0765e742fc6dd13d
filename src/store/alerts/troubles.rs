//! What operations were told of that is not over (`operations_trouble`).

use crate::alerts::{KnownTrouble, Trouble, TroubleKind};
use crate::store::{Arg, StoreError, Transaction};

/// All of them.
///
/// # Errors
/// What the database says.
pub async fn troubles(tx: &mut Transaction) -> Result<Vec<KnownTrouble>, StoreError> {
    let rows = tx
        .rows(
            "SELECT kind, authority, item, line, begun, told FROM operations_trouble
             ORDER BY kind, authority, item",
            [],
        )
        .await?;
    let troubles = rows.iter().map(|row| {
        let kind = row.text(0)?;
        let kind = TroubleKind::named(&kind)
            .ok_or_else(|| StoreError::Damaged(format!("a trouble of the kind `{kind}`")))?;
        Ok(KnownTrouble {
            trouble: Trouble {
                kind,
                authority: row.text(1)?,
                item: row.text(2)?,
                line: row.text(3)?,
            },
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
    troubles: &[KnownTrouble],
) -> Result<(), StoreError> {
    let row = |known: &KnownTrouble| -> Vec<Arg> {
        vec![
            known.trouble.kind.name().into(),
            (&known.trouble.authority).into(),
            (&known.trouble.item).into(),
            (&known.trouble.line).into(),
            known.begun.into(),
            known.told.into(),
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
    troubles: &[KnownTrouble],
) -> Result<(), StoreError> {
    for KnownTrouble { trouble, .. } in troubles {
        tx.execute(
            "DELETE FROM operations_trouble WHERE kind = $1 AND authority = $2 AND item = $3",
            [
                trouble.kind.name().into(),
                (&trouble.authority).into(),
                (&trouble.item).into(),
            ],
        )
        .await?;
    }
    Ok(())
}
