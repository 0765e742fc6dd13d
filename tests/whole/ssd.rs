//! The Standard Safeguarding Dataset, read from every kind of database by every way: the same lines.

use std::path::{Path, PathBuf};

#[cfg(feature = "odbc")]
use crate::support::by_odbc;
use crate::support::{
    SSD_TABLES, Site, TODAY, execute, execute_mariadb, execute_sqlite, mariadb_database,
    postgres_database, ssd_rows,
};

const CONFIG: &str = r#"
[store]
url = "sqlite:corewatch.db"
[[authority]]
id = "kent"
name = "Kent"
nation = "england-and-wales"
packs = ["england"]
source = "source.toml"
[[authority]]
id = "luton"
name = "Luton"
nation = "england-and-wales"
packs = ["luton"]
source = "source.toml"
"#;

fn shipped_profile() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/sources/ssd.toml");
    std::fs::read_to_string(file).expect("the shipped profile")
}

/// A site that reads the dataset at `url` by the shipped profile, synced.
fn synced(url: &str, profile: &str) -> Site {
    let site = Site::new()
        .with("COREWATCH__SOURCE__KENT__URL", url)
        .with("COREWATCH__SOURCE__LUTON__URL", url);
    site.write("corewatch.toml", CONFIG);
    site.write("source.toml", profile);
    site.run(&["sync", "--config", "corewatch.toml"])
        .ended_with(0);
    site
}

fn evaluate(site: &Site, format: &str) -> String {
    let call = [
        "evaluate",
        "--config",
        "corewatch.toml",
        "--as-of",
        TODAY,
        "--format",
        format,
    ];
    site.run(&call).ended_with(0).stdout
}

/// The dataset in a file of SQLite.
fn in_sqlite(folder: &Site) -> PathBuf {
    let file = folder.path("ssd.db");
    let rows = format!("BEGIN; {SSD_TABLES} {} COMMIT;", ssd_rows());
    execute_sqlite(&file, &rows);
    file
}

#[test]
#[ignore = "needs PostgreSQL, MariaDB and ODBC drivers; tests/run starts them"]
fn every_database_by_every_way_gives_the_same_lines() {
    let folder = Site::new();
    let file = in_sqlite(&folder);
    let postgres = postgres_database();
    execute(&postgres, &format!("{SSD_TABLES} {}", ssd_rows()));
    let mariadb = mariadb_database();
    // What MariaDB calls a timestamp is an instant; the dataset's days are local.
    let tables = SSD_TABLES.replace("TIMESTAMP NULL", "DATETIME NULL");
    execute_mariadb(
        &mariadb,
        &format!("{tables} START TRANSACTION; {} COMMIT;", ssd_rows()),
    );
    let mut urls = vec![format!("sqlite:{}", file.display())];
    #[cfg(feature = "odbc")]
    urls.extend([
        format!(
            "odbc:Driver={{SQLite3}};Database={};NoCreat=1",
            file.display()
        ),
        by_odbc("PostgreSQL Unicode", "Servername", &postgres),
        by_odbc("MariaDB Unicode", "Server", &mariadb),
    ]);
    urls.extend([postgres, mariadb]);
    let profile = shipped_profile();
    let mut first: Option<String> = None;
    for url in &urls {
        let lines = evaluate(&synced(url, &profile), "ndjson");
        let Some(first) = &first else {
            assert!(lines.lines().count() > 1000, "{}", lines.lines().count());
            for state in [
                "met",
                "met_late",
                "overdue",
                "missed",
                "cancelled",
                "pending",
            ] {
                assert!(
                    lines.contains(&format!("\"state\":\"{state}\"")),
                    "no {state}"
                );
            }
            for rule in [
                "initial-conference",
                "assessment-completed",
                "child-seen",
                "key-worker",
            ] {
                assert!(lines.contains(&format!("\"rule\":\"{rule}\"")), "no {rule}");
            }
            first = Some(lines);
            continue;
        };
        for (one, other) in first.lines().zip(lines.lines()) {
            assert_eq!(one, other, "{url}");
        }
        assert_eq!(first.len(), lines.len(), "{url}");
    }
}

#[test]
fn without_a_table_of_core_groups_their_rules_are_unmeasured_and_nobody_breaches_them() {
    let folder = Site::new();
    let url = format!("sqlite:{}", in_sqlite(&folder).display());
    let site = synced(&url, &shipped_profile());
    let lines = evaluate(&site, "ndjson");
    assert!(lines.contains("\"rule\":\"first-review\""));
    assert!(!lines.contains("core-group"), "told of a core group");
    let table = evaluate(&site, "table");
    for authority in ["kent", "luton"] {
        let unmeasured = format!("unmeasured: {authority} first-core-group: ");
        assert!(table.contains(&unmeasured), "{table}");
    }
    // Eclipse leaves the bedroom empty for every visit.
    assert!(table.contains("unmeasured: kent bedroom-seen: "), "{table}");

    // With a table and a query of the site's own they are measured.
    execute_sqlite(
        &folder.path("ssd.db"),
        "CREATE TABLE site_core_group (form_id TEXT, person_id TEXT, held_at TEXT);
         INSERT INTO site_core_group VALUES ('g1', 'p000', '2026-02-05 00:00:00');",
    );
    let own = "[[source.events]]\nkind = \"core_group\"\nquery = \"SELECT form_id AS event_id, \
               person_id AS child_id, held_at AS occurred FROM site_core_group\"\n";
    let site = synced(&url, &format!("{}{own}", shipped_profile()));
    assert!(evaluate(&site, "ndjson").contains("\"rule\":\"first-core-group\""));
}
