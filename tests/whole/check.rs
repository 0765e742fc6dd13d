//! `corewatch check` before the first start: what it shows, what it masks, and its JSON.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::support::{CONFIG, Site, execute_sqlite, files_in, mails_in, server};

const PACK: &str = r#"
[pack]
id = "local"
title = "Local"
source = "Local procedures"
[[rule]]
id = "visit"
title = "Visit every four weeks"
clause = "1"
severity = "high"
ladder = "standard"
[rule.interval]
every = "4 weeks"
require = { event = "visit", where = "child_seen" }
[[rule]]
id = "core-group"
title = "Core group every four weeks"
clause = "2"
severity = "high"
ladder = "standard"
[rule.interval]
every = "4 weeks"
require = { event = "core_group" }
"#;

const LADDERS: &str = r#"
[[ladder]]
id = "standard"
[[ladder.step]]
at = "due"
to = ["key_worker"]
"#;

const SOURCE: &str = r#"
[source]
url = "sqlite:cases.db"
[[source.children]]
query = "SELECT 'CHILD-0077' AS child_id, '2019-04-01' AS born, 'T1' AS team_id"
[[source.periods]]
kind = "plan"
query = "SELECT 'PLAN-0001' AS period_id, 'CHILD-0077' AS child_id, '2026-03-02' AS from_date"
[[source.events]]
kind = "visit"
query = "SELECT 'VISIT-00'||n AS event_id, 'CHILD-0077' AS child_id, '2026-03-1'||n AS occurred, 'Y' AS child_seen, 'Rosie was in good spirits' AS note FROM (SELECT 1 AS n UNION SELECT 2 UNION SELECT 3 UNION SELECT 4)"
[[source.events]]
kind = "core_group"
query = "SELECT 'CG' AS event_id, 'CHILD-0077' AS child_id, '2026-03-10' AS occurred WHERE 0"
[[source.people]]
query = "SELECT 'P1' AS person_id, 'Tom Key' AS name, 'tom.key@example.gov.uk' AS email"
"#;

const CHECK: [&str; 3] = ["check", "--config", "corewatch.toml"];
const JSON: [&str; 5] = ["check", "--config", "corewatch.toml", "--format", "json"];

fn site() -> Site {
    let site = Site::plain(PACK, LADDERS, SOURCE);
    site.write("cases.db", "");
    site
}

/// What a run found, from its JSON.
fn findings(stdout: &str) -> Vec<Value> {
    let list: Value = serde_json::from_str(stdout).expect("JSON");
    list.as_array().expect("a list").clone()
}

