//! A database of its own for each test.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use super::Store;

/// The server that `tests/run` starts, for tests that need one.
pub const POSTGRES: &str = "COREWATCH_TEST_POSTGRES";
/// The MariaDB server that `tests/run` starts.
pub const MARIADB: &str = "COREWATCH_TEST_MARIADB";

/// A store in a folder.
pub async fn sqlite(folder: &Path) -> Store {
    let url = format!("sqlite:{}", folder.join("corewatch.db").display());
    Store::open(&url).await.expect("a store in a new file")
}

/// A name that no other database of this run has.
pub fn unique(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{prefix}_{}_{next}", std::process::id())
}

/// The address of a server, with another database in the place of its own.
pub fn with_database(server: &str, database: &str) -> String {
    let start = server.find("://").expect("an address of a server") + 3;
    let end = server[start..]
        .find('/')
        .map_or(server.len(), |i| start + i);
    let options = server[end..].split_once('?').map(|(_, options)| options);
    match options {
        None => format!("{}/{database}", &server[..end]),
        Some(options) => format!("{}/{database}?{options}", &server[..end]),
    }
}

/// The address of a new, empty database on the PostgreSQL server of the tests.
pub async fn postgres_database() -> String {
    use sqlx::Connection;
    let server = std::env::var(POSTGRES).expect("COREWATCH_TEST_POSTGRES names a server");
    let name = unique("cw");
    let mut connection = sqlx::PgConnection::connect(&server)
        .await
        .expect("the server answers");
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut connection)
        .await
        .expect("the account may create databases");
    with_database(&server, &name)
}

/// A store in a new database of the PostgreSQL server of the tests.
pub async fn postgres() -> Store {
    Store::open(&postgres_database().await)
        .await
        .expect("a store in a new database")
}
