//! A connection to a case database: read-only, in one snapshot, rows as they arrive.

mod mysql;
#[cfg(feature = "odbc")]
mod odbc;
mod postgres;
mod sqlite;

use std::time::Duration;

use sqlx::{MySqlConnection, PgConnection, SqliteConnection};

use super::cell::Cell;
use super::profile::Address;
use crate::calendar::Zone;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a statement may run: a nightly reload or a full scan of a big table is minutes, not more.
const STATEMENT: Duration = Duration::from_secs(600);
/// How long a lock of somebody else's is waited for.
const LOCK: Duration = Duration::from_secs(60);
/// How long the next row may take once rows come: longer is a connection that has died quietly.
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

/// An open snapshot of a case database.
pub(super) enum Database {
    Sqlite(SqliteConnection),
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
    pub(super) async fn open(address: &Address, zone: Zone) -> Result<Self, ReadError> {
        let opening = async {
            Ok(match address {
                Address::Sqlite(path) => Database::Sqlite(sqlite::open(path).await?),
                Address::Postgres(url) => Database::Postgres(postgres::open(url, zone).await?),
                Address::MySql(url) => Database::MySql(mysql::open(url).await?),
                #[cfg(feature = "odbc")]
                Address::Odbc(connection) => Database::Odbc(OdbcSession {
                    session: odbc::open(connection, zone).await?,
                    connection: connection.clone(),
                    zone,
                }),
            })
        };
        tokio::time::timeout(CONNECT, opening)
            .await
            .unwrap_or(Err(ReadError::Silent(CONNECT)))
    }

    /// Has the database look at a query, without running it.
    pub(super) async fn prepare(&mut self, sql: &str) -> Result<Prepared, ReadError> {
        let preparing = async {
            Ok(match self {
                Database::Sqlite(c) => Prepared::Sqlite(sqlite::prepare(c, sql).await?),
                Database::Postgres(c) => Prepared::Postgres(postgres::prepare(c, sql).await?),
                Database::MySql(c) => Prepared::MySql(mysql::prepare(c, sql).await?),
                #[cfg(feature = "odbc")]
                Database::Odbc(c) => Prepared::Odbc(odbc::prepare(&c.session, sql).await?),
            })
        };
        let longest = LOCK + CONNECT;
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
        match (self, prepared) {
            (Database::Sqlite(c), Prepared::Sqlite(s)) => sqlite::each_row(c, s, each).await,
            (Database::Postgres(c), Prepared::Postgres(s)) => postgres::each_row(c, s, each).await,
            (Database::MySql(c), Prepared::MySql(s)) => mysql::each_row(c, s, each).await,
            #[cfg(feature = "odbc")]
            (Database::Odbc(c), Prepared::Odbc(s)) => odbc::each_row(&c.session, s, each).await,
            _ => Err(ReadError::Database(sqlx::Error::Protocol(
                "the query was prepared by another database".to_owned(),
            ))),
        }
    }

    /// Makes the connection usable after an error, so that further queries can be looked at: after
    /// one PostgreSQL takes nothing more in the same transaction.
    pub(super) async fn recover(&mut self) -> Result<(), ReadError> {
        match self {
            Database::Postgres(c) => postgres::recover(c).await,
            Database::Sqlite(_) | Database::MySql(_) => Ok(()),
            // What a driver does to a transaction after an error differs: a new one is sure.
            #[cfg(feature = "odbc")]
            Database::Odbc(c) => {
                c.session = odbc::open(&c.connection, c.zone).await?;
                Ok(())
            }
        }
    }

    /// Whether the account could write, where the database says.
    pub(super) async fn could_write(&mut self) -> Result<Option<bool>, ReadError> {
        match self {
            Database::Sqlite(_) => Ok(None),
            Database::Postgres(c) => postgres::could_write(c).await.map(Some),
            Database::MySql(c) => mysql::could_write(c).await.map(Some),
            #[cfg(feature = "odbc")]
            Database::Odbc(c) => odbc::could_write(&c.session).await,
        }
    }

    /// Takes leave of the server.
    pub(super) async fn close(self) {
        use sqlx::Connection;
        // The snapshot has been read to its end; what goes wrong with a farewell changes nothing.
        let farewell = async {
            match self {
                Database::Sqlite(c) => c.close().await,
                Database::Postgres(c) => c.close().await,
                Database::MySql(c) => c.close().await,
                #[cfg(feature = "odbc")]
                Database::Odbc(c) => {
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

/// The rows of a stream, each waited for so long and no longer.
macro_rules! walk {
    ($rows:expr, $row:ident => $cells:expr, $each:expr) => {{
        let mut rows = $rows;
        let mut longest = super::STATEMENT + super::LOCK;
        loop {
            let next =
                tokio::time::timeout(longest, futures_util::TryStreamExt::try_next(&mut rows));
            match next.await {
                Err(_) => return Err(super::ReadError::Silent(longest)),
                Ok(Err(error)) => return Err(error.into()),
                Ok(Ok(None)) => return Ok(()),
                Ok(Ok(Some($row))) => {
                    let cells: Vec<super::Cell<'_>> = $cells;
                    if $each(&cells) == super::More::No {
                        return Ok(());
                    }
                }
            }
            longest = super::NEXT_ROW;
        }
    }};
}
use walk;
