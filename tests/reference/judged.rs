//! Whether a rule can be judged from what the copy holds (SPEC 3, Unmeasured).

use crate::cel::Predicate;
use crate::model::{Case, On, Rule, Selector, Shape};

fn rows<'a>(cases: &'a [Case], kind: &str, periods: bool) -> Vec<&'a crate::model::Attributes> {
    let mut found = Vec::new();
    for case in cases {
        if periods {
            let of_kind = case.periods.iter().filter(|row| row.kind == kind);
            found.extend(of_kind.map(|row| &row.attributes));
        } else {
            let of_kind = case.events.iter().filter(|row| row.kind == kind);
            found.extend(of_kind.map(|row| &row.attributes));
        }
    }
    found
}

// "reads an attribute that no row of its kind in the authority's copy carries (not null in any row,
// whatever its day), or a kind of which the copy holds no row"
fn part(cases: &[Case], kind: &str, periods: bool, predicate: Option<&Predicate>) -> bool {
    let rows = rows(cases, kind, periods);
    !rows.is_empty()
        && predicate.is_none_or(|predicate| {
            predicate
                .reads()
                .iter()
                .all(|name| rows.iter().any(|row| row.contains_key(name)))
        })
}

fn selector(cases: &[Case], selector: &Selector) -> bool {
    part(cases, &selector.event, false, selector.condition.as_ref())
}

// "(a selector, one alternative of a `require` list too, …)"
fn every(cases: &[Case], alternatives: &[Selector]) -> bool {
    alternatives.iter().all(|s| selector(cases, s))
}

// "`linked` reads `about`"
fn link(cases: &[Case], alternatives: &[Selector]) -> bool {
    alternatives.iter().all(|s| {
        let mut events = cases.iter().flat_map(|case| &case.events);
        events.any(|row| row.kind == s.event && row.about.is_some())
    })
}

/// The rule as it can be judged: `None` where it is unmeasured, without its `require` where only
/// that cannot be judged and it is a run.
pub fn measured(cases: &[Case], rule: &Rule) -> Option<Rule> {
    let mut rule = rule.clone();
    let applies = rule.applies.as_ref();
    if applies.is_some() && !part(cases, &rule.during, true, applies) {
        return None;
    }
    let so = match &mut rule.shape {
        Shape::Deadline {
            after,
            require,
            linked,
            ..
        }
        | Shape::Ahead {
            of: after,
            require,
            linked,
            ..
        } => {
            selector(cases, after)
                && every(cases, require.alternatives())
                && (!*linked || link(cases, require.alternatives()))
        }
        Shape::Interval {
            require,
            from,
            until,
            ..
        } => {
            every(cases, require.alternatives())
                && from.as_ref().is_none_or(|s| selector(cases, s))
                && until.as_ref().is_none_or(|s| selector(cases, s))
        }
        Shape::Between { marks, require, .. } => {
            selector(cases, marks) && every(cases, require.alternatives())
        }
        Shape::Run {
            over,
            failing,
            require,
            ..
        } => {
            // "Only a `run` goes on without its `require`"
            if require
                .as_ref()
                .is_some_and(|r| !every(cases, r.alternatives()))
            {
                *require = None;
            }
            selector(cases, over) && part(cases, &over.event, false, Some(failing))
        }
        Shape::Check { on, that, .. } => match on {
            On::Event(on) => selector(cases, on) && part(cases, &on.event, false, Some(that)),
            On::Period { period, condition } => {
                part(cases, period, true, condition.as_ref())
                    && part(cases, period, true, Some(that))
            }
        },
        Shape::Cover { by, condition, .. } => part(cases, by, true, condition.as_ref()),
    };
    so.then_some(rule)
}
