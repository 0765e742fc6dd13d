//! The daemon as a service manager runs it: ready, seen, stopped.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode};
use sqlx::{Connection as _, Executor as _};

use crate::support::{Site, free_port};

/// A site with one child, one plan and one duty, whose daemon listens on `port`.
pub fn site(port: u16) -> Site {
    let site = Site::new();
    site.write(
        "corewatch.toml",
        &format!(
            r#"
[store]
url = "sqlite:corewatch.db"
[[authority]]
id = "ashmere"
nation = "england-and-wales"
packs = ["local.toml"]
source = "source.toml"
[mail]
transport = "directory"
directory = "outbox"
from = "Timescales <timescales@example.gov.uk>"
[web]
listen = "127.0.0.1:{port}"
"#
        ),
    );
    site.write(
        "local.toml",
        r#"
[pack]
id = "local"
title = "Local"
source = "Local procedures"
[[rule]]
id = "core-group"
title = "Core group every four weeks"
clause = "1"
severity = "high"
[rule.interval]
every = "4 weeks"
require = { event = "core_group" }
"#,
    );
    site.write(
        "source.toml",
        r#"
[source]
url = "sqlite:cases.db"
[[source.children]]
query = "SELECT 'C1' AS child_id, 'T1' AS team_id"
[[source.periods]]
kind = "plan"
query = "SELECT 'P1' AS period_id, 'C1' AS child_id, '2026-03-02' AS from_date, NULL AS to_date"
[[source.events]]
kind = "core_group"
query = "SELECT 'G1' AS event_id, 'C1' AS child_id, '2026-03-10' AS occurred"
"#,
    );
    site.write("cases.db", "");
    site
}

/// What the daemon answers to a GET; nothing while nobody listens.
pub fn get(port: u16, path: &str) -> String {
    let mut answer = String::new();
    if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: corewatch\r\nConnection: close\r\n\r\n");
        let _ = stream.write_all(request.as_bytes());
        let _ = stream.read_to_string(&mut answer);
    }
    answer
}

pub const RUN: [&str; 3] = ["run", "--config", "corewatch.toml"];

