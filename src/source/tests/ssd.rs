//! The shipped profile of the Standard Safeguarding Dataset, on the tables of `ssd-schema.md`.

use super::*;

on_every_database! { the_standard_safeguarding_dataset_is_read }

/// The tables, with text ids, timestamps for days and one character for flags.
const TABLES: &str = include_str!("../../../tests/ssd/tables.sql");

const CASES: &str = "
INSERT INTO ssd_person VALUES ('p1', '2015-02-28 00:00:00', NULL, NULL),
    ('p2', NULL, '2026-09-01 00:00:00', NULL);
INSERT INTO ssd_cin_assessments VALUES
    ('a1', 'p1', 'r1', '2026-02-02 00:00:00', '2026-03-10 00:00:00', 'Y'),
    ('a2', 'p1', 'r1', '2026-04-20 00:00:00', NULL, NULL);
INSERT INTO ssd_s47_enquiry VALUES
    ('s1', 'p1', '2026-02-10 00:00:00', '2026-02-20 00:00:00', 'N'),
    ('s2', 'p2', '2026-02-10 00:00:00', '2026-02-24 00:00:00', 'N'),
    ('s3', 'p1', '2026-03-10 00:00:00', '2026-03-20 00:00:00', 'Y');
INSERT INTO ssd_initial_cp_conference VALUES
    ('i1', 'm1', 's1', 'p1', 'c1', 'N', '2026-03-03 00:00:00', '2026-03-02 00:00:00', 'Y', 't1', 'w1'),
    ('i2', 'm1', 's2', 'p2', NULL, 'N', '2026-03-03 00:00:00', NULL, NULL, 't1', 'w1');
INSERT INTO ssd_cp_plans VALUES
    ('c1', 'i1', 'p1', '2026-03-02 00:00:00', NULL, 'N', 'NEG', ''),
    ('c2', NULL, 'p2', '2026-03-02 00:00:00', NULL, 'Y', 'NEG', 'EMO');
INSERT INTO ssd_cp_visits VALUES
    ('v1', 'p1', 'c1', '2026-03-09 00:00:00', 'Y', 'N', NULL),
    ('v2', 'p1', NULL, '2026-03-19 14:30:00', 'Y', 'Y', ''),
    ('v3', 'p1', NULL, NULL, 'Y', NULL, NULL);
INSERT INTO ssd_cp_reviews VALUES
    ('r1', 'p1', NULL, '2026-05-29 00:00:00', NULL, NULL, NULL, NULL),
    ('r2', 'p1', 'c1', '2026-04-29 00:00:00', '2026-04-28 00:00:00', 'm2', 'Y', 'Y');
INSERT INTO ssd_involvements VALUES
    ('n1', 'w1', 'CW', 't1', 'p1', '2026-02-02 00:00:00', NULL, 'r1'),
    ('n2', 'w2', 'CW', 't2', 'p1', '2026-01-02 00:00:00', '2026-02-01 00:00:00', 'r1'),
    ('n3', 'w9', 'CW', 't1', 'p2', '2026-02-02 00:00:00', NULL, 'r1'),
    ('n4', 'w3', 'IRO', 't9', 'p1', '2026-01-02 00:00:00', NULL, 'r1'),
    ('n5', 'w4', 'CW', 't3', 'p1', '2025-11-02 00:00:00', '2026-02-01 00:00:00', 'r1'),
    ('n6', 'w5', 'CW', 't3', 'p1', '2026-01-01 00:00:00', NULL, 'r1');
INSERT INTO ssd_professionals VALUES ('w1', '17', 'Ann Example', 'SW1', 'Social Worker', 't1'),
    ('w2', '18', 'Ben Example', '', 'Support Worker', 't2'),
    ('w3', '19', 'Cid Example', 'SW3', 'Independent Reviewing Officer', 't9'),
    ('w4', '20', 'Dee Example', 'SW4', 'Social Worker', 't3'),
    ('w5', '21', 'Eve Example', 'SW5', 'Team Manager', 't3');
INSERT INTO ssd_department VALUES ('t1', 'North', 'd1', 'Children'), ('d1', 'Children', NULL, NULL);
";

/// Makes the tables, and puts the cases into them.
async fn fill(site: &Site) {
    if site.address.starts_with("mysql:") {
        // MySQL's own TIMESTAMP is an instant; the SSD's days are local.
        site.run(&TABLES.replace("TIMESTAMP NULL", "DATETIME NULL"))
            .await;
    } else {
        site.run(TABLES).await;
    }
    site.run(CASES).await;
}

