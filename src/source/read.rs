//! Everything that a source says, read from one snapshot.

use std::collections::{BTreeMap, BTreeSet};

use super::carry::{Carried, Verdict, carry};
use super::cell::Clock;
use super::columns::Layout;
use super::database::{Database, Limits, Prepared, ReadError};
use super::error::RefusalKind;
use super::gate::Objection;
use super::gather::{Frame, Gathered};
use super::plan::{Base, Plan, changes, digest};
use super::profile::{Profile, Query, Subject};
use super::since::Since;
use super::sync::RowCounts;
use crate::calendar::{Day, Instant};
use crate::case::{Symbol, Symbols};
use crate::document::{Fault, Place};
use crate::store::copy::QueryReading;
use crate::store::{Store, StoreError};

/// What one reading brought, before it is weighed against the copy.
pub(super) struct Read {
    pub(super) gathered: Gathered,
    /// Rows and columns by name of the query.
    pub(super) queries: BTreeMap<String, QueryReading>,
    /// The attributes that each query yields, in the order of the queries.
    pub(super) columns: Vec<Vec<Symbol>>,
    pub(super) rows: RowCounts,
}

/// Why nothing was read.
pub(super) enum ReadFailure {
    /// What the source failed with, one line a reason.
    Source(Vec<Objection>),
    /// The program's own store failed.
    Store(StoreError),
}

impl From<Vec<Objection>> for ReadFailure {
    fn from(objections: Vec<Objection>) -> Self {
        ReadFailure::Source(objections)
    }
}

/// Reads all queries of a profile from one snapshot, each as `plan` has it; where what came makes it
/// necessary, one or another query once more in full.
///
/// # Errors
/// See [`ReadFailure`].
pub(super) async fn read_all(
    reading: &Reading<'_>,
    plan: &mut Plan,
    symbols: &mut Symbols,
) -> Result<(Read, Option<Carried>), ReadFailure> {
    let mut database = open(reading.profile, reading.clock)
        .await
        .map_err(|o| vec![o])?;
    let read = read_from(&mut database, reading, plan, symbols).await;
    database.close().await;
    read
}

/// What is the same for all queries of a reading.
pub(super) struct Reading<'r> {
    pub(super) store: &'r Store,
    pub(super) authority: &'r str,
    pub(super) profile: &'r Profile,
    pub(super) clock: Clock,
    pub(super) now: Instant,
    pub(super) today: Day,
    pub(super) base: &'r Base,
}

async fn read_from(
    database: &mut Database,
    reading: &Reading<'_>,
    plan: &mut Plan,
    symbols: &mut Symbols,
) -> Result<(Read, Option<Carried>), ReadFailure> {
    let queries = &reading.profile.queries;
    let since = plan.since.unwrap_or_else(|| {
        // Nothing is asked for by it: the statement is looked at all the same.
        Since::new(reading.now, reading.now, reading.clock.source)
    });
    let ready = prepare_all(database, queries, since, symbols).await?;
    loop {
        let mut read = run_all(database, reading, plan, &ready, symbols).await?;
        if plan.reads_everything() {
            return Ok((read, None));
        }
        let mut tx = reading.store.snapshot().await.map_err(ReadFailure::Store)?;
        let carried = carry(&mut tx, reading, plan, symbols, &mut read.gathered).await;
        match carried.map_err(ReadFailure::Store)? {
            Verdict::Carried(carried) => return Ok((read, Some(carried))),
            Verdict::ReadWhole(numbers) => {
                for number in &numbers {
                    let query = &queries[*number].name;
                    tracing::debug!(query, "what changed does not tell enough; read in full");
                }
                plan.read_whole(numbers, queries);
            }
        }
    }
}

/// Connects to a source.
pub(super) async fn open(profile: &Profile, clock: Clock) -> Result<Database, Objection> {
    let unreachable = |fault| Objection {
        kind: RefusalKind::Unreachable,
        fault,
    };
    let address = profile.need_address().map_err(unreachable)?;
    Database::open(address, clock.source, Limits::of(profile.timeout))
        .await
        .map_err(|error| {
            unreachable(Fault::new(
                Place::whole(profile.file.display().to_string()),
                format!("{address} cannot be opened ({})", told_error(&error)),
                "check [source] url, the account and that the database runs",
            ))
        })
}

