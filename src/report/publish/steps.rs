//! The tables that a publication is made of, in the order in which they are added, and the counts that
//! go together in them.

use super::table::Length;
use super::{COUNTS, Count, FEWEST};

/// Which counts of a place a step decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// What fell due, was met, and was not.
    OnTime,
    /// What was not met, by what became of it.
    Outcomes,
}

/// The tables, from the most wanted to the least: whether of single teams, of which days, and what.
pub(super) const STEPS: [(bool, Length, Family); 12] = [
    (false, Length::Whole, Family::OnTime),
    (false, Length::Quarter, Family::OnTime),
    (false, Length::Whole, Family::Outcomes),
    (false, Length::Quarter, Family::Outcomes),
    (true, Length::Whole, Family::OnTime),
    (false, Length::Month, Family::OnTime),
    (true, Length::Whole, Family::Outcomes),
    (true, Length::Quarter, Family::OnTime),
    (false, Length::Month, Family::Outcomes),
    (true, Length::Quarter, Family::Outcomes),
    (true, Length::Month, Family::OnTime),
    (true, Length::Month, Family::Outcomes),
];

impl Family {
    /// The counts of a place that are of it.
    pub(super) fn of(self, place: usize) -> [usize; 3] {
        match self {
            Family::OnTime => on_time(place),
            Family::Outcomes => outcomes(place),
        }
    }
}

pub(super) fn count_of(number: usize) -> Count {
    COUNTS[number % COUNTS.len()]
}

pub(super) fn place_of(number: usize) -> usize {
    number / COUNTS.len()
}

pub(super) fn is_small(value: u64) -> bool {
    (1..FEWEST).contains(&value)
}

/// Due, met, not met of a place.
pub(super) fn on_time(place: usize) -> [usize; 3] {
    [
        Count::Due.number(place),
        Count::Met.number(place),
        Count::NotOnTime.number(place),
    ]
}

pub(super) fn outcomes(place: usize) -> [usize; 3] {
    [Count::MetLate, Count::Missed, Count::Overdue].map(|count| count.number(place))
}

/// The counts of a place that are kept back together with one.
pub(super) fn with(number: usize) -> Vec<usize> {
    let on_time = on_time(place_of(number));
    match count_of(number) {
        Count::Due => on_time.to_vec(),
        Count::Met | Count::NotOnTime => on_time[1..].to_vec(),
        Count::MetLate | Count::Missed | Count::Overdue => vec![number],
    }
}

pub(super) fn family_of(number: usize) -> Family {
    match count_of(number) {
        Count::Due | Count::Met | Count::NotOnTime => Family::OnTime,
        Count::MetLate | Count::Missed | Count::Overdue => Family::Outcomes,
    }
}
