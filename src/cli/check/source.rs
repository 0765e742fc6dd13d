//! Whether an authority's source can be read: connected to, and the first rows of each query.

use super::finding::{Area, Findings, counted, said};
use crate::calendar::Instant;
use crate::case::{Catalogue, Symbols};
use crate::daemon::ExaminedAuthority;
use crate::document::{Fault, Place};
use crate::rules::RuleSet;
use crate::source::{Probe, foresee, probe};
use crate::store::{Store, StoreError};

/// Rows that are read of each query: enough to meet the values that it usually yields, few enough
/// that a check stays quick.
const ROWS: u64 = 200;
/// Unusable rows that are shown of each query; a reading shows them all.
const SHOWN: usize = 3;

/// Tries the source; gives what the trial brought.
pub(super) async fn check(
    authority: &ExaminedAuthority,
    now: Instant,
    findings: &mut Findings,
) -> Option<Probe> {
    let profile = authority.profile.as_ref()?;
    let probe = probe(profile, authority.calendar.zone, now, ROWS).await;
    let unknown =
        RuleSet::unknown_names(&authority.packs, |class, kind| probe.columns(class, kind));
    for fault in unknown.0 {
        findings.shared_fault(Area::Rules, fault);
    }
    for fault in &probe.faults {
        findings.fault(Area::Source, fault.clone());
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
    Some(probe)
}

/// Why a reading would be refused now.
pub(super) async fn refused(
    store: &Store,
    authority: &ExaminedAuthority,
    probe: &Probe,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let Some(profile) = &authority.profile else {
        return Ok(());
    };
    let mut tx = store.snapshot().await?;
    for fault in foresee(&mut tx, &authority.settings.id, profile, probe).await? {
        findings.fault(Area::Source, fault);
    }
    Ok(())
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
