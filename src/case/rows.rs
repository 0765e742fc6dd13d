//! Rows of many children as one run of bytes: a source's millions of rows are held so while they are
//! gathered, and sorted into timelines at the end.

use rustc_hash::FxHashMap;

use super::timeline::{
    Reader, TimelineError, VERSION, put_day, put_event, put_int, put_period, put_slice, put_text,
    put_text_apart, put_uint,
};
use super::value::put_attribute;
use super::{Attributes, Child, Event, Period, Symbol, Value};
use crate::calendar::{Day, Instant, Moment};

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
        let at = self.begin(tag, period.kind, period.id);
        put_int(&mut self.0, i64::from(period.from.0));
        put_day(&mut self.0, period.to);
        put_slice(&mut self.0, period.attributes.0);
        at
    }

    /// Adds an event under a number of the caller's own, and says where it begins.
    pub fn push_event(&mut self, tag: u32, event: &Event<'_>) -> usize {
        let at = self.begin(tag, event.kind, event.id);
        for moment in [event.occurred, event.scheduled, event.recorded] {
            self.put_moment(moment);
        }
        put_text(&mut self.0, event.about.unwrap_or(""));
        put_slice(&mut self.0, event.attributes.0);
        at
    }

    fn begin(&mut self, tag: u32, kind: Symbol, id: &str) -> usize {
        let at = self.0.len();
        put_uint(&mut self.0, u64::from(tag));
        put_uint(&mut self.0, u64::from(kind.0));
        put_text(&mut self.0, id);
        at
    }

    fn put_moment(&mut self, moment: Option<Moment>) {
        match moment {
            None => self.0.push(NO_DAY),
            Some(Moment { day, at }) => {
                self.0.push(if at.is_some() { DAY_AND_TIME } else { DAY });
                put_int(&mut self.0, i64::from(day.0));
                if let Some(at) = at {
                    put_int(&mut self.0, at.0);
                }
            }
        }
    }

    /// The number under which the row that begins at `at` was added.
    ///
    /// # Errors
    /// Where no row begins there.
    pub fn tag(&self, at: usize) -> Result<u32, TimelineError> {
        small(self.reader(at)?.uint()?)
    }

    /// The period that begins at `at`.
    ///
    /// # Errors
    /// Where none begins there.
    pub fn period(&self, at: usize) -> Result<Period<'_>, TimelineError> {
        let mut r = self.reader(at)?;
        r.uint()?;
        Ok(Period {
            kind: Symbol(small(r.uint()?)?),
            id: r.text()?,
            from: day(&mut r)?,
            to: match r.byte()? {
                NO_DAY => None,
                _ => Some(day(&mut r)?),
            },
            attributes: Attributes(r.slice()?),
            attribute_set: 0,
        })
    }

    /// The event that begins at `at`.
    ///
    /// # Errors
    /// Where none begins there.
    pub fn event(&self, at: usize) -> Result<Event<'_>, TimelineError> {
        let mut r = self.reader(at)?;
        r.uint()?;
        Ok(Event {
            kind: Symbol(small(r.uint()?)?),
            id: r.text()?,
            occurred: moment(&mut r)?,
            scheduled: moment(&mut r)?,
            recorded: moment(&mut r)?,
            about: Some(r.text()?).filter(|about| !about.is_empty()),
            attributes: Attributes(r.slice()?),
            attribute_set: 0,
        })
    }

    fn reader(&self, at: usize) -> Result<Reader<'_>, TimelineError> {
        Ok(Reader::new(self.0.get(at..).ok_or(TimelineError)?))
    }
}

const NO_DAY: u8 = 0;
const DAY: u8 = 1;
const DAY_AND_TIME: u8 = 2;

fn small(number: u64) -> Result<u32, TimelineError> {
    u32::try_from(number).map_err(|_| TimelineError)
}

fn day(r: &mut Reader<'_>) -> Result<Day, TimelineError> {
    let day = i32::try_from(r.int()?).map_err(|_| TimelineError)?;
    Ok(Day(day))
}

fn moment(r: &mut Reader<'_>) -> Result<Option<Moment>, TimelineError> {
    let has = r.byte()?;
    if has == NO_DAY {
        return Ok(None);
    }
    let day = day(r)?;
    let at = match has {
        DAY_AND_TIME => Some(Instant(r.int()?)),
        _ => None,
    };
    Ok(Some(Moment { day, at }))
}

/// The bytes that [`super::Timeline::decode`] reads: the same for the same rows, whatever order they
/// come in. A `case_ref` that is the id itself is not kept a second time.
pub fn encode_timeline<'a>(
    child: &Child<'_>,
    periods: &mut [Period<'a>],
    events: &mut [Event<'a>],
) -> Vec<u8> {
    periods.sort_by(|a, b| (a.kind, a.from, a.id).cmp(&(b.kind, b.from, b.id)));
    events.sort_by(|a, b| event_order(a).cmp(&event_order(b)));
    let mut sets: Vec<&[u8]> = Vec::new();
    let mut set_of = FxHashMap::default();
    let mut set = |attributes: Attributes<'a>| {
        *set_of.entry(attributes.0).or_insert_with(|| {
            sets.push(attributes.0);
            sets.len() - 1
        })
    };
    let rows = periods.len() + events.len();
    let (mut body, mut texts) = (Vec::with_capacity(16 * rows), String::new());
    put_text_apart(&mut body, &mut texts, child.id);
    let own_ref = Some(child.case_ref).filter(|case_ref| *case_ref != child.id);
    put_text_apart(&mut body, &mut texts, own_ref.unwrap_or(""));
    put_text_apart(&mut body, &mut texts, child.team_id.unwrap_or(""));
    put_day(&mut body, child.born);
    let mut tail = Vec::with_capacity(16 * rows);
    put_uint(&mut tail, periods.len() as u64);
    for period in periods.iter() {
        put_period(&mut tail, &mut texts, period, set(period.attributes));
    }
    put_uint(&mut tail, events.len() as u64);
    let mut near = 0;
    for event in events.iter() {
        let set = set(event.attributes);
        put_event(&mut tail, &mut texts, &mut near, event, set);
    }
    put_uint(&mut body, sets.len() as u64);
    for set in sets {
        put_slice(&mut body, set);
    }
    let mut out = Vec::with_capacity(texts.len() + body.len() + tail.len() + 8);
    out.push(VERSION);
    put_slice(&mut out, texts.as_bytes());
    out.extend_from_slice(&body);
    out.extend_from_slice(&tail);
    out
}

/// By kind; what occurred before what did not; then by moment and id.
fn event_order<'a>(event: &Event<'a>) -> (Symbol, bool, Option<Moment>, &'a str) {
    let moment = event.occurred.or(event.scheduled);
    (event.kind, event.occurred.is_none(), moment, event.id)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            attribute_set: 0,
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
            attribute_set: 0,
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
