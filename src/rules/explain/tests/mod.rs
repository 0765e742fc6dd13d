//! Explanations as their readers see them.

mod counting;
mod ending;
mod looked_at;
mod opening;

use std::sync::Arc;

use super::super::trial::encode;
use super::super::{Evaluator, Obligation, RuleSet, parse_pack};
use super::{Explanation, explain};
use crate::calendar::{BankHolidays, Calendar, Day, Nation, Zone};
use crate::case::{Symbols, Timeline};
use crate::document::Document;

const PACK: &str = r#"
    [pack]
    id = "p"
    title = "P"
    source = "Guidance on core groups, 2010"
    [attributes]
    conference = ["kind"]
    key_worker = ["qualified"]
    visit = ["access", "alone", "bedroom_seen", "child_seen", "reason", "spoken_to"]
    action_agreed = ["with_police"]
"#;

/// Explains the obligation with an anchor that a rule gives for a case; `rule` is the rule's table,
/// `case` what an example holds.
fn explanation(rule: &str, case: &str, anchor: &str) -> Explanation {
    let pack = format!(
        "{PACK}\n[[rule]]\nclause = \"1.4.6\"\nseverity = \"high\"\n{rule}\n\
         [[rule.example]]\ntitle = \"a case\"\n{case}\n"
    );
    let pack = parse_pack(&Document::new("p.toml", pack)).unwrap_or_else(|f| panic!("{f}"));
    let mut symbols = Symbols::default();
    let rules = RuleSet::bind_all_measured(std::slice::from_ref(&pack), &mut symbols).unwrap();
    let closed: Day = "2026-12-29".parse().unwrap();
    let holidays: Arc<BankHolidays> = BankHolidays::shipped().unwrap();
    let calendar = Calendar::new(Zone::LONDON, Nation::EnglandAndWales, holidays, &[closed]);
    let example = &rules.rules[0].examples[0];
    let bytes = encode(example, &mut symbols);
    let timeline = Timeline::decode(&bytes).unwrap();
    let mut obligations = Vec::new();
    Evaluator::new(&rules, &calendar).evaluate(&timeline, example.as_of, &mut obligations);
    let is_it = |obligation: &&Obligation<'_>| obligation.anchor == anchor;
    let it = obligations.iter().rfind(is_it).unwrap();
    explain(&rules, &calendar, &timeline, it, example.as_of).unwrap()
}

/// The same as a page.
fn page(rule: &str, case: &str, anchor: &str) -> String {
    explanation(rule, case, anchor).to_string()
}

/// One part of a page: the lines under a heading.
fn part(page: &str, heading: &str) -> String {
    let lines = page.lines().skip_while(|line| *line != heading).skip(1);
    let lines: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    lines.join("\n")
}

const FIRST_CORE_GROUP: &str = r#"
    id = "first-core-group"
    title = "First core group within ten working days"
    [rule.deadline]
    after = { event = "conference", where = "kind == 'initial'" }
    within = "10 working days"
    require = { event = "core_group" }
"#;

const CHILD_SEEN: &str = r#"
    id = "child-seen"
    title = "Child seen every four weeks, or as the conference set"
    asked = "visit the child, and see them"
    [rule.interval]
    every = "4 weeks"
    vary = "child_seen"
    require = { event = "visit", where = "child_seen" }
"#;

#[test]
fn a_page_fits_any_terminal_and_names_everything() {
    let text = page(
        FIRST_CORE_GROUP,
        r#"
        as_of = "2027-01-12"
        periods = [{ kind = "plan", id = "P1", from = "2026-12-17" }]
        events = [
          { kind = "conference", id = "C1", occurred = "2026-12-17T10:00", attributes = { kind = "initial" } },
          { kind = "core_group", id = "G0", occurred = "2026-12-10" },
          { kind = "core_group", id = "G1", scheduled = "2027-01-05" },
          { kind = "core_group", id = "G2", scheduled = "2027-01-20" },
        ]
        "#,
        "C1",
    );
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    insta::assert_snapshot!(text);
}

#[test]
fn a_visit_on_which_the_child_was_not_seen_is_named() {
    insta::assert_snapshot!(page(
        CHILD_SEEN,
        r#"
        as_of = "2026-06-01"
        periods = [{ kind = "plan", id = "P1", from = "2026-04-01", to = "2026-05-20" }]
        events = [
          { kind = "visit", id = "V1", occurred = "2026-04-20", attributes = { child_seen = "N" } },
          { kind = "visit", id = "V2", occurred = "2026-05-20", recorded = "2026-05-29", attributes = { child_seen = "Y" } },
          { kind = "visit", id = "V3", occurred = "2026-05-02" },
        ]
        "#,
        "P1",
    ));
}

#[test]
fn for_programs_it_has_the_days_and_ids_too() {
    let explanation = explanation(
        CHILD_SEEN,
        r#"
        as_of = "2026-06-01"
        periods = [{ kind = "plan", id = "P1", from = "2026-04-01" }]
        events = [{ kind = "visit", id = "V1", occurred = "2026-04-20", attributes = { child_seen = "Y" } }]
        "#,
        "P1",
    );
    insta::assert_snapshot!(serde_json::to_string_pretty(&explanation).unwrap());
}
