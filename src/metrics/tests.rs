use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use super::*;
use crate::calendar::{Day, Instant, Nation};
use crate::rules::{Severity, State};

fn figures() -> Figures {
    let visits = |state| ObligationLabels {
        rule: "visit".to_owned(),
        team: String::new(),
        severity: Severity::High,
        state,
    };
    Figures {
        authorities: vec![AuthorityFigures {
            id: "luton".to_owned(),
            obligations: BTreeMap::from([(visits(State::Overdue), 3), (visits(State::Met), 40)]),
            rules: BTreeMap::from([("visit".to_owned(), false), ("seen".to_owned(), true)]),
            oldest_overdue: BTreeMap::from([("visit".to_owned(), 12)]),
            evaluation: Some(Duration::from_millis(250)),
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
                last_success: Some(Instant(1_790_000_000_000_000)),
                next_due: Some(Instant(1_790_000_900_000_000)),
            },
        )]),
        pass: Some(Duration::from_millis(1500)),
        queue: Some(QueueFigures {
            waiting: 4,
            since: None,
        }),
        mail: BTreeMap::from([("sent", 17)]),
        bank_holidays: BTreeMap::from([(Nation::Scotland, Day::from_ymd(2028, 12, 31).unwrap())]),
    }
}

#[test]
fn a_scrape_says_where_the_installation_stands() {
    let metrics = Metrics::new().unwrap();
    metrics.publish(&figures()).unwrap();
    let text = metrics.text().unwrap();
    let values: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    insta::assert_snapshot!(
        values
            .join("\n")
            .replace(env!("CARGO_PKG_VERSION"), "VERSION")
    );
    for definition in ALL {
        assert!(
            text.contains(&format!("# HELP {} ", definition.name)),
            "{}",
            definition.name
        );
    }
}

#[test]
fn a_scrape_before_the_first_pass_says_which_program_it_is() {
    let text = Metrics::new().unwrap().text().unwrap();
    assert!(text.contains("corewatch_build_info{version="));
    assert!(!text.contains("corewatch_obligations"));
}

#[test]
fn what_a_pass_no_longer_finds_is_gone() {
    let metrics = Metrics::new().unwrap();
    metrics.publish(&figures()).unwrap();
    metrics.publish(&Figures::default()).unwrap();
    assert!(!metrics.text().unwrap().contains("corewatch_obligations"));
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

#[test]
fn the_documentation_is_written_from_the_definitions() {
    let written = include_str!("../../docs/metrics.md");
    let table = table();
    assert!(
        written.contains(&table),
        "docs/metrics.md should hold this table:\n{table}"
    );
}

/// The table of all metrics, as it stands in `docs/metrics.md`.
fn table() -> String {
    let mut table = "| metric | type | labels | meaning | when it moves |\n".to_owned();
    table.push_str("| --- | --- | --- | --- | --- |\n");
    for metric in ALL {
        let kind = match metric.kind {
            Kind::Gauge => "gauge",
            Kind::Counter => "counter",
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
