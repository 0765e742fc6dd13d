//! The shipped packs keep to the contract, to their examples and to docs/vocabulary.md.

use super::{breaches, failures, own_rules, packs};
use crate::case::{Catalogue, Class, KindFacts, Symbols};
use crate::rules::{RuleSet, Shape};

/// The kinds and attributes that the plain Safeguarding Dataset gives, without a query of the site's.
const DATASET: [(Class, &str, &[&str]); 9] = [
    (Class::Period, "plan", &["category"]),
    (Class::Period, "enquiry", &["nfa"]),
    (Class::Period, "child", &[]),
    (Class::Period, "key_worker", &["person_id", "qualified"]),
    (Class::Event, "conference", &["kind", "transfer_in"]),
    (
        Class::Event,
        "visit",
        &["child_seen", "seen_alone", "bedroom_seen"],
    ),
    (Class::Event, "section_47_started", &["nfa"]),
    (Class::Event, "assessment_started", &[]),
    (Class::Event, "assessment_completed", &[]),
];

fn dataset() -> Catalogue {
    let mut catalogue = Catalogue::default();
    for (class, kind, attributes) in DATASET {
        let facts = KindFacts {
            rows: 100,
            columns: attributes.iter().map(|a| (*a).to_owned()).collect(),
            carried: attributes.iter().map(|a| ((*a).to_owned(), 100)).collect(),
            about: if kind == "assessment_completed" {
                100
            } else {
                0
            },
        };
        catalogue.kinds.insert((class, kind.to_owned()), facts);
    }
    catalogue
}

#[test]
fn every_example_comes_out_as_it_says() {
    let failures: Vec<String> = packs().iter().flat_map(failures).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_rule_carries_an_example_that_meets_it_and_one_that_breaches_it() {
    for pack in packs() {
        for rule in &pack.rules {
            let met = rule.examples.iter().any(|example| !breaches(example));
            let breached = rule.examples.iter().any(breaches);
            assert!(met && breached, "{} {}", pack.id, rule.id);
        }
    }
}

#[test]
fn a_pack_loads_where_a_site_records_nothing_that_it_reads() {
    for pack in packs() {
        let rules = RuleSet::bind(
            std::slice::from_ref(&pack),
            &mut Symbols::default(),
            &Catalogue::default(),
        )
        .unwrap_or_else(|faults| panic!("{}: {faults}", pack.id));
        assert_eq!(rules.unmeasured.len(), rules.rules.len(), "{}", pack.id);
    }
}

#[test]
fn the_baseline_of_england_is_read_from_the_plain_dataset_but_for_core_groups() {
    let measured = |pack: &str| {
        let rules =
            RuleSet::bind(&[super::pack(pack)], &mut Symbols::default(), &dataset()).unwrap();
        let out: Vec<usize> = rules.unmeasured.iter().map(|u| u.rule).collect();
        let measured: Vec<String> = rules
            .rules
            .iter()
            .enumerate()
            .filter(|(index, _)| !out.contains(index))
            .map(|(_, rule)| rule.id.clone())
            .collect();
        measured.join(" ")
    };
    assert_eq!(
        measured("england"),
        "assessment-completed bedroom-seen child-seen first-review initial-conference key-worker \
         later-reviews seen-alone"
    );
    assert_eq!(
        measured("luton"),
        "assessment-completed bedroom-seen child-seen first-review initial-conference key-worker \
         key-worker-qualified later-reviews seen-alone"
    );
}

#[test]
fn a_local_pack_replaces_what_its_document_settles_and_inherits_the_rest() {
    for (id, base, inherited) in [
        ("luton", "england", "initial-conference"),
        (
            "denbighshire",
            "wales",
            "initial-conference assessment-completed outline-plan-circulated child-seen \
             seen-alone first-review later-reviews key-worker",
        ),
        (
            "rochdale",
            "england",
            "initial-conference assessment-completed child-seen seen-alone bedroom-seen \
             first-review later-reviews key-worker",
        ),
        (
            "hscb",
            "england",
            "initial-conference assessment-completed first-core-group child-seen seen-alone \
             bedroom-seen first-review later-reviews key-worker",
        ),
    ] {
        let pack = super::pack(id);
        assert_eq!(pack.extends.as_ref().map(|e| e.value.as_str()), Some(base));
        let kept: Vec<&str> = pack
            .rules
            .iter()
            .filter(|rule| rule.place.file != pack.place.file)
            .map(|rule| rule.id.as_str())
            .collect();
        assert_eq!(kept.join(" "), inherited, "{id}");
        assert!(pack.rules.iter().all(|rule| rule.pack == id), "{id}");
    }
}

#[test]
fn packs_name_only_the_ladders_that_are_shipped() {
    // The file that packages install, and that the example names.
    let shipped = include_str!("../../../../config/ladders/standard.toml");
    for pack in packs() {
        for rule in &pack.rules {
            let ladder = rule.ladder.as_deref();
            let is_shipped = |ladder: &str| shipped.contains(&format!("\nid = \"{ladder}\"\n"));
            assert!(ladder.is_none_or(is_shipped), "{} {}", pack.id, rule.id);
        }
    }
}

#[test]
fn the_vocabulary_names_every_kind_and_attribute_that_a_pack_reads() {
    let vocabulary = include_str!("../../../../docs/vocabulary.md");
    let row = |kind: &str| {
        let start = format!("| `{kind}` |");
        vocabulary
            .lines()
            .find(|line| line.starts_with(&start))
            .map(ToOwned::to_owned)
    };
    for pack in packs() {
        for rule in own_rules(&pack) {
            assert!(row(&rule.during).is_some(), "{}", rule.during);
            for part in rule.parts() {
                let place = format!("{} {} `{}`", pack.id, rule.id, part.kind);
                let row = row(part.kind).unwrap_or_else(|| panic!("{place} is not there"));
                for (name, _) in part.predicate.iter().flat_map(|p| &p.reads) {
                    assert!(row.contains(&format!("`{name}`")), "{place} `{name}`");
                }
            }
            if let Shape::Interval {
                vary: Some(topic), ..
            } = &rule.shape
            {
                let named = vocabulary
                    .lines()
                    .any(|line| line.starts_with("Topics") && line.contains(topic.as_str()));
                assert!(named, "{} {} `{topic}`", pack.id, rule.id);
            }
        }
    }
}
