//! A connection to a case database: read-only, in one snapshot, rows as they arrive.

mod mysql;
#[cfg(feature = "odbc")]
mod odbc;
mod postgres;
mod sqlite;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::{MySqlConnection, PgConnection, SqliteConnection};

use super::cell::Cell;
use super::profile::{Address, Elapsed};
use super::since::{Asked, Since, places};
use crate::calendar::Zone;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a lock of somebody else's is waited for at most.
const LOCK: Duration = Duration::from_secs(60);
/// How long the next row may take at most once rows come: longer is a connection that has died quietly.
const NEXT_ROW: Duration = Duration::from_secs(120);

/// What a database said, or that it said nothing.
#[derive(Debug)]
pub(super) enum ReadError {
    /// An error of the driver or the server.
    Database(sqlx::Error),
    /// An error of an ODBC driver, or of the server behind it.
    #[cfg(feature = "odbc")]
    Odbc(odbc::Failure),
    /// The query has more than one statement.
    Several,
    /// Nothing came for so long.
    Silent(Duration),
}

impl From<sqlx::Error> for ReadError {
    fn from(error: sqlx::Error) -> Self {
        ReadError::Database(error)
    }
}

/// A column that a query yields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    /// Its name in lower case: databases fold the case of names differently.
    pub(super) name: String,
    /// Its type, where values of it cannot be read.
    pub(super) unreadable: Option<String>,
}

/// How long the source may take, by what its file says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    statement: Duration,
    lock: Duration,
    next_row: Duration,
}

impl Limits {
    /// What follows from how long a statement may run.
    pub(super) fn of(timeout: Elapsed) -> Limits {
        let statement = Duration::from_secs(timeout.seconds.max(1).unsigned_abs());
        Limits {
            statement,
            // Before the statement's own end, so that it is the lock that is told.
            lock: (statement / 2).clamp(Duration::from_secs(1), LOCK),
            next_row: statement.min(NEXT_ROW),
        }
    }

    /// Ends once no row has come for too long; says for how long it has looked.
    async fn silence(self, rows: &AtomicU64) -> Duration {
        let (mut longest, mut seen) = (self.statement + self.lock, 0);
        loop {
            tokio::time::sleep(longest).await;
            let come = rows.load(Ordering::Relaxed);
            if come == seen {
                return longest;
            }
            (longest, seen) = (self.next_row, come);
        }
    }
}

/// An open snapshot of a case database.
pub(super) struct Database {
    connection: Connection,
    limits: Limits,
}

enum Connection {
    Sqlite(SqliteConnection, PathBuf),
    Postgres(PgConnection),
    MySql(MySqlConnection),
    #[cfg(feature = "odbc")]
    Odbc(OdbcSession),
}

/// A session by way of ODBC, with what it takes to open it anew.
#[cfg(feature = "odbc")]
pub(super) struct OdbcSession {
    session: odbc::Session,
    connection: String,
    zone: Zone,
}

/// A query that the database has understood.
pub(super) enum Prepared {
    Sqlite(sqlite::Statement),
    Postgres(postgres::Statement),
    MySql(mysql::Statement),
    #[cfg(feature = "odbc")]
    Odbc(odbc::Statement),
}

impl Prepared {
    /// What it yields, in order.
    pub(super) fn columns(&self) -> &[Column] {
        match self {
            Prepared::Sqlite(statement) => &statement.columns,
            Prepared::Postgres(statement) => &statement.columns,
            Prepared::MySql(statement) => &statement.columns,
            #[cfg(feature = "odbc")]
            Prepared::Odbc(statement) => &statement.columns,
        }
    }
}

impl Database {
    /// Connects, makes the session read-only, and begins the snapshot. `zone` is the one that SQL of
    /// the site's own turns instants into days by.
    pub(super) async fn open(
        address: &Address,
        zone: Zone,
        limits: Limits,
    ) -> Result<Self, ReadError> {
        let opening = async {
            let connection = match address {
                Address::Sqlite(path) => {
                    Connection::Sqlite(sqlite::open(path, limits).await?, path.clone())
                }
                Address::Postgres(url) => {
                    Connection::Postgres(postgres::open(url, zone, limits).await?)
                }
                Address::MySql(url) => Connection::MySql(mysql::open(url, limits).await?),
                #[cfg(feature = "odbc")]
                Address::Odbc(connection) => Connection::Odbc(OdbcSession {
                    session: odbc::open(connection, zone, limits).await?,
                    connection: connection.clone(),
                    zone,
                }),
            };
            Ok(Database { connection, limits })
        };
        tokio::time::timeout(CONNECT, opening)
            .await
            .unwrap_or(Err(ReadError::Silent(CONNECT)))
    }

