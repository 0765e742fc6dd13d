//! The program killed at any moment of a pass: nothing is missing afterwards, and nothing is there
//! twice but the one message that was in flight, with one Message-ID.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use crate::fake_server::{FakeServer, Manner};
use crate::support::header;

/// How many children have a conference, and so a first core group to be told of.
const CHILDREN: usize = 30;
/// How often the program is killed: each time a little later in its pass.
const KILLS: u64 = 24;

const SOURCE: &str = r#"
[source]
url = "sqlite:cases.db"
[[source.children]]
query = "SELECT id AS child_id, id AS case_ref FROM children"
[[source.periods]]
kind = "plan"
query = "SELECT 'P' || id AS period_id, id AS child_id, '2026-03-02' AS from_date, NULL AS to_date FROM children"
[[source.periods]]
kind = "key_worker"
query = "SELECT 'K' || id AS period_id, id AS child_id, '2026-03-02' AS from_date, NULL AS to_date, 'kim' AS person_id FROM children"
[[source.events]]
kind = "conference"
query = "SELECT 'E' || id AS event_id, id AS child_id, '2026-03-02' AS occurred FROM children"
[[source.events]]
kind = "core_group"
query = "SELECT 'G' || id AS event_id, id AS child_id, '2026-03-09' AS occurred FROM children WHERE id = 'held'"
[[source.people]]
query = "SELECT 'kim' AS person_id, 'Kim Reid' AS name, 'kim@crash.example' AS email, 'social worker' AS role"
"#;

const PACK: &str = r#"
[pack]
id = "local"
title = "First core groups"
source = "A procedure (made up)"
[[rule]]
id = "first-core-group"
title = "First core group within ten working days of the conference"
clause = "1"
severity = "high"
ladder = "standard"
[rule.deadline]
after = { event = "conference" }
within = "10 working days"
require = { event = "core_group" }
"#;

const LADDERS: &str = r#"
[[ladder]]
id = "standard"
[[ladder.step]]
at = "due - 3 working days"
to = ["key_worker"]
send = "now"
"#;

/// A site in a folder: its case database, and the configuration that sends to a server on this port.
async fn site(folder: &Path, store: &str, port: u16) {
    let cases = format!("sqlite:{}?mode=rwc", folder.join("cases.db").display());
    let mut cases = SqliteConnection::connect(&cases).await.unwrap();
    let mut sql = "CREATE TABLE children (id TEXT PRIMARY KEY); \
                   INSERT INTO children VALUES ('held');"
        .to_owned();
    for child in 0..CHILDREN {
        sql.push_str(&format!("INSERT INTO children VALUES ('C{child:02}');"));
    }
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut cases)
        .await
        .unwrap();
    cases.close().await.unwrap();
    let configuration = format!(
        r#"
[store]
url = "{store}"
[[authority]]
id = "crash"
name = "Crash"
nation = "england-and-wales"
packs = ["local.toml"]
source = "source.toml"
ladders = "ladders.toml"
[mail]
host = "127.0.0.1"
port = {port}
tls = "none"
from = "Timescales <timescales@crash.example>"
operations = ["operations@crash.example"]
"#
    );
    for (name, text) in [
        ("source.toml", SOURCE),
        ("local.toml", PACK),
        ("ladders.toml", LADDERS),
        ("corewatch.toml", configuration.as_str()),
    ] {
        std::fs::write(folder.join(name), text).unwrap();
    }
}

fn cycle(folder: &Path, at: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_corewatch"));
    command
        .args(["cycle", "--config", "corewatch.toml", "--at", at])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

async fn whole_pass(folder: &Path, at: &str) {
    let output = cycle(folder, at).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

/// Kills passes, lets one end, and looks at what arrived.
async fn killed_at_any_moment(folder: &Path, store: &str) {
    let slow = Duration::from_millis(15);
    let server = FakeServer::start((0..1000).map(|_| Manner::Slow(slow))).await;
    site(folder, store, server.port).await;
    // The first reading is a baseline, on a day on which nothing is told yet.
    whole_pass(folder, "2026-03-09T10:00:00Z").await;
    assert!(server.arrived().is_empty());
    for kill in 0..KILLS {
        let mut pass = cycle(folder, "2026-03-12T10:00:00Z");
        let mut pass = pass.stderr(Stdio::null()).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(10 + kill * 35)).await;
        pass.kill().unwrap();
        pass.wait().unwrap();
    }
    // Whatever waits for a wait to end is sent within the hour, by the pass's clock.
    whole_pass(folder, "2026-03-12T10:00:00Z").await;
    whole_pass(folder, "2026-03-12T11:00:00Z").await;

    let mut ids_of: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut copies = 0;
    for message in server
        .arrived()
        .iter()
        .filter(|m| m.to == "kim@crash.example")
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
