//! On which days a standing report goes out, and of which days it then is. Pure.

use crate::calendar::{Calendar, Day, Instant, Zone};
use crate::config::{Stretch, When};
use crate::report::{Month, Period, Quarter};

/// A year begins in April: months from January to there.
const APRIL: i32 = 3;

/// When a report goes out next, later than `at`, by the working days that all these calendars share;
/// local time is that of the first. `None` for a day that never comes.
pub(super) fn next_after(when: &When, calendars: &[&Calendar], at: Instant) -> Option<Instant> {
    let zone = calendars.first().map_or(Zone::LONDON, |first| first.zone);
    match when {
        When::Timetable(timetable) => timetable.next_after(at, zone),
        When::FirstWorkingDay(stretch, time) => {
            let mut month = first_month(*stretch, Month::of(zone.day_of(at)));
            loop {
                let first = month.period().from;
                let day = first_working_day(first, calendars);
                let falls = zone.instant(day.date().and_time(*time));
                if falls > at {
                    return Some(falls);
                }
                month = Month(month.0 + months(*stretch));
            }
        }
    }
}

/// The days that fell after `from` and not after `now`: of first working days each, since each is of
/// other months; of a schedule of the site's own the last, for all that were missed.
pub(super) fn fallen(
    when: &When,
    calendars: &[&Calendar],
    from: Instant,
    now: Instant,
) -> Vec<Instant> {
    let mut fallen = Vec::new();
    let mut at = match when {
        When::FirstWorkingDay(..) => from,
        When::Timetable(_) => shortly_before_the_last(when, calendars, from, now),
    };
    while let Some(next) = next_after(when, calendars, at).filter(|next| *next <= now) {
        if matches!(when, When::Timetable(_)) {
            fallen.clear();
        }
        fallen.push(next);
        at = next;
    }
    fallen
}

/// An instant from which on few days of a schedule lie up to `now`: a schedule of every minute is not
/// walked through for all the time that the machine was off.
fn shortly_before_the_last(
    when: &When,
    calendars: &[&Calendar],
    from: Instant,
    now: Instant,
) -> Instant {
    let mut hours = 1;
    loop {
        let start = now.plus_hours(-hours);
        if start <= from {
            return from;
        }
        if next_after(when, calendars, start).is_some_and(|next| next <= now) {
            return start;
        }
        hours *= 2;
    }
}

/// The last whole month, quarter or year that was over before `day`.
pub(super) fn last_whole(stretch: Stretch, day: Day) -> Period {
    match stretch {
        Stretch::Month => Period::last_month(day),
        Stretch::Quarter => Period::last_quarter(day),
        Stretch::Year => {
            let this = first_month(Stretch::Year, Month::of(day));
            Period {
                from: Month(this.0 - months(Stretch::Year)).period().from,
                to: Month(this.0 - 1).period().to,
            }
        }
    }
}

/// What such days are called in the name of a file: `2026-11`, `2026-27-q2`, `2026-27`.
pub(super) fn file_label(stretch: Stretch, period: Period) -> String {
    let month = Month::of(period.from);
    let year = || Quarter::of(period.from).year_name().replace('/', "-");
    match stretch {
        Stretch::Month => format!("{:04}-{:02}", month.year(), month.number()),
        Stretch::Quarter => format!("{}-q{}", year(), Quarter::of(period.from).number()),
        Stretch::Year => year(),
    }
}

fn months(stretch: Stretch) -> i32 {
    match stretch {
        Stretch::Month => 1,
        Stretch::Quarter => 3,
        Stretch::Year => 12,
    }
}

/// The first month of the month, quarter or year that a month is of.
fn first_month(stretch: Stretch, month: Month) -> Month {
    match stretch {
        Stretch::Month => month,
        Stretch::Quarter => Month::of(Quarter::of(month.period().from).period().from),
        Stretch::Year => Month(month.0 - (month.0 - APRIL).rem_euclid(months(stretch))),
    }
}

