//! Explanations as their readers see them.

use std::sync::Arc;

use super::super::trial::encode;
use super::super::{Evaluator, RuleSet, parse_pack};
use super::explain;
use crate::calendar::{BankHolidays, Calendar, Day, Nation, Zone};
use crate::case::{Symbols, Timeline};
use crate::document::Document;

/// Explains the last obligation of the first example of a pack.
fn explained(pack: &str) -> String {
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
    let last = obligations.last().unwrap();
    explain(&rules, &calendar, &timeline, last, example.as_of).to_string()
}

#[test]
fn working_days_over_christmas_are_counted_out_one_by_one() {
    let text = explained(
        r#"
        [pack]
        id = "p"
        title = "P"
        source = "Guidance on core groups, 2010"
        [attributes]
        conference = ["kind"]
        [[rule]]
        id = "first-core-group"
        title = "First core group within ten working days"
        clause = "1.2.4"
        severity = "high"
        [rule.deadline]
        after = { event = "conference", where = "kind == 'initial'" }
        within = "10 working days"
        require = { event = "core_group" }
        [[rule.example]]
        title = "overdue after Christmas"
        as_of = "2027-01-12"
        periods = [{ kind = "plan", id = "P1", from = "2026-12-17" }]
        events = [
          { kind = "conference", id = "C1", occurred = "2026-12-17", attributes = { kind = "initial" } },
          { kind = "core_group", id = "G0", occurred = "2026-12-10" },
          { kind = "core_group", id = "G1", scheduled = "2027-01-20" },
        ]
        "#,
    );
    insta::assert_snapshot!(text);
}

#[test]
fn a_visit_on_which_the_child_was_not_seen_is_named() {
    let text = explained(
        r#"
        [pack]
        id = "p"
        title = "P"
        source = "Guidance on core groups, 2010"
        [attributes]
        visit = ["child_seen"]
        [[rule]]
        id = "child-seen"
        title = "Child seen every four weeks"
        clause = "1.4.6"
        severity = "critical"
        [rule.interval]
        every = "4 weeks"
        require = { event = "visit", where = "child_seen" }
        [[rule.example]]
        title = "met late, and written up later still"
        as_of = "2026-06-01"
        periods = [{ kind = "plan", id = "P1", from = "2026-04-01", to = "2026-05-20" }]
        events = [
          { kind = "visit", id = "V1", occurred = "2026-04-20", attributes = { child_seen = "N" } },
          { kind = "visit", id = "V2", occurred = "2026-05-20", recorded = "2026-05-29", attributes = { child_seen = "Y" } },
          { kind = "visit", id = "V3", occurred = "2026-05-02" },
        ]
        "#,
    );
    insta::assert_snapshot!(text);
}

#[test]
fn hours_are_told_to_the_minute() {
    let text = explained(
        r#"
        [pack]
        id = "p"
        title = "P"
        source = "Expectations of core groups, 2015"
        [[rule]]
        id = "outline-plan"
        title = "Outline plan within 24 hours"
        clause = "2"
        severity = "medium"
        [rule.deadline]
        after = { event = "conference" }
        within = "24 hours"
        require = { event = "outline_plan_sent" }
        linked = true
        [[rule.example]]
        title = "over the change of the clocks"
        as_of = "2026-03-29"
        periods = [{ kind = "plan", id = "P1", from = "2026-03-28" }]
        events = [
          { kind = "conference", id = "C1", occurred = "2026-03-28T10:00" },
          { kind = "outline_plan_sent", id = "O1", occurred = "2026-03-29T09:00", about = "C0" },
        ]
        "#,
    );
    insta::assert_snapshot!(text);
}
