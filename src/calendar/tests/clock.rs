//! The local clock on both Sundays on which it changes, and limits counted in hours across them.

use chrono::NaiveDateTime;

use super::{calendar, day};
use crate::calendar::{Instant, Moment, Nation, Zone};

fn local(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").unwrap()
}

fn instant(text: &str) -> Instant {
    text.parse().unwrap()
}

fn moment(text: &str) -> Moment {
    Zone::LONDON.moment_of_local(local(text))
}

#[test]
fn in_spring_the_hour_that_does_not_occur_is_moved_forward() {
    let zone = Zone::LONDON;
    for (wall, utc) in [
        ("2026-03-29T00:59:59", "2026-03-29T00:59:59Z"),
        ("2026-03-29T01:00:00", "2026-03-29T01:00:00Z"),
        ("2026-03-29T01:30:00", "2026-03-29T01:30:00Z"),
        ("2026-03-29T02:00:00", "2026-03-29T01:00:00Z"),
        ("2026-03-29T02:30:00", "2026-03-29T01:30:00Z"),
        ("2026-03-30T01:30:00", "2026-03-30T00:30:00Z"),
    ] {
        assert_eq!(zone.instant(local(wall)), instant(utc), "{wall}");
    }
    let moved = zone.time_of(zone.instant(local("2026-03-29T01:30:00")));
    assert_eq!(moved.to_string(), "02:30:00");
}

#[test]
fn in_autumn_the_hour_that_occurs_twice_is_the_first() {
    let zone = Zone::LONDON;
    for (wall, utc) in [
        ("2026-10-25T00:59:59", "2026-10-24T23:59:59Z"),
        ("2026-10-25T01:00:00", "2026-10-25T00:00:00Z"),
        ("2026-10-25T01:30:00", "2026-10-25T00:30:00Z"),
        ("2026-10-25T02:00:00", "2026-10-25T02:00:00Z"),
    ] {
        assert_eq!(zone.instant(local(wall)), instant(utc), "{wall}");
    }
}

#[test]
fn the_days_of_the_changes_have_23_and_25_hours() {
    let zone = Zone::LONDON;
    for (on, hours) in [
        ("2026-03-29", 23),
        ("2026-10-25", 25),
        ("2026-10-26", 24),
        ("2028-03-26", 23),
        ("2028-10-29", 25),
    ] {
        let day = day(on);
        let length = zone.start_of(day.next()).seconds_since(zone.start_of(day));
        assert_eq!(length, hours * 3600, "{on}");
    }
}

#[test]
fn an_instant_belongs_to_its_local_day() {
    let zone = Zone::LONDON;
    for (at, on) in [
        ("2026-06-30T23:30:00Z", "2026-07-01"),
        ("2026-06-30T22:59:59Z", "2026-06-30"),
        ("2026-12-31T23:30:00Z", "2026-12-31"),
        ("2026-03-29T23:30:00Z", "2026-03-30"),
        ("2026-10-24T23:30:00Z", "2026-10-25"),
        ("2026-10-25T23:30:00Z", "2026-10-25"),
    ] {
        assert_eq!(zone.day_of(instant(at)), day(on), "{at}");
        assert_eq!(zone.moment_of(instant(at)).day, day(on), "{at}");
    }
}

#[test]
fn midnight_without_a_zone_is_a_day_without_a_time_and_with_one_it_is_not() {
    assert_eq!(
        moment("2026-06-01T00:00:00"),
        Moment::day(day("2026-06-01"))
    );
    assert!(moment("2026-06-01T00:00:01").at.is_some());
    let with_zone = Zone::LONDON.moment_of(instant("2026-06-01T00:00:00+01:00"));
    assert_eq!(with_zone.day, day("2026-06-01"));
    assert!(with_zone.at.is_some());
}

#[test]
fn what_has_no_time_comes_first_on_its_day() {
    let mut order = [
        moment("2026-06-01T09:00:00"),
        moment("2026-06-02T00:00:00"),
        moment("2026-06-01T00:00:00"),
        moment("2026-06-01T08:59:59"),
    ];
    order.sort();
    assert_eq!(
        order,
        [
            moment("2026-06-01T00:00:00"),
            moment("2026-06-01T08:59:59"),
            moment("2026-06-01T09:00:00"),
            moment("2026-06-02T00:00:00"),
        ]
    );
}

#[test]
fn hours_across_the_changes_are_elapsed_hours() {
    let calendar = calendar(Nation::EnglandAndWales);
    for (from, hours, due, wall) in [
        ("2026-03-28T12:00:00", "24 hours", "2026-03-29", "13:00:00"),
        ("2026-10-24T12:00:00", "24 hours", "2026-10-25", "11:00:00"),
        ("2026-03-28T23:30:00", "24 hours", "2026-03-30", "00:30:00"),
        ("2026-10-25T00:30:00", "24 hours", "2026-10-25", "23:30:00"),
        ("2026-06-01T17:00:00", "72 hours", "2026-06-04", "17:00:00"),
        ("2026-06-01T17:00:00", "0 hours", "2026-06-01", "17:00:00"),
    ] {
        let limit = calendar.limit(moment(from), hours.parse().unwrap());
        let at = limit.at.unwrap();
        assert_eq!(limit.due, day(due), "{from} + {hours}");
        assert_eq!(
            Zone::LONDON.time_of(at).to_string(),
            wall,
            "{from} + {hours}"
        );
    }
}

#[test]
fn an_answer_after_the_instant_is_late_even_on_that_day() {
    let calendar = calendar(Nation::EnglandAndWales);
    let limit = calendar.limit(moment("2026-06-01T10:00:00"), "24 hours".parse().unwrap());
    for (answer, on_time) in [
        ("2026-06-02T09:59:59", true),
        ("2026-06-02T10:00:00", true),
        ("2026-06-02T10:00:01", false),
        // Without a time it counts as at the start of its day.
        ("2026-06-02T00:00:00", true),
        ("2026-06-03T00:00:00", false),
    ] {
        assert_eq!(limit.holds(moment(answer)), on_time, "{answer}");
    }
    let at_once = calendar.limit(moment("2026-06-01T10:00:00"), "0 hours".parse().unwrap());
    assert!(at_once.holds(moment("2026-06-01T10:00:00")));
    assert!(!at_once.holds(moment("2026-06-01T10:30:00")));
}

#[test]
fn a_start_without_a_time_gives_a_day_and_no_instant() {
    let calendar = calendar(Nation::EnglandAndWales);
    let limit = calendar.limit(Moment::day(day("2026-06-01")), "24 hours".parse().unwrap());
    assert_eq!((limit.due, limit.at), (day("2026-06-02"), None));
    assert!(limit.holds(moment("2026-06-02T23:59:59")));
    assert!(!limit.holds(moment("2026-06-03T00:00:01")));
    // Other units stay days even where the start has a time.
    let limit = calendar.limit(
        moment("2026-06-01T10:00:00"),
        "1 working day".parse().unwrap(),
    );
    assert_eq!((limit.due, limit.at), (day("2026-06-02"), None));
}

#[test]
fn instants_are_written_in_utc_and_sort_as_text() {
    let earlier = instant("2026-06-21T09:30:00+01:00");
    let later = instant("2026-06-21T08:30:00.000001Z");
    assert_eq!(earlier.to_string(), "2026-06-21T08:30:00.000000Z");
    assert!(earlier < later && earlier.to_string() < later.to_string());
    assert!("2026-06-21T09:30:00".parse::<Instant>().is_err());
}
