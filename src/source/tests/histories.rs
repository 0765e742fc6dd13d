//! Random histories of a source: readings of changes between readings of everything, held against a
//! twin that reads everything each time.
//!
//! `PROPTEST_CASES` sets how many histories (12 unless set).

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::*;

const CHILDREN: u8 = 4;
const ROWS: u8 = 6;
/// A child that never is among the children.
const NOBODY: u8 = CHILDREN;

/// From this form on a row's day lies after the day on which histories begin.
const TO_COME: u8 = 6;

/// What happens to a source.
#[derive(Debug, Clone)]
enum Step {
    /// A row of a table is written, as it may be or broken in one of several ways.
    Put {
        table: u8,
        id: u8,
        child: u8,
        form: u8,
    },
    /// A second row with the id of one that is there, of another child.
    Again { table: u8, id: u8, child: u8 },
    /// A row is deleted.
    Delete { table: u8, id: u8 },
    /// A child's own row is written, or broken.
    Child { child: u8, form: u8 },
    /// Both are read, one of them by what changed; `hours` after the last time.
    Read { hours: u8 },
    /// Both are read in full.
    Full,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let put =
        (0..3u8, 0..ROWS, 0..=NOBODY, 0..8u8).prop_map(|(table, id, child, form)| Step::Put {
            table,
            id,
            child,
            form,
        });
    let again = (0..3u8, 0..ROWS, 0..CHILDREN).prop_map(|(table, id, child)| Step::Again {
        table,
        id,
        child,
    });
    let delete = (0..3u8, 0..ROWS).prop_map(|(table, id)| Step::Delete { table, id });
    let child = (0..CHILDREN, 0..4u8).prop_map(|(child, form)| Step::Child { child, form });
    let read = (1..9u8).prop_map(|hours| Step::Read { hours });
    prop::collection::vec(
        prop_oneof![
            8 => put,
            1 => again,
            2 => delete,
            2 => child,
            6 => read,
            1 => Just(Step::Full),
        ],
        1..40,
    )
}

const TABLES: [(&str, &str); 3] = [("plan", "P"), ("visit", "V"), ("meeting", "M")];

struct History {
    site: Site,
    twin: Site,
    /// Ids that were deleted, or that are there twice, since the last reading of everything: of these
    /// the two may differ until the next one, and they are let be.
    unsettled: BTreeSet<String>,
    /// Ids of rows whose day is yet to come. Where it comes in the very reading that brings a second
    /// row with that id, which of them the copy takes up depends on the way of reading, and stays.
    to_come: BTreeSet<String>,
}

impl History {
    async fn new() -> History {
        let mut site = Site::sqlite().await.changing().await;
        let twin_folder = tempfile::tempdir().unwrap();
        let twin = Site {
            store: testing::sqlite(twin_folder.path()).await,
            folder: twin_folder,
            address: site.address.clone(),
            url: site.url.clone(),
            profile: site.profile.clone(),
            now: site.now,
            accept: true,
            full: true,
        };
        for child in 0..CHILDREN {
            site.add("child", &format!("'K{child}', NULL, NULL, NULL"))
                .await;
        }
        site.profile.shrink = "100 %".parse().unwrap();
        let mut history = History {
            site,
            twin,
            unsettled: BTreeSet::new(),
            to_come: BTreeSet::new(),
        };
        history.read(0, true).await;
        history
    }

    async fn take(&mut self, step: &Step) {
        match step {
            Step::Put {
                table,
                id,
                child,
                form,
            } => {
                let (table, name) = named(*table, *id);
                if !self.unsettled.contains(&name) {
                    let values = values(table, &name, &kid(*child), *form);
                    self.site
                        .run(&format!("DELETE FROM {table} WHERE id = '{name}'"))
                        .await;
                    self.site.add(table, &values).await;
                    if *form >= TO_COME {
                        self.to_come.insert(name);
                    } else {
                        self.to_come.remove(&name);
                    }
                }
            }
            Step::Again { table, id, child } => {
                let (table, name) = named(*table, *id);
                // Of the same child it would be taken for a change of the first.
                let other = kid(*child);
                let first = self.child_of(table, &name).await;
                let settled = !self.unsettled.contains(&name) && !self.to_come.contains(&name);
                if first.is_some_and(|first| first != other) && settled {
                    self.site.add(table, &values(table, &name, &other, 0)).await;
                    self.unsettled.insert(name);
                }
            }
            Step::Delete { table, id } => {
                let (table, name) = named(*table, *id);
                self.site
                    .run(&format!("DELETE FROM {table} WHERE id = '{name}'"))
                    .await;
                self.unsettled.insert(name);
            }
            Step::Child { child, form } => {
                let born = ["'2015-02-28'", "'soon'", "NULL", "'2020-01-01'"][usize::from(*form)];
                let set = format!("dob = {born}");
                self.site.change("child", &set, &kid(*child)).await;
            }
            Step::Read { hours } => self.read(*hours, false).await,
            Step::Full => self.read(1, true).await,
        }
    }

