//! How rows and timelines lie in bytes: numbers in groups of seven bits, texts apart from them and one
//! after another, days as the distance from the day before them.

use super::Symbol;
use super::timeline::{Event, Period, TimelineError, UNNUMBERED};
use super::value::Attributes;
use crate::calendar::{Day, Instant, Moment};

/// The first byte of every encoded timeline.
pub(super) const VERSION: u8 = 1;

const OCCURRED: u8 = 1;
const OCCURRED_TIME: u8 = 2;
const SCHEDULED: u8 = 4;
const SCHEDULED_TIME: u8 = 8;
const RECORDED: u8 = 16;
const RECORDED_TIME: u8 = 32;
const ABOUT: u8 = 64;

/// Writes an event, without its attributes; its texts go to `texts`, its days as the distance from the day before them.
pub(super) fn put_event(out: &mut Vec<u8>, texts: &mut String, near: &mut i64, event: &Event<'_>) {
    put_uint(out, u64::from(event.kind.0));
    put_text_apart(out, texts, event.id);
    let mut has = 0;
    for (moment, day, time) in [
        (event.occurred, OCCURRED, OCCURRED_TIME),
        (event.scheduled, SCHEDULED, SCHEDULED_TIME),
        (event.recorded, RECORDED, RECORDED_TIME),
    ] {
        if let Some(moment) = moment {
            has |= day;
            if moment.at.is_some() {
                has |= time;
            }
        }
    }
    if event.about.is_some() {
        has |= ABOUT;
    }
    out.push(has);
    for moment in [event.occurred, event.scheduled, event.recorded]
        .into_iter()
        .flatten()
    {
        let day = i64::from(moment.day.0);
        put_int(out, day - *near);
        *near = day;
        if let Some(at) = moment.at {
            put_int(out, at.0);
        }
    }
    if let Some(about) = event.about {
        put_text_apart(out, texts, about);
    }
}

/// Writes a period, without its attributes; its texts go to `texts`.
pub(super) fn put_period(out: &mut Vec<u8>, texts: &mut String, period: &Period<'_>) {
    put_uint(out, u64::from(period.kind.0));
    put_text_apart(out, texts, period.id);
    put_int(out, i64::from(period.from.0));
    put_day(out, period.to);
}

/// Writes a text's length here and the text itself there.
pub(super) fn put_text_apart(out: &mut Vec<u8>, texts: &mut String, text: &str) {
    put_uint(out, text.len() as u64);
    texts.push_str(text);
}

pub(super) fn put_day(out: &mut Vec<u8>, day: Option<Day>) {
    match day {
        None => out.push(0),
        Some(day) => {
            out.push(1);
            put_int(out, i64::from(day.0));
        }
    }
}

/// Takes a number that [`put_uint`] wrote from the front of `rest`.
///
/// # Errors
/// Where there is none.
pub fn take_uint(rest: &mut &[u8]) -> Result<u64, TimelineError> {
    let mut reader = Reader::new(rest);
    let value = reader.uint()?;
    *rest = reader.rest;
    Ok(value)
}

/// A number in groups of seven bits, lowest first.
pub fn put_uint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// A signed number, zigzagged so that small ones are short.
pub(super) fn put_int(out: &mut Vec<u8>, value: i64) {
    put_uint(out, ((value << 1) ^ (value >> 63)) as u64);
}

pub(super) fn put_slice(out: &mut Vec<u8>, bytes: &[u8]) {
    put_uint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_slice(out, text.as_bytes());
}

/// Reads what the `put_` functions wrote.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Reader { rest }
    }

    #[inline]
    pub(super) fn byte(&mut self) -> Result<u8, TimelineError> {
        let (byte, rest) = self.rest.split_first().ok_or(TimelineError)?;
        self.rest = rest;
        Ok(*byte)
    }

    #[inline]
    pub(super) fn uint(&mut self) -> Result<u64, TimelineError> {
        let first = self.byte()?;
        if first < 0x80 {
            return Ok(u64::from(first));
        }
        let mut value = u64::from(first & 0x7f);
        for shift in (7..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(TimelineError)
    }

    #[inline]
    pub(super) fn int(&mut self) -> Result<i64, TimelineError> {
        let value = self.uint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    #[inline]
    pub(super) fn day(&mut self) -> Result<Day, TimelineError> {
        let day = i32::try_from(self.int()?);
        day.map(Day).map_err(|_| TimelineError)
    }

    pub(super) fn optional_day(&mut self) -> Result<Option<Day>, TimelineError> {
        match self.byte()? {
            0 => Ok(None),
            _ => self.day().map(Some),
        }
    }

    pub(super) fn slice(&mut self) -> Result<&'a [u8], TimelineError> {
        let length = usize::try_from(self.uint()?).map_err(|_| TimelineError)?;
        if length > self.rest.len() {
            return Err(TimelineError);
        }
        let (bytes, rest) = self.rest.split_at(length);
        self.rest = rest;
        Ok(bytes)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, TimelineError> {
        std::str::from_utf8(self.slice()?).map_err(|_| TimelineError)
    }
}

/// Reads rows: their numbers, and their texts that lie apart.
#[derive(Clone, Copy)]
pub(super) struct RowReader<'a> {
    pub(super) numbers: Reader<'a>,
    texts: &'a str,
    near: i64,
}

impl<'a> RowReader<'a> {
    /// Begins with all the texts: one check that they are UTF-8 serves for all.
    pub(super) fn new(mut numbers: Reader<'a>) -> Result<Self, TimelineError> {
        let texts = numbers.text()?;
        Ok(RowReader {
            numbers,
            texts,
            near: 0,
        })
    }

    #[inline]
    pub(super) fn text(&mut self) -> Result<&'a str, TimelineError> {
        let length = usize::try_from(self.numbers.uint()?).map_err(|_| TimelineError)?;
        let (text, rest) = self.texts.split_at_checked(length).ok_or(TimelineError)?;
        self.texts = rest;
        Ok(text)
    }

    /// A period whose attributes are still to come.
    pub(super) fn period(&mut self) -> Result<Period<'a>, TimelineError> {
        Ok(Period {
            kind: Symbol(self.numbers.uint()? as u32),
            id: self.text()?,
            from: self.numbers.day()?,
            to: self.numbers.optional_day()?,
            attributes: Attributes::default(),
            attribute_set: UNNUMBERED,
        })
    }

    /// An event whose attributes are still to come.
    #[inline]
    pub(super) fn event(&mut self) -> Result<Event<'a>, TimelineError> {
        let kind = Symbol(self.numbers.uint()? as u32);
        let id = self.text()?;
        let has = self.numbers.byte()?;
        Ok(Event {
            kind,
            id,
            occurred: self.moment(has, OCCURRED, OCCURRED_TIME)?,
            scheduled: self.moment(has, SCHEDULED, SCHEDULED_TIME)?,
            recorded: self.moment(has, RECORDED, RECORDED_TIME)?,
            about: match has & ABOUT {
                0 => None,
                _ => Some(self.text()?),
            },
            attributes: Attributes::default(),
            attribute_set: UNNUMBERED,
        })
    }

    #[inline]
    fn moment(&mut self, has: u8, day: u8, time: u8) -> Result<Option<Moment>, TimelineError> {
        if has & day == 0 {
            return Ok(None);
        }
        self.near = self.near.wrapping_add(self.numbers.int()?);
        let day = i32::try_from(self.near)
            .map(Day)
            .map_err(|_| TimelineError)?;
        let at = match has & time {
            0 => None,
            _ => Some(Instant(self.numbers.int()?)),
        };
        Ok(Some(Moment { day, at }))
    }
}
