//! Whether an authority's source can be read: connected to, and the first rows of each query.

use super::finding::{Area, Findings, counted, said};
use crate::calendar::Instant;
use crate::case::{Catalogue, Symbols};
use crate::daemon::ExaminedAuthority;
use crate::document::{Fault, Place};
use crate::rules::RuleSet;
use crate::source::probe;

/// Rows that are read of each query: enough to meet the values that it usually yields, few enough
/// that a check stays quick.
const ROWS: u64 = 200;
/// Unusable rows that are shown of each query; a reading shows them all.
const SHOWN: usize = 3;

/// Tries the source; says what a first reading is sure to find of each kind, where that is known.
pub(super) async fn check(
    authority: &ExaminedAuthority,
    now: Instant,
    findings: &mut Findings,
) -> Option<Catalogue> {
    let profile = authority.profile.as_ref()?;
    let probe = probe(profile, authority.calendar.zone, now, ROWS).await;
    let catalogue = probe.catalogue();
    let unknown =
        RuleSet::unknown_names(&authority.packs, |class, kind| probe.columns(class, kind));
    for fault in unknown.0 {
        findings.shared_fault(Area::Rules, fault);
    }
    for fault in probe.faults {
        findings.fault(Area::Source, fault);
    }
    if probe.could_write == Some(true) {
        findings.warning(
            Area::Source,
            said(
                "the account that reads the source could also write",
                "give it one that cannot",
            ),
        );
    }
    for query in &probe.queries {
        let name = &query.query;
        if query.rows == 0 {
            let what = format!("{name}: no rows");
            findings.warning(Area::Source, Fault::plain(Place::default(), what));
        } else {
            let rows = counted(query.rows as usize, "row");
            let first = query.samples.join("\n    ");
            findings.note(
                Area::Source,
                format!("{name}: {rows} read, such as\n    {first}"),
            );
        }
        if !query.unusable.is_empty() {
            let first = &query.unusable[..query.unusable.len().min(SHOWN)];
            let what = format!(
                "{name}: {} of the first {} cannot be used, such as {}",
                query.unusable.len(),
                counted(query.rows as usize, "row"),
                first.join("; ")
            );
            findings.warning(Area::Source, Fault::plain(Place::default(), what));
        }
    }
    catalogue
}

/// The rules that a first reading is sure to leave unmeasured.
pub(super) fn unmeasured(
    authority: &ExaminedAuthority,
    catalogue: &Catalogue,
    findings: &mut Findings,
) {
    // A name that nobody knows has been told with the source.
    let Ok(rules) = RuleSet::bind(&authority.packs, &mut Symbols::default(), catalogue) else {
        return;
    };
    for unmeasured in &rules.unmeasured {
        let id = &rules.rules[unmeasured.rule].id;
        let reasons = unmeasured.reasons.join("; ");
        let what = format!("the rule `{id}` will be unmeasured: {reasons}");
        findings.warning(Area::Rules, Fault::plain(Place::default(), what));
    }
}
