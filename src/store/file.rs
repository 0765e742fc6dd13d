//! A file of SQLite: one connection writes, and others read beside it. (Delivery, whose steps are small and
//! many, has one of its own.)
//!
//! What a connection has read of the file it forgets as soon as another has written. Where one and the same
//! writes, it need not read again what it wrote, and a pass asks it for what a reading of the source has
//! just changed.

use std::time::{Duration, Instant as Stopwatch};

use sqlx::error::DatabaseError;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Error};

/// How long a writer waits for another to finish before it gives up.
const BUSY: Duration = Duration::from_secs(30);
/// Connections that read at once: a scrape, the pass, a report.
const READERS: u32 = 3;

/// For how long a file is opened again that another program makes at the same time, and after what
/// pauses: while the one gives it a log beside it, SQLite refuses the other at once.
const OTHERS_MAKE_IT: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(50);

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
        let begun = Stopwatch::now();
        let writer = loop {
            match pool(1).connect_with(options.clone()).await {
                Err(Error::Database(said))
                    if is_busy(&*said) && begun.elapsed() < OTHERS_MAKE_IT =>
                {
                    tokio::time::sleep(PAUSE).await;
                }
                ended => break ended?,
            }
        };
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

/// Whether SQLite says that the file is locked.
fn is_busy(said: &dyn DatabaseError) -> bool {
    let code = said.code();
    let code = code.as_deref().and_then(|code| code.parse::<u32>().ok());
    // The lowest byte is what it is, the others say more about it.
    code.is_some_and(|code| code & 0xff == 5)
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

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use crate::store::Store;

    const ROUNDS: usize = 15;

    #[test]
    fn of_many_programs_that_make_a_store_at_once_none_fails() {
        for _ in 0..ROUNDS {
            let folder = tempfile::tempdir().unwrap();
            let url = format!("sqlite:{}", folder.path().join("corewatch.db").display());
            let start = Barrier::new(8);
            let open = || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                start.wait();
                runtime.block_on(async { Store::open(&url).await.unwrap().close().await });
            };
            std::thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(open);
                }
            });
        }
    }
}
