//! Whom roles and addresses reach (SPEC 7, Who).

use super::*;
use crate::alerts::testing::{Case, day};

/// Who a list of roles reaches, as "address: role", with cover and the roles that reach nobody.
fn who(case: &Case, to: &str) -> String {
    case.with_recipients(day("2026-11-03"), |recipients| {
        let to: Vec<To> = to
            .split(' ')
            .map(|name| match name.strip_prefix("mailto:") {
                Some(address) => To::Address(address.parse().unwrap()),
                None => To::named(name).unwrap_or_else(|| To::Named(name.to_owned())),
            })
            .collect();
        let people = recipients.of_step(&to);
        let mut lines: Vec<String> = people
            .reached
            .iter()
            .map(|r| {
                let name = r.address.as_str().split('@').next().unwrap_or_default();
                match &r.why.covering {
                    Some(covering) => format!("{name} for {covering}"),
                    None => name.to_owned(),
                }
            })
            .collect();
        lines.extend(people.empty.iter().map(|to| format!("nobody as {to}")));
        lines.join(", ")
    })
}

#[test]
fn the_roles_go_up_from_the_key_worker() {
    let case = Case::standard();
    assert_eq!(who(&case, "key_worker"), "anna");
    assert_eq!(who(&case, "team_manager"), "tom");
    assert_eq!(who(&case, "service_manager"), "sara");
    assert_eq!(who(&case, "head_of_service"), "hugo");
    assert_eq!(
        who(&case, "key_worker mailto:duty@example.org key_worker"),
        "anna, duty"
    );
}

#[test]
fn of_several_key_workers_all_are_told_and_the_latest_starting_ones_manager() {
    let mut case = Case::standard();
    case.period("key_worker", "K2", "2026-06-01", None, "ben");
    assert_eq!(who(&case, "key_worker"), "anna, ben");
    // Ben names no manager, so it is the manager of his team.
    assert_eq!(who(&case, "team_manager"), "nora");
    assert_eq!(who(&case, "service_manager"), "sara");
}

#[test]
fn who_is_key_worker_twice_stands_where_the_latest_of_the_periods_does() {
    let mut case = Case::standard();
    case.period("key_worker", "K2", "2026-06-01", None, "ben");
    case.period("key_worker", "K3", "2026-07-01", None, "anna");
    assert_eq!(who(&case, "key_worker"), "ben, anna");
    assert_eq!(who(&case, "team_manager"), "tom");
}

#[test]
fn a_key_worker_period_counts_on_its_last_day_and_not_before_its_first() {
    let mut case = Case::standard();
    case.periods.clear();
    case.period(
        "key_worker",
        "K0",
        "2026-01-01",
        Some("2026-11-02"),
        "carol",
    );
    case.period("key_worker", "K1", "2026-01-01", Some("2026-11-03"), "anna");
    case.period("key_worker", "K2", "2026-11-04", None, "ben");
    assert_eq!(who(&case, "key_worker"), "anna");
}

#[test]
fn without_a_key_worker_the_childs_team_decides() {
    let mut case = Case::standard();
    case.periods.clear();
    assert_eq!(
        who(
            &case,
            "key_worker team_manager service_manager head_of_service"
        ),
        "nora, sara, hugo, nobody as key_worker"
    );
    case.team = None;
    assert_eq!(who(&case, "team_manager"), "nobody as team_manager");
}

#[test]
fn while_one_who_is_told_is_away_everyone_who_stands_in_is_told_as_well() {
    let mut case = Case::standard();
    case.period("absence", "A1", "2026-11-01", Some("2026-11-03"), "anna");
    case.period("cover", "C1", "2026-11-02", None, "carol");
    case.period("cover", "C2", "2026-11-03", None, "ben");
    case.period("cover", "C3", "2026-10-01", Some("2026-11-02"), "tom");
    assert_eq!(
        who(&case, "key_worker"),
        "anna, carol for Anna Archer, ben for Anna Archer"
    );
    // Tom is not away.
    assert_eq!(who(&case, "team_manager"), "tom");
}

#[test]
fn cover_is_told_even_where_the_one_away_cannot_be_reached() {
    let mut case = Case::standard();
    case.staff.people.get_mut("anna").unwrap().email = None;
    case.period("absence", "A1", "2026-11-01", None, "anna");
    case.period("cover", "C1", "2026-11-02", None, "carol");
    assert_eq!(who(&case, "key_worker"), "carol for Anna Archer");
}

#[test]
fn who_has_no_address_or_one_that_fails_is_not_reached() {
    let mut case = Case::standard();
    case.staff.people.get_mut("anna").unwrap().email = Some("not an address".into());
    case.unusable.insert("tom@example.org".into());
    assert_eq!(
        who(&case, "key_worker team_manager service_manager"),
        "sara, nobody as key_worker, nobody as team_manager"
    );
}

#[test]
fn a_role_of_the_sites_own_is_a_list_of_people_and_addresses() {
    let mut case = Case::standard();
    case.roles.insert(
        "chair".into(),
        vec![
            "carol".into(),
            "mailto:CHAIR@example.org".into(),
            "unknown".into(),
        ],
    );
    assert_eq!(who(&case, "chair"), "CHAIR, carol");
    assert_eq!(who(&case, "other"), "nobody as other");
}

#[test]
fn one_mailbox_is_told_once_however_it_is_written() {
    let case = Case::standard();
    assert_eq!(who(&case, "key_worker mailto:Anna@Example.org"), "anna");
}
