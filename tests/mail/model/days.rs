//! Days for the model, counted by hand: working days of England, and the local clock.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc, Weekday};
use chrono_tz::Europe::London;

/// Bank holidays from September 2026 to August 2027, as the government's list has them.
const HOLIDAYS: [(i32, u32, u32); 7] = [
    (2026, 12, 25),
    (2026, 12, 28),
    (2027, 1, 1),
    (2027, 3, 26),
    (2027, 3, 29),
    (2027, 5, 3),
    (2027, 5, 31),
];

pub fn is_working(day: NaiveDate) -> bool {
    let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let holiday = (day.year(), day.month(), day.day());
    !weekend && !HOLIDAYS.contains(&holiday)
}

/// The n-th working day after a day, or before it.
pub fn working_days(mut day: NaiveDate, count: i64) -> NaiveDate {
    for _ in 0..count.abs() {
        loop {
            day = if count > 0 {
                day.succ_opt()
            } else {
                day.pred_opt()
            }
            .unwrap();
            if is_working(day) {
                break;
            }
        }
    }
    day
}

pub fn plus(day: NaiveDate, days: i64) -> NaiveDate {
    day + chrono::TimeDelta::days(days)
}

/// The local day of an instant.
pub fn local_day(now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&London).date_naive()
}

/// Whether mail may be sent: working days from eight to six, local.
pub fn in_hours(now: DateTime<Utc>) -> bool {
    let local = now.with_timezone(&London);
    is_working(local.date_naive()) && (8..18).contains(&local.hour())
}
