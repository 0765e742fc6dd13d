//! Steps told: once, to the right people, after crashes and twice at once; baseline and flood.

use super::site::{LADDERS, PACK, Site, instant};
use crate::daemon::{PassEnd, PassError};
use crate::store::alerts as table;

#[tokio::test]
async fn a_duty_climbs_its_ladder_and_each_step_is_told_once() {
    climbs(Site::new().await).await;
}

pub async fn climbs(mut site: Site) {
    assert_eq!(site.pass("11-10 09:00").await, [""; 0]);
    assert_eq!(site.pass("11-11 07:00").await, [""; 0]);
    assert_eq!(
        site.pass("11-11 09:00").await,
        ["anna: core-group; REF-1; step=1"]
    );
    assert_eq!(site.pass("11-11 09:15").await, [""; 0]);
    assert_eq!(
        site.pass("11-17 09:00").await,
        [
            "anna: core-group; REF-1; step=2",
            "tom: core-group; REF-1; step=2"
        ]
    );
    assert_eq!(
        site.pass("11-23 09:00").await,
        ["hugo: core-group; REF-1; step=3"]
    );
    assert_eq!(site.pass("11-24 09:00").await, [""; 0]);
    assert_eq!(
        site.pass("11-30 09:00").await,
        ["hugo: core-group; REF-1; step=3"]
    );
    assert_eq!(site.pass("12-01 09:00").await, [""; 0]);
}

/// Nobody was told of it yet, and it is remembered under the team's old name.
#[tokio::test]
async fn a_team_that_was_renamed_has_its_new_name_in_the_next_message() {
    let mut site = Site::new().await;
    let no_ladder = PACK.replace("ladder = \"standard\"\n", "");
    site.write("pack.toml", &no_ladder);
    assert_eq!(site.pass("11-17 09:00").await, [""; 0]);
    site.sql("UPDATE teams SET name = 'Norther' WHERE id = 'north'")
        .await;
    site.outcome("11-18 09:00").await;
    site.write("pack.toml", PACK);
    site.outcome("11-19 09:00").await;
    let texts = site.texts();
    assert!(!texts.is_empty());
    for text in texts {
        assert!(text.contains("Anna Archer (Norther)"), "{text}");
    }
}

#[tokio::test]
async fn the_closing_is_told_to_all_who_were_told_and_a_reopening_to_them_too() {
    closes_and_opens(Site::new().await).await;
}

pub async fn closes_and_opens(mut site: Site) {
    site.pass("11-10 09:00").await;
    site.pass("11-17 09:00").await;
    site.sql("INSERT INTO events VALUES ('core_group', 'G1', 'C1', '2026-11-17')")
        .await;
    assert_eq!(site.pass("11-17 12:00").await, [""; 0]);
    assert_eq!(
        site.pass("11-18 09:00").await,
        [
            "anna: core-group; REF-1; closed=met_late",
            "tom: core-group; REF-1; closed=met_late"
        ]
    );
    assert_eq!(site.pass("11-19 09:00").await, [""; 0]);
    site.sql("DELETE FROM events WHERE id = 'G1'").await;
    let told = site.pass("11-20 09:00").await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told.iter().all(|line| line.contains("reopened")),
        "{told:?}"
    );
    assert_eq!(
        site.pass("11-23 09:00").await,
        ["hugo: core-group; REF-1; step=3"]
    );
    // Without any conference in the copy the rule could not be judged at all.
    site.child(2, "2026-11-20").await;
    site.sql("DELETE FROM events WHERE id = 'E1'").await;
    assert_eq!(
        site.pass("11-24 09:00").await,
        [
            "anna: core-group; REF-1; closed=withdrawn",
            "hugo: core-group; REF-1; closed=withdrawn",
            "tom: core-group; REF-1; closed=withdrawn"
        ]
    );
}

#[tokio::test]
async fn what_is_overdue_when_watching_begins_is_told_in_one_digest_a_recipient() {
    let mut site = Site::new().await;
    for number in 2..=40 {
        site.child(number, "2026-10-05").await;
    }
    // On a Saturday nothing is queued; on Monday each recipient has one digest.
    assert_eq!(site.pass("11-21 09:00").await, [""; 0]);
    let outcome = site.outcome("11-23 09:00").await;
    assert_eq!(outcome.delivery.sent, 3);
    let told = site.told();
    let of = |line: &str| told.iter().filter(|t| t.as_str() == line).count();
    assert_eq!(of("anna: core-group; REF-7; step=1"), 1);
    assert_eq!(of("anna: core-group; REF-7; step=2"), 1);
    assert_eq!(of("tom: core-group; REF-7; step=2"), 1);
    assert_eq!(of("hugo: core-group; REF-7; step=3"), 1);
    assert_eq!(site.pass("11-24 09:00").await, [""; 0]);
}

