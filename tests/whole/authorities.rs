//! Two authorities in one installation, each with its own source, calendar, packs, ladders and people:
//! what breaks of one is told once, of that one, and holds up nothing of the other.

use std::collections::BTreeSet;

use crate::support::{CORE_GROUPS, Site, execute_sqlite, mails_in};

const CONFIG: &str = r#"
[store]
url = "sqlite:corewatch.db"
[[authority]]
id = "ashmere"
name = "Ashmere"
nation = "england-and-wales"
packs = ["ashmere.toml"]
source = "ashmere/source.toml"
ladders = "ashmere/ladders.toml"
[[authority]]
id = "bexhill"
name = "Bexhill"
nation = "scotland"
packs = ["bexhill.toml"]
source = "bexhill/source.toml"
ladders = "bexhill/ladders.toml"
[mail]
transport = "directory"
directory = "outbox"
from = "Timescales <timescales@example.gov.uk>"
operations = ["oncall@example.gov.uk"]
"#;

const LADDERS: &str = r#"
[[ladder]]
id = "standard"
[[ladder.step]]
at = "{at}"
to = ["key_worker"]
"#;

const SOURCE: &str = r#"
[source]
url = "sqlite:cases.db"
[[source.children]]
query = "SELECT id AS child_id FROM children"
[[source.periods]]
kind = "plan"
query = "SELECT id AS period_id, id AS child_id, '2026-06-01' AS from_date FROM children"
[[source.periods]]
kind = "key_worker"
query = "SELECT id AS period_id, id AS child_id, '2026-06-01' AS from_date, 'kim' AS person_id FROM children"
[[source.events]]
query = "SELECT what AS kind, id AS event_id, child AS child_id, held AS occurred FROM meetings"
[[source.people]]
query = "SELECT id AS person_id, email FROM people"
"#;

/// Two children of each, with the same ids in both authorities; of another, long ago, a core group.
const CASES: &str = "
    CREATE TABLE children (id TEXT);
    CREATE TABLE meetings (id TEXT, child TEXT, what TEXT, held TEXT);
    CREATE TABLE people (id TEXT, email TEXT);
    INSERT INTO children VALUES ('C1'), ('C2');
    INSERT INTO meetings VALUES ('M1', 'C1', 'conference', '2026-06-08'),
        ('M2', 'C2', 'conference', '2026-06-08'), ('M0', 'C1', 'core_group', '2026-05-01');
";

fn site() -> Site {
    let site = Site::new();
    site.write("corewatch.toml", CONFIG);
    for (id, nation, at) in [
        ("ashmere", "england-and-wales", "due - 3 working days"),
        ("bexhill", "scotland", "due - 2 working days"),
    ] {
        let pack = CORE_GROUPS
            .replace(
                "id = \"local\"",
                &format!("id = \"{id}\"\nnation = \"{nation}\""),
            )
            .replace("first-core-group", &format!("{id}-core-group"));
        site.write(&format!("{id}.toml"), &pack);
        site.write(&format!("{id}/source.toml"), SOURCE);
        site.write(&format!("{id}/ladders.toml"), &LADDERS.replace("{at}", at));
        cases(&site, id, CASES);
        let person = format!("INSERT INTO people VALUES ('kim', 'kim@{id}.example')");
        cases(&site, id, &person);
    }
    site
}

/// Changes the case database of an authority.
fn cases(site: &Site, authority: &str, sql: &str) {
    execute_sqlite(&site.path(&format!("{authority}/cases.db")), sql);
}

