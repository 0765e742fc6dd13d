//! The corners of SPEC 2 and 3, as examples that were counted by hand: one file for each group of
//! shapes, in the format in which packs carry theirs.

use super::failures;
use crate::document::Document;
use crate::rules::parse_pack;

fn holds(name: &str, text: &str) {
    let pack = parse_pack(&Document::new(name, text)).unwrap_or_else(|faults| panic!("{faults}"));
    let failures = failures(&pack);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn deadlines() {
    holds("deadline.toml", include_str!("contract/deadline.toml"));
}

#[test]
fn intervals() {
    holds("interval.toml", include_str!("contract/interval.toml"));
}

#[test]
fn between_and_ahead() {
    holds(
        "between_ahead.toml",
        include_str!("contract/between_ahead.toml"),
    );
}

#[test]
fn run_check_and_cover() {
    holds(
        "run_check_cover.toml",
        include_str!("contract/run_check_cover.toml"),
    );
}
