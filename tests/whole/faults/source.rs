//! Faults of the case database and of the way to it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::channel;

use sqlx::mysql::MySqlConnection;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _};

use super::proxy::{Fault, Proxy};
use super::servers::{MariaDb, Postgres, kill};
use super::watched::{CHILDREN_BEING_READ, Cases, STAFF_BEING_READ, Watched};
#[cfg(feature = "odbc")]
use crate::support::by_odbc;
use crate::support::{Site, execute, mariadb_database, postgres_database};

/// A site behind a proxy.
fn behind_proxy(cases: Cases) -> (Watched, Proxy) {
    let url = cases.url();
    let proxy = Proxy::before(&url);
    (Watched::new(cases, &proxy.through(&url)), proxy)
}

fn postgres() -> Cases {
    Cases::Postgres(postgres_database())
}

fn mariadb() -> Cases {
    Cases::MariaDb(mariadb_database())
}

/// A site whose cases lie in a file.
fn sqlite() -> (Watched, Site, PathBuf) {
    let folder = Site::new();
    let file = folder.path("cases.db");
    let cases = Cases::Sqlite(file.clone());
    let url = cases.url();
    (Watched::new(cases, &url), folder, file)
}

/// Keeps a connection open in which statements were executed, until it is dropped.
struct Held {
    /// Its end ends the connection.
    _open: tokio::sync::oneshot::Sender<()>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Held {
    fn new(cases: &Cases, sql: &str) -> Held {
        let (open, closed) = tokio::sync::oneshot::channel::<()>();
        let (ready, is_ready) = channel();
        let (cases, sql) = (cases.clone(), AssertSqlSafe(sql.to_owned()));
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            macro_rules! hold {
                ($connection:expr) => {{
                    let mut connection = $connection.await.expect("a connection");
                    let done = sqlx::raw_sql(sql).execute(&mut connection).await;
                    done.expect("the statements");
                    ready.send(()).expect("somebody waits");
                    let _ = closed.await;
                    connection.close().await.expect("a farewell");
                }};
            }
            runtime.block_on(async {
                match cases {
                    Cases::Postgres(url) => hold!(PgConnection::connect(&url)),
                    Cases::MariaDb(url) => hold!(MySqlConnection::connect(&url)),
                    Cases::Sqlite(file) => {
                        let options = SqliteConnectOptions::new().filename(file);
                        hold!(SqliteConnection::connect_with(&options))
                    }
                }
            });
        });
        is_ready.recv().expect("the statements are executed");
        Held {
            _open: open,
            thread: Some(thread),
        }
    }

    fn let_go(mut self) {
        let thread = self.thread.take().expect("it runs");
        drop(self);
        thread.join().expect("it ends");
    }
}

/// A connection that breaks while the last query is read, and one that says nothing more.
fn cut_network(cases: Cases) {
    let (mut watched, proxy) = behind_proxy(cases);
    proxy.breaks_after(STAFF_BEING_READ, Fault::Closed);
    watched.is_refused("people");
    proxy.breaks_after(STAFF_BEING_READ, Fault::Mute);
    watched.is_refused("no answer within");
    proxy.heal();
    watched.comes_right();
}

#[test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
fn the_network_to_postgres_is_cut() {
    cut_network(postgres());
}

#[test]
#[ignore = "needs MariaDB; tests/run starts it"]
fn the_network_to_mariadb_is_cut() {
    cut_network(mariadb());
}

/// A driver that hangs in a read is left behind with its thread.
#[cfg(feature = "odbc")]
#[test]
#[ignore = "needs PostgreSQL and its ODBC driver; tests/run starts it"]
fn the_network_to_postgres_is_cut_under_odbc() {
    let cases = postgres();
    let url = cases.url();
    let proxy = Proxy::before(&url);
    let by_odbc = by_odbc("PostgreSQL Unicode", "Servername", &proxy.through(&url));
    let mut watched = Watched::new(cases, &by_odbc);
    proxy.breaks_after(STAFF_BEING_READ, Fault::Closed);
    watched.is_refused("people");
    proxy.breaks_after(STAFF_BEING_READ, Fault::Mute);
    watched.is_refused("no answer within");
    proxy.heal();
    watched.comes_right();
}

