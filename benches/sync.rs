//! Reading a case database: the first time, again with nothing changed, and what changed alone; held
//! against what `COPY (…) TO` of the same queries takes, which is the least that a reading can take.
//!
//! `cargo bench --bench sync` reads the made-up authority from SQLite. With PostgreSQL there
//! (`COREWATCH_BENCH_CHILDREN=100000 tests/run cargo bench --bench sync`) it reads an authority of so
//! many children, 26 rows each, from a database made for it. Prints figures, asserts nothing.

use std::time::Instant;

mod big;
mod served;

#[tokio::main]
async fn main() {
    match std::env::var("COREWATCH_TEST_POSTGRES") {
        Ok(server) => from_postgres(&server).await,
        Err(_) => from_sqlite().await,
    }
}

async fn from_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let (installation, store) = big::make(folder.path()).await;
    for what in ["first sync", "second sync, nothing changed"] {
        let began = Instant::now();
        let outcome = big::read(&installation, &store).await;
        let (rows, children) = (outcome.rows.total(), outcome.children);
        big::print(what, began);
        let rate = rows as f64 / began.elapsed().as_secs_f64();
        println!("  {rows} rows of {children} children, {rate:.0} rows a second");
    }
}

async fn from_postgres(server: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut cases = served::Cases::make(server, folder.path()).await;
    // The first time the server reads its tables from the disk.
    cases.floor().await;
    let floor = cases.floor().await;
    println!("COPY (…) TO of all queries, the floor: {floor:.3} s");
    served::forget_peak();
    let first = cases.sync("first sync", floor).await;
    cases.sync("sync in full, nothing changed", floor).await;
    for (spread, what) in [
        (
            served::Spread::OfChildren,
            "1 % of the children, with all their rows",
        ),
        (
            served::Spread::OfRows,
            "1 % of the rows, each of another child",
        ),
    ] {
        cases.change(spread).await;
        let some = cases.sync_changes(what).await;
        println!("  {:.2} % of the first sync", 100.0 * some / first);
        // Within the overlap what changed comes again; an hour later nothing does.
        for what in ["the same rows again, unchanged", "nothing changed"] {
            let none = cases.sync_changes(what).await;
            println!("  {:.2} % of the first sync", 100.0 * none / first);
        }
    }
    cases.drop_database(server).await;
}
