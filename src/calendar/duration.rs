//! "10 working days", "4 weeks", "24 hours": a whole number, a blank and a unit (SPEC 2).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The unit of a [`Duration`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Elapsed hours where there is a time of day, else n/24 days rounded up.
    Hour,
    /// Calendar days.
    Day,
    /// Working days of the authority.
    WorkingDay,
    /// Seven days.
    Week,
    /// Same day of the month, or its last.
    Month,
}

/// A number of hours, days, working days, weeks or months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Duration {
    /// How many; 0 of anything is the day itself.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

/// The longest duration that is taken, in its own unit: far beyond any timescale of a procedure.
const MOST: u32 = 100_000;

impl Duration {
    /// A duration of so many of a unit.
    pub const fn new(count: u32, unit: Unit) -> Self {
        Duration { count, unit }
    }

    /// No time at all.
    pub const ZERO: Duration = Duration::new(0, Unit::Day);

    /// Hours as days, rounded up, for where there is no time of day.
    pub(super) fn hours_as_days(self) -> i64 {
        i64::from(self.count.div_ceil(24))
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Hour => "hour",
            Unit::Day => "day",
            Unit::WorkingDay => "working day",
            Unit::Week => "week",
            Unit::Month => "month",
        };
        let s = if self.count == 1 { "" } else { "s" };
        write!(f, "{} {unit}{s}", self.count)
    }
}

impl FromStr for Duration {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            format!(
                "`{text}` is not a duration; write a whole number and a unit, as in \
                 `10 working days`, `4 weeks`, `3 months`, `5 days` or `24 hours`"
            )
        };
        let (count, unit) = text.split_once(' ').ok_or_else(wrong)?;
        if count.is_empty() || !count.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        let count: u32 = count.parse().map_err(|_| wrong())?;
        if count > MOST {
            return Err(format!("`{text}` is longer than {MOST} of its unit"));
        }
        let unit = match unit {
            "hour" | "hours" => Unit::Hour,
            "day" | "days" => Unit::Day,
            "working day" | "working days" => Unit::WorkingDay,
            "week" | "weeks" => Unit::Week,
            "month" | "months" => Unit::Month,
            _ => return Err(wrong()),
        };
        Ok(Duration { count, unit })
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
