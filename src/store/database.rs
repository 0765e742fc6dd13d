//! One face over the two databases that the store may lie in.

use std::str::FromStr;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::SqliteConnectOptions;

use super::Transaction;
use super::file::SqliteFile;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);
/// On PostgreSQL a transaction in which nothing is asked for so long is the server's to end: an instance
/// that was paused, or whose machine is gone, must not hold its locks against the others. As long as
/// the lease of a pass.
const LEFT_OPEN: &str = "SET idle_in_transaction_session_timeout = '120s'";

/// What the store could not do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address is not one of a store.
    #[error("[store] url `{0}` is not a store; write `sqlite:corewatch.db` or `postgres://…`")]
    Url(String),
    /// The database could not be reached or opened.
    #[error(
        "the store at {place} cannot be opened ({}); check [store] url, its rights, and that its disk has room",
        opening(cause)
    )]
    Open {
        /// Where it should be; never with a password.
        place: String,
        /// What the database said.
        cause: sqlx::Error,
    },
    /// Nothing was ever kept there.
    #[error("there is no store at {0}")]
    Missing(String),
    /// The schema is of a newer corewatch, or could not be brought up to date.
    #[error(
        "the store's schema cannot be used ({0}); run the corewatch that made it, or a newer one"
    )]
    Schema(#[from] sqlx::migrate::MigrateError),
    /// The schema was brought up to date by a newer corewatch while this one ran.
    #[error(
        "the store's schema cannot be used ({0}); run the corewatch that made it, or a newer one"
    )]
    Newer(String),
    /// A statement failed.
    #[error("the store failed: {0}{remedy}", remedy = remedy(.0))]
    Database(#[from] sqlx::Error),
    /// What was read is not what was written.
    #[error("the store is damaged: {0}")]
    Damaged(String),
}

/// What to do, where what the database said is plain.
fn remedy(cause: &sqlx::Error) -> &'static str {
    if matches!(cause, sqlx::Error::PoolTimedOut) {
        return "; another part of this program held it too long, which passes; try again";
    }
    let code = match cause {
        sqlx::Error::Database(said) => said.code(),
        _ => None,
    };
    match code.as_deref() {
        // SQLite's and PostgreSQL's for a full disk.
        Some("13" | "53100") => "; make room on the disk that it lies on",
        _ => "",
    }
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
    Sqlite(SqliteFile),
    /// On a server.
    Postgres(PgPool),
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

    /// Opens the store at `url` as [`Store::open`] does, where one is there: a file is not made.
    ///
    /// # Errors
    /// As [`Store::open`], and where there is no such file.
    pub async fn open_existing(url: &str) -> Result<Store, StoreError> {
        if url.starts_with("sqlite:")
            && !url.contains(":memory:")
            && let Ok(options) = SqliteConnectOptions::from_str(url)
            && !options.get_filename().exists()
        {
            let file = options.get_filename().display().to_string();
            return Err(StoreError::Missing(file));
        }
        Self::open(url).await
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
            let options = SqliteConnectOptions::from_str(url).map_err(open_error)?;
            let file = SqliteFile::open(options).await;
            Ok(Store::Sqlite(file.map_err(open_error)?))
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url)
                .map_err(open_error)?
                .application_name("corewatch")
                .disable_statement_logging();
            let pool = PgPoolOptions::new()
                .max_connections(4)
                .acquire_timeout(CONNECT)
                .after_connect(|connection, _| {
                    Box::pin(async move {
                        sqlx::query(LEFT_OPEN).execute(connection).await?;
                        Ok(())
                    })
                })
                .connect_with(options)
                .await
                .map_err(open_error)?;
            Ok(Store::Postgres(pool))
        } else {
            Err(StoreError::Url(without_password(url)))
        }
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
            Store::Sqlite(file) => {
                Transaction::Sqlite(file.writer.begin_with("BEGIN IMMEDIATE").await?)
            }
            Store::Postgres(pool) => Transaction::Postgres(pool.begin().await?),
        })
    }

    /// Begins a transaction that only reads, of one moment.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub async fn snapshot(&self) -> Result<Transaction, StoreError> {
        Ok(match self {
            Store::Sqlite(file) => Transaction::Sqlite(file.readers.begin().await?),
            Store::Postgres(pool) => Transaction::Postgres(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .await?,
            ),
        })
    }

    /// Begins a transaction that only reads, as [`Store::snapshot`] does, where what was just written is
    /// read again: on SQLite over the connection that writes, so that [`Store::begin`] waits until it has
    /// ended.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub async fn snapshot_of_writer(&self) -> Result<Transaction, StoreError> {
        match self {
            Store::Sqlite(file) => Ok(Transaction::Sqlite(file.writer.begin().await?)),
            Store::Postgres(_) => self.snapshot().await,
        }
    }

    /// The same store for very many small steps: on SQLite over one connection more, that keeps hardly
    /// anything of the file in memory, so that it takes no more for a long queue than for a short one.
    ///
    /// # Errors
    /// Where the database cannot be opened once more.
    pub async fn for_small_steps(&self) -> Result<Store, StoreError> {
        Ok(match self {
            Store::Sqlite(file) => Store::Sqlite(file.for_small_steps().await?),
            Store::Postgres(pool) => Store::Postgres(pool.clone()),
        })
    }

    /// Closes its connections.
    pub async fn close(self) {
        match self {
            Store::Sqlite(file) => file.close().await,
            Store::Postgres(pool) => pool.close().await,
        }
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
