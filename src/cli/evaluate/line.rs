//! One obligation as a line of output, its keys in the order of SPEC 6.

use std::io::{self, Write};

use serde::Serialize;

use crate::calendar::Day;
use crate::case::Timeline;
use crate::daemon::{Authority, Cases};
use crate::rules::{Obligation, State};

/// The keys, in order.
pub const COLUMNS: [&str; 14] = [
    "id",
    "authority",
    "pack",
    "rule",
    "child",
    "period",
    "anchor",
    "opened",
    "due",
    "state",
    "booked",
    "closed",
    "days_over",
    "evidence",
];

/// An obligation as it is given out.
#[derive(Debug, Serialize)]
pub struct Line<'o> {
    id: String,
    authority: &'o str,
    pack: &'o str,
    rule: &'o str,
    child: &'o str,
    period: &'o str,
    anchor: &'o str,
    opened: Day,
    due: Day,
    state: State,
    booked: Option<Day>,
    closed: Option<Day>,
    days_over: i64,
    evidence: &'o [&'o str],
}

impl<'o> Line<'o> {
    /// The line of an obligation of the child of `timeline`.
    pub fn new(
        authority: &'o Authority,
        cases: &'o Cases,
        timeline: &Timeline<'o>,
        obligation: &'o Obligation<'o>,
    ) -> Self {
        let rule = &cases.rules.rules[obligation.rule];
        let authority = authority.settings.id.as_str();
        let child = timeline.child.id;
        Line {
            id: cases.rules.obligation_id(authority, child, obligation),
            authority,
            pack: &rule.pack,
            rule: &rule.id,
            child,
            period: obligation.period,
            anchor: obligation.anchor,
            opened: obligation.opened.day,
            due: obligation.due,
            state: obligation.state,
            booked: obligation.booked,
            closed: obligation.closed,
            days_over: obligation.days_over,
            evidence: &obligation.evidence,
        }
    }

    /// As a JSON object and a line end.
    pub fn write_json(&self, out: &mut Vec<u8>) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.push(b'\n');
        Ok(())
    }

    /// Its cells in the order of [`COLUMNS`], what is null empty, with `separator` between pieces of
    /// evidence.
    pub fn cells(&self, separator: &str) -> [String; 14] {
        let day = |day: Option<Day>| day.map_or_else(String::new, |day| day.to_string());
        [
            self.id.clone(),
            self.authority.to_owned(),
            self.pack.to_owned(),
            self.rule.to_owned(),
            self.child.to_owned(),
            self.period.to_owned(),
            self.anchor.to_owned(),
            self.opened.to_string(),
            self.due.to_string(),
            self.state.to_string(),
            day(self.booked),
            day(self.closed),
            self.days_over.to_string(),
            self.evidence.join(separator),
        ]
    }
}

/// Writes one record of comma-separated values.
pub fn write_csv<C: AsRef<[u8]>>(
    out: &mut impl Write,
    cells: impl IntoIterator<Item = C>,
) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new()
        .buffer_capacity(512)
        .from_writer(out);
    writer.write_record(cells)?;
    writer.flush()
}
