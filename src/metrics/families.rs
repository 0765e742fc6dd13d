//! Figures as Prometheus' metric families.

use prometheus::core::Collector as _;
use prometheus::proto::MetricFamily;
use prometheus::{CounterVec, GaugeVec, Opts};

use super::definitions::{self as metric, Definition, Kind};
use super::{AuthorityFigures, Figures};
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
            Kind::Gauge => Family::Gauge(GaugeVec::new(opts, definition.labels)?),
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
    families.extend(family(
        &metric::BUILD_INFO,
        [([env!("CARGO_PKG_VERSION")], 1.0)],
    )?);
    Ok(families)
}

fn obligations(figures: &Figures) -> Result<Vec<MetricFamily>, prometheus::Error> {
    let authorities = &figures.authorities;
    let counts = authorities.iter().flat_map(|a| {
        a.obligations.iter().map(|(labels, count)| {
            let team = if labels.team.is_empty() {
                "none"
            } else {
                &labels.team
            };
            let (severity, state) = (labels.severity.name(), labels.state.name());
            ([&*a.id, &labels.rule, team, severity, state], *count as f64)
        })
    });
    let mut families = family(&metric::OBLIGATIONS, counts)?;
    let oldest = authorities.iter().flat_map(|a| {
        a.rules.keys().map(|rule| {
            let days = a.oldest_overdue.get(rule).copied().unwrap_or(0);
            ([&*a.id, rule], days as f64 * SECONDS_A_DAY)
        })
    });
    families.extend(family(&metric::OLDEST_OVERDUE, oldest)?);
    let unmeasured = authorities.iter().flat_map(|a| {
        let rules = a.rules.iter();
        rules.map(|(rule, unmeasured)| ([&*a.id, rule], f64::from(u8::from(*unmeasured))))
    });
    families.extend(family(&metric::RULE_UNMEASURED, unmeasured)?);
    families.extend(by_authority(&metric::EVALUATION_DURATION, figures, |a| {
        Some(a.evaluation?.as_secs_f64())
    })?);
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
    let next = jobs
        .iter()
        .filter_map(|(name, job)| Some(([&**name], seconds(job.next_due?))));
    families.extend(family(&metric::NEXT_DUE, next)?);
    Ok(families)
}

fn mail(figures: &Figures) -> Result<Vec<MetricFamily>, prometheus::Error> {
    let queue = figures.queue;
    let waiting = queue.map(|queue| ([], queue.waiting as f64));
    let mut families = family(&metric::QUEUE_MESSAGES, waiting)?;
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
