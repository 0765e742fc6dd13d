//! What can be said of an authority's packs, ladders and calendar without reading its cases.

use super::finding::{Area, Findings, in_words, said};
use crate::calendar::Instant;
use crate::daemon::{ExaminedAuthority, bank_holidays_ending};
use crate::document::{Fault, Place};

pub(super) fn check(authority: &ExaminedAuthority, now: Instant, findings: &mut Findings) {
    nations(authority, findings);
    if let Some(warning) = bank_holidays_ending(&authority.settings, &authority.calendar, now) {
        let of = format!("authority {}: ", authority.settings.id);
        let warning = warning.strip_prefix(&of).unwrap_or(&warning);
        findings.warning(Area::Rules, in_words(warning));
    }
    ladders(authority, findings);
}

fn nations(authority: &ExaminedAuthority, findings: &mut Findings) {
    let mine = authority.settings.nation;
    for pack in &authority.packs {
        if let Some(theirs) = pack.nation.filter(|theirs| *theirs != mine) {
            findings.warning(
                Area::Rules,
                said(
                    format!("the pack `{}` was written for {theirs}", pack.id),
                    format!("its working days are counted by the bank holidays of {mine}"),
                ),
            );
        }
    }
}

fn ladders(authority: &ExaminedAuthority, findings: &mut Findings) {
    let Some(path) = &authority.settings.ladders else {
        let what = "no `ladders`: its duties are counted, and nobody is told of any";
        return findings.warning(Area::Recipients, Fault::plain(Place::default(), what));
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
            let fault = Fault::new(
                rule.place.clone(),
                format!(
                    "the rule `{}` names the ladder `{ladder}`, that is not there",
                    rule.id
                ),
                format!("add it to {}, or name one that is in it", path.display()),
            );
            findings.shared_fault(Area::Recipients, fault);
        }
    }
}