/// Makes a pass; gives the lines that it told, and how often operations were told of a source.
#[track_caller]
fn pass(site: &Site, at: &str, code: i32) -> (BTreeSet<String>, usize) {
    site.run(&["cycle", "--config", "corewatch.toml", "--at", at])
        .ended_with(code);
    let mut told = BTreeSet::new();
    let mut operations = 0;
    for mail in mails_in(&site.path("outbox")) {
        if mail.to() == "oncall@example.gov.uk" {
            let text = mail.everything();
            assert!(!text.contains("bexhill"), "{text}");
            operations += usize::from(text.contains("ashmere: the source was refused"));
        }
        for alert in mail.alerts() {
            let line = alert.split("; id=").next().expect("a line");
            told.insert(format!("{}: {line}", mail.to()));
        }
    }
    // Where nothing was sent there may be no folder.
    let _ = std::fs::remove_dir_all(site.path("outbox"));
    (told, operations)
}

fn lines(told: &BTreeSet<String>) -> Vec<&str> {
    told.iter().map(String::as_str).collect()
}

#[test]
fn one_broken_source_holds_up_nothing_of_another_authority() {
    let site = site();
    let (told, _) = pass(&site, "2026-06-09T09:00:00Z", 0);
    assert_eq!(lines(&told), [""; 0]);
    let evaluate = |authority: &str| {
        let call = [
            "evaluate",
            "--config",
            "corewatch.toml",
            "--as-of",
            "2026-06-24",
        ];
        let rule = format!("{authority}-core-group");
        site.run(&[&call[..], &["--format", "ndjson", "--rule", &rule]].concat())
            .ended_with(0)
            .stdout
    };
    let before = evaluate("ashmere");
    // 15 June 2026 is a bank holiday in Scotland alone.
    assert!(before.contains("\"due\":\"2026-06-22\""), "{before}");
    let bexhill = evaluate("bexhill");
    assert!(bexhill.contains("\"due\":\"2026-06-23\""), "{bexhill}");

    cases(
        &site,
        "ashmere",
        "ALTER TABLE meetings RENAME TO meetings_of_before",
    );
    cases(
        &site,
        "bexhill",
        "INSERT INTO meetings VALUES ('M3', 'C2', 'core_group', '2026-06-18')",
    );
    // The steps of both fall; those of Ashmere are not told from a copy that is not up to date.
    let (told, operations) = pass(&site, "2026-06-19T09:00:00Z", 1);
    assert_eq!(
        lines(&told),
        ["kim@bexhill.example: bexhill-core-group; C1; step=1; due=2026-06-23"]
    );
    assert_eq!(operations, 1);
    assert_eq!(evaluate("ashmere"), before);
    assert!(evaluate("bexhill").contains("\"state\":\"met\""));
    // The other's alert is closed while the first one's source is still broken; nobody is told again.
    cases(
        &site,
        "bexhill",
        "INSERT INTO meetings VALUES ('M4', 'C1', 'core_group', '2026-06-19')",
    );
    let (told, operations) = pass(&site, "2026-06-19T10:00:00Z", 1);
    assert_eq!(lines(&told), [""; 0], "the digest of the day is out");
    assert_eq!(operations, 0);
    let (told, operations) = pass(&site, "2026-06-22T09:00:00Z", 1);
    assert_eq!(
        lines(&told),
        ["kim@bexhill.example: bexhill-core-group; C1; closed=met; due=2026-06-23"]
    );
    assert_eq!(operations, 1, "daily while it lasts");
    let report = |authority: &str| {
        let call = ["report", "--config", "corewatch.toml", "--format", "csv"];
        let more = ["--as-at", "2026-06-24", "--authority", authority];
        site.run(&[&call[..], &more].concat()).ended_with(0).stdout
    };
    assert!(report("bexhill").contains("bexhill-core-group"));
    assert!(report("ashmere").contains("ashmere-core-group"));

    cases(
        &site,
        "ashmere",
        "ALTER TABLE meetings_of_before RENAME TO meetings",
    );
    let (told, _) = pass(&site, "2026-06-22T10:00:00Z", 0);
    assert_eq!(
        lines(&told),
        [
            "kim@ashmere.example: ashmere-core-group; C1; step=1; due=2026-06-22",
            "kim@ashmere.example: ashmere-core-group; C2; step=1; due=2026-06-22",
        ]
    );
}
