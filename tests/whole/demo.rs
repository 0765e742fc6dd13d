//! The demo as a newcomer runs it: it tells nobody twice, and nothing that it says names a child.

use std::collections::BTreeSet;
use std::path::PathBuf;

use sqlx::sqlite::SqlitePool;

use crate::support::{Site, free_port, get, mails_in};

/// A small one is as good as a big one here.
const DEMO: [&str; 5] = ["demo", "--once", "--children", "60", "--seed"];

/// Whom each mail in the outbox tells of what.
fn told(site: &Site) -> Vec<String> {
    let mails = mails_in(&site.path("demo/outbox"));
    let lines = mails.iter().flat_map(|mail| {
        let to = mail.to();
        mail.alerts()
            .into_iter()
            .map(move |alert| format!("{to} {alert}"))
    });
    lines.collect()
}

#[test]
fn a_second_run_goes_on_and_tells_nobody_twice() {
    let site = Site::new();
    let first = site.run(&[&DEMO[..], &["3"]].concat()).ended_with(0);
    let after_first = told(&site);
    assert!(!after_first.is_empty(), "{}", first.stdout);
    let second = site.run(&[&DEMO[..], &["3"]].concat()).ended_with(0);
    assert!(
        second.stdout.contains("goes on from what is there"),
        "{}",
        second.stdout
    );
    let after_second = told(&site);
    let distinct: BTreeSet<&String> = after_second.iter().collect();
    assert_eq!(
        distinct.len(),
        after_second.len(),
        "somebody was told twice"
    );
}

#[test]
fn a_folder_that_is_not_a_demos_is_left_alone() {
    let site = Site::new();
    site.write("demo/letters.txt", "somebody else's");
    let run = site.run(&["demo", "--once"]).ended_with(2);
    assert_eq!(
        run.stderr,
        "corewatch: demo: is there and is not a demo's; name another folder with --dir, or move it away\n"
    );
    assert!(!site.path("demo/corewatch.toml").exists());
}

/// What a daemon shows and says that runs over the demo in a folder.
fn daemon_given_out(folder: PathBuf) -> (String, String) {
    let port = free_port();
    let site = Site::new().with("COREWATCH__WEB__LISTEN", &format!("127.0.0.1:{port}"));
    let config = folder.join("corewatch.toml");
    let config = config.to_str().expect("a path");
    let mut daemon = site.start(&["--log-level", "trace", "run", "--config", config]);
    let mut metrics = String::new();
    daemon.wait_until("metrics of a pass", || {
        metrics = get(&format!("http://127.0.0.1:{port}/metrics")).unwrap_or_default();
        metrics.contains("\ncorewatch_obligations{")
    });
    let said = daemon.said();
    assert_eq!(daemon.stop(), Some(0));
    (metrics, said)
}

#[tokio::test]
async fn no_childs_name_address_or_birth_leaves_the_program() {
    let site = Site::new();
    let arguments = [&["--log-level", "trace"], &DEMO[..], &["4"]].concat();
    let run = site.run(&arguments).ended_with(0);
    let mails = mails_in(&site.path("demo/outbox"));
    let mut given_out = format!("{}\n{}", run.stdout, run.stderr);
    for mail in &mails {
        assert!(!mail.subject().contains("ASH-"), "{}", mail.subject());
        given_out.push_str(&mail.everything());
    }
    let (metrics, said) = daemon_given_out(site.path("demo"));
    given_out.push_str(&metrics);
    given_out.push_str(&said);
    let evaluate = ["evaluate", "--config", "demo/corewatch.toml"];
    given_out.push_str(&site.run(&evaluate).ended_with(0).stdout);
    for format in ["text", "json"] {
        let check = [
            "check",
            "--config",
            "demo/corewatch.toml",
            "--format",
            format,
        ];
        given_out.push_str(&site.run(&check).ended_with(0).stdout);
    }
    for command in [
        "alerts list",
        "report --format html",
        "report --format json",
    ] {
        let command = command
            .split(' ')
            .chain(["--config", "demo/corewatch.toml"]);
        let command: Vec<&str> = command.collect();
        given_out.push_str(&site.run(&command).ended_with(0).stdout);
    }
    assert!(
        given_out.contains("ASH-1"),
        "nothing was given out of any case"
    );

    let url = format!("sqlite:{}", site.path("demo/cases.db").display());
    let cases = SqlitePool::connect(&url).await.expect("the case database");
    let secrets: Vec<(String,)> = sqlx::query_as(
        "SELECT pers_forename FROM ssd_person WHERE pers_forename IS NOT NULL
         UNION SELECT pers_surname FROM ssd_person
         UNION SELECT addr_address_line FROM ssd_address
         -- Births within the story may lie on a day that something else lies on too.
         UNION SELECT substr(pers_dob, 1, 10) FROM ssd_person
               WHERE pers_dob < date('now', '-30 months')",
    )
    .fetch_all(&cases)
    .await
    .expect("what must not be given out");
    assert!(secrets.len() > 60);
    for (secret,) in secrets {
        assert!(!given_out.contains(&secret), "`{secret}` was given out");
    }
}
