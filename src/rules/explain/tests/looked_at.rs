//! What was looked at and did not answer it, and what would.

use super::{CHILD_SEEN, FIRST_CORE_GROUP, page, part};

const LOOKED_AT: &str = "What was looked at and did not answer it";
const WOULD: &str = "What would answer it";

#[test]
fn what_lies_before_is_named_only_where_it_would_else_have_answered() {
    let case = r#"
        as_of = "2026-06-15"
        periods = [{ kind = "plan", id = "P1", from = "2026-03-02" }]
        events = [
          { kind = "conference", id = "C1", occurred = "2026-03-20", attributes = { kind = "initial" } },
          { kind = "core_group", id = "G0", occurred = "2026-02-27" },
          { kind = "core_group", id = "G1", occurred = "2026-03-10" },
          { kind = "core_group", id = "G2", occurred = "2026-03-12", attributes = { cancelled = true } },
          { kind = "core_group", id = "G3", scheduled = "2026-03-25", attributes = { cancelled = true } },
          { kind = "core_group", id = "G4", scheduled = "2026-03-27" },
          { kind = "core_group", id = "G5", scheduled = "2026-06-27" },
        ]
    "#;
    let text = page(FIRST_CORE_GROUP, case, "C1");
    insta::assert_snapshot!(part(&text, LOOKED_AT), @r"
    core group G0, Friday 27 February 2026: it lies before the plan P1
    core group G1, Tuesday 10 March 2026: it lies before the conference C1
    core group G3, Wednesday 25 March 2026: it was cancelled
    core group G4, Friday 27 March 2026: it was booked for that day, and is not
      recorded as held
    ");
    insta::assert_snapshot!(part(&text, WOULD), @r"
    A core group, now; it was due by Tuesday 7 April 2026; one is booked for
      Saturday 27 June 2026, which is too late.
    ");
}

#[test]
fn in_a_chain_the_visits_of_the_cycle_before_are_not_told_again() {
    let case = r#"
        as_of = "2026-06-10"
        periods = [{ kind = "plan", id = "P1", from = "2026-04-01" }]
        events = [
          { kind = "visit", id = "V1", occurred = "2026-04-20", attributes = { child_seen = "Y" } },
          { kind = "visit", id = "V2", occurred = "2026-05-01", attributes = { child_seen = "Y" } },
          { kind = "visit", id = "V3", occurred = "2026-05-20", attributes = { child_seen = "N" } },
          { kind = "visit", id = "V4", scheduled = "2026-06-20" },
        ]
    "#;
    let text = page(CHILD_SEEN, case, "V2");
    insta::assert_snapshot!(part(&text, LOOKED_AT), @r"
    visit V3, Wednesday 20 May 2026: child seen is no
    visit V4, Saturday 20 June 2026: it is booked, and not held yet
    ");
    insta::assert_snapshot!(part(&text, WOULD), @r"
    Visit the child, and see them (a visit where child seen is yes), now; it was
      due by Friday 29 May 2026.
    ");
}

#[test]
fn a_less_frequent_visit_that_nobody_authorised_is_told_as_passed_over() {
    let case = r#"
        as_of = "2026-06-10"
        periods = [
          { kind = "plan", id = "P1", from = "2026-04-01" },
          { kind = "variation", id = "A1", from = "2026-04-10", attributes = { topic = "child_seen", every = "8 weeks" } },
        ]
    "#;
    insta::assert_snapshot!(part(&page(CHILD_SEEN, case, "P1"), LOOKED_AT), @r"
    variation A1, Friday 10 April 2026: it asks for 8 weeks, which is less often
      than 4 weeks, and nobody authorised it
    ");
}

#[test]
fn what_a_record_lacks_is_named() {
    let rule = r#"
        id = "visit-record"
        title = "A visit's record says whether the child was spoken to, and alone, or why not"
        [rule.check]
        on = { event = "visit" }
        that = "(spoken_to || reason != null) && alone != null"
    "#;
    let case = r#"
        as_of = "2026-06-01"
        periods = [{ kind = "plan", id = "P1", from = "2026-04-01" }]
        events = [{ kind = "visit", id = "V1", occurred = "2026-05-20", attributes = { spoken_to = "N" } }]
    "#;
    let text = page(rule, case, "V1");
    insta::assert_snapshot!(part(&text, LOOKED_AT), @r"
    visit V1, Wednesday 20 May 2026: spoken to is no and reason is not recorded;
      alone is not recorded
    ");
    insta::assert_snapshot!(part(&text, WOULD), @r"
    The record of the visit V1 put right, so that (spoken to is yes or reason is
      recorded) and alone is recorded, now; it was due by Wednesday 20 May 2026.
    ");
}

#[test]
fn what_is_recorded_is_said_only_of_flags_and_numbers() {
    let rule = r#"
        id = "visit-record"
        title = "A visit's record"
        [rule.check]
        on = { event = "visit" }
        that = "age >= 10 && reason == 'ill' && access in ['yes', 'no'] && alone > 2 && !spoken_to"
    "#;
    let case = r#"
        as_of = "2026-06-01"
        born = "2020-01-01"
        periods = [{ kind = "plan", id = "P1", from = "2026-04-01" }]
        events = [{ kind = "visit", id = "V1", occurred = "2026-05-20", attributes = { reason = "free text", access = "more of it", alone = 1, spoken_to = "Y" } }]
    "#;
    let text = page(rule, case, "V1");
    assert!(
        !text.contains("free text") && !text.contains("more of it"),
        "{text}"
    );
    insta::assert_snapshot!(part(&text, LOOKED_AT), @r"
    visit V1, Wednesday 20 May 2026: the child's age is less than 10; reason is
      not 'ill'; access is not one of 'yes', 'no'; alone is 1, not more than 2;
      spoken to is yes
    ");
    let unborn = case.replace("born = \"2020-01-01\"\n", "");
    assert!(page(rule, &unborn, "V1").contains(": the child's age is not known;"));
}

#[test]
fn what_is_about_another_is_named() {
    let rule = r#"
        id = "notes-circulated"
        title = "Notes circulated within five working days"
        [rule.deadline]
        after = { event = "core_group" }
        within = "5 working days"
        require = { event = "minutes_circulated" }
        linked = true
    "#;
    let case = r#"
        as_of = "2026-06-15"
        periods = [{ kind = "plan", id = "P1", from = "2026-03-02" }]
        events = [
          { kind = "core_group", id = "G1", occurred = "2026-06-01" },
          { kind = "minutes_circulated", id = "M1", occurred = "2026-06-03", about = "G0" },
          { kind = "minutes_circulated", id = "M2", occurred = "2026-06-04" },
        ]
    "#;
    let text = page(rule, case, "G1");
    insta::assert_snapshot!(part(&text, LOOKED_AT), @r"
    minutes circulated M1, Wednesday 3 June 2026: it is about G0, not about G1
    minutes circulated M2, Thursday 4 June 2026: it does not say that it is about
      G1
    ");
    insta::assert_snapshot!(part(&text, WOULD), @r"
    Minutes circulated, about the core group G1, now; it was due by Monday 8 June
      2026.
    ");
}
