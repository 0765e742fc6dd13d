//! Messages queued, and sent to a server on this machine.
//!
//! `cargo bench --bench mail`; `COREWATCH_BENCH_MESSAGES` sets the number (10,000 unless set). Prints
//! figures, asserts nothing.
#![expect(
    clippy::unwrap_used,
    dead_code,
    unused_imports,
    unused_macros,
    reason = "a benchmark that cannot go on ends, and it uses a part of what the tests share"
)]

use std::time::Instant;

use corewatch::mail::{Limits, deliver_within, queue};

#[path = "../tests/mail/fake_server.rs"]
mod fake_server;
#[path = "../tests/mail/support.rs"]
mod support;

use fake_server::FakeServer;
use support::{book, letter, morning, plain, route, sqlite, writer};

#[tokio::main]
async fn main() {
    let messages: usize = std::env::var("COREWATCH_BENCH_MESSAGES")
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(10_000);
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    let (writer, book) = (writer(), book(&[]));

    let begun = Instant::now();
    let mut tx = store.begin().await.unwrap();
    for number in 0..messages {
        let letter = letter(&format!("o{number}"), "priya@example.org");
        queue(&mut tx, &writer, &book, &letter).await.unwrap();
    }
    tx.commit().await.unwrap();
    let took = begun.elapsed();
    println!(
        "{messages} messages written and queued in {:.2} s",
        took.as_secs_f64()
    );

    let server = FakeServer::start([]).await;
    let route = route(&plain(server.port));
    let begun = Instant::now();
    let outcome = deliver_within(&store, &route, morning(), &Limits::default())
        .await
        .unwrap();
    let took = begun.elapsed().as_secs_f64();
    println!(
        "{} sent in {took:.2} s, {:.0} a second",
        outcome.sent,
        outcome.sent as f64 / took
    );
}
