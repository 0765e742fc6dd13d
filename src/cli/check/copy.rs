//! What an authority's copy says of its rules: what is unknown, unmeasured, unusable, unborn.

use super::finding::{Area, Findings, counted, said};
use crate::calendar::{Day, Instant};
use crate::daemon::{Authority, Cases, EvaluationError, LadderHole, count, ladder_holes};
use crate::document::{Fault, Place};
use crate::metrics::most_series;
use crate::store::{Store, StoreError, Transaction, copy};

/// So many series of one program are a burden on a Prometheus that has a hundred others to watch.
const MANY_SERIES: usize = 50_000;
/// So many cases with a hole in a ladder are named; with them somebody can begin to look.
const FIRST_CASES: usize = 10;

/// Looks into an authority's copy; `false` where it has none yet.
pub(super) async fn check(
    store: &Store,
    authority: &Authority,
    now: Instant,
    most_teams: usize,
    findings: &mut Findings,
) -> Result<bool, EvaluationError> {
    let id = &authority.settings.id;
    let mut tx = store.snapshot().await?;
    if copy::last_accepted(&mut tx, id).await?.is_none() {
        let what =
            "its source has never been read; once it has, check says what cannot be measured";
        findings.warning(Area::Store, Fault::plain(Place::default(), what));
        return Ok(false);
    }
    refusal(&mut tx, id, findings).await?;
    let unusable = copy::quarantine(&mut tx, id).await?.len();
    if unusable > 0 {
        findings.warning(
            Area::Source,
            said(
                format!("{} of the source cannot be used", counted(unusable, "row")),
                "`corewatch sync --quarantine` lists them",
            ),
        );
    }
    let cases = match Cases::read(&mut tx, authority, None).await {
        Ok(cases) => cases,
        Err(EvaluationError::Rules(faults)) => {
            for fault in faults.0 {
                findings.shared_fault(Area::Rules, fault);
            }
            return Ok(true);
        }
        Err(error) => return Err(error),
    };
    let warn = |findings: &mut Findings, area, what: String| {
        findings.warning(area, Fault::plain(Place::default(), what));
    };
    for unmeasured in &cases.rules.unmeasured {
        let rule = &cases.rules.rules[unmeasured.rule].id;
        let reasons = unmeasured.reasons.join("; ");
        let what = format!("the rule `{rule}` is unmeasured: {reasons}");
        warn(findings, Area::Rules, what);
    }
    let today = authority.calendar.zone.day_of(now);
    series(authority, &cases, today, most_teams, findings)?;
    for hole in ladder_holes(&mut tx, authority, &cases, today).await? {
        warn(findings, Area::Recipients, hole_words(&hole));
    }
    let unborn = without_birth(authority, &cases, now)?;
    if !unborn.is_empty() {
        let what = format!(
            "no date of birth, so that nothing is counted by rules with `born`: {}",
            unborn.join(", ")
        );
        warn(findings, Area::Source, what);
    }
    Ok(true)
}

/// Where the last reading was refused, the copy is older than it seems.
async fn refusal(
    tx: &mut Transaction,
    authority: &str,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let last = copy::last_reading(tx, authority).await?;
    let held = copy::last_accepted(tx, authority).await?;
    if let (Some(last), Some(held)) = (last, held)
        && let Some(why) = last.refused
    {
        let what = format!(
            "the last reading of its source was refused, at {}; the copy is of {}: {}",
            last.at,
            held.at,
            why.replace('\n', "; ")
        );
        findings.warning(
            Area::Source,
            said(what, "once it is mended, the next reading puts it right"),
        );
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
        "at most {} of metrics, of {} and {}",
        counted(series, "series"),
        counted(cases.rules.rules.len(), "rule"),
        counted(counts.children.len(), "team")
    );
    if series > MANY_SERIES {
        findings.warning(
            Area::Configuration,
            said(
                format!("{line}, more than Prometheus takes lightly"),
                "lower `[metrics] teams`",
            ),
        );
    } else {
        findings.note(Area::Configuration, line);
    }
    Ok(())
}

/// By case reference, as everything is that leaves the program; the first of them, where there are
/// many.
fn hole_words(hole: &LadderHole) -> String {
    let LadderHole { ladder, cases, .. } = hole;
    let roles = hole.roles.join(", ");
    let first: Vec<&str> = cases.iter().take(FIRST_CASES).map(String::as_str).collect();
    let more = match cases.len() - first.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let children = match cases.len() {
        1 => "1 child".to_owned(),
        many => format!("{many} children"),
    };
    let what = match hole.step {
        None => format!("no step of the ladder `{ladder}` reaches anyone ({roles})"),
        Some(step) => format!("step {step} of the ladder `{ladder}` reaches nobody ({roles})"),
    };
    format!("{what} for {children}: {}{more}", first.join(", "))
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
