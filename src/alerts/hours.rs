//! Sending hours: working days from 08:00 to 18:00 local, unless the site sets others (SPEC 7, When).

use crate::calendar::{Calendar, Day, Instant};
use crate::config::Hours;

/// Whether `at` lies in sending hours.
pub fn is_sending_time(hours: Hours, at: Instant, calendar: &Calendar) -> bool {
    hours.contain(calendar.zone.time_of(at)) && calendar.is_working(calendar.zone.day_of(at))
}

/// The first instant from `at` on that lies in sending hours.
pub fn next_sending_time(hours: Hours, at: Instant, calendar: &Calendar) -> Instant {
    if is_sending_time(hours, at, calendar) {
        return at;
    }
    let today = calendar.zone.day_of(at);
    let opening = opening(hours, today, calendar);
    if calendar.is_working(today) && at < opening {
        return opening;
    }
    next_opening(hours, today, calendar)
}

/// When sending hours begin on the next working day after `today`.
pub fn next_opening(hours: Hours, today: Day, calendar: &Calendar) -> Instant {
    opening(hours, calendar.working_days_after(today, 1), calendar)
}

fn opening(hours: Hours, day: Day, calendar: &Calendar) -> Instant {
    calendar.zone.instant(day.date().and_time(hours.from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alerts::testing::{calendar, instant};

    #[test]
    fn working_days_from_eight_to_six_local() {
        let hours = Hours::default();
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
            assert_eq!(
                is_sending_time(hours, instant(at), &calendar()),
                holds,
                "{at}"
            );
            assert_eq!(
                next_sending_time(hours, instant(at), &calendar()),
                instant(next),
                "{at}"
            );
        }
    }

    #[test]
    fn hours_that_run_to_midnight_end_with_the_day() {
        let hours: Hours = "00:00-24:00".parse().unwrap();
        assert!(is_sending_time(
            hours,
            instant("2026-11-20T23:59:59Z"),
            &calendar()
        ));
        assert!(!is_sending_time(
            hours,
            instant("2026-11-21T00:00:00Z"),
            &calendar()
        ));
    }
}
