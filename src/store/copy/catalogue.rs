//! The names that an authority's copy uses, and what it holds of each kind.

use std::collections::BTreeMap;

use crate::case::{Catalogue, Class, KindFacts, Symbols};
use crate::store::{Arg, Row, StoreError, Transaction};

/// The names of an authority, each with the number that it has for ever.
///
/// # Errors
/// What the database says, or that a number is missing.
pub async fn symbols(tx: &mut Transaction, authority: &str) -> Result<Symbols, StoreError> {
    let rows = tx
        .rows(
            "SELECT number, name FROM copy_symbol WHERE authority = $1 ORDER BY number",
            [authority.into()],
        )
        .await?;
    let mut symbols = Symbols::default();
    for row in &rows {
        let (number, name) = (row.int(0)?, row.text(1)?);
        if i64::from(symbols.intern(&name).0) != number {
            return Err(StoreError::Damaged(format!(
                "the names of {authority} have a gap before number {number}"
            )));
        }
    }
    Ok(symbols)
}

/// Keeps the names from number `from` on, which the store does not have yet.
///
/// # Errors
/// What the database says, a number that is already given among it.
pub async fn add_symbols(
    tx: &mut Transaction,
    authority: &str,
    symbols: &Symbols,
    from: usize,
) -> Result<(), StoreError> {
    let rows = (from..)
        .zip(symbols.names().iter().skip(from))
        .map(|(number, name)| vec![authority.into(), (number as i64).into(), name.into()])
        .collect();
    tx.insert_many("copy_symbol (authority, number, name)", "", rows)
        .await?;
    Ok(())
}

fn class(row: &Row) -> Result<Class, StoreError> {
    match row.text(0)?.as_str() {
        "period" => Ok(Class::Period),
        "event" => Ok(Class::Event),
        other => Err(StoreError::Damaged(format!("a class `{other}`"))),
    }
}

fn count(row: &Row, column: usize) -> Result<u64, StoreError> {
    u64::try_from(row.int(column)?)
        .map_err(|_| StoreError::Damaged("a count below nothing".to_owned()))
}

/// What the copy holds of each kind.
///
/// # Errors
/// What the database says.
pub async fn catalogue(tx: &mut Transaction, authority: &str) -> Result<Catalogue, StoreError> {
    let mut kinds: BTreeMap<(Class, String), KindFacts> = BTreeMap::new();
    let rows = tx
        .rows(
            "SELECT class, kind, rows, about FROM copy_kind WHERE authority = $1",
            [authority.into()],
        )
        .await?;
    for row in &rows {
        let facts = kinds.entry((class(row)?, row.text(1)?)).or_default();
        facts.rows = count(row, 2)?;
        facts.about = count(row, 3)?;
    }
    let rows = tx
        .rows(
            "SELECT class, kind, attribute, rows FROM copy_attribute WHERE authority = $1",
            [authority.into()],
        )
        .await?;
    for row in &rows {
        let facts = kinds.entry((class(row)?, row.text(1)?)).or_default();
        let attribute = row.text(2)?;
        let carried = count(row, 3)?;
        if carried > 0 {
            facts.carried.insert(attribute.clone(), carried);
        }
        facts.columns.insert(attribute);
    }
    Ok(Catalogue { kinds })
}

/// Keeps what the copy now holds of each kind, in place of what it held.
///
/// # Errors
/// What the database says.
pub async fn put_catalogue(
    tx: &mut Transaction,
    authority: &str,
    catalogue: &Catalogue,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM copy_kind WHERE authority = $1",
        [authority.into()],
    )
    .await?;
    tx.execute(
        "DELETE FROM copy_attribute WHERE authority = $1",
        [authority.into()],
    )
    .await?;
    let mut kinds: Vec<Vec<Arg>> = Vec::new();
    let mut attributes: Vec<Vec<Arg>> = Vec::new();
    for ((class, kind), facts) in &catalogue.kinds {
        kinds.push(vec![
            authority.into(),
            class.name().into(),
            kind.into(),
            (facts.rows as i64).into(),
            (facts.about as i64).into(),
        ]);
        for attribute in facts.columns.iter().chain(
            facts
                .carried
                .keys()
                .filter(|name| !facts.columns.contains(*name)),
        ) {
            let carried = facts.carried.get(attribute).copied().unwrap_or(0);
            attributes.push(vec![
                authority.into(),
                class.name().into(),
                kind.into(),
                attribute.into(),
                (carried as i64).into(),
            ]);
        }
    }
    tx.insert_many("copy_kind (authority, class, kind, rows, about)", "", kinds)
        .await?;
    tx.insert_many(
        "copy_attribute (authority, class, kind, attribute, rows)",
        "",
        attributes,
    )
    .await?;
    Ok(())
}
