//! Care for a filled store on both databases, and stores of every earlier schema brought up to date.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use sqlx::AssertSqlSafe;

use super::filled::{contents, contents_of, fill, reads_page};
use super::tables::{Table, carry, read_through, tables};
use super::*;
use crate::store::alerts::{last_pass, pass_row};
use crate::store::testing::{postgres_database, sqlite};
use crate::store::{Arg, Store};

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
    let made = backup(&store, &file, reads_page).await.unwrap();
    writer.commit().await.unwrap();
    assert_eq!(made.holds.tables, before.len());
    let again = backup(&store, &file, reads_page)
        .await
        .unwrap_err()
        .to_string();
    assert!(again.contains("is there already"), "{again}");
    store.close().await;

    let refused = restore(url, &file, false, later(), reads_page)
        .await
        .unwrap_err()
        .to_string();
    assert!(refused.starts_with("the store is not empty"), "{refused}");
    for place in [url, elsewhere] {
        let restored = restore(place, &file, place == url, later(), reads_page)
            .await
            .unwrap();
        assert_eq!(restored.holds, made.holds);
        let store = Store::open(place).await.unwrap();
        assert_eq!(contents(&store).await, before, "{place}");
        assert_eq!(
            verify(&store, reads_page).await.unwrap().faults,
            Vec::<String>::new()
        );
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
    assert_eq!(verify_file(&file, reads_page).await.unwrap(), made.holds);
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

/// Backs a store up again and again while another connection writes to two tables at once: every
/// backup is of one moment, and nobody waits for it to end.
async fn beside_a_writer(store: Store) {
    let folder = tempfile::tempdir().unwrap();
    fill(&store, 100).await;
    let (written, stop) = (
        Arc::new(AtomicI64::new(0)),
        Arc::new(AtomicBool::new(false)),
    );
    let (writer, count, until) = (store.clone(), Arc::clone(&written), Arc::clone(&stop));
    let writing = tokio::spawn(async move {
        while !until.load(Ordering::SeqCst) {
            let number = count.load(Ordering::SeqCst);
            let authority = format!("written {number}");
            let mut tx = writer.begin().await.unwrap();
            for sql in [
                "INSERT INTO copy_stamp (authority, last) VALUES ($1, 1)",
                "INSERT INTO copy_changed (authority, child_id, stamp) VALUES ($1, 'C', 1)",
            ] {
                tx.execute(sql, [Arg::from(&authority)]).await.unwrap();
                tokio::task::yield_now().await;
            }
            tx.commit().await.unwrap();
            count.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    let mut went_on = false;
    for number in 1..=2 {
        while written.load(Ordering::SeqCst) < 5 * number {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let before = written.load(Ordering::SeqCst);
        let file = folder.path().join(format!("{number}.db"));
        backup(&store, &file, reads_page).await.unwrap();
        let after = written.load(Ordering::SeqCst);
        went_on |= after > before;
        let elsewhere = folder.path().join(format!("restored-{number}.db"));
        let url = url_of(&elsewhere);
        restore(&url, &file, false, later(), reads_page)
            .await
            .unwrap();
        let restored = Store::open(&url).await.unwrap();
        let holds = contents(&restored).await;
        let of = |table: &str| {
            holds[table]
                .iter()
                .filter(|row| row.contains("written "))
                .count()
        };
        assert_eq!(
            of("copy_stamp"),
            of("copy_changed"),
            "half of a transaction"
        );
        let range = before as usize..=after as usize + 1;
        assert!(range.contains(&of("copy_stamp")), "{range:?}");
        restored.close().await;
    }
    stop.store(true, Ordering::SeqCst);
    writing.await.unwrap();
    assert!(went_on, "the writer waited for every backup");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_beside_a_writer_is_of_one_moment() {
    let folder = tempfile::tempdir().unwrap();
    beside_a_writer(sqlite(folder.path()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn a_backup_of_postgres_beside_a_writer_is_of_one_moment() {
    beside_a_writer(Store::open(&postgres_database().await).await.unwrap()).await;
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
    backup(&store, &file, reads_page).await.unwrap();
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
    let refused = restore(&target, &newer, true, later(), reads_page)
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
    let Store::Sqlite(changed_file) = &changed else {
        unreachable!("a file is SQLite")
    };
    sqlx::raw_sql(AssertSqlSafe(
        "PRAGMA foreign_keys = OFF; DELETE FROM message".to_owned(),
    ))
    .execute(&changed_file.writer)
    .await
    .unwrap();
    changed.close().await;
    let refused = restore(&target, &damaged, true, later(), reads_page)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("message_body: a row refers to a row of message that is not there"),
        "{refused}"
    );
    std::fs::write(&damaged, b"not a database at all").unwrap();
    assert!(
        restore(&target, &damaged, true, later(), reads_page)
            .await
            .is_err()
    );
    assert!(!folder.path().join("new.db").exists());
}

/// A store as each earlier corewatch left it, filled, is brought up to date with every row still there.
async fn upgrades(open: impl AsyncFn() -> Store) {
    let newest = open().await;
    newest.migrate().await.unwrap();
    let steps = newest.schema().await.unwrap().applied;
    newest.close().await;
    for step in steps.iter().copied() {
        let store = open().await;
        store.migrate_to(step).await.unwrap();
        assert_eq!(store.schema().await.unwrap().applied.last(), Some(&step));
        fill(&store, 3).await;
        let before = contents(&store).await;
        let mut tx = store.snapshot().await.unwrap();
        let earlier = tables(&mut tx).await.unwrap();
        drop(tx);
        store.migrate().await.unwrap();
        let schema = store.schema().await.unwrap();
        assert_eq!(
            (schema.applied.clone(), schema.pending.len()),
            (steps.clone(), 0)
        );
        // Every value of every row is what it was.
        let after = contents_of(&store, &earlier).await;
        assert_eq!(after, before, "from step {step}");
        let mut tx = store.snapshot().await.unwrap();
        let last = last_pass(&mut tx).await.unwrap().map(|at| at.to_string());
        // The lease of the pass came with the second step.
        let seen = (step >= 2).then_some("2026-11-20T09:00:00.000000Z");
        assert_eq!(last.as_deref(), seen);
        pass_row(&mut tx).await.unwrap();
        for table in tables(&mut tx).await.unwrap() {
            read_through(&mut tx, &table).await.unwrap();
        }
        drop(tx);
        let faults = verify(&store, reads_page).await.unwrap().faults;
        assert_eq!(faults, Vec::<String>::new(), "from step {step}");
        store.close().await;
    }
}

#[tokio::test]
async fn a_store_of_every_earlier_corewatch_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let next = AtomicU32::new(0);
    upgrades(async || {
        let number = next.fetch_add(1, Ordering::Relaxed);
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
