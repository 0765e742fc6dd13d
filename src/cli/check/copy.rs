//! What an authority's copy says of its rules: what is unknown, unmeasured, unusable, unborn.

use super::{Findings, counted, of};
use crate::calendar::{Day, Instant};
use crate::daemon::{Authority, Cases, EvaluationError, LadderHole, count, ladder_holes};
use crate::metrics::most_series;
use crate::store::{Store, copy};

/// So many series of one program are a burden on a Prometheus that has a hundred others to watch.
const MANY_SERIES: usize = 50_000;

pub(super) async fn check(
    store: &Store,
    authority: &Authority,
    now: Instant,
    most_teams: usize,
    findings: &mut Findings,
) -> Result<(), EvaluationError> {
    let id = &authority.settings.id;
    let mut tx = store.snapshot().await?;
    if copy::last_accepted(&mut tx, id).await?.is_none() {
        findings.warning(format!(
            "{}: its source has never been read; once it has, check says what cannot be measured",
            of(&authority.settings)
        ));
        return Ok(());
    }
    let unusable = copy::quarantine(&mut tx, id).await?.len();
    if unusable > 0 {
        findings.warning(format!(
            "{}: {} of the source cannot be used; `corewatch sync --quarantine` lists \
             them",
            of(&authority.settings),
            counted(unusable, "row")
        ));
    }
    let cases = match Cases::read(&mut tx, authority, None).await {
        Ok(cases) => cases,
        Err(EvaluationError::Rules(faults)) => {
            for fault in faults.0 {
                findings.fault(fault);
            }
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    for unmeasured in &cases.rules.unmeasured {
        findings.warning(format!(
            "{}: the rule `{}` is unmeasured: {}",
            of(&authority.settings),
            cases.rules.rules[unmeasured.rule].id,
            unmeasured.reasons.join("; ")
        ));
    }
    let today = authority.calendar.zone.day_of(now);
    series(authority, &cases, today, most_teams, findings)?;
    for hole in ladder_holes(&mut tx, authority, &cases, today).await? {
        findings.warning(format!(
            "{}: {}",
            of(&authority.settings),
            hole_words(&hole)
        ));
    }
    let unborn = without_birth(authority, &cases, now)?;
    if !unborn.is_empty() {
        findings.warning(format!(
            "{}: no date of birth, so that nothing is counted by rules with `born`: {}",
            of(&authority.settings),
            unborn.join(", ")
        ));
    }
    Ok(())
}

/// How many series Prometheus has to keep of an authority.
fn series(
    authority: &Authority,
    cases: &Cases,
    today: Day,
    most_teams: usize,
    findings: &mut Findings,
) -> Result<(), EvaluationError> {
    let counts = count(authority, cases, today)?;
    let series = most_series(cases.rules.rules.len(), &counts.children, most_teams);
    let line = format!(
        "{}: at most {} of metrics, of {} and {}",
        of(&authority.settings),
        counted(series, "series"),
        counted(cases.rules.rules.len(), "rule"),
        counted(counts.children.len(), "team")
    );
    if series > MANY_SERIES {
        findings.warning(format!(
            "{line}; more than Prometheus takes lightly: lower `[metrics] teams`"
        ));
    } else {
        findings.note(line);
    }
    Ok(())
}

/// By case reference, as everything is that leaves the program.
fn hole_words(hole: &LadderHole) -> String {
    let steps: Vec<String> = hole.steps.iter().map(ToString::to_string).collect();
    let (case_ref, ladder) = (&hole.case_ref, &hole.ladder);
    if hole.whole {
        format!("{case_ref}: no step of the ladder `{ladder}` reaches anyone")
    } else {
        let steps = steps.join(", ");
        format!("{case_ref}: of the ladder `{ladder}` these steps reach nobody: {steps}")
    }
}

/// The children that a rule with `born` would run for, had they a date of birth.
fn without_birth(
    authority: &Authority,
    cases: &Cases,
    now: Instant,
) -> Result<Vec<String>, EvaluationError> {
    let today = authority.calendar.zone.day_of(now);
    let rules = cases.rules.rules.iter().filter(|rule| rule.born);
    let kinds: Vec<&str> = rules.map(|rule| rule.during.as_str()).collect();
    let runs = cases.evaluate(authority, today, |unborn: &mut Vec<String>, timeline, _| {
        let runs_in = |kind| kinds.contains(&cases.rules.name(kind));
        if timeline.child.born.is_none() && timeline.periods.iter().any(|p| runs_in(p.kind)) {
            unborn.push(timeline.child.id.to_owned());
        }
    })?;
    Ok(runs.into_iter().flatten().collect())
}
