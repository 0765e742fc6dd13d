//! Random worlds, leaning towards collisions: few days, much on the same ones.

mod children;
mod predicates;
mod rules;

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use fastrand::Rng;

use crate::calendar::DaysOff;
use crate::engine::World;

/// What an attribute mostly holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Holds {
    YesOrNo,
    Number,
    Word,
}

/// The attributes of a kind.
type Vocabulary = &'static [(&'static str, &'static [(&'static str, Holds)])];

pub const EVENTS: Vocabulary = &[
    (
        "conference",
        &[("kind", Holds::Word), ("quorate", Holds::YesOrNo)],
    ),
    (
        "visit",
        &[
            ("seen", Holds::YesOrNo),
            ("alone", Holds::YesOrNo),
            ("score", Holds::Number),
        ],
    ),
    (
        "core_group",
        &[("quorate", Holds::YesOrNo), ("kind", Holds::Word)],
    ),
    (
        "report",
        &[("shared", Holds::YesOrNo), ("score", Holds::Number)],
    ),
];

pub const PERIODS: Vocabulary = &[
    (
        "plan",
        &[("category", Holds::Word), ("score", Holds::Number)],
    ),
    (
        "key_worker",
        &[("role", Holds::Word), ("qualified", Holds::YesOrNo)],
    ),
    (
        "variation",
        &[
            ("topic", Holds::Word),
            ("every", Holds::Word),
            ("authorised_by", Holds::Word),
        ],
    ),
];

/// The columns that the queries of the made-up authority yield.
pub fn known() -> BTreeMap<(bool, &'static str), Vec<&'static str>> {
    let mut known = BTreeMap::new();
    for (is_period, vocabulary) in [(false, EVENTS), (true, PERIODS)] {
        for (kind, attributes) in vocabulary {
            let mut columns: Vec<&str> = attributes.iter().map(|(name, _)| *name).collect();
            columns.push("cancelled");
            known.insert((is_period, *kind), columns);
        }
    }
    known
}

/// The few kinds of event that a world is made of, so that much of it matches.
pub struct Flavour {
    pub events: Vec<&'static str>,
    /// One selector in so many has a predicate.
    pub plain: u32,
}

impl Flavour {
    fn new(rng: &mut Rng) -> Flavour {
        let mut events: Vec<&str> = EVENTS.iter().map(|(kind, _)| *kind).collect();
        rng.shuffle(&mut events);
        events.truncate(rng.usize(1..=4));
        Flavour {
            events,
            plain: *pick(rng, &[2, 2, 4]),
        }
    }
}

/// The days that a world is made of.
pub struct Stretch {
    pub first: NaiveDate,
    pub length: u64,
    /// Days on which much happens.
    pub hot: Vec<NaiveDate>,
}

impl Stretch {
    fn new(rng: &mut Rng) -> Stretch {
        let starts = [
            (2026, 3, 10),  // the clocks go forward on the 29th; Easter
            (2026, 10, 12), // the clocks go back on the 25th
            (2026, 12, 10), // Christmas to New Year
            (2024, 2, 10),  // 29 February
            (2026, 1, 20),  // months without a 31st
            (2026, 8, 20),
        ];
        let (year, month, day) = starts[rng.usize(..starts.len())];
        let first = NaiveDate::from_ymd_opt(year, month, day).expect("a day");
        let length = [12, 25, 45, 80][rng.usize(..4)];
        let hot = (0..rng.usize(3..8))
            .map(|_| first + Days::new(rng.u64(..length)))
            .collect();
        Stretch { first, length, hot }
    }

    pub fn day(&self, rng: &mut Rng) -> NaiveDate {
        if rng.u8(..100) < 55 {
            self.hot[rng.usize(..self.hot.len())]
        } else {
            self.first + Days::new(rng.u64(..self.length))
        }
    }
}

/// The authority's days off, one of a few kinds.
pub fn days_off(kind: usize) -> DaysOff {
    let mut rng = Rng::with_seed(kind as u64 + 77);
    let mut holidays = std::collections::BTreeSet::new();
    for year in 2022..=2029 {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).expect("a day");
        holidays.insert(first);
        for _ in 0..20 {
            holidays.insert(first + Days::new(rng.u64(..365)));
        }
    }
    let closures = (0..30)
        .map(|_| {
            NaiveDate::from_ymd_opt(2024 + 2 * rng.i32(0..2), 1, 1).expect("a day")
                + Days::new(rng.u64(..365))
        })
        .collect();
    DaysOff {
        zone: [chrono_tz::Europe::London, chrono_tz::Europe::Dublin][kind % 2],
        holidays,
        closures,
    }
}

/// A world, and the days to ask about it.
pub fn world(seed: u64, days_off: &DaysOff) -> (World, Vec<NaiveDate>) {
    let mut rng = Rng::with_seed(seed);
    let stretch = Stretch::new(&mut rng);
    let flavour = Flavour::new(&mut rng);
    let rules = (0..rng.usize(1..=3))
        .map(|n| rules::rule(&mut rng, &flavour, n))
        .collect();
    let mut cases: Vec<_> = (0..rng.usize(3..=6))
        .map(|n| children::case(&mut rng, &stretch, &flavour, days_off, n))
        .collect();
    children::leave_out(&mut rng, &mut cases);
    let mut days: Vec<NaiveDate> = (0..6)
        .map(|_| stretch.day(&mut rng) - Days::new(1) + Days::new(rng.u64(..4)))
        .collect();
    days.push(stretch.first + Days::new(stretch.length + rng.u64(..40)));
    (World { cases, rules }, days)
}

fn one_in(rng: &mut Rng, n: u32) -> bool {
    rng.u32(..n) == 0
}

fn pick<'a, T>(rng: &mut Rng, of: &'a [T]) -> &'a T {
    &of[rng.usize(..of.len())]
}
