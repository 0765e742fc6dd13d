//! The children whose ladder has a hole: a step that would reach nobody, found before anything is due
//! (SPEC 7, Who).

use std::collections::{BTreeMap, BTreeSet};

use super::{Findings, counted, of};
use crate::alerts::{Directory, Recipients, StaffKinds};
use crate::calendar::Instant;
use crate::daemon::{Authority, Cases, EvaluationError};
use crate::store::{Transaction, copy};

/// The children that a step reaches nobody for, by ladder and the step's number.
type Holes = BTreeMap<(String, usize), Vec<String>>;

pub(super) async fn check(
    tx: &mut Transaction,
    authority: &Authority,
    cases: &Cases,
    now: Instant,
    findings: &mut Findings,
) -> Result<(), EvaluationError> {
    let id = &authority.settings.id;
    let staff = copy::staff(tx, id).await?;
    let symbols = copy::symbols(tx, id).await?;
    let unusable = BTreeSet::new();
    let directory = Directory {
        staff: &staff,
        kinds: StaffKinds::of(&symbols),
        roles: &authority.settings.roles,
        unusable: &unusable,
    };
    for ((ladder, step), children) in holes(authority, cases, &directory, now)? {
        findings.warning(format!(
            "{}: step {step} of the ladder `{ladder}` reaches nobody for {}: {}",
            of(authority),
            counted(children.len(), "open case"),
            children.join(", ")
        ));
    }
    Ok(())
}

fn holes(
    authority: &Authority,
    cases: &Cases,
    directory: &Directory<'_>,
    now: Instant,
) -> Result<Holes, EvaluationError> {
    let today = authority.calendar.zone.day_of(now);
    let ladder_of = |rule: usize| {
        let id = cases.rules.rules[rule].ladder.as_deref()?;
        authority.ladders.get(id)
    };
    let runs = cases.evaluate(
        authority,
        today,
        |holes: &mut Holes, timeline, obligations| {
            let open = obligations
                .iter()
                .filter(|obligation| obligation.state.is_open());
            let ladders: BTreeMap<&str, _> = open
                .filter_map(|obligation| ladder_of(obligation.rule))
                .map(|ladder| (ladder.id.as_str(), ladder))
                .collect();
            if ladders.is_empty() {
                return;
            }
            let recipients = Recipients::new(directory, timeline, today);
            for ladder in ladders.values() {
                let steps = recipients.of_ladder(ladder);
                for (number, people) in (1..).zip(steps) {
                    if people.reached.is_empty() {
                        let hole = holes.entry((ladder.id.clone(), number)).or_default();
                        hole.push(timeline.child.id.to_owned());
                    }
                }
            }
        },
    )?;
    let mut all = Holes::new();
    for (step, children) in runs.into_iter().flatten() {
        all.entry(step).or_default().extend(children);
    }
    Ok(all)
}
