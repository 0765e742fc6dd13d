//! When a job is due next, in local time: a cron expression, or a time of day.

use std::str::FromStr;

use chrono::Duration;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use crate::calendar::{Instant, Zone};

/// How far before the instant asked about the search starts. An hour that occurs twice is only seen
/// whole from before its first time, and no clock goes back by more.
const RUN_UP: Duration = Duration::hours(3);

/// Local times at which a job is due.
#[derive(Debug, Clone, PartialEq)]
pub struct Timetable(Cron);

impl Timetable {
    /// The first time after `at` at which the job is due by the clock of `zone`. A daily time that
    /// a clock change leaves out is due when the clock has moved on; one that occurs twice is due the
    /// first time. `None` for a day that never comes, such as 30 February.
    pub fn next_after(&self, at: Instant, zone: Zone) -> Option<Instant> {
        let from = at.utc().with_timezone(&zone.0) - RUN_UP;
        let mut next: Option<Instant> = None;
        for due in self.0.iter_after(from) {
            let due = Instant::from(due.to_utc());
            if next.is_some_and(|next| due > next.plus_seconds(RUN_UP.num_seconds())) {
                break;
            }
            // croner gives both times of a repeated hour one after the other, not in order.
            if due > at && next.is_none_or(|next| due < next) {
                next = Some(due);
            }
        }
        next
    }
}

impl FromStr for Timetable {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let daily = chrono::NaiveTime::parse_from_str(text.trim(), "%H:%M")
            .ok()
            .map(|time| time.format("%-M %-H * * *").to_string());
        CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build()
            .parse(daily.as_deref().unwrap_or(text))
            .map(Timetable)
            .map_err(|_| {
                format!(
                    "`{text}` is not a schedule; write a time as 07:30, or the five fields of cron \
                     (minute, hour, day, month, weekday) as */15 * * * *"
                )
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(timetable: &str, from: &str, count: usize) -> Vec<String> {
        let timetable: Timetable = timetable.parse().unwrap();
        let mut at: Instant = from.parse().unwrap();
        let mut times = Vec::new();
        for _ in 0..count {
            at = timetable.next_after(at, Zone::LONDON).unwrap();
            let local = at.utc().with_timezone(&chrono_tz::Europe::London);
            times.push(local.format("%m-%d %H:%M %Z").to_string());
        }
        times
    }

    #[test]
    fn nine_in_the_morning_stays_nine_when_the_clocks_change() {
        assert_eq!(
            times("09:00", "2026-03-27T12:00:00Z", 3),
            ["03-28 09:00 GMT", "03-29 09:00 BST", "03-30 09:00 BST"]
        );
        assert_eq!(
            times("0 9 * * *", "2026-10-23T12:00:00Z", 3),
            ["10-24 09:00 BST", "10-25 09:00 GMT", "10-26 09:00 GMT"]
        );
    }

    #[test]
    fn a_time_left_out_is_made_up_for_and_one_that_occurs_twice_runs_once() {
        assert_eq!(
            times("01:30", "2026-03-28T12:00:00Z", 2),
            ["03-29 02:00 BST", "03-30 01:30 BST"]
        );
        assert_eq!(
            times("01:30", "2026-10-24T12:00:00Z", 2),
            ["10-25 01:30 BST", "10-26 01:30 GMT"]
        );
    }

    #[test]
    fn every_quarter_of_an_hour_goes_on_through_the_hour_that_occurs_twice() {
        assert_eq!(
            times("*/30 * * * *", "2026-10-25T00:20:00Z", 5),
            [
                "10-25 01:30 BST",
                "10-25 01:00 GMT",
                "10-25 01:30 GMT",
                "10-25 02:00 GMT",
                "10-25 02:30 GMT"
            ]
        );
    }

    #[test]
    fn what_is_no_schedule_is_told() {
        for wrong in [
            "",
            "tomorrow",
            "61 * * * *",
            "* * * *",
            "0 0 9 * * *",
            "24:00",
        ] {
            assert!(wrong.parse::<Timetable>().is_err(), "{wrong}");
        }
    }
}
