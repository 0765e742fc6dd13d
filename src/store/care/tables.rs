//! The tables of the schema, whatever they are, and their rows carried from one database to another.

use std::collections::BTreeSet;

use futures_util::TryStreamExt as _;
use sqlx::AssertSqlSafe;

use crate::store::schema::STEPS_TABLE;
use crate::store::{Arg, Backend, Row, StoreError, Transaction};

/// Rows that are carried at a time, and bytes of them beyond which no more are added.
const ROWS_AT_A_TIME: usize = 500;
/// See [`ROWS_AT_A_TIME`].
const BYTES_AT_A_TIME: usize = 8 << 20;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Text,
    Int,
    Bytes,
}

/// A table of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) name: String,
    /// Each with what it holds, by name.
    pub(super) columns: Vec<(String, Kind)>,
    /// The tables that its rows refer to.
    pub(super) refers_to: BTreeSet<String>,
}

impl Table {
    /// Its columns by name, between commas.
    fn names(&self) -> String {
        let names = self.columns.iter().map(|(name, _)| format!("\"{name}\""));
        names.collect::<Vec<_>>().join(", ")
    }

    /// A row of it, in the order of its columns.
    fn args(&self, row: &Row) -> Result<Vec<Arg>, StoreError> {
        let columns = self.columns.iter().enumerate();
        columns
            .map(|(place, (_, kind))| {
                Ok(match kind {
                    Kind::Text => Arg::Text(row.optional_text(place)?),
                    Kind::Int => Arg::Int(row.optional_int(place)?),
                    Kind::Bytes => Arg::Bytes(row.optional_bytes(place)?),
                })
            })
            .collect()
    }
}

fn size(args: &[Arg]) -> usize {
    let size = |arg: &Arg| match arg {
        Arg::Text(text) => text.as_ref().map_or(0, String::len),
        Arg::Int(_) => 8,
        Arg::Bytes(bytes) => bytes.as_ref().map_or(0, Vec::len),
    };
    args.iter().map(size).sum()
}

/// All tables but the one that keeps the steps of the schema, what is referred to before what refers.
pub(super) async fn tables(tx: &mut Transaction) -> Result<Vec<Table>, StoreError> {
    let mut rest = Vec::new();
    for name in tx.tables().await? {
        if name != STEPS_TABLE {
            rest.push(table(tx, name).await?);
        }
    }
    let mut ordered: Vec<Table> = Vec::new();
    while !rest.is_empty() {
        let there: BTreeSet<String> = ordered.iter().map(|table| table.name.clone()).collect();
        let (ready, waiting): (Vec<Table>, Vec<Table>) = rest.into_iter().partition(|table| {
            let of_others = table.refers_to.iter().filter(|name| **name != table.name);
            of_others.into_iter().all(|name| there.contains(name))
        });
        if ready.is_empty() {
            let line = "its tables refer to one another in a circle".to_owned();
            return Err(StoreError::Damaged(line));
        }
        ordered.extend(ready);
        rest = waiting;
    }
    Ok(ordered)
}

async fn table(tx: &mut Transaction, name: String) -> Result<Table, StoreError> {
    let (columns, references) = match tx.backend() {
        Backend::Sqlite => (
            "SELECT name, type FROM pragma_table_info($1) ORDER BY name",
            "SELECT \"table\" FROM pragma_foreign_key_list($1)",
        ),
        Backend::Postgres => (
            "SELECT column_name::text, data_type::text FROM information_schema.columns
             WHERE table_schema = current_schema() AND table_name = $1
             ORDER BY column_name COLLATE \"C\"",
            "SELECT referred.relname::text FROM pg_catalog.pg_constraint c
             JOIN pg_catalog.pg_class refers ON refers.oid = c.conrelid
             JOIN pg_catalog.pg_class referred ON referred.oid = c.confrelid
             JOIN pg_catalog.pg_namespace n ON n.oid = refers.relnamespace
             WHERE c.contype = 'f' AND n.nspname = current_schema() AND refers.relname = $1",
        ),
    };
    let mut kinds = Vec::new();
    for row in tx.rows(columns, [Arg::from(&name)]).await? {
        let (column, declared) = (row.text(0)?, row.text(1)?.to_uppercase());
        let kind = match declared.as_str() {
            "TEXT" => Kind::Text,
            "BIGINT" | "INTEGER" => Kind::Int,
            "BLOB" | "BYTEA" => Kind::Bytes,
            other => {
                let line = format!("the column {column} of {name} is of type {other}");
                return Err(StoreError::Damaged(line));
            }
        };
        kinds.push((column, kind));
    }
    let references = tx.rows(references, [Arg::from(&name)]).await?;
    Ok(Table {
        columns: kinds,
        refers_to: references
            .iter()
            .map(|row| row.text(0))
            .collect::<Result<_, _>>()?,
        name,
    })
}

/// Hands each row of a table to `each`, some at a time.
macro_rules! walk {
    ($tx:expr, $variant:ident, $table:expr, $batch:ident => $each:expr) => {{
        let sql = format!("SELECT {} FROM \"{}\"", $table.names(), $table.name);
        let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut **$tx);
        let (mut some, mut bytes) = (Vec::new(), 0);
        loop {
            let row = rows.try_next().await?;
            let ended = row.is_none();
            if let Some(row) = row {
                let args = $table.args(&Row::$variant(row))?;
                bytes += size(&args);
                some.push(args);
            }
            if ended || some.len() >= ROWS_AT_A_TIME || bytes >= BYTES_AT_A_TIME {
                let $batch = std::mem::take(&mut some);
                bytes = 0;
                $each;
            }
            if ended {
                break;
            }
        }
    }};
}

/// Carries the rows of a table into the same table of another database; says how many there were.
pub(super) async fn carry(
    from: &mut Transaction,
    to: &mut Transaction,
    table: &Table,
) -> Result<u64, StoreError> {
    // Numbers that PostgreSQL would give itself are carried as they are.
    let overriding = match to.backend() {
        Backend::Sqlite => "",
        Backend::Postgres => " OVERRIDING SYSTEM VALUE",
    };
    let into = format!("\"{}\" ({}){overriding}", table.name, table.names());
    let mut carried = 0;
    match from {
        Transaction::Sqlite(tx) => walk!(tx, Sqlite, table, rows => {
            carried += to.insert_rows(&into, "", rows).await?;
        }),
        Transaction::Postgres(tx) => walk!(tx, Postgres, table, rows => {
            carried += to.insert_rows(&into, "", rows).await?;
        }),
    }
    Ok(carried)
}

/// Reads every row of a table, and says how many there are.
pub(super) async fn read_through(tx: &mut Transaction, table: &Table) -> Result<u64, StoreError> {
    let mut read = 0;
    match tx {
        Transaction::Sqlite(tx) => walk!(tx, Sqlite, table, rows => read += rows.len() as u64),
        Transaction::Postgres(tx) => walk!(tx, Postgres, table, rows => read += rows.len() as u64),
    }
    Ok(read)
}
