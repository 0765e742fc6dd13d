//! Names become symbols; predicates and selectors get their places, those that say the same the same.

use crate::case::{Symbol, Symbols};

use super::super::gathered::Selections;
use super::super::model::{BoundPredicate, CheckOn, Rule, Selector, Shape};
use super::super::predicate::{Expr, Predicate};
use super::super::verdicts::AGES;
use super::BoundRule;

/// Gives names their symbols and predicates their places.
pub(super) struct Binder<'s> {
    symbols: &'s mut Symbols,
    /// The predicates that have verdicts: those that say the same share them.
    predicates: Vec<BoundPredicate>,
    slots: usize,
    selections: Selections,
}

impl<'s> Binder<'s> {
    pub(super) fn new(symbols: &'s mut Symbols) -> Self {
        Binder {
            symbols,
            predicates: Vec::new(),
            slots: 0,
            selections: Selections::default(),
        }
    }

    /// How many verdicts a set of attributes has, and what the rules select.
    pub(super) fn finish(self) -> (usize, Selections) {
        (self.slots, self.selections)
    }

    pub(super) fn rule(&mut self, rule: &Rule, measured: bool, without_require: bool) -> BoundRule {
        let during = self.symbols.intern(&rule.during);
        let applies = rule.applies.as_ref().map(|p| self.predicate(p));
        let mut shape = self.shape(&rule.shape);
        if let (Shape::Run { require, .. }, true) = (&mut shape, without_require) {
            require.clear();
        }
        BoundRule {
            measured,
            during,
            applies,
            born: rule.born,
            lead: rule.lead,
            remind: rule.remind,
            shape,
        }
    }

    fn predicate(&mut self, predicate: &Predicate) -> BoundPredicate {
        self.predicate_of(predicate.expr.clone())
    }

    pub(super) fn predicate_of(&mut self, expr: Expr<String>) -> BoundPredicate {
        let expr = expr.bind(&mut |name: &String| self.symbols.intern(name));
        if let Some(same) = self.predicates.iter().find(|known| known.expr == expr) {
            return same.clone();
        }
        let slot = self.slots;
        let reads_age = expr.reads_age();
        self.slots += if reads_age { AGES } else { 1 };
        let predicate = BoundPredicate {
            expr,
            slot,
            reads_age,
        };
        self.predicates.push(predicate.clone());
        predicate
    }

    fn selector(
        &mut self,
        selector: &Selector<String, Predicate>,
    ) -> Selector<Symbol, BoundPredicate> {
        let event = self.symbols.intern(&selector.event);
        let matching = self.optional(selector.matching.as_ref());
        Selector {
            event,
            nth: selector.nth,
            place: self.selections.place(event, matching.as_ref()),
            matching,
        }
    }

    fn selectors(
        &mut self,
        selectors: &[Selector<String, Predicate>],
    ) -> Vec<Selector<Symbol, BoundPredicate>> {
        selectors.iter().map(|s| self.selector(s)).collect()
    }

    fn optional(&mut self, predicate: Option<&Predicate>) -> Option<BoundPredicate> {
        predicate.map(|p| self.predicate(p))
    }

    fn shape(&mut self, shape: &Shape<String, Predicate>) -> Shape<Symbol, BoundPredicate> {
        match shape {
            Shape::Deadline {
                after,
                within,
                require,
                linked,
            } => Shape::Deadline {
                after: self.selector(after),
                within: *within,
                require: self.selectors(require),
                linked: *linked,
            },
            Shape::Interval {
                every,
                require,
                from,
                until,
                first,
                target,
                vary,
            } => Shape::Interval {
                every: *every,
                require: self.selectors(require),
                from: from.as_ref().map(|s| self.selector(s)),
                until: until.as_ref().map(|s| self.selector(s)),
                first: *first,
                target: *target,
                vary: vary.clone(),
            },
            Shape::Between {
                marks,
                require,
                latest,
            } => Shape::Between {
                marks: self.selector(marks),
                require: self.selectors(require),
                latest: latest.clone(),
            },
            Shape::Ahead {
                of,
                by,
                require,
                linked,
            } => Shape::Ahead {
                of: self.selector(of),
                by: *by,
                require: self.selectors(require),
                linked: *linked,
            },
            Shape::Run {
                over,
                failing,
                count,
                within,
                require,
                gap,
            } => Shape::Run {
                over: self.selector(over),
                failing: self.predicate(failing),
                count: *count,
                within: *within,
                require: self.selectors(require),
                gap: *gap,
            },
            Shape::Check { on, that, grace } => Shape::Check {
                on: match on {
                    CheckOn::Events(selector) => CheckOn::Events(self.selector(selector)),
                    CheckOn::Periods { period, matching } => CheckOn::Periods {
                        period: self.symbols.intern(period),
                        matching: self.optional(matching.as_ref()),
                    },
                },
                that: self.predicate(that),
                grace: *grace,
            },
            Shape::Cover {
                by,
                matching,
                grace,
            } => Shape::Cover {
                by: self.symbols.intern(by),
                matching: self.optional(matching.as_ref()),
                grace: *grace,
            },
        }
    }
}
