//! SPEC 7, sentence by sentence: one obligation through passes, acknowledgements and changes.

use std::collections::BTreeSet;

use super::life::{Life, STANDARD, ladder, show};
use super::testing::{day, instant};
use super::*;
use crate::mail::Closing;

#[test]
fn each_step_is_told_once_to_its_own_people_as_it_falls() {
    let mut life = Life::standard();
    assert_eq!(life.pass("11-06 09:00"), "");
    assert_eq!(life.pass("11-09 09:00"), "key: digest 1");
    assert_eq!(life.pass("11-09 09:15"), "");
    assert_eq!(life.pass("11-16 09:00"), "");
    assert_eq!(life.pass("11-17 09:00"), "key: digest 2; team: digest 2");
    assert_eq!(life.pass("11-23 09:00"), "service: digest 3");
    assert_eq!(life.pass("11-30 09:00"), "head: digest 4");
    assert_eq!(life.pass("12-01 09:00"), "");
}

#[test]
fn out_of_sending_hours_nothing_is_queued() {
    let mut life = Life::standard();
    assert_eq!(life.pass("11-09 00:00"), "");
    assert_eq!(life.pass("11-09 07:59"), "");
    assert_eq!(life.pass("11-09 18:00"), "");
    assert_eq!(life.pass("11-10 08:00"), "key: digest 1");
    // The due day moves to a Friday, and the second step falls on a Saturday.
    life.span.due = day("2026-11-20");
    assert_eq!(life.pass("11-21 12:00"), "");
    assert_eq!(life.pass("11-23 08:00"), "key: digest 2; team: digest 2");
}

#[test]
fn steps_that_fell_since_the_last_pass_are_all_told_in_the_next_one() {
    let mut life = Life::standard();
    assert_eq!(
        life.pass("11-23 09:00"),
        "key: digest 1 2; service: digest 3; team: digest 2"
    );
    assert_eq!(life.pass("11-24 09:00"), "");
}

#[test]
fn a_repeat_is_told_once_a_turn_and_missed_ones_as_one() {
    let mut life = Life::standard();
    life.pass("11-30 09:00");
    assert_eq!(life.pass("12-04 09:00"), "");
    assert_eq!(life.pass("12-07 09:00"), "head: digest 4/1");
    assert_eq!(life.pass("12-07 12:00"), "");
    assert_eq!(life.pass("12-08 09:00"), "");
    // Two more turns fell on the 14th and the 21st.
    assert_eq!(life.pass("12-22 09:00"), "head: digest 4/3");
    assert_eq!(life.pass("12-23 09:00"), "");
    let standing = life.alert.unwrap().standing;
    assert_eq!((standing.turn, standing.repeats), (3, 2));
}

#[test]
fn a_step_that_is_first_seen_after_its_turns_is_told_once() {
    let mut life = Life::standard();
    assert_eq!(
        life.pass("12-08 09:00"),
        "head: digest 4/1; key: digest 1 2; service: digest 3; team: digest 2"
    );
    assert_eq!(life.pass("12-09 09:00"), "");
}

const NOW: &str = r#"
[[ladder]]
id = "now"
[[ladder.step]]
at = "due - 5 working days"
to = ["key_worker"]
[[ladder.step]]
at = "due + 1 day"
to = ["key_worker", "team_manager"]
send = "now"
"#;

#[test]
fn what_is_told_now_is_one_message_and_not_repeated_in_the_digest() {
    let mut life = Life::new(NOW);
    life.pass("11-10 09:00");
    assert_eq!(life.pass("11-17 07:00"), "");
    assert_eq!(life.pass("11-17 08:00"), "key: now 2; team: now 2");
    assert_eq!(life.pass("11-18 08:00"), "");
}

#[test]
fn who_is_on_several_steps_sees_the_obligation_once() {
    let mut life = Life::new(NOW);
    assert_eq!(life.pass("11-17 08:00"), "key: now 1 2; team: now 2");
    assert_eq!(life.pass("11-18 08:00"), "");
}

#[test]
fn a_ladder_of_always_is_sent_at_any_hour_as_now() {
    let mut life = Life::new(&NOW.replace("id = \"now\"", "id = \"now\"\nhours = \"always\""));
    assert_eq!(life.pass("11-08 23:59"), "");
    assert_eq!(life.pass("11-09 00:00"), "key: now 1");
    assert_eq!(life.pass("11-17 03:00"), "key: now 2; team: now 2");
}

#[test]
fn hours_after_an_instant_are_told_from_that_instant() {
    let mut life = Life::new(
        r#"
[[ladder]]
id = "hours"
[[ladder.step]]
at = "opened + 4 hours"
to = ["key_worker"]
send = "now"
"#,
    );
    life.span.opened.at = Some(instant("2026-11-02T10:30:00Z"));
    assert_eq!(life.pass("11-02 14:29"), "");
    assert_eq!(life.pass("11-02 14:30"), "key: now 1");
}

