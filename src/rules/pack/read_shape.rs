//! What a rule asks for: the tables of the seven shapes, selectors and conditions.

use crate::calendar::{Duration, Unit};
use crate::document::{Fault, Table, Text};

use super::super::model::{CheckOn, SHAPES, Selector, Shape};
use super::super::predicate::Predicate;

type NamedSelector = Selector<String, Predicate>;

/// The one shape of a rule. A duration that cannot be read has left its fault, and counts as none, so
/// that what the shape names can still be looked at.
pub(super) fn read_shape(table: &mut Table<'_>) -> Option<Shape<String, Predicate>> {
    let given: Vec<&str> = SHAPES
        .into_iter()
        .filter(|shape| table.has(shape))
        .collect();
    if given.len() != 1 {
        table.fault(Fault::new(
            table.place(),
            if given.is_empty() {
                "the rule has no shape".to_owned()
            } else {
                format!("the rule has {} shapes: {}", given.len(), given.join(", "))
            },
            format!(
                "give it exactly one table of {}",
                SHAPES.map(|s| format!("[rule.{s}]")).join(", ")
            ),
        ));
        return None;
    }
    match given[0] {
        "deadline" => table.table("deadline", |t| {
            let after = need_selector(t, "after", Nth::Allowed);
            let within = t.need_parsed("within").unwrap_or(Duration::ZERO);
            let require = need_selectors(t, "require");
            let linked = t.boolean("linked").unwrap_or(false);
            Some(Shape::Deadline {
                after: after?,
                within,
                require: require?,
                linked,
            })
        }),
        "interval" => table.table("interval", |t| {
            let every = t
                .need_parsed("every")
                .unwrap_or(Duration::new(1, Unit::Day));
            positive(t, "every", every);
            let require = need_selectors(t, "require");
            let from = selector(t, "from", Nth::Allowed);
            let until = selector(t, "until", Nth::Allowed);
            let first = t.parsed("first");
            let target = t.parsed("target");
            let vary = t.text("vary").map(|text| text.value);
            Some(Shape::Interval {
                every,
                require: require?,
                from,
                until,
                first,
                target,
                vary,
            })
        }),
        "between" => table.table("between", |t| {
            let marks = need_selector(t, "marks", Nth::Allowed);
            let require = need_selectors(t, "require");
            if !t.has("latest") {
                t.missing("latest");
            }
            let latest = t.parsed_list::<Duration>("latest");
            if latest.as_ref().is_some_and(Vec::is_empty) {
                t.fault(Fault::new(
                    t.place_of("latest"),
                    "`latest` is an empty list",
                    "give at least one duration",
                ));
                return None;
            }
            Some(Shape::Between {
                marks: marks?,
                require: require?,
                latest: latest?,
            })
        }),
        "ahead" => table.table("ahead", |t| {
            let of = need_selector(t, "of", Nth::Allowed);
            let by = t.need_parsed("by").unwrap_or(Duration::ZERO);
            let require = need_selectors(t, "require");
            let linked = t.boolean("linked").unwrap_or(false);
            Some(Shape::Ahead {
                of: of?,
                by,
                require: require?,
                linked,
            })
        }),
        "run" => table.table("run", |t| {
            let over = need_selector(t, "over", Nth::Allowed);
            let failing = need_predicate(t, "failing");
            let count = need_count(t);
            let within = t.need_parsed("within").unwrap_or(Duration::ZERO);
            let require = if t.has("require") {
                need_selectors(t, "require")
            } else {
                Some(Vec::new())
            };
            let gap = t.parsed("gap");
            Some(Shape::Run {
                over: over?,
                failing: failing?,
                count: count?,
                within,
                require: require?,
                gap,
            })
        }),
        "check" => table.table("check", |t| {
            let on = need_check_on(t);
            let that = need_predicate(t, "that");
            let grace = t.parsed("grace").unwrap_or(Duration::ZERO);
            Some(Shape::Check {
                on: on?,
                that: that?,
                grace,
            })
        }),
        _ => table.table("cover", |t| {
            let by = t.need_text("by");
            let matching = predicate(t, "where");
            let grace = t.parsed("grace").unwrap_or(Duration::ZERO);
            Some(Shape::Cover {
                by: by?.value,
                matching,
                grace,
            })
        }),
    }
}

