//! Two and three instances on one PostgreSQL store, killed and paused at random while thousands of
//! alerts fall due: every step is told, and none twice but the one message that was in flight where an
//! instance was stopped, with one Message-ID.
//!
//! `COREWATCH_TEST_STORM_SECONDS` sets how long each of the two storms lasts (20 unless set; 600 for a
//! long one); the longer it lasts, the more children there are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use crate::fake_server::FakeServer;
use crate::site::{Site, child, to_server};
use crate::support::{header, headers, postgres, postgres_database};

/// Children for each second of a storm; each has a step on each of [`DAYS`] for two people.
const CHILDREN_A_SECOND: u64 = 8;
/// The days on which steps fall, for conferences on 2 March 2026.
const DAYS: [&str; 4] = ["2026-03-10", "2026-03-11", "2026-03-12", "2026-03-13"];

/// So much faster than the machine's does the clock of the passes go: a lease of two minutes is over
/// after a second.
const FASTER: f64 = 120.0;
/// The longest that an instance is paused: four leases.
const LONGEST_PAUSE_MILLISECONDS: u64 = 4_000;

fn ladders() -> String {
    let step = |before: usize| {
        format!(
            "[[ladder.step]]\nat = \"due - {before} working days\"\n\
             to = [\"key_worker\", \"team_manager\"]\nsend = \"now\"\n"
        )
    };
    let steps: String = (1..=DAYS.len()).rev().map(step).collect();
    format!("[[ladder]]\nid = \"standard\"\n{steps}")
}

/// What the instances share: the clock of the passes, and how often one was stopped.
struct Storm {
    begun: Instant,
    morning: DateTime<Utc>,
    ends: Instant,
    stopped: Arc<AtomicUsize>,
}

impl Storm {
    fn now(&self) -> String {
        let gone = self.begun.elapsed().as_secs_f64() * FASTER;
        let now = self.morning + TimeDelta::milliseconds((gone * 1000.0) as i64);
        now.to_rfc3339()
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.ends
    }
}

fn signal(process: &Child, signal: &str) {
    let process = process.id().to_string();
    // One that has ended meanwhile needs none.
    let _ = Command::new("kill").args([signal, &process]).status();
}

fn milliseconds(below: u64) -> Duration {
    Duration::from_millis(fastrand::u64(0..below))
}

/// One instance: a pass after the other, each left alone, killed, or paused and let go on.
fn instance(folder: &Path, storm: &Storm) {
    let site = Site::at(folder);
    while !storm.is_over() {
        let mut pass = site.cycle(&storm.now()).spawn().unwrap();
        std::thread::sleep(milliseconds(1500));
        match fastrand::u32(0..3) {
            0 => {
                storm.stopped.fetch_add(1, Ordering::SeqCst);
                pass.kill().unwrap();
            }
            1 => {
                storm.stopped.fetch_add(1, Ordering::SeqCst);
                signal(&pass, "-STOP");
                std::thread::sleep(milliseconds(LONGEST_PAUSE_MILLISECONDS));
                signal(&pass, "-CONT");
            }
            _ => {}
        }
        // One that finds another one's lease, or a later pass, ends at once.
        pass.wait().unwrap();
    }
}

async fn weathers_a_storm(instances: usize) {
    let seconds = std::env::var("COREWATCH_TEST_STORM_SECONDS");
    let seconds: u64 = seconds.map_or(20, |seconds| seconds.parse().unwrap());
    let children = seconds * CHILDREN_A_SECOND;
    let folder = tempfile::tempdir().unwrap();
    let server = FakeServer::start([]).await;
    let store = postgres_database().await;
    let mail = to_server(server.port);
    let site = Site::make(folder.path(), &store, &mail, &ladders()).await;
    let mut sql = "BEGIN;".to_owned();
    for number in 0..children {
        // Each with people of their own: a limit of messages at once to one of them is not the matter.
        sql.push_str(&format!(
            "INSERT INTO people (id, name, email, team, manager) VALUES
                ('w{number}', 'Kim Reid', 'w{number}@example.org', 'north', 'm{number}'),
                ('m{number}', 'Tam Grant', 'm{number}@example.org', 'north', NULL);"
        ));
        let worker = format!("w{number}");
        sql.push_str(&child(&format!("C{number}"), &worker, "2026-03-02"));
    }
    sql.push_str("COMMIT;");
    site.sql(&sql).await;
    site.pass("2026-03-05T10:00:00Z");

    let stopped = Arc::new(AtomicUsize::new(0));
    for day in DAYS {
        let lasts = Duration::from_secs_f64(seconds as f64 / DAYS.len() as f64);
        let storm = Storm {
            begun: Instant::now(),
            morning: format!("{day}T09:00:00Z").parse().unwrap(),
            ends: Instant::now() + lasts,
            stopped: Arc::clone(&stopped),
        };
        let folder = folder.path();
        // Threads of their own: the server of this test goes on meanwhile.
        tokio::task::block_in_place(|| {
            std::thread::scope(|scope| {
                for _ in 0..instances {
                    scope.spawn(|| instance(folder, &storm));
                }
            });
        });
    }
    // Whatever waits: a claim of a process that died, a message that was tried in vain.
    site.pass("2026-03-16T10:00:00Z");
    site.pass("2026-03-16T15:00:00Z");

    let mut ids: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let mut messages = 0;
    for message in server.arrived() {
        if message.to.starts_with("operations@") {
            continue;
        }
        let id = header(&message.bytes, "Message-ID");
        for alert in headers(&message.bytes, "Corewatch-Alert") {
            let told = ids.entry((message.to.clone(), alert)).or_default();
            told.insert(id.clone());
        }
        messages += 1;
    }
    let steps = children as usize * DAYS.len() * 2;
    let told_twice: Vec<_> = ids.iter().filter(|(_, ids)| ids.len() > 1).collect();
    assert!(told_twice.is_empty(), "{told_twice:#?}");
    assert_eq!(ids.len(), steps, "every step is told to both of its people");
    let distinct: BTreeSet<&String> = ids.values().flatten().collect();
    let copies = messages - distinct.len();
    let stopped = stopped.load(Ordering::SeqCst);
    assert!(
        copies <= stopped,
        "{copies} copies, {stopped} times stopped"
    );
    println!("{instances} instances: {steps} steps, stopped {stopped} times, {copies} copies");
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn what_an_instance_that_is_paused_has_locked_is_free_after_two_minutes() {
    let store = postgres().await;
    let mut tx = store.begin().await.unwrap();
    let row = tx.row("SHOW idle_in_transaction_session_timeout", []).await;
    assert_eq!(row.unwrap().unwrap().text(0).unwrap(), "2min");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn two_instances_that_are_killed_and_paused_tell_each_step_once() {
    weathers_a_storm(2).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn three_instances_that_are_killed_and_paused_tell_each_step_once() {
    weathers_a_storm(3).await;
}
