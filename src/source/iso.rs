//! Days and times written as ISO text, as databases without date types hold them.

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};

use crate::calendar::Instant;

/// What a piece of text says about time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// `2026-04-01`.
    Day(NaiveDate),
    /// `2026-04-01 10:30:00`, with `T` too, with or without seconds and fractions of them.
    Local(NaiveDateTime),
    /// The same with `Z`, `+01`, `+0100` or `+01:00`, after a blank too.
    Zoned(Instant),
}

/// Reads ISO text; `None` for anything else.
pub(super) fn read(text: &str) -> Option<Written> {
    let text = text.trim();
    let (day, rest) = text.split_at_checked(10)?;
    let day = read_day(day)?;
    if rest.is_empty() {
        return Some(Written::Day(day));
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let split = rest
        .find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.' && c != ',')
        .unwrap_or(rest.len());
    let (time, zone) = rest.split_at(split);
    let local = day.and_time(read_time(time)?);
    match zone.trim_start() {
        "" => zone.is_empty().then_some(Written::Local(local)),
        "Z" | "z" => Some(Written::Zoned(Instant::from(local.and_utc()))),
        offset => {
            let at = read_offset(offset)?.from_local_datetime(&local).single()?;
            Some(Written::Zoned(Instant::from(at.to_utc())))
        }
    }
}

fn digits(text: &str, length: usize) -> Option<u32> {
    (text.len() == length && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn read_day(text: &str) -> Option<NaiveDate> {
    let mut parts = text.splitn(3, '-');
    let year = digits(parts.next()?, 4)?;
    let month = digits(parts.next()?, 2)?;
    let day = digits(parts.next()?, 2)?;
    NaiveDate::from_ymd_opt(year as i32, month, day)
}

fn read_time(text: &str) -> Option<NaiveTime> {
    let (clock, fraction) = match text.split_once(['.', ',']) {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (text, None),
    };
    let mut parts = clock.splitn(3, ':');
    let hour = digits(parts.next()?, 2)?;
    let minute = digits(parts.next()?, 2)?;
    let second = match parts.next() {
        Some(second) => digits(second, 2)?,
        None if fraction.is_some() => return None,
        None => 0,
    };
    let micros = match fraction {
        None => 0,
        Some(fraction) => {
            let known = fraction.len().min(6);
            let number = digits(fraction.get(..known)?, known.max(1))?;
            digits(fraction.get(known..)?, fraction.len() - known).or(
                // Nothing beyond the microseconds.
                (fraction.len() == known).then_some(0),
            )?;
            number * 10u32.pow(6 - known as u32)
        }
    };
    NaiveTime::from_hms_micro_opt(hour, minute, second, micros)
}

fn read_offset(text: &str) -> Option<FixedOffset> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest.len() {
        2 => (digits(rest, 2)?, 0),
        4 => (digits(rest.get(..2)?, 2)?, digits(rest.get(2..)?, 2)?),
        5 if rest.as_bytes()[2] == b':' => (digits(rest.get(..2)?, 2)?, digits(rest.get(3..)?, 2)?),
        _ => return None,
    };
    if hours > 15 || minutes > 59 {
        return None;
    }
    FixedOffset::east_opt(sign * (hours * 3600 + minutes * 60) as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match read(text) {
            None => "unreadable".to_owned(),
            Some(Written::Day(day)) => format!("day {day}"),
            Some(Written::Local(local)) => format!("local {local}"),
            Some(Written::Zoned(at)) => format!("at {at}"),
        }
    }

    #[test]
    fn days_and_times_as_databases_write_them() {
        let table = [
            ("2026-04-01", "day 2026-04-01"),
            (" 2026-04-01 ", "day 2026-04-01"),
            ("2024-02-29", "day 2024-02-29"),
            ("2026-04-01 10:30:00", "local 2026-04-01 10:30:00"),
            ("2026-04-01T10:30", "local 2026-04-01 10:30:00"),
            ("2026-04-01 00:00:00.000", "local 2026-04-01 00:00:00"),
            ("2026-04-01 10:30:00.0000000", "local 2026-04-01 10:30:00"),
            ("2026-04-01 10:30:00.25", "local 2026-04-01 10:30:00.250"),
            ("2026-04-01T10:30:00Z", "at 2026-04-01T10:30:00.000000Z"),
            (
                "2026-04-01T10:30:00+01:00",
                "at 2026-04-01T09:30:00.000000Z",
            ),
            ("2026-04-01 10:30:00+01", "at 2026-04-01T09:30:00.000000Z"),
            ("2026-04-01 10:30:00-0530", "at 2026-04-01T16:00:00.000000Z"),
            (
                "2026-04-01 10:30:00.1234567 +01:00",
                "at 2026-04-01T09:30:00.123456Z",
            ),
        ];
        for (text, wanted) in table {
            assert_eq!(shown(text), wanted, "{text}");
        }
    }

    #[test]
    fn anything_else_is_unreadable_and_never_guessed() {
        for text in [
            "",
            " ",
            "tomorrow",
            "01/04/2026",
            "2026-4-1",
            "2026-02-29",
            "2026-13-01",
            "20260401",
            "2026-04-01x",
            "2026-04-01T",
            "2026-04-01 ",
            "2026-04-01 25:00:00",
            "2026-04-01 10:60:00",
            "2026-04-01 10:30:00.",
            "2026-04-01 10:30:00.12x",
            "2026-04-01 10:30:00 London",
            "2026-04-01 10:30:00+1",
            "2026-04-01 10:30:00+99:00",
            "٢٠٢٦-٠٤-٠١",
            "+026-04-01",
        ] {
            let wanted = if text.trim() == "2026-04-01" {
                "day 2026-04-01"
            } else {
                "unreadable"
            };
            assert_eq!(shown(text), wanted, "{text}");
        }
    }
}
