//! What was told and is closed, acknowledged, withdrawn, switched off or cannot be judged.

use super::site::{LADDERS, PACK, Site, instant};
use crate::store::alerts::{self as table, Acknowledgement};

#[tokio::test]
async fn a_rule_switched_off_closes_its_alerts_and_goes_on_when_it_is_back() {
    let mut site = Site::new().await;
    site.pass("11-10 09:00").await;
    site.pass("11-11 09:00").await;
    site.write("pack.toml", &PACK.replace("ladder = \"standard\"\n", ""));
    assert_eq!(
        site.pass("11-12 09:00").await,
        ["anna: core-group; REF-1; closed=switched_off"]
    );
    site.write("pack.toml", PACK);
    let told = site.pass("11-13 09:00").await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("reopened"), "{told:?}");
    assert_eq!(site.pass("11-17 09:00").await.len(), 2);
}

#[tokio::test]
async fn a_ladder_that_is_gone_switches_its_rules_off_and_operations_are_told() {
    let mut site = Site::new().await;
    site.pass("11-10 09:00").await;
    site.pass("11-11 09:00").await;
    site.write(
        "ladders.toml",
        &LADDERS.replace("id = \"standard\"", "id = \"other\""),
    );
    site.outcome("11-12 09:00").await;
    let store = site.store().await;
    let mut tx = store.snapshot().await.unwrap();
    let kinds: Vec<&str> = table::troubles(&mut tx)
        .await
        .unwrap()
        .iter()
        .map(|known| known.trouble.kind.name())
        .collect();
    assert_eq!(kinds, ["ladder_missing"]);
    assert_eq!(
        site.told(),
        ["anna: core-group; REF-1; closed=switched_off"]
    );
}

#[tokio::test]
async fn the_alerts_of_a_rule_that_cannot_be_judged_stay_as_they_are() {
    let mut site = Site::new().await;
    site.pass("11-10 09:00").await;
    site.pass("11-11 09:00").await;
    site.sql("UPDATE events SET kind = 'other' WHERE kind = 'core_group'")
        .await;
    assert_eq!(site.pass("11-17 09:00").await, [""; 0]);
    site.sql("UPDATE events SET kind = 'core_group' WHERE kind = 'other'")
        .await;
    assert_eq!(
        site.pass("11-18 09:00").await,
        [
            "anna: core-group; REF-1; step=2",
            "tom: core-group; REF-1; step=2"
        ]
    );
}

#[tokio::test]
async fn an_acknowledgement_holds_steps_back_and_what_fell_is_told_when_it_lapses() {
    let mut site = Site::new().await;
    site.pass("11-10 09:00").await;
    site.pass("11-11 09:00").await;
    let store = site.store().await;
    let mut tx = store.begin().await.unwrap();
    let id = table::listed(&mut tx).await.unwrap()[0].id.clone();
    let acknowledgement = Acknowledgement {
        authority: "ashmere",
        obligation: &id,
        by: "Tom",
        reason: "booked",
        until: "2026-11-18".parse().unwrap(),
        at: instant("11-11 10:00"),
    };
    table::acknowledge(&mut tx, &acknowledgement).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(site.pass("11-17 09:00").await, [""; 0]);
    assert_eq!(site.pass("11-18 09:00").await, [""; 0]);
    assert_eq!(site.pass("11-19 09:00").await.len(), 2);
}

#[tokio::test]
async fn a_message_that_was_never_tried_is_withdrawn_when_all_it_tells_has_closed() {
    let mut site = Site::new().await;
    site.pass("11-10 09:00").await;
    site.pass("11-11 09:00").await;
    // As if that pass had ended before its first try.
    let store = site.store().await;
    let mut tx = store.begin().await.unwrap();
    tx.execute("UPDATE message SET sent_at = NULL, tries = 0", [])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    site.sql("INSERT INTO events VALUES ('core_group', 'G1', 'C1', '2026-11-11')")
        .await;
    assert_eq!(site.pass("11-12 09:00").await, [""; 0]);
    let mut tx = store.snapshot().await.unwrap();
    assert_eq!(table::listed(&mut tx).await.unwrap(), []);
    drop(tx);
    // Nobody was told: neither of a closing, nor, once it is open again, of a reopening.
    site.sql("DELETE FROM events WHERE id = 'G1'").await;
    assert_eq!(
        site.pass("11-13 09:00").await,
        ["anna: core-group; REF-1; step=1"]
    );
}

#[tokio::test]
async fn alerts_are_listed_by_the_keys_of_the_contract() {
    let mut site = Site::new().await;
    site.pass("11-10 09:00").await;
    site.pass("11-11 09:00").await;
    site.sql("INSERT INTO events VALUES ('core_group', 'G1', 'C1', '2026-11-11')")
        .await;
    site.pass("11-12 09:00").await;
    let store = site.store().await;
    let mut tx = store.snapshot().await.unwrap();
    let listed = table::listed(&mut tx).await.unwrap();
    let lines: Vec<_> = listed
        .iter()
        .map(|l| (l.step, l.recipient.as_str(), l.closed.as_deref(), l.sent))
        .collect();
    let closed = Some("met");
    assert_eq!(
        lines,
        [
            (
                Some(1),
                "anna@example.org",
                closed,
                Some(instant("11-11 09:00"))
            ),
            (
                None,
                "anna@example.org",
                closed,
                Some(instant("11-12 09:00"))
            ),
        ]
    );
    let first = &listed[0];
    let ids = (&*first.rule, &*first.child, &*first.period, &*first.anchor);
    assert_eq!(ids, ("core-group", "C1", "P1", "E1"));
}

#[tokio::test]
async fn who_was_not_told_of_a_step_before_the_closing_is_told_when_it_is_open_again() {
    let mut site = Site::new().await;
    let four = "to = [\"mailto:a@example.org\", \"mailto:b@example.org\", \"mailto:c@example.org\", \
                \"mailto:d@example.org\"]";
    let four = LADDERS.replace("to = [\"key_worker\", \"team_manager\"]", four);
    site.write("ladders.toml", &four);
    site.pass("11-10 09:00").await;
    site.pass("11-11 09:00").await;
    // Three messages are tried in vain, and the fourth is left for later.
    site.stop_mail();
    let outcome = site.outcome("11-17 09:00").await;
    assert!(outcome.delivery.gave_up);
    site.sql("INSERT INTO events VALUES ('core_group', 'G1', 'C1', '2026-11-17')")
        .await;
    site.outcome("11-17 09:15").await;
    site.start_mail();
    site.pass("11-18 09:00").await;
    site.sql("DELETE FROM events WHERE id = 'G1'").await;
    let told = site.pass("11-19 09:00").await;
    assert!(
        told.contains(&"d: core-group; REF-1; step=2".to_owned()),
        "{told:?}"
    );
    assert_eq!(
        told.iter().filter(|line| line.contains("step=")).count(),
        1,
        "{told:?}"
    );
    assert_eq!(site.pass("11-20 09:00").await, [""; 0]);
}
