//! The made-up authority is the same for the same seed and day, and lies within its months.

use std::collections::BTreeSet;

use super::*;
use crate::calendar::{BankHolidays, Day, Nation, Zone};
use crate::daemon::{Cases, Installation};
use crate::rules::State;
use crate::source::{SyncRequest, sync};
use crate::store::Store;

fn wish(seed: u64) -> Wish {
    Wish {
        seed,
        children: 300,
        months: 18,
        today: Day::from_ymd(2026, 11, 21).unwrap(),
    }
}

fn calendar() -> Calendar {
    let holidays = BankHolidays::shipped().unwrap();
    Calendar::new(Zone::LONDON, Nation::EnglandAndWales, holidays, &[])
}

fn ashmere(seed: u64, children: usize) -> Tables {
    let wish = Wish {
        children,
        ..wish(seed)
    };
    made_up(wish, calendar(), |_| ())
}

#[test]
fn the_same_seed_on_the_same_day_makes_the_same_authority() {
    let first = format!("{:?}", ashmere(1, 40));
    assert_eq!(first, format!("{:?}", ashmere(1, 40)));
    assert_ne!(first, format!("{:?}", ashmere(2, 40)));
}

#[tokio::test]
async fn its_tables_take_all_of_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("cases.db").display());
    let database = Store::connect(&url).await.unwrap();
    let tables = ashmere(7, 300);
    let rows = tables.rows();
    tables.write(&database, |_| ()).await.unwrap();
    let mut tx = database.snapshot().await.unwrap();
    let children = tx.row("SELECT count(*) FROM ssd_person", []).await.unwrap();
    assert!(children.unwrap().int(0).unwrap() >= 300);
    // Nothing has happened that lies ahead.
    let ahead = tx
        .row(
            "SELECT count(*) FROM ssd_cp_visits WHERE cppv_cp_visit_date > '2026-11-22'",
            [],
        )
        .await
        .unwrap();
    assert_eq!(ahead.unwrap().int(0).unwrap(), 0);
    assert!(rows > 8_000, "{rows} rows");
}

/// The states of each rule's obligations, by shape, and the rules that are unmeasured.
async fn states(seed: u64) -> (Vec<(String, &'static str, BTreeSet<State>)>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let demo = folder.path().join("demo");
    let wish = wish(seed);
    let config = prepare(&demo, wish, &Progress::Silent)
        .await
        .unwrap()
        .config;
    let installation = Installation::load(&config).unwrap();
    let authority = &installation.authorities[0];
    let store = Store::open(&installation.settings.store.url).await.unwrap();
    let request = SyncRequest {
        authority: "ashmere",
        profile: &authority.profile,
        zone: Zone::LONDON,
        now: Zone::LONDON.start_of(wish.today).plus_hours(10),
        accept: false,
        full: false,
    };
    sync(&store, &request).await.unwrap();
    let mut tx = store.snapshot().await.unwrap();
    let cases = Cases::read(&mut tx, authority, None).await.unwrap();
    let rules = &cases.rules.rules;
    let unmeasured = &cases.rules.unmeasured;
    let unmeasured: Vec<String> = unmeasured
        .iter()
        .map(|u| rules[u.rule].id.clone())
        .collect();
    let runs = cases.evaluate(
        authority,
        wish.today,
        |states: &mut BTreeSet<(usize, State)>, _, obligations| {
            states.extend(obligations.iter().map(|o| (o.rule, o.state)));
        },
    );
    let runs = runs.unwrap();
    let of = |rule: usize| runs.iter().flatten().filter(move |(r, _)| *r == rule);
    let measured = rules.iter().enumerate();
    let measured = measured.filter(|(_, rule)| !unmeasured.contains(&rule.id));
    let states = measured.map(|(number, rule)| {
        let states = of(number).map(|(_, state)| *state).collect();
        (rule.id.clone(), rule.shape.name(), states)
    });
    (states.collect(), unmeasured)
}

/// The states that every rule of a shape can be found in on any day.
fn expected(rule: &str, shape: &str) -> &'static [State] {
    match shape {
        // It runs for as long as the authority knows the child.
        "deadline" if rule == "assessment-completed" => {
            &[State::Met, State::MetLate, State::Pending, State::Overdue]
        }
        "deadline" | "run" => &[State::Met, State::MetLate, State::Overdue, State::Missed],
        "interval" => &[
            State::Met,
            State::MetLate,
            State::Pending,
            State::DueSoon,
            State::Cancelled,
        ],
        // However late the answer is, it is in time for the next mark.
        "between" => &[State::Met, State::Pending, State::Missed, State::Cancelled],
        // What a record says is so on its day, or not.
        "check" => &[State::Met, State::Overdue, State::Missed],
        // A gap of no grace is late from its first day.
        "cover" => &[State::MetLate, State::Overdue, State::Missed],
        other => panic!("no rule of the shape {other} was meant"),
    }
}

#[tokio::test]
async fn every_rule_has_cases_in_every_state() {
    let (rules, unmeasured) = states(1).await;
    // Ashmere keeps supervision on paper: one duty that the records cannot show.
    assert_eq!(unmeasured, ["supervision-reviews-contact"]);
    let mut lacking = Vec::new();
    for (rule, shape, states) in &rules {
        let missing: Vec<&State> = expected(rule, shape)
            .iter()
            .filter(|s| !states.contains(s))
            .collect();
        if !missing.is_empty() {
            lacking.push(format!("{rule}: {missing:?}"));
        }
    }
    assert!(lacking.is_empty(), "{lacking:#?}");
    let all: BTreeSet<State> = rules
        .iter()
        .flat_map(|(_, _, states)| states.clone())
        .collect();
    assert_eq!(all.len(), State::ALL.len());
}
