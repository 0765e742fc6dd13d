//! Readings of what changed: what comes by them, and when everything is read instead.

use super::*;

on_every_database! {
    only_what_changed_is_read_and_a_full_reading_makes_it_equal,
    what_was_touched_within_the_overlap_is_read_again,
    a_row_that_moves_to_another_child_is_gone_from_the_first,
    a_row_that_breaks_keeps_its_last_good_form_until_it_is_mended,
    rows_that_came_before_their_child_join_it,
    rows_of_a_child_that_was_forgotten_stay_until_it_is_back,
    an_event_that_was_dated_ahead_counts_from_its_day_on,
    of_two_rows_with_one_id_the_one_the_copy_holds_stays,
    a_query_without_changes_is_read_in_full_beside_the_others,
    what_is_known_by_kind_is_what_a_full_reading_finds,
    everything_is_read_where_changes_are_no_longer_enough,
    a_refused_reading_of_changes_loses_none,
    changes_must_yield_the_columns_of_their_query,
}

async fn only_what_changed_is_read_and_a_full_reading_makes_it_equal(site: Site) {
    let mut site = site.changing().await;
    assert!(site.sync().await.unwrap().whole);
    site.change("visit", "happened = '2026-04-09'", "V1").await;
    site.add("visit", "'V3', 'C2', '2026-04-20', NULL, NULL, 'N'")
        .await;
    site.run("DELETE FROM visit WHERE id = 'V2'").await;
    let outcome = site.next().await;
    assert!(!outcome.whole);
    assert_eq!((outcome.rows.events, outcome.rows.children), (2, 0));
    assert_eq!(
        (outcome.changed, outcome.children),
        (vec!["C1".to_owned(), "C2".to_owned()], 2)
    );
    let copy = site.copy().await;
    assert!(copy.contains("visit V1 occurred=2026-04-09 "), "{copy}");
    assert!(
        copy.contains("visit V3 ") && copy.contains("visit V2 "),
        "{copy}"
    );
    assert!(!site.last_reading().await.whole);
    assert_eq!(site.next_full().await.changed, ["C1"]);
    assert!(!site.copy().await.contains("visit V2 "));
    assert!(site.last_reading().await.whole);
}

async fn what_was_touched_within_the_overlap_is_read_again(site: Site) {
    let mut site = site.changing().await;
    site.sync().await.unwrap();
    // A clock that is fifty minutes behind, and one that is seventy.
    let reading = site.now;
    site.now = reading.plus_seconds(-3000);
    site.change("visit", "seen = 'N'", "V1").await;
    site.now = reading.plus_seconds(-4200);
    site.change("visit", "seen = 'N'", "V2").await;
    site.now = reading;
    assert_eq!(site.next().await.rows.events, 1);
    site.file(&super::changing::FILE.replace("[source]", "[source]\noverlap = '2 hours'"));
    // The queries are as they were: a longer overlap alone asks for more.
    let outcome = site.next().await;
    assert!(!outcome.whole);
    assert_eq!(outcome.rows.events, 1, "two hours before the last reading");
}

async fn a_row_that_moves_to_another_child_is_gone_from_the_first(site: Site) {
    let mut site = site.changing().await;
    site.sync().await.unwrap();
    site.change("visit", "child = 'C2'", "V1").await;
    let outcome = site.next().await;
    assert!(!outcome.whole);
    assert_eq!(outcome.changed, ["C1", "C2"]);
    let copy = site.copy().await;
    assert_eq!(copy.matches("visit V1 ").count(), 1, "{copy}");
    let second = copy.find("C2 ref").unwrap();
    assert!(copy[second..].contains("visit V1 "), "{copy}");
    // And a new one, which then moves too: it is known since the last full reading.
    site.add("visit", "'V3', 'C1', '2026-04-20', NULL, NULL, 'N'")
        .await;
    site.next().await;
    site.change("visit", "child = 'C2'", "V3").await;
    site.next().await;
    let copy = site.copy().await;
    assert_eq!(copy.matches("visit V3 ").count(), 1, "{copy}");
}

