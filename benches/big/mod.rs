//! A big made-up authority to measure on: a case database in SQLite, and an installation that reads
//! it. `COREWATCH_BENCH_CHILDREN` sets the size (10,000 unless set).

mod memory;

use std::path::Path;
use std::time::Instant;

use corewatch::calendar::{Day, Zone};
use corewatch::daemon::Installation;
use corewatch::demo::{Progress, Wish, prepare};
use corewatch::source::{SyncOutcome, SyncRequest, sync};
use corewatch::store::Store;

/// Children where the environment does not say how many.
const CHILDREN: usize = 10_000;
/// Months of history: with these a child has some 26 rows.
const MONTHS: u32 = 9;

/// The day on which the authority stands.
pub fn today() -> Day {
    Day::from_ymd(2026, 11, 20).expect("a day")
}

/// How many children are asked for.
pub fn children() -> usize {
    std::env::var("COREWATCH_BENCH_CHILDREN").map_or(CHILDREN, |number| {
        number
            .parse()
            .expect("COREWATCH_BENCH_CHILDREN is a number")
    })
}

/// Makes the authority in `folder`: its installation, and its store, with nothing read yet.
pub async fn make(folder: &Path) -> (Installation, Store) {
    let wish = Wish {
        seed: 1,
        children: children(),
        months: MONTHS,
        today: today(),
    };
    let folder = prepare(&folder.join("demo"), wish, &Progress::Lines).await;
    let installation = Installation::load(&folder.expect("the folder").config);
    let installation = installation.expect("the installation");
    let store = Store::open(&installation.settings.store.url).await;
    (installation, store.expect("the store"))
}

/// One reading of the source.
pub async fn read(installation: &Installation, store: &Store) -> SyncOutcome {
    let authority = &installation.authorities[0];
    let request = SyncRequest {
        authority: &authority.settings.id,
        profile: &authority.profile,
        zone: authority.settings.timezone,
        now: Zone::LONDON.start_of(today()).plus_hours(10),
        accept: false,
        full: false,
    };
    sync(store, &request).await.expect("an accepted reading")
}

/// Prints what something took, in seconds, and the most memory that the program has had until now.
pub fn print(what: &str, began: Instant) {
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{what}: {seconds:.3} s, {} MB at most",
        memory::peak_megabytes()
    );
}
