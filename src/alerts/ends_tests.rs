//! SPEC 7, The end: closings and re-openings of one obligation.

use super::life::{Life, at_local, show};
use super::testing::day;
use super::*;
use crate::mail::Closing;

#[test]
fn what_waits_for_a_digest_is_not_told_where_the_obligation_closes_before_it() {
    let mut life = Life::standard();
    life.digests
        .insert("key@example.org".into(), day("2026-11-17"));
    assert_eq!(life.pass("11-17 10:00"), "team: digest 2");
    assert_eq!(
        life.pass_closed("11-18 09:00", Closing::MetLate),
        "team: digest closed"
    );
}

#[test]
fn who_takes_it_for_closed_is_told_that_it_is_open_again_however_often_it_closed_meanwhile() {
    let mut life = Life::standard();
    life.pass("11-09 09:00");
    assert_eq!(
        life.pass_closed("11-10 09:00", Closing::MetLate),
        "key: digest closed"
    );
    assert_eq!(life.pass("11-10 10:00"), "");
    assert_eq!(life.pass_closed("11-10 11:00", Closing::Withdrawn), "");
    assert_eq!(life.pass("11-10 12:00"), "");
    assert_eq!(life.pass("11-11 09:00"), "key: digest reopened");
}

#[test]
fn a_closing_is_told_with_the_due_day_and_the_case_as_the_record_has_them_by_then() {
    let mut life = Life::standard();
    life.pass("11-09 09:00");
    life.span.due = day("2026-11-20");
    // Its digest of the day has gone: the closing waits.
    let waits = life.close_at(at_local("11-09 12:00"), Closing::Met);
    assert_eq!(
        (show(&waits), waits.alert.due),
        (String::new(), day("2026-11-20"))
    );
    life.span.due = day("2026-11-18");
    let told = life.close_at(at_local("11-10 09:00"), Closing::MetLate);
    assert_eq!(
        (show(&told), told.alert.due),
        ("key: digest closed".to_owned(), day("2026-11-18"))
    );
    assert!(matches!(
        told.alert.phase,
        Phase::Closed {
            reason: Closing::MetLate,
            ..
        }
    ));
}

#[test]
fn the_closing_is_told_once_in_the_next_digest_to_all_who_were_told() {
    for reason in Closing::ALL {
        let mut life = Life::standard();
        life.pass("11-09 09:00");
        life.pass("11-17 09:00");
        // The digests of the 17th have gone.
        assert_eq!(life.pass_closed("11-17 12:00", reason), "");
        assert_eq!(life.pass_closed("11-18 07:00", reason), "");
        assert_eq!(
            life.pass_closed("11-18 08:00", reason),
            "key: digest closed; team: digest closed"
        );
        assert_eq!(life.pass_closed("11-19 08:00", reason), "");
        let phase = life.alert.unwrap().phase;
        let day = day("2026-11-17");
        assert_eq!(phase, Phase::Closed { reason, day });
    }
}

#[test]
fn the_closing_is_not_told_to_an_address_that_never_took_a_message() {
    let mut life = Life::standard();
    life.pass("11-17 09:00");
    life.refused.insert("key@example.org".into());
    assert_eq!(
        life.pass_closed("11-18 09:00", Closing::MetLate),
        "team: digest closed"
    );
}

#[test]
fn one_that_is_open_again_goes_on_where_its_ladder_stood() {
    let mut life = Life::standard();
    life.pass("11-09 09:00");
    life.pass("11-17 09:00");
    life.pass_closed("11-18 09:00", Closing::Withdrawn);
    assert_eq!(
        life.pass("11-20 09:00"),
        "key: digest reopened; team: digest reopened"
    );
    assert_eq!(life.pass("11-23 09:00"), "service: digest 3");
    assert_eq!(
        life.pass_closed("11-24 09:00", Closing::MetLate),
        "key: digest closed; service: digest closed; team: digest closed"
    );
}

#[test]
fn who_was_not_told_of_the_closing_is_not_told_of_the_reopening() {
    let mut life = Life::standard();
    life.pass("11-17 09:00");
    assert_eq!(life.pass_closed("11-17 12:00", Closing::MetLate), "");
    assert_eq!(life.pass("11-18 09:00"), "");
}

#[test]
fn an_acknowledgement_never_holds_back_a_closing() {
    let mut life = Life::standard();
    life.pass("11-09 09:00");
    life.acknowledged = Some(day("2026-12-31"));
    life.pass("11-17 09:00");
    assert_eq!(
        life.pass_closed("11-18 09:00", Closing::MetLate),
        "key: digest closed"
    );
}

#[test]
fn a_step_that_waits_for_a_digest_is_told_although_it_was_closed_for_a_while() {
    let mut life = Life::standard();
    life.pass("11-09 09:00");
    let today = day("2026-11-17");
    life.digests.insert("key@example.org".into(), today);
    assert_eq!(life.pass("11-17 09:00"), "team: digest 2");
    assert_eq!(life.pass_closed("11-17 12:00", Closing::MetLate), "");
    assert_eq!(life.pass("11-17 13:00"), "");
    assert_eq!(life.pass("11-18 09:00"), "key: digest 2");
}

#[test]
fn a_closing_that_nobody_has_heard_of_is_told_as_it_stands_by_then() {
    let mut life = Life::standard();
    life.pass("11-09 09:00");
    assert_eq!(life.pass_closed("11-09 12:00", Closing::Met), "");
    assert_eq!(
        life.pass_closed("11-10 09:00", Closing::Withdrawn),
        "key: digest closed"
    );
    let reason = Closing::Withdrawn;
    let day = day("2026-11-10");
    assert_eq!(life.alert.unwrap().phase, Phase::Closed { reason, day });
}
