//! Agreed other frequencies (SPEC 3, `vary`): how many ran, and which of them name who agreed.

use crate::calendar::Day;
use crate::case::{Period as CasePeriod, Symbol, Timeline, Value};
use crate::rules::{Rule, RuleSet, Shape};

use super::period::Period;

/// One variation of the topic of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Variation {
    pub(super) rule: usize,
    pub(super) team: u32,
    pub(super) from: Day,
    pub(super) to: Option<Day>,
    /// Whether `authorised_by` has anything in it.
    pub(super) signed: bool,
}

impl Variation {
    fn runs_in(&self, days: Period) -> bool {
        self.from <= days.to && self.to.is_none_or(|to| days.from <= to)
    }
}

/// How many of them ran on one of the days: with a name under who agreed, and without.
pub(super) fn count<'v>(
    variations: impl Iterator<Item = &'v Variation>,
    days: Period,
) -> (u64, u64) {
    variations.filter(|variation| variation.runs_in(days)).fold(
        (0, 0),
        |(signed, unsigned), variation| {
            if variation.signed {
                (signed + 1, unsigned)
            } else {
                (signed, unsigned + 1)
            }
        },
    )
}

/// What it takes to find them.
#[derive(Debug)]
pub(super) struct VariationFinder<'r> {
    kind: Option<Symbol>,
    topic: Option<Symbol>,
    authorised_by: Option<Symbol>,
    /// The rules that may be varied, and their topics.
    rules: Vec<(usize, &'r str)>,
}

impl<'r> VariationFinder<'r> {
    pub(super) fn new(rules: &'r RuleSet) -> Self {
        let topic = |(place, rule): (usize, &'r Rule)| match &rule.shape {
            Shape::Interval {
                vary: Some(topic), ..
            } => Some((place, topic.as_str())),
            _ => None,
        };
        VariationFinder {
            kind: rules.symbol("variation"),
            topic: rules.symbol("topic"),
            authorised_by: rules.symbol("authorised_by"),
            rules: rules.rules.iter().enumerate().filter_map(topic).collect(),
        }
    }

    /// Hands each variation of a child that began by `as_at` to `found`.
    pub(super) fn find(
        &self,
        timeline: &Timeline<'_>,
        team: u32,
        as_at: Day,
        mut found: impl FnMut(Variation),
    ) {
        let (Some(kind), false) = (self.kind, self.rules.is_empty()) else {
            return;
        };
        for period in timeline.periods_of(kind) {
            if period.from > as_at {
                continue;
            }
            for (rule, topic) in &self.rules {
                if self.is_of(period, topic) {
                    found(Variation {
                        rule: *rule,
                        team,
                        from: period.from,
                        to: period.to,
                        signed: self
                            .authorised_by
                            .is_some_and(|name| period.attributes.get(name).is_some()),
                    });
                }
            }
        }
    }

    fn is_of(&self, period: &CasePeriod<'_>, topic: &str) -> bool {
        match self.topic.and_then(|name| period.attributes.get(name)) {
            Some(Value::Text(text)) => text == topic,
            Some(Value::Int(number)) => number.to_string() == topic,
            _ => false,
        }
    }
}
