//! How it ended.

use super::{CHILD_SEEN, FIRST_CORE_GROUP, page, part};

const ENDED: &str = "How it ended";

fn first_core_group(plan: &str, events: &str) -> String {
    let case = format!(
        r#"
        as_of = "2026-06-15"
        periods = [{{ kind = "plan", id = "P1", {plan} }}]
        events = [
          {{ kind = "conference", id = "C1", occurred = "2026-03-02", attributes = {{ kind = "initial" }} }},
          {events}
        ]
        "#
    );
    page(FIRST_CORE_GROUP, &case, "C1")
}

#[test]
fn the_end_of_the_plan_is_told_from_the_next_conference() {
    let plan = r#"from = "2026-03-02", to = "2026-04-20""#;
    let later = r#"{ kind = "conference", id = "C2", occurred = "2026-04-01", attributes = { kind = "initial" } }"#;
    insta::assert_snapshot!(part(&first_core_group(plan, ""), ENDED), @"  The plan P1 ended on Monday 20 April 2026, and nothing had answered this.");
    insta::assert_snapshot!(part(&first_core_group(plan, later), ENDED), @r"
    The conference C2 of Wednesday 1 April 2026 opened the next one, and nothing
      had answered this.
    ");
}

#[test]
fn an_end_before_the_due_day_is_told_from_one_on_it() {
    let before = first_core_group(r#"from = "2026-03-02", to = "2026-03-02""#, "");
    insta::assert_snapshot!(part(&before, ENDED), @"  The plan P1 ended on Monday 2 March 2026, before this was due.");
    assert!(before.contains("\nEnded before it was due.\n"), "{before}");
    let on = first_core_group(r#"from = "2026-03-02", to = "2026-03-16""#, "");
    insta::assert_snapshot!(part(&on, ENDED), @"  The plan P1 ended on Monday 16 March 2026, the day on which this was due.");
    assert!(on.contains("\nEnded on the day it was due.\n"), "{on}");
}

#[test]
fn an_id_that_two_kinds_share_is_that_of_what_answered() {
    let text = first_core_group(
        r#"from = "2026-03-02""#,
        r#"
          { kind = "visit", id = "7", occurred = "2026-02-10", recorded = "2026-04-01" },
          { kind = "core_group", id = "7", occurred = "2026-03-10", recorded = "2026-03-12" },
        "#,
    );
    insta::assert_snapshot!(part(&text, ENDED), @r"
    The core group 7, Tuesday 10 March 2026, answered it in time; it was written
      up 2 days later.
    ");
}

#[test]
fn what_was_done_in_time_and_written_up_late_is_told() {
    let case = r#"
        as_of = "2026-06-10"
        periods = [{ kind = "plan", id = "P1", from = "2026-04-01" }]
        events = [{ kind = "visit", id = "V1", occurred = "2026-04-20", recorded = "2026-05-29", attributes = { child_seen = "Y" } }]
    "#;
    insta::assert_snapshot!(part(&page(CHILD_SEEN, case, "P1"), ENDED), @r"
    The visit V1, Monday 20 April 2026, answered it in time; it was written up 39
      days later.
    ");
}

#[test]
fn the_review_that_ends_a_chain_is_named() {
    let rule = r#"
        id = "core-groups"
        title = "Core groups until the first review"
        [rule.interval]
        every = "6 weeks"
        until = { event = "conference", where = "kind == 'review'" }
        require = { event = "core_group" }
    "#;
    let case = r#"
        as_of = "2026-06-10"
        periods = [{ kind = "plan", id = "P1", from = "2026-01-05" }]
        events = [{ kind = "conference", id = "R1", occurred = "2026-03-20", attributes = { kind = "review" } }]
    "#;
    insta::assert_snapshot!(part(&page(rule, case, "P1"), ENDED), @r"
    The conference R1 of Friday 20 March 2026 ended these, and nothing had
      answered this.
    ");
}

#[test]
fn who_covers_again_and_a_record_that_is_as_it_must_be_are_told() {
    let cover = r#"
        id = "key-worker"
        title = "A qualified key worker at all times"
        [rule.cover]
        by = "key_worker"
        where = "qualified"
    "#;
    let case = r#"
        as_of = "2026-06-10"
        periods = [
          { kind = "plan", id = "P1", from = "2026-01-05" },
          { kind = "key_worker", id = "K1", from = "2026-01-08", to = "2026-02-10", attributes = { qualified = "Y" } },
          { kind = "key_worker", id = "K2", from = "2026-02-11", to = "2026-03-10", attributes = { qualified = "N" } },
          { kind = "key_worker", id = "K3", from = "2026-03-05", to = "2026-06-01", attributes = { qualified = "Y" } },
        ]
    "#;
    insta::assert_snapshot!(part(&page(cover, case, "P1"), "What opened it"), @r"
    From Monday 5 January 2026 on there was no key worker where qualified is yes:
      the plan P1 began without one.
    ");
    insta::assert_snapshot!("a_gap_in_cover", page(cover, case, "K1"));
    insta::assert_snapshot!(part(&page(cover, case, "K3"), "What would answer it"), @r"
    A key worker on record where qualified is yes, now; it was due by Tuesday 2
      June 2026.
    ");
    let check = r#"
        id = "key-worker-qualified"
        title = "The key worker is qualified"
        [rule.check]
        on = { period = "key_worker" }
        that = "qualified"
    "#;
    insta::assert_snapshot!(part(&page(check, case, "K1"), ENDED), @"  The record of the key worker K1 is as it must be.");
    insta::assert_snapshot!("a_record_that_is_not_so", page(check, case, "K2"));
}
