//! The decoded timeline of one child, borrowed from its bytes.

use super::Symbol;
use super::value::Attributes;
use crate::calendar::{Day, Instant, Moment};

/// The child, by the authority's own references only: no name, no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Child<'a> {
    /// The source's id.
    pub id: &'a str,
    /// The case reference shown to people; the id where the source has none.
    pub case_ref: &'a str,
    /// The team, where the source names one.
    pub team_id: Option<&'a str>,
    /// The day of birth; may lie ahead.
    pub born: Option<Day>,
}

/// Something that lasts: a plan, a key worker, an absence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Period<'a> {
    /// What kind of period.
    pub kind: Symbol,
    /// The source's id, unique within its kind.
    pub id: &'a str,
    /// First day.
    pub from: Day,
    /// Last day as recorded; `None` while it has none.
    pub to: Option<Day>,
    /// Further columns.
    pub attributes: Attributes<'a>,
    /// Which of the timeline's [`Timeline::attribute_sets`] they are.
    pub attribute_set: u32,
}

impl Period<'_> {
    /// Its last day as of `today`: before that day it is open (SPEC 2).
    pub fn end_as_of(&self, today: Day) -> Option<Day> {
        self.to.filter(|to| *to <= today)
    }

    /// Whether it runs on `day`, by the days recorded for it.
    pub fn runs_on(&self, day: Day) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

/// Something that happened, or is booked to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Event<'a> {
    /// What kind of event.
    pub kind: Symbol,
    /// The source's id, unique within its kind.
    pub id: &'a str,
    /// When it happened.
    pub occurred: Option<Moment>,
    /// When it is, or was, booked for.
    pub scheduled: Option<Moment>,
    /// When it was written up.
    pub recorded: Option<Moment>,
    /// The id of the event that it is about.
    pub about: Option<&'a str>,
    /// Further columns.
    pub attributes: Attributes<'a>,
    /// Which of the timeline's [`Timeline::attribute_sets`] they are.
    pub attribute_set: u32,
}

impl Event<'_> {
    /// When it happened, if it had by the end of `today` (SPEC 1, *held*).
    pub fn held(&self, today: Day) -> Option<Moment> {
        self.occurred.filter(|occurred| occurred.day <= today)
    }

    /// When it is booked for, if it is and had not been held by the end of `today` (SPEC 1, *booked*).
    pub fn booked(&self, today: Day) -> Option<Moment> {
        match self.held(today) {
            Some(_) => None,
            None => self.scheduled,
        }
    }
}

/// All that is known of one child: periods by kind, first day and id; events by kind, then what has
/// occurred by moment and id, then what is only booked, by moment and id.
#[derive(Debug, Clone, Default)]
pub struct Timeline<'a> {
    /// The child.
    pub child: Child<'a>,
    /// Periods, sorted.
    pub periods: Vec<Period<'a>>,
    /// Events, sorted.
    pub events: Vec<Event<'a>>,
    /// The distinct sets of attributes of its rows: most rows share theirs with others.
    pub attribute_sets: Vec<Attributes<'a>>,
}

/// Bytes that are not a timeline: a damaged copy, or one written by a newer version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored timeline is damaged or of another version")]
pub struct TimelineError;

/// The first byte of every encoded timeline.
pub(super) const VERSION: u8 = 1;

const OCCURRED: u8 = 1;
const OCCURRED_TIME: u8 = 2;
const SCHEDULED: u8 = 4;
const SCHEDULED_TIME: u8 = 8;
const RECORDED: u8 = 16;
const RECORDED_TIME: u8 = 32;
const ABOUT: u8 = 64;

