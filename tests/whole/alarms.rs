//! The alarms that ship: their form, their chapters in the runbook, what promtool says of them, and
//! that one reaches whoever is on call.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use crate::support::{Prometheus, Site, free_port, promtool, server, tool};

const RULES: &str = include_str!("../../config/prometheus/corewatch.rules.yml");
const RULE_TESTS: &str = concat!(
    include_str!("../monitoring/corewatch.rules.test.yml"),
    include_str!("../monitoring/corewatch.days.rules.test.yml")
);
const RUNBOOK: &str = include_str!("../../docs/runbook.md");
const OPERATIONS: &str = include_str!("../../docs/operations.md");
const ALERTMANAGER: &str = include_str!("../../config/prometheus/alertmanager.yml");

/// The lines `key: value` of each alarm, by its name.
fn alarms() -> BTreeMap<&'static str, BTreeMap<&'static str, &'static str>> {
    let blocks = RULES.split("- alert: ").skip(1);
    blocks
        .map(|block| {
            let (name, lines) = block.split_once('\n').expect("lines");
            let keys = lines
                .lines()
                .filter_map(|line| line.trim().split_once(": "));
            (
                name,
                keys.map(|(key, value)| (key, value.trim_matches('"')))
                    .collect(),
            )
        })
        .collect()
}

#[test]
fn every_alarm_has_a_severity_a_summary_and_its_chapter_in_the_runbook() {
    let chapters: BTreeSet<&str> = RUNBOOK
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .collect();
    let alarms = alarms();
    assert!(alarms.len() > 10);
    for (name, alarm) in &alarms {
        assert!(
            ["critical", "warning"].contains(&alarm["severity"]),
            "{name}"
        );
        assert!(
            alarm["summary"].len() > 20 && alarm["description"].len() > 20,
            "{name}"
        );
        assert!(alarm.contains_key("for"), "{name}");
        let (_, anchor) = alarm["runbook_url"]
            .split_once("/runbook.md#")
            .expect("a link");
        let chapter = chapters
            .iter()
            .find(|chapter| chapter.to_lowercase() == anchor);
        assert_eq!(chapter, Some(name), "the chapter that {anchor} links to");
    }
    // And no chapter is of an alarm that is gone.
    assert_eq!(chapters, alarms.keys().copied().collect());
    for chapter in RUNBOOK.split("\n## ").skip(1) {
        for part in [
            "**What it means.**",
            "**What to look at.**",
            "**What to do.**",
            "**It is over when**",
        ] {
            assert!(chapter.contains(part), "{part} in {chapter}");
        }
    }
}

#[test]
fn every_alarm_is_tried_both_silent_and_sounding() {
    for name in alarms().keys() {
        let tried: Vec<&str> = RULE_TESTS
            .split(&format!("alertname: {name}\n        exp_alerts:"))
            .skip(1)
            .collect();
        let silent = tried.iter().filter(|rest| rest.starts_with(" []")).count();
        let sounding = tried
            .iter()
            .filter(|rest| rest.starts_with("\n          - exp_labels"))
            .count();
        assert!(silent > 0 && sounding > 0, "{name}");
    }
}

#[test]
fn the_page_for_operators_has_every_alarm_with_its_threshold() {
    for (name, alarm) in alarms() {
        let row = format!(
            "| [{name}](runbook.md#{}) | {} | {} |",
            name.to_lowercase(),
            alarm["severity"],
            alarm["for"]
        );
        assert!(OPERATIONS.contains(&row), "docs/operations.md lacks: {row}");
    }
}

#[test]
#[ignore = "needs Prometheus; tests/run installs it"]
fn the_rules_hold_by_promtool() {
    let (content, said) = promtool(&["check", "config", "config/prometheus/prometheus.yml"]);
    assert!(content && said.contains("SUCCESS"), "{said}");
    let (content, said) = promtool(&[
        "check",
        "rules",
        "--lint-fatal",
        "config/prometheus/corewatch.rules.yml",
    ]);
    assert!(content, "{said}");
    let (content, said) = promtool(&[
        "test",
        "rules",
        "tests/monitoring/corewatch.rules.test.yml",
        "tests/monitoring/corewatch.days.rules.test.yml",
    ]);
    assert!(content, "{said}");
}

/// Takes one message after the other over HTTP, and hands on what each says.
fn webhook() -> (u16, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its number").port();
    let (sender, received) = mpsc::channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.set_read_timeout(Some(Duration::from_millis(500)));
            let mut said = Vec::new();
            // Ends with the connection or, where that is kept, with the silence after the message.
            let _ = stream.read_to_end(&mut said);
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            if sender
                .send(String::from_utf8_lossy(&said).into_owned())
                .is_err()
            {
                return;
            }
        }
    });
    (port, received)
}

#[test]
#[ignore = "needs Prometheus and Alertmanager; tests/run installs them"]
fn an_alarm_reaches_whoever_is_on_call() {
    let example = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/config/prometheus/alertmanager.yml"
    );
    let (content, said) = tool(&server("COREWATCH_TEST_AMTOOL"), &["check-config", example]);
    assert!(content, "{said}");

    let (hook, received) = webhook();
    let site = Site::new();
    // The example as it is, but for the address of who is called and for how long it gathers.
    let route = ALERTMANAGER
        .replace("127.0.0.1:8099", &format!("127.0.0.1:{hook}"))
        .replace("group_wait: 30s", "group_wait: 1s");
    assert_ne!(route, ALERTMANAGER);
    site.write("alertmanager.yml", &route);
    let alertmanager = free_port();
    let mut manager = site.start_program(
        &server("COREWATCH_TEST_ALERTMANAGER"),
        &[
            "--config.file=alertmanager.yml",
            "--storage.path=alertmanager",
            "--cluster.listen-address=",
            &format!("--web.listen-address=127.0.0.1:{alertmanager}"),
        ],
    );
    // The rules as they are, but for how long they wait: nothing listens where corewatch should.
    site.write("corewatch.rules.yml", &RULES.replace("for: 5m", "for: 1s"));
    site.write(
        "prometheus.yml",
        &format!(
            "global: {{scrape_interval: 1s, evaluation_interval: 1s}}\n\
             rule_files: [corewatch.rules.yml]\n\
             scrape_configs: [{{job_name: corewatch, static_configs: [{{targets: ['127.0.0.1:{}']}}]}}]\n\
             alerting: {{alertmanagers: [{{static_configs: [{{targets: ['127.0.0.1:{alertmanager}']}}]}}]}}\n",
            free_port()
        ),
    );
    let _prometheus = Prometheus::start(&site);
    let mut calls = Vec::new();
    manager.wait_until("a call", || {
        calls.extend(received.try_recv());
        calls.iter().any(|call| call.contains("CorewatchDown"))
    });
    let call = calls
        .iter()
        .find(|call| call.contains("CorewatchDown"))
        .expect("the call");
    assert!(call.starts_with("POST /on-call"), "{call}");
    for part in [
        r#""status":"firing""#,
        r#""severity":"critical""#,
        "runbook.md#corewatchdown",
        "does not answer",
    ] {
        assert!(call.contains(part), "{part} in {call}");
    }
}
