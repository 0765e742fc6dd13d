//! Values of the configuration that are more than text: sending hours, a share, a secret.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use chrono::NaiveTime;

/// Hours of a day, local: from the first instant on, before the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// They begin at this time of day.
    pub from: NaiveTime,
    /// They have ended at this time of day.
    pub to: NaiveTime,
}

/// `24:00`: later than any time of a day, as a leap second would be.
const END_OF_DAY: Option<NaiveTime> = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_999_999_999);

/// 08:00 to 18:00 (SPEC 7).
impl Default for Hours {
    fn default() -> Self {
        Hours {
            from: NaiveTime::MIN + chrono::Duration::hours(8),
            to: NaiveTime::MIN + chrono::Duration::hours(18),
        }
    }
}

impl Hours {
    /// Whether a time of day lies in them.
    pub fn contain(self, time: NaiveTime) -> bool {
        self.from <= time && time < self.to
    }
}

impl FromStr for Hours {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
        let end = |text: &str| match text.trim() {
            "24:00" => END_OF_DAY,
            text => time(text),
        };
        text.split_once('-')
            .and_then(|(from, to)| {
                Some(Hours {
                    from: time(from)?,
                    to: end(to)?,
                })
            })
            .filter(|hours| hours.from < hours.to)
            .ok_or_else(|| {
                format!(
                    "`{text}` is not a span of hours; write it as 08:00-18:00, the earlier first"
                )
            })
    }
}

/// A part of a whole, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share(pub f64);

/// 20 % (SPEC 7).
impl Default for Share {
    fn default() -> Self {
        Share(0.2)
    }
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.trim()
            .strip_suffix('%')
            .and_then(|number| number.trim().parse::<f64>().ok())
            .filter(|percent| (0.0..=100.0).contains(percent))
            .map(|percent| Share(percent / 100.0))
            .ok_or_else(|| format!("`{text}` is not a share; write it as 20 %, from 0 % to 100 %"))
    }
}

/// How many things an hour may hold: 1 or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PerHour(pub u32);

/// 60: one a minute is more than anybody reads, and less than breaks a day's work.
impl Default for PerHour {
    fn default() -> Self {
        PerHour(60)
    }
}

/// A value that is never shown: a password, or an address that may hold one.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Secret(value)
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Secret(value.to_owned())
    }
}

impl Deref for Secret {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_hold_their_first_minute_and_not_their_last() {
        let hours: Hours = "08:00-18:00".parse().unwrap();
        assert_eq!(hours, Hours::default());
        let at = |h, m| NaiveTime::from_hms_opt(h, m, 0).unwrap();
        assert!(hours.contain(at(8, 0)) && hours.contain(at(17, 59)));
        assert!(!hours.contain(at(7, 59)) && !hours.contain(at(18, 0)));
        for wrong in ["18:00-08:00", "08:00", "8-18", "25:00-26:00", "08:00-08:00"] {
            assert!(wrong.parse::<Hours>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_share_is_a_percentage() {
        assert_eq!("20 %".parse(), Ok(Share::default()));
        assert_eq!("12.5%".parse(), Ok(Share(0.125)));
        for wrong in ["20", "120 %", "-1 %", "much %", "NaN %"] {
            assert!(wrong.parse::<Share>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", Secret::from("hunter2")), "…");
    }
}