#[test]
fn rows_are_shown_as_they_are_understood_with_ids_masked_and_no_text() {
    let site = site();
    let run = site.run(&CHECK).ended_with(0);
    insta::assert_snapshot!(run.stdout, @"
    note: authority ashmere: children (line 5): 1 row read, such as
        child_id=…77 born=(a day) team_id=…
    note: authority ashmere: periods plan (line 8): 1 row read, such as
        period_id=…01 child_id=…77 from_date=2026-03-02
    note: authority ashmere: events visit (line 11): 4 rows read, such as
        event_id=…01 child_id=…77 occurred=2026-03-11 child_seen=yes note=(text of 25)
        event_id=…02 child_id=…77 occurred=2026-03-12 child_seen=yes note=(text of 25)
        event_id=…03 child_id=…77 occurred=2026-03-13 child_seen=yes note=(text of 25)
    note: authority ashmere: people (line 16): 1 row read, such as
        person_id=… name=(text of 7) email=(text of 22)
    note: mail: the way that it takes is open; `--send-test ADDRESS` sends a message
    note: no file with secrets or cases is open to others
    warning: authority ashmere: the account that reads the source could also write; give it one that cannot
    warning: authority ashmere: events core_group (line 14): no rows
    warning: [store] url: corewatch.db is not there yet; the first `corewatch sync` or `run` makes it
    warning: authority ashmere: the rule `core-group` will be unmeasured: the copy holds no event of kind `core_group`
    corewatch.toml: no fault, 4 warnings
    ");
    assert!(!run.stdout.contains("Rosie"), "{}", run.stdout);
    assert!(!run.stdout.contains("CHILD-0077"), "{}", run.stdout);
    // Nothing was made: a store would belong to whoever checks.
    assert!(!site.path("corewatch.db").exists());
}

#[test]
fn what_a_first_reading_will_leave_unmeasured_is_told_before_it() {
    let site = site();
    let unmeasured = |site: &Site| {
        let found = findings(&site.run(&JSON).ended_with(0).stdout);
        let rules = found.iter().filter(|finding| finding["area"] == "rules");
        let what = rules.map(|finding| finding["what"].as_str().expect("text").to_owned());
        what.collect::<Vec<_>>()
    };
    assert_eq!(
        unmeasured(&site),
        ["the rule `core-group` will be unmeasured: the copy holds no event of kind `core_group`"]
    );
    site.write(
        "source.toml",
        &SOURCE.replace("'Y' AS child_seen", "NULL AS child_seen"),
    );
    assert_eq!(unmeasured(&site).len(), 2);
    site.run(&["sync", "--config", "corewatch.toml"])
        .ended_with(0);
    assert!(
        unmeasured(&site)
            .iter()
            .all(|what| what.contains("is unmeasured"))
    );
}

#[test]
fn what_the_gate_would_refuse_is_told_before_a_pass_comes() {
    let site = site();
    let cases = site.path("cases.db");
    execute_sqlite(&cases, "CREATE TABLE gone (n INTEGER)");
    let source = SOURCE.replace(
        "UNION SELECT 4)",
        "UNION SELECT 4) WHERE n > (SELECT count(*) FROM gone)",
    );
    site.write("source.toml", &source);
    site.run(&["sync", "--config", "corewatch.toml"])
        .ended_with(0);
    site.run(&CHECK).ended_with(0);
    execute_sqlite(&cases, "INSERT INTO gone VALUES (1), (2), (3)");
    let said = site.run(&CHECK).ended_with(1).stderr;
    assert!(
        said.contains("events visit: 1 rows where there were 4, a drop of more than shrink"),
        "{said}"
    );
}

#[test]
fn the_json_says_where_what_and_what_to_do() {
    let site = site();
    site.write("local.toml", &PACK.replace("\"high\"", "\"hihg\""));
    let run = site.run(&JSON).ended_with(1);
    assert_eq!(run.stderr, "");
    let found = findings(&run.stdout);
    let fault = &found[0];
    assert_eq!(fault["severity"], "fault");
    assert_eq!(fault["area"], "configuration");
    assert_eq!(fault["file"], "local.toml");
    assert_eq!(
        (fault["line"].as_u64(), fault["column"].as_u64()),
        (Some(10), Some(12))
    );
    assert_eq!(fault["what"], "`severity`: `hihg` is not a severity");
    assert_eq!(fault["remedy"], "write low, medium, high or critical");
    let keys: Vec<&String> = fault.as_object().expect("an object").keys().collect();
    let mut documented = [
        "severity",
        "area",
        "authority",
        "file",
        "line",
        "column",
        "what",
        "remedy",
    ];
    documented.sort_unstable();
    let mut keys: Vec<&str> = keys.into_iter().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, documented);
    let docs = include_str!("../../docs/check.md");
    for key in documented {
        assert!(
            docs.contains(&format!("| `{key}` |")),
            "{key} is not documented"
        );
    }
}

