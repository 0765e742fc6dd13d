//! Evaluating a whole copy, as `corewatch evaluate` and every pass do it: reading it from the store,
//! and working out each obligation on all processors; then the board's report of a year.
//!
//! `cargo bench --bench evaluate`; prints figures, asserts nothing.

use std::time::Instant;

use corewatch::daemon::{Asked, Cases, Installation, report};
use corewatch::report::Period;

mod big;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let (installation, store) = big::make(folder.path()).await;
    let rows = big::read(&installation, &store).await.rows.total();
    let authority = &installation.authorities[0];
    for round in 1..=3 {
        let began = Instant::now();
        let mut tx = store.snapshot().await.expect("the store");
        let cases = Cases::read(&mut tx, authority, None).await;
        let cases = cases.expect("the copy");
        big::print(&format!("round {round}, read the copy"), began);
        let began = Instant::now();
        let counts = cases.evaluate(authority, big::today(), |count: &mut usize, _, found| {
            *count += found.len();
        });
        let obligations: usize = counts.expect("the copy is sound").into_iter().sum();
        big::print(&format!("round {round}, evaluate"), began);
        let rules = cases.rules.rules.len();
        println!("  {rows} rows, {rules} rules, {obligations} obligations");
    }
    let asked = Asked {
        period: Period {
            from: big::today().plus(-364),
            to: big::today(),
        },
        as_at: big::today(),
        team: None,
        rule: None,
        with_open: false,
    };
    let now = authority_now(&installation);
    for round in 1..=3 {
        let began = Instant::now();
        let made = report(&store, &[&installation.authorities[0]], asked, false, now).await;
        let made = made.expect("a report");
        big::print(&format!("round {round}, report of a year"), began);
        println!("  {} lines", made.authorities[0].lines.len());
    }
}

/// The instant at which the day of the evaluation begins.
fn authority_now(installation: &Installation) -> corewatch::calendar::Instant {
    let zone = installation.authorities[0].calendar.zone;
    zone.start_of(big::today())
}
