//! Counting days and hours as SPEC 2 says it, one day at a time.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveDateTime, TimeZone, Weekday};
use chrono_tz::Tz;

use crate::model::{Span, Unit, When};

/// The days off of a made-up authority, and its clock.
#[derive(Debug, Clone)]
pub struct DaysOff {
    pub zone: Tz,
    pub holidays: BTreeSet<NaiveDate>,
    pub closures: BTreeSet<NaiveDate>,
}

/// The last day on time, and the instant on it where the limit is one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    pub due: NaiveDate,
    pub at: Option<i64>,
}

pub fn tomorrow(day: NaiveDate) -> NaiveDate {
    day + Days::new(1)
}

pub fn yesterday(day: NaiveDate) -> NaiveDate {
    day - Days::new(1)
}

impl DaysOff {
    // "Working days leave out Saturday, Sunday, the nation's bank holidays […] and the authority's
    // own closure days."
    fn is_working(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
            && !self.holidays.contains(&day)
            && !self.closures.contains(&day)
    }

    /// By days, whatever the unit.
    pub fn after(&self, start: NaiveDate, span: Span) -> NaiveDate {
        match span.unit {
            // "`n days`, `n weeks` (7n days)."
            Unit::Day => start + Days::new(u64::from(span.n)),
            Unit::Week => start + Days::new(7 * u64::from(span.n)),
            // "Everywhere else n hours are n/24 days, rounded up."
            Unit::Hour => start + Days::new(hours_as_days(span.n)),
            // "`n working days`: the n-th working day strictly after the start"
            Unit::WorkingDay => {
                let mut day = start;
                let mut counted = 0;
                while counted < span.n {
                    day = tomorrow(day);
                    if self.is_working(day) {
                        counted += 1;
                    }
                }
                day
            }
            Unit::Month => months_from(start, i64::from(span.n)),
        }
    }

    /// By days, counting backwards.
    pub fn before(&self, start: NaiveDate, span: Span) -> NaiveDate {
        match span.unit {
            Unit::Day => start - Days::new(u64::from(span.n)),
            Unit::Week => start - Days::new(7 * u64::from(span.n)),
            Unit::Hour => start - Days::new(hours_as_days(span.n)),
            // "(strictly before it, counting backwards)"
            Unit::WorkingDay => {
                let mut day = start;
                let mut counted = 0;
                while counted < span.n {
                    day = yesterday(day);
                    if self.is_working(day) {
                        counted += 1;
                    }
                }
                day
            }
            Unit::Month => months_from(start, -i64::from(span.n)),
        }
    }

    // "wherever the start has a time of day the limit is an instant (0 hours too) […] `due` is its
    // local day […] Where the start has only a day, the last day on time is that day plus n/24
    // days, rounded up"
    pub fn limit(&self, start: When, span: Span) -> Limit {
        if span.unit == Unit::Hour
            && let Some(at) = start.at
        {
            let end = at + i64::from(span.n) * 3600 * 1_000_000;
            return Limit {
                due: self.local_day(end),
                at: Some(end),
            };
        }
        Limit {
            due: self.after(start.day, span),
            at: None,
        }
    }

    // "an answer after the instant is `met_late` even on that day […] where only the answering
    // event lacks a time, it counts as at the start of its day"
    pub fn is_after(&self, when: When, limit: Limit) -> bool {
        match limit.at {
            Some(instant) => {
                let answered = when.at.unwrap_or_else(|| {
                    self.instant(when.day.and_hms_opt(0, 0, 0).expect("midnight"))
                });
                answered > instant
            }
            None => when.day > limit.due,
        }
    }

    // "A local time that occurs twice is the first; one that does not occur is moved forward by
    // the hour."
    pub fn instant(&self, local: NaiveDateTime) -> i64 {
        match self.zone.from_local_datetime(&local).earliest() {
            Some(found) => found.timestamp_micros(),
            None => self.instant(local + Duration::hours(1)),
        }
    }

    pub fn local_day(&self, instant: i64) -> NaiveDate {
        DateTime::from_timestamp_micros(instant)
            .expect("an instant of our times")
            .with_timezone(&self.zone)
            .date_naive()
    }
}

fn hours_as_days(hours: u32) -> u64 {
    u64::from(hours.div_ceil(24))
}

// "`n months`: same day of the month, or the month's last day where it has none such."
fn months_from(start: NaiveDate, months: i64) -> NaiveDate {
    let count = i64::from(start.year()) * 12 + i64::from(start.month0()) + months;
    let year = count.div_euclid(12) as i32;
    let month = count.rem_euclid(12) as u32 + 1;
    let mut day = start.day();
    loop {
        if let Some(found) = NaiveDate::from_ymd_opt(year, month, day) {
            return found;
        }
        day -= 1;
    }
}

// "`age` is the child's age in whole years on the event's day […]; -1 before the birth, null
// without a date of birth; who was born on 29 February turns on 1 March in other years."
pub fn age(born: Option<NaiveDate>, day: NaiveDate) -> Option<i64> {
    let born = born?;
    if day < born {
        return Some(-1);
    }
    let mut years = 0;
    loop {
        let year = born.year() + years as i32 + 1;
        let birthday = NaiveDate::from_ymd_opt(year, born.month(), born.day())
            .unwrap_or_else(|| NaiveDate::from_ymd_opt(year, 3, 1).expect("1 March"));
        if birthday > day {
            return Some(years);
        }
        years += 1;
    }
}
