//! What can be said of an authority's packs, ladders and calendar without reading its cases.

use super::{Findings, of};
use crate::calendar::Instant;
use crate::daemon::{ExaminedAuthority, bank_holidays_ending};
use crate::document::Fault;

pub(super) fn check(authority: &ExaminedAuthority, now: Instant, findings: &mut Findings) {
    nations(authority, findings);
    if let Some(warning) = bank_holidays_ending(&authority.settings, &authority.calendar, now) {
        findings.warning(warning);
    }
    ladders(authority, findings);
}

fn nations(authority: &ExaminedAuthority, findings: &mut Findings) {
    let mine = authority.settings.nation;
    for pack in &authority.packs {
        if let Some(theirs) = pack.nation.filter(|theirs| *theirs != mine) {
            findings.warning(format!(
                "{}: the pack `{}` was written for {theirs}; its working days are counted by the \
                 bank holidays of {mine}",
                of(&authority.settings),
                pack.id
            ));
        }
    }
}

fn ladders(authority: &ExaminedAuthority, findings: &mut Findings) {
    let Some(path) = &authority.settings.ladders else {
        return findings.warning(format!(
            "{}: no `ladders`: its duties are counted, and nobody is told of any",
            of(&authority.settings)
        ));
    };
    let Some(ladders) = &authority.ladders else {
        return;
    };
    let rules = authority.packs.iter().flat_map(|pack| &pack.rules);
    for rule in rules {
        let Some(ladder) = rule.ladder.as_deref() else {
            continue;
        };
        if ladders.get(ladder).is_none() {
            findings.fault(Fault::new(
                rule.place.clone(),
                format!(
                    "the rule `{}` names the ladder `{ladder}`, that is not there",
                    rule.id
                ),
                format!("add it to {}, or name one that is in it", path.display()),
            ));
        }
    }
}
