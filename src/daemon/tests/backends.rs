//! The same passes with the store on PostgreSQL, and what makes a step told once there.

use super::site::{Site, instant};
use super::steps;
use crate::store::alerts::{self as table, Acknowledgement};

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn a_duty_climbs_its_ladder_on_postgres() {
    steps::climbs(Site::on_postgres().await).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn closings_and_reopenings_are_told_on_postgres() {
    steps::closes_and_opens(Site::on_postgres().await).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn a_flood_is_held_on_postgres() {
    steps::floods(Site::on_postgres().await).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn of_passes_at_once_on_postgres_one_tells() {
    let mut site = Site::on_postgres().await;
    let passes = (0..4).map(|_| site.try_pass("11-11 09:00"));
    for ended in futures_util::future::join_all(passes).await {
        ended.unwrap();
    }
    assert_eq!(site.told(), ["anna: core-group; REF-1; step=1"]);
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn the_audit_record_cannot_be_edited_on_postgres() {
    audit_stays(Site::on_postgres().await, true).await;
}

#[tokio::test]
async fn the_audit_record_cannot_be_edited() {
    audit_stays(Site::new().await, false).await;
}

async fn audit_stays(site: Site, truncates: bool) {
    let store = site.store().await;
    let mut tx = store.begin().await.unwrap();
    let acknowledgement = Acknowledgement {
        authority: "ashmere",
        obligation: "x",
        by: "Tom",
        reason: "booked",
        until: "2026-11-18".parse().unwrap(),
        at: instant("11-11 10:00"),
    };
    table::acknowledge(&mut tx, &acknowledgement).await.unwrap();
    tx.commit().await.unwrap();
    let truncate = truncates.then_some("TRUNCATE alert_audit");
    for statement in [
        "UPDATE alert_audit SET who = 'nobody'",
        "DELETE FROM alert_audit",
    ]
    .into_iter()
    .chain(truncate)
    {
        let mut tx = store.begin().await.unwrap();
        let error = tx.execute(statement, []).await.unwrap_err().to_string();
        assert!(
            error.contains("the audit record cannot be edited"),
            "{error}"
        );
    }
}