/// The first day from `day` on that is a working day by all calendars.
fn first_working_day(day: Day, calendars: &[&Calendar]) -> Day {
    let mut day = day;
    while !calendars.iter().all(|calendar| calendar.is_working(day)) {
        day = day.next();
    }
    day
}

#[cfg(test)]
mod tests {
    use chrono::NaiveTime;

    use super::*;
    use crate::calendar::{BankHolidays, Nation};

    fn calendar(nation: Nation) -> Calendar {
        Calendar::new(Zone::LONDON, nation, BankHolidays::shipped().unwrap(), &[])
    }

    fn first_of(stretch: Stretch) -> When {
        When::FirstWorkingDay(stretch, NaiveTime::from_hms_opt(8, 0, 0).unwrap())
    }

    fn times(when: &When, from: &str, to: &str) -> Vec<String> {
        let (england, scotland) = (
            calendar(Nation::EnglandAndWales),
            calendar(Nation::Scotland),
        );
        let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
        let fallen = fallen(when, &[&england, &scotland], from, to);
        let local = fallen
            .iter()
            .map(|at| at.utc().with_timezone(&chrono_tz::Europe::London));
        local
            .map(|at| at.format("%Y-%m-%d %H:%M").to_string())
            .collect()
    }

    #[test]
    fn the_first_working_day_is_one_by_every_calendar_of_the_report() {
        let (from, to) = ("2026-10-31T00:00:00Z", "2027-06-02T00:00:00Z");
        assert_eq!(
            times(&first_of(Stretch::Month), from, to),
            [
                "2026-11-02 08:00",
                "2026-12-01 08:00",
                // 1 January is a holiday in both, the 2nd a Saturday, the 4th one in Scotland.
                "2027-01-05 08:00",
                "2027-02-01 08:00",
                "2027-03-01 08:00",
                "2027-04-01 08:00",
                "2027-05-04 08:00",
                "2027-06-01 08:00",
            ]
        );
        assert_eq!(
            times(&first_of(Stretch::Quarter), from, to),
            ["2027-01-05 08:00", "2027-04-01 08:00"]
        );
    }

    #[test]
    fn of_a_schedule_the_last_day_stands_for_all_that_were_missed() {
        let cron = |text: &str| When::Timetable(Box::new(text.parse().unwrap()));
        let (from, to) = ("2026-01-01T00:00:00Z", "2026-11-02T12:00:00Z");
        assert_eq!(times(&cron("0 9 15 * *"), from, to), ["2026-10-15 09:00"]);
        assert_eq!(times(&cron("* * * * *"), from, to), ["2026-11-02 12:00"]);
        assert_eq!(
            times(&cron("0 9 15 * *"), "2026-10-15T08:00:00Z", to),
            [] as [&str; 0]
        );
        assert_eq!(times(&cron("0 9 30 2 *"), from, to), [] as [&str; 0]);
    }

    #[test]
    fn the_days_of_a_report_are_the_last_whole_ones() {
        let whole = |stretch, day: &str| {
            let period = last_whole(stretch, day.parse().unwrap());
            format!(
                "{} {} {}",
                period.from,
                period.to,
                file_label(stretch, period)
            )
        };
        assert_eq!(
            whole(Stretch::Month, "2026-11-02"),
            "2026-10-01 2026-10-31 2026-10"
        );
        assert_eq!(
            whole(Stretch::Quarter, "2026-11-02"),
            "2026-07-01 2026-09-30 2026-27-q2"
        );
        assert_eq!(
            whole(Stretch::Year, "2026-11-02"),
            "2025-04-01 2026-03-31 2025-26"
        );
        assert_eq!(
            whole(Stretch::Year, "2027-03-31"),
            "2025-04-01 2026-03-31 2025-26"
        );
        assert_eq!(
            whole(Stretch::Year, "2027-04-01"),
            "2026-04-01 2027-03-31 2026-27"
        );
    }
}
