//! Sending hours: working days from 08:00 to 18:00 local, unless the site sets others (SPEC 7, When).

use std::str::FromStr;

use chrono::NaiveTime;

use crate::calendar::{Calendar, Day, Instant};

/// From when to when on a working day mail is queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    from: NaiveTime,
    to: NaiveTime,
}

impl FromStr for Hours {
    type Err = String;

    /// Reads `08:00-18:00`. The first minute is in, the last is out; `24:00` ends the day.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` are not sending hours; write them as 08:00-18:00");
        let (from, to) = text.split_once('-').ok_or_else(wrong)?;
        let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
        let from = time(from).ok_or_else(wrong)?;
        let to = match to.trim() {
            "24:00" => END_OF_DAY,
            to => time(to).ok_or_else(wrong)?,
        };
        if from >= to {
            return Err(wrong());
        }
        Ok(Hours { from, to })
    }
}

/// Where a day's hours end that run to midnight: a leap second, later than any time of a day.
const END_OF_DAY: NaiveTime = match NaiveTime::from_hms_nano_opt(23, 59, 59, 1_999_999_999) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

impl Hours {
    /// Whether `at` lies in them.
    pub fn hold(self, at: Instant, calendar: &Calendar) -> bool {
        let time = calendar.zone.time_of(at);
        calendar.is_working(calendar.zone.day_of(at)) && self.from <= time && time < self.to
    }

    /// The first instant from `at` on that lies in them.
    pub fn next(self, at: Instant, calendar: &Calendar) -> Instant {
        if self.hold(at, calendar) {
            return at;
        }
        let today = calendar.zone.day_of(at);
        let opening = self.opening(today, calendar);
        if calendar.is_working(today) && at < opening {
            return opening;
        }
        self.next_opening(today, calendar)
    }

    /// When they begin on the next working day after `today`.
    pub fn next_opening(self, today: Day, calendar: &Calendar) -> Instant {
        self.opening(calendar.working_days_after(today, 1), calendar)
    }

    fn opening(self, day: Day, calendar: &Calendar) -> Instant {
        calendar.zone.instant(day.date().and_time(self.from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alerts::testing::{calendar, instant};

    #[test]
    fn working_days_from_eight_to_six_local() {
        let hours: Hours = "08:00-18:00".parse().unwrap();
        let cases = [
            // Summer time: 08:00 local is 07:00 UTC.
            ("2026-10-23T06:59:59Z", false, "2026-10-23T07:00:00Z"),
            ("2026-10-23T07:00:00Z", true, "2026-10-23T07:00:00Z"),
            ("2026-10-23T16:59:59Z", true, "2026-10-23T16:59:59Z"),
            // Friday evening to Monday morning, over the end of summer time.
            ("2026-10-23T17:00:00Z", false, "2026-10-26T08:00:00Z"),
            ("2026-10-24T12:00:00Z", false, "2026-10-26T08:00:00Z"),
            // Christmas Day is a Friday, and Monday the 28th a bank holiday.
            ("2026-12-25T12:00:00Z", false, "2026-12-29T08:00:00Z"),
        ];
        for (at, holds, next) in cases {
            assert_eq!(hours.hold(instant(at), &calendar()), holds, "{at}");
            assert_eq!(hours.next(instant(at), &calendar()), instant(next), "{at}");
        }
    }

    #[test]
    fn hours_that_run_to_midnight_end_with_the_day() {
        let hours: Hours = "00:00-24:00".parse().unwrap();
        assert!(hours.hold(instant("2026-11-20T23:59:59Z"), &calendar()));
        assert!(!hours.hold(instant("2026-11-21T00:00:00Z"), &calendar()));
    }

    #[test]
    fn what_are_no_hours_is_told() {
        for text in [
            "",
            "8-18",
            "18:00-08:00",
            "08:00",
            "08:00-25:00",
            "09:00-09:00",
        ] {
            assert!(text.parse::<Hours>().is_err(), "{text}");
        }
    }
}