async fn a_row_that_breaks_keeps_its_last_good_form_until_it_is_mended(site: Site) {
    let mut site = site.changing().await;
    site.sync().await.unwrap();
    let before = site.copy().await;
    site.change("visit", "happened = '31/04/2026'", "V1").await;
    site.change("child", "dob = 'unknown'", "C1").await;
    let outcome = site.next().await;
    assert_eq!((outcome.quarantined, outcome.changed), (2, Vec::new()));
    assert_eq!(site.copy().await, before);
    let told = [
        "children (line 4): C1: unreadable day in column `born`",
        "events visit (line 12): V1: unreadable day in column `occurred`",
    ];
    assert_eq!(site.quarantine().await, told);
    // It does not come again, and stays in quarantine all the same.
    site.next().await;
    assert_eq!(site.next().await.rows.events, 0);
    assert_eq!(site.quarantine().await, told);
    site.change("visit", "happened = '2026-04-30'", "V1").await;
    site.change("child", "dob = '2015-02-27'", "C1").await;
    assert_eq!(site.next().await.quarantined, 0);
    let copy = site.copy().await;
    assert!(copy.contains("visit V1 occurred=2026-04-30 "), "{copy}");
    assert!(copy.contains("born=2015-02-27"), "{copy}");
}

async fn rows_that_came_before_their_child_join_it(site: Site) {
    let mut site = site.changing().await;
    site.add("visit", "'V3', 'C3', '2026-04-20', NULL, NULL, 'N'")
        .await;
    site.sync().await.unwrap();
    site.next().await;
    site.next().await;
    site.add("visit", "'V4', 'C3', '2026-04-21', NULL, NULL, 'N'")
        .await;
    let outcome = site.next().await;
    assert_eq!((outcome.rows.events, outcome.quarantined), (1, 2));
    site.next().await;
    site.next().await;
    site.add("child", "'C3', NULL, NULL, NULL").await;
    let outcome = site.next().await;
    assert_eq!(
        (outcome.quarantined, outcome.changed),
        (0, vec!["C3".to_owned()])
    );
    assert!(!outcome.whole);
    let copy = site.copy().await;
    assert!(
        copy.contains("visit V3 ") && copy.contains("visit V4 "),
        "{copy}"
    );
}

async fn rows_of_a_child_that_was_forgotten_stay_until_it_is_back(site: Site) {
    let mut site = site.changing().await;
    site.sync().await.unwrap();
    let before = site.copy().await;
    site.run("DELETE FROM child WHERE id = 'C1'").await;
    assert_eq!(site.next_full().await.quarantined, 5);
    site.change("visit", "happened = '2026-04-30'", "V1").await;
    let outcome = site.next().await;
    assert_eq!((outcome.quarantined, outcome.changed), (5, Vec::new()));
    assert_eq!(site.copy().await, before);
    site.add("child", "'C1', '2015-02-28', 'LU-1', 'T1'").await;
    let outcome = site.next().await;
    assert_eq!((outcome.quarantined, outcome.whole), (0, false));
    assert!(site.copy().await.contains("visit V1 occurred=2026-04-30 "));
}

async fn an_event_that_was_dated_ahead_counts_from_its_day_on(site: Site) {
    let mut site = site.changing().await;
    site.sync().await.unwrap();
    site.add("visit", "'V3', 'C1', '2026-05-02', NULL, NULL, 'Y'")
        .await;
    assert_eq!(site.next().await.quarantined, 1);
    site.now = site.now.plus_hours(12);
    assert_eq!(site.next().await.quarantined, 1);
    site.now = site.now.plus_hours(4);
    let outcome = site.next().await;
    assert_eq!((outcome.quarantined, outcome.whole), (0, false));
    assert!(site.copy().await.contains("visit V3 occurred=2026-05-02 "));
}

async fn of_two_rows_with_one_id_the_one_the_copy_holds_stays(site: Site) {
    let mut site = site.changing().await;
    site.sync().await.unwrap();
    let before = site.copy().await;
    site.add("visit", "'V1', 'C2', '2026-04-20', NULL, NULL, 'N'")
        .await;
    assert_eq!(site.next().await.quarantined, 1);
    assert_eq!(site.copy().await, before);
    let told = ["events visit (line 12): V1: its id comes twice"];
    assert_eq!(site.quarantine().await, told);
    site.run("DELETE FROM visit WHERE id = 'V1' AND child = 'C2'")
        .await;
    site.change("visit", "seen = 'N'", "V1").await;
    let outcome = site.next().await;
    assert_eq!((outcome.quarantined, outcome.whole), (0, false));
    assert!(site.copy().await.contains("child_seen=\"N\""));
}

