//! A file of SQLite: one connection writes, and others read beside it. (Delivery, whose steps are small and
//! many, has one of its own.)
//!
//! What a connection has read of the file it forgets as soon as another has written. Where one and the same
//! writes, it need not read again what it wrote, and a pass asks it for what a reading of the source has
//! just changed.

use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Error};

/// How long a writer waits for another to finish before it gives up.
const BUSY: Duration = Duration::from_secs(30);
/// Connections that read at once: a scrape, the pass, a report.
const READERS: u32 = 3;

/// The connections to a file.
#[derive(Debug, Clone)]
pub struct SqliteFile {
    /// The one that writes.
    pub(super) writer: SqlitePool,
    /// Those that read.
    pub(super) readers: SqlitePool,
}

impl SqliteFile {
    /// Opens a file, made if it is not there.
    pub(super) async fn open(options: SqliteConnectOptions) -> Result<Self, Error> {
        let options = options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .foreign_keys(true)
            .pragma("cache_size", "-65536")
            .disable_statement_logging();
        let writer = pool(1).connect_with(options.clone()).await?;
        // A reader forgets all too often, and need not keep what lies in the system's memory already.
        let readers = options
            .create_if_missing(false)
            .pragma("cache_size", "-16384")
            .pragma("mmap_size", "268435456");
        Ok(SqliteFile {
            readers: pool(READERS).connect_lazy_with(readers),
            writer,
        })
    }

    /// The same file over one connection more, that keeps hardly anything of it in memory.
    pub(super) async fn for_small_steps(&self) -> Result<Self, Error> {
        let options = SqliteConnectOptions::clone(&self.writer.connect_options())
            .create_if_missing(false)
            .pragma("cache_size", "-2048");
        Ok(Self::of(pool(1).connect_with(options).await?))
    }

    /// A file that only one uses, over these connections.
    pub(super) fn of(connections: SqlitePool) -> Self {
        SqliteFile {
            writer: connections.clone(),
            readers: connections,
        }
    }

    /// Closes its connections: the one that writes at last, which leaves one file.
    pub(super) async fn close(self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// So many connections at the most.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(BUSY)
        // After a full disk SQLite has rolled back by itself, and the driver still counts a transaction:
        // such a connection could never begin one again.
        .before_acquire(|connection, _| {
            Box::pin(async move { Ok(!connection.is_in_transaction()) })
        })
}
