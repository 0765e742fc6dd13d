//! What a pack's author is told: every fault of every file at once, each with its place.

use std::collections::BTreeSet;
use std::path::Path;

use super::named;
use crate::calendar::BankHolidays;
use crate::rules::{RuleSet, load_packs, survey_packs, try_examples};

const RULE: &str = r#"
[attributes]
visit = ["child_seen"]
[[rule]]
id = "child-seen"
title = "Child seen every four weeks"
clause = "1"
severity = "high"
[rule.interval]
every = "4 weeks"
require = { event = "visit", where = "child_seen" }
"#;
const HEAD: &str = "[pack]\nid = \"local\"\ntitle = \"Local\"\nsource = \"Local procedures\"\n";

/// What is told of a pack whose files are these; the first is the one that is asked for.
fn told(files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let (packs, mut faults) = survey_packs(&[named(files[0].0)], folder.path());
    faults
        .0
        .extend(RuleSet::unknown_names(&packs, |_, _| Some(BTreeSet::new())).0);
    let told = faults.or(()).unwrap_err().to_string();
    told.replace(&format!("{}/", folder.path().display()), "")
}

fn with(replace: &str, by: &str) -> String {
    let text = format!("{HEAD}{RULE}");
    assert!(text.contains(replace), "{replace}");
    text.replace(replace, by)
}

#[test]
fn a_broken_head_hides_nothing_further_down() {
    let pack = with("id = \"local\"", "ide = \"local\"")
        .replace("where = \"child_seen\"", "where = \"child_sen\"");
    insta::assert_snapshot!(told(&[("p.toml", &pack)]), @r"
    p.toml:2:1: unknown key `ide`; did you mean `id`?
    p.toml:15:39: `visit` has no attribute `child_sen`; did you mean `child_seen`? else list it under [attributes] visit = […]
    ");
    let headless = pack.replace(HEAD, "").replace("[pack]", "[pact]");
    insta::assert_snapshot!(told(&[("p.toml", &headless)]), @r"
    p.toml:1:2: unknown key `pact`; did you mean `pack`?
    p.toml:15:39: `visit` has no attribute `child_sen`; did you mean `child_seen`? else list it under [attributes] visit = […]
    ");
}

#[test]
fn a_faulty_rule_still_has_its_names_looked_at() {
    let pack = with("severity = \"high\"", "severity = \"urgent\"")
        .replace("every = \"4 weeks\"", "evry = \"4 weeks\"")
        .replace("id = \"child-seen\"\n", "")
        .replace("where = \"child_seen\"", "where = \"child_sen\"");
    insta::assert_snapshot!(told(&[("p.toml", &pack)]), @r"
    p.toml:8:1: `id` is missing; it is mandatory here
    p.toml:11:12: `severity`: `urgent` is not a severity; write low, medium, high or critical
    p.toml:13:1: unknown key `evry`; did you mean `every`?
    p.toml:14:39: `visit` has no attribute `child_sen`; did you mean `child_seen`? else list it under [attributes] visit = […]
    ");
}

#[test]
fn packs_that_extend_one_another_in_a_circle_are_named() {
    let a = with("id = \"local\"", "id = \"a\"\nextends = \"b.toml\"");
    let b = with(
        "id = \"local\"",
        "id = \"b\"\nextends = \"../FOLDER/a.toml\"",
    );
    let itself = with("id = \"local\"", "id = \"a\"\nextends = \"a.toml\"");
    insta::assert_snapshot!(told(&[("a.toml", &itself)]), @"a.toml:3:11: packs extend one another in a circle: `a.toml` extends `a.toml`; take one `extends` out");
    // However the way round is written.
    let folder = tempfile::tempdir().unwrap();
    let name = folder
        .path()
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    std::fs::write(folder.path().join("a.toml"), a).unwrap();
    std::fs::write(folder.path().join("b.toml"), b.replace("FOLDER", &name)).unwrap();
    let told = load_packs(&[named("a.toml")], folder.path())
        .unwrap_err()
        .to_string();
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(told.contains("extend one another in a circle"), "{told}");
}

#[test]
fn an_example_that_no_source_could_hold_is_told() {
    let pack = with("require", "require").replace(
        "\"child_seen\" }\n",
        r#""child_seen" }
[[rule.example]]
title = "an example"
as_of = "2026-06-01"
periods = [{ kind = "plan", id = "P1", from = "2026-04-01", to = "2026-03-01" }]
events = [
    { kind = "visit", id = "V1", occurred = "2026-04-02" },
    { kind = "visit", id = "V1", occurred = "2026-04-03" },
    { kind = "conference", id = "V1", occurred = "2026-04-03" },
]
expect = [{ anchor = "P1", opened = "2026-04-01", due = "2026-04-29", state = "done" }]
"#,
    );
    insta::assert_snapshot!(told(&[("p.toml", &pack)]), @r"
    p.toml:19:66: the period ends on 2026-03-01, before it begins on 2026-04-01; a source's row like that is not used; put the days right
    p.toml:22:28: the visit `V1` is there twice; an id is unique within its kind: give one of them another
    p.toml:25:79: `state`: `done` is not a state; it is one of met, met_late, pending, due_soon, overdue, missed, cancelled
    ");
}

#[test]
fn an_example_that_fails_for_a_misspelt_name_says_which() {
    let pack = with(
        "\"child_seen\" }\n",
        r#""child_seen" }
[[rule.example]]
title = "seen"
as_of = "2026-06-01"
periods = [{ kind = "plann", id = "P1", from = "2026-04-01" }]
events = [{ kind = "visit", id = "V1", occurred = "2026-04-02", attributes = { child_sen = true } }]
expect = [{ anchor = "P1", opened = "2026-04-01", due = "2026-04-29", state = "met" }]
"#,
    );
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("p.toml"), pack).unwrap();
    let packs = load_packs(&[named("p.toml")], folder.path()).unwrap();
    let trials = try_examples(&packs[0], &BankHolidays::shipped().unwrap()).unwrap();
    assert!(!trials[0].passed());
    assert_eq!(
        trials[0].hints,
        [
            "the example gives a visit `child_sen`, and the rule reads `child_seen`",
            "the rule reads `plan`, and the example has `plann`: is it one kind, spelt in two ways?",
        ]
    );
}

#[test]
fn the_clause_of_an_inherited_rule_stays_in_its_own_document() {
    let packs = load_packs(&[named("luton")], Path::new("")).unwrap();
    let document = |id: &str| {
        let rule = packs[0].rules.iter().find(|rule| rule.id == id).unwrap();
        assert_eq!(rule.pack, "luton");
        rule.procedure.source.clone()
    };
    assert!(document("no-access").starts_with("Guidance for Understanding"));
    assert!(document("initial-conference").starts_with("Working Together"));
}
