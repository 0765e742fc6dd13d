//! The rules that a pass has read (`alert_rule`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::alerts::RuleFacts;
use crate::mail::Asked;
use crate::store::{Row, StoreError, Transaction};

/// The packs and rules of an authority that a pass has read and that are not switched off since.
///
/// # Errors
/// What the database says.
pub async fn known_rules(
    tx: &mut Transaction,
    authority: &str,
) -> Result<BTreeSet<(String, String)>, StoreError> {
    let rows = tx
        .rows(
            "SELECT pack, rule FROM alert_rule WHERE authority = $1 AND present = 1",
            [authority.into()],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, row.text(1)?)))
        .collect()
}

/// The rules of an authority that any pass has ever read, by id, without their ladders.
///
/// # Errors
/// What the database says.
pub async fn rules_of(
    tx: &mut Transaction,
    authority: &str,
) -> Result<BTreeMap<String, Arc<RuleFacts>>, StoreError> {
    let rows = tx
        .rows(
            "SELECT rule, pack, title, clause, document, severity FROM alert_rule
             WHERE authority = $1",
            [authority.into()],
        )
        .await?;
    let rule = |row: &Row| -> Result<(String, Arc<RuleFacts>), StoreError> {
        let facts = RuleFacts {
            id: row.text(0)?,
            pack: row.text(1)?,
            title: row.text(2)?,
            clause: row.text(3)?,
            document: row.text(4)?,
            asked: Asked::default(),
            translations: Vec::new(),
            severity: row.parsed(5)?,
            ladder: None,
            new: false,
        };
        Ok((facts.id.clone(), Arc::new(facts)))
    };
    rows.iter().map(rule).collect()
}

/// Keeps the rules that this pass has read, and marks those of the authority that are not among
/// `present` as switched off.
///
/// # Errors
/// What the database says.
pub async fn put_rules<'a>(
    tx: &mut Transaction,
    authority: &str,
    read: impl IntoIterator<Item = &'a RuleFacts>,
    present: &BTreeSet<&str>,
) -> Result<(), StoreError> {
    for (_, known) in known_rules(tx, authority).await? {
        if !present.contains(known.as_str()) {
            tx.execute(
                "UPDATE alert_rule SET present = 0 WHERE authority = $1 AND rule = $2",
                [authority.into(), known.into()],
            )
            .await?;
        }
    }
    let rows = read.into_iter().map(|rule| {
        vec![
            authority.into(),
            (&rule.id).into(),
            (&rule.pack).into(),
            (&rule.title).into(),
            (&rule.clause).into(),
            (&rule.document).into(),
            rule.severity.name().into(),
            true.into(),
        ]
    });
    tx.insert_many(
        "alert_rule (authority, rule, pack, title, clause, document, severity, present)",
        "ON CONFLICT (authority, rule) DO UPDATE SET pack = excluded.pack, \
         title = excluded.title, clause = excluded.clause, document = excluded.document, \
         severity = excluded.severity, present = excluded.present",
        rows.collect(),
    )
    .await?;
    Ok(())
}
