//! What rules read that nobody knows, and what a copy lacks to judge them.

use std::collections::BTreeSet;

use crate::case::{Catalogue, Class, KindFacts};
use crate::document::{Fault, Faults, nearest};

use super::super::model::{Pack, Part};

/// Tells the names that a part reads and nobody knows: no query of the kind yields such a column and
/// the pack does not list it.
pub(super) fn unknown_names(
    pack: &Pack,
    part: &Part<'_>,
    columns: &BTreeSet<String>,
    faults: &mut Faults,
) {
    let Some(predicate) = part.predicate else {
        return;
    };
    let listed = pack.attributes.iter().filter(|(kind, _)| kind == part.kind);
    let mut known: BTreeSet<&str> = listed
        .flat_map(|(_, names)| names.iter().map(String::as_str))
        .collect();
    known.extend(columns.iter().map(String::as_str));
    for (name, place) in &predicate.reads {
        if known.contains(name.as_str()) {
            continue;
        }
        let what = format!("`{}` has no attribute `{name}`", part.kind);
        let listing = format!("list it under [attributes] {} = […]", part.kind);
        faults.0.push(match nearest(name, known.iter().copied()) {
            Some(near) => Fault::new(
                place.clone(),
                what,
                format!("did you mean `{near}`? else {listing}"),
            ),
            None => Fault::new(
                place.clone(),
                what,
                format!("let a query of that kind yield such a column, or {listing}"),
            ),
        });
    }
}

/// What the copy lacks to judge a part.
pub(super) fn missing(part: &Part<'_>, catalogue: &Catalogue) -> BTreeSet<String> {
    let mut reasons = BTreeSet::new();
    let facts: Option<&KindFacts> = catalogue.kind(part.class, part.kind);
    let Some(facts) = facts.filter(|facts| facts.rows > 0) else {
        let of = match part.class {
            Class::Period => "period",
            Class::Event => "event",
        };
        reasons.insert(format!("the copy holds no {of} of kind `{}`", part.kind));
        return reasons;
    };
    if part.about && facts.about == 0 {
        reasons.insert(format!("no `{}` says what it is `about`", part.kind));
    }
    for (name, _) in part.predicate.iter().flat_map(|p| &p.reads) {
        if facts.carried.get(name).is_none_or(|rows| *rows == 0) {
            reasons.insert(format!("no `{}` carries `{name}`", part.kind));
        }
    }
    reasons
}
