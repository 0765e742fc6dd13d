//! Whether an authority's source can be read: connected to, and the first rows of each query.

use super::{Findings, counted, of};
use crate::calendar::Instant;
use crate::daemon::ExaminedAuthority;
use crate::rules::RuleSet;
use crate::source::probe;

/// Rows that are read of each query: enough to meet the values that it usually yields, few enough
/// that a check stays quick.
const ROWS: u64 = 200;
/// Unusable rows that are shown of each query; a reading shows them all.
const SHOWN: usize = 3;

pub(super) async fn check(authority: &ExaminedAuthority, now: Instant, findings: &mut Findings) {
    let Some(profile) = &authority.profile else {
        return;
    };
    let probe = probe(profile, authority.calendar.zone, now, ROWS).await;
    let unknown =
        RuleSet::unknown_names(&authority.packs, |class, kind| probe.columns(class, kind));
    for fault in unknown.0 {
        findings.fault(fault);
    }
    for fault in probe.faults {
        findings.fault(format!("{}: {fault}", of(&authority.settings)));
    }
    if probe.could_write == Some(true) {
        findings.warning(format!(
            "{}: the account that reads the source could also write; give it one that cannot",
            of(&authority.settings)
        ));
    }
    for query in &probe.queries {
        if query.rows == 0 {
            findings.warning(format!(
                "{}: {}: no rows",
                of(&authority.settings),
                query.query
            ));
        }
        if !query.unusable.is_empty() {
            let first = &query.unusable[..query.unusable.len().min(SHOWN)];
            findings.warning(format!(
                "{}: {}: {} of the first {} cannot be used, such as {}",
                of(&authority.settings),
                query.query,
                query.unusable.len(),
                counted(query.rows as usize, "row"),
                first.join("; ")
            ));
        }
    }
}
