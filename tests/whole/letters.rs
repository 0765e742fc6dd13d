//! What people find in their mail over some passes of a small site: which message says what.

use crate::support::{CORE_GROUPS, Mail, Site, execute_sqlite, mails_in};

const CASES: &str = "
    CREATE TABLE children (id text, dob text, reference text, team text);
    CREATE TABLE periods (kind text, id text, child text, began text, ended text, worker text);
    CREATE TABLE meetings (id text, child text, what text, held text);
    CREATE TABLE people (id text, name text, email text, team text, manager text);
    CREATE TABLE teams (id text, name text, parent text, manager text);
    INSERT INTO children VALUES
        ('1', '2019-05-04', 'BW-1', 'east'), ('2', '2018-05-04', 'BW-2', 'east'),
        ('9', '2015-05-04', 'BW-9', 'east');
    INSERT INTO periods VALUES
        ('plan', 'p1', '1', '2026-09-01', NULL, NULL), ('plan', 'p2', '2', '2026-09-01', NULL, NULL),
        ('key_worker', 'k1', '1', '2026-09-01', NULL, 'kim'),
        ('key_worker', 'k2', '2', '2026-09-01', NULL, 'kim'),
        ('plan', 'p9', '9', '2025-01-06', '2025-06-30', NULL);
    -- Of a child of last year: without any core group at all, the rule could not be judged.
    INSERT INTO meetings VALUES
        ('c9', '9', 'conference', '2025-01-06'), ('g9', '9', 'core_group', '2025-01-10');
    INSERT INTO people VALUES
        ('kim', 'Kim Reid', 'kim@both-ways.example', 'east', 'tam'),
        ('tam', 'Tam Grant', 'tam@both-ways.example', 'east', NULL);
    INSERT INTO teams VALUES ('east', 'East', NULL, 'tam');
";

const SOURCE: &str = r#"
[source]
url = "sqlite:cases.db"
[[source.children]]
query = "SELECT id AS child_id, dob AS born, reference AS case_ref, team AS team_id FROM children"
[[source.periods]]
query = "SELECT kind, id AS period_id, child AS child_id, began AS from_date, ended AS to_date, worker AS person_id FROM periods"
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
at = "opened"
to = ["key_worker"]
[[ladder.step]]
at = "due"
to = ["key_worker", "team_manager"]
send = "now"
"#;

/// First core groups within ten days.
fn site() -> Site {
    let pack = CORE_GROUPS.replace("10 working days", "10 days");
    let site = Site::plain(&pack, LADDERS, SOURCE);
    execute_sqlite(&site.path("cases.db"), CASES);
    site
}

fn cycle(site: &Site, at: &str) {
    let arguments = ["cycle", "--config", "corewatch.toml", "--at", at];
    site.run(&arguments).ended_with(0);
}

/// The messages to one person that tell of a case.
fn telling<'m>(mails: &'m [Mail], to: &str, case: &str) -> Vec<&'m Mail> {
    let case = format!("; {case}; ");
    let tells = |mail: &&Mail| {
        mail.to().starts_with(to) && mail.alerts().iter().any(|line| line.contains(&case))
    };
    mails.iter().filter(tells).collect()
}

#[test]
fn what_is_told_in_a_message_of_its_own_is_not_repeated_in_the_digest_beside_it() {
    let site = site();
    cycle(&site, "2026-10-01T09:00:00Z");
    execute_sqlite(
        &site.path("cases.db"),
        "INSERT INTO meetings VALUES
            ('c1', '1', 'conference', '2026-10-05'), ('c2', '2', 'conference', '2026-10-14')",
    );
    cycle(&site, "2026-10-15T09:00:00Z");
    let mails = mails_in(&site.path("outbox"));
    let [now] = telling(&mails, "kim@", "BW-1")[..] else {
        panic!("one message tells Kim of BW-1");
    };
    let steps: Vec<String> = now.alerts();
    assert!(steps[0].contains("step=1") && steps[1].contains("step=2"));
    let [digest] = telling(&mails, "kim@", "BW-2")[..] else {
        panic!("one message tells Kim of BW-2");
    };
    assert!(!digest.everything().contains("BW-1"));
    assert_eq!(telling(&mails, "tam@", "BW-1").len(), 1);
}

#[test]
fn operations_read_why_a_source_was_refused_in_words_and_that_it_is_over() {
    let site = site();
    cycle(&site, "2026-10-01T09:00:00Z");
    let cases = site.path("cases.db");
    execute_sqlite(&cases, "ALTER TABLE meetings RENAME TO moved");
    let arguments = ["cycle", "--config", "corewatch.toml", "--at"];
    site.run(&[&arguments[..], &["2026-10-03T03:00:00Z"]].concat())
        .ended_with(1);
    execute_sqlite(&cases, "ALTER TABLE moved RENAME TO meetings");
    cycle(&site, "2026-10-03T04:00:00Z");
    let mails = mails_in(&site.path("outbox"));
    let said: Vec<String> = mails
        .iter()
        .filter(|mail| mail.to() == "oncall@example.gov.uk")
        .map(Mail::everything)
        .collect();
    let saying = |words: &str| said.iter().filter(|mail| mail.contains(words)).count();
    assert_eq!(said.len(), 2);
    assert_eq!(saying("NEW: ashmere: the source was refused"), 1);
    assert_eq!(saying("OVER, BEGAN SAT 3 OCTOBER 2026"), 1);
    assert_eq!(saying("- a query of the source file failed"), 2);
}
