//! One face over the two databases that the store may lie in.

use std::str::FromStr;
use std::time::Duration;

use futures_util::TryStreamExt;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Postgres, Row as _, Sqlite};

use crate::calendar::{Day, Instant};

/// How long a writer waits for another to finish before it gives up.
const BUSY: Duration = Duration::from_secs(30);
/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);
/// How often, and after what wait, a migration is tried that another process may be making.
const MIGRATION_TRIES: u32 = 20;
/// See [`MIGRATION_TRIES`].
const MIGRATION_WAIT: Duration = Duration::from_millis(100);
/// The most parameters in one statement: SQLite allows 32,766, PostgreSQL 65,535.
const MOST_PARAMETERS: usize = 30_000;

/// What the store could not do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address is not one of a store.
    #[error("[store] url `{0}` is not a store; write `sqlite:corewatch.db` or `postgres://…`")]
    Url(String),
    /// The database could not be reached or opened.
    #[error(
        "the store at {place} cannot be opened ({}); check [store] url and its rights",
        opening(cause)
    )]
    Open {
        /// Where it should be; never with a password.
        place: String,
        /// What the database said.
        cause: sqlx::Error,
    },
    /// The schema is of a newer corewatch, or could not be brought up to date.
    #[error(
        "the store's schema cannot be used ({0}); run the corewatch that made it, or a newer one"
    )]
    Schema(#[from] sqlx::migrate::MigrateError),
    /// A statement failed.
    #[error("the store failed: {0}")]
    Database(#[from] sqlx::Error),
    /// What was read is not what was written.
    #[error("the store is damaged: {0}")]
    Damaged(String),
}

/// What a database said when it was to be opened, in its own words alone.
fn opening(cause: &sqlx::Error) -> String {
    match cause {
        sqlx::Error::Database(said) => said.message().to_owned(),
        sqlx::Error::PoolTimedOut => {
            format!("no connection within {} seconds", CONNECT.as_secs())
        }
        other => other.to_string(),
    }
}

/// Which database the store lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// The embedded default.
    Sqlite,
    /// A server, for more than one instance.
    Postgres,
}

/// The program's own database.
#[derive(Debug, Clone)]
pub enum Store {
    /// In a file.
    Sqlite(SqlitePool),
    /// On a server.
    Postgres(PgPool),
}

/// A value handed to a statement.
#[derive(Debug, Clone)]
pub enum Arg {
    /// TEXT.
    Text(Option<String>),
    /// BIGINT.
    Int(Option<i64>),
    /// BLOB or BYTEA.
    Bytes(Option<Vec<u8>>),
}

macro_rules! arg_from {
    ($($from:ty => $variant:ident, $value:ident => $convert:expr;)*) => {$(
        impl From<$from> for Arg {
            fn from($value: $from) -> Self { Arg::$variant(Some($convert)) }
        }
        impl From<Option<$from>> for Arg {
            fn from(value: Option<$from>) -> Self { Arg::$variant(value.map(|$value| $convert)) }
        }
    )*};
}

arg_from! {
    &str => Text, v => v.to_owned();
    String => Text, v => v;
    &String => Text, v => v.clone();
    Day => Text, v => v.to_string();
    Instant => Text, v => v.to_string();
    i64 => Int, v => v;
    u32 => Int, v => i64::from(v);
    bool => Int, v => i64::from(v);
    Vec<u8> => Bytes, v => v;
    &[u8] => Bytes, v => v.to_vec();
}

/// A row of a result; columns are counted from 0.
pub enum Row {
    /// Of SQLite.
    Sqlite(SqliteRow),
    /// Of PostgreSQL.
    Postgres(PgRow),
}

macro_rules! column {
    ($($name:ident, $optional:ident: $of:ty;)*) => {$(
        #[doc = concat!("The column, that must not be null, as `", stringify!($of), "`.")]
        ///
        /// # Errors
        /// Where the column is null, missing or of another type.
        pub fn $name(&self, column: usize) -> Result<$of, StoreError> {
            Ok(match self {
                Row::Sqlite(row) => row.try_get(column)?,
                Row::Postgres(row) => row.try_get(column)?,
            })
        }
        #[doc = concat!("The column, that may be null, as `", stringify!($of), "`.")]
        ///
        /// # Errors
        /// Where the column is missing or of another type.
        pub fn $optional(&self, column: usize) -> Result<Option<$of>, StoreError> {
            Ok(match self {
                Row::Sqlite(row) => row.try_get(column)?,
                Row::Postgres(row) => row.try_get(column)?,
            })
        }
    )*};
}

impl Row {
    column! {
        text, optional_text: String;
        int, optional_int: i64;
        bytes, optional_bytes: Vec<u8>;
    }

    /// The column as bytes, without a copy.
    ///
    /// # Errors
    /// Where the column is null, missing or of another type.
    pub fn slice(&self, column: usize) -> Result<&[u8], StoreError> {
        Ok(match self {
            Row::Sqlite(row) => row.try_get(column)?,
            Row::Postgres(row) => row.try_get(column)?,
        })
    }

