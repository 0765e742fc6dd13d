//! The decoded timeline of one child, borrowed from its bytes.

use std::ops::Range;

use super::Symbol;
use super::encoding::{Reader, RowReader, VERSION};
use super::value::Attributes;
use crate::calendar::{Day, Moment};

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

/// The set of a row that has not come out of a decoded timeline.
pub const UNNUMBERED: u32 = u32::MAX;

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
        let mut reader = Reader::new(bytes);
        if reader.byte()? != VERSION {
            return Err(TimelineError);
        }
        let mut rows = RowReader::new(reader)?;
        let id = rows.text()?;
        let case_ref = rows.text()?;
        let team_id = rows.text()?;
        self.child = Child {
            id,
            case_ref: if case_ref.is_empty() { id } else { case_ref },
            team_id: Some(team_id).filter(|team| !team.is_empty()),
            born: rows.numbers.optional_day()?,
        };
        for _ in 0..rows.numbers.uint()? {
            let set = Attributes(rows.numbers.slice()?);
            self.attribute_sets.push(set);
        }
        for _ in 0..rows.numbers.uint()? {
            let mut period = rows.period()?;
            (period.attribute_set, period.attributes) = self.set(&mut rows)?;
            self.periods.push(period);
        }
        for _ in 0..rows.numbers.uint()? {
            let mut event = rows.event()?;
            (event.attribute_set, event.attributes) = self.set(&mut rows)?;
            self.events.push(event);
        }
        Ok(())
    }

    fn set(&self, rows: &mut RowReader<'a>) -> Result<(u32, Attributes<'a>), TimelineError> {
        let set = rows.numbers.uint()?;
        let attributes = self.attribute_sets.get(set as usize).ok_or(TimelineError)?;
        Ok((set as u32, *attributes))
    }

    /// The events of one kind, in order.
    pub fn events_of(&self, kind: Symbol) -> &[Event<'a>] {
        &self.events[self.place_of_events(kind)]
    }

    /// Where the events of one kind lie in [`Timeline::events`].
    pub fn place_of_events(&self, kind: Symbol) -> Range<usize> {
        let start = self.events.partition_point(|e| e.kind < kind);
        let length = self.events[start..].partition_point(|e| e.kind == kind);
        start..start + length
    }

    /// The periods of one kind, in order.
    pub fn periods_of(&self, kind: Symbol) -> &[Period<'a>] {
        let start = self.periods.partition_point(|p| p.kind < kind);
        let length = self.periods[start..].partition_point(|p| p.kind == kind);
        &self.periods[start..start + length]
    }
}
