//! An installation in a folder of its own: a case database that a test changes, and passes by the
//! binary at times of their own.

use std::path::Path;
use std::process::{Command, Stdio};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};

#[path = "../site/mod.rs"]
#[expect(dead_code, reason = "other tests than these use the rest of it")]
mod small;

/// Kinds that no row has could not be judged: a child of last year has one of each.
const PAST: &str = "
    INSERT INTO children VALUES ('past', NULL, 'REF-past', 'north');
    INSERT INTO periods VALUES ('plan', 'past', 'past', '2025-01-06', '2025-06-30', NULL);
    INSERT INTO events VALUES ('conference', 'past', 'past', '2025-01-06'),
        ('core_group', 'past-group', 'past', '2025-01-10');
";

/// A folder in memory, where the system has a file system there: a store waits for its disk at every
/// commit, and a test of many passes has better things to wait for.
pub fn in_memory() -> tempfile::TempDir {
    let shared = Path::new("/dev/shm");
    if shared.is_dir() {
        tempfile::tempdir_in(shared).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}

/// `[mail]` for a server on this machine, without protection.
pub fn to_server(port: u16) -> String {
    format!("host = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\n")
}

/// A site in a folder: its store, how mail leaves, and its ladders.
pub struct Site<'f> {
    folder: &'f Path,
}

impl<'f> Site<'f> {
    /// Makes one, with staff and no open case.
    pub async fn make(folder: &'f Path, store: &str, mail: &str, ladders: &str) -> Site<'f> {
        let site = Site { folder };
        let configuration = small::configuration(store, mail);
        for (name, text) in [
            ("source.toml", &*small::source("sqlite:cases.db")),
            ("pack.toml", small::PACK),
            ("ladders.toml", ladders),
            ("corewatch.toml", &configuration),
        ] {
            site.write(name, text);
        }
        for sql in [small::TABLES, small::STAFF, PAST] {
            site.sql(sql).await;
        }
        site
    }

    /// One that was made.
    pub fn at(folder: &'f Path) -> Site<'f> {
        Site { folder }
    }

    /// Writes a file of it.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.join(name), text).unwrap();
    }

    /// Changes the case database.
    pub async fn sql(&self, sql: &str) {
        let options = SqliteConnectOptions::new()
            .filename(self.folder.join("cases.db"))
            .create_if_missing(true);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }

    /// A pass by the binary at an instant, ready to be started.
    pub fn cycle(&self, at: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_corewatch"));
        command
            .args(["cycle", "--config", "corewatch.toml", "--at", at])
            .current_dir(self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// A pass by the binary that ends well.
    #[track_caller]
    pub fn pass(&self, at: &str) {
        let output = self.cycle(at).stderr(Stdio::piped()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
    }
}

/// A child on a plan since 2 March 2026, with its key worker and a conference on a day.
pub fn child(id: &str, worker: &str, conference: &str) -> String {
    format!(
        "INSERT INTO children VALUES ('{id}', NULL, 'REF-{id}', 'north');
         INSERT INTO periods VALUES ('plan', 'P{id}', '{id}', '2026-03-02', NULL, NULL),
            ('key_worker', 'K{id}', '{id}', '2026-03-02', NULL, '{worker}');
         INSERT INTO events VALUES ('conference', 'E{id}', '{id}', '{conference}');"
    )
}
