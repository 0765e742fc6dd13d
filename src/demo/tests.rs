//! The made-up authority is the same for the same seed and day, and lies within its months.

use std::collections::BTreeMap;

use super::*;
use crate::calendar::{BankHolidays, Day, Nation, Zone};
use crate::case::Timeline;
use crate::rules::{Evaluator, RuleSet, State, load_packs};
use crate::source::{SyncRequest, load_profile, sync};
use crate::store::{Store, StoreError, copy};

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
    assert!(rows > 10_000, "{rows} rows");
}

/// How many obligations of each rule are in each state, and which rules are unmeasured.
async fn counted(
    seed: u64,
    children: usize,
) -> (BTreeMap<String, BTreeMap<State, usize>>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let demo = folder.path().join("demo");
    let wish = Wish {
        children,
        ..wish(seed)
    };
    prepare(&demo, wish, &Progress::Silent).await.unwrap();
    let url = format!("sqlite:{}", demo.join("corewatch.db").display());
    let store = Store::open(&url).await.unwrap();
    let profile = load_profile(&demo.join("source.toml")).unwrap();
    let now = Zone::LONDON.start_of(wish.today).plus_hours(10);
    let request = SyncRequest {
        authority: "ashmere",
        profile: &profile,
        zone: Zone::LONDON,
        now,
        accept: false,
    };
    let outcome = sync(&store, &request).await.unwrap();
    eprintln!("{outcome:?}");
    let mut tx = store.snapshot().await.unwrap();
    for row in copy::quarantine(&mut tx, "ashmere").await.unwrap() {
        eprintln!("{} {} {}", row.query, row.key, row.reason);
    }
    let mut symbols = copy::symbols(&mut tx, "ashmere").await.unwrap();
    let catalogue = copy::catalogue(&mut tx, "ashmere").await.unwrap();
    let packs = load_packs(&["packs/ashmere.toml".to_owned()], &demo).unwrap();
    let rules = RuleSet::bind(&packs, &mut symbols, &catalogue).unwrap();
    let calendar = calendar();
    let evaluator = Evaluator::new(&rules, &calendar);
    let mut counts: BTreeMap<String, BTreeMap<State, usize>> = BTreeMap::new();
    copy::each_timeline(&mut tx, "ashmere", None, |bytes| {
        let timeline = Timeline::decode(bytes).unwrap();
        let mut obligations = Vec::new();
        evaluator.evaluate(&timeline, wish.today, &mut obligations);
        for obligation in obligations {
            let rule = counts
                .entry(rules.rules[obligation.rule].id.clone())
                .or_default();
            *rule.entry(obligation.state).or_default() += 1;
        }
        Ok::<(), StoreError>(())
    })
    .await
    .unwrap();
    let unmeasured = rules
        .unmeasured
        .iter()
        .map(|rule| format!("{} {:?}", rules.rules[rule.rule].id, rule.reasons));
    (counts, unmeasured.collect())
}

#[tokio::test]
async fn every_rule_has_cases_in_every_state() {
    for seed in 1..=2 {
        let (counts, unmeasured) = counted(seed, 300).await;
        for (rule, states) in &counts {
            eprint!("{rule:34}");
            for state in State::ALL {
                eprint!(
                    " {}",
                    match states.get(&state) {
                        Some(n) => format!("{n:>6}"),
                        None => "     .".into(),
                    }
                );
            }
            let all: usize = states.values().sum();
            let met = states.get(&State::Met).unwrap_or(&0);
            let open: usize = [State::Pending, State::DueSoon, State::Cancelled]
                .iter()
                .filter_map(|s| states.get(s))
                .sum();
            eprintln!(
                " {:>6} {:.0}%",
                all,
                100.0 * *met as f64 / (all - open).max(1) as f64
            );
        }
        eprintln!("{unmeasured:#?}");
    }
}
