//! A row as it was decoded, so that a site sees that its columns are understood, with everything that
//! could tell of a person masked: ids but for their end, and every text, number and day that is an
//! attribute (it might be a name, a number to call or a birth).

use std::fmt::Write as _;

use super::cell::{Cell, CellFault, Clock};
use super::columns::contract;
use super::gather::Frame;
use super::profile::Subject;
use crate::case::Symbols;

/// Ids shorter than this are masked whole: their end would be most of them.
const SHORTEST_SHOWN: usize = 6;
/// So many characters are shown of the end of an id.
const SHOWN: usize = 2;

/// A row in one line: `event_id=…81 child_id=…03 occurred=2026-03-10 child_seen=yes`.
pub(super) fn sample(frame: &Frame<'_>, symbols: &Symbols, cells: &[Cell<'_>]) -> String {
    let mut line = String::new();
    let columns = contract(frame.subject).iter().zip(&frame.layout.contract);
    for ((name, _), column) in columns {
        if let Some(cell) = column.and_then(|column| cells.get(column)) {
            put(&mut line, name, &contracted(frame, name, cell));
        }
    }
    for attribute in &frame.layout.attributes {
        if let Some(cell) = cells.get(attribute.column) {
            let value = match attribute.is_id {
                true => id(cell),
                false => shape(cell),
            };
            put(&mut line, symbols.name(attribute.name), &value);
        }
    }
    line
}

fn put(line: &mut String, name: &str, value: &str) {
    let gap = if line.is_empty() { "" } else { " " };
    // Writing to a string does not fail.
    let _ = write!(line, "{gap}{name}={value}");
}

/// A column of the contract.
fn contracted(frame: &Frame<'_>, name: &str, cell: &Cell<'_>) -> String {
    match (frame.subject, name) {
        (_, "from_date" | "to_date" | "occurred" | "scheduled" | "recorded") => {
            moment(cell, frame.clock)
        }
        (_, "born") => match cell.day(frame.clock) {
            Ok(Some(_)) => "(a day)".to_owned(),
            Ok(None) => "null".to_owned(),
            Err(fault) => broken(fault),
        },
        (Subject::Periods | Subject::Events, "kind") => match cell.id() {
            Ok(kind) => kind.map_or_else(|| "null".to_owned(), Into::into),
            Err(fault) => broken(fault),
        },
        (_, "name" | "email" | "role") => shape(cell),
        _ => id(cell),
    }
}

fn moment(cell: &Cell<'_>, clock: Clock) -> String {
    match cell.moment(clock) {
        Ok(Some(moment)) => match moment.at {
            Some(_) => format!("{}(with a time)", moment.day),
            None => moment.day.to_string(),
        },
        Ok(None) => "null".to_owned(),
        Err(fault) => broken(fault),
    }
}

fn id(cell: &Cell<'_>) -> String {
    match cell.id() {
        Ok(Some(id)) => {
            let length = id.chars().count();
            let hidden = if length < SHORTEST_SHOWN {
                length
            } else {
                length - SHOWN
            };
            format!("…{}", id.chars().skip(hidden).collect::<String>())
        }
        Ok(None) => "null".to_owned(),
        Err(fault) => broken(fault),
    }
}

/// What kind of value it is; yes and no, that tell nothing by themselves, as they were understood.
fn shape(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Null => "null".to_owned(),
        Cell::Bool(value) => yes_or_no(*value).to_owned(),
        Cell::Int(0) => yes_or_no(false).to_owned(),
        Cell::Int(1) => yes_or_no(true).to_owned(),
        Cell::Int(_) | Cell::Float(_) | Cell::Decimal(_) => "(a number)".to_owned(),
        Cell::Text(text) if text.is_empty() => "null".to_owned(),
        Cell::Text(text) => match text.to_ascii_lowercase().as_str() {
            "y" | "yes" | "true" | "1" => yes_or_no(true).to_owned(),
            "n" | "no" | "false" | "0" => yes_or_no(false).to_owned(),
            _ => format!("(text of {})", text.chars().count()),
        },
        Cell::Date(_) => "(a day)".to_owned(),
        Cell::Local(_) | Cell::Zoned(_) => "(a time)".to_owned(),
        Cell::Unreadable(why) => format!("(unreadable: {why})"),
    }
}

fn yes_or_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

fn broken(fault: CellFault) -> String {
    match fault {
        CellFault::Unreadable(why) => format!("(unreadable: {why})"),
        CellFault::NotADay => "(not a day)".to_owned(),
        CellFault::TooLong => "(too long)".to_owned(),
        CellFault::Nul => "(holds a zero byte)".to_owned(),
    }
}
