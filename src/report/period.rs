//! Months, the board's quarters, and the days that a report is of.

use std::fmt;
use std::str::FromStr;

use chrono::Datelike;

use crate::calendar::Day;

/// The month in which a board's year begins: April, as every authority's financial year does, and
/// with it the years of the children's social care returns.
const FIRST_MONTH: i32 = 4;

/// A calendar month, counted from January of year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(pub i32);

/// A quarter of the board's year, counted from April of year 0: the first is April to June.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter(pub i32);

/// Days from the first to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
}

/// What a line of a report is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    /// All days of the report.
    Whole,
    /// One quarter.
    Quarter(Quarter),
    /// One month.
    Month(Month),
}

fn first_of(month: i32) -> Day {
    Day::from_ymd(month.div_euclid(12), month.rem_euclid(12) as u32 + 1, 1).unwrap_or(Day::LAST)
}

impl Month {
    /// The month of a day.
    pub fn of(day: Day) -> Month {
        let date = day.date();
        Month(date.year() * 12 + date.month0() as i32)
    }

    /// Its year.
    pub fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// Its number in the year, from 1.
    pub fn number(self) -> u32 {
        self.0.rem_euclid(12) as u32 + 1
    }

    /// Its days.
    pub fn period(self) -> Period {
        Period {
            from: first_of(self.0),
            to: first_of(self.0 + 1).previous(),
        }
    }

    /// The quarter that it lies in.
    pub fn quarter(self) -> Quarter {
        Quarter((self.0 - (FIRST_MONTH - 1)).div_euclid(3))
    }
}

/// `2026-04`.
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.number())
    }
}

impl Quarter {
    /// The quarter of a day.
    pub fn of(day: Day) -> Quarter {
        Month::of(day).quarter()
    }

    /// The calendar year in which its board's year begins.
    pub fn year(self) -> i32 {
        self.0.div_euclid(4)
    }

    /// Its board's year: `2026/27`.
    pub fn year_name(self) -> String {
        let year = self.year();
        format!("{year:04}/{:02}", (year + 1).rem_euclid(100))
    }

    /// Its number in the board's year: 1 for April to June.
    pub fn number(self) -> u32 {
        self.0.rem_euclid(4) as u32 + 1
    }

    /// Its months, in order.
    pub fn months(self) -> [Month; 3] {
        let first = self.0 * 3 + FIRST_MONTH - 1;
        [Month(first), Month(first + 1), Month(first + 2)]
    }

    /// Its days.
    pub fn period(self) -> Period {
        let [first, _, last] = self.months();
        Period {
            from: first.period().from,
            to: last.period().to,
        }
    }
}

/// `2026/27 Q1`.
impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Q{}", self.year_name(), self.number())
    }
}

impl Period {
    /// Whether a day lies in it.
    pub fn contains(self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }

    /// The days that lie in both, if any do.
    pub fn and(self, other: Period) -> Option<Period> {
        let both = Period {
            from: self.from.max(other.from),
            to: self.to.min(other.to),
        };
        (both.from <= both.to).then_some(both)
    }

    /// The months that it touches, in order.
    pub fn months(self) -> impl DoubleEndedIterator<Item = Month> {
        (Month::of(self.from).0..=Month::of(self.to).0).map(Month)
    }

    /// The quarters that it touches, in order.
    pub fn quarters(self) -> impl DoubleEndedIterator<Item = Quarter> {
        (Quarter::of(self.from).0..=Quarter::of(self.to).0).map(Quarter)
    }

    /// The last quarter that was over before `today`: what a board asks for unless it says otherwise.
    pub fn last_quarter(today: Day) -> Period {
        Quarter(Quarter::of(today).0 - 1).period()
    }

    /// The last month that was over before `today`.
    pub fn last_month(today: Day) -> Period {
        Month(Month::of(today).0 - 1).period()
    }
}

impl Span {
    /// The days of it that lie in a report's period.
    pub fn within(self, period: Period) -> Option<Period> {
        match self {
            Span::Whole => Some(period),
            Span::Quarter(quarter) => quarter.period().and(period),
            Span::Month(month) => month.period().and(period),
        }
    }

    /// Whether a report of `period` has only some of its days.
    pub fn is_cut(self, period: Period) -> bool {
        let whole = match self {
            Span::Whole => period,
            Span::Quarter(quarter) => quarter.period(),
            Span::Month(month) => month.period(),
        };
        self.within(period) != Some(whole)
    }

    /// `whole`, `quarter` or `month`.
    pub fn kind(self) -> &'static str {
        match self {
            Span::Whole => "whole",
            Span::Quarter(_) => "quarter",
            Span::Month(_) => "month",
        }
    }
}

/// `whole`, `2026/27 Q1` or `2026-04`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Span::Whole => f.write_str("whole"),
            Span::Quarter(quarter) => quarter.fmt(f),
            Span::Month(month) => month.fmt(f),
        }
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is not a period; write it as 2026-04 or 2026/27 Q1");
        if text == "whole" {
            return Ok(Span::Whole);
        }
        let year: i32 = text
            .get(..4)
            .and_then(|y| y.parse().ok())
            .ok_or_else(wrong)?;
        let number: u32 = text
            .rsplit(['-', 'Q'])
            .next()
            .and_then(|n| n.parse().ok())
            .ok_or_else(wrong)?;
        let month = Span::Month(Month(year * 12 + number as i32 - 1));
        let quarter = Span::Quarter(Quarter(year * 4 + number as i32 - 1));
        [month, quarter]
            .into_iter()
            .find(|span| span.to_string() == text)
            .ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn the_first_quarter_is_april_to_june() {
        let quarter = Quarter::of(day("2026-04-01"));
        assert_eq!(quarter.to_string(), "2026/27 Q1");
        assert_eq!(quarter.period().from, day("2026-04-01"));
        assert_eq!(quarter.period().to, day("2026-06-30"));
        assert_eq!(Quarter::of(day("2027-03-31")).to_string(), "2026/27 Q4");
        assert_eq!(Quarter::of(day("1999-05-01")).to_string(), "1999/00 Q1");
        assert_eq!(
            Period::last_quarter(day("2026-11-22")),
            Period {
                from: day("2026-07-01"),
                to: day("2026-09-30")
            }
        );
        assert_eq!(
            Period::last_month(day("2027-01-04")).from,
            day("2026-12-01")
        );
    }

    #[test]
    fn a_month_that_the_report_has_only_in_part_is_known() {
        let period = Period {
            from: day("2026-01-15"),
            to: day("2026-03-31"),
        };
        let cut: Vec<bool> = period
            .months()
            .map(|m| Span::Month(m).is_cut(period))
            .collect();
        assert_eq!(cut, [true, false, false]);
        assert!(!Span::Whole.is_cut(period));
        let quarters: Vec<String> = period.quarters().map(|q| q.to_string()).collect();
        assert_eq!(quarters, ["2025/26 Q4"]);
    }

    #[test]
    fn what_is_written_reads_back() {
        for text in ["whole", "2026-04", "2025-12", "2026/27 Q1", "2025/26 Q4"] {
            assert_eq!(text.parse::<Span>().unwrap().to_string(), text);
        }
        for text in ["", "2026-13", "2026/28 Q1", "2026/27 Q5", "2026", "Q1"] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }
}
