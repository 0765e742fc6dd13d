//! The figures that metrics are made of, counted from the store: they survive a restart.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant as Stopwatch};

use rustc_hash::FxHashMap;

use super::survey::{Basis, Kept};
use super::{Authority, Cases, EvaluationError, Installation, Which};
use crate::alerts::{KnownTrouble, TroubleKind};
use crate::calendar::{Day, Instant};
use crate::metrics::{
    AuthorityFigures, Counted, Counts, Figures, JobFigures, QueueFigures, ReadingFigures,
    RuleFigures,
};
use crate::store::{Store, StoreError, Transaction, alerts, copy, mail};
use crate::store::{register_tallies, size, stored_job};

/// Counts where an installation stands as of `now`; `jobs` are the names of the schedule's. What
/// was mailed and told is all that the store keeps of it.
///
/// # Errors
/// Names that the rules read and nobody knows; what the store says.
pub async fn figures(
    installation: &Installation,
    store: &Store,
    jobs: &[&str],
    now: Instant,
) -> Result<Figures, EvaluationError> {
    let mut tx = store.snapshot().await?;
    let known = alerts::troubles(&mut tx).await?;
    let mut figures = Figures {
        most_teams: installation.settings.metrics.teams,
        store_size: Some(size(&mut tx).await?),
        troubles: troubles(&known, ""),
        ..Figures::default()
    };
    for authority in &installation.authorities {
        figures
            .authorities
            .push(of_authority(&mut tx, authority, &known, now).await?);
        let nation = authority.calendar.nation();
        let until = authority.calendar.known_until();
        figures
            .bank_holidays
            .extend(until.map(|until| (nation, until)));
    }
    for name in jobs {
        if let Some(job) = stored_job(&mut tx, name).await? {
            let job = JobFigures {
                last_end: job.ended,
                last_success: job.ended_well,
                next_due: Some(job.next_due),
                lag: None,
            };
            figures.jobs.insert((*name).to_owned(), job);
        }
    }
    let queue = mail::figures(&mut tx).await?;
    let count = |count: i64| u64::try_from(count).unwrap_or(0);
    figures.queue = Some(QueueFigures {
        waiting: count(queue.waiting),
        deferred: count(queue.deferred),
        since: queue.oldest_queued,
    });
    figures.mail = BTreeMap::from([
        ("sent", count(queue.sent)),
        ("withdrawn", count(queue.withdrawn)),
        ("address_refused", count(queue.refused_addresses)),
        ("message_refused", count(queue.refused_messages)),
    ]);
    Ok(figures)
}

async fn of_authority(
    tx: &mut Transaction,
    authority: &Authority,
    known: &[KnownTrouble],
    now: Instant,
) -> Result<AuthorityFigures, EvaluationError> {
    let id = &authority.settings.id;
    let troubles = troubles(known, id);
    let mut figures = AuthorityFigures {
        id: id.clone(),
        reading: reading(tx, id).await?,
        last_accepted: copy::last_accepted(tx, id).await?.map(|reading| reading.at),
        alerts: steps(authority, alerts::open_by_step(tx, id).await?),
        told: steps(authority, alerts::told_by_step(tx, id).await?),
        held: alerts::flood_held(tx, id).await?,
        unreachable: troubles[TroubleKind::AddressRefused.name()],
        troubles,
        ..AuthorityFigures::default()
    };
    if figures.last_accepted.is_none() {
        return Ok(figures);
    }
    let begun = Stopwatch::now();
    let mut cases = Cases::of_nobody(tx, authority).await?;
    let today = authority.calendar.zone.day_of(now);
    figures.counts = count_kept(tx, authority, &mut cases, (today, now)).await?;
    figures.evaluation = Some(begun.elapsed());
    figures.rules = rules(&cases);
    Ok(figures)
}

