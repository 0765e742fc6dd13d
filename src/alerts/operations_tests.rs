//! What operations are told, day by day (SPEC 7, Operations).

use super::*;
use crate::alerts::testing::day;

fn trouble(kind: TroubleKind, item: &str) -> Trouble {
    Trouble {
        kind,
        authority: "luton".into(),
        item: item.into(),
        line: format!("line of {item}"),
    }
}

/// What operations are told day by day while `present` says what is amiss.
fn told(kind: TroubleKind, present: &[(&str, &[&str])]) -> Vec<String> {
    let mut known: Vec<KnownTrouble> = Vec::new();
    let judged = Judged(BTreeSet::from([(kind, "luton".to_owned())]));
    let mut all = Vec::new();
    for (today, items) in present {
        let current: Vec<Trouble> = items.iter().map(|item| trouble(kind, item)).collect();
        let tidings = tidings(&current, &known, &judged, day(today), true);
        for over in &tidings.over {
            known.retain(|k| k.trouble.item != over.trouble.item);
        }
        for told in tidings.told {
            known.retain(|k| k.trouble.item != told.trouble.item);
            known.push(told);
        }
        all.extend(tidings.notices.iter().map(|notice| {
            format!(
                "{today} {:?} since {}: {}",
                notice.phase,
                notice.since,
                notice.detail.join(", ")
            )
        }));
    }
    all
}

#[test]
fn told_when_it_begins_daily_while_it_lasts_and_when_it_is_over() {
    let days: [(&str, &[&str]); 6] = [
        ("2026-11-02", &["a"]),
        ("2026-11-02", &["a"]),
        ("2026-11-03", &["a", "b"]),
        ("2026-11-04", &["b"]),
        ("2026-11-04", &[]),
        ("2026-11-05", &[]),
    ];
    assert_eq!(
        told(TroubleKind::Quarantine, &days),
        [
            "2026-11-02 Began since 2026-11-02: line of a",
            "2026-11-03 Began since 2026-11-03: line of b",
            "2026-11-03 Lasts since 2026-11-02: line of a",
            "2026-11-04 Lasts since 2026-11-03: line of b",
            "2026-11-04 Over since 2026-11-02: line of a",
            "2026-11-04 Over since 2026-11-03: line of b",
        ]
    );
}

#[test]
fn a_hole_in_a_ladder_is_told_on_the_first_day_and_once_a_week() {
    let days: Vec<(String, [&str; 1])> = (2..=20)
        .map(|d| (format!("2026-11-{d:02}"), ["a"]))
        .collect();
    let days: Vec<(&str, &[&str])> = days
        .iter()
        .map(|(day, items)| (day.as_str(), &items[..]))
        .collect();
    let told = told(TroubleKind::Hole, &days);
    let on: Vec<&str> = told.iter().map(|line| &line[..16]).collect();
    assert_eq!(
        on,
        ["2026-11-02 Began", "2026-11-09 Lasts", "2026-11-16 Lasts"]
    );
}

#[test]
fn what_this_pass_could_not_judge_is_neither_over_nor_forgotten() {
    let known = KnownTrouble {
        trouble: trouble(TroubleKind::Hole, "a"),
        begun: day("2026-11-02"),
        told: day("2026-11-02"),
    };
    let tidings = tidings(&[], &[known], &Judged::default(), day("2026-11-03"), true);
    assert_eq!(tidings, Tidings::default());
}

#[test]
fn of_thousands_the_first_are_told_and_the_rest_counted() {
    let current: Vec<Trouble> = (0..1000)
        .map(|i| trouble(TroubleKind::FloodHeld, &format!("{i:04}")))
        .collect();
    let tidings = tidings(&current, &[], &Judged::default(), day("2026-11-03"), true);
    assert_eq!(tidings.notices.len(), 1);
    assert_eq!(tidings.notices[0].detail.len(), MOST_LINES + 1);
    assert_eq!(tidings.notices[0].detail[MOST_LINES], "and 950 more");
}

#[test]
fn holes_of_one_case_are_told_together() {
    let hole = |duty: &str, case: &str, step: u32| Trouble {
        line: format!(
            "{duty}; {case}; step {step}: nobody as key_worker; the people of step 2 are told"
        ),
        ..trouble(TroubleKind::Hole, &format!("{duty} step {step}"))
    };
    let current = [
        hole("duty1", "REF-9", 1),
        hole("duty2", "REF-1", 1),
        hole("duty3", "REF-9", 1),
    ];
    let tidings = tidings(&current, &[], &Judged::default(), day("2026-11-03"), true);
    assert_eq!(
        tidings.notices[0].detail,
        [
            "duty2; REF-1; step 1: nobody as key_worker; the people of step 2 are told",
            "REF-9; step 1: nobody as key_worker; the people of step 2 are told: 2 duties",
        ]
    );
    assert_eq!(tidings.told.len(), 3, "each is remembered by itself");
}

#[test]
fn the_flood_guard_holds_nothing_any_more_only_once_it_holds_nothing() {
    let held = |item| trouble(TroubleKind::FloodHeld, item);
    let known = ["a", "b"].map(|item| KnownTrouble {
        trouble: held(item),
        begun: day("2026-11-02"),
        told: day("2026-11-02"),
    });
    let judged = Judged([(TroubleKind::FloodHeld, known[0].trouble.authority.clone())].into());
    let one_left = tidings(&[held("b")], &known, &judged, day("2026-11-02"), true);
    assert_eq!((one_left.notices.len(), one_left.over.len()), (0, 1));
    let none_left = tidings(&[], &known[1..], &judged, day("2026-11-02"), true);
    assert_eq!(none_left.notices[0].phase, Phase::Over);
}

#[test]
fn every_kind_has_its_words() {
    for kind in TroubleKind::ALL {
        assert_eq!(TroubleKind::named(kind.name()), Some(kind));
        assert_ne!(kind.what("luton", false), kind.what("luton", true));
        assert!(!kind.remedy().is_empty());
    }
}