async fn a_query_without_changes_is_read_in_full_beside_the_others(site: Site) {
    let mut site = site.changing().await;
    let plan = super::changing::FILE.lines().nth(8).unwrap().to_owned();
    assert!(plan.starts_with("changed") && plan.contains("FROM plan"));
    site.file(&super::changing::FILE.replace(&plan, ""));
    site.sync().await.unwrap();
    site.run("DELETE FROM plan WHERE id = 'P1'; INSERT INTO plan (id, child, began) VALUES ('P2', 'C2', '2026-04-02'), ('P3', 'C2', '2026-04-03'); DELETE FROM visit WHERE id = 'V2'").await;
    site.change("visit", "seen = 'N'", "V1").await;
    let outcome = site.next().await;
    assert!(!outcome.whole);
    assert_eq!((outcome.rows.periods, outcome.rows.events), (2, 1));
    let copy = site.copy().await;
    assert!(
        !copy.contains("plan P1 ") && copy.contains("plan P2 "),
        "{copy}"
    );
    assert!(
        copy.contains("visit V2 ") && copy.contains("child_seen=\"N\""),
        "{copy}"
    );
    // The gate is there for what is read in full.
    site.run("DELETE FROM plan").await;
    site.now = site.now.plus_hours(1);
    let refused = site.sync().await.unwrap_err();
    assert_eq!(refused.refusal().unwrap().kind, RefusalKind::Shrunk);
    assert!(site.copy().await.contains("plan P2 "));
}

async fn what_is_known_by_kind_is_what_a_full_reading_finds(site: Site) {
    let mut site = site.changing().await;
    site.sync().await.unwrap();
    site.change("visit", "seen = NULL", "V1").await;
    site.change("meeting", "agreed = 'M2', what = 'x'", "M1")
        .await;
    site.add("visit", "'V3', 'C2', '2026-04-20', NULL, NULL, 'N'")
        .await;
    site.next().await;
    site.change("child", "team = 'T9'", "C2").await;
    site.next().await;
    let by_changes = site.everything().await;
    assert_eq!(site.next_full().await.changed, Vec::<String>::new());
    assert_eq!(site.everything().await, by_changes);
}

async fn everything_is_read_where_changes_are_no_longer_enough(site: Site) {
    let mut site = site.changing().await;
    site.sync().await.unwrap();
    assert!(!site.next().await.whole);
    // The interval has passed, but for the minutes that a timer may be early.
    site.now = site.now.plus_hours(23).plus_seconds(-3600 - 120);
    assert!(site.next().await.whole);
    assert!(!site.next().await.whole);
    site.file(&super::changing::FILE.replace("seen AS child_seen", "seen"));
    assert!(site.next().await.whole, "a query is another one");
    site.file(
        &super::changing::FILE.replace("WHERE touched >= :since ", "WHERE touched > :since "),
    );
    assert!(site.next().await.whole);
    site.file(
        &super::changing::FILE.replace("WHERE touched > :since ", "WHERE touched >  :since "),
    );
    assert!(
        site.next().await.whole,
        "what asks for changes is another one"
    );
    site.profile.timezone = Some(Zone(chrono_tz::UTC));
    assert!(site.next().await.whole, "times mean something else");
    assert!(!site.next().await.whole);
    site.accept = true;
    assert!(
        site.next().await.whole,
        "a drop is let through of what is read in full"
    );
    site.accept = false;
    site.now = site.now.plus_hours(-5);
    assert!(site.next().await.whole, "the clock went back");
}

async fn a_refused_reading_of_changes_loses_none(site: Site) {
    let mut site = site.changing().await;
    site.sync().await.unwrap();
    site.change("visit", "seen = 'N'", "V1").await;
    site.run("ALTER TABLE worker RENAME TO staff").await;
    for _ in 0..3 {
        site.now = site.now.plus_hours(1);
        let refused = site.sync().await.unwrap_err();
        assert_eq!(refused.refusal().unwrap().kind, RefusalKind::Failed);
    }
    site.run("ALTER TABLE staff RENAME TO worker").await;
    let outcome = site.next().await;
    assert_eq!((outcome.whole, outcome.rows.events), (false, 1));
    assert!(site.copy().await.contains("child_seen=\"N\""));
}

async fn changes_must_yield_the_columns_of_their_query(site: Site) {
    let mut site = site.changing().await;
    let visit = super::changing::FILE.replace(
        "seen AS child_seen FROM visit WHERE",
        "seen FROM visit WHERE",
    );
    site.file(&visit);
    let refused = site.sync().await.unwrap_err();
    let refusal = refused.refusal().unwrap();
    assert_eq!(refusal.kind, RefusalKind::Contract);
    assert_eq!(
        refusal.lines,
        [
            "sources/test.toml:13:11: events visit: does not yield the columns of its `query` (it \
             yields child_id, event_id, occurred, recorded, scheduled, seen, the query child_id, \
             child_seen, event_id, occurred, recorded, scheduled); select the same columns in both"
        ]
    );
    let probed = probe(&site.profile, Zone::LONDON, site.now, 10).await;
    assert_eq!(probed.faults.len(), 1);
}
