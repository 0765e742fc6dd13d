//! A case all the way: a PostgreSQL source, a ladder of three steps, a real mail server, and the
//! duty met in the end and told as met.

use std::collections::BTreeSet;

use crate::support::{CORE_GROUPS, Site, execute, postgres_database, server, told_by_mail};

/// Whose mail it is: the mail server is shared with other tests.
const DOMAIN: &str = "all-the-way.example";

/// The case database of the site: dates as dates, times as times.
const CASES: &str = "
    CREATE TABLE children (id integer PRIMARY KEY, dob date, reference text, team text);
    CREATE TABLE plans (id integer PRIMARY KEY, child integer, began date, ended date, worker text);
    CREATE TABLE meetings (id integer PRIMARY KEY, child integer, what text, held timestamp);
    CREATE TABLE people (id text PRIMARY KEY, name text, email text, team text, manager text);
    CREATE TABLE teams (id text PRIMARY KEY, name text, parent text, manager text);
    INSERT INTO children VALUES (7, '2019-05-04', 'AW-0007', 'east'), (8, NULL, 'AW-0008', 'east');
    INSERT INTO plans VALUES
        (70, 7, '2026-03-02', NULL, 'kim'), (80, 8, '2025-01-06', '2025-06-30', 'kim');
    -- Of another child, last year: without any core group at all, the rule could not be judged.
    INSERT INTO meetings VALUES
        (700, 7, 'conference', '2026-03-02 10:00'),
        (800, 8, 'conference', '2025-01-06 10:00'), (801, 8, 'core_group', '2025-01-10 10:00');
    INSERT INTO people VALUES
        ('kim', 'Kim Reid', 'kim@all-the-way.example', 'east', 'tam'),
        ('tam', 'Tam Grant', 'tam@all-the-way.example', 'east', 'sal'),
        ('sal', 'Sal Novak', 'sal@all-the-way.example', 'north', NULL);
    INSERT INTO teams VALUES ('east', 'East', 'north', 'tam'), ('north', 'North', NULL, 'sal');
";

const SOURCE: &str = r#"
[[source.children]]
query = "SELECT id AS child_id, dob AS born, reference AS case_ref, team AS team_id FROM children"
[[source.periods]]
kind = "plan"
query = "SELECT id AS period_id, child AS child_id, began AS from_date, ended AS to_date FROM plans"
[[source.periods]]
kind = "key_worker"
query = "SELECT id AS period_id, child AS child_id, began AS from_date, ended AS to_date, worker AS person_id FROM plans"
[[source.events]]
query = "SELECT what AS kind, id AS event_id, child AS child_id, held AS occurred FROM meetings"
[[source.people]]
query = "SELECT id AS person_id, name, email, 'social worker' AS role, team AS team_id, manager AS manager_id FROM people"
[[source.teams]]
query = "SELECT id AS team_id, name, parent AS parent_id, manager AS manager_id FROM teams"
"#;

const LADDERS: &str = r#"
[[ladder]]
id = "standard"
[[ladder.step]]
at = "due - 3 working days"
to = ["key_worker"]
[[ladder.step]]
at = "due + 1 day"
to = ["team_manager"]
[[ladder.step]]
at = "due + 5 working days"
to = ["service_manager"]
"#;

fn site(cases: &str) -> Site {
    let (host, port) = {
        let place = server("COREWATCH_TEST_SMTP");
        let (host, port) = place.split_once(':').expect("a host and a port");
        (host.to_owned(), port.to_owned())
    };
    let username = server("COREWATCH_TEST_SMTP_USERNAME");
    let issuer = server("COREWATCH_TEST_SMTP_CA");
    let site = Site::new()
        .with("COREWATCH__SOURCE__ALLTHEWAY__URL", cases)
        .with(
            "COREWATCH__MAIL__PASSWORD",
            &server("COREWATCH_TEST_SMTP_PASSWORD"),
        );
    site.write("source.toml", SOURCE);
    site.write("packs/local.toml", CORE_GROUPS);
    site.write("ladders.toml", LADDERS);
    site.write(
        "corewatch.toml",
        &format!(
            r#"
[store]
url = "sqlite:corewatch.db"
[[authority]]
id = "alltheway"
name = "All the Way"
nation = "england-and-wales"
packs = ["packs/local.toml"]
source = "source.toml"
ladders = "ladders.toml"
[mail]
host = "{host}"
port = {port}
tls = "starttls"
username = "{username}"
ca = "{issuer}"
from = "Timescales <timescales@{DOMAIN}>"
operations = ["operations@{DOMAIN}"]
"#
        ),
    );
    site
}

#[test]
#[ignore = "needs PostgreSQL and a mail server; tests/run starts them"]
fn a_duty_climbs_the_ladder_is_met_and_all_who_were_told_hear_of_it() {
    // Conference on Monday 2 March 2026: the tenth working day is Monday the 16th.
    let cases = postgres_database();
    execute(&cases, CASES);
    let site = site(&cases);
    let pass = |at: &str| {
        let pass = ["cycle", "--config", "corewatch.toml", "--at", at];
        site.run(&pass).ended_with(0);
    };
    let obligation = || {
        let evaluate = [
            "evaluate",
            "--config",
            "corewatch.toml",
            "--format",
            "ndjson",
        ];
        let lines = site
            .run(&[&evaluate[..], &["--as-of", "2026-03-25", "--child", "7"]].concat())
            .ended_with(0)
            .stdout;
        serde_json::from_str::<serde_json::Value>(lines.trim()).expect("one obligation")
    };
    let mut told = BTreeSet::new();
    let mut now_told = |lines: &[String]| {
        told.extend(lines.iter().cloned());
        assert_eq!(told_by_mail(DOMAIN, told.len()), told);
    };

    // Before the first step, nobody is told.
    pass("2026-03-10T10:00:00Z");
    let id = obligation()["id"].as_str().expect("its id").to_owned();
    let alert = |to: &str, what: &str| {
        format!("{to}@{DOMAIN}: first-core-group; AW-0007; {what}; due=2026-03-16; id={id}")
    };
    now_told(&[]);
    // Three working days before the due day: the key worker. Early in the morning, no mail is sent.
    pass("2026-03-11T06:00:00Z");
    now_told(&[]);
    pass("2026-03-11T10:00:00Z");
    now_told(&[alert("kim", "step=1")]);
    // The day after it, the manager of the team; a second pass that day tells nobody twice.
    pass("2026-03-17T10:00:00Z");
    now_told(&[alert("tam", "step=2")]);
    pass("2026-03-17T11:00:00Z");
    now_told(&[]);
    // A week after it, the manager of the service.
    pass("2026-03-23T10:00:00Z");
    now_told(&[alert("sal", "step=3")]);
    assert_eq!(obligation()["state"], "overdue");

    // The core group is held: all three hear that the duty is met, late, and nobody else does.
    execute(
        &cases,
        "INSERT INTO meetings VALUES (701, 7, 'core_group', '2026-03-24 14:00')",
    );
    pass("2026-03-25T10:00:00Z");
    now_told(&[
        alert("kim", "closed=met_late"),
        alert("tam", "closed=met_late"),
        alert("sal", "closed=met_late"),
    ]);
    assert_eq!(obligation()["state"], "met_late");
    assert_eq!(obligation()["evidence"], serde_json::json!(["701"]));
    pass("2026-03-26T10:00:00Z");
    now_told(&[]);
}
