//! Every line of the list of timescales is watched by a rule of the shape that the list names, and
//! every rule of a document's pack by a line.

use super::{own_rules, packs};
use crate::calendar::Unit;
use crate::rules::{CheckOn, Pack, Rule, Shape};

/// A duty as the list of timescales has it.
pub(super) struct Line {
    /// Its clauses, where the list has them.
    pub(super) clause: Option<&'static str>,
    pub(super) duty: &'static str,
    pub(super) shape: &'static str,
    /// The ids of the rules that watch it.
    pub(super) rules: Vec<&'static str>,
}

/// The lines of one pack's document; none for a national baseline.
pub(super) fn lines(pack: &str) -> Vec<Line> {
    let list = include_str!("timescales.md");
    let Some((_, rest)) = list.split_once(&format!("\n## {pack}\n")) else {
        return Vec::new();
    };
    let rows = rest.lines().take_while(|line| line.starts_with('|'));
    rows.skip(2).map(line).collect()
}

fn line(row: &'static str) -> Line {
    let cells: Vec<&str> = row
        .trim_matches(['|', ' '])
        .split(" | ")
        .map(str::trim)
        .collect();
    let (clause, [duty, shape, rules]) = match cells[..] {
        [clause, duty, shape, rules] => (Some(clause), [duty, shape, rules]),
        [duty, shape, rules] => (None, [duty, shape, rules]),
        _ => panic!("`{row}` is no line"),
    };
    Line {
        clause,
        duty,
        shape,
        rules: rules.split(", ").collect(),
    }
}

/// The rules that watch a line.
pub(super) fn watching<'p>(pack: &'p Pack, line: &Line) -> Vec<&'p Rule> {
    let rule = |id: &&str| {
        own_rules(pack)
            .find(|rule| rule.id == **id)
            .unwrap_or_else(|| panic!("{} has no rule `{id}` of its own", pack.id))
    };
    line.rules.iter().map(rule).collect()
}

/// Whether a rule is of the shape, or has the option, that the list names.
fn is(rule: &Rule, word: &str) -> bool {
    match (word, &rule.shape) {
        ("deadline", Shape::Deadline { .. })
        | ("interval", Shape::Interval { .. })
        | ("between", Shape::Between { .. })
        | ("ahead", Shape::Ahead { .. })
        | ("run", Shape::Run { .. })
        | ("check", Shape::Check { .. })
        | ("cover", Shape::Cover { .. }) => true,
        ("varied", Shape::Interval { vary, .. }) => vary.is_some(),
        ("interval with target", Shape::Interval { target, vary, .. }) => {
            target.is_some() && vary.is_none()
        }
        ("linked", Shape::Deadline { linked, .. }) => *linked,
        ("hours", Shape::Deadline { within, .. }) => within.unit == Unit::Hour,
        ("check on the variation", Shape::Check { on, .. }) => {
            matches!(on, CheckOn::Periods { period, .. } if period == "variation")
        }
        ("check on the booking", Shape::Check { on, .. }) => {
            matches!(on, CheckOn::Events(selector) if selector.event == "conference_booked")
        }
        ("a ladder of three steps", Shape::Deadline { .. }) => {
            steps(rule.ladder.as_deref().unwrap_or_default()) == 3
        }
        _ => false,
    }
}

/// How many steps a shipped ladder has.
fn steps(ladder: &str) -> usize {
    let shipped = include_str!("../../../../config/ladders/standard.toml");
    shipped
        .split("[[ladder]]\n")
        .filter(|text| text.starts_with(&format!("id = \"{ladder}\"\n")))
        .map(|text| text.matches("[[ladder.step]]").count())
        .sum()
}

#[test]
fn every_line_is_watched_by_rules_of_its_shape_and_its_clauses() {
    for pack in packs() {
        for line in lines(&pack.id) {
            let rules = watching(&pack, &line);
            for word in line.shape.split(", ") {
                assert!(
                    rules.iter().any(|rule| is(rule, word)),
                    "{}: {}: no rule of it is `{word}`",
                    pack.id,
                    line.duty
                );
            }
            let of_rules = |clause: &str| rules.iter().any(|rule| rule.clause.contains(clause));
            let cited = line.clause.iter().flat_map(|clauses| clauses.split(", "));
            for clause in cited {
                assert!(of_rules(clause), "{}: {clause} is not cited", line.duty);
            }
        }
    }
}

#[test]
fn every_rule_of_the_five_documents_watches_a_line() {
    let mut documents = 0;
    for pack in packs() {
        let lines = lines(&pack.id);
        if lines.is_empty() {
            continue;
        }
        documents += 1;
        for rule in own_rules(&pack) {
            let named = lines
                .iter()
                .any(|line| line.rules.contains(&rule.id.as_str()));
            assert!(named, "{} `{}` is in no line", pack.id, rule.id);
        }
    }
    assert_eq!(documents, 5);
}
