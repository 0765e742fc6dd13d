//! The examples that a rule carries: a few dated events, a day, and what must come out. They are how
//! a service manager reads a rule, and how a site tests its own pack.

use crate::calendar::{Day, Moment, Zone};
use crate::document::{Fault, Place, Scalar, Table, Text};

use super::obligation::State;

/// One example of a rule.
#[derive(Debug, Clone)]
pub struct Example {
    /// What it shows.
    pub title: String,
    /// The child's day of birth.
    pub born: Option<Day>,
    /// The day asked about.
    pub as_of: Day,
    /// The child's periods.
    pub periods: Vec<ExamplePeriod>,
    /// The child's events.
    pub events: Vec<ExampleEvent>,
    /// The obligations that must come out, in order of opening.
    pub expect: Vec<Expected>,
    /// Where it was written.
    pub place: Place,
}

/// A period of an example.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the columns of SPEC 4")]
pub struct ExamplePeriod {
    pub kind: String,
    pub id: String,
    pub from: Day,
    pub to: Option<Day>,
    pub attributes: Vec<(String, Scalar)>,
}

/// An event of an example.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the columns of SPEC 4")]
pub struct ExampleEvent {
    pub kind: String,
    pub id: String,
    pub occurred: Option<Moment>,
    pub scheduled: Option<Moment>,
    pub recorded: Option<Moment>,
    pub about: Option<String>,
    pub attributes: Vec<(String, Scalar)>,
}

/// An obligation that an example expects.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The source's id of its anchor.
    pub anchor: String,
    /// The day it opens.
    pub opened: Day,
    /// The day it is due.
    pub due: Day,
    /// Where it stands.
    pub state: State,
    /// The day it closed; not looked at where the example does not say.
    pub closed: Option<Day>,
}

impl Example {
    pub(super) fn read(table: &mut Table<'_>) -> Option<Example> {
        let place = table.place();
        let title = table.need_text("title");
        let born = table.parsed("born");
        let as_of = table.need_parsed("as_of");
        let mut known = Vec::new();
        let periods = table.tables("periods", |period| {
            let kind = period.need_text("kind");
            let id = period.need_text("id");
            once(period, &mut known, kind.as_ref(), id.as_ref());
            let from: Option<Day> = period.need_parsed("from");
            let to: Option<Day> = period.parsed("to");
            if let (Some(from), Some(to)) = (from, to)
                && to < from
            {
                period.fault(Fault::new(
                    period.place_of("to"),
                    format!("the period ends on {to}, before it begins on {from}"),
                    "a source's row like that is not used; put the days right",
                ));
            }
            let attributes = attributes(period);
            Some(ExamplePeriod {
                kind: kind?.value,
                id: id?.value,
                from: from?,
                to,
                attributes,
            })
        });
        let mut known = Vec::new();
        let events = table.tables("events", |event| {
            let kind = event.need_text("kind");
            let id = event.need_text("id");
            once(event, &mut known, kind.as_ref(), id.as_ref());
            let moment = |event: &mut Table<'_>, key| event.parsed::<LocalMoment>(key).map(|m| m.0);
            let occurred = moment(event, "occurred");
            let scheduled = moment(event, "scheduled");
            let recorded = moment(event, "recorded");
            let about = event.text("about").map(|t| t.value);
            let attributes = attributes(event);
            Some(ExampleEvent {
                kind: kind?.value,
                id: id?.value,
                occurred,
                scheduled,
                recorded,
                about,
                attributes,
            })
        });
        let expect = table.tables("expect", |expected| {
            let anchor = expected.need_text("anchor");
            let opened = expected.need_parsed("opened");
            let due = expected.need_parsed("due");
            let state = expected.need_parsed("state");
            let closed = expected.parsed("closed");
            Some(Expected {
                anchor: anchor?.value,
                opened: opened?,
                due: due?,
                state: state?,
                closed,
            })
        });
        Some(Example {
            title: title?.value,
            born,
            as_of: as_of?,
            periods,
            events,
            expect,
            place,
        })
    }
}

/// Tells an id that is there twice in its kind: of a source's rows the second would not be used.
fn once(
    table: &Table<'_>,
    known: &mut Vec<(String, String)>,
    kind: Option<&Text>,
    id: Option<&Text>,
) {
    let (Some(kind), Some(id)) = (kind, id) else {
        return;
    };
    let this = (kind.value.clone(), id.value.clone());
    if known.contains(&this) {
        table.fault(Fault::new(
            id.place.clone(),
            format!("the {} `{}` is there twice", kind.value, id.value),
            "an id is unique within its kind: give one of them another",
        ));
    }
    known.push(this);
}

/// The `attributes` table of a period or event.
fn attributes(table: &mut Table<'_>) -> Vec<(String, Scalar)> {
    table
        .table("attributes", |attributes| {
            let mut values = Vec::new();
            for key in attributes.keys() {
                let value = attributes.scalar(&key);
                values.extend(value.map(|value| (key.to_lowercase(), value)));
            }
            Some(values)
        })
        .unwrap_or_default()
}

/// A day, or a local day and time, of the United Kingdom.
struct LocalMoment(Moment);

impl std::str::FromStr for LocalMoment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(day) = text.parse::<Day>() {
            return Ok(LocalMoment(Moment::day(day)));
        }
        ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
            .iter()
            .find_map(|form| chrono::NaiveDateTime::parse_from_str(text, form).ok())
            .map(|local| LocalMoment(Zone::LONDON.moment_of(Zone::LONDON.instant(local))))
            .ok_or_else(|| {
                format!(
                    "`{text}` is neither a day nor a time; write 2026-11-21 or 2026-11-21T09:30"
                )
            })
    }
}
