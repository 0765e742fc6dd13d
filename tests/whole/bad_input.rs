//! What somebody wrote wrong, or what is down: each told in a plain line of where, what and what to
//! do, with the exit status of SPEC 6, and nothing lost.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use crate::support::{CONFIG, KEY_WORKER_THE_DAY_AFTER, Site, free_port, server};

const PACK: &str = r#"
[pack]
id = "local"
title = "Local"
source = "Local procedures"
[[rule]]
id = "core-group"
title = "Core group every four weeks"
clause = "1"
severity = "high"
ladder = "standard"
[rule.interval]
every = "4 weeks"
require = { event = "core_group", where = "quorate" }
"#;
const SOURCE: &str = r#"
[source]
url = "sqlite:cases.db"
[[source.children]]
query = "SELECT 'C1' AS child_id, '2019-04-01' AS born"
[[source.periods]]
kind = "plan"
query = "SELECT 'P1' AS period_id, 'C1' AS child_id, '2026-09-01' AS from_date, NULL AS to_date"
[[source.periods]]
kind = "key_worker"
query = "SELECT 'K1' AS period_id, 'C1' AS child_id, '2026-09-01' AS from_date, NULL AS to_date, 'W1' AS person_id"
[[source.events]]
kind = "core_group"
query = "SELECT 'G1' AS event_id, 'C1' AS child_id, '2026-09-10' AS occurred, 'Y' AS quorate"
[[source.people]]
query = "SELECT 'W1' AS person_id, 'w1@example.gov.uk' AS email"
"#;
const EVALUATE: [&str; 7] = [
    "evaluate",
    "--config",
    "corewatch.toml",
    "--as-of",
    "2026-11-20",
    "--format",
    "ndjson",
];
const SYNC: [&str; 3] = ["sync", "--config", "corewatch.toml"];
const CHECK: [&str; 3] = ["check", "--config", "corewatch.toml"];

/// A site in which nothing is wrong. Its case database is an empty file: the queries bring the rows.
fn site() -> Site {
    let site = Site::plain(PACK, KEY_WORKER_THE_DAY_AFTER, SOURCE);
    site.write("cases.db", "");
    let only_read = std::os::unix::fs::PermissionsExt::from_mode(0o400);
    std::fs::set_permissions(site.path("cases.db"), only_read).expect("its rights");
    site
}

#[test]
fn a_site_in_which_nothing_is_wrong_is_one() {
    let site = site();
    site.run(&SYNC).ended_with(0);
    let run = site.run(&EVALUATE).ended_with(0);
    assert_eq!(run.stdout.lines().count(), 2, "{}", run.stdout);
    let run = site.run(&CHECK).ended_with(0);
    let told = run.stdout.lines().last();
    assert_eq!(told, Some("corewatch.toml: no fault, no warning"));
}

#[test]
fn a_missing_key_is_told() {
    let site = site();
    site.write(
        "corewatch.toml",
        &CONFIG.replace("nation = \"england-and-wales\"\n", ""),
    );
    let run = site.run(&SYNC).ended_with(2);
    insta::assert_snapshot!(run.stderr, @"corewatch: corewatch.toml:4:1: `nation` is missing; it is mandatory here");
    assert!(!site.path("corewatch.db").exists());
}