/// A chain in which each cycle is due on the day it opens would never end.
fn positive(table: &Table<'_>, key: &str, duration: Duration) {
    if duration.count == 0 {
        table.fault(Fault::new(
            table.place_of(key),
            format!("`{key}` is no time at all"),
            "an interval needs at least `1 day`",
        ));
    }
}

fn need_count(table: &mut Table<'_>) -> Option<u32> {
    if !table.has("count") {
        table.missing("count");
        return None;
    }
    let count = table.integer("count")?;
    match u32::try_from(count) {
        Ok(count) if count > 0 => Some(count),
        _ => {
            table.fault(Fault::new(
                table.place_of("count"),
                format!("`count` is {count}"),
                "it must be 1 or more",
            ));
            None
        }
    }
}

fn need_check_on(table: &mut Table<'_>) -> Option<CheckOn<String, Predicate>> {
    if !table.has("on") {
        table.missing("on");
        return None;
    }
    table.table("on", |on| {
        if !on.has("period") {
            return read_selector(on, Nth::Allowed).map(CheckOn::Events);
        }
        let period = on.need_text("period");
        let matching = predicate(on, "where");
        Some(CheckOn::Periods {
            period: period?.value,
            matching,
        })
    })
}

fn text_as_predicate(table: &Table<'_>, text: &Text) -> Option<Predicate> {
    match Predicate::parse(text) {
        Ok(predicate) => Some(predicate),
        Err(faults) => {
            table.faults(faults);
            None
        }
    }
}

/// A condition, where it is there.
pub(super) fn predicate(table: &mut Table<'_>, key: &str) -> Option<Predicate> {
    let text = table.text(key)?;
    text_as_predicate(table, &text)
}

fn need_predicate(table: &mut Table<'_>, key: &str) -> Option<Predicate> {
    let text = table.need_text(key)?;
    text_as_predicate(table, &text)
}

/// Whether a selector may say which of its events it means.
#[derive(Clone, Copy, PartialEq)]
enum Nth {
    Allowed,
    Refused,
}

fn read_selector(table: &mut Table<'_>, nth_allowed: Nth) -> Option<NamedSelector> {
    let event = table.need_text("event");
    let matching = predicate(table, "where");
    let mut nth = None;
    if table.has("nth") {
        let place = table.place_of("nth");
        if nth_allowed == Nth::Refused {
            table.fault(Fault::new(
                place,
                "`nth` cannot stand in `require`",
                "leave it out; an obligation is answered by the earliest that fits",
            ));
        } else if let Some(n) = table.integer("nth") {
            nth = u32::try_from(n).ok().filter(|n| *n > 0);
            if nth.is_none() {
                table.fault(Fault::new(
                    place,
                    format!("`nth` is {n}"),
                    "it counts from 1",
                ));
            }
        }
    }
    Some(Selector {
        event: event?.value,
        matching,
        nth,
        place: 0,
    })
}

fn selector(table: &mut Table<'_>, key: &str, nth: Nth) -> Option<NamedSelector> {
    table.table(key, |t| read_selector(t, nth))
}

fn need_selector(table: &mut Table<'_>, key: &str, nth: Nth) -> Option<NamedSelector> {
    if !table.has(key) {
        table.missing(key);
    }
    selector(table, key, nth)
}

fn need_selectors(table: &mut Table<'_>, key: &str) -> Option<Vec<NamedSelector>> {
    if !table.has(key) {
        table.missing(key);
        return None;
    }
    let selectors = table.tables(key, |t| read_selector(t, Nth::Refused));
    if selectors.is_empty() {
        table.fault(Fault::new(
            table.place_of(key),
            format!("`{key}` names no event"),
            "write one selector, or a list of them",
        ));
        return None;
    }
    Some(selectors)
}
