//! What a reading brings into the copy, and what it leaves alone.

use super::*;

on_every_database! {
    everything_a_source_says_is_in_the_copy,
    only_what_changed_is_written,
    what_is_gone_from_the_source_is_gone_from_the_copy,
    of_two_rows_with_one_id_the_first_stays_and_then_the_one_the_copy_holds,
    a_row_that_was_good_keeps_its_last_good_form,
    a_child_that_cannot_be_read_any_more_keeps_its_last_good_form,
    rows_of_a_child_that_the_source_forgot_keep_their_last_good_form,
    staff_that_cannot_be_read_any_more_stay,
    what_is_known_of_each_kind_is_kept,
    a_quarantined_row_keeps_its_since_until_it_is_mended,
}

async fn everything_a_source_says_is_in_the_copy(site: Site) {
    let outcome = site.sync().await.unwrap();
    assert!(outcome.first);
    assert_eq!(outcome.rows.total(), 10);
    assert_eq!((outcome.children, outcome.quarantined), (2, 0));
    assert_eq!(outcome.changed, ["C1", "C2"]);
    let copy = site.copy().await;
    insta::allow_duplicates! {
        insta::assert_snapshot!(copy, @r#"
        C1 ref=LU-1 born=2015-02-28 team=T1
          plan P1 2026-04-01.. category="neglect"
          visit V1 occurred=2026-04-08@2026-04-08T09:30:00.000000Z recorded=2026-04-10 child_seen="Y"
          visit V2 scheduled=2026-05-20
          conference M1 occurred=2026-04-01
          minutes_circulated M2 occurred=2026-04-03 about=M1
        C2 ref=C2 born= team=
        "#);
    }
    let mut tx = site.store.snapshot().await.unwrap();
    let staff = copy::staff(&mut tx, "luton").await.unwrap();
    assert_eq!(staff.people["7"].email.as_deref(), Some("ann@example.org"));
    assert_eq!(staff.people["7"].manager_id.as_deref(), Some("8"));
    assert_eq!(staff.people["8"].email, None);
    assert_eq!(staff.teams["T1"].manager_id.as_deref(), Some("8"));
}

async fn only_what_changed_is_written(site: Site) {
    site.sync().await.unwrap();
    let before = site.copy().await;
    let outcome = site.sync().await.unwrap();
    assert!(!outcome.first);
    assert_eq!(outcome.changed, Vec::<String>::new());
    assert_eq!(site.copy().await, before);
    site.run("UPDATE child SET team = 'T9' WHERE id = 'C2'")
        .await;
    assert_eq!(site.sync().await.unwrap().changed, ["C2"]);
    site.run("INSERT INTO child VALUES ('A0', NULL, NULL, NULL)")
        .await;
    assert_eq!(site.sync().await.unwrap().changed, ["A0"]);
    assert_eq!(site.last_reading().await.children, 3);
}

async fn what_is_gone_from_the_source_is_gone_from_the_copy(site: Site) {
    site.sync().await.unwrap();
    site.run("DELETE FROM visit WHERE id = 'V2'; DELETE FROM child WHERE id = 'C2'")
        .await;
    let outcome = site.sync().await.unwrap();
    assert_eq!(outcome.changed, ["C1", "C2"]);
    assert_eq!((outcome.children, outcome.quarantined), (1, 0));
    let copy = site.copy().await;
    assert!(!copy.contains("V2") && !copy.contains("C2"), "{copy}");
}

async fn of_two_rows_with_one_id_the_first_stays_and_then_the_one_the_copy_holds(mut site: Site) {
    site.run("INSERT INTO visit VALUES ('V1', 'C1', '2026-04-09', NULL, NULL, 'N')")
        .await;
    site.file(&FILE.replace(
        "FROM visit ORDER BY id",
        "FROM visit ORDER BY id, seen DESC",
    ));
    let outcome = site.sync().await.unwrap();
    assert_eq!(outcome.quarantined, 1);
    assert_eq!(
        site.quarantine().await,
        ["events visit (line 10): V1: its id comes twice"]
    );
    let held = "visit V1 occurred=2026-04-08@2026-04-08T09:30:00.000000Z";
    assert!(site.copy().await.contains(held));
    // Read in the other order, the one that the copy holds still stays.
    site.file(&FILE.replace("FROM visit ORDER BY id", "FROM visit ORDER BY id, seen ASC"));
    assert_eq!(site.sync().await.unwrap().changed, Vec::<String>::new());
    assert!(site.copy().await.contains(held));
    // An event of another kind may have the same id.
    site.run("INSERT INTO meeting VALUES ('V1', 'C1', '2026-04-09', 'core_group', NULL)")
        .await;
    assert_eq!(site.sync().await.unwrap().quarantined, 1);
    assert!(site.copy().await.contains("core_group V1"));
}

async fn a_row_that_was_good_keeps_its_last_good_form(site: Site) {
    site.sync().await.unwrap();
    let before = site.copy().await;
    site.run(
        "UPDATE visit SET happened = '31/04/2026' WHERE id = 'V1'; \
         UPDATE plan SET ended = '2026-03-01', category = 'physical'; \
         INSERT INTO visit VALUES ('V3', 'C1', 'soon', NULL, NULL, 'Y')",
    )
    .await;
    let outcome = site.sync().await.unwrap();
    assert_eq!((outcome.quarantined, outcome.changed), (3, Vec::new()));
    assert_eq!(site.copy().await, before);
    assert_eq!(
        site.quarantine().await,
        [
            "periods plan (line 7): P1: its to_date lies before its from_date",
            "events visit (line 10): V1: unreadable day in column `occurred`",
            "events visit (line 10): V3: unreadable day in column `occurred`",
        ]
    );
    site.run(
        "UPDATE visit SET happened = '2026-04-30' WHERE id = 'V1'; \
         UPDATE plan SET ended = NULL; DELETE FROM visit WHERE id = 'V3'",
    )
    .await;
    let outcome = site.sync().await.unwrap();
    assert_eq!(outcome.quarantined, 0);
    let copy = site.copy().await;
    assert!(copy.contains("visit V1 occurred=2026-04-30 "), "{copy}");
    assert!(
        copy.contains("plan P1 2026-04-01.. category=\"physical\""),
        "{copy}"
    );
}

async fn a_child_that_cannot_be_read_any_more_keeps_its_last_good_form(site: Site) {
    site.sync().await.unwrap();
    let before = site.copy().await;
    site.run("UPDATE child SET dob = 'unknown' WHERE id = 'C1'")
        .await;
    let outcome = site.sync().await.unwrap();
    assert_eq!(outcome.changed, Vec::<String>::new());
    assert_eq!(site.copy().await, before);
    assert_eq!(
        site.quarantine().await,
        ["children (line 4): C1: unreadable day in column `born`"]
    );
}

async fn rows_of_a_child_that_the_source_forgot_keep_their_last_good_form(site: Site) {
    site.sync().await.unwrap();
    let before = site.copy().await;
    site.run(
        "DELETE FROM child WHERE id = 'C1'; \
         INSERT INTO visit VALUES ('V3', 'C9', '2026-04-02', NULL, NULL, 'Y')",
    )
    .await;
    let outcome = site.sync().await.unwrap();
    assert_eq!(outcome.changed, Vec::<String>::new());
    assert_eq!(outcome.quarantined, 6);
    assert_eq!(site.copy().await, before);
    let unknown =
        "events visit (line 10): V3: unknown child: its child_id is not among the children";
    assert!(site.quarantine().await.contains(&unknown.to_owned()));
}

async fn staff_that_cannot_be_read_any_more_stay(site: Site) {
    site.sync().await.unwrap();
    let long = "x".repeat(2000);
    site.run(&if site.address.starts_with("sqlite:") {
        format!("UPDATE worker SET mail = '{long}' WHERE id = '7'")
    } else {
        // A column of 64 characters holds no text that is too long.
        "ALTER TABLE worker RENAME COLUMN mail TO post; \
         ALTER TABLE worker ADD COLUMN mail VARCHAR(4000)"
            .to_owned()
    })
    .await;
    if !site.address.starts_with("sqlite:") {
        site.run(&format!("UPDATE worker SET mail = '{long}' WHERE id = '7'"))
            .await;
    }
    site.run("INSERT INTO team VALUES ('T1', 'Second', NULL, NULL)")
        .await;
    let outcome = site.sync().await.unwrap();
    assert_eq!(outcome.quarantined, 2);
    let mut tx = site.store.snapshot().await.unwrap();
    let staff = copy::staff(&mut tx, "luton").await.unwrap();
    assert_eq!(staff.people["7"].email.as_deref(), Some("ann@example.org"));
    assert_eq!(staff.teams["T1"].name.as_deref(), Some("North"));
}

async fn what_is_known_of_each_kind_is_kept(site: Site) {
    use crate::case::Class;
    site.sync().await.unwrap();
    let mut tx = site.store.snapshot().await.unwrap();
    let catalogue = copy::catalogue(&mut tx, "luton").await.unwrap();
    let visit = catalogue.kind(Class::Event, "visit").unwrap();
    assert_eq!((visit.rows, visit.about), (2, 0));
    assert!(visit.columns.contains("child_seen"));
    assert_eq!(visit.carried.get("child_seen"), Some(&1));
    let minutes = catalogue.kind(Class::Event, "minutes_circulated").unwrap();
    assert_eq!((minutes.rows, minutes.about), (1, 1));
    drop(tx);
    // A kind whose last row went is still known, with no rows.
    site.run("DELETE FROM meeting WHERE id = 'M2'").await;
    site.run("DELETE FROM visit WHERE id = 'V1'").await;
    site.sync().await.unwrap();
    let mut tx = site.store.snapshot().await.unwrap();
    let catalogue = copy::catalogue(&mut tx, "luton").await.unwrap();
    let minutes = catalogue.kind(Class::Event, "minutes_circulated").unwrap();
    assert_eq!((minutes.rows, minutes.about), (0, 0));
    let visit = catalogue.kind(Class::Event, "visit").unwrap();
    assert!(visit.columns.contains("child_seen") && visit.carried.is_empty());
}

async fn a_quarantined_row_keeps_its_since_until_it_is_mended(mut site: Site) {
    site.run("UPDATE visit SET happened = 'x' WHERE id = 'V1'")
        .await;
    site.sync().await.unwrap();
    let first = site.now;
    site.now = first.plus_hours(1);
    site.run("UPDATE visit SET booked = 'y' WHERE id = 'V2'")
        .await;
    site.sync().await.unwrap();
    let mut tx = site.store.snapshot().await.unwrap();
    let since: Vec<Instant> = copy::quarantine(&mut tx, "luton")
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.since)
        .collect();
    assert_eq!(since, [first, site.now]);
}
