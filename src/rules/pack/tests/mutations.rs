//! What the examples of the shipped packs are worth: whatever limit of a rule is one longer or one
//! shorter or in another unit, whatever option is left out, whatever part of a condition is dropped,
//! an example of that rule no longer comes out. `remind` is left alone: it moves no due day.

use super::{own_rules, packs};
use crate::calendar::{BankHolidays, Duration, Unit};
use crate::rules::{CheckOn, Expr, Pack, Predicate, Rule, Selector, Shape, Trial, try_examples};

/// A rule that says something else in one place.
struct Mutant {
    what: String,
    rule: Rule,
}

fn limits(rule: &mut Rule) -> Vec<(&'static str, &mut Duration)> {
    let mut limits: Vec<_> = rule.lead.iter_mut().map(|lead| ("lead", lead)).collect();
    match &mut rule.shape {
        Shape::Deadline { within, .. } => limits.push(("within", within)),
        Shape::Interval {
            every,
            first,
            target,
            ..
        } => {
            limits.push(("every", every));
            limits.extend(first.iter_mut().map(|first| ("first", first)));
            limits.extend(target.iter_mut().map(|target| ("target", target)));
        }
        Shape::Between { latest, .. } => limits.extend(latest.iter_mut().map(|l| ("latest", l))),
        Shape::Ahead { by, .. } => limits.push(("by", by)),
        Shape::Run { within, gap, .. } => {
            limits.push(("within", within));
            limits.extend(gap.iter_mut().map(|gap| ("gap", gap)));
        }
        Shape::Check { grace, .. } | Shape::Cover { grace, .. } => limits.push(("grace", grace)),
    }
    limits
}

/// One more, one less, and as much of another unit.
fn shifted(limit: Duration) -> Vec<Duration> {
    let Duration { count, unit } = limit;
    let mut shifted = vec![Duration::new(count + 1, unit)];
    if count > 0 {
        shifted.push(Duration::new(count - 1, unit));
        shifted.extend(match unit {
            Unit::Hour => None,
            Unit::Day => Some(Duration::new(count, Unit::WorkingDay)),
            Unit::WorkingDay => Some(Duration::new(count, Unit::Day)),
            Unit::Week => Some(Duration::new(5 * count, Unit::WorkingDay)),
            Unit::Month => Some(Duration::new(30 * count, Unit::Day)),
        });
    }
    shifted
}

fn selectors(rule: &mut Rule) -> Vec<&mut Selector<String, Predicate>> {
    match &mut rule.shape {
        Shape::Deadline { after, require, .. } => require.iter_mut().chain([after]).collect(),
        Shape::Interval {
            require,
            from,
            until,
            ..
        } => require.iter_mut().chain(from).chain(until).collect(),
        Shape::Between { marks, require, .. } => require.iter_mut().chain([marks]).collect(),
        Shape::Ahead { of, require, .. } => require.iter_mut().chain([of]).collect(),
        Shape::Run { over, require, .. } => require.iter_mut().chain([over]).collect(),
        Shape::Check { on, .. } => match on {
            CheckOn::Events(selector) => vec![selector],
            CheckOn::Periods { .. } => Vec::new(),
        },
        Shape::Cover { .. } => Vec::new(),
    }
}

fn conditions(rule: &mut Rule) -> Vec<&mut Predicate> {
    let of_shape: Vec<&mut Predicate> = match &mut rule.shape {
        Shape::Run { failing, .. } => vec![failing],
        Shape::Check { on, that, .. } => match on {
            CheckOn::Events(_) => vec![that],
            CheckOn::Periods { matching, .. } => matching.iter_mut().chain([that]).collect(),
        },
        Shape::Cover { matching, .. } => matching.iter_mut().collect(),
        Shape::Deadline { .. }
        | Shape::Interval { .. }
        | Shape::Between { .. }
        | Shape::Ahead { .. } => Vec::new(),
    };
    of_shape.into_iter().chain(&mut rule.applies).collect()
}