#[test]
fn a_clock_that_stands_before_the_last_pass_is_a_fault() {
    let site = site();
    let cycle = [
        "cycle",
        "--config",
        "corewatch.toml",
        "--at",
        "2099-01-05T10:00:00Z",
    ];
    site.run(&cycle).ended_with(0);
    let run = site.run(&CHECK).ended_with(1);
    assert!(
        run.stderr.contains(
            "the store has seen a pass at 2099-01-05T10:00:00.000000Z; put the clock right"
        ),
        "{}",
        run.stderr
    );
}

#[test]
fn a_secret_that_everybody_may_read_is_a_fault() {
    let site = site();
    site.write("credentials/source.ashmere.url", "sqlite:cases.db");
    let credential = site.path("credentials/source.ashmere.url");
    let credentials = site.path("credentials").display().to_string();
    let site = site.with("CREDENTIALS_DIRECTORY", &credentials);
    // A folder that lets nobody in protects what lies in it.
    site.run(&CHECK).ended_with(0);
    set_permissions(site.path(""), Permissions::from_mode(0o755)).expect("a mode");
    set_permissions(&credential, Permissions::from_mode(0o644)).expect("a mode");
    let run = site.run(&CHECK).ended_with(1);
    assert!(
        run.stderr.contains(
            "everybody on this machine may read it, and it holds a credential; chmod 0600 it"
        ),
        "{}",
        run.stderr
    );
    set_permissions(&credential, Permissions::from_mode(0o600)).expect("a mode");
    site.run(&CHECK).ended_with(0);

    // An address with a password, in the configuration itself.
    let with_password =
        CONFIG.replace("sqlite:corewatch.db", "postgres://cw:s3cret@127.0.0.1:1/cw");
    site.write("corewatch.toml", &with_password);
    let config = site.path("corewatch.toml");
    set_permissions(&config, Permissions::from_mode(0o644)).expect("a mode");
    let run = site.run(&CHECK).ended_with(1);
    assert!(
        run.stderr.contains("it holds a password in an address"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("s3cret"), "{}", run.stderr);
}

#[test]
fn a_test_message_is_sent_only_where_it_is_asked_for() {
    let site = site();
    site.run(&CHECK).ended_with(0);
    assert!(files_in(&site.path("outbox")).is_empty());
    let run = site
        .run(&[&CHECK[..], &["--send-test", "duty@example.gov.uk"]].concat())
        .ended_with(0);
    assert!(
        run.stdout
            .contains("a message was sent to duty@example.gov.uk, and taken"),
        "{}",
        run.stdout
    );
    let mails = mails_in(&site.path("outbox"));
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to(), "duty@example.gov.uk");
    assert!(mails[0].alerts().is_empty());
    site.run(&[&CHECK[..], &["--send-test", "nobody"]].concat())
        .ended_with(2);
}

#[test]
#[ignore = "needs a mail server; tests/run starts it"]
fn a_test_message_goes_through_a_real_mail_server_and_a_wrong_password_is_told() {
    let address = server("COREWATCH_TEST_SMTP");
    let (host, port) = address.split_once(':').expect("a host and a port");
    let site = site();
    let smtp = format!(
        "transport = \"smtp\"\nhost = \"{host}\"\nport = {port}\nusername = \"{}\"\nca = \"{}\"",
        server("COREWATCH_TEST_SMTP_USERNAME"),
        server("COREWATCH_TEST_SMTP_CA"),
    );
    let config = CONFIG.replace("transport = \"directory\"\ndirectory = \"outbox\"", &smtp);
    site.write("corewatch.toml", &config);
    let password = server("COREWATCH_TEST_SMTP_PASSWORD");
    let site = site.with("COREWATCH__MAIL__PASSWORD", &password);
    let send = [&CHECK[..], &["--send-test", "test@check.example"]].concat();
    let run = site.run(&send).ended_with(0);
    assert!(run.stdout.contains("and taken"), "{}", run.stdout);
    let refused = [&CHECK[..], &["--send-test", "refused@check.example"]].concat();
    assert!(
        site.run(&refused)
            .ended_with(1)
            .stderr
            .contains("did not accept the recipient")
    );
    let site = site.with("COREWATCH__MAIL__PASSWORD", "wrong");
    let run = site.run(&CHECK).ended_with(1);
    assert!(
        run.stderr.contains("did not accept the login"),
        "{}",
        run.stderr
    );
}

