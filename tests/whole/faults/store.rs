//! Faults of the program's own store: nothing of a pass is true, or all of it.

use corewatch::store::Store;
use corewatch::store::copy::{StoredTimeline, children, put_timelines};

use super::servers::{Postgres, SmallDisk};
use super::watched::{Cases, Watched};
use crate::support::{Site, execute, execute_sqlite, postgres_database};

/// Cases in a file of SQLite, in a folder that lives as long as the test.
fn cases() -> (Site, Cases) {
    let folder = Site::new();
    let cases = Cases::Sqlite(folder.path("cases.db"));
    (folder, cases)
}

#[test]
#[ignore = "needs root, to mount a small disk; tests/run has it"]
fn the_disk_under_a_store_in_a_file_is_full() {
    let (_folder, cases) = cases();
    let disk = SmallDisk::mount(8, "root");
    let store = format!("sqlite:{}", disk.path("corewatch.db").display());
    let url = cases.url();
    let mut watched = Watched::with_store(cases, &url, &store);
    // Not even room to open it.
    disk.fill_but(0);
    watched.fails("cannot be opened (disk I/O error)");
    disk.free();
    watched.holds();
    // Some, and not enough for what the pass has to write.
    disk.fill_but(120);
    watched.fails("database or disk is full; make room on the disk that it lies on");
    disk.free();
    watched.holds();
    watched.comes_right();
}

/// The daemon keeps its connections open: after a full disk they must serve again.
#[tokio::test]
#[ignore = "needs root, to mount a small disk; tests/run has it"]
async fn a_store_that_had_no_room_goes_on_without_a_restart() {
    let disk = SmallDisk::mount(4, "root");
    let url = format!("sqlite:{}", disk.path("corewatch.db").display());
    let store = Store::open(&url).await.expect("a store");
    let much = || {
        let timeline = |i: u32| StoredTimeline {
            child_id: i.to_string(),
            bytes: vec![1; 4000],
        };
        (0..200).map(timeline).collect::<Vec<_>>()
    };
    disk.fill_but(120);
    for _ in 0..4 {
        let mut tx = store.begin().await.expect("it can be begun");
        let failed = match put_timelines(&mut tx, "ashmere", much()).await {
            Ok(()) => tx.commit().await.is_err(),
            Err(_) => true,
        };
        assert!(failed, "there was room");
    }
    disk.free();
    let mut tx = store.begin().await.expect("it can be begun");
    assert_eq!(children(&mut tx, "ashmere").await.expect("a count"), 0);
    put_timelines(&mut tx, "ashmere", much())
        .await
        .expect("there is room");
    tx.commit().await.expect("there is room");
    store.close().await;
}

/// What cannot be written needs no warning that it could be.
#[test]
#[ignore = "needs root, to mount a small disk; tests/run has it"]
fn a_source_on_a_disk_that_cannot_be_written_is_read_and_not_warned_of() {
    let disk = SmallDisk::mount(8, "root");
    let cases = Cases::Sqlite(disk.path("cases.db"));
    let url = cases.url();
    let watched = Watched::new(cases, &url);
    let check = ["check", "--config", "corewatch.toml"];
    let warning = "the account that reads the source could also write";
    let checked = watched.site.run(&check).ended_with(0).stdout;
    assert!(checked.contains(warning), "{checked}");
    disk.close();
    let checked = watched.site.run(&check).ended_with(0).stdout;
    assert!(!checked.contains(warning), "{checked}");
    watched.comes_right();
}

#[test]
#[ignore = "needs PostgreSQL, and root to mount a small disk; tests/run has both"]
fn the_disk_under_a_store_on_postgres_is_full() {
    let (_folder, cases) = cases();
    let server = Postgres::start();
    let disk = SmallDisk::mount(24, "postgres");
    std::fs::create_dir(disk.path("space")).expect("a folder");
    let space = disk.path("space").display().to_string();
    let owned = std::process::Command::new("chown")
        .args(["postgres", &space])
        .status();
    assert!(owned.expect("chown runs").success());
    let main = server.database("main", "");
    execute(
        &main,
        &format!("CREATE TABLESPACE small LOCATION '{space}'"),
    );
    let store = server.database("store", "TABLESPACE small");
    let url = cases.url();
    let mut watched = Watched::with_store(cases, &url, &store);
    disk.fill_but(0);
    watched.fails("make room on the disk that it lies on");
    disk.free();
    watched.holds();
    watched.comes_right();
}

#[test]
fn a_store_in_a_file_fails_in_the_middle_of_writing() {
    let (_folder, cases) = cases();
    let url = cases.url();
    let mut watched = Watched::new(cases, &url);
    let store = watched.site.path("corewatch.db");
    // The timelines are written by then.
    execute_sqlite(
        &store,
        "CREATE TRIGGER broken BEFORE INSERT ON copy_quarantine
         BEGIN SELECT RAISE(ABORT, 'disk I/O error, as it were'); END",
    );
    watched.fails("disk I/O error, as it were");
    watched.holds();
    execute_sqlite(&store, "DROP TRIGGER broken");
    watched.comes_right();
}

#[test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
fn a_store_on_postgres_is_lost_in_the_middle_of_writing() {
    let (_folder, cases) = cases();
    let store = postgres_database();
    let url = cases.url();
    let mut watched = Watched::with_store(cases, &url, &store);
    execute(
        &store,
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
         CREATE TRIGGER broken BEFORE INSERT ON copy_quarantine
         FOR EACH ROW EXECUTE FUNCTION die()",
    );
    watched.fails("terminating connection");
    watched.holds();
    execute(
        &store,
        "DROP TRIGGER broken ON copy_quarantine; DROP FUNCTION die",
    );
    watched.comes_right();
}
