//! Rows that cannot be used, and why: what the quarantine shows, without any value of the row.

use super::cell::CellFault;
use crate::calendar::Day;
use crate::case::{Symbol, Symbols};

/// A row that cannot be used.
#[derive(Debug, Clone)]
pub(super) struct Unfit {
    /// The number of its query.
    pub(super) query: u16,
    /// Its number in the query's result, from 1.
    pub(super) row: u32,
    /// Its id, where it has a readable one.
    pub(super) id: Option<Box<str>>,
    /// Its kind, where it is a period or event and has one.
    pub(super) kind: Option<Symbol>,
    /// The child that it names, where that is not among the children.
    pub(super) waits_for_child: Option<Box<str>>,
    /// The day on which it occurred, where that is still to come.
    pub(super) waits_for_day: Option<Day>,
    /// Why.
    pub(super) reason: Reason,
}

/// Why a row cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// A mandatory column is null.
    Missing(&'static str),
    /// A column of the contract holds what cannot be taken.
    Contract(&'static str, CellFault),
    /// An attribute holds what cannot be taken.
    Attribute(Symbol, CellFault),
    /// Its child is not among the children.
    UnknownChild,
    /// It occurred after the day of the reading.
    NotYet,
    /// An event that neither occurred nor is scheduled.
    NoDay,
    /// A period that ends before it begins.
    EndBeforeStart,
    /// A variation without a duration.
    NoEvery,
    /// Another row has its id.
    Twice,
}

impl Reason {
    /// The reason as people read it.
    pub(super) fn text(self, symbols: &Symbols) -> String {
        match self {
            Reason::Missing(column) => format!("no {column}"),
            Reason::Contract(column, fault) => fault_text(column, fault),
            Reason::Attribute(name, fault) => fault_text(symbols.name(name), fault),
            Reason::UnknownChild => "unknown child: its child_id is not among the children".into(),
            Reason::NotYet => "occurred later than the day of the reading".into(),
            Reason::NoDay => "no day: neither occurred nor scheduled".into(),
            Reason::EndBeforeStart => "its to_date lies before its from_date".into(),
            Reason::NoEvery => "a variation without a readable `every`".into(),
            Reason::Twice => "its id comes twice".into(),
        }
    }
}

fn fault_text(column: &str, fault: CellFault) -> String {
    match fault {
        CellFault::Unreadable(what) => format!("column `{column}` holds {what}"),
        CellFault::NotADay => format!("unreadable day in column `{column}`"),
        CellFault::TooLong => format!("text too long in column `{column}`"),
        CellFault::Nul => format!("a NUL character in column `{column}`"),
    }
}

impl Unfit {
    /// A row that is known by its id and cannot be used for this reason.
    pub(super) fn known(query: u16, id: Box<str>, kind: Option<Symbol>, reason: Reason) -> Self {
        Unfit {
            query,
            row: 0,
            id: Some(id),
            kind,
            waits_for_child: None,
            waits_for_day: None,
            reason,
        }
    }

    /// How the row is known: its id, shortened and without control characters, or its number.
    pub(super) fn key(&self) -> String {
        const SHOWN: usize = 80;
        match &self.id {
            None => format!("row {}", self.row),
            Some(id) => {
                let mut key: String = id
                    .chars()
                    .take(SHOWN)
                    .map(|c| if c.is_control() { '\u{fffd}' } else { c })
                    .collect();
                if id.chars().nth(SHOWN).is_some() {
                    key.push('…');
                }
                key
            }
        }
    }
}
