//! Reading a case database: the first time, and again with nothing changed.
//!
//! `cargo bench --bench sync`; prints figures, asserts nothing.

use std::time::Instant;

mod big;

#[tokio::main]
async fn main() {
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
