//! The daemon: pages over HTTP, the loop, and in it one pass after the other.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Stopwatch};

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{self, Receiver};

use super::round::{Work, metronome};
use super::{
    AuthorityOutcome, Clock, Due, Ended, Installation, Job, PassEnd, PassError, PassOutcome, Round,
    ServiceManager, figures, pass_for,
};
use crate::calendar::Instant;
use crate::mail::Route;
use crate::metrics::Metrics;
use crate::store::{Store, StoreError};
use crate::web::{self, Health, Pages};

/// The name of the one job, in the store and the metrics.
const PASS: &str = "pass";

/// What keeps the daemon from running.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The pages cannot be served.
    #[error("{0}")]
    Listen(String),
    /// No pass could be made.
    #[error(transparent)]
    Pass(#[from] PassError),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The minute cannot be told.
    #[error("the scheduler cannot be started ({0})")]
    Scheduler(#[from] tokio_cron_scheduler::JobSchedulerError),
    /// Metrics cannot be made.
    #[error("the metrics cannot be made ({0})")]
    Metrics(#[from] prometheus::Error),
    /// Signals cannot be waited for.
    #[error("signals cannot be waited for ({0})")]
    Signals(#[from] std::io::Error),
}

/// What each pass works with.
#[derive(Clone)]
struct Service {
    installation: Arc<Installation>,
    store: Store,
    metrics: Metrics,
    health: Health,
    /// How long the last pass that read the sources took.
    took: Arc<Mutex<Option<Duration>>>,
}

/// Runs an installation on its schedule until a signal comes: SIGTERM or SIGINT.
///
/// # Errors
/// What keeps it from starting; once it runs, what goes wrong is logged and told to operations.
pub async fn serve(installation: Installation, clock: Clock) -> Result<Ended, ServiceError> {
    let mut signals = signals()?;
    let manager = ServiceManager::of_process();
    let pages = Pages {
        metrics: Metrics::new()?,
        health: Health::starting(clock.clone()),
    };
    let mail = installation
        .settings
        .mail
        .as_ref()
        .ok_or(PassError::NoMail)?;
    Route::new(mail).map_err(PassError::Mail)?;
    let listener = web::listen(installation.settings.web.listen)
        .await
        .map_err(ServiceError::Listen)?;
    let address = listener.local_addr()?;
    tracing::info!("metrics and health are served on http://{address}");
    tokio::spawn(web::serve(listener, pages.clone()));
    manager.status("opening the store");
    let service = Service {
        store: Store::open(&installation.settings.store.url).await?,
        installation: Arc::new(installation),
        metrics: pages.metrics,
        health: pages.health.clone(),
        took: Arc::default(),
    };
    for authority in &service.installation.authorities {
        if let Some(warning) = authority.bank_holidays_ending(clock.now()) {
            tracing::warn!("{warning}");
        }
    }
    service.show(clock.now()).await;
    let schedule = &service.installation.settings.schedule;
    let round = Round {
        clock,
        store: service.store.clone(),
        job: Job {
            name: PASS,
            timetable: schedule.pass.clone(),
            zone: schedule.timezone,
        },
        health: pages.health,
        manager,
    };
    let (mut scheduler, mut ticks) = metronome().await?;
    round.health.ready();
    manager.ready("ready");
    tracing::info!("ready");
    let ended = round.run(&service, &mut ticks, &mut signals).await;
    if let Err(error) = scheduler.shutdown().await {
        tracing::warn!(%error, "the scheduler did not stop");
    }
    if ended == Ended::Done {
        service.store.close().await;
    }
    tracing::info!("stopped");
    Ok(ended)
}

/// Each signal to stop.
fn signals() -> Result<Receiver<()>, std::io::Error> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (sender, signals) = mpsc::channel(2);
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if sender.send(()).await.is_err() {
                return;
            }
        }
    });
    Ok(signals)
}

impl Work for Service {
    async fn run(&self, now: Instant, due: Due) -> bool {
        let begun = Stopwatch::now();
        let ended = pass_for(&self.installation, &self.store, now, due).await;
        let took = begun.elapsed();
        let well = match ended {
            Ok(PassEnd::Ran(outcome)) => {
                self.note(&outcome);
                tracing::info!(
                    due = ?due,
                    seconds = took.as_secs_f64(),
                    sent = outcome.delivery.sent,
                    deferred = outcome.delivery.deferred,
                    refused =
                        outcome.delivery.refused_addresses + outcome.delivery.refused_messages,
                    "pass ended"
                );
                outcome.is_well()
            }
            Ok(PassEnd::AnotherRuns) => {
                tracing::info!("another pass is running: nothing was done");
                false
            }
            Err(error) => {
                tracing::error!(%error, "the pass failed");
                self.health.amiss("pass", Some(error.to_string()));
                return false;
            }
        };
        self.health.amiss("pass", None);
        if due == Due::Reading {
            *self.took.lock().unwrap_or_else(PoisonError::into_inner) = Some(took);
        }
        well
    }

    async fn show(&self, now: Instant) {
        let published = match figures(&self.installation, &self.store, &[PASS], now).await {
            Ok(mut figures) => {
                figures.pass = *self.took.lock().unwrap_or_else(PoisonError::into_inner);
                self.metrics
                    .publish(&figures)
                    .map_err(|error| error.to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = published {
            tracing::error!(%error, "the metrics are those of before");
        }
    }
}

impl Service {
    /// Says in the log and in the readiness what is amiss with a source or the rules.
    fn note(&self, outcome: &PassOutcome) {
        for (id, authority) in &outcome.authorities {
            let lines = match authority {
                // Between two readings the source is as it was.
                AuthorityOutcome::Looked(_) | AuthorityOutcome::LeftAlone => continue,
                AuthorityOutcome::Decided(..) => Vec::new(),
                AuthorityOutcome::Refused(lines) => lines.clone(),
                AuthorityOutcome::Faulty(faults) => {
                    faults.0.iter().map(ToString::to_string).collect()
                }
            };
            for line in &lines {
                tracing::error!(authority = %id, "{line}");
            }
            let reason = (!lines.is_empty()).then(|| lines.join("; "));
            self.health.amiss(id, reason);
        }
    }
}
