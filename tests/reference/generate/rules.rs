//! Random rules of all seven shapes, with every option.

use fastrand::Rng;

use super::predicates::predicate;
use super::{EVENTS, Flavour, PERIODS, one_in, pick};
use crate::model::{On, Require, Rule, Selector, Shape, Span, Unit};

pub fn rule(rng: &mut Rng, flavour: &Flavour, n: usize) -> Rule {
    let during = if one_in(rng, 8) { "key_worker" } else { "plan" }.to_owned();
    let applies = one_in(rng, 7).then(|| predicate(rng, &during, PERIODS));
    Rule {
        id: format!("rule-{n}"),
        title: "Made up".to_owned(),
        clause: "1.1".to_owned(),
        severity: "high".to_owned(),
        during,
        applies,
        born: one_in(rng, 4),
        lead: one_in(rng, 3).then(|| span(rng)),
        remind: one_in(rng, 3).then(|| span(rng)),
        shape: shape(rng, flavour),
    }
}

fn shape(rng: &mut Rng, flavour: &Flavour) -> Shape {
    match rng.u32(..12) {
        0 | 1 => Shape::Deadline {
            after: selector(rng, flavour, true),
            within: span(rng),
            require: require(rng, flavour),
            linked: one_in(rng, 3),
        },
        2 | 3 => Shape::Interval {
            every: some_time(rng),
            require: require(rng, flavour),
            from: one_in(rng, 3).then(|| selector(rng, flavour, true)),
            until: one_in(rng, 3).then(|| selector(rng, flavour, true)),
            first: one_in(rng, 3).then(|| span(rng)),
            target: one_in(rng, 3).then(|| span(rng)),
            vary: (!one_in(rng, 3)).then(|| "visits".to_owned()),
        },
        4 => Shape::Between {
            marks: selector(rng, flavour, true),
            require: require(rng, flavour),
            latest: (0..rng.usize(1..4)).map(|_| span(rng)).collect(),
        },
        5 | 6 => Shape::Ahead {
            of: selector(rng, flavour, true),
            by: span(rng),
            require: require(rng, flavour),
            linked: one_in(rng, 3),
        },
        7..=9 => {
            let over = selector(rng, flavour, true);
            let failing = predicate(rng, &over.event, EVENTS);
            Shape::Run {
                over,
                failing,
                count: *pick(rng, &[1, 1, 2, 2, 3]),
                within: span(rng),
                require: (!one_in(rng, 3)).then(|| require(rng, flavour)),
                gap: one_in(rng, 2).then(|| span(rng)),
            }
        }
        10 => check(rng, flavour),
        _ => {
            let by = if one_in(rng, 6) { "plan" } else { "key_worker" }.to_owned();
            Shape::Cover {
                condition: one_in(rng, 3).then(|| predicate(rng, &by, PERIODS)),
                by,
                grace: one_in(rng, 2).then(|| span(rng)),
            }
        }
    }
}

fn check(rng: &mut Rng, flavour: &Flavour) -> Shape {
    if one_in(rng, 2) {
        let on = selector(rng, flavour, true);
        return Shape::Check {
            that: predicate(rng, &on.event, EVENTS),
            on: On::Event(on),
            grace: one_in(rng, 2).then(|| span(rng)),
        };
    }
    let period = pick(rng, &["key_worker", "key_worker", "plan"]).to_string();
    Shape::Check {
        that: predicate(rng, &period, PERIODS),
        on: On::Period {
            condition: one_in(rng, 3).then(|| predicate(rng, &period, PERIODS)),
            period,
        },
        grace: one_in(rng, 2).then(|| span(rng)),
    }
}

fn selector(rng: &mut Rng, flavour: &Flavour, may_be_nth: bool) -> Selector {
    let event = (*pick(rng, &flavour.events)).to_owned();
    Selector {
        condition: one_in(rng, flavour.plain).then(|| predicate(rng, &event, EVENTS)),
        event,
        nth: (may_be_nth && one_in(rng, 6)).then_some(1),
    }
}

fn require(rng: &mut Rng, flavour: &Flavour) -> Require {
    if one_in(rng, 3) {
        Require::Any(
            (0..rng.usize(1..4))
                .map(|_| selector(rng, flavour, false))
                .collect(),
        )
    } else {
        Require::One(selector(rng, flavour, false))
    }
}

/// A duration that is not 0: the crate takes no interval that is due again on the day it opens.
fn some_time(rng: &mut Rng) -> Span {
    let span = span(rng);
    Span {
        n: span.n.max(1),
        ..span
    }
}

fn span(rng: &mut Rng) -> Span {
    let (unit, n) = match rng.u32(..10) {
        0..=2 => (Unit::Day, rng.u32(..15)),
        3..=4 => (Unit::WorkingDay, rng.u32(..8)),
        5 => (Unit::Week, rng.u32(..4)),
        6 => (Unit::Month, rng.u32(..3)),
        _ => (
            Unit::Hour,
            *pick(rng, &[0, 1, 2, 12, 23, 24, 25, 36, 48, 72, 100]),
        ),
    };
    Span { n, unit }
}
