//! How long what is overdue on the report's day has been so, whenever it was due.

use serde::Serialize;

use super::measure::Cell;

/// A band of days over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgeBand {
    /// Its name in files that machines read, and of its words in the catalogue.
    pub name: &'static str,
    /// The fewest days over.
    pub from: u32,
    /// The most, if there is such.
    pub to: Option<u32>,
}

/// The bands: to a week, to four weeks, to a quarter of a year, and longer.
pub const AGE_BANDS: [AgeBand; 4] = [
    AgeBand {
        name: "days_1_to_7",
        from: 1,
        to: Some(7),
    },
    AgeBand {
        name: "days_8_to_28",
        from: 8,
        to: Some(28),
    },
    AgeBand {
        name: "days_29_to_91",
        from: 29,
        to: Some(91),
    },
    AgeBand {
        name: "days_92_and_more",
        from: 92,
        to: None,
    },
];

/// What is overdue on the report's day, by age.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Backlog {
    /// The rule's place in [`super::AuthorityReport::rules`].
    pub rule: usize,
    /// The team's place in [`super::AuthorityReport::teams`]; none for all of them.
    pub team: Option<usize>,
    /// How many in each of [`AGE_BANDS`].
    pub bands: [Cell; AGE_BANDS.len()],
    /// How many in all.
    pub total: Cell,
}

/// The band of so many days over.
pub(super) fn band(days_over: i64) -> usize {
    AGE_BANDS
        .iter()
        .position(|band| band.to.is_none_or(|to| days_over <= i64::from(to)))
        .unwrap_or(AGE_BANDS.len() - 1)
}