#[test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
fn a_network_that_is_mute_from_the_start_is_not_waited_for() {
    let (mut watched, proxy) = behind_proxy(postgres());
    proxy.breaks_after(0, Fault::Mute);
    watched.is_refused("cannot be opened (no answer within 10 seconds)");
    proxy.heal();
    watched.comes_right();
}

#[test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
fn postgres_is_killed_while_it_is_read_and_then_down() {
    let server = Postgres::start();
    let (mut watched, proxy) = behind_proxy(Cases::Postgres(server.database("cases", "")));
    let cases = watched.cases.url();
    // The kernel kills the process of the reading: the server throws all others out, and recovers.
    let die = move || {
        let reading = "SELECT pid FROM pg_stat_activity WHERE application_name = 'corewatch'";
        kill(one_number(&cases, reading));
    };
    proxy.breaks_after(STAFF_BEING_READ, Fault::Meanwhile(Arc::new(die)));
    watched.is_refused("people");
    proxy.heal();
    server.stop_at_once();
    watched.is_refused("cannot be opened");
    server.start_again();
    watched.comes_right();
}

/// The number that a query yields.
fn one_number(url: &str, sql: &str) -> u32 {
    let (url, sql) = (url.to_owned(), AssertSqlSafe(sql.to_owned()));
    let asked = std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let mut connection = PgConnection::connect(&url).await.expect("a connection");
            let number: i32 = sqlx::query_scalar(sql)
                .fetch_one(&mut connection)
                .await
                .expect("a number");
            connection.close().await.expect("a farewell");
            u32::try_from(number).expect("a number")
        })
    });
    asked.join().expect("a number")
}

#[test]
#[ignore = "needs MariaDB; tests/run starts it"]
fn mariadb_is_killed_while_it_is_read_and_then_down() {
    let mut server = MariaDb::start();
    let (mut watched, proxy) = behind_proxy(Cases::MariaDb(server.database("cases")));
    let process = server.process();
    proxy.breaks_after(
        STAFF_BEING_READ,
        Fault::Meanwhile(Arc::new(move || kill(process))),
    );
    watched.is_refused("people");
    proxy.heal();
    watched.is_refused("cannot be opened");
    server.start_again();
    watched.comes_right();
}

/// A table that is emptied while another one is read. PostgreSQL has the one who empties it wait until
/// the reading is over, which is whole.
#[test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
fn a_table_of_postgres_is_truncated_while_it_is_read() {
    let (mut watched, proxy) = behind_proxy(postgres());
    let url = watched.cases.url();
    let (began, has_begun) = channel();
    let truncate = move || {
        let url = url.clone();
        let truncating = std::thread::spawn(move || execute(&url, "TRUNCATE meetings"));
        began.send(truncating).expect("somebody waits");
        // Time for it to reach the lock: it must not be granted before the reading is over.
        std::thread::sleep(std::time::Duration::from_millis(300));
    };
    proxy.breaks_after(CHILDREN_BEING_READ, Fault::Meanwhile(Arc::new(truncate)));
    watched.is_of_one_moment();
    let truncating = has_begun.recv().expect("it was begun");
    truncating.join().expect("it is truncated in the end");
    proxy.heal();
    // What was read is whole; the empty table is not believed.
    watched.is_refused("0 rows where there were 35");
    watched.cases.run(
        "INSERT INTO meetings SELECT id, id, 'conference', '2026-03-02' FROM children WHERE id <= 20;
         INSERT INTO meetings SELECT 50 + id, id, 'core_group', '2026-03-09' FROM children
             WHERE id <= 10;
         INSERT INTO meetings SELECT 100 + id, id, 'core_group', '2026-03-12' FROM children
             WHERE id BETWEEN 11 AND 15;",
    );
    watched.comes_back();
}