#[test]
fn it_makes_a_pass_at_once_shows_it_and_stops_on_a_signal() {
    let port = free_port();
    let site = site(port);
    let mut daemon = site.start(&RUN);
    daemon.wait_until("a first pass", || {
        get(port, "/metrics").contains("corewatch_last_success_timestamp_seconds{task=\"pass\"}")
    });
    let metrics = get(port, "/metrics");
    let overdue = r#"corewatch_obligations{authority="ashmere",rule="core-group",severity="high",state="overdue",team="other"} 1"#;
    assert!(metrics.contains(overdue), "{metrics}");
    assert!(get(port, "/readyz").ends_with(r#"{"ready":true,"reasons":[]}"#));
    assert!(get(port, "/livez").starts_with("HTTP/1.1 200"));
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn its_log_is_of_the_weights_that_the_journal_knows_or_of_json() {
    let port = free_port();
    let site = site(port);
    std::fs::remove_file(site.path("cases.db")).unwrap();
    for (format, ready, amiss) in [
        ("journal", "<6>ready event=\"ready\"", "<3>"),
        ("json", "\"event\":\"ready\"", "\"level\":\"ERROR\""),
    ] {
        let mut daemon = site.start(&[&["--log-format", format], &RUN[..]].concat());
        daemon.wait_until("a refused source", || {
            get(port, "/readyz").contains("cannot be opened")
        });
        let said = daemon.said();
        assert!(said.lines().any(|line| line.contains(ready)), "{said}");
        let is_amiss = |line: &str| line.contains("authority_amiss") && line.contains(amiss);
        assert!(said.lines().any(is_amiss), "{said}");
        if format == "json" {
            for line in said.lines() {
                let line: serde_json::Value = serde_json::from_str(line).expect(line);
                assert!(line["event"].is_string(), "{line}");
            }
        }
        assert_eq!(daemon.stop(), Some(0));
        std::fs::remove_file(site.path("corewatch.db")).unwrap();
    }
}

#[test]
fn it_says_what_is_amiss_with_a_source_and_goes_on() {
    let port = free_port();
    let site = site(port);
    std::fs::remove_file(site.path("cases.db")).unwrap();
    let mut daemon = site.start(&RUN);
    daemon.wait_until("a refused source", || {
        get(port, "/readyz").contains("cannot be opened")
    });
    assert!(get(port, "/readyz").contains(r#""ready":true"#));
    assert_eq!(daemon.stop(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_not_ready_while_the_schema_is_brought_up_to_date() {
    let port = free_port();
    let site = site(port);
    let options = SqliteConnectOptions::new()
        .filename(site.path("corewatch.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal);
    let mut writer = SqliteConnection::connect_with(&options).await.unwrap();
    writer.execute("BEGIN IMMEDIATE").await.unwrap();
    let mut daemon = site.start(&RUN);
    daemon.wait_until("why it is not ready", || {
        get(port, "/readyz").contains("the store's schema is being brought up to date")
    });
    assert!(get(port, "/readyz").starts_with("HTTP/1.1 503"));
    writer.execute("ROLLBACK").await.unwrap();
    daemon.wait_until("readiness", || {
        get(port, "/readyz").starts_with("HTTP/1.1 200")
    });
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn an_instance_that_does_not_make_the_passes_is_ready_and_shows_them() {
    let (port, other) = (free_port(), free_port());
    let site = site(port);
    let config = std::fs::read_to_string(site.path("corewatch.toml")).unwrap();
    site.write(
        "other.toml",
        &config.replace(&port.to_string(), &other.to_string()),
    );
    let mut leader = site.start(&RUN);
    leader.wait_until("a first pass", || {
        get(port, "/metrics").contains("corewatch_last_success_timestamp_seconds{")
    });
    let mut second = site.start(&["run", "--config", "other.toml"]);
    second.wait_until("readiness", || {
        get(other, "/readyz").starts_with("HTTP/1.1 200")
    });
    assert!(get(other, "/metrics").contains("\ncorewatch_obligations{"));
    assert!(get(other, "/metrics").contains("\ncorewatch_leader 0\n"));
    assert!(get(port, "/metrics").contains("\ncorewatch_leader 1\n"));
    assert_eq!(second.stop(), Some(0));
    assert_eq!(leader.stop(), Some(0));
}

#[test]
fn it_does_not_start_where_another_listens() {
    let port = free_port();
    let site = site(port);
    let mut daemon = site.start(&RUN);
    daemon.wait_until("the pages", || !get(port, "/livez").is_empty());
    let second = site.run(&RUN).ended_with(2);
    assert!(
        second.stderr.contains("another corewatch"),
        "{}",
        second.stderr
    );
}

/// A service manager that listens, as systemd does: one that did not would have the daemon wait.
pub struct Manager {
    messages: Receiver<String>,
}

impl Manager {
    /// One that listens on a socket.
    pub fn at(socket: &Path) -> Manager {
        let socket = UnixDatagram::bind(socket).expect("a socket");
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut message = [0; 1024];
            while let Ok(length) = socket.recv(&mut message) {
                let text = String::from_utf8_lossy(&message[..length]).into_owned();
                if sender.send(text).is_err() {
                    return;
                }
            }
        });
        Manager { messages }
    }

    /// Waits for the next message that has this line.
    #[track_caller]
    pub fn next(&self, line: &str) -> String {
        loop {
            let message = self.messages.recv_timeout(Duration::from_secs(60));
            let message = message.unwrap_or_else(|_| panic!("no message with {line}"));
            if message.lines().any(|l| l == line) {
                return message;
            }
        }
    }
}

#[test]
fn it_tells_the_service_manager_when_it_is_ready_that_it_is_alive_and_that_it_stops() {
    let port = free_port();
    let site = site(port);
    let manager = Manager::at(&site.path("notify"));
    let socket = site.path("notify").display().to_string();
    let site = site
        .with("NOTIFY_SOCKET", &socket)
        .with("WATCHDOG_USEC", "400000");
    let daemon = site.start(&RUN);
    let until = |state: &str| drop(manager.next(state));
    until("READY=1");
    for _ in 0..3 {
        until("WATCHDOG=1");
    }
    assert_eq!(daemon.stop(), Some(0));
    until("STOPPING=1");
}

#[test]
#[ignore = "needs systemd; tests/run installs it"]
fn its_unit_is_one_and_is_locked_down() {
    let unit = include_str!("../../systemd/corewatch.service");
    let site = Site::new();
    let binary = env!("CARGO_BIN_EXE_corewatch");
    site.write(
        "corewatch.service",
        &unit.replace("/usr/bin/corewatch", binary),
    );
    let analyze = |arguments: &[&str]| {
        let analyze = Command::new("systemd-analyze")
            .args(arguments)
            .arg(site.path("corewatch.service"))
            .output()
            .expect("systemd-analyze runs");
        let said = String::from_utf8_lossy(&analyze.stderr).into_owned();
        (analyze.status.success(), said)
    };
    assert_eq!(analyze(&["verify"]), (true, String::new()));
    // In tenths: 1.5 of 10, where 10 is wide open.
    let (locked_down, said) = analyze(&["security", "--offline=true", "--threshold=15"]);
    assert!(locked_down, "{said}");
}
