//! The day that a command is asked about: `today`, by each authority's own clock, or a day.

use std::str::FromStr;

use crate::calendar::{Day, Instant};
use crate::daemon::Authority;

/// The value of `--as-of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AsOf {
    /// The local day of each authority.
    Today,
    /// This day.
    Day(Day),
}

impl AsOf {
    /// The day that is meant for an authority.
    pub(super) fn day(self, authority: &Authority, now: Instant) -> Day {
        match self {
            AsOf::Today => authority.calendar.zone.day_of(now),
            AsOf::Day(day) => day,
        }
    }
}

impl FromStr for AsOf {
    type Err = <Day as FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "today" => Ok(AsOf::Today),
            _ => text.parse().map(AsOf::Day),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_help_says_is_the_default_can_be_written() {
        assert_eq!("today".parse(), Ok(AsOf::Today));
        let day: Day = "2026-11-21".parse().unwrap();
        assert_eq!("2026-11-21".parse(), Ok(AsOf::Day(day)));
        assert!("tomorrow".parse::<AsOf>().is_err());
    }
}
