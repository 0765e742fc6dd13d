//! Whole readings, from databases made by the tests.

mod bad_data;
mod changing;
mod histories;
mod incremental;
#[cfg(feature = "odbc")]
mod odbc;
mod profiles;
mod readings;
mod refusals;
mod rights;
mod ssd;
mod types;

use sqlx::{AssertSqlSafe, Connection, Executor};
use tempfile::TempDir;

use super::*;
use crate::calendar::{Instant, Moment, Zone};
use crate::case::{Attributes, Symbols, Timeline, Value};
use crate::document::Document;
use crate::store::copy::{self, QuarantinedRow};
use crate::store::testing::{self, MARIADB};
use crate::store::{Store, StoreError};

/// A source, its file, and a store to copy it to.
struct Site {
    folder: TempDir,
    /// Where the cases are, for the tests to write them.
    address: String,
    /// By what the source reads them: the same, or by way of ODBC.
    url: String,
    store: Store,
    profile: Profile,
    now: Instant,
    accept: bool,
    full: bool,
}

/// The tables of a small case system, in types that every database has.
const TABLES: &str = "
    CREATE TABLE child (id VARCHAR(64), dob VARCHAR(64), ref VARCHAR(64), team VARCHAR(64));
    CREATE TABLE plan (id VARCHAR(64), child VARCHAR(64), began VARCHAR(64), ended VARCHAR(64),
        category VARCHAR(64));
    CREATE TABLE visit (id VARCHAR(64), child VARCHAR(64), happened VARCHAR(64), booked VARCHAR(64),
        written VARCHAR(64), seen VARCHAR(64));
    CREATE TABLE meeting (id VARCHAR(64), child VARCHAR(64), held VARCHAR(64), what VARCHAR(64),
        agreed VARCHAR(64));
    CREATE TABLE worker (id VARCHAR(64), name VARCHAR(64), mail VARCHAR(64), team VARCHAR(64),
        boss VARCHAR(64));
    CREATE TABLE team (id VARCHAR(64), name VARCHAR(64), above VARCHAR(64), boss VARCHAR(64));
";

const FILE: &str = r#"
[source]
[[source.children]]
query = "SELECT id AS child_id, dob AS born, ref AS case_ref, team AS team_id FROM child ORDER BY id"
[[source.periods]]
kind = "plan"
query = "SELECT id AS period_id, child AS child_id, began AS from_date, ended AS to_date, category FROM plan ORDER BY id"
[[source.events]]
kind = "visit"
query = "SELECT id AS event_id, child AS child_id, happened AS occurred, booked AS scheduled, written AS recorded, seen AS child_seen FROM visit ORDER BY id"
[[source.events]]
query = "SELECT id AS event_id, child AS child_id, held AS occurred, what AS kind, agreed AS about FROM meeting ORDER BY id"
[[source.people]]
query = "SELECT id AS person_id, name, mail AS email, team AS team_id, boss AS manager_id FROM worker ORDER BY id"
[[source.teams]]
query = "SELECT id AS team_id, name, above AS parent_id, boss AS manager_id FROM team ORDER BY id"
"#;

/// One child with a plan, a visit and a conference, and whose case it is.
const ROWS: &str = "
    INSERT INTO child VALUES ('C1', '2015-02-28', 'LU-1', 'T1'), ('C2', NULL, NULL, NULL);
    INSERT INTO plan VALUES ('P1', 'C1', '2026-04-01', NULL, 'neglect');
    INSERT INTO visit VALUES
        ('V1', 'C1', '2026-04-08 10:30:00', NULL, '2026-04-10 00:00:00', 'Y'),
        ('V2', 'C1', NULL, '2026-05-20', NULL, '');
    INSERT INTO meeting VALUES ('M1', 'C1', '2026-04-01', 'conference', NULL),
        ('M2', 'C1', '2026-04-03', 'minutes_circulated', 'M1');
    INSERT INTO worker VALUES ('7', 'Ann Example', 'ann@example.org', 'T1', '8'),
        ('8', 'Ben Example', '', 'T1', NULL);
    INSERT INTO team VALUES ('T1', 'North', NULL, '8');
