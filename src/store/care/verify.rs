//! Whether a store is sound: the database itself, its schema, what refers to what, and every value that
//! is kept in a form of its own.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::ReadsPage;
use super::forms::read_forms;
use super::tables::{read_through, tables};
use crate::store::file::SqliteFile;
use crate::store::{Backend, Store, StoreError, Transaction};

/// What was looked at, and what is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Tables of the schema.
    pub tables: usize,
    /// Rows in them.
    pub rows: u64,
    /// Children's timelines that were decoded.
    pub timelines: u64,
    /// What is wrong, a line each; empty where it is sound.
    pub faults: Vec<String>,
}

/// Rows that point to what is not there, that no constraint of the database rules out: each with what
/// it says where there are some.
const POINTERS: &[(&str, &str, &str)] = &[
    (
        "message",
        "SELECT COUNT(*) FROM message WHERE sent_at IS NULL AND withdrawn_at IS NULL
         AND failed_at IS NULL AND id NOT IN (SELECT message FROM message_body)",
        "messages that wait have no text",
    ),
    (
        "message_body",
        "SELECT COUNT(*) FROM message_body WHERE message NOT IN (SELECT id FROM message)",
        "texts are of no message",
    ),
    (
        "message_obligation",
        "SELECT COUNT(*) FROM message_obligation WHERE message NOT IN (SELECT id FROM message)",
        "notes of what a message tells are of no message",
    ),
    (
        "alert_told",
        "SELECT COUNT(*) FROM alert_told WHERE kind = 'step'
         AND obligation NOT IN (SELECT id FROM alert)",
        "steps told are of no obligation that is remembered",
    ),
    (
        "evaluation_outlook",
        "SELECT COUNT(*) FROM evaluation_outlook o WHERE NOT EXISTS (SELECT 1
         FROM evaluation_page p WHERE p.authority = o.authority AND p.number = o.number)",
        "pages of what is ahead of children have none of what is counted of them",
    ),
    (
        "pass_lease",
        "SELECT CAST(CASE COUNT(*) WHEN 1 THEN 0 ELSE 1 END AS BIGINT) FROM pass_lease",
        "the row is gone by which passes keep out of each other's way",
    ),
];

/// Looks at all of a backup, or of another SQLite store that nobody uses.
///
/// # Errors
/// Where it cannot be read at all.
pub async fn verify_file(file: &Path, reads_page: ReadsPage) -> Result<Verified, StoreError> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let opened = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await;
    let opened = opened.map_err(|cause| StoreError::Open {
        place: file.display().to_string(),
        cause,
    })?;
    let store = Store::Sqlite(SqliteFile::of(opened));
    let verified = verify(&store, reads_page).await;
    store.close().await;
    verified
}

/// Looks at all of a store as of one moment; nothing is changed.
///
/// # Errors
/// Where it cannot be read at all.
pub async fn verify(store: &Store, reads_page: ReadsPage) -> Result<Verified, StoreError> {
    let mut verified = Verified::default();
    let mut tx = store.snapshot().await?;
    let schema = tx.schema().await?;
    if let Some(why) = schema.unusable() {
        verified
            .faults
            .push(format!("its schema cannot be used: {why}"));
        return Ok(verified);
    }
    if schema.applied.is_empty() {
        verified
            .faults
            .push("it is empty: no corewatch has made its tables".to_owned());
        return Ok(verified);
    }
    if tx.backend() == Backend::Sqlite {
        of_sqlite(&mut tx, &mut verified.faults).await?;
    }
    let tables = tables(&mut tx).await?;
    verified.tables = tables.len();
    for table in &tables {
        match read_through(&mut tx, table).await {
            Ok(rows) => verified.rows += rows,
            Err(error) => {
                verified
                    .faults
                    .push(format!("{}: cannot be read ({error})", table.name));
                return Ok(verified);
            }
        }
    }
    for (table, sql, what) in POINTERS {
        if tables.iter().any(|known| known.name == *table) {
            let count = tx.row(sql, []).await?.map_or(Ok(0), |row| row.int(0))?;
            if count > 0 {
                verified.faults.push(format!("{table}: {count} {what}"));
            }
        }
    }
    let (unreadable, timelines) = read_forms(&mut tx, &tables, reads_page).await?;
    verified.faults.extend(unreadable);
    verified.timelines = timelines;
    Ok(verified)
}

async fn of_sqlite(tx: &mut Transaction, faults: &mut Vec<String>) -> Result<(), StoreError> {
    for row in tx.rows("PRAGMA integrity_check(20)", []).await? {
        let line = row.text(0)?;
        if line != "ok" {
            faults.push(format!("the file is damaged: {line}"));
        }
    }
    for row in tx.rows("PRAGMA foreign_key_check", []).await? {
        let (table, parent) = (row.text(0)?, row.text(2)?);
        faults.push(format!(
            "{table}: a row refers to a row of {parent} that is not there"
        ));
    }
    Ok(())
}
