//! What the daemon wakes for between two readings: by the next instant at which something could be
//! told, never by reading the source once more.

use super::site::{LADDERS, Site, instant};
use crate::calendar::Zone;
use crate::daemon::{Clock, Due, Job, PassEnd, due, pass_for};
use crate::store::{alerts as table, copy};

/// Goes through a span of local time as the daemon does, asking every so many minutes what is due, with
/// a reading each day at 07:30. Gives a line for each pass: when, why, and what was told.
pub(super) async fn live(site: &mut Site, from: &str, to: &str, minutes: i64) -> Vec<String> {
    let readings = Job {
        name: "pass",
        timetable: "07:30".parse().unwrap(),
        zone: Zone::LONDON,
    };
    let clock = Clock::standing_at(instant(from));
    let store = site.store().await;
    let mut lines = Vec::new();
    while clock.now() < instant(to) {
        let now = clock.now();
        if let Some(due) = due(&store, &readings, now).await.unwrap() {
            let ended = pass_for(&site.installation(), &store, now, due).await;
            assert!(matches!(ended.unwrap(), PassEnd::Ran(_)));
            if due == Due::Reading {
                readings.ended(&store, now, true).await.unwrap();
            }
            let local = now.utc().with_timezone(&chrono_tz::Europe::London);
            let told = site.told().join(", ");
            lines.push(format!("{} {due:?}: {told}", local.format("%m-%d %H:%M")));
        }
        clock.move_to(now.plus_seconds(60 * minutes));
    }
    store.close().await;
    lines
}

/// How often the source was read.
async fn readings(site: &Site) -> i64 {
    let store = site.store().await;
    let mut tx = store.snapshot().await.unwrap();
    let rows = tx.rows("SELECT COUNT(*) FROM copy_reading", []).await;
    rows.unwrap()[0].int(0).unwrap()
}

