//! One value of one row, whatever database it came from, and what the contract's columns make of it:
//! an id, a day, an attribute (SPEC 4).

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat};

use super::iso::{self, Written};
use crate::calendar::{Day, Instant, Moment, Zone};
use crate::case::Value;

/// The longest text that is taken as an attribute: far beyond any code or flag; longer text is a
/// document, and has no place in the copy.
pub(super) const LONGEST_TEXT: usize = 64 * 1024;
/// The longest text that is taken as an id: an index of PostgreSQL holds no longer one.
pub(super) const LONGEST_ID: usize = 1024;

/// A value as the database gave it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell<'r> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// A number in plain decimal digits, without leading zeros, a plus, or trailing zeros of a
    /// fraction.
    Decimal(String),
    Text(Cow<'r, str>),
    Date(NaiveDate),
    /// A timestamp without a zone.
    Local(NaiveDateTime),
    /// A timestamp with a zone.
    Zoned(Instant),
    /// Nothing that could be read, and why.
    Unreadable(&'static str),
}

/// What is wrong with a cell where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CellFault {
    Unreadable(&'static str),
    NotADay,
    TooLong,
    Nul,
}

/// The zones in which days and times are understood.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    /// Of times that come without a zone.
    pub(super) source: Zone,
    /// Of the authority, whose local days count.
    pub(super) authority: Zone,
}

impl Cell<'_> {
    /// The text of an id: numbers without leading zeros or signs, text byte by byte; empty is null.
    pub(super) fn id(&self) -> Result<Option<Cow<'_, str>>, CellFault> {
        let text = match self {
            Cell::Null => return Ok(None),
            Cell::Bool(value) => Cow::Borrowed(if *value { "1" } else { "0" }),
            Cell::Int(number) => Cow::Owned(number.to_string()),
            Cell::Float(number) => Cow::Owned(match whole(*number) {
                Some(number) => number.to_string(),
                None => number.to_string(),
            }),
            Cell::Decimal(text) => Cow::Borrowed(text.as_str()),
            Cell::Text(text) => Cow::Borrowed(text.as_ref()),
            Cell::Date(day) => Cow::Owned(day.to_string()),
            Cell::Local(local) => Cow::Owned(shown_local(*local)),
            Cell::Zoned(at) => Cow::Owned(at.to_string()),
            Cell::Unreadable(why) => return Err(CellFault::Unreadable(why)),
        };
        if text.is_empty() {
            return Ok(None);
        }
        if text.len() > LONGEST_ID {
            return Err(CellFault::TooLong);
        }
        if text.contains('\0') {
            return Err(CellFault::Nul);
        }
        Ok(Some(text))
    }

    /// When something was: a day, or a day and a time.
    pub(super) fn moment(&self, clock: Clock) -> Result<Option<Moment>, CellFault> {
        let moment = match self {
            Cell::Null => return Ok(None),
            Cell::Text(text) if text.is_empty() => return Ok(None),
            Cell::Text(text) => match iso::read(text).ok_or(CellFault::NotADay)? {
                Written::Day(day) => Moment::day(Day::from(day)),
                Written::Local(local) => clock.local(local),
                Written::Zoned(at) => clock.authority.moment_of(at),
            },
            Cell::Date(day) => Moment::day(Day::from(*day)),
            Cell::Local(local) => clock.local(*local),
            Cell::Zoned(at) => clock.authority.moment_of(*at),
            Cell::Unreadable(why) => return Err(CellFault::Unreadable(why)),
            Cell::Bool(_) | Cell::Int(_) | Cell::Float(_) | Cell::Decimal(_) => {
                return Err(CellFault::NotADay);
            }
        };
        if (Day::FIRST..=Day::LAST).contains(&moment.day) {
            Ok(Some(moment))
        } else {
            Err(CellFault::NotADay)
        }
    }

    /// The local day of something that has no time.
    pub(super) fn day(&self, clock: Clock) -> Result<Option<Day>, CellFault> {
        Ok(self.moment(clock)?.map(|moment| moment.day))
    }

    /// The value of an attribute, put into `scratch` where it must be written out; empty text and a
    /// number that is none are null. Whole numbers are the same whatever type they had, so that the
    /// same data is the same copy from every database.
    pub(super) fn attribute<'c>(
        &'c self,
        clock: Clock,
        scratch: &'c mut String,
    ) -> Result<Option<Value<'c>>, CellFault> {
        Ok(Some(match self {
            Cell::Null => return Ok(None),
            Cell::Bool(value) => Value::Bool(*value),
            Cell::Int(number) => Value::Int(*number),
            Cell::Float(number) if !number.is_finite() => return Ok(None),
            Cell::Float(number) => whole(*number).map_or(Value::Float(*number), Value::Int),
            Cell::Decimal(digits) => match (digits.parse::<i64>(), digits.parse::<f64>()) {
                (Ok(number), _) => Value::Int(number),
                (_, Ok(number)) if number.is_finite() => Value::Float(number),
                _ => Value::Text(digits),
            },
            Cell::Text(text) if text.is_empty() => return Ok(None),
            Cell::Text(text) if text.len() > LONGEST_TEXT => return Err(CellFault::TooLong),
            Cell::Text(text) if text.contains('\0') => return Err(CellFault::Nul),
            Cell::Text(text) => Value::Text(text),
            Cell::Date(day) => {
                *scratch = day.to_string();
                Value::Text(scratch)
            }
            Cell::Local(local) => {
                *scratch = shown_local(*local);
                Value::Text(scratch)
            }
            Cell::Zoned(at) => {
                let local = at.utc().with_timezone(&clock.authority.0);
                *scratch = local.to_rfc3339_opts(SecondsFormat::AutoSi, false);
                Value::Text(scratch)
            }
            Cell::Unreadable(why) => return Err(CellFault::Unreadable(why)),
        }))
    }
}

