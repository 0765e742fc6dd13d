//! A pack file as TOML, with every fault of it at once.

use std::sync::Arc;

use crate::calendar::Nation;
use crate::document::{Document, Fault, Faults, Table, Text};
use crate::words::Language;

use super::super::example::Example;
use super::super::model::{Pack, PackWords, Procedure, Rule, RuleWords};
use super::super::severity::Severity;
use super::read_shape::{predicate, read_shape};

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

/// Reads a pack as far as it can be read, without what it inherits, and every fault of it. What a
/// faulty head or rule lacks is stood in for, so that what its other parts name can still be looked
/// at; a rule is left out where it cannot be told what it asks for.
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
    if !top.has("pack") {
        top.missing("pack");
    }
    let head = top.table("pack", read_head).unwrap_or_default();
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
    let id = head.id.unwrap_or_else(|| place.file.clone());
    let procedure = Arc::new(Procedure {
        title: head.title.unwrap_or_default(),
        source: head.source.unwrap_or_default(),
        translations: head.translations,
    });
    let rules = top.tables("rule", |table| read_rule(table, &id, &procedure));
    report_twins(top, &rules);
    Some(Pack {
        id,
        procedure,
        nation: head.nation,
        extends: head.extends,
        disable: head.disable,
        attributes,
        rules,
        texts: Vec::new(),
        place,
    })
}

/// The `[pack]` table, as far as it can be read.
#[derive(Default)]
struct Head {
    id: Option<String>,
    title: Option<String>,
    source: Option<String>,
    nation: Option<Nation>,
    extends: Option<Text>,
    disable: Vec<Text>,
    translations: Vec<PackWords>,
}

fn read_head(head: &mut Table<'_>) -> Option<Head> {
    Some(Head {
        id: head.need_text("id").map(|text| text.value),
        title: head.need_text("title").map(|text| text.value),
        source: head.need_text("source").map(|text| text.value),
        nation: head.parsed("nation"),
        extends: head.text("extends"),
        disable: head.texts("disable").unwrap_or_default(),
        translations: translations(head, |table, language| PackWords {
            language,
            title: words(table, "title"),
            source: words(table, "source"),
        }),
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

fn read_rule(table: &mut Table<'_>, pack: &str, procedure: &Arc<Procedure>) -> Option<Rule> {
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
    let text = |given: Option<Text>| given.map(|text| text.value);
    Some(Rule {
        id: text(id).unwrap_or_else(|| format!("of line {}", place.line)),
        title: text(title).unwrap_or_default(),
        clause: text(clause).unwrap_or_default(),
        asked,
        translations,
        severity: severity.unwrap_or(Severity::Medium),
        ladder,
        during,
        applies,
        born,
        lead,
        remind,
        shape: shape?,
        examples,
        pack: pack.to_owned(),
        procedure: Arc::clone(procedure),
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
