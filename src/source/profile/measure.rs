//! Shares and lengths of time, as a source file writes them.

use std::fmt;
use std::str::FromStr;

use crate::calendar::{Duration, Unit};

/// A share as people write it: `50 %`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Of a hundred, 0 to 100.
    pub percent: f64,
}

impl Share {
    /// The share of a source's rows that may be gone where the file does not say.
    pub const HALF: Share = Share { percent: 50.0 };
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.trim()
            .strip_suffix('%')
            .and_then(|number| number.trim_end().parse::<f64>().ok())
            .filter(|percent| (0.0..=100.0).contains(percent))
            .map(|percent| Share { percent })
            .ok_or_else(|| format!("`{text}` is not a share; write it as `50 %`, from 0 to 100"))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.percent)
    }
}

/// A time that elapses, whatever the calendar says: `1 hour`, `2 days`, `1 week`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elapsed {
    /// In seconds.
    pub seconds: i64,
}

impl Elapsed {
    /// How long after a reading of everything the next one is due where the file does not say.
    pub const DAY: Elapsed = Elapsed { seconds: 86_400 };
    /// The overlap where the file does not say.
    pub const HOUR: Elapsed = Elapsed { seconds: 3_600 };
    /// How long a statement may run where the file does not say: a nightly reload or a full scan of
    /// a big table is minutes, not more.
    pub const TEN_MINUTES: Elapsed = Elapsed { seconds: 600 };
}

impl FromStr for Elapsed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        for (unit, seconds) in [("second", 1), ("minute", 60)] {
            let Some((count, named)) = text.split_once(' ') else {
                break;
            };
            if named == unit || named.strip_suffix('s') == Some(unit) {
                let count: u32 = count
                    .parse()
                    .map_err(|_| format!("`{count}` is no number"))?;
                let seconds = i64::from(count) * seconds;
                return Ok(Elapsed { seconds });
            }
        }
        let duration: Duration = text.parse()?;
        let hours = match duration.unit {
            Unit::Hour => 1,
            Unit::Day => 24,
            Unit::Week => 7 * 24,
            Unit::WorkingDay | Unit::Month => {
                return Err(format!(
                    "`{text}` has no fixed length; write minutes, hours, days or weeks"
                ));
            }
        };
        Ok(Elapsed {
            seconds: i64::from(duration.count) * hours * 3_600,
        })
    }
}
