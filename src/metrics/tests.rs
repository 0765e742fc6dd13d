use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use super::*;
use crate::calendar::{Day, Instant, Nation};
use crate::rules::{Severity, State};

fn figures() -> Figures {
    let rule = |id: &str, unmeasured| RuleFigures {
        id: id.to_owned(),
        severity: Severity::High,
        unmeasured,
    };
    let timeliness = [Timeliness { due: 0, met: 0 }, Timeliness { due: 8, met: 6 }];
    Figures {
        most_teams: 50,
        authorities: vec![AuthorityFigures {
            id: "luton".to_owned(),
            rules: vec![rule("visit", false), rule("seen", true)],
            counts: Counts {
                obligations: BTreeMap::from([
                    ((0, String::new(), State::Overdue), 3),
                    ((0, String::new(), State::Met), 40),
                    ((0, "T1".to_owned(), State::Met), 1),
                    ((0, "T2".to_owned(), State::Met), 5),
                ]),
                children: BTreeMap::from([
                    (String::new(), 23),
                    ("T1".to_owned(), 1),
                    ("T2".to_owned(), 4),
                ]),
                oldest: BTreeMap::from([(0, 12)]),
                timeliness: BTreeMap::from([(0, timeliness)]),
            },
            evaluation: Some(Duration::from_millis(250)),
            alerts: BTreeMap::from([(1, 9), (2, 0)]),
            told: BTreeMap::from([(1, 31), (2, 4)]),
            held: 21,
            troubles: BTreeMap::from([("hole", 2), ("source_refused", 1)]),
            unreachable: 1,
            reading: Some(ReadingFigures {
                refused: true,
                rows: 900,
                quarantined: 2,
                children: 30,
                took: Duration::from_secs(1),
            }),
            last_accepted: Some(Instant(1_790_000_000_000_000)),
        }],
        jobs: BTreeMap::from([(
            "pass".to_owned(),
            JobFigures {
                last_end: Some(Instant(1_790_000_000_000_000)),
                last_success: Some(Instant(1_790_000_000_000_000)),
                next_due: Some(Instant(1_790_000_900_000_000)),
                lag: Some(Duration::from_secs(2)),
            },
        )]),
        pass: Some(Duration::from_millis(1500)),
        leader: Some(true),
        troubles: BTreeMap::from([("mail_waiting", 1)]),
        store_size: Some(1_048_576),
        queue: Some(QueueFigures {
            waiting: 4,
            deferred: 1,
            since: None,
        }),
        mail: BTreeMap::from([("sent", 17)]),
        certificates: BTreeMap::from([("web", Instant(1_800_000_000_000_000))]),
        bank_holidays: BTreeMap::from([(Nation::Scotland, Day::from_ymd(2028, 12, 31).unwrap())]),
    }
}

/// What is shown of these figures to a scraper that accepts this.
fn shown(figures: &Figures, accept: &str) -> String {
    let metrics = Metrics::new().unwrap();
    metrics.publish(figures).unwrap();
    let (_, text) = metrics.text(accept).unwrap();
    text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn a_scrape_says_where_the_installation_stands() {
    let text = shown(&figures(), "");
    let values: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    insta::assert_snapshot!(values.join("\n"));
    for definition in ALL {
        assert!(
            text.contains(&format!("# HELP {} ", definition.name)),
            "{}",
            definition.name
        );
    }
}

#[test]
fn openmetrics_say_the_same_with_units_and_an_end() {
    let plain = shown(&figures(), "text/plain");
    let open = shown(&figures(), "application/openmetrics-text");
    let samples = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(samples(&plain), samples(&open));
    let some = ["_build", "_mail_messages", "_store_size", "# EOF"];
    let lines: Vec<&str> = open
        .lines()
        .filter(|line| some.iter().any(|part| line.contains(part)))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    # TYPE corewatch_build info
    # HELP corewatch_build Always 1; its label says which version runs.
    corewatch_build_info{version="VERSION"} 1
    # TYPE corewatch_mail_messages counter
    # HELP corewatch_mail_messages Messages by what became of them.
    corewatch_mail_messages_total{result="sent"} 17
    # TYPE corewatch_store_size_bytes gauge
    # UNIT corewatch_store_size_bytes bytes
    # HELP corewatch_store_size_bytes What the program's own database takes on its disk.
    corewatch_store_size_bytes 1048576
    # EOF
    "#);
    assert!(open.ends_with("# EOF\n"));
}

#[test]
fn a_scrape_before_the_first_pass_says_which_program_it_is() {
    let (media, text) = Metrics::new().unwrap().text("*/*").unwrap();
    assert_eq!(media, "text/plain; version=0.0.4");
    assert!(text.contains("corewatch_build_info{version="));
    assert!(!text.contains("corewatch_obligations"));
}

#[test]
fn what_a_pass_no_longer_finds_is_gone() {
    let metrics = Metrics::new().unwrap();
    metrics.publish(&figures()).unwrap();
    metrics.publish(&Figures::default()).unwrap();
    let (_, text) = metrics.text("").unwrap();
    assert!(!text.contains("corewatch_obligations"));
}

#[test]
fn names_follow_prometheus_rules() {
    for definition in ALL {
        assert!(definition.name.starts_with("corewatch_"));
        assert_eq!(
            definition.name.ends_with("_total"),
            definition.kind == Kind::Counter,
            "{}",
            definition.name
        );
    }
}

/// Where the table of all metrics stands in the documentation.
const FILE: &str = "docs/metrics.md";
const BEGIN: &str =
    "<!-- made from src/metrics/definitions.rs; UPDATE_DOCS=1 cargo test --lib metrics -->\n";
const END: &str = "<!-- end -->\n";

#[test]
fn the_documentation_is_written_from_the_definitions() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let written = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = written.split_once(BEGIN).expect("where the table begins");
    let (_, after) = rest.split_once(END).expect("where the table ends");
    let page = format!("{before}{BEGIN}{}{END}{after}", table());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
        return;
    }
    assert!(
        written == page,
        "{FILE} differs from the definitions: run `UPDATE_DOCS=1 cargo test --lib metrics` and \
         commit the page"
    );
}

/// The table of all metrics.
fn table() -> String {
    let mut table = "| metric | type | labels | meaning | when it moves |\n".to_owned();
    table.push_str("| --- | --- | --- | --- | --- |\n");
    for metric in ALL {
        let kind = match metric.kind {
            Kind::Gauge => "gauge",
            Kind::Counter => "counter",
            Kind::Info => "info",
        };
        let _ = writeln!(
            table,
            "| `{}` | {kind} | {} | {} | {} |",
            metric.name,
            metric.labels.join(", "),
            metric.help,
            metric.action
        );
    }
    table
}
