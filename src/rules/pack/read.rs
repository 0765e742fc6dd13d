//! A pack file as TOML, with every fault of it at once.

use crate::calendar::Duration;
use crate::document::{Document, Fault, Faults, Table, Text};
use crate::words::Language;

use super::super::example::Example;
use super::super::model::{CheckOn, Pack, PackWords, Rule, RuleWords, SHAPES, Selector, Shape};
use super::super::predicate::Predicate;

type NamedSelector = Selector<String, Predicate>;

/// Reads a pack, without what it inherits.
///
/// # Errors
/// Every fault of the file, with line and column.
pub fn parse_pack(document: &Document) -> Result<Pack, Faults> {
    match survey_pack(document) {
        (Some(pack), faults) => faults.or(pack),
        (None, faults) => Err(faults),
    }
}

/// Reads a pack as far as it can be read, without what it inherits, and every fault of it: a rule
/// that is faulty is left out, so that the others can still be looked at.
pub(super) fn survey_pack(document: &Document) -> (Option<Pack>, Faults) {
    let mut pack = None;
    let parsed = document.parse(|top| {
        pack = read_pack(top);
        Some(())
    });
    (pack, parsed.err().unwrap_or_default())
}

fn read_pack(top: &mut Table<'_>) -> Option<Pack> {
    let place = top.place();
    let head = if top.has("pack") {
        top.table("pack", |head| {
            let id = head.need_text("id");
            let title = head.need_text("title");
            let source = head.need_text("source");
            let nation = head.parsed("nation");
            let extends = head.text("extends");
            let disable = head.texts("disable").unwrap_or_default();
            let translations = translations(head, |table, language| PackWords {
                language,
                title: words(table, "title"),
                source: words(table, "source"),
            });
            Some((
                id?.value,
                title?.value,
                source?.value,
                nation,
                extends,
                disable,
                translations,
            ))
        })
    } else {
        top.missing("pack");
        None
    };
    let attributes = top
        .table("attributes", |table| {
            let mut attributes = Vec::new();
            for kind in table.keys() {
                let names = table.texts(&kind).unwrap_or_default();
                attributes.push((kind, names.iter().map(|t| t.value.to_lowercase()).collect()));
            }
            Some(attributes)
        })
        .unwrap_or_default();
    let pack_id = head.as_ref().map_or("", |head| head.0.as_str()).to_owned();
    let rules = top.tables("rule", |table| read_rule(table, &pack_id));
    report_twins(top, &rules);
    let (id, title, source, nation, extends, disable, translations) = head?;
    Some(Pack {
        id,
        title,
        source,
        nation,
        extends,
        disable,
        translations,
        attributes,
        rules,
        texts: Vec::new(),
        place,
    })
}

fn report_twins(top: &Table<'_>, rules: &[Rule]) {
    for (i, rule) in rules.iter().enumerate() {
        if let Some(first) = rules[..i].iter().find(|other| other.id == rule.id) {
            top.fault(Fault::new(
                rule.place.clone(),
                format!(
                    "the rule `{}` is there twice, first at line {}",
                    rule.id, first.place.line
                ),
                "give one of them another id",
            ));
        }
    }
}

fn read_rule(table: &mut Table<'_>, pack: &str) -> Option<Rule> {
    let place = table.place();
    let id = table.need_text("id");
    let title = table.need_text("title");
    let clause = table.need_text("clause");
    let asked = words(table, "asked");
    let translations = translations(table, |table, language| RuleWords {
        language,
        title: words(table, "title"),
        clause: words(table, "clause"),
        asked: words(table, "asked"),
    });
    let severity = table.need_parsed("severity");
    let ladder = table.text("ladder").map(|t| t.value);
    let during = table
        .text("during")
        .map_or_else(|| "plan".to_owned(), |t| t.value);
    let applies = predicate(table, "applies");
    let born = table.boolean("born").unwrap_or(false);
    let lead = table.parsed("lead");
    let remind = table.parsed("remind");
    let shape = read_shape(table);
    let examples = table.tables("example", Example::read);
    Some(Rule {
        id: id?.value,
        title: title?.value,
        clause: clause?.value,
        asked,
        translations,
        severity: severity?,
        ladder,
        during,
        applies,
        born,
        lead,
        remind,
        shape: shape?,
        examples,
        pack: pack.to_owned(),
        place,
    })
}

/// The words in each other language that the table has, under the language's code.
fn translations<T>(table: &mut Table<'_>, read: impl Fn(&mut Table<'_>, Language) -> T) -> Vec<T> {
    let others = Language::ALL
        .into_iter()
        .filter(|l| *l != Language::English);
    others
        .filter(|language| table.has(language.code()))
        .collect::<Vec<_>>()
        .into_iter()
        .filter_map(|language| table.table(language.code(), |t| Some(read(t, language))))
        .collect()
}

/// Words for people, where they are there; not empty.
fn words(table: &mut Table<'_>, key: &str) -> Option<String> {
    if table.has(key) {
        table.need_text(key).map(|text| text.value)
    } else {
        None
    }
}

fn read_shape(table: &mut Table<'_>) -> Option<Shape<String, Predicate>> {
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
            let within = t.need_parsed("within");
            let require = need_selectors(t, "require");
            let linked = t.boolean("linked").unwrap_or(false);
            Some(Shape::Deadline {
                after: after?,
                within: within?,
                require: require?,
                linked,
            })
        }),
        "interval" => table.table("interval", |t| {
            let every = t.need_parsed("every");
            let require = need_selectors(t, "require");
            let from = selector(t, "from", Nth::Allowed);
            let until = selector(t, "until", Nth::Allowed);
            let first = t.parsed("first");
            let target = t.parsed("target");
            let vary = t.text("vary").map(|text| text.value);
            Some(Shape::Interval {
                every: positive(t, "every", every?)?,
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
            let by = t.need_parsed("by");
            let require = need_selectors(t, "require");
            let linked = t.boolean("linked").unwrap_or(false);
            Some(Shape::Ahead {
                of: of?,
                by: by?,
                require: require?,
                linked,
            })
        }),
        "run" => table.table("run", |t| {
            let over = need_selector(t, "over", Nth::Allowed);
            let failing = need_predicate(t, "failing");
            let count = need_count(t);
            let within = t.need_parsed("within");
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
                within: within?,
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
fn positive(table: &Table<'_>, key: &str, duration: Duration) -> Option<Duration> {
    if duration.count == 0 {
        table.fault(Fault::new(
            table.place_of(key),
            format!("`{key}` is no time at all"),
            "an interval needs at least `1 day`",
        ));
        return None;
    }
    Some(duration)
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

fn predicate(table: &mut Table<'_>, key: &str) -> Option<Predicate> {
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
