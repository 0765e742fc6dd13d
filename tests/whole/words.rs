//! What the commands that explain say to people: `explain`, `rules`, `replay`.

use serde_json::Value;

use crate::support::{KEY_WORKER_THE_DAY_AFTER, Run, Site, execute_sqlite};

const LOCAL: &str = r#"
[pack]
id = "local"
title = "Local"
source = "Local procedures, 2026"
extends = "base.toml"
[[rule]]
id = "child-seen"
title = "Child seen every four weeks"
clause = "Standard 3"
severity = "high"
ladder = "standard"
[rule.interval]
every = "4 weeks"
require = { event = "visit", where = "child_seen" }
"#;

const BASE: &str = r#"
[pack]
id = "base"
title = "The base"
source = "Guidance on core groups, 2010"
[[rule]]
id = "first-core-group"
title = "First core group within ten working days of the conference"
clause = "1.2.4"
severity = "high"
ladder = "standard"
[rule.deadline]
after = { event = "conference" }
within = "10 working days"
require = { event = "core_group" }
[[rule.example]]
title = "held after Easter, and the notes written up later"
as_of = "2026-05-01"
periods = [{ kind = "plan", id = "P1", from = "2026-04-01" }]
events = [
    { kind = "conference", id = "C1", occurred = "2026-04-01T10:00", attributes = { transfer_in = false } },
    { kind = "core_group", id = "G1", occurred = "2026-04-17", recorded = "2026-04-20" },
]
expect = [{ anchor = "C1", opened = "2026-04-01", due = "2026-04-17", state = "met" }]
"#;

const SOURCE: &str = r#"
[source]
url = "sqlite:cases.db"
[[source.children]]
query = "SELECT 'K1' AS child_id, 'REF-1' AS case_ref"
[[source.periods]]
kind = "plan"
query = "SELECT 'P1' AS period_id, 'K1' AS child_id, '2026-04-01' AS from_date"
[[source.periods]]
kind = "key_worker"
query = "SELECT 'W1' AS period_id, 'K1' AS child_id, '2026-04-01' AS from_date, 'A1' AS person_id"
[[source.events]]
kind = "conference"
query = "SELECT 'C1' AS event_id, 'K1' AS child_id, '2026-04-01' AS occurred"
[[source.events]]
kind = "core_group"
query = "SELECT 'G1' AS event_id, 'K1' AS child_id, '2026-03-30' AS occurred"
[[source.events]]
kind = "visit"
query = "SELECT 'V1' AS event_id, 'K1' AS child_id, '2026-04-20' AS occurred, 'Y' AS child_seen"
[[source.people]]
query = "SELECT 'A1' AS person_id, 'Anna Key' AS name, 'anna.key@example.gov.uk' AS email"
"#;

const WITH_CONFIG: [&str; 2] = ["--config", "corewatch.toml"];

fn site() -> Site {
    let site = Site::plain(LOCAL, KEY_WORKER_THE_DAY_AFTER, SOURCE);
    site.write("base.toml", BASE);
    execute_sqlite(&site.path("cases.db"), "CREATE TABLE empty (n)");
    site
}

fn run(site: &Site, command: &[&str], code: i32) -> Run {
    site.run(&[command, &WITH_CONFIG].concat()).ended_with(code)
}

#[test]
fn an_explanation_cites_the_document_that_the_clause_stands_in() {
    let site = site();
    run(&site, &["sync"], 0);
    let asked = ["evaluate", "--as-of", "2026-04-24", "--format", "ndjson"];
    let lines = run(&site, &asked, 0).stdout;
    let obligations: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    let of = |rule: &str| {
        let mut found = obligations.iter().filter(|o| o["rule"] == rule);
        let id = &found.next().expect("an obligation")["id"];
        id.as_str().expect("text").to_owned()
    };
    let explain = |id: &str| run(&site, &["explain", id, "--as-of", "2026-04-24"], 0).stdout;
    let inherited = of("first-core-group");
    insta::assert_snapshot!(explain(&inherited));
    let own = explain(&of("child-seen"));
    assert!(
        own.contains("\nLocal procedures, 2026: Standard 3\n"),
        "{own}"
    );
    // As it was read out over the telephone.
    let read_out = inherited.to_uppercase().replace('0', "O").replace('1', "I");
    assert_eq!(explain(&read_out), explain(&inherited));
    let json = [
        "explain",
        &inherited,
        "--as-of",
        "2026-04-24",
        "--format",
        "json",
    ];
    let json: Value = serde_json::from_str(&run(&site, &json, 0).stdout).expect("JSON");
    assert_eq!(json["id"], inherited.as_str());
    assert_eq!(json["authority"], "ashmere");
    assert_eq!(json["pack"], "local");
    assert_eq!(json["due"], "2026-04-17");
}

#[test]
fn a_rule_is_shown_in_words_with_what_its_examples_record() {
    let site = site();
    let shown = site
        .run(&["rules", "show", "first-core-group", "base.toml"])
        .ended_with(0);
    insta::assert_snapshot!(shown.stdout);
}

#[test]
fn the_faults_of_all_packs_are_told_at_once() {
    let site = site();
    site.write("base.toml", &BASE.replace("severity", "severety"));
    site.write(
        "other.toml",
        &LOCAL
            .replace("extends = \"base.toml\"\n", "")
            .replace("title = \"Local\"", "titel = \"Local\""),
    );
    let tested = site
        .run(&["rules", "test", "local.toml", "other.toml"])
        .ended_with(2);
    insta::assert_snapshot!(tested.stderr);
}

#[test]
fn a_replay_without_a_copy_says_so_and_makes_none() {
    let site = site();
    let days = ["replay", "--from", "2026-04-20", "--to", "2026-04-24"];
    let refused = run(&site, &days, 2);
    assert!(
        refused.stderr.contains("nothing has been read yet"),
        "{}",
        refused.stderr
    );
    assert!(!site.path("corewatch.db").exists());
}

#[test]
fn a_replay_ends_with_what_the_stretch_comes_to() {
    let site = site();
    run(&site, &["sync"], 0);
    let lived = run(
        &site,
        &["replay", "--from", "2026-04-16", "--to", "2026-04-21"],
        0,
    );
    insta::assert_snapshot!(lived.stdout);
    assert_eq!(lived.stderr, "");
    let ahead = run(
        &site,
        &["replay", "--from", "2100-04-16", "--to", "2100-04-16"],
        0,
    );
    assert!(
        ahead
            .stderr
            .contains("of later days nothing is known but what is booked"),
        "{}",
        ahead.stderr
    );
    let asked = ["replay", "--from", "2026-04-16", "--to", "2026-04-17"];
    let misspelt = run(&site, &[&asked[..], &["--authority", "ashmre"]].concat(), 2);
    assert!(
        misspelt.stderr.contains("did you mean `ashmere`?"),
        "{}",
        misspelt.stderr
    );
}