/// MariaDB lets the table go, and the reading's snapshot with it: it says so.
#[test]
#[ignore = "needs MariaDB; tests/run starts it"]
fn a_table_of_mariadb_is_truncated_while_it_is_read() {
    let (mut watched, proxy) = behind_proxy(mariadb());
    let cases = watched.cases.clone();
    let empty = move || {
        cases.run(
            "CREATE TABLE meetings_of_before AS SELECT * FROM meetings; TRUNCATE TABLE meetings;",
        );
    };
    proxy.breaks_after(CHILDREN_BEING_READ, Fault::Meanwhile(Arc::new(empty)));
    watched.is_refused("events");
    proxy.heal();
    watched.is_refused("0 rows where there were 30");
    watched
        .cases
        .run("INSERT INTO meetings SELECT * FROM meetings_of_before");
    watched.comes_right();
}

/// Rows that go while others are read are still there for the reading: it is of one moment.
fn delete_meanwhile(cases: Cases) {
    let (mut watched, proxy) = behind_proxy(cases);
    let cases = watched.cases.clone();
    let delete = move || cases.run("DELETE FROM meetings; DELETE FROM plans;");
    proxy.breaks_after(CHILDREN_BEING_READ, Fault::Meanwhile(Arc::new(delete)));
    watched.is_of_one_moment();
    proxy.heal();
    watched.is_refused("0 rows where there were");
}

#[test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
fn rows_of_postgres_go_while_others_are_read() {
    delete_meanwhile(postgres());
}

#[test]
#[ignore = "needs MariaDB; tests/run starts it"]
fn rows_of_mariadb_go_while_others_are_read() {
    delete_meanwhile(mariadb());
}

/// Somebody holds a lock on a table, and lets it go.
fn held_lock(cases: Cases, lock: &str, words: &str) {
    let url = cases.url();
    let mut watched = Watched::new(cases, &url);
    let held = Held::new(&watched.cases, lock);
    watched.is_refused(words);
    held.let_go();
    watched.comes_right();
}

#[test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
fn a_lock_is_held_on_a_table_of_postgres() {
    let lock = "BEGIN; LOCK TABLE meetings IN ACCESS EXCLUSIVE MODE";
    held_lock(postgres(), lock, "timeout");
}

#[test]
#[ignore = "needs MariaDB; tests/run starts it"]
fn a_lock_is_held_on_a_table_of_mariadb() {
    held_lock(mariadb(), "LOCK TABLES meetings WRITE", "Lock wait timeout");
}

#[test]
fn a_lock_is_held_on_a_file_of_sqlite() {
    let (mut watched, _folder, _) = sqlite();
    let held = Held::new(&watched.cases, "BEGIN EXCLUSIVE");
    watched.is_refused("database is locked");
    held.let_go();
    watched.comes_right();
}

/// A query that takes longer than a statement may.
fn slow_query(cases: Cases, sleep: &str, words: &str) {
    let url = cases.url();
    let mut watched = Watched::new(cases, &url);
    let file = watched.site.path("source.toml");
    let source = std::fs::read_to_string(&file).expect("the file");
    watched
        .site
        .write("source.toml", &source.replace("FROM meetings", sleep));
    watched.is_refused(words);
    watched.site.write("source.toml", &source);
    watched.comes_right();
}

#[test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
fn a_query_of_postgres_takes_too_long() {
    let sleep = "FROM meetings, (SELECT pg_sleep(30)) AS s";
    slow_query(postgres(), sleep, "statement timeout");
}

#[test]
#[ignore = "needs MariaDB; tests/run starts it"]
fn a_query_of_mariadb_takes_too_long() {
    let sleep = "FROM meetings WHERE SLEEP(1) = 0";
    slow_query(mariadb(), sleep, "max_statement_time exceeded");
}

#[test]
fn a_query_of_sqlite_takes_too_long() {
    let (watched, _folder, _) = sqlite();
    let endless = "FROM meetings WHERE (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 \
                   FROM n) SELECT max(i) FROM n) > 0";
    let cases = watched.cases.clone();
    drop(watched);
    cases.run("DROP TABLE children; DROP TABLE plans; DROP TABLE meetings; DROP TABLE people");
    slow_query(cases, endless, "no answer within");
}