#[tokio::test]
async fn with_one_reading_a_night_each_step_is_told_when_sending_hours_begin() {
    let mut site = Site::new().await;
    site.pass("11-10 06:00").await;
    let lines = live(&mut site, "11-10 06:01", "11-12 07:00", 1).await;
    insta::assert_snapshot!(lines.join("\n"), @"
    11-10 06:01 Reading: 
    11-10 07:30 Reading: 
    11-11 00:00 Look: 
    11-11 07:30 Reading: 
    11-11 08:00 Look: anna: core-group; REF-1; step=1
    11-12 00:00 Look:
    ");
    assert_eq!(readings(&site).await, 4);
}

#[tokio::test]
async fn a_limit_of_hours_wakes_at_its_instant() {
    let mut site = Site::new().await;
    let now = LADDERS
        .replace("id = \"standard\"", "id = \"standard\"\nhours = \"always\"")
        .replace("due - 3 working days", "opened + 30 hours");
    site.write("ladders.toml", &now);
    site.pass("11-02 08:00").await;
    site.child(2, "2026-11-02T13:20:00").await;
    let lines = live(&mut site, "11-03 07:29", "11-04 00:01", 1).await;
    insta::assert_snapshot!(lines.join("\n"), @"
    11-03 07:29 Reading: 
    11-03 07:30 Reading: 
    11-03 19:20 Look: anna: core-group; REF-2; step=1
    11-04 00:00 Look: anna: core-group; REF-1; step=1
    ");
}

#[tokio::test]
async fn repeats_lapses_and_closings_wake_it() {
    let mut site = Site::new().await;
    site.pass("11-10 07:30").await;
    let lines = live(&mut site, "11-11 07:30", "11-17 07:00", 15).await;
    assert_eq!(
        lines.iter().filter(|line| line.contains("step=")).count(),
        1,
        "{lines:?}"
    );
    let store = site.store().await;
    let mut tx = store.begin().await.unwrap();
    let id = table::alerts(&mut tx, "ashmere")
        .await
        .unwrap()
        .keys()
        .next()
        .unwrap()
        .clone();
    let acknowledgement = table::Acknowledgement {
        authority: "ashmere",
        obligation: &id,
        by: "Tom",
        reason: "booked",
        until: "2026-11-18".parse().unwrap(),
        at: instant("11-17 07:00"),
    };
    table::acknowledge(&mut tx, &acknowledgement).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    let lines = live(&mut site, "11-17 07:15", "11-19 12:00", 15).await;
    insta::assert_snapshot!(lines.join("\n"), @"
    11-17 07:30 Reading: 
    11-18 00:00 Look: 
    11-18 07:30 Reading: 
    11-19 00:00 Look: 
    11-19 07:30 Reading: 
    11-19 08:00 Look: anna: core-group; REF-1; step=2, tom: core-group; REF-1; step=2
    ");
    let lines = live(&mut site, "11-23 07:15", "12-01 00:00", 15).await;
    insta::assert_snapshot!(lines.join("\n"), @"
    11-23 07:15 Reading: 
    11-23 07:30 Reading: 
    11-23 08:00 Look: hugo: core-group; REF-1; step=3
    11-24 00:00 Look: 
    11-24 07:30 Reading: 
    11-25 00:00 Look: 
    11-25 07:30 Reading: 
    11-26 00:00 Look: 
    11-26 07:30 Reading: 
    11-27 00:00 Look: 
    11-27 07:30 Reading: 
    11-28 00:00 Look: 
    11-28 07:30 Reading: 
    11-29 00:00 Look: 
    11-29 07:30 Reading: 
    11-30 00:00 Look: 
    11-30 07:30 Reading: 
    11-30 08:00 Look: hugo: core-group; REF-1; step=3
    ");
    site.sql("INSERT INTO events VALUES ('core_group', 'G1', 'C1', '2026-11-30')")
        .await;
    let lines = live(&mut site, "12-01 07:15", "12-02 07:00", 15).await;
    insta::assert_snapshot!(lines.join("\n"), @"
    12-01 07:15 Look: 
    12-01 07:30 Reading: 
    12-01 08:00 Look: anna: core-group; REF-1; closed=met_late, hugo: core-group; REF-1; closed=met_late, tom: core-group; REF-1; closed=met_late
    12-02 00:00 Look:
    ");
}

#[tokio::test]
async fn no_step_is_told_from_a_copy_whose_source_was_refused_at_the_last_reading() {
    let mut site = Site::new().await;
    site.pass("11-10 07:30").await;
    site.sql("ALTER TABLE events RENAME TO gone").await;
    let lines = live(&mut site, "11-11 07:30", "11-13 12:00", 15).await;
    insta::assert_snapshot!(lines.join("\n"), @"
    11-11 07:30 Reading: 
    11-12 07:30 Reading: 
    11-13 00:00 Look: 
    11-13 07:30 Reading: 
    11-13 08:00 Look:
    ");
    let store = site.store().await;
    let mut tx = store.snapshot().await.unwrap();
    assert!(
        copy::refused_since(&mut tx, "ashmere")
            .await
            .unwrap()
            .is_some()
    );
    drop(tx);
    store.close().await;
    // On the second working day, in sending hours, the head of service is told.
    assert_eq!(site.letters_to("hugo@example.org"), 1);
    site.sql("ALTER TABLE gone RENAME TO events").await;
    let lines = live(&mut site, "11-14 07:30", "11-16 12:00", 15).await;
    insta::assert_snapshot!(lines.join("\n"), @"
    11-14 07:30 Reading: 
    11-15 00:00 Look: 
    11-15 07:30 Reading: 
    11-16 00:00 Look: 
    11-16 07:30 Reading: 
    11-16 08:00 Look: anna: core-group; REF-1; step=1
    ");
}

#[tokio::test]
async fn a_message_that_was_not_taken_is_tried_again_without_a_reading() {
    let mut site = Site::new().await;
    site.pass("11-11 07:30").await;
    site.stop_mail();
    live(&mut site, "11-11 08:00", "11-11 08:10", 1).await;
    site.start_mail();
    let before = readings(&site).await;
    let lines = live(&mut site, "11-11 08:10", "11-11 08:30", 1).await;
    let told: Vec<&String> = lines.iter().filter(|line| line.contains("anna")).collect();
    assert_eq!(told.len(), 1, "{lines:?}");
    assert!(
        told[0].ends_with("Retry: anna: core-group; REF-1; step=1"),
        "{lines:?}"
    );
    assert_eq!(readings(&site).await, before);
}
