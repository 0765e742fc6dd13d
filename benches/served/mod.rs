//! A big made-up authority on a PostgreSQL server: 26 rows a child, in the types of a case system.

use std::path::Path;
use std::time::Instant;

use corewatch::calendar::Zone;
use corewatch::source::{Profile, SyncOutcome, SyncRequest, load_profile, sync};
use corewatch::store::Store;
use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::big;

/// `$N` stands for the number of children.
const TABLES: &str = "
    CREATE TABLE child (id bigint PRIMARY KEY, dob date, ref text, team text, changed timestamptz);
    CREATE TABLE plan (id bigint PRIMARY KEY, child bigint, began date, ended date, category text,
        worker bigint, changed timestamptz);
    CREATE TABLE visit (id bigint PRIMARY KEY, child bigint, visited timestamp, planned date,
        entered timestamp, seen boolean, alone boolean, changed timestamptz);
    CREATE TABLE meeting (id bigint PRIMARY KEY, child bigint, what text, held timestamp,
        about bigint, changed timestamptz);
    INSERT INTO child SELECT i, date '2010-01-01' + (i % 5000)::int, 'REF-' || i, 'T' || i % 40,
        '2026-11-01' FROM generate_series(1, $N) i;
    INSERT INTO plan SELECT i, i, date '2026-02-01' + (i % 28)::int, NULL,
        (ARRAY['neglect', 'physical', 'emotional', 'sexual'])[i % 4 + 1], i % 300, '2026-11-01'
        FROM generate_series(1, $N) i;
    INSERT INTO visit SELECT i, i % $N + 1, timestamp '2026-02-10 09:30' + i / $N * interval '14 days',
        date '2026-02-10' + (i / $N * 14)::int, timestamp '2026-02-11 16:05' + i / $N * interval '14 days',
        i % 9 > 0, i % 3 > 0, '2026-11-01' FROM generate_series(1, 18 * $N) i;
    INSERT INTO meeting SELECT i, i % $N + 1, CASE WHEN i / $N < 2 THEN 'conference' ELSE 'core_group' END,
        timestamp '2026-02-12 10:00' + i / $N * interval '42 days', NULL, '2026-11-01'
        FROM generate_series(1, 5 * $N) i;
    CREATE INDEX ON child (changed);
    CREATE INDEX ON plan (changed);
    CREATE INDEX ON visit (changed);
    CREATE INDEX ON meeting (changed);
    ANALYZE;
";

/// Each query: its section and kind, its columns, its table and its condition.
const QUERIES: [(&str, &str, &str, &str); 6] = [
    (
        "children",
        "",
        "id AS child_id, dob AS born, ref AS case_ref, team AS team_id FROM child",
        "TRUE",
    ),
    (
        "periods",
        "plan",
        "id AS period_id, child AS child_id, began AS from_date, ended AS to_date, category FROM plan",
        "TRUE",
    ),
    (
        "periods",
        "key_worker",
        "id AS period_id, child AS child_id, began AS from_date, ended AS to_date, worker AS person_id FROM plan",
        "TRUE",
    ),
    (
        "events",
        "visit",
        "id AS event_id, child AS child_id, visited AS occurred, planned AS scheduled, entered AS recorded, seen AS child_seen, alone AS seen_alone FROM visit",
        "TRUE",
    ),
    (
        "events",
        "conference",
        "id AS event_id, child AS child_id, held AS occurred, about FROM meeting",
        "what = 'conference'",
    ),
    (
        "events",
        "core_group",
        "id AS event_id, child AS child_id, held AS occurred, about FROM meeting",
        "what = 'core_group'",
    ),
];

/// Of what every hundredth changes.
#[derive(Debug, Clone, Copy)]
pub enum Spread {
    /// Of the children, with all their rows.
    OfChildren,
    /// Of the rows.
    OfRows,
}

/// The case database, and the copy of it.
pub struct Cases {
    url: String,
    database: String,
    profile: Profile,
    store: Store,
    now: corewatch::calendar::Instant,
}

