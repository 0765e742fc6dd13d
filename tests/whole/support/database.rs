//! A database for each test.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::mysql::MySqlConnection;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};

/// A new, empty database on the PostgreSQL of `tests/run`, by its address. It goes with the server.
pub fn postgres_database() -> String {
    new_database("COREWATCH_TEST_POSTGRES", execute)
}

/// The same on the MariaDB of `tests/run`.
pub fn mariadb_database() -> String {
    new_database("COREWATCH_TEST_MARIADB", execute_mariadb)
}

fn new_database(variable: &str, execute: fn(&str, &str)) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let server = super::server(variable);
    let name = format!(
        "test_{}_{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    );
    let (place, _) = server.rsplit_once('/').expect("an address with a database");
    let url = format!("{place}/{name}");
    execute(&server, &format!("CREATE DATABASE {name}"));
    url
}

/// Executes statements on a PostgreSQL database: a script is one call.
pub fn execute(url: &str, sql: &str) {
    let (url, sql) = (url.to_owned(), sql.to_owned());
    wait_for(async move {
        let mut connection = PgConnection::connect(&url).await?;
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await?;
        connection.close().await
    });
}

/// Executes statements on a MariaDB database: a script is one call.
pub fn execute_mariadb(url: &str, sql: &str) {
    let (url, sql) = (url.to_owned(), sql.to_owned());
    wait_for(async move {
        let mut connection = MySqlConnection::connect(&url).await?;
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await?;
        connection.close().await
    });
}

/// Executes statements on an SQLite database, made where it is not there: a script is one call.
pub fn execute_sqlite(file: &Path, sql: &str) {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true);
    let sql = sql.to_owned();
    wait_for(async move {
        let mut connection = SqliteConnection::connect_with(&options).await?;
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await?;
        connection.close().await
    });
}

/// On a thread of its own, so that tests with a runtime and tests without may both wait.
fn wait_for(work: impl Future<Output = Result<(), sqlx::Error>> + Send + 'static) {
    std::thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime")
            .block_on(work)
    })
    .join()
    .expect("the thread ends")
    .expect("the statements are executed");
}

/// By ODBC the same database as at an address of `server`.
#[cfg(feature = "odbc")]
pub fn by_odbc(driver: &str, server: &str, url: &str) -> String {
    let (account, place) = url
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once('@'))
        .expect("an address with an account");
    let (user, password) = account.split_once(':').expect("a password");
    let (host, database) = place.split_once('/').expect("a database");
    let (host, port) = host.split_once(':').expect("a port");
    format!(
        "odbc:Driver={{{driver}}};{server}={host};Port={port};Database={database};UID={user};PWD={password}"
    )
}
