//! What operations are told, and what happens while a source is refused or a ladder has a hole.

use super::site::Site;
use crate::daemon::AuthorityOutcome;

#[tokio::test]
async fn a_refused_source_freezes_its_alerts_and_is_told_when_it_begins_lasts_and_is_over() {
    let mut site = Site::new().await;
    site.pass("11-10 09:00").await;
    site.pass("11-11 09:00").await;
    site.sql("ALTER TABLE events RENAME TO gone").await;
    let outcome = site.outcome("11-17 03:00").await;
    assert!(outcome.is_refused() && !outcome.is_well());
    assert!(matches!(
        outcome.authorities[0].1,
        AuthorityOutcome::Refused(_)
    ));
    let begun = site.operations();
    assert!(begun.contains("the source was refused"), "{begun}");
    assert!(
        !begun.contains("Archer") && !begun.contains("anna@"),
        "{begun}"
    );
    assert_eq!(site.pass("11-17 09:00").await, [""; 0]);
    site.outcome("11-18 03:00").await;
    assert!(site.operations().contains("the source was refused"));
    // Two working days after the first refusal every head of service is told, once, in hours.
    site.outcome("11-19 07:00").await;
    let told = site.operations();
    assert!(told.contains("nobody has been warned"), "{told}");
    let outcome = site.outcome("11-19 09:00").await;
    assert_eq!(outcome.delivery.sent, 1);
    let outcome = site.outcome("11-19 09:15").await;
    assert_eq!(outcome.delivery.sent, 0);
    site.told();
    site.sql("ALTER TABLE gone RENAME TO events").await;
    let outcome = site.outcome("11-20 03:00").await;
    assert!(outcome.is_well());
    assert!(site.operations().contains("is read again"));
    assert_eq!(site.pass("11-20 09:00").await.len(), 2);
}

#[tokio::test]
async fn how_long_a_refusal_may_last_before_it_is_told_is_the_sites_to_say() {
    let mut site = Site::new().await;
    site.configure("[alerts]\nstale = \"5 days\"\n");
    site.pass("11-10 09:00").await;
    site.sql("ALTER TABLE events RENAME TO gone").await;
    for at in ["11-17 03:00", "11-19 09:00", "11-21 09:00"] {
        site.outcome(at).await;
        let told = site.operations();
        assert!(!told.contains("nobody has been warned"), "{at}: {told}");
    }
    // Operations at any hour, on a Sunday too; heads of service in the next sending hours.
    site.outcome("11-22 09:00").await;
    assert!(site.operations().contains("nobody has been warned"));
    assert_eq!(site.letters_to("hugo@example.org"), 0);
    site.outcome("11-23 09:00").await;
    assert_eq!(site.letters_to("hugo@example.org"), 1);
}

#[tokio::test]
async fn a_step_that_reaches_nobody_goes_up_and_operations_are_told_once_a_week() {
    let mut site = Site::new().await;
    site.pass("11-10 09:00").await;
    site.sql("UPDATE people SET email = NULL WHERE id = 'anna'")
        .await;
    assert_eq!(
        site.pass("11-11 09:00").await,
        ["tom: core-group; REF-1; step=1"]
    );
    for (at, messages) in [
        ("11-12 03:00", 0),
        ("11-17 03:00", 1),
        ("11-18 03:00", 1),
        ("11-19 03:00", 0),
    ] {
        // On the 17th the second step falls, and its role that reaches nobody is new.
        assert_eq!(site.outcome(at).await.operations, messages, "{at}");
    }
    assert_eq!(
        site.pass("11-19 09:00").await,
        ["tom: core-group; REF-1; step=2"]
    );
}

#[tokio::test]
async fn an_address_that_is_refused_goes_up_the_ladder() {
    let mut site = Site::new().await;
    site.pass("11-10 09:00").await;
    site.pass("11-11 09:00").await;
    // As delivery leaves it where the server refuses the address for good.
    let store = site.store().await;
    let mut tx = store.begin().await.unwrap();
    tx.execute(
        "UPDATE message SET sent_at = NULL, failed_at = queued_at, failed_for = 'address'
         WHERE recipient = 'anna@example.org'",
        [],
    )
    .await
    .unwrap();
    tx.execute(
        "INSERT INTO address (authority, address, standing, refused_at)
         SELECT authority, recipient, standing, queued_at FROM message
         WHERE recipient = 'anna@example.org'",
        [],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        site.pass("11-11 09:15").await,
        ["tom: core-group; REF-1; step=1"]
    );
    assert_eq!(site.pass("11-11 09:30").await, [""; 0]);
    // Whoever was never told hears of no closing.
    site.sql("INSERT INTO events VALUES ('core_group', 'G1', 'C1', '2026-11-11')")
        .await;
    assert_eq!(
        site.pass("11-12 09:00").await,
        ["tom: core-group; REF-1; closed=met"]
    );
}

#[tokio::test]
async fn rows_in_quarantine_are_told_without_their_values() {
    let mut site = Site::new().await;
    site.sql("INSERT INTO events VALUES ('visit', 'V9', 'nobody', '2026-11-01')")
        .await;
    site.outcome("11-10 03:00").await;
    let told = site.operations();
    assert!(told.contains("rows of the source cannot be used"), "{told}");
    assert_eq!(site.outcome("11-10 04:00").await.operations, 0);
    assert_eq!(site.outcome("11-11 03:00").await.operations, 1);
    site.sql("DELETE FROM events WHERE id = 'V9'").await;
    assert_eq!(site.outcome("11-11 04:00").await.operations, 1);
}
