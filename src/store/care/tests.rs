//! Care for a filled store on both databases, and stores of every earlier schema brought up to date.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::AssertSqlSafe;

use super::tables::{Kind, Table, carry, read_through, tables};
use super::*;
use crate::store::alerts::{last_pass, pass_row};
use crate::store::testing::{postgres_database, sqlite};
use crate::store::{Arg, Backend, Store};

/// Rows that nobody has thought of in particular: every table of the schema, as it is at some step,
/// with as many rows as are asked for, that agree where they refer to one another.
async fn fill(store: &Store, rows: i64) {
    let mut tx = store.begin().await.unwrap();
    for table in tables(&mut tx).await.unwrap() {
        if ["pass_lease", "retention", "copy_timeline", "alert"].contains(&table.name.as_str()) {
            continue;
        }
        let number = |row: i64| Arg::from(row);
        let value = |(name, kind): &(String, Kind), row: i64| match kind {
            Kind::Int => number(row),
            Kind::Text if name.ends_with("_at") || name == "at" || name == "queued" => {
                Arg::from(format!("2026-11-{row:02}T09:00:00.000000Z"))
            }
            Kind::Text => Arg::from(format!("{name} {row}")),
            Kind::Bytes => Arg::from(vec![row as u8; 3]),
        };
        let filled: Vec<Vec<Arg>> = (1..=rows)
            .map(|row| {
                table
                    .columns
                    .iter()
                    .map(|column| value(column, row))
                    .collect()
            })
            .collect();
        let names: Vec<String> = table
            .columns
            .iter()
            .map(|(name, _)| format!("\"{name}\""))
            .collect();
        let overriding = match store.backend() {
            Backend::Sqlite => "",
            Backend::Postgres => " OVERRIDING SYSTEM VALUE",
        };
        let into = format!("\"{}\" ({}){overriding}", table.name, names.join(", "));
        tx.insert_rows(&into, "", filled).await.unwrap();
    }
    // Of obligations told, the one of each row of `alert_told`; and what the last pass has seen.
    for row in 1..=rows {
        tx.execute(
            "INSERT INTO alert (id, authority, rule, child, case_ref, team, period, anchor, opened,
                due, closed_reason, closed_day, overdue, hold, standing)
             VALUES ($1, 'ashmere', 'visit', $1, 'REF', NULL, 'P', 'A', '2026-01-01', '2026-02-01',
                NULL, NULL, 1, NULL, '{}')",
            [Arg::from(format!("obligation {row}"))],
        )
        .await
        .unwrap();
    }
    tx.execute(
        "UPDATE pass_lease SET last_at = '2026-11-20T09:00:00.000000Z'",
        [],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

/// Every row of every table, as text that can be compared across databases.
async fn contents(store: &Store) -> BTreeMap<String, Vec<String>> {
    let mut tx = store.snapshot().await.unwrap();
    let mut contents = BTreeMap::new();
    for table in tables(&mut tx).await.unwrap() {
        let names: Vec<String> = table
            .columns
            .iter()
            .map(|(name, _)| format!("\"{name}\""))
            .collect();
        let sql = format!("SELECT {} FROM \"{}\"", names.join(", "), table.name);
        let rows = tx.rows_of(sql, []).await.unwrap();
        let mut lines: Vec<String> = rows
            .iter()
            .map(|row| {
                let values =
                    table
                        .columns
                        .iter()
                        .enumerate()
                        .map(|(place, (_, kind))| match kind {
                            Kind::Text => format!("{:?}", row.optional_text(place).unwrap()),
                            Kind::Int => format!("{:?}", row.optional_int(place).unwrap()),
                            Kind::Bytes => format!("{:?}", row.optional_bytes(place).unwrap()),
                        });
                values.collect::<Vec<_>>().join(" | ")
            })
            .collect();
        lines.sort();
        contents.insert(table.name, lines);
    }
    contents
}

fn later() -> Instant {
    "2026-11-22T09:00:00Z".parse().unwrap()
}

fn url_of(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

/// Backs a filled store up, goes on with it, and puts the backup back in its place and elsewhere.
async fn there_and_back(store: Store, url: &str, elsewhere: &str) {
    let folder = tempfile::tempdir().unwrap();
    fill(&store, 3).await;
    let before = contents(&store).await;
    assert!(
        before
            .values()
            .all(|rows| !rows.is_empty() || before.len() > 1)
    );
    let file = folder.path().join("backup.db");
    // While a writer is at it, its unfinished work is no part of the backup.
    let mut writer = store.begin().await.unwrap();
    writer
        .execute("DELETE FROM operations_trouble", [])
        .await
        .unwrap();
    let made = backup(&store, &file).await.unwrap();
    writer.commit().await.unwrap();
    assert_eq!(made.holds.tables, before.len());
    let again = backup(&store, &file).await.unwrap_err().to_string();
    assert!(again.contains("is there already"), "{again}");
    store.close().await;

    let refused = restore(url, &file, false, later())
        .await
        .unwrap_err()
        .to_string();
    assert!(refused.starts_with("the store is not empty"), "{refused}");
    for place in [url, elsewhere] {
        let restored = restore(place, &file, place == url, later()).await.unwrap();
        assert_eq!(restored.holds, made.holds);
        let store = Store::open(place).await.unwrap();
        assert_eq!(contents(&store).await, before, "{place}");
        assert_eq!(verify(&store).await.unwrap().faults, Vec::<String>::new());
        // Numbers that the database gives go on after those that were carried.
        let mut tx = store.begin().await.unwrap();
        tx.execute(
            "INSERT INTO alert_audit (at, action, authority) VALUES ('2026-11-22', 'release', 'x')",
            [],
        )
        .await
        .unwrap();
        // And the record cannot be edited, as before.
        let edited = tx.execute("DELETE FROM alert_audit", []).await;
        assert!(edited.unwrap_err().to_string().contains("cannot be edited"));
        drop(tx);
        store.close().await;
    }
    assert_eq!(verify_file(&file).await.unwrap(), made.holds);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "something is left beside the backup");
}

#[tokio::test]
async fn a_backup_is_put_back_in_its_place_and_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    let url = url_of(&folder.path().join("corewatch.db"));
    let elsewhere = url_of(&folder.path().join("elsewhere.db"));
    there_and_back(store, &url, &elsewhere).await;
    let kept = std::fs::read_dir(folder.path()).unwrap().filter(|file| {
        let name = file.as_ref().unwrap().file_name().into_string().unwrap();
        name.starts_with("corewatch.before-")
    });
    assert!(kept.count() >= 1, "the store that was replaced is gone");
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn a_backup_of_postgres_is_put_back_there_and_into_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = postgres_database().await;
    let store = Store::open(&url).await.unwrap();
    let elsewhere = url_of(&folder.path().join("elsewhere.db"));
    there_and_back(store, &url, &elsewhere).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn a_backup_of_sqlite_is_put_back_into_postgres() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    let url = url_of(&folder.path().join("corewatch.db"));
    there_and_back(store, &url, &postgres_database().await).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn the_schema_is_the_same_in_both_databases() {
    let folder = tempfile::tempdir().unwrap();
    let of = async |store: Store| -> Vec<Table> {
        let mut tx = store.snapshot().await.unwrap();
        let mut all = tables(&mut tx).await.unwrap();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    };
    let sqlite = of(sqlite(folder.path()).await).await;
    let postgres = of(Store::open(&postgres_database().await).await.unwrap()).await;
    assert!(sqlite.len() > 20);
    assert_eq!(sqlite, postgres);
}

#[tokio::test]
async fn a_backup_that_is_damaged_or_of_a_newer_corewatch_is_not_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    fill(&store, 2).await;
    let file = folder.path().join("backup.db");
    backup(&store, &file).await.unwrap();
    store.close().await;
    let target = url_of(&folder.path().join("new.db"));

    let newer = folder.path().join("newer.db");
    std::fs::copy(&file, &newer).unwrap();
    let changed = super::backup::open_file(&newer).await.unwrap();
    let mut tx = changed.begin().await.unwrap();
    tx.execute(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', 1, x'00', 0)",
        [],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    changed.close().await;
    let refused = restore(&target, &newer, true, later())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("step 9999, that this program does not know"),
        "{refused}"
    );

    let damaged = folder.path().join("damaged.db");
    std::fs::copy(&file, &damaged).unwrap();
    let changed = super::backup::open_file(&damaged).await.unwrap();
    let Store::Sqlite(pool) = &changed else {
        unreachable!("a file is SQLite")
    };
    sqlx::raw_sql(AssertSqlSafe(
        "PRAGMA foreign_keys = OFF; DELETE FROM message".to_owned(),
    ))
    .execute(pool)
    .await
    .unwrap();
    changed.close().await;
    let refused = restore(&target, &damaged, true, later())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("message_body: a row refers to a row of message that is not there"),
        "{refused}"
    );
    std::fs::write(&damaged, b"not a database at all").unwrap();
    assert!(restore(&target, &damaged, true, later()).await.is_err());
    assert!(!folder.path().join("new.db").exists());
}