#[tokio::test]
async fn a_rule_that_is_new_in_a_known_pack_is_a_baseline() {
    let mut site = Site::new().await;
    site.pass("11-10 09:00").await;
    for number in 2..=40 {
        site.child(number, "2026-10-05").await;
        let group = format!(
            "INSERT INTO events VALUES ('core_group', 'G{number}', 'C{number}', '2026-10-06')"
        );
        site.sql(&group).await;
    }
    assert_eq!(
        site.pass("11-16 09:00").await,
        ["anna: core-group; REF-1; step=1"]
    );
    let second = PACK[PACK.find("[[rule]]").unwrap()..]
        .replace("core-group", "second-group")
        .replace("10 working days", "2 days")
        .replace(
            "{ event = \"core_group\" }",
            "{ event = \"core_group\", where = \"false\" }",
        );
    site.write("pack.toml", &format!("{PACK}{second}"));
    // All 40 are overdue at once, and no flood: one digest for each of three people.
    let outcome = site.outcome("11-16 10:00").await;
    assert_eq!(outcome.delivery.sent, 3);
    let told = site.told();
    assert!(
        told.iter().all(|line| line.contains("second-group")),
        "{told:?}"
    );
    assert!(told.contains(&"hugo: second-group; REF-9; step=3".to_owned()));
}

#[tokio::test]
async fn a_flood_is_held_until_it_is_released() {
    floods(Site::new().await).await;
}

pub async fn floods(mut site: Site) {
    for number in 2..=30 {
        site.child(number, "2026-11-02").await;
    }
    site.sql(
        "INSERT INTO events SELECT 'core_group', 'G' || id, id, '2026-11-03' FROM children
         WHERE id <> 'C1'",
    )
    .await;
    site.pass("11-10 09:00").await;
    // The core groups are gone, and 29 duties of 30 turn overdue beside the one that is.
    site.sql("UPDATE events SET kind = 'core_group', child = 'C1' WHERE id LIKE 'GC%'")
        .await;
    site.sql("UPDATE events SET held = '2026-10-05' WHERE id LIKE 'GC%'")
        .await;
    assert_eq!(site.pass("11-17 09:00").await, [""; 0]);
    assert!(site.pass("11-23 09:00").await.is_empty());
    // One of them is met meanwhile, and drops out.
    site.sql("INSERT INTO events VALUES ('core_group', 'again', 'C5', '2026-11-23')")
        .await;
    let store = site.store().await;
    let mut tx = store.begin().await.unwrap();
    let at = instant("11-23 10:00");
    assert_eq!(
        table::release_flood(&mut tx, "ashmere", at).await.unwrap(),
        30
    );
    tx.commit().await.unwrap();
    let outcome = site.outcome("11-23 10:15").await;
    assert_eq!(
        outcome.delivery.sent, 4,
        "three digests, and operations that it is over"
    );
    let told = site.told();
    assert!(told.contains(&"hugo: core-group; REF-30; step=3".to_owned()));
    assert!(!told.iter().any(|line| line.contains("REF-5;")));
}

#[tokio::test]
async fn a_ladder_that_changes_counts_its_steps_up_to_the_highest_told_as_told() {
    let mut site = Site::new().await;
    site.pass("11-10 09:00").await;
    site.pass("11-11 09:00").await;
    site.write(
        "ladders.toml",
        &LADDERS.replace("due - 3 working days", "due - 2 working days"),
    );
    assert_eq!(site.pass("11-12 09:00").await, [""; 0]);
    assert_eq!(site.pass("11-17 09:00").await.len(), 2);
}

#[tokio::test]
async fn an_earlier_pass_is_refused_and_the_same_instant_tells_nothing_twice() {
    let mut site = Site::new().await;
    site.pass("11-10 09:00").await;
    assert_eq!(site.pass("11-11 09:00").await.len(), 1);
    assert!(matches!(
        site.try_pass("11-11 08:59").await,
        Err(PassError::Earlier { .. })
    ));
    assert_eq!(site.pass("11-11 09:00").await, [""; 0]);
}

#[tokio::test]
async fn of_two_passes_at_once_one_does_nothing_and_says_so() {
    let mut site = Site::new().await;
    let (first, second) = tokio::join!(site.try_pass("11-11 09:00"), site.try_pass("11-11 09:00"));
    let others = [first.unwrap(), second.unwrap()]
        .into_iter()
        .filter(|end| matches!(end, PassEnd::AnotherRuns))
        .count();
    assert!(others <= 1);
    assert_eq!(site.told(), ["anna: core-group; REF-1; step=1"]);
}
