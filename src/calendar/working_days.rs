//! The calendar of one authority: counting on, counting back, and limits that may be instants.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{BankHolidays, Day, Duration, Instant, Moment, Nation, Unit, Zone};

/// A limit that counting arrived at: the last day on time, and the instant on it where hours were
/// counted from a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The last day on time.
    pub due: Day,
    /// The last instant on time, where the limit is one.
    pub at: Option<Instant>,
}

impl Limit {
    /// Whether an answer at `moment` is on time; one without a time counts as at the start of its
    /// day (SPEC 2).
    pub fn holds(&self, moment: Moment) -> bool {
        match (self.at, moment.at) {
            (Some(limit), Some(at)) => at <= limit,
            _ => moment.day <= self.due,
        }
    }
}

/// The calendar by which an authority counts: its nation's bank holidays, its own closure days, its
/// zone.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// The local clock.
    pub zone: Zone,
    nation: Nation,
    holidays: Arc<BankHolidays>,
    closures: Arc<[Day]>,
    // One bit a day over WINDOW: set where nobody works. Counting is the innermost loop there is.
    window: Arc<[u64]>,
}

/// First day of the window in which working days are looked up in a bit map: 1 January 1990, a
/// Monday.
const WINDOW_FIRST: i32 = 7_305;
/// Days in the window: to the middle of 2060.
const WINDOW_DAYS: i32 = 64 * 403;

impl Calendar {
    /// The calendar of an authority in `nation` that is closed on `closures` besides.
    pub fn new(zone: Zone, nation: Nation, holidays: Arc<BankHolidays>, closures: &[Day]) -> Self {
        let mut closures = closures.to_vec();
        closures.sort_unstable();
        closures.dedup();
        let mut calendar = Calendar {
            zone,
            nation,
            holidays,
            closures: closures.into(),
            window: Arc::new([]),
        };
        let mut window = vec![0u64; (WINDOW_DAYS / 64) as usize];
        for offset in 0..WINDOW_DAYS {
            if !calendar.reckon_working(Day(WINDOW_FIRST + offset)) {
                window[(offset / 64) as usize] |= 1 << (offset % 64);
            }
        }
        calendar.window = window.into();
        calendar
    }

    /// The nation whose bank holidays count.
    pub fn nation(&self) -> Nation {
        self.nation
    }

    /// The last day that the nation's bank holidays are known for: 31 December of its data's last
    /// year.
    pub fn known_until(&self) -> Option<Day> {
        self.holidays
            .last_year(self.nation)
            .and_then(|year| Day::from_ymd(year, 12, 31))
    }

    /// What the bank holiday on `day` is called, if there is one.
    pub fn bank_holiday(&self, day: Day) -> Option<&str> {
        self.holidays.name(self.nation, day)
    }

    /// The days on which nobody works, weekends left out: bank holidays and closures.
    pub fn closed_days(&self) -> impl Iterator<Item = Day> {
        let holidays = self.holidays.of(self.nation).map(|(day, _)| day);
        let days: BTreeSet<Day> = holidays.chain(self.closures.iter().copied()).collect();
        days.into_iter()
    }

    /// Whether the authority itself is closed on `day`.
    pub fn is_closure(&self, day: Day) -> bool {
        self.closures.binary_search(&day).is_ok()
    }

    fn reckon_working(&self, day: Day) -> bool {
        !day.is_weekend() && !self.is_closure(day) && self.bank_holiday(day).is_none()
    }

    /// Whether `day` is a working day.
    pub fn is_working(&self, day: Day) -> bool {
        let offset = day.0.wrapping_sub(WINDOW_FIRST);
        if (0..WINDOW_DAYS).contains(&offset) {
            self.window[(offset / 64) as usize] & (1 << (offset % 64)) == 0
        } else {
            self.reckon_working(day)
        }
    }

    /// The n-th working day strictly after `day`; `day` itself where n is 0.
    pub fn working_days_after(&self, day: Day, n: u32) -> Day {
        self.walk(day, n, 1)
    }

    /// The n-th working day strictly before `day`; `day` itself where n is 0.
    pub fn working_days_before(&self, day: Day, n: u32) -> Day {
        self.walk(day, n, -1)
    }

    fn walk(&self, from: Day, n: u32, step: i64) -> Day {
        let mut day = from;
        let mut left = n;
        while left > 0 {
            day = day.plus(step);
            if self.is_working(day) {
                left -= 1;
            }
        }
        day
    }

    /// `duration` after `day`, by days; hours are n/24 days, rounded up.
    pub fn after(&self, day: Day, duration: Duration) -> Day {
        match duration.unit {
            Unit::Hour => day.plus(duration.hours_as_days()),
            Unit::Day => day.plus(i64::from(duration.count)),
            Unit::Week => day.plus(7 * i64::from(duration.count)),
            Unit::Month => day.plus_months(duration.count),
            Unit::WorkingDay => self.working_days_after(day, duration.count),
        }
    }

    /// `duration` before `day`, by days; hours are n/24 days, rounded up.
    pub fn before(&self, day: Day, duration: Duration) -> Day {
        match duration.unit {
            Unit::Hour => day.plus(-duration.hours_as_days()),
            Unit::Day => day.plus(-i64::from(duration.count)),
            Unit::Week => day.plus(-7 * i64::from(duration.count)),
            Unit::Month => day.minus_months(duration.count),
            Unit::WorkingDay => self.working_days_before(day, duration.count),
        }
    }

    /// `duration` after a moment: hours from a time of day arrive at an instant (SPEC 2).
    pub fn limit(&self, from: Moment, duration: Duration) -> Limit {
        match (duration.unit, from.at) {
            (Unit::Hour, Some(at)) => {
                let at = at.plus_hours(i64::from(duration.count));
                Limit {
                    due: self.zone.day_of(at),
                    at: Some(at),
                }
            }
            _ => Limit {
                due: self.after(from.day, duration),
                at: None,
            },
        }
    }

    /// Working days strictly after `from`, up to and including `to`; 0 where `to` is not later.
    pub fn working_days_between(&self, from: Day, to: Day) -> i64 {
        let mut day = from;
        let mut count = 0;
        while day < to {
            day = day.next();
            count += i64::from(self.is_working(day));
        }
        count
    }
}
