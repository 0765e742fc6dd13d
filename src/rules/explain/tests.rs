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

#[test]
fn what_a_record_lacks_is_named() {
    let text = explained(
        r#"
        [pack]
        id = "p"
        title = "P"
        source = "Guidance on core groups, 2010"
        [attributes]
        visit = ["spoken_to", "alone", "reason"]
        [[rule]]
        id = "visit-record"
        title = "A visit's record says whether the child was spoken to, and alone, or why not"
        clause = "1.4.10"
        severity = "low"
        [rule.check]
        on = { event = "visit" }
        that = "(spoken_to || reason != null) && alone != null"
        [[rule.example]]
        title = "not spoken to, and no reason"
        as_of = "2026-06-01"
        periods = [{ kind = "plan", id = "P1", from = "2026-04-01" }]
        events = [
          { kind = "visit", id = "V1", occurred = "2026-05-20", attributes = { spoken_to = "N", alone = "Y" } },
        ]
        "#,
    );
    insta::assert_snapshot!(text, @r"
    A visit's record says whether the child was spoken to, and alone, or why not
    Case example, as of Monday 1 June 2026
    Clause 1.4.10 of Guidance on core groups, 2010 (rule visit-record)

    Overdue by 12 days.

    What opened it
      The visit V1, Wednesday 20 May 2026, opened it.

    How the due day was counted
      Wednesday 20 May 2026 itself is the last day on time.
      Due by the end of Wednesday 20 May 2026.

    What was looked at and did not answer it
      visit V1, Wednesday 20 May 2026: it is not so that spoken to or reason is not nothing

    What would answer it
      The record of the visit V1 put right, so that (spoken to or reason is not nothing) and alone is not nothing holds, now: it was due by Wednesday 20 May 2026.
    ");
}

/// The rule of the two tests below.
const SEEN_AS_AGREED: &str = r#"
    [pack]
    id = "p"
    title = "P"
    source = "Guidance on core groups, 2010"
    [attributes]
    visit = ["child_seen"]
    [[rule]]
    id = "child-seen"
    title = "Child seen every four weeks, or as the conference set"
    clause = "1.4.6"
    severity = "critical"
    [rule.interval]
    every = "4 weeks"
    vary = "child_seen"
    require = { event = "visit", where = "child_seen" }
    [[rule.example]]
    title = "as agreed"
    as_of = "2026-06-10"
    events = [
      { kind = "visit", id = "V1", occurred = "2026-05-25", recorded = "2026-06-03", attributes = { child_seen = "Y" } },
    ]
    "#;

#[test]
fn an_agreed_other_frequency_is_named() {
    let text = explained(&format!(
        r#"{SEEN_AS_AGREED}
    periods = [
      {{ kind = "plan", id = "P1", from = "2026-04-01", to = "2026-05-28" }},
      {{ kind = "variation", id = "A1", from = "2026-04-10", attributes = {{ topic = "child_seen", every = "8 weeks", authorised_by = "the manager" }} }},
    ]
    "#
    ));
    insta::assert_snapshot!(text, @r"
    Child seen every four weeks, or as the conference set
    Case example, as of Wednesday 10 June 2026
    Clause 1.4.6 of Guidance on core groups, 2010 (rule child-seen)

    Ended before it was due.

    What opened it
      The visit V1, Monday 25 May 2026, opened it.

    How the due day was counted
      8 weeks after Monday 25 May 2026, which is day 0, agreed in place of 4 weeks by A1, from Friday 10 April 2026.
      Due by the end of Monday 20 July 2026.

    How it ended
      It ended on Thursday 28 May 2026, before it was due.
    ");
}

#[test]
fn a_less_frequent_one_that_nobody_authorised_is_told_as_passed_over() {
    let text = explained(&format!(
        r#"{SEEN_AS_AGREED}
    periods = [
      {{ kind = "plan", id = "P1", from = "2026-04-01", to = "2026-05-25" }},
      {{ kind = "variation", id = "A1", from = "2026-04-10", attributes = {{ topic = "child_seen", every = "8 weeks" }} }},
    ]
    "#
    ));
    insta::assert_snapshot!(text, @r"
    Child seen every four weeks, or as the conference set
    Case example, as of Wednesday 10 June 2026
    Clause 1.4.6 of Guidance on core groups, 2010 (rule child-seen)

    Met, 26 days late.

    What opened it
      The plan P1 opened it on Wednesday 1 April 2026.

    How the due day was counted
      4 weeks after Wednesday 1 April 2026, which is day 0.
      Due by the end of Wednesday 29 April 2026.

    How it ended
      V1, Monday 25 May 2026, answered it, 26 days late; it was written up 9 days later.

    What was looked at and did not answer it
      variation A1, Friday 10 April 2026: it asks for 8 weeks, which is less often than 4 weeks, and nobody authorised it
    ");
}

#[test]
fn the_failures_of_a_run_are_named_and_what_was_done_in_time_and_written_up_late() {
    let text = explained(
        r#"
        [pack]
        id = "p"
        title = "P"
        source = "Guidance on core groups, 2010"
        [attributes]
        visit = ["access"]
        [[rule]]
        id = "no-access"
        title = "No access on two consecutive visits: action is agreed"
        clause = "1.5.2"
        severity = "critical"
        [rule.run]
        over = { event = "visit" }
        failing = "access == 'refused'"
        count = 2
        within = "1 working day"
        require = { event = "action_agreed" }
        [[rule.example]]
        title = "agreed in time, written up nine days late"
        as_of = "2026-06-10"
        periods = [{ kind = "plan", id = "P1", from = "2026-04-01" }]
        events = [
          { kind = "visit", id = "V1", occurred = "2026-05-20", attributes = { access = "refused" } },
          { kind = "visit", id = "V2", occurred = "2026-05-22", attributes = { access = "refused" } },
          { kind = "action_agreed", id = "A1", occurred = "2026-05-26", recorded = "2026-06-04" },
        ]
        "#,
    );
    insta::assert_snapshot!(text, @r"
    No access on two consecutive visits: action is agreed
    Case example, as of Wednesday 10 June 2026
    Clause 1.5.2 of Guidance on core groups, 2010 (rule no-access)

    Met in time.

    What opened it
      The visit V2, Friday 22 May 2026, opened it, in a row with V1 on Wednesday 20 May 2026.

    How the due day was counted
      1 working day after Friday 22 May 2026, which is day 0, weekends, bank holidays and closures left out.
      left out: Saturday 23 May 2026, weekend
      left out: Sunday 24 May 2026, weekend
      left out: Monday 25 May 2026, Spring bank holiday
      Due by the end of Tuesday 26 May 2026.

    How it ended
      A1, Tuesday 26 May 2026, answered it in time; it was written up 9 days later.
    ");
}