    /// A yes or no, kept as 0 or 1.
    ///
    /// # Errors
    /// Where the column is null, missing or of another type.
    pub fn boolean(&self, column: usize) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    /// A value that is kept as text: a day, an instant, a state.
    ///
    /// # Errors
    /// Where the column is null or does not read as one.
    pub fn parsed<T: FromStr>(&self, column: usize) -> Result<T, StoreError> {
        let text = self.text(column)?;
        text.parse()
            .map_err(|_| StoreError::Damaged(format!("column {column} holds `{text}`")))
    }

    /// As [`Row::parsed`], for a column that may be null.
    ///
    /// # Errors
    /// Where the column does not read as one.
    pub fn optional_parsed<T: FromStr>(&self, column: usize) -> Result<Option<T>, StoreError> {
        match self.optional_text(column)? {
            None => Ok(None),
            Some(_) => self.parsed(column).map(Some),
        }
    }
}

macro_rules! bind {
    ($sql:expr, $args:expr) => {{
        let mut query = sqlx::query($sql);
        for arg in $args {
            query = match arg {
                Arg::Text(value) => query.bind(value),
                Arg::Int(value) => query.bind(value),
                Arg::Bytes(value) => query.bind(value),
            };
        }
        query
    }};
}

impl Store {
    /// Opens the store at `url` (`sqlite:FILE`, made if it is not there, or `postgres://…`) and
    /// brings its schema up to date.
    ///
    /// # Errors
    /// Where the address is not a store's, it cannot be opened, or its schema is newer than this
    /// program.
    pub async fn open(url: &str) -> Result<Store, StoreError> {
        let store = Self::connect(url).await?;
        store.migrate().await?;
        Ok(store)
    }

    /// Opens the store as it is, without touching its schema.
    ///
    /// # Errors
    /// Where the address is not a store's or it cannot be opened.
    pub async fn connect(url: &str) -> Result<Store, StoreError> {
        let open_error = |cause| StoreError::Open {
            place: without_password(url),
            cause,
        };
        if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)
                .map_err(open_error)?
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(BUSY)
                .foreign_keys(true)
                .pragma("cache_size", "-65536")
                .pragma("mmap_size", "268435456")
                .disable_statement_logging();
            let pool = SqlitePoolOptions::new()
                .max_connections(4)
                .acquire_timeout(BUSY)
                .connect_with(options)
                .await
                .map_err(open_error)?;
            Ok(Store::Sqlite(pool))
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url)
                .map_err(open_error)?
                .application_name("corewatch")
                .disable_statement_logging();
            let pool = PgPoolOptions::new()
                .max_connections(4)
                .acquire_timeout(CONNECT)
                .connect_with(options)
                .await
                .map_err(open_error)?;
            Ok(Store::Postgres(pool))
        } else {
            Err(StoreError::Url(without_password(url)))
        }
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// Where the schema is newer than this program, or a migration fails; nothing is changed then.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match self {
            Store::Sqlite(pool) => {
                // SQLite has no lock for migrating: of two processes that make a store at once, one
                // finds the other's tables half made, and looks again once they are whole.
                let migrator = sqlx::migrate!("migrations/sqlite");
                for _ in 1..MIGRATION_TRIES {
                    match migrator.run(pool).await {
                        Err(sqlx::migrate::MigrateError::ExecuteMigration(..)) => {}
                        ended => return Ok(ended?),
                    }
                    tokio::time::sleep(MIGRATION_WAIT).await;
                }
                migrator.run(pool).await?;
            }
            Store::Postgres(pool) => sqlx::migrate!("migrations/postgres").run(pool).await?,
        }
        Ok(())
    }

    /// Which database it lies in.
    pub fn backend(&self) -> Backend {
        match self {
            Store::Sqlite(_) => Backend::Sqlite,
            Store::Postgres(_) => Backend::Postgres,
        }
    }

    /// Begins a transaction that may write. On SQLite it takes the write lock at once: begun as a
    /// reader it could fail half way with "database is locked".
    ///
    /// # Errors
    /// Where the database cannot be reached, or another writer did not finish in time.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        Ok(match self {
            Store::Sqlite(pool) => Transaction::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Store::Postgres(pool) => Transaction::Postgres(pool.begin().await?),
        })
    }

    /// Begins a transaction that only reads, of one moment.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub async fn snapshot(&self) -> Result<Transaction, StoreError> {
        Ok(match self {
            Store::Sqlite(pool) => Transaction::Sqlite(pool.begin().await?),
            Store::Postgres(pool) => Transaction::Postgres(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .await?,
            ),
        })
    }

    /// Closes its connections.
    pub async fn close(self) {
        match self {
            Store::Sqlite(pool) => pool.close().await,
            Store::Postgres(pool) => pool.close().await,
        }
    }
}

