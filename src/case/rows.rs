//! Rows of many children as one run of bytes: a source's millions of rows are held so while they are
//! gathered, and sorted into timelines at the end.

use super::timeline::{
    Reader, TimelineError, VERSION, put_day, put_event, put_period, put_text, put_uint,
};
use super::value::put_attribute;
use super::{Attributes, Child, Event, Period, Symbol, Value};
use crate::calendar::Moment;

/// Attributes of one row after another, encoded in the same space.
#[derive(Debug, Clone, Default)]
pub struct AttributeBuffer(Vec<u8>);

impl AttributeBuffer {
    /// Makes room for the next row.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Adds an attribute; they must come in the order of their symbols, so that equal ones are equal
    /// bytes.
    pub fn put(&mut self, name: Symbol, value: Value<'_>) {
        put_attribute(&mut self.0, name, value);
    }

    /// The attributes added since the last [`AttributeBuffer::clear`].
    pub fn attributes(&self) -> Attributes<'_> {
        Attributes(&self.0)
    }
}

/// Encoded rows one after another, each known by where it begins.
#[derive(Debug, Clone, Default)]
pub struct RowBuffer(Vec<u8>);

impl RowBuffer {
    /// How many bytes it holds; the next row begins there.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a period under a number of the caller's own, and says where it begins.
    pub fn push_period(&mut self, tag: u32, period: &Period<'_>) -> usize {
        let at = self.0.len();
        put_uint(&mut self.0, u64::from(tag));
        put_period(&mut self.0, period);
        at
    }

    /// Adds an event under a number of the caller's own, and says where it begins.
    pub fn push_event(&mut self, tag: u32, event: &Event<'_>) -> usize {
        let at = self.0.len();
        put_uint(&mut self.0, u64::from(tag));
        put_event(&mut self.0, event);
        at
    }

    /// The number under which the row that begins at `at` was added.
    ///
    /// # Errors
    /// Where no row begins there.
    pub fn tag(&self, at: usize) -> Result<u32, TimelineError> {
        Ok(self.reader(at)?.0)
    }

    /// The period that begins at `at`.
    ///
    /// # Errors
    /// Where none begins there.
    pub fn period(&self, at: usize) -> Result<Period<'_>, TimelineError> {
        self.reader(at)?.1.period()
    }

    /// The event that begins at `at`.
    ///
    /// # Errors
    /// Where none begins there.
    pub fn event(&self, at: usize) -> Result<Event<'_>, TimelineError> {
        self.reader(at)?.1.event()
    }

    fn reader(&self, at: usize) -> Result<(u32, Reader<'_>), TimelineError> {
        let mut reader = Reader::new(self.0.get(at..).ok_or(TimelineError)?);
        let tag = u32::try_from(reader.uint()?).map_err(|_| TimelineError)?;
        Ok((tag, reader))
    }
}

/// The bytes that [`super::Timeline::decode`] reads: the same for the same rows, whatever order they
/// come in. A `case_ref` that is empty or the id itself is not kept a second time.
pub fn encode_timeline(
    child: &Child<'_>,
    periods: &mut [Period<'_>],
    events: &mut [Event<'_>],
) -> Vec<u8> {
    periods.sort_by(|a, b| (a.kind, a.from, a.id).cmp(&(b.kind, b.from, b.id)));
    events.sort_by(|a, b| event_order(a).cmp(&event_order(b)));
    let mut out = Vec::with_capacity(64 + 48 * (periods.len() + events.len()));
    out.push(VERSION);
    put_text(&mut out, child.id);
    let case_ref = if child.case_ref == child.id {
        ""
    } else {
        child.case_ref
    };
    put_text(&mut out, case_ref);
    put_text(&mut out, child.team_id.unwrap_or(""));
    put_day(&mut out, child.born);
    put_uint(&mut out, periods.len() as u64);
    for period in periods {
        put_period(&mut out, period);
    }
    put_uint(&mut out, events.len() as u64);
    for event in events {
        put_event(&mut out, event);
    }
    out
}

/// By kind; what occurred before what did not; then by moment and id.
fn event_order<'a>(event: &Event<'a>) -> (Symbol, bool, Option<Moment>, &'a str) {
    let moment = event.occurred.or(event.scheduled);
    (event.kind, event.occurred.is_none(), moment, event.id)
}
