//! What must hold of the engine's answers whatever the rules and the rows are.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use fastrand::Rng;

use crate::compare::{authority, number_from_env};
use crate::engine::{self, World};
use crate::generate::{self, known};
use crate::model::{Attributes, EventRow, Line, PeriodRow, Shape, Val, When};

/// Worlds of three to six children that each property is tried on, unless
/// `COREWATCH_REFERENCE_WORLDS` says otherwise.
const WORLDS: usize = 150;
/// Seeds of these worlds lie apart from those of the comparison.
const FIRST_SEED: u64 = 1 << 40;

fn for_each_world(mut property: impl FnMut(u64, &World, &[NaiveDate])) {
    for seed in 0..number_from_env("COREWATCH_REFERENCE_WORLDS", WORLDS) as u64 {
        let seed = FIRST_SEED + seed;
        let (world, days) = generate::world(seed, &authority(seed).days_off);
        property(seed, &world, &days);
    }
}

fn ask(seed: u64, world: &World, days: &[NaiveDate]) -> Vec<Vec<Line>> {
    engine::evaluate(world, &known(), &authority(seed).calendar, days)
        .unwrap_or_else(|faults| panic!("seed {seed}: {faults}"))
        .lines
}

/// Every day from the first of these to the last.
fn day_by_day(days: &[NaiveDate]) -> Vec<NaiveDate> {
    let first = days.iter().min().expect("some days");
    let last = days.iter().max().expect("some days");
    first.iter_days().take_while(|day| day <= last).collect()
}

fn same_obligation(a: &Line, b: &Line) -> bool {
    (&a.rule, &a.child, &a.period, &a.anchor) == (&b.rule, &b.child, &b.period, &b.anchor)
}

#[test]
fn obligations_of_a_chain_do_not_overlap() {
    let mut links = 0;
    for_each_world(|seed, world, days| {
        for lines in ask(seed, world, days) {
            for rule in &world.rules {
                if !matches!(rule.shape, Shape::Interval { .. }) {
                    continue;
                }
                for case in &world.cases {
                    for period in &case.periods {
                        let mut chain: Vec<&Line> = lines
                            .iter()
                            .filter(|l| l.rule == rule.id && l.child == case.child)
                            .filter(|l| l.period == period.id)
                            .collect();
                        chain.sort_by_key(|l| (l.opened.day, l.closed.unwrap_or(NaiveDate::MAX)));
                        for pair in chain.windows(2) {
                            assert_eq!(
                                pair[0].closed,
                                Some(pair[1].opened.day),
                                "seed {seed}: {pair:?}"
                            );
                            links += 1;
                        }
                    }
                }
            }
        }
    });
    assert!(links > 0);
}

#[test]
fn no_two_obligations_have_one_identity() {
    for_each_world(|seed, world, days| {
        for lines in ask(seed, world, days) {
            let mut known = BTreeSet::new();
            for line in &lines {
                let identity = (&line.rule, &line.child, &line.period, &line.anchor);
                assert!(known.insert(identity), "seed {seed}: {line:?}");
            }
        }
    });
}

#[test]
fn an_answered_obligation_stays_answered_as_days_go_by() {
    let mut answered = 0;
    for_each_world(|seed, world, days| {
        let mut days = days.to_vec();
        days.sort();
        let answers = ask(seed, world, &days);
        for pair in answers.windows(2) {
            for line in &pair[0] {
                let rule = world.rules.iter().find(|rule| rule.id == line.rule);
                // A booking of the past that a later one replaces is a target no more, and so is
                // what was due before it: for `ahead` the record itself moves on with the days.
                if rule.is_some_and(|rule| matches!(rule.shape, Shape::Ahead { .. })) {
                    continue;
                }
                if line.state != "met" && line.state != "met_late" {
                    continue;
                }
                let later = pair[1].iter().find(|l| same_obligation(l, line));
                let still = later.map(|l| (l.state, l.closed, l.opened));
                let before = Some((line.state, line.closed, line.opened));
                assert_eq!(still, before, "seed {seed}: {line:?}");
                answered += 1;
            }
        }
    });
    assert!(answered > 0);
}