/// The text of a source file that comes with the program.
fn shipped_text(name: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config/sources");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// A source file that comes with the program, with another address.
fn shipped(name: &str, url: &str) -> Profile {
    let lines: Vec<String> = shipped_text(name)
        .lines()
        .filter(|line| !line.starts_with("url = "))
        .map(str::to_owned)
        .collect();
    profile(&lines.join("\n"), url)
}

async fn the_standard_safeguarding_dataset_is_read(mut site: Site) {
    fill(&site).await;
    site.profile = shipped("ssd.toml", &site.url);
    site.sync().await.unwrap();
    let copy = site.copy().await;
    insta::allow_duplicates! { insta::assert_snapshot!(copy, @r#"
    p1 ref=p1 born=2015-02-28 team=t1
      plan c1 2026-03-02.. category="NEG"
      enquiry s1 2026-02-10..2026-03-02 nfa="N"
      child p1 1990-01-01..
      key_worker n5 2025-11-02..2026-02-01 person_id="w4"
      key_worker n1 2026-02-02.. person_id="w1"
      conference I-i1 occurred=2026-03-02 kind="initial" transfer_in="N"
      conference R-r2 occurred=2026-04-28 kind="review"
      visit v1 occurred=2026-03-09 child_seen="Y" seen_alone="N"
      visit v2 occurred=2026-03-19@2026-03-19T14:30:00.000000Z child_seen="Y" seen_alone="Y"
      section_47_started s1 occurred=2026-02-10 nfa="N"
      section_47_started s3 occurred=2026-03-10 nfa="Y"
      assessment_started a1 occurred=2026-02-02
      assessment_started a2 occurred=2026-04-20
      assessment_completed a1 occurred=2026-03-10 about=a1 child_seen="Y"
    p2 ref=p2 born=2026-09-01 team=t1
      enquiry s2 2026-02-10.. nfa="N"
      child p2 1990-01-01..
      key_worker n3 2026-02-02.. person_id="w9"
      section_47_started s2 occurred=2026-02-10 nfa="N"
    "#); }
    let quarantine = site.quarantine().await;
    assert_eq!(quarantine.len(), 1, "{quarantine:?}");
    assert!(quarantine[0].starts_with("events visit") && quarantine[0].contains("v3: no day"));
    let mut tx = site.store.snapshot().await.unwrap();
    let staff = copy::staff(&mut tx, "luton").await.unwrap();
    assert_eq!(staff.people["w1"].team_id.as_deref(), Some("t1"));
    assert_eq!(staff.teams["t1"].parent_id.as_deref(), Some("d1"));
}

/// The queries for SQL Server are the same in T-SQL, and kept so plain that PostgreSQL runs them too.
#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn the_queries_for_sql_server_give_the_same() {
    let mut copies = Vec::new();
    for name in ["ssd.toml", "ssd-sqlserver.toml"] {
        let mut site = Site::postgres().await;
        fill(&site).await;
        site.profile = shipped(name, &site.url);
        site.sync().await.unwrap();
        copies.push((site.copy().await, site.quarantine().await));
    }
    assert!(copies[0].0.contains("conference I-i1"));
    // The lines of the two files differ.
    let told = |quarantine: &[String]| {
        quarantine
            .iter()
            .map(|l| l.contains("v3: no day"))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&copies[0].1), told(&copies[1].1));
    assert_eq!(copies[0].0, copies[1].0);
}

/// A shipped file with its examples in it, as a site would have them.
fn with_examples(name: &str) -> String {
    let text = shipped_text(name);
    let (queries, examples) = text.split_once("# Examples to adapt").unwrap();
    let mut inside = false;
    let mut whole = queries.to_owned();
    for line in examples.lines() {
        inside |= line.starts_with("# [[source.");
        if inside {
            whole.push_str(line.strip_prefix("# ").unwrap_or_default());
            whole.push('\n');
        }
        inside &= line != "# \"\"\"";
    }
    whole
}

#[test]
fn the_queries_for_sql_server_are_t_sql_with_the_examples_too() {
    use sqlparser::{dialect::MsSqlDialect, parser::Parser};
    let text = with_examples("ssd-sqlserver.toml").replace("url = ", "# url = ");
    let profile = profile(&text, "sqlite:cases.db");
    assert_eq!(profile.queries.len(), 13 + 7);
    for query in &profile.queries {
        let parsed = Parser::parse_sql(&MsSqlDialect {}, &query.sql);
        assert_eq!(
            parsed
                .unwrap_or_else(|e| panic!("{}: {e}", query.label()))
                .len(),
            1
        );
        for foreign in ["||", "LIMIT ", "::", "CHAR(30)", "TRUE", "FALSE"] {
            assert!(!query.sql.contains(foreign), "{}: {foreign}", query.label());
        }
    }
}

/// What the examples read of a site's own.
const SITE_TABLES: &str = "
CREATE TABLE site_staff (staff_id VARCHAR(48), email VARCHAR(99), manager_professional_id VARCHAR(48));
CREATE TABLE site_team_manager (team_id VARCHAR(48), professional_id VARCHAR(48));
CREATE TABLE site_core_group (form_id VARCHAR(48), person_id VARCHAR(48), held_at TIMESTAMP NULL,
    planned_for TIMESTAMP NULL, completed_at TIMESTAMP NULL, dates_set CHAR(1));
CREATE TABLE site_core_group_minutes (form_id VARCHAR(48), person_id VARCHAR(48), sent_on TIMESTAMP NULL,
    core_group_form_id VARCHAR(48));
CREATE TABLE site_review_report (form_id VARCHAR(48), person_id VARCHAR(48), completed_on TIMESTAMP NULL);
CREATE TABLE site_agreed_frequency (id VARCHAR(48), person_id VARCHAR(48), from_day TIMESTAMP NULL,
    to_day TIMESTAMP NULL, topic VARCHAR(48), every VARCHAR(48), authorised_by VARCHAR(48),
    less_frequent CHAR(1));
";

#[tokio::test]
async fn the_examples_yield_what_the_contract_asks_for() {
    let mut site = Site::sqlite().await;
    fill(&site).await;
    site.run(SITE_TABLES).await;
    let text = with_examples("ssd.toml").replace("url = ", "# url = ");
    site.profile = profile(&text, &site.url);
    let probe = probe(&site.profile, Zone::LONDON, site.now, 100).await;
    assert_eq!(probe.faults, []);
    assert_eq!(probe.queries.len(), 13 + 7);
    let names = probe
        .columns(crate::case::Class::Event, "core_group")
        .unwrap();
    assert!(names.contains("dates_set"), "{names:?}");
}
