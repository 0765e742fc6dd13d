//! Instants, and the local clock of an authority with both of its changes a year.

use std::fmt;
use std::str::FromStr;

use chrono::{
    DateTime, LocalResult, NaiveDateTime, NaiveTime, SecondsFormat, TimeZone, Timelike, Utc,
};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Day;

/// A point in time, in microseconds since 1 January 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

impl Instant {
    /// This many seconds later (earlier, where negative).
    pub fn plus_seconds(self, seconds: i64) -> Instant {
        Instant(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Elapsed hours later.
    pub fn plus_hours(self, hours: i64) -> Instant {
        self.plus_seconds(hours.saturating_mul(3600))
    }

    /// Seconds from `earlier` to this, whole, rounded down.
    pub fn seconds_since(self, earlier: Instant) -> i64 {
        self.0.saturating_sub(earlier.0).div_euclid(1_000_000)
    }

    /// As a chrono instant; one beyond chrono's range becomes 1970.
    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }
}

impl From<DateTime<Utc>> for Instant {
    fn from(at: DateTime<Utc>) -> Self {
        Instant(at.timestamp_micros())
    }
}

/// RFC 3339 in UTC with microseconds: of fixed width, so that text sorts as time does.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.utc().to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl FromStr for Instant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        DateTime::parse_from_rfc3339(text)
            .map(|at| Instant::from(at.with_timezone(&Utc)))
            .map_err(|_| {
                format!(
                    "`{text}` is not an instant with a zone; write it as \
                     2026-11-21T09:30:00Z or 2026-06-21T09:30:00+01:00"
                )
            })
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// When something happened: a local day, or a local day and the instant on it. On one day what has
/// no time comes first, then by time (SPEC 3, Selectors).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// The local day.
    pub day: Day,
    /// The instant, where the time of day is known.
    pub at: Option<Instant>,
}

impl Moment {
    /// A day without a time.
    pub const fn day(day: Day) -> Self {
        Moment { day, at: None }
    }
}

/// The local clock of an authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(pub Tz);

impl Zone {
    /// The zone of every authority that names no other.
    pub const LONDON: Zone = Zone(chrono_tz::Europe::London);

    /// The instant of a local time: of one that occurs twice the first, of one that does not occur
    /// the one an hour later (SPEC 2).
    pub fn instant(self, local: NaiveDateTime) -> Instant {
        let found = match self.0.from_local_datetime(&local) {
            LocalResult::Single(at) => Some(at),
            LocalResult::Ambiguous(first, second) => Some(first.min(second)),
            LocalResult::None => self
                .0
                .from_local_datetime(&(local + chrono::Duration::hours(1)))
                .earliest(),
        };
        found.map_or_else(
            || Instant::from(local.and_utc()),
            |at| Instant::from(at.with_timezone(&Utc)),
        )
    }

    /// The local day of an instant.
    pub fn day_of(self, at: Instant) -> Day {
        Day::from(at.utc().with_timezone(&self.0).date_naive())
    }

    /// The local time of day of an instant.
    pub fn time_of(self, at: Instant) -> NaiveTime {
        at.utc().with_timezone(&self.0).time()
    }

    /// The first instant of a local day.
    pub fn start_of(self, day: Day) -> Instant {
        self.instant(day.date().and_time(NaiveTime::MIN))
    }

    /// A timestamp that came without a zone: 00:00:00 is a day without a time (SPEC 2).
    pub fn moment_of_local(self, local: NaiveDateTime) -> Moment {
        if local.num_seconds_from_midnight() == 0 && local.nanosecond() == 0 {
            return Moment::day(Day::from(local.date()));
        }
        self.moment_of(self.instant(local))
    }

    /// A timestamp that came with a zone: its local day, and itself.
    pub fn moment_of(self, at: Instant) -> Moment {
        Moment {
            day: self.day_of(at),
            at: Some(at),
        }
    }
}

impl FromStr for Zone {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<Tz>().map(Zone).map_err(|_| {
            format!("`{text}` is not a time zone; write one as Europe/London, of the IANA's names")
        })
    }
}
