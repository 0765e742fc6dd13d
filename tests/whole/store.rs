//! `corewatch store` beside a daemon that runs.

use crate::daemon::{RUN, get, site};
use crate::support::{execute_sqlite, free_port};

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