";

impl Site {
    async fn at(address: String) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let store = testing::sqlite(folder.path()).await;
        let site = Site {
            profile: profile(FILE, &address),
            folder,
            url: address.clone(),
            address,
            store,
            now: "2026-05-01T08:00:00Z".parse().unwrap(),
            accept: false,
            full: false,
        };
        site.run(TABLES).await;
        site.run(ROWS).await;
        site
    }

    async fn sqlite() -> Site {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cases.db");
        std::fs::write(&file, "").unwrap();
        let mut site = Site::at(format!("sqlite:{}", file.display())).await;
        // The source lives as long as the site.
        site.store.clone().close().await;
        site.store = testing::sqlite(folder.path()).await;
        site.folder = folder;
        site
    }

    async fn postgres() -> Site {
        Site::at(testing::postgres_database().await).await
    }

    async fn mariadb() -> Site {
        let server = std::env::var(MARIADB).expect("COREWATCH_TEST_MARIADB names a server");
        let name = testing::unique("cw");
        let mut connection = sqlx::MySqlConnection::connect(&server).await.unwrap();
        connection
            .execute(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .await
            .unwrap();
        Site::at(testing::with_database(&server, &name)).await
    }

    /// The same site, copied into a store on a server.
    async fn with_store(self, store: Store) -> Site {
        Site { store, ..self }
    }

    /// The same site, read by way of ODBC.
    #[cfg(feature = "odbc")]
    fn by_odbc(mut self) -> Site {
        self.url = crate::source::tests::odbc::url(&self.address);
        self.profile = self.profile.with_url(&self.url).unwrap();
        self
    }

    /// Runs SQL in the source.
    async fn run(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.address.starts_with("sqlite:") {
            let mut c = sqlx::SqliteConnection::connect(&self.address)
                .await
                .unwrap();
            sqlx::raw_sql(sql).execute(&mut c).await.unwrap();
            c.close().await.unwrap();
        } else if self.address.starts_with("mysql:") {
            let mut c = sqlx::MySqlConnection::connect(&self.address).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut c).await.unwrap();
            c.close().await.unwrap();
        } else {
            let mut c = sqlx::PgConnection::connect(&self.address).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut c).await.unwrap();
            c.close().await.unwrap();
        }
    }

    /// Replaces the source file.
    fn file(&mut self, text: &str) {
        self.profile = profile(text, &self.url);
    }

    async fn sync(&self) -> Result<SyncOutcome, SourceError> {
        sync(
            &self.store,
            &SyncRequest {
                authority: "luton",
                profile: &self.profile,
                zone: Zone::LONDON,
                now: self.now,
                accept: self.accept,
                full: self.full,
            },
        )
        .await
    }

    /// The copy as text.
    async fn copy(&self) -> String {
        let mut tx = self.store.snapshot().await.unwrap();
        let symbols = copy::symbols(&mut tx, "luton").await.unwrap();
        let mut out = String::new();
        copy::each_timeline::<StoreError>(&mut tx, "luton", |bytes| {
            let timeline = Timeline::decode(bytes).unwrap();
            show(&timeline, &symbols, &mut out);
            Ok(())
        })
        .await
        .unwrap();
        out
    }

    /// The quarantine as text.
    async fn quarantine(&self) -> Vec<String> {
        let mut tx = self.store.snapshot().await.unwrap();
        let rows = copy::quarantine(&mut tx, "luton").await.unwrap();
        rows.into_iter()
            .map(
                |QuarantinedRow {
                     query, key, reason, ..
                 }| format!("{query}: {key}: {reason}"),
            )
            .collect()
    }

    async fn last_reading(&self) -> copy::Reading {
        let mut tx = self.store.snapshot().await.unwrap();
        copy::last_reading(&mut tx, "luton").await.unwrap().unwrap()
    }
}

