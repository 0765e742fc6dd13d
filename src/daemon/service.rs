//! The daemon: pages over HTTP, the loop, and in it one pass after the other.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant as Stopwatch};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{self, Receiver};

use super::round::{Work, metronome};
use super::{
    AuthorityOutcome, Clock, Ended, Installation, Job, PassEnd, PassError, PassOutcome, Round,
    ServiceManager, figures, pass, reload,
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
    /// By which the next pass works; a pass in flight goes on by the one that it began with.
    installation: Arc<RwLock<Arc<Installation>>>,
    store: Store,
    metrics: Metrics,
    health: Health,
    /// How long the last pass took.
    took: Arc<Mutex<Option<Duration>>>,
}

/// Runs the installation that `config` describes on its schedule until a signal comes: SIGTERM or
/// SIGINT. On SIGHUP it reads `config` anew.
///
/// # Errors
/// What keeps it from starting; once it runs, what goes wrong is logged and told to operations.
pub async fn serve(
    config: &Path,
    installation: Installation,
    clock: Clock,
) -> Result<Ended, ServiceError> {
    let mut signals = signals()?;
    // From here on it is waited for: before, it ends the process.
    let hangups = signal(SignalKind::hangup())?;
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
        installation: Arc::new(RwLock::new(Arc::new(installation))),
        metrics: pages.metrics,
        health: pages.health.clone(),
        took: Arc::default(),
    };
    let installation = service.installation();
    for authority in &installation.authorities {
        if let Some(warning) = authority.bank_holidays_ending(clock.now()) {
            tracing::warn!("{warning}");
        }
    }
    service.show(clock.now()).await;
    let schedule = &installation.settings.schedule;
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
    tokio::spawn(
        service
            .clone()
            .reload_on(hangups, config.to_owned(), manager),
    );
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
    async fn run(&self, now: Instant) -> bool {
        let begun = Stopwatch::now();
        let ended = pass(&self.installation(), &self.store, now).await;
        let took = begun.elapsed();
        let well = match ended {
            Ok(PassEnd::Ran(outcome)) => {
                self.note(&outcome);
                tracing::info!(
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
        *self.took.lock().unwrap_or_else(PoisonError::into_inner) = Some(took);
        well
    }

    async fn show(&self, now: Instant) {
        let published = match figures(&self.installation(), &self.store, &[PASS], now).await {
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
    /// What the next pass works by.
    fn installation(&self) -> Arc<Installation> {
        let current = self.installation.read();
        Arc::clone(&current.unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the configuration anew at each SIGHUP, beside the loop, which goes on.
    async fn reload_on(self, mut hangups: Signal, config: PathBuf, manager: ServiceManager) {
        while hangups.recv().await.is_some() {
            manager.reloading();
            let status = self.reload(&config).await;
            manager.ready(&status);
        }
    }

    /// Reads the configuration anew; says in a line what came of it.
    async fn reload(&self, config: &Path) -> String {
        let before = self.installation();
        let reloaded = match reload(config, &before, &self.store).await {
            Ok(reloaded) => reloaded,
            Err(error) => {
                let reason = error.to_string();
                for line in reason.lines() {
                    tracing::error!("{line}");
                }
                let faults = reason.lines().count();
                let status = format!(
                    "the configuration was not taken ({faults} in the log), the one of before stands"
                );
                tracing::error!("{status}");
                self.health.amiss("reload", Some(reason));
                return status;
            }
        };
        for setting in &reloaded.after_a_start {
            tracing::warn!("{setting} was changed, and counts only after a start");
        }
        let mut current = self
            .installation
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *current = Arc::new(reloaded.installation);
        drop(current);
        self.health.amiss("reload", None);
        tracing::info!("the configuration was read anew");
        match reloaded.after_a_start.is_empty() {
            true => "the configuration was read anew".to_owned(),
            false => format!(
                "the configuration was read anew, but for {}, that need a start",
                reloaded.after_a_start.join(", ")
            ),
        }
    }

    /// Says in the log and in the readiness what is amiss with a source or the rules.
    fn note(&self, outcome: &PassOutcome) {
        for (id, authority) in &outcome.authorities {
            let lines = match authority {
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
