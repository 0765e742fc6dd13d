//! Cases worked out by hand from the SPEC's own sentences, each under the sentence that it tests.

mod between_and_ahead;
mod check_and_cover;
mod dates;
mod deadlines;
mod intervals;
mod named_dates;
mod predicates;
mod runs;

use std::collections::BTreeMap;

use crate::calendar::DaysOff;
use crate::engine::{self, World};
use crate::evaluate::{evaluate, sort};
use crate::judged::measured;
use crate::model::{Case, Rule};
use crate::pack::Pack;
use crate::rows;

/// One case: a rule, one child's rows, T, and the lines that follow.
pub struct ByHand {
    pub sentence: &'static str,
    /// The rule as a pack has it, without id, title, clause and severity.
    pub rule: &'static str,
    pub rows: &'static str,
    pub t: &'static str,
    pub lines: &'static [&'static str],
}

/// England's bank holidays of 2026, and a closure day of the authority's own.
pub fn days_off() -> DaysOff {
    let days = |days: &[&str]| days.iter().map(|day| rows::day(day)).collect();
    DaysOff {
        zone: chrono_tz::Europe::London,
        holidays: days(&[
            "2026-01-01",
            "2026-04-03",
            "2026-04-06",
            "2026-05-04",
            "2026-05-25",
            "2026-08-31",
            "2026-12-25",
            "2026-12-28",
            "2027-01-01",
        ]),
        closures: days(&["2026-12-29"]),
    }
}

fn cases() -> Vec<&'static ByHand> {
    [
        dates::CASES,
        predicates::CASES,
        deadlines::CASES,
        intervals::CASES,
        named_dates::CASES,
        between_and_ahead::CASES,
        runs::CASES,
        check_and_cover::CASES,
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn read(hand: &ByHand) -> (DaysOff, Rule, Case) {
    let days_off = days_off();
    let mut case = rows::parse("child", hand.rows, &days_off);
    // What only makes a rule measured stands with a child of its own: rows of kind and attribute
    // that happen long before, in no period.
    case.child = "child".to_owned();
    let pack = Pack::read(&format!(
        "[[rule]]\nid = 'rule'\ntitle = 'Rule'\nclause = '1'\nseverity = 'high'\n{}",
        hand.rule
    ));
    (days_off, pack.rule[0].clone(), case)
}

#[test]
fn the_reference_answers_as_worked_out_by_hand() {
    let mut wrong = Vec::new();
    for hand in cases() {
        let (days_off, rule, case) = read(hand);
        let mut lines = match measured(std::slice::from_ref(&case), &rule) {
            Some(rule) => evaluate(&days_off, &case, &rule, rows::day(hand.t)),
            None => Vec::new(),
        };
        sort(&mut lines);
        let lines: Vec<String> = lines.iter().map(rows::print_line).collect();
        if lines != hand.lines {
            wrong.push(format!(
                "{}\n{}\n{}\nas of {}\nby hand: {:#?}\nanswer: {:#?}\n",
                hand.sentence, hand.rule, hand.rows, hand.t, hand.lines, lines
            ));
        }
    }
    assert!(cases().len() >= 40);
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_engine_answers_as_worked_out_by_hand() {
    let calendar = engine::calendar(&days_off());
    let mut wrong = Vec::new();
    for hand in cases() {
        let (_, rule, case) = read(hand);
        let world = World {
            cases: vec![case],
            rules: vec![rule],
        };
        let answers = engine::evaluate(&world, &known(), &calendar, &[rows::day(hand.t)]);
        let lines: Vec<String> = match &answers {
            Ok(answers) => answers.lines[0].iter().map(rows::print_line).collect(),
            Err(faults) => vec![faults.clone()],
        };
        if lines != hand.lines {
            wrong.push(format!(
                "{}\n{}\n{}\nas of {}\nby hand: {:#?}\nengine: {:#?}\n",
                hand.sentence, hand.rule, hand.rows, hand.t, hand.lines, lines
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// The kinds and attributes of the cases: whatever any of them has a row of, or names.
fn known() -> BTreeMap<(bool, &'static str), Vec<&'static str>> {
    let names = [
        "kind",
        "quorate",
        "seen",
        "score",
        "purpose",
        "bedroom_seen",
        "category",
        "role",
        "qualified",
        "cancelled",
    ];
    let events = [
        "conference",
        "core_group",
        "visit",
        "minutes",
        "report",
        "meeting",
        "assessment",
    ];
    let periods = ["plan", "key_worker", "variation"];
    let mut known = BTreeMap::new();
    for (is_period, kinds) in [(false, &events[..]), (true, &periods[..])] {
        for kind in kinds {
            known.insert((is_period, *kind), names.to_vec());
        }
    }
    known
}
