//! When what was done was written up (SPEC 3, Recording lag).

use crate::calendar::Day;
use crate::case::{Symbol, Timeline};
use crate::rules::{Obligation, Rule, RuleSet, Shape};

/// The day on which an answer was given, and that on which it was written up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// The day of the answering event.
    pub occurred: Day,
    /// The day on which it was recorded.
    pub recorded: Day,
}

impl Lag {
    /// Days between them; none where it was recorded before it occurred.
    pub fn days(self) -> u32 {
        u32::try_from(self.recorded.since(self.occurred)).unwrap_or(0)
    }
}

/// The kinds of event that may answer each rule, by the rule's place; none for a check and a cover,
/// which no event answers.
pub(super) fn answering_kinds(rules: &RuleSet) -> Vec<Vec<Symbol>> {
    let kinds = |rule: &Rule| -> Vec<Symbol> {
        let selectors = match &rule.shape {
            Shape::Deadline { require, .. }
            | Shape::Interval { require, .. }
            | Shape::Between { require, .. }
            | Shape::Ahead { require, .. } => require.iter().collect(),
            Shape::Run { over, require, .. } => require.iter().chain([over]).collect(),
            Shape::Check { .. } | Shape::Cover { .. } => Vec::new(),
        };
        selectors
            .into_iter()
            .filter_map(|selector| rules.symbol(&selector.event))
            .collect()
    };
    rules.rules.iter().map(kinds).collect()
}

/// The recording lag of the event that answered an obligation, where it is known.
pub(super) fn lag(
    timeline: &Timeline<'_>,
    kinds: &[Symbol],
    obligation: &Obligation<'_>,
) -> Option<Lag> {
    let occurred = obligation.closed?;
    // The answer comes last, after the failures of a run.
    obligation.evidence.iter().rev().find_map(|id| {
        kinds.iter().find_map(|kind| {
            let events = timeline.events_of(*kind);
            let day = |place: usize| events[place].occurred.map(|moment| moment.day);
            let first = events.partition_point(|e| e.occurred.is_some_and(|m| m.day < occurred));
            let place = (first..events.len())
                .take_while(|place| day(*place) == Some(occurred))
                .find(|place| events[*place].id == *id)?;
            let recorded = events[place].recorded?.day;
            Some(Lag { occurred, recorded })
        })
    })
}
