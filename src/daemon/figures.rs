//! The figures that metrics are made of, counted from the store: they survive a restart.

use std::collections::BTreeMap;
use std::time::{Duration, Instant as Stopwatch};

use super::{Authority, Cases, EvaluationError, Installation};
use crate::calendar::{Day, Instant};
use crate::metrics::{
    AuthorityFigures, Figures, JobFigures, ObligationLabels, QueueFigures, ReadingFigures,
};
use crate::rules::State;
use crate::store::{Store, StoreError, Transaction, copy, mail, stored_job};

/// Obligations counted while children are evaluated.
#[derive(Default)]
struct Tally {
    /// By rule, team and state.
    counts: BTreeMap<(usize, String, State), u64>,
    /// The most days over of an open one, by rule.
    oldest: BTreeMap<usize, i64>,
}

/// Counts where an installation stands as of `now`; `jobs` are the names of the schedule's.
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
    let mut figures = Figures::default();
    for authority in &installation.authorities {
        figures
            .authorities
            .push(of_authority(&mut tx, authority, now).await?);
        let nation = authority.calendar.nation();
        let until = authority.calendar.known_until();
        figures
            .bank_holidays
            .extend(until.map(|until| (nation, until)));
    }
    for name in jobs {
        if let Some(job) = stored_job(&mut tx, name).await? {
            let job = JobFigures {
                last_success: job.ended_well,
                next_due: Some(job.next_due),
            };
            figures.jobs.insert((*name).to_owned(), job);
        }
    }
    let queue = mail::figures(&mut tx).await?;
    let count = |count: i64| u64::try_from(count).unwrap_or(0);
    figures.queue = Some(QueueFigures {
        waiting: count(queue.waiting),
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
    now: Instant,
) -> Result<AuthorityFigures, EvaluationError> {
    let id = &authority.settings.id;
    let mut figures = AuthorityFigures {
        id: id.clone(),
        reading: reading(tx, id).await?,
        last_accepted: copy::last_accepted(tx, id).await?.map(|reading| reading.at),
        ..AuthorityFigures::default()
    };
    if figures.last_accepted.is_none() {
        return Ok(figures);
    }
    let begun = Stopwatch::now();
    let cases = Cases::read(tx, authority, None).await?;
    let today = authority.calendar.zone.day_of(now);
    let tally = tally(authority, &cases, today)?;
    figures.evaluation = Some(begun.elapsed());
    let rules = &cases.rules.rules;
    for rule in rules {
        figures.rules.insert(rule.id.clone(), false);
    }
    for unmeasured in &cases.rules.unmeasured {
        figures
            .rules
            .insert(rules[unmeasured.rule].id.clone(), true);
    }
    for ((rule, team, state), count) in tally.counts {
        let labels = ObligationLabels {
            rule: rules[rule].id.clone(),
            team,
            severity: rules[rule].severity,
            state,
        };
        figures.obligations.insert(labels, count);
    }
    for (rule, days) in tally.oldest {
        figures.oldest_overdue.insert(rules[rule].id.clone(), days);
    }
    Ok(figures)
}

fn tally(authority: &Authority, cases: &Cases, today: Day) -> Result<Tally, EvaluationError> {
    let runs = cases.evaluate(
        authority,
        today,
        |tally: &mut Tally, timeline, obligations| {
            let team = timeline.child.team_id.unwrap_or("");
            for obligation in obligations {
                let key = (obligation.rule, team.to_owned(), obligation.state);
                *tally.counts.entry(key).or_default() += 1;
                if obligation.state == State::Overdue {
                    let oldest = tally.oldest.entry(obligation.rule).or_default();
                    *oldest = obligation.days_over.max(*oldest);
                }
            }
        },
    )?;
    let mut all = Tally::default();
    for run in runs {
        for (key, count) in run.counts {
            *all.counts.entry(key).or_default() += count;
        }
        for (rule, days) in run.oldest {
            let oldest = all.oldest.entry(rule).or_default();
            *oldest = days.max(*oldest);
        }
    }
    Ok(all)
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