/// Columns that change in the case system: one is gone, one is of another type.
fn changed_columns(cases: Cases, bytes: &str, (away, back): (&str, &str)) {
    let url = cases.url();
    let mut watched = Watched::new(cases, &url);
    let rename =
        |from: &str, to: &str| format!("ALTER TABLE meetings RENAME COLUMN {from} TO {to}");
    watched.cases.run(&rename("held", "held_on"));
    watched.is_refused("held");
    watched.cases.run(&rename("held_on", "held"));
    watched.cases.run(away);
    watched.is_refused(bytes);
    watched.cases.run(back);
    watched.comes_right();
}

#[test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
fn columns_of_postgres_change() {
    changed_columns(
        postgres(),
        "yields column `occurred` of type bytea, which cannot be read",
        (
            "ALTER TABLE meetings ALTER held TYPE bytea USING convert_to(held::text, 'UTF8')",
            "ALTER TABLE meetings ALTER held TYPE date USING convert_from(held, 'UTF8')::date",
        ),
    );
}

#[test]
#[ignore = "needs MariaDB; tests/run starts it"]
fn columns_of_mariadb_change() {
    changed_columns(
        mariadb(),
        "yields column `occurred` of type geometry, which cannot be read",
        (
            "ALTER TABLE meetings ADD kept DATE; UPDATE meetings SET kept = held;
             ALTER TABLE meetings DROP held; ALTER TABLE meetings ADD held POINT",
            "ALTER TABLE meetings DROP held; ALTER TABLE meetings RENAME COLUMN kept TO held",
        ),
    );
}

#[test]
fn columns_of_sqlite_change_or_the_file_is_gone_or_no_database() {
    let (mut watched, _folder, file) = sqlite();
    let rename =
        |from: &str, to: &str| format!("ALTER TABLE meetings RENAME COLUMN {from} TO {to}");
    watched.cases.run(&rename("held", "held_on"));
    watched.is_refused("no such column: held");
    watched.cases.run(&rename("held_on", "held"));
    let kept = file.with_extension("kept");
    std::fs::rename(&file, &kept).expect("it is moved");
    std::fs::write(
        &file,
        "This is a page of an intranet, not a database.".repeat(99),
    )
    .expect("it is written");
    watched.is_refused("not a database");
    std::fs::rename(&kept, &file).expect("it is moved back");
    watched.comes_right();
}

/// Half of a file of SQLite, as a copy that is under way leaves it.
#[test]
fn a_file_of_sqlite_is_cut_off() {
    let (mut watched, _folder, file) = sqlite();
    let whole = std::fs::read(&file).expect("the file");
    std::fs::write(&file, &whole[..whole.len() / 2]).expect("it is written");
    watched.is_refused("malformed");
    std::fs::remove_file(&file).expect("it is removed");
    watched.is_refused("cannot be opened");
    std::fs::write(&file, &whole).expect("it is written");
    watched.comes_right();
}

/// A nightly reload: the tables are empty for a while, and a pass comes just then.
fn nightly_reload(cases: Cases) {
    let url = cases.url();
    let mut watched = Watched::new(cases, &url);
    watched.cases.run("DELETE FROM children");
    watched.is_refused("children: 0 rows where there were 1000");
    watched.is_refused("children: 0 rows where there were 1000");
    let all: Vec<String> = (1..=1000)
        .map(|i| format!("({i}, '{}')", if i > 20 { "west" } else { "east" }))
        .chain(["(5000, 'west')".to_owned()])
        .collect();
    let back = format!("INSERT INTO children VALUES {}", all.join(", "));
    watched.cases.run(&back);
    watched.comes_right();
}

#[test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
fn postgres_is_reloaded_while_a_pass_comes() {
    nightly_reload(postgres());
}

#[test]
#[ignore = "needs MariaDB; tests/run starts it"]
fn mariadb_is_reloaded_while_a_pass_comes() {
    nightly_reload(mariadb());
}
