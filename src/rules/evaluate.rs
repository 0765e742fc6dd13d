//! From a timeline to its obligations: a pure function of timeline, rules, calendar and day.

use crate::calendar::{Calendar, Day};
use crate::case::Timeline;

use super::bind::RuleSet;
use super::gathered::Gathered;
use super::model::Shape;
use super::obligation::Obligation;
use super::scope::Scope;
use super::shapes;
use super::verdicts::Verdicts;

/// Evaluates the rules of one authority by its calendar.
#[derive(Debug)]
pub struct Evaluator<'r> {
    rules: &'r RuleSet,
    calendar: &'r Calendar,
    verdicts: Verdicts,
}

impl<'r> Evaluator<'r> {
    /// An evaluator of these rules by this calendar.
    pub fn new(rules: &'r RuleSet, calendar: &'r Calendar) -> Self {
        Evaluator {
            rules,
            calendar,
            verdicts: Verdicts::new(rules.slots),
        }
    }

    /// Appends every obligation of one child as of `today` to `out`: rule by rule, period by period,
    /// in the order in which a shape opens them.
    pub fn evaluate<'t>(&self, timeline: &Timeline<'t>, today: Day, out: &mut Vec<Obligation<'t>>) {
        let gathered = self.turn_to(timeline, today);
        for rule in 0..self.rules.bound.len() {
            self.evaluate_turned(rule, timeline, &gathered, today, out);
        }
    }

    /// As [`Evaluator::evaluate`], of the one rule at `rule` in [`RuleSet::rules`].
    pub fn evaluate_rule<'t>(
        &self,
        rule: usize,
        timeline: &Timeline<'t>,
        today: Day,
        out: &mut Vec<Obligation<'t>>,
    ) {
        let gathered = self.turn_to(timeline, today);
        self.evaluate_turned(rule, timeline, &gathered, today, out);
    }

    /// Turns to a child: what the rules select of it as of `today`.
    pub(super) fn turn_to<'e, 't>(
        &self,
        timeline: &'e Timeline<'t>,
        today: Day,
    ) -> Gathered<'e, 't> {
        let (rules, verdicts) = (self.rules, &self.verdicts);
        verdicts.turn_to(timeline, &rules.cancelled);
        Gathered::new(
            &rules.selections,
            verdicts,
            &rules.cancelled,
            timeline,
            today,
        )
    }

    fn evaluate_turned<'e, 't>(
        &'e self,
        rule: usize,
        timeline: &'e Timeline<'t>,
        gathered: &'e Gathered<'e, 't>,
        today: Day,
        out: &mut Vec<Obligation<'t>>,
    ) {
        for scope in self.scopes(rule, timeline, gathered, today) {
            match &scope.rule.shape {
                Shape::Deadline { .. } => shapes::deadline::evaluate(&scope, out),
                Shape::Interval { .. } => shapes::interval::evaluate(&scope, out),
                Shape::Between { .. } => shapes::between::evaluate(&scope, out),
                Shape::Ahead { .. } => shapes::ahead::evaluate(&scope, out),
                Shape::Run { .. } => shapes::run::evaluate(&scope, out),
                Shape::Check { .. } => shapes::check::evaluate(&scope, out),
                Shape::Cover { .. } => shapes::cover::evaluate(&scope, out),
            }
        }
    }

    /// The periods that a rule runs in as of `today`, of the child turned to.
    pub(super) fn scopes<'e, 't>(
        &'e self,
        index: usize,
        timeline: &'e Timeline<'t>,
        gathered: &'e Gathered<'e, 't>,
        today: Day,
    ) -> impl Iterator<Item = Scope<'e, 't>> + use<'e, 't, 'r> {
        let rule = &self.rules.bound[index];
        let born = timeline.child.born;
        let periods = if rule.measured && !(rule.born && born.is_none_or(|born| born > today)) {
            timeline.periods_of(rule.during)
        } else {
            &[]
        };
        periods
            .iter()
            .take_while(move |period| period.from <= today)
            .filter(move |period| {
                rule.applies.as_ref().is_none_or(|applies| {
                    let row = (period.attribute_set, period.attributes);
                    self.verdicts.holds(applies, row, period.from, born)
                })
            })
            .map(move |period| Scope {
                rules: self.rules,
                index,
                rule,
                calendar: self.calendar,
                verdicts: &self.verdicts,
                gathered,
                timeline,
                period,
                today,
                reach: rule
                    .lead
                    .map_or(period.from, |lead| self.calendar.before(period.from, lead)),
                end: period.end_as_of(today),
            })
    }
}