impl<'a> Timeline<'a> {
    /// Decodes a timeline from the bytes that [`super::TimelineBuilder::encode`] made.
    ///
    /// # Errors
    /// [`TimelineError`] where the bytes are not a timeline of this version.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, TimelineError> {
        let mut timeline = Timeline::default();
        timeline.decode_into(bytes)?;
        Ok(timeline)
    }

    /// As [`Timeline::decode`], into the vectors of this one: reading many children allocates
    /// nothing for most of them.
    ///
    /// # Errors
    /// [`TimelineError`] where the bytes are not a timeline of this version.
    pub fn decode_into(&mut self, bytes: &'a [u8]) -> Result<(), TimelineError> {
        self.periods.clear();
        self.events.clear();
        self.attribute_sets.clear();
        let mut r = Reader::new(bytes);
        if r.byte()? != VERSION {
            return Err(TimelineError);
        }
        // One check that it is UTF-8 for all texts of the child: they follow one another.
        let mut texts = r.text()?;
        let mut text = |r: &mut Reader<'a>| {
            let length = usize::try_from(r.uint()?).map_err(|_| TimelineError)?;
            let (text, rest) = texts.split_at_checked(length).ok_or(TimelineError)?;
            texts = rest;
            Ok(text)
        };
        let id = text(&mut r)?;
        let case_ref = text(&mut r)?;
        let team_id = text(&mut r)?;
        let born = r.optional_day()?;
        self.child = Child {
            id,
            case_ref: if case_ref.is_empty() { id } else { case_ref },
            team_id: Some(team_id).filter(|team| !team.is_empty()),
            born,
        };
        for _ in 0..r.uint()? {
            self.attribute_sets.push(Attributes(r.slice()?));
        }
        for _ in 0..r.uint()? {
            let kind = Symbol(r.uint()? as u32);
            let id = text(&mut r)?;
            let from = r.day()?;
            let to = r.optional_day()?;
            let (attribute_set, attributes) = self.attributes(r.uint()?)?;
            self.periods.push(Period {
                kind,
                id,
                from,
                to,
                attributes,
                attribute_set,
            });
        }
        let mut near = 0;
        for _ in 0..r.uint()? {
            let kind = Symbol(r.uint()? as u32);
            let id = text(&mut r)?;
            let has = r.byte()?;
            let occurred = r.moment(has & OCCURRED != 0, has & OCCURRED_TIME != 0, &mut near)?;
            let scheduled = r.moment(has & SCHEDULED != 0, has & SCHEDULED_TIME != 0, &mut near)?;
            let recorded = r.moment(has & RECORDED != 0, has & RECORDED_TIME != 0, &mut near)?;
            let about = match has & ABOUT {
                0 => None,
                _ => Some(text(&mut r)?),
            };
            let (attribute_set, attributes) = self.attributes(r.uint()?)?;
            self.events.push(Event {
                kind,
                id,
                occurred,
                scheduled,
                recorded,
                about,
                attributes,
                attribute_set,
            });
        }
        Ok(())
    }

    fn attributes(&self, set: u64) -> Result<(u32, Attributes<'a>), TimelineError> {
        let attributes = self.attribute_sets.get(set as usize).ok_or(TimelineError)?;
        Ok((set as u32, *attributes))
    }

    /// The events of one kind, in order.
    pub fn events_of(&self, kind: Symbol) -> &[Event<'a>] {
        let start = self.events.partition_point(|e| e.kind < kind);
        let length = self.events[start..].partition_point(|e| e.kind == kind);
        &self.events[start..start + length]
    }

    /// The periods of one kind, in order.
    pub fn periods_of(&self, kind: Symbol) -> &[Period<'a>] {
        let start = self.periods.partition_point(|p| p.kind < kind);
        let length = self.periods[start..].partition_point(|p| p.kind == kind);
        &self.periods[start..start + length]
    }
}

/// Writes an event; its texts go to `texts`, its days as the distance from the day before them.
pub(super) fn put_event(
    out: &mut Vec<u8>,
    texts: &mut String,
    near: &mut i64,
    event: &Event<'_>,
    set: usize,
) {
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
    put_uint(out, set as u64);
}

pub(super) fn put_period(out: &mut Vec<u8>, texts: &mut String, period: &Period<'_>, set: usize) {
    put_uint(out, u64::from(period.kind.0));
    put_text_apart(out, texts, period.id);
    put_int(out, i64::from(period.from.0));
    put_day(out, period.to);
    put_uint(out, set as u64);
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

/// A number in groups of seven bits, lowest first.
pub(super) fn put_uint(out: &mut Vec<u8>, mut value: u64) {
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

    pub(super) fn byte(&mut self) -> Result<u8, TimelineError> {
        let (byte, rest) = self.rest.split_first().ok_or(TimelineError)?;
        self.rest = rest;
        Ok(*byte)
    }

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

    pub(super) fn int(&mut self) -> Result<i64, TimelineError> {
        let value = self.uint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn day(&mut self) -> Result<Day, TimelineError> {
        i32::try_from(self.int()?)
            .map(Day)
            .map_err(|_| TimelineError)
    }

    fn optional_day(&mut self) -> Result<Option<Day>, TimelineError> {
        match self.byte()? {
            0 => Ok(None),
            _ => self.day().map(Some),
        }
    }

    /// A moment, whose day is written as its distance from the last one.
    fn moment(
        &mut self,
        known: bool,
        time: bool,
        near: &mut i64,
    ) -> Result<Option<Moment>, TimelineError> {
        if !known {
            return Ok(None);
        }
        *near = near.wrapping_add(self.int()?);
        let day = i32::try_from(*near).map(Day).map_err(|_| TimelineError)?;
        let at = if time {
            Some(Instant(self.int()?))
        } else {
            None
        };
        Ok(Some(Moment { day, at }))
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
