//! Every way that a row or a table goes wrong, on every kind of database: what happens to it is in the
//! quarantine or in a clear error, nothing else is lost, and the other rows arrive. docs/bad-data.md is
//! made from what stands in `rows` and `changes`.

mod changes;
mod kinds;
mod page;
mod rows;

use super::*;

use self::changes::{After, CHANGES};
use self::kinds::{BY_NUMBER, Becomes, Kind, Made};
use self::rows::KINDS;

on_every_database! {
    every_bad_row_is_told_and_the_good_ones_arrive,
    a_row_whose_kind_is_gone_keeps_its_last_good_form,
    tables_that_change_are_refused_or_read_as_before,
}

/// Which database a source lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Sqlite,
    Postgres,
    MariaDb,
}

impl Way {
    const ALL: [Way; 3] = [Way::Sqlite, Way::Postgres, Way::MariaDb];

    fn of(site: &Site) -> Way {
        match site.address.split(':').next() {
            Some("sqlite") => Way::Sqlite,
            Some("mysql") => Way::MariaDb,
            _ => Way::Postgres,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Way::Sqlite => "SQLite",
            Way::Postgres => "PostgreSQL",
            Way::MariaDb => "MariaDB",
        }
    }

    /// Tables whose columns have types of their own.
    fn tables(self) -> String {
        let types = match self {
            Way::Sqlite => {
                "id TEXT, child TEXT, happened TEXT, amount REAL, flag INTEGER, words TEXT"
            }
            Way::Postgres => {
                "id text, child text, happened timestamp, amount float8, flag boolean, words text"
            }
            Way::MariaDb => {
                "id LONGTEXT, child VARCHAR(64), happened DATETIME, amount DOUBLE, flag TINYINT(1), \
                 words LONGTEXT"
            }
        };
        format!(
            "CREATE TABLE contact ({types}); CREATE TABLE agreed (id VARCHAR(64), child VARCHAR(64), \
             began VARCHAR(64), freq VARCHAR(64))"
        )
    }
}

const MORE_QUERIES: &str = r#"
[[source.periods]]
kind = "variation"
query = "SELECT id AS period_id, child AS child_id, began AS from_date, freq AS every FROM agreed"
[[source.events]]
kind = "contact"
query = "SELECT id AS event_id, child AS child_id, happened AS occurred, amount, flag, words FROM contact"
"#;

/// Good rows that come together with the bad ones, and their lines in the copy.
const GOOD: &str = "
    INSERT INTO visit VALUES ('V3', 'C2', '2026-04-20', NULL, NULL, 'N');
    INSERT INTO agreed VALUES ('R9', 'C1', '2026-04-01', '6 weeks');
    INSERT INTO contact (id, child, happened) VALUES ('X99', 'C2', '2026-04-21');
";
const GOOD_LINES: [&str; 3] = [
    "visit V3 occurred=2026-04-20 child_seen=\"N\"",
    "variation R9 2026-04-01.. every=\"6 weeks\"",
    "contact X99 occurred=2026-04-21",
];

/// A line of the quarantine without the numbers of lines and rows.
fn without_numbers(line: &str) -> String {
    let (query, rest) = line.split_once(" (line ").unwrap();
    let (_, rest) = rest.split_once("): ").unwrap();
    let digits = |text: &str| {
        text.trim_start_matches(|c: char| c.is_ascii_digit())
            .to_owned()
    };
    match rest.strip_prefix("row ") {
        Some(rest) => format!("{query}: {BY_NUMBER}{}", digits(rest)),
        None => format!("{query}: {rest}"),
    }
}

/// The lines of the copy in an order of their own.
fn lines(copy: &str) -> Vec<String> {
    let mut lines: Vec<String> = copy
        .lines()
        .map(|line| line.trim_start().to_owned())
        .collect();
    lines.sort();
    lines
}

async fn every_bad_row_is_told_and_the_good_ones_arrive(mut site: Site) {
    let (way, odbc) = (Way::of(&site), site.url != site.address);
    site.run(&way.tables()).await;
    site.file(&format!("{FILE}{MORE_QUERIES}"));
    site.sync().await.unwrap();
    let mut copy = lines(&site.copy().await);
    let made: Vec<(&Kind, Made)> = KINDS
        .iter()
        .filter_map(|kind| Some((kind, kind.made(way, odbc)?)))
        .collect();
    let permissive = if way == Way::MariaDb {
        "SET sql_mode = ''; "
    } else {
        ""
    };
    for (_, made) in &made {
        site.run(&format!("{permissive}{}", made.sql)).await;
    }
    site.run(GOOD).await;
    let outcome = site.sync().await.unwrap();
    let mut wanted = Vec::new();
    for (kind, made) in made {
        match made.becomes {
            Becomes::Quarantined(reason) => {
                wanted.push(format!("{}: {}: {reason}", kind.query.name(), kind.key));
            }
            Becomes::Taken(line, _) => copy.push(line.to_owned()),
        }
    }
    let quarantine = site.quarantine().await;
    let mut told: Vec<String> = quarantine
        .iter()
        .map(|line| without_numbers(line))
        .collect();
    told.sort();
    wanted.sort();
    assert_eq!(told, wanted);
    assert_eq!(outcome.quarantined, wanted.len() as u64);
    copy.extend(GOOD_LINES.map(str::to_owned));
    copy.sort();
    assert_eq!(lines(&site.copy().await), copy);
}

async fn a_row_whose_kind_is_gone_keeps_its_last_good_form(mut site: Site) {
    site.sync().await.unwrap();
    let good = site.copy().await;
    assert!(good.contains("conference M1"), "{good}");
    site.run("UPDATE meeting SET what = NULL WHERE id = 'M1'")
        .await;
    site.sync().await.unwrap();
    assert_eq!(site.copy().await, good);
    assert_eq!(site.quarantine().await, ["events (line 12): M1: no kind"]);
    // Not that of another row which has its id now.
    site.run("INSERT INTO meeting VALUES ('M1', 'C1', '2026-04-02', 'review', NULL)")
        .await;
    site.sync().await.unwrap();
    let copy = site.copy().await;
    assert!(
        copy.contains("conference M1") && copy.contains("review M1"),
        "{copy}"
    );
    site.run("DELETE FROM meeting WHERE what = 'review'; DELETE FROM meeting WHERE what IS NULL")
        .await;
    site.accept = true;
    site.sync().await.unwrap();
    assert!(!site.copy().await.contains("M1 occurred"));
}

async fn tables_that_change_are_refused_or_read_as_before(mut site: Site) {
    let (way, odbc) = (Way::of(&site), site.url != site.address);
    site.sync().await.unwrap();
    let good = site.copy().await;
    for change in CHANGES {
        let Some(made) = change.made(way) else {
            continue;
        };
        site.run(made.sql).await;
        let read = site.sync().await;
        match (made.after, read) {
            (After::Refused(natively, by_odbc), Err(SourceError::Refused(refusal))) => {
                let words = if odbc { by_odbc } else { natively };
                let told = refusal.to_string();
                assert!(told.contains(words), "{}: {told}", change.what);
            }
            (After::AsBefore, Ok(_)) => {}
            (_, read) => panic!("{}: {read:?}", change.what),
        }
        assert_eq!(site.copy().await, good, "{}", change.what);
        site.run(made.undone).await;
        site.sync().await.unwrap();
        assert_eq!(site.copy().await, good, "{}", change.what);
        assert_eq!(site.quarantine().await, Vec::<String>::new());
    }
    site.now = site.now.plus_hours(1);
    site.sync().await.unwrap();
}
