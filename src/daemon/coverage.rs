//! Whom the ladders reach: children with a step that would reach nobody are found before anything is
//! due (SPEC 7, Who).

use std::collections::BTreeSet;

use super::evaluation::{Cases, EvaluationError};
use super::installation::Authority;
use crate::alerts::{Directory, Recipients, StaffKinds};
use crate::calendar::Day;
use crate::case::Timeline;
use crate::rules::Obligation;
use crate::store::{Transaction, copy};

/// A child one of whose ladders has steps that reach nobody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LadderHole {
    /// The source's id of the child.
    pub child: String,
    /// The case reference.
    pub case_ref: String,
    /// The ladder's id.
    pub ladder: String,
    /// The numbers of the steps that reach nobody.
    pub steps: Vec<u32>,
    /// Whether no step of the ladder reaches anyone.
    pub whole: bool,
}

/// The holes of an authority's ladders, over the children that have an open obligation on one, as of
/// `today`.
///
/// # Errors
/// What the store says; a damaged copy.
pub async fn ladder_holes(
    tx: &mut Transaction,
    authority: &Authority,
    cases: &Cases,
    today: Day,
) -> Result<Vec<LadderHole>, EvaluationError> {
    let id = &authority.settings.id;
    let staff = copy::staff(tx, id).await?;
    let symbols = copy::symbols(tx, id).await?;
    let directory = Directory {
        staff: &staff,
        kinds: StaffKinds::of(&symbols),
        roles: &authority.settings.roles,
        unusable: &BTreeSet::new(),
    };
    let look = |holes: &mut Vec<LadderHole>, timeline: &Timeline<'_>, all: &[Obligation<'_>]| {
        let open = all.iter().filter(|obligation| obligation.state.is_open());
        let ladders: BTreeSet<&str> = open
            .filter_map(|obligation| cases.rules.rules[obligation.rule].ladder.as_deref())
            .collect();
        let recipients = Recipients::new(&directory, timeline, today);
        for ladder in ladders
            .into_iter()
            .filter_map(|id| authority.ladders.get(id))
        {
            let people = recipients.of_ladder(ladder);
            let steps: Vec<u32> = (1..)
                .zip(&people)
                .filter(|(_, people)| people.reached.is_empty())
                .map(|(number, _)| number)
                .collect();
            if !steps.is_empty() {
                holes.push(LadderHole {
                    child: timeline.child.id.to_owned(),
                    case_ref: timeline.child.case_ref.to_owned(),
                    ladder: ladder.id.clone(),
                    whole: steps.len() == people.len(),
                    steps,
                });
            }
        }
    };
    let found = cases.evaluate(authority, today, look)?;
    Ok(found.into_iter().flatten().collect())
}
