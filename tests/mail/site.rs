//! An installation in a folder of its own: a case database that a test changes, and passes by the
//! binary at times of their own.

use std::path::Path;
use std::process::{Command, Stdio};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};

/// The case database; staff are three key workers of the team North with its manager Tom, the
/// service's manager Sara and the head of service Hugo.
const CASES: &str = "
    CREATE TABLE children (id TEXT PRIMARY KEY, team TEXT);
    CREATE TABLE periods (kind TEXT, id TEXT, child TEXT, first TEXT, last TEXT, person TEXT);
    CREATE TABLE events (kind TEXT, id TEXT, child TEXT, held TEXT);
    CREATE TABLE people (id TEXT PRIMARY KEY, name TEXT, email TEXT, team TEXT, manager TEXT);
    CREATE TABLE teams (id TEXT PRIMARY KEY, name TEXT, parent TEXT, manager TEXT);
    INSERT INTO people VALUES
        ('anna', 'Anna Archer', 'anna@storm.example', 'north', 'tom'),
        ('ben', 'Ben Baker', 'ben@storm.example', 'north', 'tom'),
        ('cara', 'Cara Cole', 'cara@storm.example', 'north', 'tom'),
        ('tom', 'Tom Turner', 'tom@storm.example', 'north', NULL),
        ('sara', 'Sara Smith', 'sara@storm.example', 'service', NULL),
        ('hugo', 'Hugo Hill', 'hugo@storm.example', 'all', NULL);
    ALTER TABLE people ADD COLUMN language TEXT;
    INSERT INTO teams VALUES ('north', 'North', 'service', 'tom'),
        ('service', 'Service', 'all', 'sara'), ('all', 'All', NULL, 'hugo');
    -- Kinds that no row has could not be judged: a child of last year has one of each.
    INSERT INTO children VALUES ('past', 'north');
    INSERT INTO periods VALUES ('plan', 'past', 'past', '2025-01-06', '2025-06-30', NULL);
    INSERT INTO events VALUES ('conference', 'past', 'past', '2025-01-06'),
        ('core_group', 'past-group', 'past', '2025-01-10');
";

const SOURCE: &str = r#"
[source]
url = "sqlite:cases.db"
[[source.children]]
query = "SELECT id AS child_id, 'REF-' || id AS case_ref, team AS team_id FROM children"
[[source.periods]]
query = "SELECT kind, id AS period_id, child AS child_id, first AS from_date, last AS to_date, person AS person_id FROM periods"
[[source.events]]
query = "SELECT kind, id AS event_id, child AS child_id, held AS occurred FROM events"
[[source.people]]
query = "SELECT id AS person_id, name, email, 'social worker' AS role, team AS team_id, manager AS manager_id, language FROM people"
[[source.teams]]
query = "SELECT id AS team_id, name, parent AS parent_id, manager AS manager_id FROM teams"
"#;

/// One rule: a core group within ten working days of each conference.
const PACK: &str = r#"
[pack]
id = "local"
title = "First core groups"
source = "A procedure (made up)"
[[rule]]
id = "core-group"
title = "First core group within ten working days of the conference"
clause = "1.2"
severity = "high"
ladder = "standard"
[rule.deadline]
after = { event = "conference" }
within = "10 working days"
require = { event = "core_group" }
"#;

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
        let configuration = format!(
            r#"
[store]
url = "{store}"
[[authority]]
id = "ashmere"
name = "Ashmere"
nation = "england-and-wales"
packs = ["pack.toml"]
source = "source.toml"
ladders = "ladders.toml"
[mail]
from = "Timescales <timescales@storm.example>"
operations = ["operations@storm.example"]
{mail}"#
        );
        for (name, text) in [
            ("source.toml", SOURCE),
            ("pack.toml", PACK),
            ("ladders.toml", ladders),
            ("corewatch.toml", configuration.as_str()),
        ] {
            site.write(name, text);
        }
        site.sql(CASES).await;
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
        "INSERT INTO children VALUES ('{id}', 'north');
         INSERT INTO periods VALUES ('plan', 'P{id}', '{id}', '2026-03-02', NULL, NULL),
            ('key_worker', 'K{id}', '{id}', '2026-03-02', NULL, '{worker}');
         INSERT INTO events VALUES ('conference', 'E{id}', '{id}', '{conference}');"
    )
}