/// A query that the database has understood, with the one for its changes, where it has one.
pub(super) struct Ready {
    whole: (Prepared, Layout),
    changed: Option<(Prepared, Layout)>,
}

/// Has the database look at every query, so that all that is wrong with them is told at once.
async fn prepare_all(
    database: &mut Database,
    queries: &[Query],
    since: Since,
    symbols: &mut Symbols,
) -> Result<Vec<Ready>, Vec<Objection>> {
    let mut prepared = Vec::new();
    let mut wrong = Vec::new();
    for query in queries {
        match prepare_both(database, query, since, symbols).await {
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

async fn prepare_both(
    database: &mut Database,
    query: &Query,
    since: Since,
    symbols: &mut Symbols,
) -> Result<Ready, Vec<Objection>> {
    let whole = prepare(database, query, symbols).await?;
    let changed = prepare_changed(database, query, &whole.0, since, symbols).await?;
    Ok(Ready { whole, changed })
}

/// Has the database look at the query for what changed, which must yield the same columns.
pub(super) async fn prepare_changed(
    database: &mut Database,
    query: &Query,
    whole: &Prepared,
    since: Since,
    symbols: &mut Symbols,
) -> Result<Option<(Prepared, Layout)>, Vec<Objection>> {
    let Some(changed) = &query.changed_only() else {
        return Ok(None);
    };
    let (prepared, layout) = prepare_sql(database, changed, Some(since), symbols).await?;
    let (of_whole, of_changed) = (column_names(whole), column_names(&prepared));
    if of_whole == of_changed {
        return Ok(Some((prepared, layout)));
    }
    let named = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(", ");
    Err(vec![Objection::to(
        changed,
        RefusalKind::Contract,
        format_args!(
            "does not yield the columns of its `query` (it yields {}, the query {})",
            named(&of_changed),
            named(&of_whole)
        ),
        "select the same columns in both",
    )])
}

/// Has the database look at one query, and makes out its columns.
pub(super) async fn prepare(
    database: &mut Database,
    query: &Query,
    symbols: &mut Symbols,
) -> Result<(Prepared, Layout), Vec<Objection>> {
    prepare_sql(database, query, None, symbols).await
}

async fn prepare_sql(
    database: &mut Database,
    query: &Query,
    since: Option<Since>,
    symbols: &mut Symbols,
) -> Result<(Prepared, Layout), Vec<Objection>> {
    let prepared = database
        .prepare(&query.sql, since)
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
    reading: &Reading<'_>,
    plan: &Plan,
    ready: &[Ready],
    symbols: &mut Symbols,
) -> Result<Read, Vec<Objection>> {
    let profile = reading.profile;
    let mut read = Read {
        gathered: Gathered::default(),
        queries: BTreeMap::new(),
        columns: Vec::new(),
        rows: RowCounts::default(),
    };
    for ((number, query), ready) in (0u16..).zip(&profile.queries).zip(ready) {
        let whole = plan.is_whole(number.into());
        let (prepared, layout) = match &ready.changed {
            Some(changed) if !whole => changed,
            _ => &ready.whole,
        };
        let frame = Frame {
            query: number,
            subject: query.subject,
            kind: query.kind.as_deref().map(|kind| symbols.intern(kind)),
            layout,
            clock: reading.clock,
            today: reading.today,
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
                changes: changes(profile, query, reading.clock),
                rows: match reading.base.queries.get(&query.name) {
                    Some(before) if !whole => before.rows,
                    _ => rows.into(),
                },
                columns: column_names(prepared),
            },
        );
    }
    Ok(read)
}

pub(super) fn column_names(prepared: &Prepared) -> BTreeSet<String> {
    prepared.columns().iter().map(|c| c.name.clone()).collect()
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
