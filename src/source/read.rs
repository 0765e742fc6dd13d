//! Everything that a source says, read from one snapshot.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::cell::Clock;
use super::columns::Layout;
use super::database::{Database, Prepared, ReadError};
use super::error::RefusalKind;
use super::gate::Objection;
use super::gather::{Frame, Gathered};
use super::profile::{Profile, Query, Subject};
use super::sync::RowCounts;
use crate::calendar::Day;
use crate::case::{Symbol, Symbols};
use crate::document::{Fault, Place};
use crate::store::copy::QueryReading;

/// What one reading brought, before it is weighed against the copy.
pub(super) struct Read {
    pub(super) gathered: Gathered,
    /// Rows and columns by name of the query.
    pub(super) queries: BTreeMap<String, QueryReading>,
    /// The attributes that each query yields, in the order of the queries.
    pub(super) columns: Vec<Vec<Symbol>>,
    pub(super) rows: RowCounts,
}

/// Reads all queries of a profile.
///
/// # Errors
/// What the source failed with, one line a reason.
pub(super) async fn read_all(
    profile: &Profile,
    clock: Clock,
    today: Day,
    symbols: &mut Symbols,
) -> Result<Read, Vec<Objection>> {
    let mut database = open(profile, clock).await.map_err(|o| vec![o])?;
    let prepared = prepare_all(&mut database, profile, symbols).await;
    let read = match prepared {
        Ok(prepared) => run_all(&mut database, profile, prepared, clock, today, symbols).await,
        Err(objections) => Err(objections),
    };
    database.close().await;
    read
}

/// Connects to a source.
pub(super) async fn open(profile: &Profile, clock: Clock) -> Result<Database, Objection> {
    let unreachable = |fault| Objection {
        kind: RefusalKind::Unreachable,
        fault,
    };
    let address = profile.need_address().map_err(unreachable)?;
    Database::open(address, clock.source)
        .await
        .map_err(|error| {
            unreachable(Fault::new(
                Place::whole(profile.file.display().to_string()),
                format!("{address} cannot be opened ({})", told_error(&error)),
                "check [source] url, the account and that the database runs",
            ))
        })
}

/// Has the database look at every query, so that all that is wrong with them is told at once.
async fn prepare_all(
    database: &mut Database,
    profile: &Profile,
    symbols: &mut Symbols,
) -> Result<Vec<(Prepared, Layout)>, Vec<Objection>> {
    let mut prepared = Vec::new();
    let mut wrong = Vec::new();
    for query in &profile.queries {
        match prepare(database, query, symbols).await {
            Ok(ready) => prepared.push(ready),
            Err(objections) => {
                wrong.extend(objections);
                if database.recover().await.is_err() {
                    break;
                }
            }
        }
    }
    if wrong.is_empty() {
        Ok(prepared)
    } else {
        Err(wrong)
    }
}

/// Has the database look at one query, and makes out its columns.
pub(super) async fn prepare(
    database: &mut Database,
    query: &Query,
    symbols: &mut Symbols,
) -> Result<(Prepared, Layout), Vec<Objection>> {
    let prepared = database
        .prepare(&query.sql)
        .await
        .map_err(|error| vec![failed(query, &error)])?;
    let layout = Layout::of(query, prepared.columns(), symbols).map_err(|wrong| {
        wrong
            .into_iter()
            .map(|(what, remedy)| Objection::to(query, RefusalKind::Contract, what, &remedy))
            .collect::<Vec<_>>()
    })?;
    Ok((prepared, layout))
}

