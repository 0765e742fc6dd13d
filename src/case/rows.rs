//! Rows of many children as one run of bytes: a source's millions of rows are held so while they are
//! gathered, and sorted into timelines at the end.

use rustc_hash::FxHashMap;

use super::encoding::{
    Reader, RowReader, VERSION, put_day, put_event, put_period, put_slice, put_text_apart, put_uint,
};
use super::timeline::TimelineError;
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
pub struct RowBuffer {
    bytes: Vec<u8>,
    // Room for the row at hand, used again for each.
    numbers: Vec<u8>,
    texts: String,
}

impl RowBuffer {
    /// How many bytes it holds; the next row begins there.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Adds a period under a number of the caller's own, and says where it begins.
    pub fn push_period(&mut self, tag: u32, period: &Period<'_>) -> usize {
        put_period(&mut self.numbers, &mut self.texts, period);
        self.push(tag, period.attributes)
    }

    /// Adds an event under a number of the caller's own, and says where it begins.
    pub fn push_event(&mut self, tag: u32, event: &Event<'_>) -> usize {
        put_event(&mut self.numbers, &mut self.texts, &mut 0, event);
        self.push(tag, event.attributes)
    }

    fn push(&mut self, tag: u32, attributes: Attributes<'_>) -> usize {
        let at = self.bytes.len();
        put_uint(&mut self.bytes, u64::from(tag));
        put_slice(&mut self.bytes, self.texts.as_bytes());
        self.bytes.extend_from_slice(&self.numbers);
        put_slice(&mut self.bytes, attributes.0);
        self.texts.clear();
        self.numbers.clear();
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
        let mut reader = self.reader(at)?.1;
        let period = reader.period()?;
        let attributes = Attributes(reader.numbers.slice()?);
        Ok(Period {
            attributes,
            ..period
        })
    }

    /// The event that begins at `at`.
    ///
    /// # Errors
    /// Where none begins there.
    pub fn event(&self, at: usize) -> Result<Event<'_>, TimelineError> {
        let mut reader = self.reader(at)?.1;
        let event = reader.event()?;
        let attributes = Attributes(reader.numbers.slice()?);
        Ok(Event {
            attributes,
            ..event
        })
    }

    fn reader(&self, at: usize) -> Result<(u32, RowReader<'_>), TimelineError> {
        let mut reader = Reader::new(self.bytes.get(at..).ok_or(TimelineError)?);
        let tag = u32::try_from(reader.uint()?).map_err(|_| TimelineError)?;
        Ok((tag, RowReader::new(reader)?))
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
    let case_ref = if child.case_ref == child.id {
        ""
    } else {
        child.case_ref
    };
    let (mut numbers, mut texts) = (Vec::new(), String::new());
    put_text_apart(&mut numbers, &mut texts, child.id);
    put_text_apart(&mut numbers, &mut texts, case_ref);
    put_text_apart(&mut numbers, &mut texts, child.team_id.unwrap_or(""));
    put_day(&mut numbers, child.born);
    let mut sets = Sets::default();
    let mut rows = Vec::with_capacity(16 * (periods.len() + events.len()));
    put_uint(&mut rows, periods.len() as u64);
    for period in periods {
        put_period(&mut rows, &mut texts, period);
        put_uint(&mut rows, sets.number(period.attributes));
    }
    put_uint(&mut rows, events.len() as u64);
    let mut near = 0;
    for event in events {
        put_event(&mut rows, &mut texts, &mut near, event);
        put_uint(&mut rows, sets.number(event.attributes));
    }
    put_uint(&mut numbers, sets.sets.len() as u64);
    for set in sets.sets {
        put_slice(&mut numbers, set.0);
    }
    let mut out = Vec::with_capacity(texts.len() + numbers.len() + rows.len() + 8);
    out.push(VERSION);
    put_slice(&mut out, texts.as_bytes());
    out.extend_from_slice(&numbers);
    out.extend_from_slice(&rows);
    out
}

/// The distinct sets of attributes of a timeline, in the order of their first row.
#[derive(Default)]
struct Sets<'a> {
    sets: Vec<Attributes<'a>>,
    numbers: FxHashMap<Attributes<'a>, u64>,
}

impl<'a> Sets<'a> {
    fn number(&mut self, attributes: Attributes<'a>) -> u64 {
        *self.numbers.entry(attributes).or_insert_with(|| {
            self.sets.push(attributes);
            self.sets.len() as u64 - 1
        })
    }
}

/// By kind; what occurred before what did not; then by moment and id.
fn event_order<'a>(event: &Event<'a>) -> (Symbol, bool, Option<Moment>, &'a str) {
    let moment = event.occurred.or(event.scheduled);
    (event.kind, event.occurred.is_none(), moment, event.id)
}

#[cfg(test)]
mod tests {
    use super::super::timeline::UNNUMBERED;
    use super::*;
    use crate::calendar::{Day, Instant};

    #[test]
    fn rows_come_back_as_they_were_put_in() {
        let mut attributes = AttributeBuffer::default();
        attributes.put(Symbol(3), Value::Text("Y"));
        attributes.put(Symbol(9), Value::Int(-4));
        let at = |day| Moment {
            day: Day(day),
            at: Some(Instant(1_775_000_000_000_000)),
        };
        let event = Event {
            kind: Symbol(1),
            id: "V1",
            occurred: Some(Moment::day(Day(20_000))),
            scheduled: None,
            recorded: Some(at(-20_001)),
            about: Some("M1"),
            attributes: attributes.attributes(),
            attribute_set: UNNUMBERED,
        };
        let bare = Event {
            id: "V2",
            occurred: None,
            scheduled: Some(at(20_500)),
            recorded: None,
            about: None,
            attributes: Attributes::default(),
            ..event
        };
        let period = Period {
            kind: Symbol(2),
            id: "P1",
            from: Day(-3),
            to: Some(Day(4)),
            attributes: attributes.attributes(),
            attribute_set: UNNUMBERED,
        };
        let mut rows = RowBuffer::default();
        assert!(rows.is_empty());
        let first = rows.push_event(7, &event);
        let second = rows.push_period(u32::MAX, &period);
        let third = rows.push_event(0, &bare);
        assert_eq!(rows.event(first), Ok(event));
        assert_eq!(rows.period(second), Ok(period));
        assert_eq!(rows.event(third), Ok(bare));
        assert_eq!(rows.tag(first), Ok(7));
        assert_eq!(rows.tag(second), Ok(u32::MAX));
        assert_eq!(rows.event(rows.len() + 1), Err(TimelineError));
    }
}