    /// Has the database look at a query, without running it. One that asks for what changed names
    /// `:since`, in whose place `since` will be put.
    pub(super) async fn prepare(
        &mut self,
        sql: &str,
        since: Option<Since>,
    ) -> Result<Prepared, ReadError> {
        let preparing = async {
            Ok(match &mut self.connection {
                Connection::Sqlite(c, _) => Prepared::Sqlite(sqlite::prepare(c, sql, since).await?),
                Connection::Postgres(c) => {
                    Prepared::Postgres(postgres::prepare(c, sql, since).await?)
                }
                Connection::MySql(c) => Prepared::MySql(mysql::prepare(c, sql, since).await?),
                #[cfg(feature = "odbc")]
                Connection::Odbc(c) => Prepared::Odbc(odbc::prepare(&c.session, sql, since).await?),
            })
        };
        let longest = self.limits.lock + CONNECT;
        tokio::time::timeout(longest, preparing)
            .await
            .unwrap_or(Err(ReadError::Silent(longest)))
    }

    /// Runs a query and hands each row to `each` as it arrives, until `each` says no more.
    pub(super) async fn each_row(
        &mut self,
        prepared: &Prepared,
        each: &mut (dyn FnMut(&[Cell<'_>]) -> More + Send),
    ) -> Result<(), ReadError> {
        let (limits, rows) = (self.limits, AtomicU64::new(0));
        let mut each = |cells: &[Cell<'_>]| {
            rows.fetch_add(1, Ordering::Relaxed);
            each(cells)
        };
        let each = &mut each;
        let reading = async {
            match (&mut self.connection, prepared) {
                (Connection::Sqlite(c, _), Prepared::Sqlite(s)) => {
                    sqlite::each_row(c, s, each).await
                }
                (Connection::Postgres(c), Prepared::Postgres(s)) => {
                    postgres::each_row(c, s, each).await
                }
                (Connection::MySql(c), Prepared::MySql(s)) => mysql::each_row(c, s, each).await,
                #[cfg(feature = "odbc")]
                (Connection::Odbc(c), Prepared::Odbc(s)) => {
                    odbc::each_row(&c.session, s, each).await
                }
                _ => Err(ReadError::Database(sqlx::Error::Protocol(
                    "the query was prepared by another database".to_owned(),
                ))),
            }
        };
        // One clock beside the rows instead of one for each of them: there are millions.
        tokio::select! {
            ended = reading => ended,
            silent = limits.silence(&rows) => Err(ReadError::Silent(silent)),
        }
    }

    /// Makes the connection usable after an error, so that further queries can be looked at: after
    /// one PostgreSQL takes nothing more in the same transaction.
    pub(super) async fn recover(&mut self) -> Result<(), ReadError> {
        match &mut self.connection {
            Connection::Postgres(c) => postgres::recover(c).await,
            Connection::Sqlite(..) | Connection::MySql(_) => Ok(()),
            // What a driver does to a transaction after an error differs: a new one is sure.
            #[cfg(feature = "odbc")]
            Connection::Odbc(c) => {
                c.session = odbc::open(&c.connection, c.zone, self.limits).await?;
                Ok(())
            }
        }
    }

    /// Whether the account could write, where the database says.
    pub(super) async fn could_write(&mut self) -> Result<Option<bool>, ReadError> {
        let asking = async {
            match &mut self.connection {
                Connection::Sqlite(_, path) => Ok(Some(sqlite::could_write(path))),
                Connection::Postgres(c) => postgres::could_write(c).await.map(Some),
                Connection::MySql(c) => mysql::could_write(c).await.map(Some),
                #[cfg(feature = "odbc")]
                Connection::Odbc(c) => odbc::could_write(&c.session).await,
            }
        };
        tokio::time::timeout(CONNECT, asking)
            .await
            .unwrap_or(Err(ReadError::Silent(CONNECT)))
    }

    /// Takes leave of the server.
    pub(super) async fn close(self) {
        use sqlx::Connection as _;
        // The snapshot has been read to its end; what goes wrong with a farewell changes nothing.
        let farewell = async {
            match self.connection {
                Connection::Sqlite(c, _) => c.close().await,
                Connection::Postgres(c) => c.close().await,
                Connection::MySql(c) => c.close().await,
                #[cfg(feature = "odbc")]
                Connection::Odbc(c) => {
                    odbc::close(c.session).await;
                    Ok(())
                }
            }
        };
        if let Ok(Err(error)) = tokio::time::timeout(CONNECT, farewell).await {
            tracing::debug!(%error, "the source did not close its connection in order");
        }
    }
}

/// Whether further rows are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum More {
    Yes,
    No,
}

/// Hands each row of a stream on as it arrives.
macro_rules! walk {
    ($rows:expr, $row:ident => $cells:expr, $each:expr) => {{
        let mut rows = $rows;
        while let Some($row) = futures_util::TryStreamExt::try_next(&mut rows).await? {
            let cells: Vec<super::Cell<'_>> = $cells;
            if $each(&cells) == super::More::No {
                break;
            }
        }
        Ok(())
    }};
}
use walk;
