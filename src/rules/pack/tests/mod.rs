//! The shipped packs: their examples, what they can be read from, and the documents made of them.

mod contract;
mod duties;
mod faults;
mod guide;
mod lines;
mod mutations;
mod shipped;

use std::path::Path;

use super::{load_packs, shipped_pack_ids};
use crate::calendar::BankHolidays;
use crate::document::{Place, Text};
use crate::rules::{Example, Outcome, Pack, Rule, State, try_examples};

/// Every shipped pack, each with what it inherits.
fn packs() -> Vec<Pack> {
    shipped_pack_ids().into_iter().map(pack).collect()
}

/// One shipped pack by id.
fn pack(id: &str) -> Pack {
    let name = Text {
        value: id.to_owned(),
        place: Place::default(),
    };
    load_packs(&[name], Path::new(".")).unwrap().remove(0)
}

/// The name of a pack, as a configuration has it.
fn named(pack: &str) -> Text {
    Text {
        value: pack.to_owned(),
        place: Place::default(),
    }
}

/// The rules that a pack's own file writes, without those that it inherits.
fn own_rules(pack: &Pack) -> impl Iterator<Item = &Rule> {
    pack.rules
        .iter()
        .filter(|rule| rule.place.file == pack.place.file)
}

/// Whether an example shows the duty not done, or done late.
fn breaches(example: &Example) -> bool {
    example.expect.iter().any(|expected| {
        matches!(
            expected.state,
            State::Overdue | State::Missed | State::MetLate
        )
    })
}

/// The examples of a pack that do not come out as they say, each with what did.
fn failures(pack: &Pack) -> Vec<String> {
    let holidays = BankHolidays::shipped().unwrap();
    let list = |outcomes: &[Outcome]| {
        outcomes
            .iter()
            .map(|outcome| format!("\n    {outcome}"))
            .collect::<String>()
    };
    try_examples(pack, &holidays)
        .unwrap_or_else(|faults| panic!("{faults}"))
        .iter()
        .filter(|trial| !trial.passed())
        .map(|trial| {
            format!(
                "{}: {}: {}\n  expected{}\n  got{}",
                trial.place,
                trial.rule,
                trial.title,
                list(&trial.expected),
                list(&trial.got)
            )
        })
        .collect()
}
