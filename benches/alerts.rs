//! A pass in which very many steps fall at once: alerts decided, written and queued, one message each
//! and in digests.
//!
//! `cargo bench --bench alerts`; `COREWATCH_BENCH_ALERTS` sets the number (10,000 unless set), and
//! `COREWATCH_TEST_POSTGRES` names a server for a second round (`tests/run cargo bench --bench alerts`).
//! Prints figures, asserts nothing.
#![expect(
    clippy::unwrap_used,
    dead_code,
    unused_imports,
    unused_macros,
    reason = "a benchmark that cannot go on ends, and it uses a part of what the tests share"
)]

use std::time::Instant;

use corewatch::daemon::{AuthorityOutcome, Installation, PassEnd, pass};
use corewatch::store::Store;

#[path = "big/memory.rs"]
mod memory;
#[path = "../tests/mail/site.rs"]
mod site;
#[path = "../tests/mail/support.rs"]
mod support;

use site::{Site, child};

/// Key workers: as many digests.
const WORKERS: usize = 200;

/// A step that falls on 11 March for children whose conference was on the 2nd.
fn ladders(send: &str) -> String {
    format!(
        "[[ladder]]\nid = \"standard\"\n[[ladder.step]]\nat = \"due - 3 working days\"\n\
         to = [\"key_worker\"]\nsend = \"{send}\"\n"
    )
}

/// One authority in a new store: a pass with nothing to tell, one in which every step falls, and one
/// after it. Nothing is delivered: no mail server listens.
async fn storm(store: &str, send: &str, alerts: usize) {
    let folder = tempfile::tempdir().unwrap();
    let mail = site::to_server(1);
    let site = Site::make(folder.path(), store, &mail, &ladders(send)).await;
    let mut sql = "BEGIN;".to_owned();
    for worker in 0..WORKERS {
        sql.push_str(&format!(
            "INSERT INTO people (id, name, email, team, manager) VALUES ('w{worker}', 'Kim Reid', 'w{worker}@example.org', 'north', NULL);"
        ));
    }
    for number in 0..alerts {
        let worker = format!("w{}", number % WORKERS);
        sql.push_str(&child(&format!("C{number:05}"), &worker, "2026-03-02"));
    }
    sql.push_str("COMMIT;");
    site.sql(&sql).await;
    let installation = Installation::load(&folder.path().join("corewatch.toml")).unwrap();
    let store = Store::open(&installation.settings.store.url).await.unwrap();
    one(&installation, &store, "2026-03-09T10:00:00Z").await;
    let (quiet, _) = one(&installation, &store, "2026-03-09T11:00:00Z").await;
    let (falls, told) = one(&installation, &store, "2026-03-11T10:00:00Z").await;
    let (after, _) = one(&installation, &store, "2026-03-11T10:01:00Z").await;
    println!(
        "  {send}: {told}; the whole pass {falls:.2} s, one with nothing to tell {quiet:.2} s: \
         {:.2} s to decide and queue; the pass after it {after:.2} s; {} MB at most",
        falls - quiet,
        memory::peak_megabytes(),
    );
}

/// A pass: how long it took, and what it told.
async fn one(installation: &Installation, store: &Store, at: &str) -> (f64, String) {
    let began = Instant::now();
    let ended = pass(installation, store, at.parse().unwrap())
        .await
        .unwrap();
    let took = began.elapsed().as_secs_f64();
    let PassEnd::Ran(outcome) = ended else {
        panic!("another pass runs");
    };
    let AuthorityOutcome::Decided(_, decided) = &outcome.authorities[0].1 else {
        panic!("{outcome:?}");
    };
    (
        took,
        format!("{} told in {} messages", decided.told, decided.letters),
    )
}

#[tokio::main]
async fn main() {
    let alerts: usize = std::env::var("COREWATCH_BENCH_ALERTS")
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(10_000);
    for send in ["now", "digest"] {
        println!("{alerts} alerts, store in a file");
        storm("sqlite:corewatch.db", send, alerts).await;
        if std::env::var("COREWATCH_TEST_POSTGRES").is_ok() {
            println!("{alerts} alerts, store in PostgreSQL");
            storm(&support::postgres_database().await, send, alerts).await;
        }
    }
}
