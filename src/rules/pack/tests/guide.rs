//! docs/packs.md: the pack that it shows is one, and its examples come out.

use super::failures;
use crate::document::Document;
use crate::rules::parse_pack;

#[test]
fn the_pack_in_the_guide_is_a_pack_and_its_examples_come_out() {
    let guide = include_str!("../../../../docs/packs.md");
    let (_, rest) = guide.split_once("```toml\n").unwrap();
    let (text, _) = rest.split_once("```\n").unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ashmere.toml"), text).unwrap();
    let alone = parse_pack(&Document::new("docs/packs.md", text)).unwrap();
    let failures = failures(&alone);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let loaded = super::load_packs(&[super::named("ashmere.toml")], folder.path()).unwrap();
    let has = |id: &str| loaded[0].rules.iter().any(|rule| rule.id == id);
    assert!(has("first-visit") && has("no-access") && !has("disagreement-resolved"));
}

#[test]
fn the_guide_names_rules_that_are_there() {
    let guide = include_str!("../../../../docs/packs.md");
    let packs = super::packs();
    for id in [
        "first-core-group",
        "notes-circulated",
        "child-seen",
        "core-group-interval",
        "bedroom-seen",
        "joint-report-final",
        "no-access",
        "visit-record-present",
        "key-worker-qualified",
        "key-worker",
        "absence-cover",
        "initial-conference",
        "baby-awake",
        "significant-change-to-chair",
    ] {
        assert!(guide.contains(&format!("`{id}`")), "{id} is not named");
        let known = packs
            .iter()
            .any(|pack| pack.rules.iter().any(|rule| rule.id == id));
        assert!(known, "{id} is in no pack");
    }
}