/// A transaction: what is done in it becomes true together, or, where it is dropped, not at all.
pub enum Transaction {
    /// Of SQLite.
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    /// Of PostgreSQL.
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Transaction {
    /// Which database it runs in.
    pub fn backend(&self) -> Backend {
        match self {
            Transaction::Sqlite(_) => Backend::Sqlite,
            Transaction::Postgres(_) => Backend::Postgres,
        }
    }

    /// Executes a statement and says how many rows it touched.
    ///
    /// # Errors
    /// What the database says.
    pub async fn execute(
        &mut self,
        sql: &'static str,
        args: impl IntoIterator<Item = Arg>,
    ) -> Result<u64, StoreError> {
        Ok(match self {
            Transaction::Sqlite(tx) => bind!(sql, args).execute(&mut **tx).await?.rows_affected(),
            Transaction::Postgres(tx) => bind!(sql, args).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// All rows of a query.
    ///
    /// # Errors
    /// What the database says.
    pub async fn rows(
        &mut self,
        sql: &'static str,
        args: impl IntoIterator<Item = Arg>,
    ) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Transaction::Sqlite(tx) => {
                let rows = bind!(sql, args).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Transaction::Postgres(tx) => {
                let rows = bind!(sql, args).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// The first row of a query, if it has one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn row(
        &mut self,
        sql: &'static str,
        args: impl IntoIterator<Item = Arg>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(match self {
            Transaction::Sqlite(tx) => {
                let row = bind!(sql, args).fetch_optional(&mut **tx).await?;
                row.map(Row::Sqlite)
            }
            Transaction::Postgres(tx) => {
                let row = bind!(sql, args).fetch_optional(&mut **tx).await?;
                row.map(Row::Postgres)
            }
        })
    }

    /// Hands each row of a query to `each` as it arrives, without keeping them.
    ///
    /// # Errors
    /// What the database or `each` says.
    pub async fn each_row<E: From<StoreError>>(
        &mut self,
        sql: &'static str,
        args: impl IntoIterator<Item = Arg>,
        mut each: impl FnMut(Row) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Transaction::Sqlite(tx) => {
                let mut rows = bind!(sql, args).fetch(&mut **tx);
                while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
                    each(Row::Sqlite(row))?;
                }
            }
            Transaction::Postgres(tx) => {
                let mut rows = bind!(sql, args).fetch(&mut **tx);
                while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
                    each(Row::Postgres(row))?;
                }
            }
        }
        Ok(())
    }

    /// Inserts many rows with few statements: `into` is `table (a, b)`, `then` what follows the
    /// values (`ON CONFLICT …`), and each row has as many values as there are columns.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_many(
        &mut self,
        into: &'static str,
        then: &'static str,
        rows: Vec<Vec<Arg>>,
    ) -> Result<u64, StoreError> {
        let Some(width) = rows.first().map(Vec::len) else {
            return Ok(0);
        };
        let at_once = (MOST_PARAMETERS / width.max(1)).clamp(1, 500);
        let mut rows = rows.into_iter().peekable();
        let mut touched = 0;
        while rows.peek().is_some() {
            let some: Vec<Vec<Arg>> = rows.by_ref().take(at_once).collect();
            let mut sql = format!("INSERT INTO {into} VALUES ");
            for i in 0..some.len() {
                sql.push_str(if i == 0 { "(" } else { ", (" });
                for j in 0..width {
                    if j > 0 {
                        sql.push_str(", ");
                    }
                    sql.push_str(&format!("${}", i * width + j + 1));
                }
                sql.push(')');
            }
            sql.push(' ');
            sql.push_str(then);
            let args = some.into_iter().flatten();
            touched += match self {
                Transaction::Sqlite(tx) => bind!(AssertSqlSafe(sql), args)
                    .execute(&mut **tx)
                    .await?
                    .rows_affected(),
                Transaction::Postgres(tx) => bind!(AssertSqlSafe(sql), args)
                    .execute(&mut **tx)
                    .await?
                    .rows_affected(),
            };
        }
        Ok(touched)
    }

    /// Makes what was done in it true.
    ///
    /// # Errors
    /// What the database says; nothing is true then.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Transaction::Sqlite(tx) => tx.commit().await?,
            Transaction::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// An address as it may stand in an error or a log: without what lies between `:` and `@`.
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let authority_end = rest.find('/').unwrap_or(rest.len());
    let Some(at) = rest[..authority_end].rfind('@') else {
        return url.to_owned();
    };
    let user = rest[..at].split(':').next().unwrap_or("");
    format!("{scheme}://{user}@{}", &rest[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_never_stands_in_an_address_that_is_shown() {
        assert_eq!(
            without_password("postgres://reader:s3:cr@t@db.example:5432/cases"),
            "postgres://reader@db.example:5432/cases"
        );
        assert_eq!(without_password("sqlite:cases.db"), "sqlite:cases.db");
        assert_eq!(
            without_password("postgres://db/cases"),
            "postgres://db/cases"
        );
    }
}