/// A condition with one of its parts left out, or with another age.
fn less(condition: &Expr<String>) -> Vec<Expr<String>> {
    match condition {
        Expr::And(pair) => of_pair(pair, Expr::And),
        Expr::Or(pair) => of_pair(pair, Expr::Or),
        Expr::Compare(how, pair) => match &**pair {
            [Expr::Age, Expr::Int(years)] => [years - 1, years + 1]
                .map(|years| Expr::Compare(*how, Box::new([Expr::Age, Expr::Int(years)])))
                .into(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn of_pair(
    [a, b]: &[Expr<String>; 2],
    join: impl Fn(Box<[Expr<String>; 2]>) -> Expr<String>,
) -> Vec<Expr<String>> {
    let with_less_of_a = less(a).into_iter().map(|a| join(Box::new([a, b.clone()])));
    let with_less_of_b = less(b).into_iter().map(|b| join(Box::new([a.clone(), b])));
    [a.clone(), b.clone()]
        .into_iter()
        .chain(with_less_of_a)
        .chain(with_less_of_b)
        .collect()
}

/// Leaves an option out, or turns it round, and tells whether there was anything.
type LeaveOut = fn(&mut Rule) -> bool;

const OPTIONS: [(&str, LeaveOut); 9] = [
    ("lead", |rule| rule.lead.take().is_some()),
    ("born", |rule| std::mem::take(&mut rule.born)),
    ("linked", |rule| match &mut rule.shape {
        Shape::Deadline { linked, .. } | Shape::Ahead { linked, .. } => {
            *linked = !*linked;
            true
        }
        _ => false,
    }),
    ("from", |rule| match &mut rule.shape {
        Shape::Interval { from, .. } => from.take().is_some(),
        _ => false,
    }),
    ("until", |rule| match &mut rule.shape {
        Shape::Interval { until, .. } => until.take().is_some(),
        _ => false,
    }),
    ("target", |rule| match &mut rule.shape {
        Shape::Interval { target, .. } => target.take().is_some(),
        _ => false,
    }),
    ("vary", |rule| match &mut rule.shape {
        Shape::Interval { vary, .. } => vary.take().is_some(),
        _ => false,
    }),
    ("gap", |rule| match &mut rule.shape {
        Shape::Run { gap, .. } => gap.take().is_some(),
        _ => false,
    }),
    ("latest", |rule| match &mut rule.shape {
        Shape::Between { latest, .. } => latest.len() > 1 && latest.pop().is_some(),
        _ => false,
    }),
];

fn mutants(rule: &Rule) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    let mut add = |what: String, change: &dyn Fn(&mut Rule)| {
        let mut rule = rule.clone();
        change(&mut rule);
        mutants.push(Mutant { what, rule });
    };
    let mut seen = rule.clone();
    for (i, (name, limit)) in limits(&mut seen).into_iter().enumerate() {
        for other in shifted(*limit) {
            add(format!("{name} = {other}"), &|rule| {
                *limits(rule)[i].1 = other;
            });
        }
    }
    for (i, selector) in selectors(&mut seen).into_iter().enumerate() {
        let event = &selector.event;
        if selector.nth.is_some() {
            add(format!("{event} without nth"), &|rule| {
                selectors(rule)[i].nth = None;
            });
        }
        let Some(matching) = &selector.matching else {
            continue;
        };
        add(format!("{event} without where"), &|rule| {
            selectors(rule)[i].matching = None;
        });
        for other in less(&matching.expr) {
            add(format!("{event} where {other:?}"), &|rule| {
                let selector = selectors(rule).swap_remove(i);
                if let Some(matching) = &mut selector.matching {
                    matching.expr = other.clone();
                }
            });
        }
    }
    for (i, condition) in conditions(&mut seen).into_iter().enumerate() {
        for other in less(&condition.expr).into_iter().chain([Expr::Bool(true)]) {
            add(format!("`{}` as {other:?}", condition.text), &|rule| {
                conditions(rule)[i].expr = other.clone();
            });
        }
    }
    if let Shape::Run { count, .. } = rule.shape {
        for other in [count - 1, count + 1] {
            add(format!("count = {other}"), &|rule| {
                if let Shape::Run { count, .. } = &mut rule.shape {
                    *count = other;
                }
            });
        }
    }
    for (name, leave_out) in OPTIONS {
        if leave_out(&mut rule.clone()) {
            add(format!("{name} left out or turned round"), &|rule| {
                leave_out(rule);
            });
        }
    }
    mutants
}

#[test]
fn no_limit_and_no_condition_changes_without_an_example_that_tells() {
    let holidays = BankHolidays::shipped().unwrap();
    let mut tried = 0;
    let mut untold = Vec::new();
    for pack in packs() {
        let mut alone = Pack {
            rules: Vec::new(),
            ..pack.clone()
        };
        for rule in own_rules(&pack) {
            for Mutant { what, rule } in mutants(rule) {
                alone.rules = vec![rule];
                tried += 1;
                let trials = try_examples(&alone, &holidays).unwrap();
                if trials.iter().all(Trial::passed) {
                    untold.push(format!("{} {}: {what}", pack.id, alone.rules[0].id));
                }
            }
        }
    }
    println!("{tried} changes");
    assert!(tried > 400, "{tried}");
    assert!(untold.is_empty(), "{}", untold.join("\n"));
}