impl Clock {
    fn local(self, local: NaiveDateTime) -> Moment {
        let moment = self.source.moment_of_local(local);
        match moment.at {
            None => moment,
            Some(at) => self.authority.moment_of(at),
        }
    }
}

fn shown_local(local: NaiveDateTime) -> String {
    local.format("%Y-%m-%dT%H:%M:%S%.f").to_string()
}

/// A float that is a whole number which floats hold exactly.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

/// A number as a database writes it, without leading zeros, a plus, or trailing zeros of a fraction.
pub(super) fn plain_decimal(text: &str) -> Option<String> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty()
        || !whole
            .bytes()
            .chain(fraction.bytes())
            .all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let mut plain = String::with_capacity(text.len());
    if negative && !(whole.is_empty() && fraction.is_empty()) {
        plain.push('-');
    }
    plain.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        plain.push('.');
        plain.push_str(fraction);
    }
    Some(plain)
}

/// Microseconds since 1970 as an instant, where chrono can hold it: the infinite ones it cannot.
pub(super) fn instant(micros: i64) -> Option<Instant> {
    DateTime::from_timestamp_micros(micros).map(Instant::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Timelike;

    const CLOCK: Clock = Clock {
        source: Zone::LONDON,
        authority: Zone::LONDON,
    };

    fn local(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn ids_are_text_and_numbers_among_them_plain() {
        let text = |t: &'static str| Cell::Text(Cow::Borrowed(t));
        let table: Vec<(Cell<'_>, Result<Option<&str>, CellFault>)> = vec![
            (Cell::Null, Ok(None)),
            (text(""), Ok(None)),
            (text(" "), Ok(Some(" "))),
            (text("007"), Ok(Some("007"))),
            (text("P-1 "), Ok(Some("P-1 "))),
            (Cell::Int(7), Ok(Some("7"))),
            (Cell::Int(0), Ok(Some("0"))),
            (Cell::Float(7.0), Ok(Some("7"))),
            (Cell::Float(-0.0), Ok(Some("0"))),
            (Cell::Float(7.5), Ok(Some("7.5"))),
            (Cell::Decimal("7".into()), Ok(Some("7"))),
            (Cell::Bool(true), Ok(Some("1"))),
            (text("a\0b"), Err(CellFault::Nul)),
            (
                Cell::Unreadable("bytes"),
                Err(CellFault::Unreadable("bytes")),
            ),
        ];
        for (cell, wanted) in table {
            let got = cell.id();
            assert_eq!(
                got.as_ref().map(|id| id.as_deref()),
                wanted.as_ref().map(|w| *w),
                "{cell:?}"
            );
        }
        let long = Cell::Text("x".repeat(LONGEST_ID + 1).into());
        assert_eq!(long.id(), Err(CellFault::TooLong));
    }

    #[test]
    fn decimals_are_written_plainly() {
        let table = [
            ("7.00", Some("7")),
            ("007", Some("7")),
            ("+7.50", Some("7.5")),
            ("-0.0", Some("0")),
            ("-12.30", Some("-12.3")),
            (".5", Some("0.5")),
            (
                "12345678901234567890123456789012345678",
                Some("12345678901234567890123456789012345678"),
            ),
            ("NaN", None),
            ("", None),
            (".", None),
        ];
        for (text, wanted) in table {
            assert_eq!(plain_decimal(text).as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn a_local_midnight_is_a_day_and_a_time_with_a_zone_is_the_local_day() {
        let day = |d| Day::from_ymd(2026, 7, d).unwrap();
        let at = |text: &str| text.parse::<Instant>().unwrap();
        let midnight = Cell::Local(local("2026-07-01T00:00:00"));
        assert_eq!(midnight.moment(CLOCK), Ok(Some(Moment::day(day(1)))));
        let morning = Cell::Local(local("2026-07-01T09:30:00"));
        assert_eq!(
            morning.moment(CLOCK),
            Ok(Some(Moment {
                day: day(1),
                at: Some(at("2026-07-01T08:30:00Z"))
            }))
        );
        let late = Cell::Zoned(at("2026-07-01T23:30:00Z"));
        assert_eq!(late.day(CLOCK), Ok(Some(day(2))));
        let text = Cell::Text("2026-07-01T23:30:00Z".into());
        assert_eq!(text.moment(CLOCK), late.moment(CLOCK));
        // A source that keeps UTC without saying so.
        let utc = Clock {
            source: Zone(chrono_tz::UTC),
            authority: Zone::LONDON,
        };
        let written = Cell::Local(local("2026-07-01T23:30:00"));
        assert_eq!(written.moment(utc), late.moment(CLOCK));
        assert_eq!(midnight.moment(utc), Ok(Some(Moment::day(day(1)))));
    }

    #[test]
    fn what_is_no_day_is_told_and_never_guessed() {
        for cell in [
            Cell::Int(20_260_401),
            Cell::Bool(true),
            Cell::Float(46_000.0),
            Cell::Text("01/04/2026".into()),
            Cell::Text("0000-12-31".into()),
            Cell::Text("10000-01-01".into()),
            Cell::Date(NaiveDate::from_ymd_opt(10_000, 1, 1).unwrap()),
        ] {
            assert_eq!(cell.moment(CLOCK), Err(CellFault::NotADay), "{cell:?}");
        }
        // Some systems mean "open" by it.
        let last = Cell::Text("9999-12-31".into()).moment(CLOCK);
        assert_eq!(last, Ok(Some(Moment::day(Day::LAST))));
    }

    #[test]
    fn attributes_are_alike_from_every_database() {
        let mut scratch = String::new();
        let table: Vec<(Cell<'_>, Option<Value<'_>>)> = vec![
            (Cell::Null, None),
            (Cell::Text("".into()), None),
            (Cell::Text("Y".into()), Some(Value::Text("Y"))),
            (Cell::Bool(false), Some(Value::Bool(false))),
            (Cell::Float(3.0), Some(Value::Int(3))),
            (Cell::Decimal("3".into()), Some(Value::Int(3))),
            (Cell::Decimal("3.5".into()), Some(Value::Float(3.5))),
            (Cell::Float(f64::NAN), None),
            (
                Cell::Date(NaiveDate::from_ymd_opt(9999, 12, 31).unwrap()),
                Some(Value::Text("9999-12-31")),
            ),
            (
                Cell::Local(local("2026-07-01T09:30:00").with_nanosecond(0).unwrap()),
                Some(Value::Text("2026-07-01T09:30:00")),
            ),
            (
                Cell::Zoned("2026-07-01T08:30:00Z".parse().unwrap()),
                Some(Value::Text("2026-07-01T09:30:00+01:00")),
            ),
        ];
        for (cell, wanted) in table {
            assert_eq!(cell.attribute(CLOCK, &mut scratch), Ok(wanted), "{cell:?}");
        }
        let long = Cell::Text("x".repeat(LONGEST_TEXT + 1).into());
        assert_eq!(long.attribute(CLOCK, &mut scratch), Err(CellFault::TooLong));
    }
}