#[test]
fn moving_a_day_at_a_time_and_asking_once_agree() {
    for_each_world(|seed, world, days| {
        let every_day = day_by_day(days);
        let walked = ask(seed, world, &every_day);
        for day in &days[..2] {
            let place = (*day - every_day[0]).num_days() as usize;
            assert_eq!(ask(seed, world, &[*day])[0], walked[place], "seed {seed}");
        }
        let mut backwards = every_day;
        backwards.reverse();
        let mut unwound = ask(seed, world, &backwards);
        unwound.reverse();
        assert_eq!(unwound, walked, "seed {seed}");
    });
}

#[test]
fn an_event_that_matches_nothing_changes_nothing() {
    for_each_world(|seed, world, days| {
        let mut rng = Rng::with_seed(seed);
        let before = ask(seed, world, days);
        let mut more = world.clone();
        for case in &mut more.cases {
            for n in 0..3 {
                let day = days[rng.usize(..days.len())] + Days::new(rng.u64(..5));
                let when = Some(When { day, at: None });
                let cancelled = [("cancelled".to_owned(), Val::Bool(true))];
                // Of a kind that no rule names, and of one that rules do name but cancelled.
                let kind = case.events.first().map_or("note", |e| e.kind.as_str());
                let (kind, attributes) = match n {
                    0 => ("note".to_owned(), Attributes::new()),
                    _ => (kind.to_owned(), Attributes::from(cancelled)),
                };
                case.events.push(EventRow {
                    kind,
                    id: format!("A{n}{n}{n}"),
                    occurred: (n != 1).then_some(when).flatten(),
                    scheduled: (n != 2).then_some(when).flatten(),
                    about: None,
                    attributes,
                });
            }
            case.periods.push(PeriodRow {
                kind: "note".to_owned(),
                id: "A0".to_owned(),
                from: days[0],
                to: None,
                attributes: Attributes::new(),
            });
        }
        assert_eq!(ask(seed, &more, days), before, "seed {seed}");
    });
}

#[test]
fn the_order_of_rows_changes_nothing() {
    for_each_world(|seed, world, days| {
        let mut rng = Rng::with_seed(seed);
        let mut shuffled = world.clone();
        for case in &mut shuffled.cases {
            rng.shuffle(&mut case.events);
            rng.shuffle(&mut case.periods);
        }
        rng.shuffle(&mut shuffled.cases);
        rng.shuffle(&mut shuffled.rules);
        assert_eq!(
            ask(seed, &shuffled, days),
            ask(seed, world, days),
            "seed {seed}"
        );
    });
}

/// The lines of one child, days over apart: these grow by themselves.
fn of_child(lines: &[Line], child: &str) -> Vec<Line> {
    let of_child = lines.iter().filter(|line| line.child == child);
    let timeless = of_child.map(|line| Line {
        days_over: 0,
        ..line.clone()
    });
    timeless.collect()
}

#[test]
fn nothing_changes_of_itself_before_the_day_it_was_said_to() {
    let (mut kept, mut asked) = (0, 0);
    for_each_world(|seed, world, days| {
        let days = day_by_day(days);
        let answers = engine::evaluate(world, &known(), &authority(seed).calendar, &days)
            .unwrap_or_else(|faults| panic!("seed {seed}: {faults}"));
        for case in &world.cases {
            let mut said: Option<(usize, Option<NaiveDate>)> = None;
            for (i, day) in days.iter().enumerate() {
                let holds = said.filter(|(_, next)| next.is_none_or(|next| *day < next));
                let Some((since, next)) = holds else {
                    asked += 1;
                    said = Some((i, answers.next_change[i][&case.child]));
                    continue;
                };
                kept += 1;
                assert_eq!(
                    of_child(&answers.lines[since], &case.child),
                    of_child(&answers.lines[i], &case.child),
                    "seed {seed}: {} as of {} was to hold until {next:?}, and does not on {day}",
                    case.child,
                    days[since],
                );
            }
        }
    });
    assert!(kept > asked, "{kept} days were skipped, {asked} asked");
}