impl Cases {
    /// Makes the database on a server, and an empty store in `folder`.
    pub async fn make(server: &str, folder: &Path) -> Cases {
        let children = big::children();
        let database = format!("bench_{}", std::process::id());
        let (place, _) = server.rsplit_once('/').expect("an address with a database");
        let url = format!("{place}/{database}");
        run(server, &format!("CREATE DATABASE {database}")).await;
        run(&url, &TABLES.replace("$N", &children.to_string())).await;
        let mut file = format!("[source]\nurl = \"{url}\"\n");
        for (section, kind, columns, condition) in QUERIES {
            file.push_str(&format!("[[source.{section}]]\n"));
            if !kind.is_empty() {
                file.push_str(&format!("kind = \"{kind}\"\n"));
            }
            file.push_str(&format!(
                "query = \"SELECT {columns} WHERE {condition}\"\n\
                 changed = \"SELECT {columns} WHERE {condition} AND changed >= :since\"\n"
            ));
        }
        let path = folder.join("source.toml");
        std::fs::write(&path, file).expect("the source file");
        let store = format!("sqlite:{}", folder.join("corewatch.db").display());
        Cases {
            url,
            database,
            profile: load_profile(&path).expect("a source file"),
            store: Store::open(&store).await.expect("a store"),
            now: Zone::LONDON.start_of(big::today()).plus_hours(10),
        }
    }

    /// What the server takes to hand out the same rows, in seconds.
    pub async fn floor(&self) -> f64 {
        let mut connection = PgConnection::connect(&self.url)
            .await
            .expect("a connection");
        let began = Instant::now();
        for query in &self.profile.queries {
            let copy = format!("COPY ({}) TO STDOUT", query.sql);
            let mut rows = connection.copy_out_raw(&copy).await.expect("COPY");
            while rows.try_next().await.expect("a row").is_some() {}
        }
        began.elapsed().as_secs_f64()
    }

    /// Reads everything; gives the seconds.
    pub async fn sync(&mut self, what: &str, floor: f64) -> f64 {
        let (outcome, seconds) = self.read(what, true).await;
        let rows = outcome.rows.total();
        println!(
            "  {rows} rows of {} children, {:.0} rows a second, {:.2} times the floor",
            outcome.children,
            rows as f64 / seconds,
            seconds / floor
        );
        seconds
    }

    /// Reads what changed; gives the seconds.
    pub async fn sync_changes(&mut self, what: &str) -> f64 {
        let (outcome, seconds) = self.read(what, false).await;
        assert!(!outcome.whole, "only what changed was to be read");
        println!(
            "  {} rows came, {} children changed",
            outcome.rows.total(),
            outcome.changed.len()
        );
        seconds
    }

    async fn read(&mut self, what: &str, full: bool) -> (SyncOutcome, f64) {
        let request = SyncRequest {
            authority: "made-up",
            profile: &self.profile,
            zone: Zone::LONDON,
            now: self.now,
            accept: false,
            full,
        };
        let began = Instant::now();
        let outcome = sync(&self.store, &request).await;
        let outcome = outcome.expect("an accepted reading");
        let seconds = began.elapsed().as_secs_f64();
        big::print(what, began);
        self.now = self.now.plus_hours(2);
        (outcome, seconds)
    }

    /// Changes every hundredth child with all its rows, or every hundredth row.
    pub async fn change(&self, spread: Spread) {
        // Between the last reading and the next one, and an overlap after the one before.
        let at = self.now.plus_seconds(-600);
        let children = big::children();
        // Rows lie child after child, so that every hundredth row of a table in which each child has
        // several would always be of the same ones: each round begins one further.
        let (of_rows, of_children) = match spread {
            Spread::OfChildren => ("child % 100 = 0".to_owned(), "id % 100 = 0"),
            Spread::OfRows => (format!("(id + id / {children}) % 100 = 0"), "id % 100 = 1"),
        };
        let sql = format!(
            "UPDATE child SET team = team || 'x', changed = '{at}' WHERE {of_children}; \
             UPDATE plan SET category = category || 'x', changed = '{at}' WHERE {of_rows}; \
             UPDATE visit SET alone = NOT alone, changed = '{at}' WHERE {of_rows}; \
             UPDATE meeting SET held = held + interval '1 hour', changed = '{at}' WHERE {of_rows}; \
             INSERT INTO visit SELECT id + (SELECT max(id) FROM visit), id, '2026-11-19 09:30', NULL, \
             '2026-11-19 17:00', TRUE, TRUE, '{at}' FROM child WHERE {of_children};"
        );
        run(&self.url, &sql).await;
    }

    /// Leaves nothing on the server.
    pub async fn drop_database(self, server: &str) {
        run(
            server,
            &format!("DROP DATABASE {} WITH (FORCE)", self.database),
        )
        .await;
    }
}

/// Has the most memory counted from now on.
pub fn forget_peak() {
    // Where the system does not know of it, the peak is that of the whole run.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

async fn run(url: &str, sql: &str) {
    let mut connection = PgConnection::connect(url)
        .await
        .expect("the server answers");
    let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    connection.execute(sql).await.expect("the statements");
}