/// What a site's own messages would be wrong in is told before anything is sent.
#[test]
fn a_sites_own_templates_are_checked_before_the_first_start() {
    let site = site();
    let config = CONFIG.replace(
        "[mail]\n",
        "[mail]\ntemplates = \"letters\"\nlanguage = \"cy\"\n",
    );
    site.write("corewatch.toml", &config);
    site.write("letters/now.txt", "{{ place }}\n{{ plaice }}\n");
    site.write("letters/digest.html", "{% for section in sections %}\n");
    site.write("letters/welsh.toml", "[phrase]\noverdu = \"hwyr\"\n");
    let run = site.run(&CHECK).ended_with(1);
    for fault in [
        "letters/digest.html:1: syntax error",
        "letters/welsh.toml:2:1: unknown key `overdu`; did you mean `overdue`?",
    ] {
        assert!(run.stderr.contains(fault), "{}", run.stderr);
    }
    // With those mended, what shows only in use.
    std::fs::remove_file(site.path("letters/digest.html")).unwrap();
    std::fs::remove_file(site.path("letters/welsh.toml")).unwrap();
    let run = site.run(&CHECK).ended_with(1);
    let fault = "letters/now.txt:2: nothing is known as `plaice`; did you mean `place`?";
    assert!(run.stderr.contains(fault), "{}", run.stderr);
    // Nor is a pass made with them.
    let cycle = ["cycle", "--config", "corewatch.toml"];
    let run = site.run(&cycle).ended_with(2);
    assert!(run.stderr.contains(fault), "{}", run.stderr);
    std::fs::remove_file(site.path("letters/now.txt")).unwrap();
    site.run(&CHECK).ended_with(0);
}

/// Of many children with one hole the first are named; nothing need be due for it.
#[test]
fn holes_of_ladders_are_told_by_step_and_role_with_the_first_cases() {
    let site = site();
    site.write(
        "ladders.toml",
        &format!("{LADDERS}[[ladder.step]]\nat = \"due + 1 day\"\nto = [\"mailto:duty@example.gov.uk\"]\n"),
    );
    let many = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 14) \
                SELECT 'CHILD-' || n AS child_id, 'REF-' || (n + 10) AS case_ref FROM n";
    let plans = many.replace(
        "SELECT 'CHILD-' || n AS child_id, 'REF-' || (n + 10) AS case_ref",
        "SELECT 'PLAN-' || n AS period_id, 'CHILD-' || n AS child_id, '2026-03-02' AS from_date",
    );
    let source = SOURCE
        .replace(
            "SELECT 'CHILD-0077' AS child_id, '2019-04-01' AS born, 'T1' AS team_id",
            many,
        )
        .replace(
            "SELECT 'PLAN-0001' AS period_id, 'CHILD-0077' AS child_id, '2026-03-02' AS from_date",
            &plans,
        )
        .replace("'CHILD-0077'", "'CHILD-1'");
    site.write("source.toml", &source);
    // Both rules are unmeasured: nothing is due, and yet nobody would be told.
    site.write(
        "local.toml",
        &PACK.replace("\"visit\", where = \"child_seen\"", "\"call\""),
    );
    site.run(&["sync", "--config", "corewatch.toml"])
        .ended_with(0);
    let run = site.run(&CHECK).ended_with(0);
    assert!(
        run.stdout.contains(
            "step 1 of the ladder `standard` reaches nobody (key_worker) for 14 children: REF-11, \
             REF-12, REF-13, REF-14, REF-15, REF-16, REF-17, REF-18, REF-19, REF-20 and 4 more"
        ),
        "{}",
        run.stdout
    );
}
