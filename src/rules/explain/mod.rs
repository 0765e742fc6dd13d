//! Why an obligation is what it is, in plain English: the clause, what opened it, the counting day by
//! day, what was looked at and did not answer it, what would.
//!
//! One file for each of these; `render` prints them as a page.

mod counting;
mod ending;
mod looked_at;
mod opening;
mod reckoning;
mod render;
#[cfg(test)]
mod tests;
mod wanted;

use serde::Serialize;

use crate::calendar::{Calendar, Day, Duration, Moment};
use crate::case::{Class, Event, Timeline};

use super::bind::RuleSet;
use super::evaluate::Evaluator;
use super::model::{Rule, Shape};
use super::obligation::{Obligation, State};
use super::scope::Scope;
use super::wording;

pub use counting::{Counting, LeftOut};
pub use looked_at::LookedAt;

/// An explanation; printed, it is a page for people.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The duty in a few words.
    pub title: String,
    /// The rule.
    pub rule: String,
    /// The pack whose rule it is.
    pub pack: String,
    /// The clause of the document.
    pub clause: String,
    /// The document that the clause stands in.
    pub document: String,
    /// The source's id of the child.
    pub child: String,
    /// The case reference.
    pub case_ref: String,
    /// The source's id of the period that it runs in.
    pub period: String,
    /// The source's id of what opened it, or of what it looks ahead to.
    pub anchor: String,
    /// The day it is explained as of.
    pub as_of: Day,
    /// Where it stands.
    pub state: State,
    /// The day it opened.
    pub opened: Day,
    /// The last day on time.
    pub due: Day,
    /// The earliest day from then on for which an answer is booked.
    pub booked: Option<Day>,
    /// The day it was answered or ended.
    pub closed: Option<Day>,
    /// Days past the due day.
    pub days_over: i64,
    /// The source's ids of what answers it, or of what a run consists of.
    pub evidence: Vec<String>,
    /// What opened it, in a sentence.
    pub opened_by: String,
    /// How the due day was reckoned.
    pub counting: Counting,
    /// What is aimed at before the limit, where the rule has a target.
    pub target: Option<Target>,
    /// What answered it, in a sentence.
    pub answered_by: Option<String>,
    /// How it ended where nothing answered it.
    pub ended: Option<String>,
    /// What was looked at and did not answer it, each with the reason.
    pub looked_at: Vec<LookedAt>,
    /// What would answer it, and by when; nothing once it has closed.
    pub would_answer: Option<String>,
}

/// A target short of the limit (SPEC 3, interval).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// How long after the opening.
    pub duration: Duration,
    /// The day that comes to.
    pub day: Day,
}

/// Explains one obligation, as the evaluator gave it, as of `today`; nothing where these rules give
/// none in such a period.
pub fn explain(
    rules: &RuleSet,
    calendar: &Calendar,
    timeline: &Timeline<'_>,
    obligation: &Obligation<'_>,
    today: Day,
) -> Option<Explanation> {
    let rule = &rules.rules[obligation.rule];
    let evaluator = Evaluator::new(rules, calendar);
    let gathered = evaluator.turn_to(timeline, today);
    let mut scopes = evaluator.scopes(obligation.rule, timeline, &gathered, today);
    let scope = scopes.find(|scope| scope.period.id == obligation.period)?;
    let view = View {
        scope: &scope,
        rule,
        obligation,
    };
    let target = match &rule.shape {
        Shape::Interval {
            target: Some(duration),
            ..
        } => Some(Target {
            duration: *duration,
            day: calendar.after(obligation.opened.day, *duration),
        }),
        _ => None,
    };
    Some(Explanation {
        title: rule.title.clone(),
        rule: rule.id.clone(),
        pack: rule.pack.clone(),
        clause: rule.clause.clone(),
        document: rule.procedure.source.clone(),
        child: timeline.child.id.to_owned(),
        case_ref: timeline.child.case_ref.to_owned(),
        period: obligation.period.to_owned(),
        anchor: obligation.anchor.to_owned(),
        as_of: today,
        state: obligation.state,
        opened: obligation.opened.day,
        due: obligation.due,
        booked: obligation.booked,
        closed: obligation.closed,
        days_over: obligation.days_over,
        evidence: obligation
            .evidence
            .iter()
            .map(|id| (*id).to_owned())
            .collect(),
        opened_by: opening::opened_by(&view),
        counting: reckoning::reckon(&view),
        target,
        answered_by: ending::answered_by(&view),
        ended: ending::ended(&view),
        looked_at: looked_at::looked_at(&view),
        would_answer: wanted::would_answer(&view),
    })
}

/// One obligation where it lies: what each sentence is made of.
struct View<'v, 'e, 't> {
    scope: &'v Scope<'e, 't>,
    rule: &'v Rule,
    obligation: &'v Obligation<'v>,
}

impl<'e, 't> View<'_, 'e, 't> {
    /// The event that opened it, or that it looks ahead to.
    fn anchor_event(&self) -> Option<&'e Event<'t>> {
        if self.obligation.anchor_class != Class::Event {
            return None;
        }
        let events = self.scope.timeline.events_of(self.obligation.anchor_kind);
        events
            .iter()
            .find(|event| event.id == self.obligation.anchor)
    }

    /// The kind of what opened it, as people read it.
    fn anchor_kind(&self) -> String {
        wording::spoken(self.scope.rules.name(self.obligation.anchor_kind))
    }

    /// Whether an interval's chain begins with it.
    fn is_first_cycle(&self) -> bool {
        match &self.scope.rule.shape {
            Shape::Interval {
                from: Some(from), ..
            } => {
                let opener = self.scope.counting(from).first();
                opener.is_some_and(|opener| {
                    let obligation = self.obligation;
                    opener.event.kind == obligation.anchor_kind
                        && opener.event.id == obligation.anchor
                })
            }
            _ => self.obligation.anchor_class == Class::Period,
        }
    }

    /// The event that answered it: an id is unique only within its kind.
    fn answer(&self) -> Option<&'e Event<'t>> {
        let obligation = self.obligation;
        if !matches!(obligation.state, State::Met | State::MetLate) {
            return None;
        }
        let id = *obligation.evidence.last()?;
        let kinds: Vec<_> = match &self.scope.rule.shape {
            Shape::Deadline { require, .. }
            | Shape::Interval { require, .. }
            | Shape::Between { require, .. }
            | Shape::Ahead { require, .. } => require.iter().map(|s| s.event).collect(),
            Shape::Run { require, over, .. } => {
                let ending = require.is_empty().then_some(over.event);
                require.iter().map(|s| s.event).chain(ending).collect()
            }
            Shape::Check { .. } | Shape::Cover { .. } => return None,
        };
        let timeline = self.scope.timeline;
        let mut events = kinds.into_iter().flat_map(|kind| timeline.events_of(kind));
        events.find(|event| {
            let held = event.held(self.scope.today);
            event.id == id && held.map(|held| held.day) == obligation.closed
        })
    }

    /// Days from when an event was held to when it was written up, where that is later.
    fn lag(&self, event: &Event<'_>) -> Option<i64> {
        let lag = event.recorded?.day.since(event.occurred?.day);
        (lag > 0).then_some(lag)
    }

    /// A day, with its time where hours are counted.
    fn moment(&self, moment: Moment) -> String {
        match self.obligation.due_at {
            Some(_) => wording::time(self.scope.calendar, moment),
            None => wording::long(moment.day),
        }
    }
}
