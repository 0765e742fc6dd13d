//! What the tests of the whole program stand on: a folder of their own, the binary, servers.

mod ashmere;
mod certificates;
mod database;
mod mails;
mod plain;
mod prometheus;
mod site;
mod ssd;

pub use ashmere::{TODAY, ashmere};
pub use certificates::{Issued, Issuer};
#[cfg(feature = "odbc")]
pub use database::by_odbc;
pub use database::{execute, execute_mariadb, execute_sqlite, mariadb_database, postgres_database};
pub use mails::{Mail, mails_in, told_by_mail};
pub use plain::{CONFIG, CORE_GROUPS, KEY_WORKER_THE_DAY_AFTER};
pub use prometheus::{Prometheus, promtool, tool};
pub use site::{Run, Running, Site, files_in};
pub use ssd::{SSD_TABLES, ssd_rows};

/// What `tests/run` says of a server, by the variable that it sets.
///
/// Tests that ask are marked `#[ignore = "needs …; tests/run starts it"]`: asked for by name
/// without the server, they fail here and say why.
pub fn server(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: run the tests by tests/run"))
}

/// What is served at an address, where anything is.
pub fn get(url: &str) -> Option<String> {
    ureq::get(url).call().ok()?.body_mut().read_to_string().ok()
}

/// A port on loopback that nothing listens on at this moment.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its number").port()
}
