//! docs/duties.md: every duty of the shipped packs in one table, made from the packs themselves.

use std::fmt::Write as _;
use std::path::Path;

use super::lines::{Line, lines, watching};
use super::{breaches, own_rules, packs};
use crate::calendar::Duration;
use crate::rules::{Pack, Rule, Shape};

const FILE: &str = "docs/duties.md";

const HEAD: &str = "\
# Every duty that the shipped packs watch

Made from `config/packs/` by a test, which fails where this page and the packs differ; \
`UPDATE_DOCS=1 cargo test --lib duties` writes it anew. The shapes are those of the pack format; \
the examples stand in the packs, and `corewatch rules test` tries them. Of the five procedure \
documents each line of the list of timescales is named with the rules that watch it; other tests \
hold every line to a rule of its shape, every rule to a line, and the examples to every limit and \
condition: make one longer by a day, or drop a condition, and an example no longer comes out.
";

/// What a rule gives people: how long, how often, how soon.
fn timescale(rule: &Rule) -> String {
    let grace = |grace: Duration| match grace.count {
        0 => "at once".to_owned(),
        _ => format!("within {grace}"),
    };
    let list = |durations: &[Duration]| {
        durations
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", then ")
    };
    match &rule.shape {
        Shape::Deadline { within, .. } if within.count == 0 => "the same day".to_owned(),
        Shape::Deadline { within, .. } => format!("within {within}"),
        Shape::Interval {
            every,
            target,
            until,
            ..
        } => {
            let same = until.is_some() && rule.during == "enquiry";
            let mut text = if same {
                format!("within {every}")
            } else {
                format!("every {every}")
            };
            if let Some(target) = target {
                let _ = write!(text, ", aimed at {target}");
            }
            text
        }
        Shape::Between { latest, .. } => format!("by the next one, at most {}", list(latest)),
        Shape::Ahead { by, .. } if by.count == 0 => "by its day".to_owned(),
        Shape::Ahead { by, .. } => format!("{by} before it"),
        Shape::Run { count, within, .. } => format!("within {within} of number {count} in a row"),
        Shape::Check { grace: time, .. } | Shape::Cover { grace: time, .. } => grace(*time),
    }
}

fn row(rule: &Rule) -> String {
    let examples: Vec<String> = rule
        .examples
        .iter()
        .map(|example| {
            let sign = if breaches(example) { "✗" } else { "✓" };
            format!("{sign} {}", example.title)
        })
        .collect();
    format!(
        "| {} | {} | `{}` | {} | {} | {} | {} |\n",
        rule.clause,
        rule.title,
        rule.id,
        rule.shape.name(),
        timescale(rule),
        rule.severity,
        examples.join("<br>")
    )
}

/// A line of the document with the rules that watch it.
fn line_row(pack: &Pack, line: &Line) -> String {
    let rules = watching(pack, line);
    let clause = line.clause.map_or_else(
        || {
            let mut clauses: Vec<&str> = rules.iter().map(|rule| rule.clause.as_str()).collect();
            clauses.dedup();
            clauses.join("; ")
        },
        ToOwned::to_owned,
    );
    let watched: Vec<String> = rules
        .iter()
        .map(|rule| {
            let broken = rule.examples.iter().filter(|e| breaches(e)).count();
            let kept = rule.examples.len() - broken;
            format!("`{}`: {kept} ✓, {broken} ✗", rule.id)
        })
        .collect();
    format!(
        "| {clause} | {} | {} | {} |\n",
        line.duty,
        line.shape,
        watched.join("<br>")
    )
}

fn section(pack: &Pack) -> String {
    let mut text = format!(
        "\n## {} (`{}`)\n\n{}.",
        pack.procedure.title, pack.id, pack.procedure.source
    );
    if let Some(base) = &pack.extends {
        let inherited: Vec<String> = pack
            .rules
            .iter()
            .filter(|rule| rule.place.file != pack.place.file)
            .map(|rule| format!("`{}`", rule.id))
            .collect();
        let _ = write!(
            text,
            " Extends `{}`, from which it has {}.",
            base.value,
            inherited.join(", ")
        );
    }
    let lines = lines(&pack.id);
    if !lines.is_empty() {
        text.push_str(
            "\n\nLine by line:\n\n| clause | what the document asks | shape | rules and their examples |\n\
             | --- | --- | --- | --- |\n",
        );
        text.extend(lines.iter().map(|line| line_row(pack, line)));
        text.push_str("\nRule by rule:");
    }
    text.push_str(
        "\n\n| clause | duty | rule | shape | timescale | severity | examples (✓ kept, ✗ not kept) |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for rule in own_rules(pack) {
        text.push_str(&row(rule));
    }
    text
}

#[test]
fn the_page_of_duties_is_what_the_packs_say() {
    let page: String = std::iter::once(HEAD.to_owned())
        .chain(packs().iter().map(section))
        .collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = written
        .lines()
        .zip(page.lines())
        .position(|(written, wanted)| written != wanted)
        .unwrap_or_else(|| written.lines().count().min(page.lines().count()));
    assert!(
        written == page,
        "{FILE} differs from config/packs/ at line {}: run `UPDATE_DOCS=1 cargo test --lib duties` \
         and commit the page",
        differs + 1
    );
}
