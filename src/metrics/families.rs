//! Figures as Prometheus' metric families.

use std::collections::BTreeMap;

use prometheus::core::Collector as _;
use prometheus::proto::MetricFamily;
use prometheus::{CounterVec, GaugeVec, Opts};

use super::definitions::{self as metric, Definition, Kind};
use super::{AuthorityFigures, Figures, Teams, WINDOWS};
use crate::calendar::{Instant, Zone};

/// Seconds in a day, as days over are counted.
const SECONDS_A_DAY: f64 = 86_400.0;

/// One family while it is filled.
enum Family {
    Gauge(GaugeVec),
    Counter(CounterVec),
}

impl Family {
    fn new(definition: &Definition) -> Result<Self, prometheus::Error> {
        let opts = Opts::new(definition.name, definition.help);
        Ok(match definition.kind {
            Kind::Gauge | Kind::Info => Family::Gauge(GaugeVec::new(opts, definition.labels)?),
            Kind::Counter => Family::Counter(CounterVec::new(opts, definition.labels)?),
        })
    }

    fn set(&self, labels: &[&str], value: f64) -> Result<(), prometheus::Error> {
        match self {
            Family::Gauge(family) => family.get_metric_with_label_values(labels)?.set(value),
            Family::Counter(family) => family.get_metric_with_label_values(labels)?.inc_by(value),
        }
        Ok(())
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let families = match self {
            Family::Gauge(family) => family.collect(),
            Family::Counter(family) => family.collect(),
        };
        // A family without a series is not there: its text would be a heading over nothing.
        families
            .into_iter()
            .filter(|family| !family.get_metric().is_empty())
            .collect()
    }
}