/// A store as each earlier corewatch left it, filled, is brought up to date with every row still there.
async fn upgrades(open: impl AsyncFn() -> Store) {
    let newest = open().await;
    newest.migrate().await.unwrap();
    let steps = newest.schema().await.unwrap().applied;
    newest.close().await;
    // Alerts came with the second step and the lease of the pass with them: what `fill` writes.
    for step in steps.iter().copied().filter(|step| *step >= 2) {
        let store = open().await;
        store.migrate_to(step).await.unwrap();
        assert_eq!(store.schema().await.unwrap().applied.last(), Some(&step));
        fill(&store, 3).await;
        let before = contents(&store).await;
        store.migrate().await.unwrap();
        let schema = store.schema().await.unwrap();
        assert_eq!(
            (schema.applied.clone(), schema.pending.len()),
            (steps.clone(), 0)
        );
        let after = contents(&store).await;
        for (table, rows) in &before {
            let kept = after.get(table).map_or(0, Vec::len);
            assert!(
                kept >= rows.len(),
                "{table} of step {step} has lost rows: {kept}"
            );
        }
        let mut tx = store.snapshot().await.unwrap();
        let last = last_pass(&mut tx).await.unwrap().map(|at| at.to_string());
        assert_eq!(last.as_deref(), Some("2026-11-20T09:00:00.000000Z"));
        pass_row(&mut tx).await.unwrap();
        for table in tables(&mut tx).await.unwrap() {
            read_through(&mut tx, &table).await.unwrap();
        }
        drop(tx);
        let faults = verify(&store).await.unwrap().faults;
        assert_eq!(faults, Vec::<String>::new(), "from step {step}");
        store.close().await;
    }
}

#[tokio::test]
async fn a_store_of_every_earlier_corewatch_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let next = std::sync::atomic::AtomicU32::new(0);
    upgrades(async || {
        let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let file = folder.path().join(format!("{number}.db"));
        Store::connect(&url_of(&file)).await.unwrap()
    })
    .await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn a_postgres_store_of_every_earlier_corewatch_is_brought_up_to_date() {
    upgrades(async || Store::connect(&postgres_database().await).await.unwrap()).await;
}

#[tokio::test]
async fn carrying_keeps_every_value_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let from = sqlite(folder.path()).await;
    fill(&from, 700).await;
    let to = tempfile::tempdir().unwrap();
    let to = sqlite(to.path()).await;
    let mut source = from.snapshot().await.unwrap();
    let mut target = to.begin().await.unwrap();
    let all = tables(&mut source).await.unwrap();
    let table = all
        .iter()
        .find(|table| table.name == "copy_reading")
        .unwrap();
    assert_eq!(carry(&mut source, &mut target, table).await.unwrap(), 700);
    assert_eq!(read_through(&mut target, table).await.unwrap(), 700);
}
