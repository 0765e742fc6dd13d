//! How the due day was counted.

use super::{CHILD_SEEN, FIRST_CORE_GROUP, page, part};

const COUNTED: &str = "How the due day was counted";

#[test]
fn working_days_leave_out_weekends_bank_holidays_and_closures_by_name() {
    let counted = |day: &str, as_of: &str| {
        let case = format!(
            r#"
            as_of = "{as_of}"
            periods = [{{ kind = "plan", id = "P1", from = "{day}" }}]
            events = [{{ kind = "conference", id = "C1", occurred = "{day}", attributes = {{ kind = "initial" }} }}]
            "#
        );
        part(&page(FIRST_CORE_GROUP, &case, "C1"), COUNTED)
    };
    insta::assert_snapshot!(counted("2026-12-21", "2027-01-20"), @r"
    10 working days after Monday 21 December 2026, which is day 0; weekends, bank
      holidays and closures do not count.
    left out: Friday 25 December 2026, Christmas Day
    left out: Saturday 26 December and Sunday 27 December 2026, a weekend
    left out: Monday 28 December 2026, Boxing Day (substitute day)
    left out: Tuesday 29 December 2026, the authority is closed
    left out: Friday 1 January 2027, New Year’s Day
    left out: Saturday 2 January and Sunday 3 January 2027, a weekend
    Due by the end of Friday 8 January 2027.
    ");
    insta::assert_snapshot!(counted("2026-04-01", "2026-04-20"), @r"
    10 working days after Wednesday 1 April 2026, which is day 0; weekends, bank
      holidays and closures do not count.
    left out: Friday 3 April 2026, Good Friday
    left out: Saturday 4 April and Sunday 5 April 2026, a weekend
    left out: Monday 6 April 2026, Easter Monday
    left out: Saturday 11 April and Sunday 12 April 2026, a weekend
    Due by the end of Friday 17 April 2026.
    ");
}

const SECOND_VISIT: &str = r#"
    as_of = "2026-06-10"
    events = [{ kind = "visit", id = "V1", occurred = "2026-05-25", attributes = { child_seen = "Y" } }]
"#;

#[test]
fn an_agreed_other_frequency_is_named() {
    let case = format!(
        r#"{SECOND_VISIT}
        periods = [
          {{ kind = "plan", id = "P1", from = "2026-04-01" }},
          {{ kind = "variation", id = "A1", from = "2026-04-10", attributes = {{ topic = "child_seen", every = "8 weeks", authorised_by = "the manager" }} }},
        ]
        "#
    );
    insta::assert_snapshot!(part(&page(CHILD_SEEN, &case, "V1"), COUNTED), @r"
    8 weeks after Monday 25 May 2026, which is day 0, agreed in place of 4 weeks
      (variation A1, from Friday 10 April 2026).
    Due by the end of Monday 20 July 2026.
    ");
}

#[test]
fn a_variation_as_long_as_the_first_cycle_is_told_from_it() {
    let rule = r#"
        id = "core-groups"
        title = "Core groups"
        [rule.interval]
        first = "4 weeks"
        every = "6 weeks"
        target = "1 month"
        vary = "core_group"
        require = { event = "core_group" }
    "#;
    let case = r#"
        as_of = "2026-06-10"
        periods = [
          { kind = "plan", id = "P1", from = "2026-04-01" },
          { kind = "variation", id = "A1", from = "2026-04-20", attributes = { topic = "core_group", every = "4 weeks" } },
        ]
        events = [{ kind = "core_group", id = "G1", occurred = "2026-04-15" }]
    "#;
    insta::assert_snapshot!(part(&page(rule, case, "P1"), COUNTED), @r"
    4 weeks after Wednesday 1 April 2026, which is day 0.
    Due by the end of Wednesday 29 April 2026.
    The target is 1 month: Friday 1 May 2026.
    ");
    insta::assert_snapshot!(part(&page(rule, case, "G1"), COUNTED), @r"
    4 weeks after Wednesday 15 April 2026, which is day 0, agreed in place of 6
      weeks (variation A1, from Monday 20 April 2026).
    Due by the end of Wednesday 13 May 2026.
    The target is 1 month: Friday 15 May 2026.
    ");
}

#[test]
fn hours_are_told_to_the_minute() {
    let rule = r#"
        id = "outline-plan"
        title = "Outline plan within 24 hours"
        [rule.deadline]
        after = { event = "conference" }
        within = "24 hours"
        require = { event = "outline_plan_sent" }
    "#;
    let case = r#"
        as_of = "2026-03-29"
        periods = [{ kind = "plan", id = "P1", from = "2026-03-28" }]
        events = [
          { kind = "conference", id = "C1", occurred = "2026-03-28T10:00" },
          { kind = "outline_plan_sent", id = "O1", occurred = "2026-03-29T13:00" },
        ]
    "#;
    let text = page(rule, case, "C1");
    insta::assert_snapshot!(part(&text, COUNTED), @r"
    24 hours after 10:00 on Saturday 28 March 2026, over the change of the clocks.
    Due by 11:00 on Sunday 29 March 2026.
    ");
    insta::assert_snapshot!(part(&text, "How it ended"), @r"
    The outline plan sent O1, 13:00 on Sunday 29 March 2026, answered it, after
      the time by which it was due.
    ");
    assert!(
        text.contains("\nMet late, on the day it was due.\n"),
        "{text}"
    );
}

#[test]
fn months_end_with_the_month_where_it_is_shorter() {
    let rule = r#"
        id = "first-review"
        title = "First review within three months"
        [rule.deadline]
        after = { event = "conference", nth = 1 }
        within = "3 months"
        require = { event = "conference", where = "kind == 'review'" }
    "#;
    let counted = |day: &str| {
        let case = format!(
            r#"
            as_of = "{day}"
            periods = [{{ kind = "plan", id = "P1", from = "{day}" }}]
            events = [{{ kind = "conference", id = "C1", occurred = "{day}" }}]
            "#
        );
        part(&page(rule, &case, "C1"), COUNTED)
    };
    insta::assert_snapshot!(counted("2025-11-30"), @r"
    3 months after Sunday 30 November 2025: the last day of the month, which is
      shorter.
    Due by the end of Saturday 28 February 2026.
    ");
    insta::assert_snapshot!(counted("2026-03-10"), @r"
    3 months after Tuesday 10 March 2026: the same day of the month.
    Due by the end of Wednesday 10 June 2026.
    ");
}

const BEDROOM: &str = r#"
    id = "bedroom-seen"
    title = "Bedroom seen between conferences"
    [rule.between]
    marks = { event = "conference" }
    require = { event = "visit", where = "bedroom_seen" }
    latest = ["3 months", "6 months"]
"#;

#[test]
fn between_conferences_the_next_one_is_named() {
    let case = r#"
        as_of = "2026-06-15"
        periods = [{ kind = "plan", id = "P1", from = "2026-01-05" }]
        events = [
          { kind = "conference", id = "C1", occurred = "2026-01-05" },
          { kind = "conference", id = "C2", occurred = "2026-03-20" },
          { kind = "conference", id = "C3", occurred = "2026-05-20" },
          { kind = "conference", id = "C4", scheduled = "2026-08-01" },
        ]
    "#;
    insta::assert_snapshot!(part(&page(BEDROOM, case, "C1"), COUNTED), @r"
    The day of the next conference, C2.
    Due by the end of Friday 20 March 2026.
    ");
    insta::assert_snapshot!(part(&page(BEDROOM, case, "C1"), "How it ended"), @r"
    The next one, the conference C2, was held on Friday 20 March 2026, and nothing
      had answered this.
    ");
    insta::assert_snapshot!(part(&page(BEDROOM, case, "C3"), COUNTED), @r"
    The day booked for the next conference, C4.
    Due by the end of Saturday 1 August 2026.
    ");
    let unbooked = case.replace("scheduled = \"2026-08-01\"", "");
    insta::assert_snapshot!(part(&page(BEDROOM, &unbooked, "C3"), COUNTED), @r"
    6 months after Wednesday 20 May 2026: the same day of the month.
    Due by the end of Friday 20 November 2026.
    ");
}

#[test]
fn ahead_of_a_conference_days_are_counted_back() {
    let rule = r#"
        id = "report"
        title = "Report five working days before the review"
        [rule.ahead]
        of = { event = "conference" }
        by = "5 working days"
        require = { event = "report" }
    "#;
    let case = r#"
        as_of = "2026-04-20"
        periods = [{ kind = "plan", id = "P1", from = "2026-01-05" }]
        events = [
          { kind = "conference", id = "C1", occurred = "2026-04-10" },
          { kind = "conference", id = "C2", scheduled = "2026-06-29" },
        ]
    "#;
    let text = page(rule, case, "C1");
    insta::assert_snapshot!(part(&text, COUNTED), @r"
    5 working days before Friday 10 April 2026; weekends, bank holidays and
      closures do not count.
    left out: Friday 3 April 2026, Good Friday
    left out: Saturday 4 April and Sunday 5 April 2026, a weekend
    left out: Monday 6 April 2026, Easter Monday
    Due by the end of Wednesday 1 April 2026.
    ");
    insta::assert_snapshot!(part(&text, "What opened it"), @r"
    It looks ahead to the conference C1, held on Friday 10 April 2026; it opened
      with the plan, on Monday 5 January 2026.
    ");
    insta::assert_snapshot!(part(&text, "How it ended"), @r"
    The conference C1 was held on Friday 10 April 2026, and nothing had answered
      this.
    ");
    insta::assert_snapshot!(part(&page(rule, case, "C2"), "What opened it"), @r"
    It looks ahead to the conference C2, booked for Monday 29 June 2026; it opened
      with the conference before it, on Friday 10 April 2026.
    ");
}