    async fn child_of(&self, table: &str, id: &str) -> Option<String> {
        let mut c = sqlx::SqliteConnection::connect(&self.site.address)
            .await
            .unwrap();
        let sql = format!("SELECT child FROM {table} WHERE id = '{id}'");
        sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_optional(&mut c)
            .await
            .unwrap()
    }

    async fn read(&mut self, hours: u8, full: bool) {
        self.site.now = self.site.now.plus_hours(hours.into());
        self.twin.now = self.site.now;
        self.site.full = full;
        let outcome = self.site.sync().await.unwrap();
        self.twin.sync().await.unwrap();
        if outcome.whole {
            self.unsettled.clear();
            assert_eq!(
                self.site.everything().await.0,
                self.twin.everything().await.0
            );
            assert_eq!(self.site.quarantine().await, self.twin.quarantine().await);
        } else {
            let (ours, theirs) = (
                self.settled(&self.site).await,
                self.settled(&self.twin).await,
            );
            assert_eq!(ours, theirs);
        }
    }

    /// The copy without the rows of which the two may differ.
    async fn settled(&self, of: &Site) -> Vec<String> {
        let copy = of.copy().await;
        let lines = copy.lines().filter(|line| {
            !line.starts_with(' ')
                || !line
                    .split_whitespace()
                    .nth(1)
                    .is_some_and(|id| self.unsettled.contains(id))
        });
        lines.map(str::to_owned).collect()
    }

    /// Everything is mended, and read in full: a store that reads it for the first time holds the
    /// same, byte by byte.
    async fn end(mut self) {
        for (table, _) in TABLES {
            let mend = format!(
                "DELETE FROM {table} WHERE rowid NOT IN (SELECT MIN(rowid) FROM {table} GROUP BY id); \
                 DELETE FROM {table} WHERE child = '{}'",
                kid(NOBODY)
            );
            self.site.run(&mend).await;
        }
        self.site
            .run(
                "UPDATE child SET dob = NULL WHERE dob = 'soon'; \
                 UPDATE plan SET began = '2026-04-01', ended = NULL; \
                 UPDATE visit SET happened = '2026-04-01', written = NULL, seen = 'Y'; \
                 UPDATE meeting SET held = '2026-04-01'",
            )
            .await;
        self.read(1, true).await;
        assert_eq!(self.site.quarantine().await, Vec::<String>::new());
        let folder = tempfile::tempdir().unwrap();
        let fresh = Site {
            store: testing::sqlite(folder.path()).await,
            folder,
            ..self.twin
        };
        fresh.sync().await.unwrap();
        assert_eq!(self.site.everything().await, fresh.everything().await);
    }
}

fn kid(child: u8) -> String {
    match child {
        NOBODY => "nobody".to_owned(),
        child => format!("K{child}"),
    }
}

fn named(table: u8, id: u8) -> (&'static str, String) {
    let (table, letter) = TABLES[usize::from(table)];
    (table, format!("{letter}x{id}"))
}

/// A row's values: usable in the first four forms, not in the others.
fn values(table: &str, id: &str, child: &str, form: u8) -> String {
    let day = match form {
        0 => "'2026-04-01'",
        1 => "'2026-04-02 10:30:00'",
        2 => "'2026-03-03'",
        3 => "'2026-02-04'",
        4 => "NULL",
        5 => "'01/04/2026'",
        // After the day on which histories begin, so that it comes to pass in some of them.
        6 => "'2026-05-02'",
        _ => "'2026-05-03'",
    };
    let form = form % 4;
    match table {
        "plan" => format!("'{id}', '{child}', {day}, NULL, 'c{form}'"),
        "visit" => format!("'{id}', '{child}', {day}, NULL, NULL, 'Y{form}'"),
        _ => format!("'{id}', '{child}', {day}, 'w{form}', NULL"),
    }
}

#[test]
fn readings_of_changes_differ_from_the_source_by_deletions_at_most() {
    let cases = std::env::var("PROPTEST_CASES").map_or(12, |n| n.parse().unwrap());
    let mut config = ProptestConfig::with_cases(cases);
    config.failure_persistence = None;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    TestRunner::new(config)
        .run(&steps(), |steps| {
            runtime.block_on(async {
                let mut history = History::new().await;
                for step in &steps {
                    history.take(step).await;
                }
                history.end().await;
            });
            Ok(())
        })
        .unwrap();
}
