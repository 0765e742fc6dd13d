//! What Prometheus sees. Each pass makes a whole new set of families, that takes the place of the
//! last one at once: a scrape never sees half of it. No label names or counts one person.
//!
//! To add a metric: a [`Definition`] in `definitions.rs`, a field in [`Figures`], a line in
//! `families.rs`; `docs/metrics.md` is written from the definitions.

mod counts;
mod definitions;
mod families;
mod figures;
mod openmetrics;
mod teams;
mod totals;

use std::sync::{Arc, PoisonError, RwLock};

use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{Registry, TextEncoder};

pub use counts::{Counted, Counts, Timeliness, WINDOWS, Window};
pub use definitions::{ALL, Definition, Kind};
pub use figures::{
    AuthorityFigures, Figures, JobFigures, QueueFigures, ReadingFigures, RuleFigures,
};
pub use teams::{LEAST_CHILDREN, NONE, OTHER, Teams, most_series};
pub use totals::Totals;

/// The metrics as they stand: a handle that is cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    families: Families,
    registry: Registry,
}

/// The families of the last pass; a collector, so that the registry orders and merges them.
#[derive(Clone, Default)]
struct Families(Arc<RwLock<Arc<Vec<MetricFamily>>>>);

impl Families {
    fn current(&self) -> Arc<Vec<MetricFamily>> {
        let current = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current)
    }
}

impl Collector for Families {
    fn desc(&self) -> Vec<&Desc> {
        Vec::new()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        self.current().to_vec()
    }
}

impl Metrics {
    /// Metrics that say nothing yet but which program this is.
    ///
    /// # Errors
    /// What the registry says of a metric that it cannot take.
    pub fn new() -> Result<Self, prometheus::Error> {
        let families = Families::default();
        let registry = Registry::new();
        registry.register(Box::new(families.clone()))?;
        let metrics = Metrics { families, registry };
        metrics.publish(&Figures::default())?;
        Ok(metrics)
    }

    /// Puts these figures in place of all that were there.
    ///
    /// # Errors
    /// What the library says of a label or a name that it cannot take; the old ones stay then.
    pub fn publish(&self, figures: &Figures) -> Result<(), prometheus::Error> {
        let families = Arc::new(families::families(figures)?);
        *self
            .families
            .0
            .write()
            .unwrap_or_else(PoisonError::into_inner) = families;
        Ok(())
    }

    /// All metrics, with their media type: as OpenMetrics where the `Accept` header asks for it,
    /// else in Prometheus' text format 0.0.4.
    ///
    /// # Errors
    /// What the library says of a family that cannot be written.
    pub fn text(&self, accept: &str) -> Result<(&'static str, String), prometheus::Error> {
        let families = self.registry.gather();
        if openmetrics::is_wanted(accept) {
            return Ok((openmetrics::CONTENT_TYPE, openmetrics::write(&families)));
        }
        let text = TextEncoder::new().encode_to_string(&families)?;
        Ok((prometheus::TEXT_FORMAT, text))
    }
}

#[cfg(test)]
mod tests;
