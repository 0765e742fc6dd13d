//! Obligations counted while children are evaluated: what the evaluation hands to the metrics. Pure.

use std::collections::BTreeMap;

use crate::calendar::Day;
use crate::rules::{Obligation, State};

/// The windows of days before today in which the share met on time is told, the shorter first.
pub const WINDOWS: [Window; 2] = [
    Window {
        days: 30,
        name: "30d",
    },
    Window {
        days: 90,
        name: "90d",
    },
];

/// Days before today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How many.
    pub days: i64,
    /// Its name in a label.
    pub name: &'static str,
}

/// Of the obligations of a rule that fell due in a window, how many there are and how many were met
/// on time. Cancelled ones are left out: there was nothing left to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timeliness {
    /// Those that fell due.
    pub due: u64,
    /// Those met on or before the due day.
    pub met: u64,
}

/// What an obligation is counted by, beside the team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Counted {
    /// The rule's number.
    pub rule: usize,
    /// The state.
    pub state: State,
    /// The due day.
    pub due: Day,
}

impl From<&Obligation<'_>> for Counted {
    fn from(obligation: &Obligation<'_>) -> Self {
        Counted {
            rule: obligation.rule,
            state: obligation.state,
            due: obligation.due,
        }
    }
}

impl Counted {
    /// Whether the due day may still fall into a window, on `today` or later: of others only the
    /// earliest due day of those that are overdue matters.
    pub fn due_matters(&self, today: Day) -> bool {
        WINDOWS
            .iter()
            .any(|window| today.since(self.due) <= window.days)
    }
}

/// Counts of some children, or of all; rules go by their number in the authority's rules.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Obligations by rule, team (empty where the source names none) and state.
    pub obligations: BTreeMap<(usize, String, State), u64>,
    /// Children with any obligation, by team.
    pub children: BTreeMap<String, u64>,
    /// The most days over of an overdue one, by rule.
    pub oldest: BTreeMap<usize, i64>,
    /// By rule, for each of [`WINDOWS`].
    pub timeliness: BTreeMap<usize, [Timeliness; WINDOWS.len()]>,
}

impl Counts {
    /// Adds one child of a team with its obligations as of `today`.
    pub fn add(&mut self, team: Option<&str>, obligations: &[Obligation<'_>], today: Day) {
        if obligations.is_empty() {
            return;
        }
        let team = team.unwrap_or("");
        self.add_children(team, 1);
        for obligation in obligations {
            self.add_counted(team, obligation.into(), 1, today);
        }
    }

    /// Adds so many children of a team that have obligations.
    pub fn add_children(&mut self, team: &str, children: u64) {
        match self.children.get_mut(team) {
            Some(count) => *count += children,
            None if children > 0 => {
                self.children.insert(team.to_owned(), children);
            }
            None => {}
        }
    }

    /// Adds `count` obligations of a team that are counted alike.
    pub fn add_counted(&mut self, team: &str, counted: Counted, count: u64, today: Day) {
        let key = (counted.rule, team.to_owned(), counted.state);
        *self.obligations.entry(key).or_default() += count;
        let ago = today.since(counted.due);
        if counted.state == State::Overdue {
            let oldest = self.oldest.entry(counted.rule).or_default();
            *oldest = ago.max(*oldest);
        }
        if ago <= 0 || counted.state == State::Cancelled {
            return;
        }
        for (number, window) in WINDOWS.iter().enumerate() {
            if ago <= window.days {
                let share = &mut self.timeliness.entry(counted.rule).or_default()[number];
                share.due += count;
                if counted.state == State::Met {
                    share.met += count;
                }
            }
        }
    }

    /// Adds the counts of other children.
    pub fn merge(&mut self, others: Counts) {
        for (key, count) in others.obligations {
            *self.obligations.entry(key).or_default() += count;
        }
        for (team, count) in others.children {
            *self.children.entry(team).or_default() += count;
        }
        for (rule, days) in others.oldest {
            let oldest = self.oldest.entry(rule).or_default();
            *oldest = days.max(*oldest);
        }
        for (rule, shares) in others.timeliness {
            let mine = self.timeliness.entry(rule).or_default();
            for (mine, theirs) in mine.iter_mut().zip(shares) {
                mine.due += theirs.due;
                mine.met += theirs.met;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Moment;
    use crate::case::{Class, Symbol};
    use crate::rules::Evidence;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn obligation(due: &str, state: State, days_over: i64) -> Obligation<'static> {
        Obligation {
            rule: 0,
            period: "P1",
            anchor: "P1",
            anchor_class: Class::Period,
            anchor_kind: Symbol(0),
            opened: Moment::day(day(due)),
            due: day(due),
            due_at: None,
            state,
            booked: None,
            closed: None,
            days_over,
            evidence: Evidence::None,
        }
    }

    #[test]
    fn the_share_is_of_what_fell_due_in_the_window_and_not_of_what_was_cancelled() {
        let today = day("2026-11-22");
        let obligations = [
            obligation("2026-11-22", State::Met, 0),
            obligation("2026-11-21", State::Met, 0),
            obligation("2026-11-20", State::Overdue, 2),
            obligation("2026-11-01", State::Cancelled, 0),
            obligation("2026-10-23", State::MetLate, 4),
            obligation("2026-10-22", State::Met, 0),
            obligation("2026-08-24", State::Missed, 9),
            obligation("2026-08-23", State::Met, 0),
        ];
        let mut counts = Counts::default();
        counts.add(Some("T1"), &obligations[..4], today);
        let mut others = Counts::default();
        others.add(Some("T1"), &obligations[4..], today);
        others.add(None, &[], today);
        counts.merge(others);
        let [short, long] = counts.timeliness[&0];
        assert_eq!(short, Timeliness { due: 3, met: 1 });
        assert_eq!(long, Timeliness { due: 5, met: 2 });
        assert_eq!(counts.oldest[&0], 2);
        assert_eq!(counts.children, BTreeMap::from([("T1".to_owned(), 2)]));
        assert_eq!(counts.obligations.values().sum::<u64>(), 8);
    }
}
