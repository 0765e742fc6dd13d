//! The program killed at any moment of a pass: nothing is missing afterwards, and nothing is there
//! twice but the one message that was in flight, with one Message-ID.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use crate::fake_server::{FakeServer, Manner};
use crate::site::{Site, child, to_server};
use crate::support::header;

/// How many children have a conference, and so a first core group to be told of.
const CHILDREN: usize = 30;
/// How often the program is killed: each time a little later in its pass.
const KILLS: u64 = 24;

const LADDERS: &str = r#"
[[ladder]]
id = "standard"
[[ladder.step]]
at = "due - 3 working days"
to = ["key_worker"]
send = "now"
"#;

/// A site of children whose core groups are due on 16 March.
async fn site<'f>(folder: &'f Path, store: &str, port: u16) -> Site<'f> {
    let site = Site::make(folder, store, &to_server(port), LADDERS).await;
    let children: Vec<String> = (0..CHILDREN)
        .map(|number| child(&format!("C{number:02}"), "anna", "2026-03-02"))
        .collect();
    site.sql(&children.concat()).await;
    site
}

/// Kills passes, lets one end, and looks at what arrived.
async fn killed_at_any_moment(folder: &Path, store: &str) {
    let slow = Duration::from_millis(15);
    let server = FakeServer::start((0..1000).map(|_| Manner::Slow(slow))).await;
    let site = site(folder, store, server.port).await;
    // The first reading is a baseline, on a day on which nothing is told yet.
    site.pass("2026-03-09T10:00:00Z");
    assert!(server.arrived().is_empty());
    for kill in 0..KILLS {
        let mut pass = site.cycle("2026-03-12T10:00:00Z").spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(10 + kill * 35)).await;
        pass.kill().unwrap();
        pass.wait().unwrap();
    }
    // Whatever waits for a wait to end is sent within the hour, by the pass's clock.
    site.pass("2026-03-12T10:00:00Z");
    site.pass("2026-03-12T11:00:00Z");

    let mut ids_of: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut copies = 0;
    for message in server
        .arrived()
        .iter()
        .filter(|m| m.to == "anna@example.org")
    {
        let told = header(&message.bytes, "Corewatch-Alert");
        let case = told.split("; ").nth(1).unwrap().to_owned();
        ids_of
            .entry(case)
            .or_default()
            .insert(header(&message.bytes, "Message-ID"));
        copies += 1;
    }
    assert_eq!(ids_of.len(), CHILDREN, "each child's step is told");
    for (case, ids) in &ids_of {
        assert_eq!(ids.len(), 1, "{case}: one Message-ID");
    }
    let twice = copies - CHILDREN;
    assert!(twice <= KILLS as usize, "{twice} copies of {KILLS} kills");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_nothing_is_lost_with_a_store_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    killed_at_any_moment(folder.path(), "sqlite:corewatch.db").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn killed_at_any_moment_nothing_is_lost_with_a_store_in_postgres() {
    let folder = tempfile::tempdir().unwrap();
    let store = crate::support::postgres_database().await;
    killed_at_any_moment(folder.path(), &store).await;
}
