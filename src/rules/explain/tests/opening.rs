//! What opened it.

use super::{CHILD_SEEN, page, part};

const OPENED: &str = "What opened it";
/// What is asked after two visits without access.
const NO_ACCESS: &str = r#"
    id = "no-access"
    title = "No access on two consecutive visits: action is agreed"
    [rule.run]
    over = { event = "visit" }
    failing = "access == 'refused'"
    count = 2
    within = "1 working day"
    require = { event = "action_agreed", where = "with_police" }
"#;

#[test]
fn the_failures_of_a_run_are_named_those_after_it_too() {
    let case = r#"
        as_of = "2026-06-10"
        periods = [{ kind = "plan", id = "P1", from = "2026-04-01" }]
        events = [
          { kind = "visit", id = "V1", occurred = "2026-05-20", attributes = { access = "refused" } },
          { kind = "visit", id = "V2", occurred = "2026-05-22", attributes = { access = "refused" } },
          { kind = "visit", id = "V3", occurred = "2026-05-29", attributes = { access = "refused" } },
          { kind = "action_agreed", id = "A0", occurred = "2026-05-22", attributes = { with_police = "N" } },
          { kind = "action_agreed", id = "A1", occurred = "2026-05-26", recorded = "2026-06-04", attributes = { with_police = "Y" } },
        ]
    "#;
    insta::assert_snapshot!(page(NO_ACCESS, case, "V2"));
    let without = NO_ACCESS.replace(
        "require = { event = \"action_agreed\", where = \"with_police\" }",
        "",
    );
    insta::assert_snapshot!(part(&page(&without, case, "V2"), "What would answer it"), @r"
    The next visit, unless access is 'refused', now; it was due by Tuesday 26 May
      2026.
    ");
}

#[test]
fn a_failure_is_told_though_what_answered_bears_its_id() {
    let rule = &NO_ACCESS.replace(", where = \"with_police\"", "");
    let case = r#"
        as_of = "2026-06-10"
        periods = [{ kind = "plan", id = "P1", from = "2026-04-01" }]
        events = [
          { kind = "visit", id = "7", occurred = "2026-05-20", attributes = { access = "refused" } },
          { kind = "visit", id = "8", occurred = "2026-05-22", attributes = { access = "refused" } },
          { kind = "action_agreed", id = "7", occurred = "2026-05-26" },
        ]
    "#;
    let text = page(rule, case, "8");
    insta::assert_snapshot!(part(&text, OPENED), @r"
    The visit 8, Friday 22 May 2026, opened it, in a row with 7 on Wednesday 20
      May 2026.
    ");
    insta::assert_snapshot!(part(&text, "How it ended"), @"  The action agreed 7, Tuesday 26 May 2026, answered it in time.");
}

#[test]
fn a_cycle_opens_with_the_plan_or_with_the_visit_before() {
    let case = r#"
        as_of = "2026-06-10"
        periods = [{ kind = "plan", id = "P1", from = "2026-04-01" }]
        events = [{ kind = "visit", id = "V1", occurred = "2026-04-20T10:30", attributes = { child_seen = "Y" } }]
    "#;
    insta::assert_snapshot!(part(&page(CHILD_SEEN, case, "P1"), OPENED), @"  The plan P1 opened it on Wednesday 1 April 2026.");
    insta::assert_snapshot!(part(&page(CHILD_SEEN, case, "V1"), OPENED), @"  The visit V1, Monday 20 April 2026, answered the one before, and opened this.");
}

#[test]
fn what_is_booked_too_late_is_said_at_once() {
    let case = r#"
        as_of = "2026-04-02"
        periods = [{ kind = "plan", id = "P1", from = "2026-04-01" }]
        events = [{ kind = "visit", id = "V1", scheduled = "2026-05-20", attributes = { child_seen = "Y" } }]
    "#;
    let text = page(CHILD_SEEN, case, "P1");
    insta::assert_snapshot!(part(&text, "What would answer it"), @r"
    Visit the child, and see them (a visit where child seen is yes), by Wednesday
      29 April 2026; one is booked for Wednesday 20 May 2026, which is too late.
    ");
    assert!(
        text.contains("\nDue by Wednesday 29 April 2026, and what is booked comes later.\n"),
        "{text}"
    );
}