/// The rules of an authority, in the order of their numbers in the counts.
fn rules(cases: &Cases) -> Vec<RuleFigures> {
    let rules = cases.rules.rules.iter().enumerate();
    rules
        .map(|(number, rule)| RuleFigures {
            id: rule.id.clone(),
            severity: rule.severity,
            unmeasured: cases.rules.unmeasured.iter().any(|u| u.rule == number),
        })
        .collect()
}

/// How many things of each kind are amiss with an authority, or, where it is empty, with the whole
/// installation: none of a kind is told too.
fn troubles(known: &[KnownTrouble], authority: &str) -> BTreeMap<&'static str, u64> {
    let mut counts: BTreeMap<&str, u64> = TroubleKind::ALL
        .into_iter()
        .filter(|kind| kind.is_of_installation() == authority.is_empty())
        .map(|kind| (kind.name(), 0))
        .collect();
    for known in known {
        let trouble = &known.trouble;
        if trouble.authority == authority {
            *counts.entry(trouble.kind.name()).or_default() += 1;
        }
    }
    counts
}

/// Counts by step with every step of the authority's ladders among them.
fn steps(authority: &Authority, mut counts: BTreeMap<u32, u64>) -> BTreeMap<u32, u64> {
    let last = authority.ladders.iter().map(|ladder| ladder.last()).max();
    for step in 1..=last.unwrap_or(0) {
        counts.entry(step).or_default();
    }
    counts
}

/// Counts what the register says, and evaluates those children of whom it says nothing as of now.
async fn count_kept(
    tx: &mut Transaction,
    authority: &Authority,
    cases: &mut Cases,
    (today, now): (Day, Instant),
) -> Result<Counts, EvaluationError> {
    let kept = Kept::read(tx, authority).await?;
    let basis = Basis::of_obligations(authority, &cases.rules);
    let mut counts = Counts::default();
    let mut which = Which::All;
    let rests_on = |stored: &str| Kept::rests_on(stored, &basis);
    if let Some(register) = kept.register(tx, authority, today, rests_on).await? {
        let mut stale: BTreeSet<&str> = kept.changed().iter().map(String::as_str).collect();
        let mut groups: FxHashMap<(&str, Counted), u64> = FxHashMap::default();
        let tallies = register_tallies(tx, &authority.settings.id, 0).await?;
        for entry in register.entries(&tallies)? {
            if entry.outlook.is_due(today, now) {
                stale.insert(entry.child);
            }
            if stale.contains(entry.child) {
                continue;
            }
            counts.add_children(entry.team, u64::from(entry.has_obligations()));
            for group in entry.counts() {
                let (counted, count) = group?;
                *groups.entry((entry.team, counted)).or_default() += count;
            }
        }
        for ((team, counted), count) in groups {
            counts.add_counted(team, counted, count, today);
        }
        which = Which::Some(stale.into_iter().map(str::to_owned).collect());
    }
    cases.turn_to(tx, authority, &which).await?;
    counts.merge(count(authority, cases, today)?);
    Ok(counts)
}

/// Counts the obligations of the children that were read, as of `today`.
///
/// # Errors
/// Where the copy is damaged.
pub fn count(authority: &Authority, cases: &Cases, today: Day) -> Result<Counts, EvaluationError> {
    let runs = cases.evaluate(authority, today, |counts: &mut Counts, timeline, all| {
        counts.add(timeline.child.team_id, all, today);
    })?;
    let mut counts = Counts::default();
    for run in runs {
        counts.merge(run);
    }
    Ok(counts)
}

async fn reading(tx: &mut Transaction, id: &str) -> Result<Option<ReadingFigures>, StoreError> {
    let reading = copy::last_reading(tx, id).await?;
    Ok(reading.map(|reading| ReadingFigures {
        refused: !reading.accepted(),
        rows: reading.rows,
        quarantined: reading.quarantined,
        children: reading.children,
        took: Duration::from_millis(reading.milliseconds),
    }))
}