#[test]
fn what_comes_up_after_the_days_digest_waits_for_the_next_days() {
    let mut life = Life::standard();
    life.digests
        .insert("key@example.org".into(), day("2026-11-17"));
    // The team manager has had none; the key worker has.
    assert_eq!(life.pass("11-17 10:00"), "team: digest 2");
    assert_eq!(life.pass("11-17 11:00"), "");
    assert_eq!(life.pass("11-18 07:00"), "");
    assert_eq!(life.pass("11-18 08:00"), "key: digest 1 2");
    assert_eq!(life.pass("11-19 08:00"), "");
}

#[test]
fn where_the_due_day_moves_later_steps_that_fall_after_today_are_armed_again() {
    let mut life = Life::standard();
    life.pass("11-09 09:00");
    assert_eq!(life.pass("11-17 09:00"), "key: digest 2; team: digest 2");
    life.span.due = day("2026-11-30");
    assert_eq!(life.pass("11-18 09:00"), "");
    // Due - 5 working days is the 23rd now, due + 1 day the first of December.
    assert_eq!(life.pass("11-23 09:00"), "key: digest 1");
    assert_eq!(life.pass("12-01 09:00"), "key: digest 2; team: digest 2");
    assert_eq!(life.pass("12-02 09:00"), "");
}

#[test]
fn a_step_that_by_the_new_day_fell_before_today_stays_told() {
    let mut life = Life::standard();
    life.pass("11-09 09:00");
    life.span.due = day("2026-11-18");
    // By the new day the first step fell on the 11th.
    assert_eq!(life.pass("11-12 09:00"), "");
    assert_eq!(life.pass("11-19 09:00"), "key: digest 2; team: digest 2");
}

#[test]
fn where_the_due_day_moves_earlier_what_now_lies_behind_is_told_at_once() {
    let mut life = Life::standard();
    life.pass("11-09 09:00");
    life.span.due = day("2026-11-09");
    assert_eq!(life.pass("11-10 09:00"), "key: digest 2; team: digest 2");
}

#[test]
fn what_was_told_for_a_due_day_is_not_told_again_when_it_comes_back() {
    let mut life = Life::standard();
    life.pass("11-09 09:00");
    life.pass("11-17 09:00");
    life.span.due = day("2026-12-07");
    assert_eq!(life.pass("11-18 09:00"), "");
    life.span.due = day("2026-11-16");
    assert_eq!(life.pass("11-19 09:00"), "");
    assert_eq!(life.pass("11-23 09:00"), "service: digest 3");
}

#[test]
fn a_step_that_reaches_nobody_goes_up_in_the_same_pass() {
    let mut life = Life::standard();
    life.fill("key_worker", &[]);
    life.fill("team_manager", &[]);
    // The next step that reaches someone is the third; it is still told on its own day.
    let outcome = life.outcome("11-09 09:00");
    assert_eq!(show(&outcome), "service: digest 1^");
    assert_eq!(outcome.holes[0].instead, Instead::Above(3));
    assert_eq!(life.pass("11-17 09:00"), "service: digest 2^");
    assert_eq!(life.pass("11-23 09:00"), "service: digest 3");
}

#[test]
fn where_no_step_above_reaches_anyone_operations_are_told_in_its_stead() {
    let mut life = Life::standard();
    for role in [
        "key_worker",
        "team_manager",
        "service_manager",
        "head_of_service",
    ] {
        life.fill(role, &[]);
    }
    let outcome = life.outcome("11-09 09:00");
    assert_eq!(outcome.tellings, []);
    assert_eq!(outcome.holes.len(), 1);
    assert_eq!(outcome.holes[0].instead, Instead::Operations);
    // It counts as told: who is reachable later is told the steps that fall then.
    life.fill("key_worker", &["key"]);
    assert_eq!(life.pass("11-10 09:00"), "");
    assert_eq!(life.pass("11-17 09:00"), "key: digest 2");
}

#[test]
fn a_role_that_reaches_nobody_beside_others_is_reported_and_does_not_go_up() {
    let mut life = Life::standard();
    life.pass("11-09 09:00");
    life.fill("team_manager", &[]);
    let outcome = life.outcome("11-17 09:00");
    assert_eq!(show(&outcome), "key: digest 2");
    assert_eq!(
        outcome.holes,
        [Hole {
            step: 2,
            roles: vec![To::TeamManager],
            instead: Instead::Others
        }]
    );
}

#[test]
fn a_step_whose_addresses_all_refused_it_goes_up_as_that_step() {
    let mut life = Life::standard();
    life.pass("11-09 09:00");
    life.unreached.push(Unreached {
        step: 1,
        repeat: 0,
        tried: BTreeSet::from(["key@example.org".to_owned()]),
        baseline: false,
    });
    assert_eq!(life.pass("11-09 09:15"), "team: digest 1^");
}

#[test]
fn what_was_told_as_a_baseline_goes_up_as_one_and_in_sending_hours() {
    let mut life =
        Life::new(&STANDARD.replace("id = \"standard\"", "id = \"standard\"\nhours = \"always\""));
    life.pass("11-09 09:00");
    life.unreached.push(Unreached {
        step: 1,
        repeat: 0,
        tried: BTreeSet::from(["key@example.org".to_owned()]),
        baseline: true,
    });
    assert_eq!(life.pass("11-09 20:05"), "");
    assert_eq!(life.pass("11-10 08:00"), "team: baseline 1^");
}

