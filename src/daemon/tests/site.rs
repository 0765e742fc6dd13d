//! An installation in a folder of its own: a case database that a test changes, passes at times of
//! its own, and the messages that left.

use std::collections::BTreeSet;
use std::path::PathBuf;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};

use crate::calendar::{Instant, Zone};
use crate::daemon::{Installation, PassEnd, PassError, PassOutcome, pass};
use crate::store::Store;
use crate::store::care::filled::Earlier;
use crate::store::testing::postgres_database;

#[path = "../../../tests/site/mod.rs"]
mod small;

pub use small::{LADDERS, PACK, QUERIES};

/// The folder, and what was read of its outbox already.
pub struct Site {
    folder: tempfile::TempDir,
    seen: BTreeSet<PathBuf>,
}

impl Site {
    /// A site with one child: on a plan and with key worker Anna since 1 October 2026, the
    /// conference on Monday 2 November, so that the core group is due on Monday the 16th.
    pub async fn new() -> Site {
        Site::with_store("sqlite:corewatch.db").await
    }

    /// The same with the store in a database of its own on the PostgreSQL of `tests/run`.
    pub async fn on_postgres() -> Site {
        Site::with_store(&postgres_database().await).await
    }

    async fn with_store(url: &str) -> Site {
        let site = Site {
            folder: tempfile::tempdir().unwrap(),
            seen: BTreeSet::new(),
        };
        let files = [
            ("source.toml", &*small::source("sqlite:cases.db")),
            ("pack.toml", PACK),
            ("ladders.toml", LADDERS),
            (
                "corewatch.toml",
                &*small::configuration(url, small::TO_FOLDER),
            ),
        ];
        for (name, text) in files {
            site.write(name, text);
        }
        site.sql(small::TABLES).await;
        site.sql(small::STAFF).await;
        site.child(1, "2026-11-02").await;
        // Kinds that no row has could not be judged.
        site.sql("INSERT INTO events VALUES ('core_group', 'old', 'C1', '2026-10-05')")
            .await;
        site
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Where a file of it lies.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Adds sections to the configuration.
    pub fn configure(&self, sections: &str) {
        let file = self.folder.path().join("corewatch.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, format!("{text}{sections}")).unwrap();
    }

    /// Has nothing leave: a file stands where the folder of messages is.
    pub fn stop_mail(&self) {
        let outbox = self.folder.path().join("outbox");
        std::fs::create_dir_all(&outbox).unwrap();
        std::fs::rename(&outbox, self.folder.path().join("kept")).unwrap();
        std::fs::write(&outbox, "").unwrap();
    }

    /// Messages leave again.
    pub fn start_mail(&self) {
        let outbox = self.folder.path().join("outbox");
        std::fs::remove_file(&outbox).unwrap();
        std::fs::rename(self.folder.path().join("kept"), &outbox).unwrap();
    }

    /// Changes the case database.
    pub async fn sql(&self, sql: &str) {
        let options = SqliteConnectOptions::new()
            .filename(self.folder.path().join("cases.db"))
            .create_if_missing(true);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }

    /// A child of the team North with a plan, key worker Anna, and a conference.
    pub async fn child(&self, number: u32, conference: &str) {
        self.sql(&format!(
            "INSERT INTO children VALUES ('C{number}', '2015-01-01', 'REF-{number}', 'north');
             INSERT INTO periods VALUES ('plan', 'P{number}', 'C{number}', '2026-10-01', NULL, NULL),
                ('key_worker', 'K{number}', 'C{number}', '2026-10-01', NULL, 'anna');
             INSERT INTO events VALUES ('conference', 'E{number}', 'C{number}', '{conference}');"
        ))
        .await;
    }

    pub fn installation(&self) -> Installation {
        Installation::load(&self.folder.path().join("corewatch.toml")).unwrap()
    }

    pub async fn store(&self) -> Store {
        Store::open(&self.installation().settings.store.url)
            .await
            .unwrap()
    }

    /// Puts a store in the place of its own that has the schema of an earlier step, with all of what is
    /// there that an earlier corewatch kept.
    pub async fn take_back_to(&self, step: i64) -> Earlier {
        let file = self.folder.path().join("corewatch.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let url = text.split("url = \"").nth(1).unwrap();
        let url = url.split('"').next().unwrap();
        let other = match url.starts_with("sqlite:") {
            true => "sqlite:earlier.db".to_owned(),
            false => postgres_database().await,
        };
        let now = self.store().await;
        std::fs::write(&file, text.replace(url, &other)).unwrap();
        let store = Store::connect(&self.installation().settings.store.url)
            .await
            .unwrap();
        let earlier = Earlier::of(&now, &store, step).await;
        now.close().await;
        store.close().await;
        earlier
    }

    pub async fn try_pass(&self, at: &str) -> Result<PassEnd, PassError> {
        let store = self.store().await;
        let ended = pass(&self.installation(), &store, instant(at)).await;
        store.close().await;
        ended
    }

    /// A pass at a local time of 2026 (`11-17 09:00`).
    pub async fn outcome(&self, at: &str) -> PassOutcome {
        match self.try_pass(at).await.unwrap() {
            PassEnd::Ran(outcome) => *outcome,
            PassEnd::AnotherRuns => panic!("no other pass runs"),
        }
    }

    /// A pass, and what it told: `anna: core-group; REF-1; step=1`, a line each alert.
    pub async fn pass(&mut self, at: &str) -> Vec<String> {
        self.outcome(at).await;
        self.told()
    }

    /// The messages that left since the last time: for each its recipient and what it tells, without
    /// due days and ids; of those to operations the lines of the text that begin with `What`.
    pub fn told(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        for text in self.new_mails() {
            let header = |name: &str| {
                let prefix = format!("{name}: ");
                let lines = text.lines().take_while(|line| !line.is_empty());
                let found: Vec<String> = lines
                    .filter_map(|line| line.strip_prefix(&prefix).map(str::to_owned))
                    .collect();
                found
            };
            let to = header("To").join(", ");
            let to = to
                .rsplit('<')
                .next()
                .unwrap_or(&to)
                .split('@')
                .next()
                .unwrap_or_default();
            for alert in header("Corewatch-Alert") {
                let what: Vec<&str> = alert.split("; ").take(3).collect();
                lines.push(format!("{to}: {}", what.join("; ")));
            }
        }
        lines.sort();
        lines
    }

    /// The same child in a case database whose events have bookings too.
    pub async fn child_with_bookings(&self, number: u32, conference: &str) {
        self.sql(&format!(
            "INSERT INTO children VALUES ('C{number}', '2015-01-01', 'REF-{number}', 'north');
             INSERT INTO periods VALUES ('plan', 'P{number}', 'C{number}', '{conference}', NULL, NULL),
                ('key_worker', 'K{number}', 'C{number}', '{conference}', NULL, 'anna');
             INSERT INTO events VALUES ('conference', 'E{number}', 'C{number}', '{conference}', NULL);"
        ))
        .await;
    }

    /// The messages that left since the last time, sorted, without what is drawn by lot for each.
    pub fn texts(&mut self) -> Vec<String> {
        let mut texts = self.new_mails();
        for text in &mut texts {
            let lines = text.lines();
            let settled =
                lines.filter(|line| !line.contains("boundary=") && !line.starts_with("--"));
            *text = settled.collect::<Vec<_>>().join("\n");
        }
        texts.sort();
        texts
    }

    fn new_mails(&mut self) -> Vec<String> {
        let Ok(folder) = std::fs::read_dir(self.folder.path().join("outbox")) else {
            return Vec::new();
        };
        let mut paths: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.retain(|path| self.seen.insert(path.clone()));
        paths
            .iter()
            .map(|path| std::fs::read_to_string(path).unwrap())
            .collect()
    }

    /// How many messages to an address have left.
    pub fn letters_to(&self, address: &str) -> usize {
        let folder = std::fs::read_dir(self.folder.path().join("outbox")).unwrap();
        let texts = folder.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
        let is_to = |text: &String| {
            let mut head = text.lines().take_while(|line| !line.is_empty());
            head.any(|line| line.starts_with("To: ") && line.contains(address))
        };
        texts.filter(is_to).count()
    }

    /// The text of the messages that operations had since the last time; other messages are passed
    /// over.
    pub fn operations(&mut self) -> String {
        let mails = self.new_mails().into_iter();
        mails
            .filter(|text| text.contains("To: operations@example.org"))
            .collect()
    }
}

/// `11-17 09:00` of 2026, in London.
pub fn instant(text: &str) -> Instant {
    let local = chrono::NaiveDateTime::parse_from_str(&format!("2026-{text}"), "%Y-%m-%d %H:%M");
    Zone::LONDON.instant(local.unwrap())
}
