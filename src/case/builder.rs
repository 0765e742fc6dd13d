//! Rows of one child gathered in any order, and encoded in the one order that a timeline has.

use super::rows::encode_timeline;
use super::timeline::UNNUMBERED;
use super::value::put_attribute;
use super::{Attributes, Child, Event, Period, Symbol, Value};
use crate::calendar::{Day, Moment};

/// A period as a source row gives it.
#[derive(Debug, Clone)]
pub struct PeriodRow {
    /// What kind of period.
    pub kind: Symbol,
    /// The source's id.
    pub id: Box<str>,
    /// First day.
    pub from: Day,
    /// Last day, where it has one.
    pub to: Option<Day>,
    attributes: Vec<u8>,
}

/// An event as a source row gives it.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// What kind of event.
    pub kind: Symbol,
    /// The source's id.
    pub id: Box<str>,
    /// When it happened.
    pub occurred: Option<Moment>,
    /// When it is booked for.
    pub scheduled: Option<Moment>,
    /// When it was written up.
    pub recorded: Option<Moment>,
    /// The event that it is about.
    pub about: Option<Box<str>>,
    attributes: Vec<u8>,
}

/// Attributes in the order of their symbols, so that equal ones are equal bytes.
fn encode_attributes<'v>(attributes: impl IntoIterator<Item = (Symbol, Value<'v>)>) -> Vec<u8> {
    let mut sorted: Vec<(Symbol, Value<'v>)> = attributes.into_iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    let mut out = Vec::new();
    for (name, value) in sorted {
        put_attribute(&mut out, name, value);
    }
    out.shrink_to_fit();
    out
}

impl PeriodRow {
    /// A period with its attributes; nulls are left out by the caller.
    pub fn new<'v>(
        kind: Symbol,
        id: &str,
        from: Day,
        to: Option<Day>,
        attributes: impl IntoIterator<Item = (Symbol, Value<'v>)>,
    ) -> Self {
        PeriodRow {
            kind,
            id: id.into(),
            from,
            to,
            attributes: encode_attributes(attributes),
        }
    }

    /// The period as rules see it.
    pub fn period(&self) -> Period<'_> {
        Period {
            kind: self.kind,
            id: &self.id,
            from: self.from,
            to: self.to,
            attributes: Attributes(&self.attributes),
            attribute_set: UNNUMBERED,
        }
    }
}

impl EventRow {
    /// An event with its attributes and none of its days yet; nulls are left out by the caller.
    pub fn new<'v>(
        kind: Symbol,
        id: &str,
        attributes: impl IntoIterator<Item = (Symbol, Value<'v>)>,
    ) -> Self {
        EventRow {
            kind,
            id: id.into(),
            occurred: None,
            scheduled: None,
            recorded: None,
            about: None,
            attributes: encode_attributes(attributes),
        }
    }

    /// The event as rules see it.
    pub fn event(&self) -> Event<'_> {
        Event {
            kind: self.kind,
            id: &self.id,
            occurred: self.occurred,
            scheduled: self.scheduled,
            recorded: self.recorded,
            about: self.about.as_deref(),
            attributes: Attributes(&self.attributes),
            attribute_set: UNNUMBERED,
        }
    }
}

impl From<&Period<'_>> for PeriodRow {
    fn from(period: &Period<'_>) -> Self {
        PeriodRow {
            kind: period.kind,
            id: period.id.into(),
            from: period.from,
            to: period.to,
            attributes: period.attributes.0.to_vec(),
        }
    }
}

impl From<&Event<'_>> for EventRow {
    fn from(event: &Event<'_>) -> Self {
        EventRow {
            kind: event.kind,
            id: event.id.into(),
            occurred: event.occurred,
            scheduled: event.scheduled,
            recorded: event.recorded,
            about: event.about.map(Into::into),
            attributes: event.attributes.0.to_vec(),
        }
    }
}

/// The rows of one child.
#[derive(Debug, Clone, Default)]
pub struct TimelineBuilder {
    /// The source's id of the child.
    pub child_id: Box<str>,
    /// The case reference, where the source has one.
    pub case_ref: Option<Box<str>>,
    /// The team, where the source names one.
    pub team_id: Option<Box<str>>,
    /// The day of birth.
    pub born: Option<Day>,
    /// Periods in any order.
    pub periods: Vec<PeriodRow>,
    /// Events in any order.
    pub events: Vec<EventRow>,
}

impl TimelineBuilder {
    /// A child with nothing known yet.
    pub fn new(child_id: &str) -> Self {
        TimelineBuilder {
            child_id: child_id.into(),
            ..TimelineBuilder::default()
        }
    }

    /// The bytes that [`super::Timeline::decode`] reads: the same for the same rows, whatever order
    /// they came in.
    pub fn encode(&self) -> Vec<u8> {
        let child = Child {
            id: &self.child_id,
            case_ref: self.case_ref.as_deref().unwrap_or(""),
            team_id: self.team_id.as_deref(),
            born: self.born,
        };
        let mut periods: Vec<Period<'_>> = self.periods.iter().map(PeriodRow::period).collect();
        let mut events: Vec<Event<'_>> = self.events.iter().map(EventRow::event).collect();
        encode_timeline(&child, &mut periods, &mut events)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Symbols, Timeline};
    use super::*;

    #[test]
    fn the_order_of_rows_does_not_matter_and_nothing_is_lost() {
        let mut symbols = Symbols::default();
        let (plan, visit, seen) = (
            symbols.intern("plan"),
            symbols.intern("visit"),
            symbols.intern("child_seen"),
        );
        let day = |n| Day(20_000 + n);
        let period = PeriodRow::new(plan, "P1", day(0), Some(day(90)), []);
        let mut first = EventRow::new(visit, "V1", [(seen, Value::Text("Y"))]);
        first.occurred = Some(Moment::day(day(3)));
        first.about = Some("C1".into());
        let mut second = EventRow::new(visit, "V2", [(seen, Value::Bool(false))]);
        second.scheduled = Some(Moment::day(day(1)));
        let build = |events: Vec<EventRow>| {
            let mut builder = TimelineBuilder::new("c");
            builder.born = Some(day(-4000));
            builder.periods.push(period.clone());
            builder.events = events;
            builder.encode()
        };
        let bytes = build(vec![second.clone(), first.clone()]);
        assert_eq!(bytes, build(vec![first, second]));
        let timeline = Timeline::decode(&bytes).unwrap();
        assert_eq!(timeline.child.born, Some(day(-4000)));
        assert_eq!(timeline.child.case_ref, "c");
        assert_eq!(timeline.periods_of(plan)[0].to, Some(day(90)));
        let visits = timeline.events_of(visit);
        assert_eq!((visits[0].id, visits[1].id), ("V1", "V2"));
        assert_eq!(visits[0].about, Some("C1"));
        assert_eq!(visits[0].attributes.get(seen), Some(Value::Text("Y")));
        assert_eq!(timeline.events_of(seen), &[]);
    }

    #[test]
    fn damaged_bytes_are_told_and_do_no_harm() {
        let mut bytes = TimelineBuilder::new("child").encode();
        bytes.pop();
        assert!(Timeline::decode(&bytes).is_err());
        assert!(Timeline::decode(&[]).is_err());
        assert!(Timeline::decode(&[9, 9, 9]).is_err());
    }
}
