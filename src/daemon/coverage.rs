//! Whom the ladders reach: children with a step that would reach nobody are found before anything is
//! due (SPEC 7, Who).

use std::collections::{BTreeMap, BTreeSet};

use super::evaluation::{Cases, EvaluationError};
use super::installation::Authority;
use crate::alerts::{Directory, Ladder, Recipients, StaffKinds, Step, StepPeople, To};
use crate::calendar::Day;
use crate::case::Timeline;
use crate::rules::Obligation;
use crate::store::{Transaction, copy};

/// A step of a ladder, or all of them, that would reach nobody for some children.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LadderHole {
    /// The ladder's id.
    pub ladder: String,
    /// The step's number; none where no step of the ladder reaches anyone.
    pub step: Option<u32>,
    /// The roles of the step, as the ladder names them; of all steps where none reaches anyone.
    pub roles: Vec<String>,
    /// The case references of the children.
    pub cases: BTreeSet<String>,
}

/// A ladder with one of its steps or none, and the roles: one hole of all children.
type Where = (String, Option<u32>, Vec<String>);

/// The holes of an authority's ladders as of `today`, over all children who are in a period for which
/// a rule with a ladder runs, whether or not anything is due, and all who have an open obligation on
/// one.
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
    let rules = &cases.rules;
    type Holes = BTreeMap<Where, BTreeSet<String>>;
    let look = |holes: &mut Holes, timeline: &Timeline<'_>, all: &[Obligation<'_>]| {
        let running: BTreeSet<&str> = timeline
            .periods
            .iter()
            .filter(|period| period.runs_on(today))
            .map(|period| rules.name(period.kind))
            .collect();
        let to_come = rules
            .rules
            .iter()
            .filter(|rule| running.contains(rule.during.as_str()));
        let open = all.iter().filter(|obligation| obligation.state.is_open());
        let open = open.map(|obligation| &rules.rules[obligation.rule]);
        let ladders: BTreeSet<&str> = open
            .chain(to_come)
            .filter_map(|rule| rule.ladder.as_deref())
            .collect();
        let recipients = Recipients::new(&directory, timeline, today);
        let ladders = ladders.into_iter();
        for ladder in ladders.filter_map(|id| authority.ladders.get(id)) {
            for hole in holes_of(ladder, &recipients.of_ladder(ladder)) {
                let cases = holes.entry(hole).or_default();
                cases.insert(timeline.child.case_ref.to_owned());
            }
        }
    };
    let mut holes = Holes::new();
    for part in cases.evaluate(authority, today, look)? {
        for (hole, cases) in part {
            holes.entry(hole).or_default().extend(cases);
        }
    }
    let hole = |((ladder, step, roles), cases)| LadderHole {
        ladder,
        step,
        roles,
        cases,
    };
    Ok(holes.into_iter().map(hole).collect())
}

/// The steps of a ladder that reach nobody; where none reaches anyone, all of them as one.
fn holes_of(ladder: &Ladder, people: &[StepPeople]) -> Vec<Where> {
    let empty: Vec<(u32, &Step)> = (1..)
        .zip(ladder.steps.iter().zip(people))
        .filter(|(_, (_, people))| people.reached.is_empty())
        .map(|(number, (step, _))| (number, step))
        .collect();
    let id = &ladder.id;
    if empty.len() == people.len() {
        let roles: BTreeSet<String> = empty.iter().flat_map(|(_, step)| names(step)).collect();
        return vec![(id.clone(), None, roles.into_iter().collect())];
    }
    let holes = empty.into_iter();
    holes
        .map(|(number, step)| (id.clone(), Some(number), names(step).collect()))
        .collect()
}

fn names(step: &Step) -> impl Iterator<Item = String> {
    step.to.iter().map(|to| match to {
        To::Address(_) => "an address".to_owned(),
        role => role.to_string(),
    })
}
