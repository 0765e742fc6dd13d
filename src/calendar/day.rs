//! A local day of an authority.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A calendar day, as the number of days since 1 January 1970: small, and quick to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Day(pub i32);

/// Days from 1 January of year 1 (day 1 of chrono's count) to 1 January 1970.
const EPOCH_FROM_CE: i32 = 719_163;

impl Day {
    /// The earliest day that is taken from a source: 1 January of year 1.
    pub const FIRST: Day = Day(-719_162);
    /// The latest day that is taken from a source: 31 December 9999, by which some systems mean "open".
    pub const LAST: Day = Day(2_932_896);

    /// The day of a year, month and day of the month, where there is one.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Day> {
        NaiveDate::from_ymd_opt(year, month, day).map(Day::from)
    }

    /// As a chrono date; a day beyond chrono's 260,000 years becomes its first or last.
    pub fn date(self) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.0.saturating_add(EPOCH_FROM_CE)).unwrap_or(
            if self.0 < 0 {
                NaiveDate::MIN
            } else {
                NaiveDate::MAX
            },
        )
    }

    /// This many days later (earlier, where negative).
    pub fn plus(self, days: i64) -> Day {
        let days = i64::from(self.0).saturating_add(days);
        Day(days.clamp(i64::from(i32::MIN / 2), i64::from(i32::MAX / 2)) as i32)
    }

    /// The next day.
    pub fn next(self) -> Day {
        self.plus(1)
    }

    /// The day before.
    pub fn previous(self) -> Day {
        self.plus(-1)
    }

    /// Days from `earlier` to this one; negative where it lies before.
    pub fn since(self, earlier: Day) -> i64 {
        i64::from(self.0) - i64::from(earlier.0)
    }

    /// The same day of the month so many months later, or that month's last day (SPEC 2).
    pub fn plus_months(self, months: u32) -> Day {
        self.date()
            .checked_add_months(Months::new(months))
            .map_or(Day(i32::MAX / 2), Day::from)
    }

    /// The same day of the month so many months earlier, or that month's last day (SPEC 2).
    pub fn minus_months(self, months: u32) -> Day {
        self.date()
            .checked_sub_months(Months::new(months))
            .map_or(Day(i32::MIN / 2), Day::from)
    }

    /// Whether it is a Saturday or a Sunday.
    pub fn is_weekend(self) -> bool {
        // 1 January 1970 was a Thursday.
        (self.0 + 3).rem_euclid(7) >= 5
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.date().year()
    }

    /// Whole years from a birth to this day, -1 before it; who was born on 29 February turns on
    /// 1 March in other years (SPEC 3).
    pub fn age(self, born: Day) -> i64 {
        if self < born {
            return -1;
        }
        // A year has 365 or 366 days: mostly both count the same, and no date need be worked out.
        let days = self.since(born);
        if days / 366 == days / 365 {
            return days / 365;
        }
        let (birth, day) = (born.date(), self.date());
        let years = i64::from(day.year()) - i64::from(birth.year());
        if (day.month(), day.day()) < (birth.month(), birth.day()) {
            years - 1
        } else {
            years
        }
    }
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Day(date.num_days_from_ce() - EPOCH_FROM_CE)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date();
        write!(
            f,
            "{:04}-{:02}-{:02}",
            date.year(),
            date.month(),
            date.day()
        )
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // chrono takes signs and blanks before a number; a day is written in one way only.
        let digits = |(place, byte): (usize, u8)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        };
        Some(text)
            .filter(|text| text.len() == 10 && text.bytes().enumerate().all(digits))
            .and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
            .map(Day::from)
            .ok_or_else(|| format!("`{text}` is not a day; write it as 2026-11-21"))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
