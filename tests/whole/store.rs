//! `corewatch store` beside a daemon that runs, and a store that a newer corewatch has been at.

use crate::daemon::{RUN, get, site};
use crate::support::{Site, execute, execute_sqlite, free_port, postgres_database};

const CONFIG: [&str; 2] = ["--config", "corewatch.toml"];

#[test]
fn a_backup_is_made_beside_the_daemon_and_put_back_when_it_has_stopped() {
    let port = free_port();
    let site = site(port);
    let mut daemon = site.start(&RUN);
    daemon.wait_until("a pass", || {
        get(port, "/metrics").contains("\ncorewatch_obligations{")
    });
    let run = |command: &[&str], code| site.run(&[command, &CONFIG].concat()).ended_with(code);
    let made = run(&["store", "backup", "backup.db"], 0);
    assert!(made.stdout.starts_with("backup.db: "), "{}", made.stdout);
    assert!(
        made.stdout.ends_with("rows, 1 children\n"),
        "{}",
        made.stdout
    );
    run(&["store", "verify"], 0);
    let again = run(&["store", "backup", "backup.db"], 2);
    assert_eq!(
        again.stderr,
        "corewatch: backup.db: is there already; name another file, or move it away\n"
    );
    assert_eq!(daemon.stop(), Some(0));

    run(&["store", "verify", "backup.db"], 0);
    let refused = run(&["store", "restore", "backup.db"], 2);
    assert!(
        refused.stderr.contains("say --replace"),
        "{}",
        refused.stderr
    );
    let before = run(&["evaluate", "--as-of", "2026-11-20"], 0).stdout;
    std::fs::remove_file(site.path("corewatch.db")).expect("the store is lost");
    run(&["store", "restore", "backup.db"], 0);
    assert_eq!(
        run(&["evaluate", "--as-of", "2026-11-20"], 0).stdout,
        before
    );

    // A damaged page of the register of evaluations is named, by table and key.
    execute_sqlite(
        &site.path("corewatch.db"),
        "UPDATE evaluation_page SET page = substr(page, 1, length(page) - 1) WHERE number = 0",
    );
    let verified = run(&["store", "verify"], 1);
    let line = "corewatch: store: evaluation_page (ashmere, 0): `page` cannot be read; ";
    assert!(verified.stderr.starts_with(line), "{}", verified.stderr);

    site.write("backup.db", "not a backup");
    let damaged = run(&["store", "verify", "backup.db"], 2);
    assert!(!damaged.stderr.is_empty());
    run(&["store", "verify", "nowhere.db"], 2);
}

/// A step of the schema that only a later corewatch knows.
const LATER: &str = "INSERT INTO _sqlx_migrations
    (version, description, installed_on, success, checksum, execution_time)
    VALUES (9001, 'later', CURRENT_TIMESTAMP, TRUE, CAST('later' AS BLOB), 0)";

#[test]
fn no_command_works_on_a_store_of_a_newer_corewatch() {
    let site = site(free_port());
    site.run(&[&["sync"], &CONFIG[..]].concat()).ended_with(0);
    execute_sqlite(&site.path("corewatch.db"), LATER);
    let commands: [&[&str]; 12] = [
        &["sync"],
        &["cycle"],
        &["run"],
        &["evaluate", "--as-of", "2026-11-20"],
        &["explain", "0123456789abc"],
        &["report"],
        &["replay", "--from", "2026-11-02", "--to", "2026-11-03"],
        &["alerts", "list"],
        &["alerts", "release"],
        &[
            "alerts",
            "ack",
            "0123456789abc",
            "--by",
            "Tom",
            "--reason",
            "ill",
            "--until",
            "2027-01-29",
        ],
        &["store", "backup", "backup.db"],
        &["cycle", "--at", "2026-11-20T09:00:00Z"],
    ];
    for command in commands {
        let run = site.run(&[command, &CONFIG].concat()).ended_with(2);
        assert!(run.stderr.contains("9001"), "{command:?}: {}", run.stderr);
    }
    // Those that look for faults find one.
    for command in [&["check"][..], &["store", "verify"]] {
        let run = site.run(&[command, &CONFIG].concat()).ended_with(1);
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.contains("9001"), "{command:?}: {said}");
    }
    assert!(!site.path("backup.db").exists());
}

/// A daemon that runs on a store; then a newer corewatch comes, and brings the schema up to date.
fn stops_itself(store: &str, newer_comes: impl FnOnce(&Site)) {
    let port = free_port();
    let site = site(port).with("COREWATCH__STORE__URL", store);
    let config = std::fs::read_to_string(site.path("corewatch.toml")).expect("a file");
    let config = format!("{config}[schedule]\npass = \"* * * * *\"\n");
    site.write("corewatch.toml", &config);
    let mut daemon = site.start(&RUN);
    daemon.wait_until("a pass", || {
        get(port, "/metrics").contains("\ncorewatch_obligations{")
    });
    newer_comes(&site);
    let (ended, said) = daemon.ends();
    assert_eq!(ended, Some(2), "{said}");
    assert!(
        said.contains("it has step 9001, that this program does not know"),
        "{said}"
    );
}

#[test]
fn a_daemon_stops_itself_where_a_newer_one_has_been_at_its_store() {
    stops_itself("sqlite:corewatch.db", |site| {
        execute_sqlite(&site.path("corewatch.db"), LATER);
    });
}

#[test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
fn a_daemon_stops_itself_where_a_newer_one_has_been_at_its_postgres_store() {
    let store = postgres_database();
    stops_itself(&store, |_| {
        execute(&store, &LATER.replace("AS BLOB", "AS BYTEA"));
    });
}