async fn run_all(
    database: &mut Database,
    profile: &Profile,
    prepared: Vec<(Prepared, Layout)>,
    clock: Clock,
    today: Day,
    symbols: &mut Symbols,
) -> Result<Read, Vec<Objection>> {
    let mut read = Read {
        gathered: Gathered::default(),
        queries: BTreeMap::new(),
        columns: Vec::new(),
        rows: RowCounts::default(),
    };
    for ((number, query), (prepared, layout)) in (0u16..).zip(&profile.queries).zip(&prepared) {
        let frame = Frame {
            query: number,
            subject: query.subject,
            kind: query.kind.as_deref().map(|kind| symbols.intern(kind)),
            layout,
            clock,
            today,
        };
        let gathered = &mut read.gathered;
        let mut rows = 0u32;
        database
            .each_row(prepared, &mut |cells| {
                crash_point!(RowRead);
                rows = rows.saturating_add(1);
                gathered.take(&frame, symbols, rows, cells)
            })
            .await
            .map_err(|error| vec![failed(query, &error)])?;
        if read.gathered.full {
            return Err(vec![Objection::to(
                query,
                RefusalKind::Failed,
                "more came than 4 GB can hold",
                "limit the queries to what the rules need",
            )]);
        }
        read.rows.add(query.subject, rows.into());
        read.columns
            .push(layout.attributes.iter().map(|a| a.name).collect());
        read.queries.insert(
            query.name.clone(),
            QueryReading {
                digest: digest(&query.sql),
                rows: rows.into(),
                columns: column_names(prepared),
            },
        );
    }
    Ok(read)
}

pub(super) fn column_names(prepared: &Prepared) -> BTreeSet<String> {
    prepared.columns().iter().map(|c| c.name.clone()).collect()
}

fn digest(sql: &str) -> String {
    Sha256::digest(sql.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// What SQLite says of a file that is none of its own.
const NOT_SQLITE: &str = "26";

/// What PostgreSQL says of what the account may not read.
const NO_PRIVILEGE: &str = "42501";

/// A query that failed, told with what the database said of it.
pub(super) fn failed(query: &Query, error: &ReadError) -> Objection {
    let (what, remedy) = match error {
        ReadError::Several => (told_error(error), "write one statement a query"),
        ReadError::Database(sqlx::Error::Database(database))
            if database.code().as_deref() == Some(NOT_SQLITE) =>
        {
            (without_values(database.as_ref()), "check [source] url")
        }
        ReadError::Database(sqlx::Error::Database(database))
            if database.code().as_deref() == Some(NO_PRIVILEGE) =>
        {
            (
                without_values(database.as_ref()),
                "let the account read it (GRANT SELECT)",
            )
        }
        ReadError::Database(sqlx::Error::Database(database)) => {
            (without_values(database.as_ref()), "check the query")
        }
        #[cfg(feature = "odbc")]
        ReadError::Odbc(failure) => (told_error(error), failure.remedy()),
        other => (
            told_error(other),
            "check that the database runs and can be reached",
        ),
    };
    Objection::to(query, RefusalKind::Failed, what, remedy)
}

fn told_error(error: &ReadError) -> String {
    match error {
        ReadError::Several => "more than one statement stands in the query".to_owned(),
        ReadError::Silent(time) => format!("no answer within {} seconds", time.as_secs()),
        ReadError::Database(sqlx::Error::Database(database)) => without_values(database.as_ref()),
        ReadError::Database(error) => error.to_string().replace('\n', " "),
        #[cfg(feature = "odbc")]
        ReadError::Odbc(failure) => failure.message.clone(),
    }
}

/// What a database says, without the value that it could not convert: that may be a child's.
fn without_values(error: &dyn sqlx::error::DatabaseError) -> String {
    const DATA_EXCEPTION: &str = "22";
    let message = error.message().trim().replace('\n', " ");
    match error.code() {
        Some(code) if code.starts_with(DATA_EXCEPTION) => {
            let end = message.find([':', '"', '\'']).unwrap_or(message.len());
            message[..end].trim_end().to_owned()
        }
        _ => message,
    }
}

impl RowCounts {
    fn add(&mut self, subject: Subject, rows: u64) {
        *match subject {
            Subject::Children => &mut self.children,
            Subject::Periods => &mut self.periods,
            Subject::Events => &mut self.events,
            Subject::People => &mut self.people,
            Subject::Teams => &mut self.teams,
        } += rows;
    }
}