#[test]
fn a_step_that_was_told_to_its_people_is_no_hole_when_they_have_gone() {
    let mut life = Life::standard();
    life.pass("11-09 09:00");
    life.fill("key_worker", &[]);
    assert_eq!(life.outcome("11-10 09:00").holes, []);
    // The next step is told without its key worker, and stays a hole.
    for day in ["11-17 09:00", "11-18 09:00"] {
        let holes = life.outcome(day).holes;
        assert_eq!(holes.len(), 1, "{holes:?}");
        assert_eq!((holes[0].step, holes[0].instead), (2, Instead::Others));
    }
}

#[test]
fn an_acknowledgement_holds_back_steps_and_repeats_through_its_day() {
    let mut life = Life::standard();
    life.pass("11-09 09:00");
    life.acknowledged = Some(day("2026-11-23"));
    assert_eq!(life.pass("11-17 09:00"), "");
    assert_eq!(life.pass("11-23 17:00"), "");
    assert_eq!(
        life.pass("11-24 09:00"),
        "key: digest 2; service: digest 3; team: digest 2"
    );
}

#[test]
fn what_is_already_overdue_at_a_baseline_is_told_in_one_digest_at_every_step_reached() {
    let mut life = Life::new(&NOW.replace("id = \"now\"", "id = \"now\"\nhours = \"always\""));
    life.alert = Some(Alert {
        hold: Some(Hold::Baseline),
        ..Alert::new(&life.duty(day("2026-11-21")))
    });
    assert_eq!(life.pass("11-21 12:00"), "");
    assert_eq!(
        life.pass("11-23 08:00"),
        "key: baseline 1 2; team: baseline 2"
    );
    assert_eq!(life.pass("11-24 08:00"), "");
}

#[test]
fn what_the_flood_guard_holds_is_told_as_a_baseline_once_released() {
    let mut life = Life::standard();
    life.pass("11-09 09:00");
    life.alert.as_mut().unwrap().hold = Some(Hold::Flood);
    assert_eq!(life.pass("11-17 09:00"), "");
    assert_eq!(life.pass("11-23 09:00"), "");
    life.alert.as_mut().unwrap().hold = Some(Hold::Baseline);
    // A released digest does not wait for the next day's.
    life.digests
        .insert("team@example.org".into(), day("2026-11-23"));
    assert_eq!(
        life.pass("11-23 09:15"),
        "key: baseline 2; service: baseline 3; team: baseline 2"
    );
}

#[test]
fn what_has_closed_meanwhile_drops_out_of_the_flood() {
    let mut life = Life::standard();
    life.pass("11-09 09:00");
    life.alert.as_mut().unwrap().hold = Some(Hold::Flood);
    life.pass("11-17 09:00");
    assert_eq!(
        life.pass_closed("11-18 09:00", Closing::MetLate),
        "key: digest closed"
    );
    assert_eq!(life.alert.unwrap().hold, None);
}

#[test]
fn where_a_ladder_has_changed_the_steps_up_to_the_highest_told_count_as_told() {
    let mut life = Life::standard();
    life.pass("11-17 09:00");
    // A new second step pushes the old ones up by one: 1 to 3 of five steps; two were told.
    life.ladder = ladder(&STANDARD.replacen(
        "[[ladder.step]]\nat = \"due + 1 day\"",
        "[[ladder.step]]\nat = \"due\"\nto = [\"head_of_service\"]\n\
         [[ladder.step]]\nat = \"due + 1 day\"",
        1,
    ));
    assert_eq!(life.pass("11-18 09:00"), "key: digest 3; team: digest 3");
    assert_eq!(life.pass("11-23 09:00"), "service: digest 4");
}

#[test]
fn a_ladder_cut_short_after_its_last_step_was_told_goes_on_with_its_next_turn() {
    let mut life = Life::standard();
    life.pass("11-30 09:00");
    life.pass("12-07 09:00");
    life.ladder = ladder(&STANDARD.replace("repeat = \"5 working days\"", "repeat = \"1 week\""));
    assert_eq!(life.pass("12-08 09:00"), "");
    assert_eq!(life.pass("12-14 09:00"), "head: digest 4/2");
}

#[test]
fn a_ladder_cut_short_and_made_long_again_tells_nothing_twice() {
    let mut life = Life::standard();
    life.pass("11-30 09:00");
    let long = life.ladder.clone();
    let (short, _) = STANDARD.split_at(STANDARD.rfind("[[ladder.step]]").unwrap());
    let (short, _) = short.split_at(short.rfind("[[ladder.step]]").unwrap());
    life.ladder = ladder(short);
    assert_eq!(life.pass("12-01 09:00"), "");
    life.ladder = long;
    assert_eq!(life.pass("12-02 09:00"), "");
    assert_eq!(life.pass("12-07 09:00"), "head: digest 4/1");
}