/// Fills a family from label values and numbers.
fn family<'l, const N: usize>(
    definition: &Definition,
    series: impl IntoIterator<Item = ([&'l str; N], f64)>,
) -> Result<Vec<MetricFamily>, prometheus::Error> {
    let family = Family::new(definition)?;
    for (labels, value) in series {
        family.set(&labels, value)?;
    }
    Ok(family.collect())
}

/// The families of these figures; those without a number are left out.
pub(super) fn families(figures: &Figures) -> Result<Vec<MetricFamily>, prometheus::Error> {
    let mut families = Vec::new();
    families.extend(obligations(figures)?);
    families.extend(alerts(figures)?);
    families.extend(readings(figures)?);
    families.extend(passes(figures)?);
    families.extend(mail(figures)?);
    families.extend(family(
        &metric::BANK_HOLIDAYS,
        figures.bank_holidays.iter().map(|(nation, day)| {
            let end = Zone::LONDON.start_of(day.next());
            ([nation.name()], seconds(end))
        }),
    )?);
    let certificates = figures.certificates.iter();
    families.extend(family(
        &metric::CERTIFICATE,
        certificates.map(|(certificate, end)| ([*certificate], seconds(*end))),
    )?);
    families.extend(family(
        &metric::BUILD_INFO,
        [([env!("CARGO_PKG_VERSION")], 1.0)],
    )?);
    Ok(families)
}

fn obligations(figures: &Figures) -> Result<Vec<MetricFamily>, prometheus::Error> {
    let mut folded = BTreeMap::new();
    let mut teams_folded = Vec::new();
    for authority in &figures.authorities {
        let counts = &authority.counts;
        let teams = Teams::of(&counts.children, figures.most_teams);
        for ((rule, team, state), count) in &counts.obligations {
            let labels = (&*authority.id, *rule, teams.label(team), *state);
            folded.entry(labels).or_insert((0_u64, authority)).0 += count;
        }
        if !counts.children.is_empty() {
            teams_folded.push(([&*authority.id], teams.folded as f64));
        }
    }
    let counts = folded
        .iter()
        .filter_map(|((id, rule, team, state), (count, authority))| {
            let rule = authority.rules.get(*rule)?;
            let labels = [id, &*rule.id, team, rule.severity.name(), state.name()];
            Some((labels, *count as f64))
        });
    let mut families = family(&metric::OBLIGATIONS, counts)?;
    families.extend(family(&metric::FOLDED_TEAMS, teams_folded)?);
    families.extend(by_rule(&metric::OLDEST_OVERDUE, figures, |a, number| {
        let days = a.counts.oldest.get(&number).copied().unwrap_or(0);
        Some(days as f64 * SECONDS_A_DAY)
    })?);
    families.extend(by_rule(&metric::RULE_UNMEASURED, figures, |a, number| {
        Some(f64::from(u8::from(a.rules[number].unmeasured)))
    })?);
    families.extend(by_authority(&metric::EVALUATION_DURATION, figures, |a| {
        Some(a.evaluation?.as_secs_f64())
    })?);
    families.extend(timeliness(figures)?);
    Ok(families)
}

/// A rule that gives no obligations has no share, and none that fell due.
fn timeliness(figures: &Figures) -> Result<Vec<MetricFamily>, prometheus::Error> {
    let shares: Vec<_> = figures
        .authorities
        .iter()
        .flat_map(|a| {
            let rules = a
                .rules
                .iter()
                .enumerate()
                .filter(|(_, rule)| !rule.unmeasured);
            rules.flat_map(move |(number, rule)| {
                let counted = a.counts.timeliness.get(&number).copied();
                WINDOWS
                    .iter()
                    .zip(counted.unwrap_or_default())
                    .map(move |(window, share)| ([&*a.id, &*rule.id, window.name], share))
            })
        })
        .collect();
    let due = shares
        .iter()
        .map(|(labels, share)| (*labels, share.due as f64));
    let mut families = family(&metric::FELL_DUE, due)?;
    let met = shares.iter().filter(|(_, share)| share.due > 0);
    let met = met.map(|(labels, share)| (*labels, share.met as f64 / share.due as f64));
    families.extend(family(&metric::MET_ON_TIME, met)?);
    Ok(families)
}

fn alerts(figures: &Figures) -> Result<Vec<MetricFamily>, prometheus::Error> {
    let mut families = by_step(&metric::ALERTS, figures, |a| &a.alerts)?;
    families.extend(by_step(&metric::ALERTS_TOLD, figures, |a| &a.told)?);
    families.extend(by_authority(&metric::FLOOD_HELD, figures, |a| {
        Some(a.held as f64)
    })?);
    families.extend(by_authority(&metric::UNREACHABLE, figures, |a| {
        Some(a.unreachable as f64)
    })?);
    let of_authorities = figures.authorities.iter().flat_map(|a| {
        let kinds = a.troubles.iter();
        kinds.map(|(kind, count)| ([&*a.id, *kind], *count as f64))
    });
    let of_all = figures.troubles.iter();
    let of_all = of_all.map(|(kind, count)| (["", *kind], *count as f64));
    families.extend(family(&metric::TROUBLES, of_authorities.chain(of_all))?);
    Ok(families)
}

fn readings(figures: &Figures) -> Result<Vec<MetricFamily>, prometheus::Error> {
    let mut families = by_authority(&metric::SYNC_LAST_ACCEPTED, figures, |a| {
        a.last_accepted.map(seconds)
    })?;
    families.extend(by_authority(&metric::SYNC_REFUSED, figures, |a| {
        Some(f64::from(u8::from(a.reading?.refused)))
    })?);
    families.extend(by_authority(&metric::SYNC_ROWS, figures, |a| {
        Some(a.reading?.rows as f64)
    })?);
    families.extend(by_authority(&metric::SYNC_CHILDREN, figures, |a| {
        Some(a.reading?.children as f64)
    })?);
    families.extend(by_authority(&metric::SYNC_DURATION, figures, |a| {
        Some(a.reading?.took.as_secs_f64())
    })?);
    families.extend(by_authority(&metric::QUARANTINED_ROWS, figures, |a| {
        Some(a.reading?.quarantined as f64)
    })?);
    Ok(families)
}

fn by_rule(
    definition: &Definition,
    figures: &Figures,
    value: impl Fn(&AuthorityFigures, usize) -> Option<f64>,
) -> Result<Vec<MetricFamily>, prometheus::Error> {
    let value = &value;
    let series = figures.authorities.iter().flat_map(|a| {
        let rules = a.rules.iter().enumerate();
        rules.filter_map(move |(number, rule)| Some(([&*a.id, &*rule.id], value(a, number)?)))
    });
    family(definition, series)
}

fn by_step(
    definition: &Definition,
    figures: &Figures,
    steps: impl Fn(&AuthorityFigures) -> &BTreeMap<u32, u64>,
) -> Result<Vec<MetricFamily>, prometheus::Error> {
    let series: Vec<(&str, String, f64)> = figures
        .authorities
        .iter()
        .flat_map(|a| {
            let steps = steps(a).iter();
            steps.map(|(step, count)| (&*a.id, step.to_string(), *count as f64))
        })
        .collect();
    let series = series
        .iter()
        .map(|(id, step, count)| ([*id, &**step], *count));
    family(definition, series)
}

fn by_authority(
    definition: &Definition,
    figures: &Figures,
    value: impl Fn(&AuthorityFigures) -> Option<f64>,
) -> Result<Vec<MetricFamily>, prometheus::Error> {
    let authorities = figures.authorities.iter();
    family(
        definition,
        authorities.filter_map(|a| Some(([&*a.id], value(a)?))),
    )
}

fn passes(figures: &Figures) -> Result<Vec<MetricFamily>, prometheus::Error> {
    let took = figures.pass.map(|took| ([], took.as_secs_f64()));
    let mut families = family(&metric::PASS_DURATION, took)?;
    let jobs = &figures.jobs;
    let last = jobs
        .iter()
        .filter_map(|(name, job)| Some(([&**name], seconds(job.last_success?))));
    families.extend(family(&metric::LAST_SUCCESS, last)?);
    let end = jobs
        .iter()
        .filter_map(|(name, job)| Some(([&**name], seconds(job.last_end?))));
    families.extend(family(&metric::LAST_END, end)?);
    let next = jobs
        .iter()
        .filter_map(|(name, job)| Some(([&**name], seconds(job.next_due?))));
    families.extend(family(&metric::NEXT_DUE, next)?);
    let lag = jobs
        .iter()
        .filter_map(|(name, job)| Some(([&**name], job.lag?.as_secs_f64())));
    families.extend(family(&metric::SCHEDULE_LAG, lag)?);
    let leader = figures.leader.map(|leads| ([], f64::from(u8::from(leads))));
    families.extend(family(&metric::LEADER, leader)?);
    let size = figures.store_size.map(|size| ([], size as f64));
    families.extend(family(&metric::STORE_SIZE, size)?);
    Ok(families)
}

fn mail(figures: &Figures) -> Result<Vec<MetricFamily>, prometheus::Error> {
    let queue = figures.queue;
    let waiting = queue.map(|queue| ([], queue.waiting as f64));
    let mut families = family(&metric::QUEUE_MESSAGES, waiting)?;
    let deferred = queue.map(|queue| ([], queue.deferred as f64));
    families.extend(family(&metric::QUEUE_DEFERRED, deferred)?);
    let since = queue.map(|queue| ([], queue.since.map_or(0.0, seconds)));
    families.extend(family(&metric::QUEUE_OLDEST, since)?);
    let results = figures
        .mail
        .iter()
        .map(|(result, count)| ([*result], *count as f64));
    families.extend(family(&metric::MAIL_MESSAGES, results)?);
    Ok(families)
}

/// Seconds since 1970, as Prometheus writes an instant.
fn seconds(at: Instant) -> f64 {
    at.0 as f64 / 1_000_000.0
}