#[test]
fn a_mistyped_key_is_told_with_the_nearest_and_one_in_the_environment_with_its_variable() {
    let site = site().with("COREWATCH__MAIL__PASWORD", "hunter2");
    site.write(
        "corewatch.toml",
        &CONFIG.replace("operations =", "opperations ="),
    );
    let run = site.run(&SYNC).ended_with(2);
    insta::assert_snapshot!(run.stderr, @"
    corewatch: COREWATCH__MAIL__PASWORD: there is no setting `mail.pasword`; did you mean `mail.password`?
    corewatch: corewatch.toml:14:1: unknown key `opperations`; did you mean `operations`?
    ");
}

#[test]
fn an_unknown_attribute_in_a_rule_is_told_with_the_nearest() {
    let site = site();
    site.write("local.toml", &PACK.replace("\"quorate\"", "\"quorat\""));
    site.run(&SYNC).ended_with(0);
    let run = site.run(&EVALUATE).ended_with(2);
    insta::assert_snapshot!(run.stderr, @"corewatch: local.toml:14:44: `core_group` has no attribute `quorat`; did you mean `quorate`? else list it under [attributes] core_group = […]");
    let check = site.run(&CHECK).ended_with(1);
    assert_eq!(check.stderr, run.stderr);
}

#[test]
fn an_unknown_attribute_is_told_before_the_source_was_ever_read() {
    let site = site();
    site.write("local.toml", &PACK.replace("\"quorate\"", "\"quorat\""));
    let check = site.run(&CHECK).ended_with(1);
    insta::assert_snapshot!(check.stderr, @"corewatch: local.toml:14:44: `core_group` has no attribute `quorat`; did you mean `quorate`? else list it under [attributes] core_group = […]");
    // Rows that say their kind themselves may be of any.
    let kinds = SOURCE
        .replace("kind = \"core_group\"\n", "")
        .replace("AS quorate", "AS quorat, 'core_group' AS kind");
    site.write("source.toml", &kinds);
    site.run(&CHECK).ended_with(0);
    // Of a kind whose query fails it is not known what it would yield.
    site.write(
        "source.toml",
        &SOURCE.replace("AS quorate", "AS quorate FROM nowhere"),
    );
    let check = site.run(&CHECK).ended_with(1);
    assert!(
        check.stderr.contains("no such table: nowhere"),
        "{}",
        check.stderr
    );
    assert_eq!(check.stderr.lines().count(), 1, "{}", check.stderr);
}

#[test]
fn a_name_is_the_same_in_whatever_case_a_database_gives_it() {
    let site = site();
    site.write("local.toml", &PACK.replace("\"quorate\"", "\"wasQuorate\""));
    site.write(
        "source.toml",
        &SOURCE.replace("AS quorate", "AS wasQuorate"),
    );
    site.run(&SYNC).ended_with(0);
    let run = site.run(&EVALUATE).ended_with(0);
    assert!(
        run.stdout.contains("\"evidence\":[\"G1\"]"),
        "{}",
        run.stdout
    );
}

#[test]
fn the_faults_of_all_that_an_installation_names_are_told_at_once() {
    let site = site();
    let config = CONFIG
        .replace("england-and-wales", "england")
        .replace("sqlite:corewatch.db", "sqlite:nowhere/corewatch.db")
        .replace("[mail]", "[mail]\ncolour = \"red\"");
    site.write("corewatch.toml", &config);
    let other = "[[rule]]\nid = \"other\"\ntitle = \"Other\"\nclause = \"2\"\nseverity = \"hihg\"\n\
                 [rule.interval]\nevery = \"4 weekz\"\nrequire = { event = \"core_group\" }\n";
    site.write(
        "local.toml",
        &format!("{}{other}", PACK.replace("\"quorate\"", "\"quorat\"")),
    );
    site.write(
        "ladders.toml",
        &KEY_WORKER_THE_DAY_AFTER.replace("key_worker", "key_wrker"),
    );
    site.write(
        "source.toml",
        &SOURCE.replace(
            "'2019-04-01' AS born\"",
            "'2019-04-01' AS born FROM nowhere\"",
        ),
    );
    let check = site.run(&CHECK).ended_with(1);
    insta::assert_snapshot!(check.stderr, @"
    corewatch: corewatch.toml:6:10: `nation`: `england` is not a nation; it is one of england-and-wales, scotland, northern-ireland
    corewatch: corewatch.toml:11:1: unknown key `colour`; the keys known here are password, transport, directory, host, tls, from, operations, port, username, ca, language, templates
    corewatch: ladders.toml:6:7: nobody fills the role `key_wrker`; did you mean `key_worker`?
    corewatch: local.toml:19:12: `severity`: `hihg` is not a severity; write low, medium, high or critical
    corewatch: local.toml:21:9: `every`: `4 weekz` is not a duration; write a whole number and a unit, as in `10 working days`, `4 weeks`, `3 months`, `5 days` or `24 hours`
    corewatch: local.toml:14:44: `core_group` has no attribute `quorat`; did you mean `quorate`? else list it under [attributes] core_group = […]
    corewatch: authority ashmere: source.toml:5:9: children: no such table: nowhere; check the query
    corewatch: [store] url: the folder nowhere is not there; make it, for the service to write in
    ");
}

#[test]
fn a_configuration_that_is_not_toml_is_a_fault_that_check_finds() {
    let site = site();
    site.write(
        "corewatch.toml",
        &CONFIG.replace("id = \"ashmere\"", "id = \"ashmere"),
    );
    let check = site.run(&CHECK).ended_with(1);
    assert!(
        check
            .stderr
            .starts_with("corewatch: corewatch.toml:5:14: not valid TOML"),
        "{}",
        check.stderr
    );
    site.run(&SYNC).ended_with(2);
    std::fs::remove_file(site.path("corewatch.toml")).unwrap();
    site.run(&CHECK).ended_with(2);
}

#[test]
#[cfg(target_os = "linux")]
fn a_store_that_cannot_be_made_is_told_before_the_service_meets_it() {
    let site = site();
    // Nobody, not even root, makes a file there.
    site.write(
        "corewatch.toml",
        &CONFIG.replace("sqlite:corewatch.db", "sqlite:/proc/corewatch.db"),
    );
    let check = site.run(&CHECK).ended_with(1);
    assert!(
        check
            .stderr
            .starts_with("corewatch: [store] url: /proc/corewatch.db cannot be made ("),
        "{}",
        check.stderr
    );
}

#[test]
fn a_store_that_cannot_be_opened_is_told_in_the_words_of_the_database() {
    let site = site();
    site.write("corewatch.db", &"no database at all ".repeat(100));
    let run = site.run(&EVALUATE).ended_with(2);
    insta::assert_snapshot!(run.stderr, @"corewatch: the store at sqlite:corewatch.db cannot be opened (file is not a database); check [store] url, its rights, and that its disk has room");
}

#[test]
fn what_is_no_database_and_what_is_no_single_query_is_told_as_that() {
    let site = site();
    site.write(
        "source.toml",
        &SOURCE.replace(
            "'C1' AS child_id, '2019-04-01'",
            "'C1' AS child_id; SELECT '2019-04-01'",
        ),
    );
    let run = site.run(&SYNC).ended_with(1);
    assert!(
        run.stderr.contains(
            "children: more than one statement stands in the query; write one statement a query"
        ),
        "{}",
        run.stderr
    );
    site.write("source.toml", SOURCE);
    site.write("cases.db", &"no database at all ".repeat(100));
    let run = site.run(&SYNC).ended_with(1);
    assert!(
        run.stderr
            .contains("file is not a database; check [source] url"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_ladder_that_is_not_there_is_told_by_the_rule_that_names_it() {
    let site = site();
    site.write(
        "ladders.toml",
        &KEY_WORKER_THE_DAY_AFTER.replace("standard", "standards"),
    );
    let run = site.run(&CHECK).ended_with(1);
    insta::assert_snapshot!(run.stderr, @"corewatch: local.toml:6:1: the rule `core-group` names the ladder `standard`, that is not there; add it to ladders.toml, or name one that is in it");
}

#[test]
fn a_source_that_is_down_is_told_and_the_copy_stays() {
    let site = site();
    site.run(&SYNC).ended_with(0);
    let before = site.run(&EVALUATE).ended_with(0).stdout;
    std::fs::remove_file(site.path("cases.db")).unwrap();
    let run = site.run(&SYNC).ended_with(1);
    insta::assert_snapshot!(run.stderr, @"
    corewatch: source of ashmere: source.toml: sqlite:cases.db cannot be opened (unable to open database file); check [source] url, the account and that the database runs
    corewatch: a refused reading changes nothing: the copy is as it was
    ");
    assert_eq!(site.run(&EVALUATE).ended_with(0).stdout, before);
}

#[test]
fn a_copy_that_was_never_read_is_told() {
    let run = site().run(&EVALUATE).ended_with(2);
    insta::assert_snapshot!(run.stderr, @"corewatch: there is no store at corewatch.db: nothing has been read yet; run `corewatch sync --config corewatch.toml` first");
}

#[test]
fn a_rule_that_is_not_there_is_told_with_the_nearest() {
    let site = site();
    site.run(&SYNC).ended_with(0);
    let run = site
        .run(&[&EVALUATE[..], &["--rule", "core-grop"]].concat())
        .ended_with(2);
    insta::assert_snapshot!(run.stderr, @"corewatch: --rule: `core-grop` is not known; did you mean `core-group`?");
}

#[test]
fn a_call_that_is_wrong_ends_with_2() {
    let site = site();
    let run = site
        .run(&["evaluate", "--as-of", "20.11.2026"])
        .ended_with(2);
    assert!(
        run.stderr.contains("is not a day; write it as 2026-11-21"),
        "{}",
        run.stderr
    );
    site.run(&["evalute"]).ended_with(2);
}

#[test]
fn a_reader_that_wants_no_more_is_no_error() {
    let site = site();
    // More than a pipe holds, so that writing goes on after the reader has gone.
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)";
    site.write(
        "source.toml",
        &format!(
            r#"
[source]
url = "sqlite:cases.db"
[[source.children]]
query = "{many} SELECT 'C' || i AS child_id FROM n"
[[source.periods]]
kind = "plan"
query = "{many} SELECT 'P' || i AS period_id, 'C' || i AS child_id, '2026-09-01' AS from_date, NULL AS to_date FROM n"
[[source.events]]
kind = "core_group"
query = "SELECT 'G1' AS event_id, 'C1' AS child_id, '2026-09-10' AS occurred, 'Y' AS quorate"
"#
        ),
    );
    site.run(&SYNC).ended_with(0);
    let mut evaluate = Command::new(env!("CARGO_BIN_EXE_corewatch"))
        .args(EVALUATE)
        .current_dir(site.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    let mut output = BufReader::new(evaluate.stdout.take().unwrap());
    output.read_line(&mut first).unwrap();
    drop(output);
    let ended = evaluate.wait_with_output().unwrap();
    assert!(first.starts_with(r#"{"id":"#), "{first}");
    assert_eq!(String::from_utf8(ended.stderr).unwrap(), "");
    assert_eq!(ended.status.code(), Some(0));
}

#[test]
fn a_mail_server_that_refuses_is_told() {
    let port = free_port();
    let site = site();
    let mail = format!("host = \"127.0.0.1\"\nport = {port}\ntls = \"none\"");
    let config = CONFIG.replace("transport = \"directory\"\ndirectory = \"outbox\"", &mail);
    site.write("corewatch.toml", &config);
    let down = site.run(&CHECK).ended_with(1);
    assert!(
        down.stderr.contains("[mail]") && down.stderr.contains("check [mail] host"),
        "{}",
        down.stderr
    );
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let _ = stream.write_all(b"554 no service for you\r\n");
            let _ = stream.read(&mut [0; 64]);
        }
    });
    let refused = site.run(&CHECK).ended_with(1);
    assert!(refused.stderr.contains("554"), "{}", refused.stderr);
}

#[test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
fn a_wrong_password_is_told_and_never_shown() {
    let address = server("COREWATCH_TEST_POSTGRES");
    let (_, rest) = address.split_once("://").unwrap();
    let host = rest.rsplit('@').next().unwrap();
    let site = site();
    site.write(
        "source.toml",
        &SOURCE.replace(
            "sqlite:cases.db",
            &format!("postgres://corewatch:hunter2@{host}"),
        ),
    );
    let run = site.run(&SYNC).ended_with(1);
    assert!(run.stderr.contains("cannot be opened"), "{}", run.stderr);
    assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
}

#[test]
fn what_works_but_perhaps_not_as_it_is_meant_is_a_warning() {
    let site = site();
    let seen = r#"
[[rule]]
id = "seen"
title = "Child seen"
clause = "2"
severity = "high"
born = true
[rule.check]
on = { event = "visit" }
that = "child_seen"
[attributes]
visit = ["child_seen"]
"#;
    site.write(
        "local.toml",
        &format!("{PACK}{seen}").replace("[pack]", "[pack]\nnation = \"scotland\""),
    );
    site.write(
        "source.toml",
        &SOURCE
            .replace("'w1@example.gov.uk'", "NULL")
            .replace("'2019-04-01'", "NULL"),
    );
    site.run(&SYNC).ended_with(0);
    let run = site.run(&CHECK).ended_with(0);
    insta::assert_snapshot!(run.stdout, @"
    note: authority ashmere: children (line 5): 1 row read, such as
        child_id=… born=null
    note: authority ashmere: periods plan (line 8): 1 row read, such as
        period_id=… child_id=… from_date=2026-09-01 to_date=null
    note: authority ashmere: periods key_worker (line 11): 1 row read, such as
        period_id=… child_id=… from_date=2026-09-01 to_date=null person_id=…
    note: authority ashmere: events core_group (line 14): 1 row read, such as
        event_id=… child_id=… occurred=2026-09-10 quorate=yes
    note: authority ashmere: people (line 16): 1 row read, such as
        person_id=… email=null
    note: authority ashmere: at most 26 series of metrics, of 2 rules and 1 team
    note: mail: the way that it takes is open; `--send-test ADDRESS` sends a message
    note: no file with secrets or cases is open to others
    warning: authority ashmere: the pack `local` was written for scotland; its working days are counted by the bank holidays of england-and-wales
    warning: authority ashmere: the rule `seen` is unmeasured: the copy holds no event of kind `visit`
    warning: authority ashmere: no step of the ladder `standard` reaches anyone (key_worker) for 1 child: C1
    warning: authority ashmere: no date of birth, so that nothing is counted by rules with `born`: C1
    corewatch.toml: no fault, 4 warnings
    ");
}

#[test]
fn a_clock_at_the_ends_of_time_is_refused() {
    for at in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
        let run = site().run(&["cycle", "--config", "corewatch.toml", "--at", at]);
        let run = run.ended_with(2);
        let why = "the clock of a pass stands in a year from 1970 to 8999";
        assert!(run.stderr.contains(why), "{}", run.stderr);
    }
}