fn profile(text: &str, address: &str) -> Profile {
    let document = Document::new("sources/test.toml", text);
    super::profile::read_profile(&document, "sources/test.toml".as_ref())
        .unwrap()
        .with_url(address)
        .unwrap()
}

fn show(timeline: &Timeline<'_>, symbols: &Symbols, out: &mut String) {
    use std::fmt::Write;
    let child = &timeline.child;
    let born = child.born.map(|day| day.to_string()).unwrap_or_default();
    let team = child.team_id.unwrap_or("");
    writeln!(
        out,
        "{} ref={} born={born} team={team}",
        child.id, child.case_ref
    )
    .unwrap();
    for period in &timeline.periods {
        let to = period.to.map(|day| day.to_string()).unwrap_or_default();
        write!(
            out,
            "  {} {} {}..{to}",
            symbols.name(period.kind),
            period.id,
            period.from
        )
        .unwrap();
        show_attributes(period.attributes, symbols, out);
    }
    for event in &timeline.events {
        write!(out, "  {} {}", symbols.name(event.kind), event.id).unwrap();
        for (name, moment) in [
            ("occurred", event.occurred),
            ("scheduled", event.scheduled),
            ("recorded", event.recorded),
        ] {
            if let Some(Moment { day, at }) = moment {
                let at = at.map(|at| format!("@{at}")).unwrap_or_default();
                write!(out, " {name}={day}{at}").unwrap();
            }
        }
        if let Some(about) = event.about {
            write!(out, " about={about}").unwrap();
        }
        show_attributes(event.attributes, symbols, out);
    }
}

fn show_attributes(attributes: Attributes<'_>, symbols: &Symbols, out: &mut String) {
    use std::fmt::Write;
    let mut shown: Vec<String> = attributes
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Value::Bool(value) => value.to_string(),
                Value::Int(value) => value.to_string(),
                Value::Float(value) => format!("{value:?}"),
                Value::Text(text) => format!("{text:?}"),
            };
            format!(" {}={value}", symbols.name(name))
        })
        .collect();
    shown.sort();
    writeln!(out, "{}", shown.concat()).unwrap();
}

/// Runs each scenario on SQLite, and on the servers where they are there.
macro_rules! on_every_database {
    ($($scenario:ident),* $(,)?) => {
        mod from_sqlite {$(
            #[tokio::test]
            async fn $scenario() {
                super::$scenario(super::Site::sqlite().await).await;
            }
        )*}
        mod from_postgres {$(
            #[tokio::test]
            #[ignore = "needs PostgreSQL; tests/run starts it"]
            async fn $scenario() {
                let store = crate::store::testing::postgres().await;
                super::$scenario(super::Site::postgres().await.with_store(store).await).await;
            }
        )*}
        mod from_mariadb {$(
            #[tokio::test]
            #[ignore = "needs MariaDB; tests/run starts it"]
            async fn $scenario() {
                super::$scenario(super::Site::mariadb().await).await;
            }
        )*}
        #[cfg(feature = "odbc")]
        mod from_sqlite_by_odbc {$(
            #[tokio::test]
            #[ignore = "needs the SQLite ODBC driver; tests/run installs it"]
            async fn $scenario() {
                super::$scenario(super::Site::sqlite().await.by_odbc()).await;
            }
        )*}
        #[cfg(feature = "odbc")]
        mod from_postgres_by_odbc {$(
            #[tokio::test]
            #[ignore = "needs PostgreSQL and its ODBC driver; tests/run starts it"]
            async fn $scenario() {
                super::$scenario(super::Site::postgres().await.by_odbc()).await;
            }
        )*}
        #[cfg(feature = "odbc")]
        mod from_mariadb_by_odbc {$(
            #[tokio::test]
            #[ignore = "needs MariaDB and its ODBC driver; tests/run starts it"]
            async fn $scenario() {
                super::$scenario(super::Site::mariadb().await.by_odbc()).await;
            }
        )*}
    };
}
use on_every_database;
