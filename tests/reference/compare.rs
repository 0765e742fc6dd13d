//! The crate's engine held against the reference over random worlds, line by line.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::OnceLock;

use chrono::NaiveDate;

use crate::calendar::DaysOff;
use crate::engine::{self, World};
use crate::evaluate::{evaluate, sort};
use crate::generate::{self, known};
use crate::judged::measured;
use crate::model::{Line, Rule};
use crate::pack::Pack;
use crate::rows;
use crate::shrink::shrink;

/// Children compared unless `COREWATCH_REFERENCE_CHILDREN` says otherwise.
const CHILDREN: usize = 20_000;
/// Disagreements shown; the others are counted.
const SHOWN: usize = 3;
/// Kinds of calendar: two zones, several sets of days off.
const CALENDARS: usize = 4;

/// A made-up authority's days off, and the crate's calendar of the same.
pub struct Authority {
    pub days_off: DaysOff,
    pub calendar: corewatch::calendar::Calendar,
}

pub fn authority(seed: u64) -> &'static Authority {
    static ALL: OnceLock<Vec<Authority>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        (0..CALENDARS)
            .map(|kind| {
                let days_off = generate::days_off(kind);
                let calendar = engine::calendar(&days_off);
                Authority { days_off, calendar }
            })
            .collect()
    });
    &all[seed as usize % CALENDARS]
}

pub fn reference(days_off: &DaysOff, world: &World, t: NaiveDate) -> Vec<Line> {
    let mut lines = Vec::new();
    for rule in &world.rules {
        if let Some(rule) = measured(&world.cases, rule) {
            for case in &world.cases {
                lines.extend(evaluate(days_off, case, &rule, t));
            }
        }
    }
    sort(&mut lines);
    lines
}

fn unmeasured(world: &World) -> BTreeSet<String> {
    let unmeasured = |rule: &&Rule| measured(&world.cases, rule).is_none();
    let rules = world.rules.iter().filter(unmeasured);
    rules.map(|rule| rule.id.clone()).collect()
}

fn disagrees(authority: &Authority, world: &World, t: NaiveDate) -> bool {
    engine::evaluate(world, &known(), &authority.calendar, &[t]).is_ok_and(|answers| {
        answers.lines[0] != reference(&authority.days_off, world, t)
            || answers.unmeasured != unmeasured(world)
    })
}

/// A disagreement as small as it gets, so that it reads as a case by hand.
fn report(authority: &Authority, seed: u64, world: &World, t: NaiveDate) -> String {
    let small = shrink(world, t, |w, t| disagrees(authority, w, t));
    let answers = engine::evaluate(&small, &known(), &authority.calendar, &[t]);
    let mut out = format!("seed {seed}, as of {t}\n{}", Pack::new(&small.rules).text());
    for case in &small.cases {
        let _ = writeln!(out, "--- {}\n{}", case.child, rows::print(case));
    }
    let off = |days: &BTreeSet<NaiveDate>| {
        days.iter()
            .filter(|day| (**day - t).num_days().abs() < 30)
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let _ = writeln!(
        out,
        "days off near: {} {}",
        off(&authority.days_off.holidays),
        off(&authority.days_off.closures)
    );
    if let Ok(answers) = answers {
        let _ = writeln!(out, "engine: (unmeasured {:?})", answers.unmeasured);
        for line in &answers.lines[0] {
            let _ = writeln!(out, "  {}", rows::print_whole_line(line));
        }
    }
    let _ = writeln!(out, "reference: (unmeasured {:?})", unmeasured(&small));
    for line in reference(&authority.days_off, &small, t) {
        let _ = writeln!(out, "  {}", rows::print_whole_line(&line));
    }
    out
}

/// What one stretch of seeds came to.
#[derive(Default)]
struct Tally {
    children: usize,
    lines: usize,
    /// Lines by shape and state.
    states: BTreeMap<(&'static str, &'static str), usize>,
    disagreements: usize,
    reports: Vec<String>,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.children += other.children;
        self.lines += other.lines;
        for (state, count) in other.states {
            *self.states.entry(state).or_default() += count;
        }
        self.disagreements += other.disagreements;
        self.reports.extend(other.reports);
    }
}

/// Compares worlds of these seeds until so many children have been compared.
fn compare(seeds: impl Iterator<Item = u64>, children: usize, shown: usize) -> Tally {
    let mut tally = Tally::default();
    for seed in seeds {
        if tally.children >= children {
            break;
        }
        let authority = authority(seed);
        let (world, days) = generate::world(seed, &authority.days_off);
        let answers = engine::evaluate(&world, &known(), &authority.calendar, &days)
            .unwrap_or_else(|faults| panic!("seed {seed}: {faults}"));
        for (t, answer) in days.iter().zip(&answers.lines) {
            let expected = reference(&authority.days_off, &world, *t);
            tally.lines += expected.len();
            for line in &expected {
                let rule = world.rules.iter().find(|rule| rule.id == line.rule);
                let shape = rule.map_or("", |rule| rule.shape.name());
                *tally.states.entry((shape, line.state)).or_default() += 1;
            }
            if *answer != expected || answers.unmeasured != unmeasured(&world) {
                tally.disagreements += 1;
                if tally.reports.len() < shown {
                    tally.reports.push(report(authority, seed, &world, *t));
                }
                break;
            }
        }
        tally.children += world.cases.len();
    }
    tally
}

#[test]
fn the_engine_agrees_with_the_reference() {
    let children = number_from_env("COREWATCH_REFERENCE_CHILDREN", CHILDREN);
    let first_seed = number_from_env("COREWATCH_REFERENCE_SEED", 0) as u64;
    let shown = number_from_env("COREWATCH_REFERENCE_SHOWN", SHOWN);
    let workers = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    let mut tally = Tally::default();
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..workers)
            .map(|worker| {
                let seeds = (first_seed + worker as u64..).step_by(workers);
                scope.spawn(move || compare(seeds, children.div_ceil(workers), shown))
            })
            .collect();
        for worker in running {
            tally.add(worker.join().expect("a worker that did not panic"));
        }
    });
    println!(
        "{} children, {} lines compared: {:#?}",
        tally.children, tally.lines, tally.states
    );
    assert!(tally.children >= children);
    // Seven states of seven shapes, but that a between and a check are never met late.
    assert!(
        children < CHILDREN || tally.states.len() == 7 * 7 - 2,
        "not everything was tried"
    );
    assert!(
        tally.disagreements == 0,
        "{} worlds in which they disagree:\n{}",
        tally.disagreements,
        tally.reports.join("\n==========\n")
    );
}

pub fn number_from_env(name: &str, otherwise: usize) -> usize {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}={text}")),
        Err(_) => otherwise,
    }
}
