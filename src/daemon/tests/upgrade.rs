//! Stores as every earlier corewatch left them, filled by passes: this one opens them, keeps what was
//! there, and passes on, and nobody is told anything twice.

use super::site::Site;
use crate::daemon::reads_page;
use crate::store::care::verify;

/// What is told by the first pass of a site that had only the first step: all is new to it.
const BASELINE: [&str; 3] = [
    "anna: core-group; REF-1; step=2",
    "hugo: core-group; REF-2; step=3",
    "tom: core-group; REF-1; step=2",
];
/// What was told before.
const FIRST: &str = "anna: core-group; REF-1; step=1";
/// What waits in the queue when the earlier corewatch stops.
const WAITING: [&str; 2] = [
    "anna: core-group; REF-1; step=2",
    "tom: core-group; REF-1; step=2",
];

/// A site with one child told of long ago, and another whose second step waits in the queue.
async fn used(mut site: Site) -> Site {
    site.child(2, "2026-10-05").await;
    site.pass("11-10 09:00").await;
    assert_eq!(site.pass("11-11 09:00").await, [FIRST]);
    site.stop_mail();
    assert_eq!(site.pass("11-17 09:00").await, [""; 0]);
    site.start_mail();
    site
}

async fn goes_on_from_every_step(site: impl AsyncFn() -> Site) {
    let newest = site().await;
    let store = newest.store().await;
    let steps = store.schema().await.unwrap().applied;
    store.close().await;
    for step in steps {
        let mut site = used(site().await).await;
        let earlier = site.take_back_to(step).await;
        let store = site.store().await;
        earlier.is_kept_by(&store).await;
        store.close().await;
        let told = site.pass("11-17 12:00").await;
        match step {
            // Of alerts and messages nothing was known yet.
            1 => assert!(
                BASELINE.iter().all(|line| told.iter().any(|l| l == line)),
                "from step {step}: {told:?}"
            ),
            // What was told was known, and no message was kept.
            2 => assert_eq!(told, [""; 0], "from step {step}"),
            _ => assert!(
                WAITING.iter().all(|line| told.iter().any(|l| l == line))
                    && !told.iter().any(|line| line == FIRST),
                "from step {step}: {told:?}"
            ),
        }
        assert_eq!(site.pass("11-18 09:15").await, [""; 0], "from step {step}");
        let third = "hugo: core-group; REF-1; step=3";
        let told = site.pass("11-23 09:00").await;
        assert!(
            told.contains(&third.to_owned()),
            "from step {step}: {told:?}"
        );
        let store = site.store().await;
        let verified = verify(&store, reads_page).await.unwrap();
        assert_eq!(verified.faults, [""; 0], "from step {step}");
        store.close().await;
    }
}

#[tokio::test]
async fn a_store_of_every_earlier_corewatch_goes_on() {
    goes_on_from_every_step(Site::new).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn a_postgres_store_of_every_earlier_corewatch_goes_on() {
    goes_on_from_every_step(Site::on_postgres).await;
}
