//! The program killed at every named point of a pass (`src/crash.rs`), on both stores: what the killed
//! pass and the next one send is what one undisturbed pass sends, and only the message that was in
//! flight may be there twice, with one Message-ID.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Stdio;

use corewatch::crash::Point;

use crate::fake_server::{Arrived, FakeServer};
use crate::site::{Site, child, to_server};
use crate::support::{copy_of_database, header, headers, postgres_database};

/// A digest to the key worker; then, all on one day, a message at once and a digest to the manager.
const LADDERS: &str = r#"
[[ladder]]
id = "standard"
[[ladder.step]]
at = "due - 5 working days"
to = ["key_worker"]
[[ladder.step]]
at = "due - 3 working days"
to = ["key_worker"]
send = "now"
[[ladder.step]]
at = "due - 3 working days"
to = ["team_manager"]
"#;

/// A report of its own, on the day of the pass that is killed.
const REPORT: &str = r#"
[[report]]
id = "board"
when = "0 9 11 3 *"
to = ["mailto:board@example.org"]
"#;

/// Children whose core groups are due on 16 March.
const CHILDREN: usize = 5;
/// The pass that is killed.
const PASS: &str = "2026-03-11T10:00:00Z";
/// What a pass goes by once a row or a message: there it is killed the first and the fourth time.
const OFTEN: [Point; 8] = [
    Point::RowRead,
    Point::MessageClaimed,
    Point::ClaimCommitted,
    Point::SenderAccepted,
    Point::RecipientAccepted,
    Point::ContentAwaited,
    Point::MessageTaken,
    Point::MessageSettled,
];
/// See [`OFTEN`].
const AGAIN: u32 = 4;
/// Where the server has taken a message of which it is not true yet that it was sent.
const IN_FLIGHT: [Point; 3] = [
    Point::MessageTaken,
    Point::MessageSettled,
    Point::MessageClaimed,
];

/// A site that has told its first step, and has all there is to tell ahead of it: steps at once and in
/// a digest, a closing, and to operations a row that cannot be used.
async fn ready(folder: &Path, store: &str, port: u16) {
    let mail = format!("{}{REPORT}", to_server(port));
    let site = Site::make(folder, store, &mail, LADDERS).await;
    for number in 0..CHILDREN {
        let worker = if number % 2 == 0 { "anna" } else { "ben" };
        let sql = child(&format!("C{number}"), worker, "2026-03-02");
        site.sql(&sql).await;
    }
    site.pass("2026-03-05T10:00:00Z");
    site.pass("2026-03-09T10:00:00Z");
    site.sql(
        "INSERT INTO events VALUES ('core_group', 'G0', 'C0', '2026-03-10'),
            ('core_group', 'nobodys', 'nobody', '2026-03-10')",
    )
    .await;
}

/// What was sent: for each Message-ID to whom and what it tells, and how often it arrived.
fn sent(arrived: &[Arrived]) -> BTreeMap<String, (String, usize)> {
    let mut sent: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for message in arrived {
        let tells = headers(&message.bytes, "Corewatch-Alert").join(" | ");
        let line = format!("{}: {tells}", message.to);
        let id = header(&message.bytes, "Message-ID");
        let (first, copies) = sent.entry(id).or_insert((line.clone(), 0));
        assert_eq!(*first, line, "one Message-ID, one message");
        *copies += 1;
    }
    sent
}

/// What was sent, without how often.
fn what(sent: &BTreeMap<String, (String, usize)>) -> Vec<String> {
    let lines = sent.iter().map(|(id, (line, _))| format!("{id} {line}"));
    lines.collect()
}

/// The folder of a site once more, with a store of its own.
struct Copy {
    folder: tempfile::TempDir,
    store: Option<String>,
}

impl Copy {
    async fn of(ready: &Path, database: Option<&str>) -> Copy {
        let folder = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(ready).unwrap() {
            let file = file.unwrap().path();
            std::fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
        }
        let store = match database {
            Some(database) => Some(copy_of_database(database).await),
            None => None,
        };
        Copy { folder, store }
    }

    /// A pass, killed at a point where one is given; whether it was.
    fn pass(&self, at: &str, crash_at: Option<&str>) -> bool {
        let site = Site::at(self.folder.path());
        let mut cycle = site.cycle(at);
        if let Some(store) = &self.store {
            cycle.env("COREWATCH__STORE__URL", store);
        }
        if let Some(point) = crash_at {
            cycle.env("COREWATCH_CRASH_AT", point);
        }
        let output = cycle.stderr(Stdio::piped()).output().unwrap();
        let killed = output.status.signal() == Some(9);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(killed || output.status.success(), "{crash_at:?}: {said}");
        killed
    }
}

/// Kills a pass at every point, and looks at what was sent by it and the passes after it.
async fn killed_at_every_point(database: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let server = FakeServer::start([]).await;
    let store = database.unwrap_or("sqlite:corewatch.db");
    ready(folder.path(), store, server.port).await;

    let mut seen = server.arrived().len();
    let copy = Copy::of(folder.path(), database).await;
    assert!(!copy.pass(PASS, None));
    let undisturbed = sent(&server.arrived()[seen..]);
    let messages = undisturbed.len();
    // Four at once, a closing and two steps in digests, a report, and one to operations.
    assert_eq!(messages, 8, "{undisturbed:#?}");
    assert!(undisturbed.values().all(|(_, copies)| *copies == 1));

    let first = Point::ALL.iter().map(|point| (*point, 1));
    let again = OFTEN.iter().map(|point| (*point, AGAIN));
    for (point, pass) in first.chain(again) {
        let wish = format!("{}:{pass}", point.name());
        seen = server.arrived().len();
        let copy = Copy::of(folder.path(), database).await;
        assert!(copy.pass(PASS, Some(&wish)), "no pass goes by {wish}");
        assert!(!copy.pass(PASS, None));
        let now = sent(&server.arrived()[seen..]);
        assert_eq!(what(&now), what(&undisturbed), "killed at {wish}");
        let copies: usize = now.values().map(|(_, copies)| copies - 1).sum();
        let in_flight = IN_FLIGHT.contains(&point);
        assert!(
            copies <= usize::from(in_flight),
            "killed at {wish}: {now:#?}"
        );
    }
}

#[test]
fn there_are_enough_points_and_each_has_a_name_of_its_own() {
    let mut names: Vec<&str> = Point::ALL.iter().map(|point| point.name()).collect();
    assert!(names.len() >= 20);
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Point::ALL.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_every_point_nothing_is_lost_with_a_store_in_a_file() {
    killed_at_every_point(None).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn killed_at_every_point_nothing_is_lost_with_a_store_in_postgres() {
    let database = postgres_database().await;
    killed_at_every_point(Some(&database)).await;
}
