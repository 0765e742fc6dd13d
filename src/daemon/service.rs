//! The daemon: pages over HTTP, the loop, and in it one pass after the other.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant as Stopwatch};

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::live::Live;
use super::round::{Work, metronome};
use super::{
    AuthorityOutcome, Clock, Due, Ended, EvaluationError, Installation, Job, PassEnd, PassError,
    PassOutcome, Round, ServiceManager, figures, pass_for,
};
use crate::calendar::Instant;
use crate::mail::Route;
use crate::metrics::{Metrics, Totals};
use crate::store::alerts::{Lease, pass_row};
use crate::store::{Store, StoreError, stored_job};
use crate::web::{self, Health, Pages, Tls};

/// The name of the one job, in the store and the metrics.
const PASS: &str = "pass";

/// What keeps metrics from being shown.
#[derive(Debug, thiserror::Error)]
enum ShowError {
    #[error(transparent)]
    Figures(#[from] EvaluationError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Metrics(#[from] prometheus::Error),
}

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
    live: Live,
    store: Store,
    metrics: Metrics,
    health: Health,
    /// When the certificate of the pages ends.
    not_after: Option<Instant>,
    shown: Arc<Mutex<Shown>>,
    /// Stops the daemon as a signal does.
    stop: Sender<()>,
    /// Why it stops by itself: the store is a newer corewatch's by now.
    outdated: Arc<OnceLock<String>>,
}

/// What only this process knows, and what it has shown.
#[derive(Default)]
struct Shown {
    /// How long its last pass that read the sources took.
    took: Option<Duration>,
    /// How long after it was due that pass began.
    lag: Option<Duration>,
    /// The instant of that pass.
    passed: Option<Instant>,
    /// The latest pass of any instance when figures were last shown.
    latest: Option<Instant>,
    mail: Totals<&'static str>,
    told: Totals<(String, u32)>,
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
    let (stop, mut signals) = signals()?;
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
    let tls = Tls::load(&installation.settings.web).map_err(ServiceError::Listen)?;
    let not_after = tls.as_ref().map(|tls| tls.not_after);
    let address = listener.local_addr()?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    tracing::info!(
        event = "listening",
        "metrics and health are served on {scheme}://{address}"
    );
    let (web, served) = (installation.settings.web.clone(), pages.clone());
    tokio::spawn(async move { web::serve(listener, tls.as_ref(), &web, served).await });
    manager.status("opening the store");
    let store = Store::connect(&installation.settings.store.url).await?;
    manager.status("bringing the store's schema up to date");
    pages
        .health
        .waiting("the store's schema is being brought up to date");
    store.migrate().await?;
    pages.health.waiting("starting");
    let service = Service {
        store,
        live: Live::new(config.to_owned(), installation),
        metrics: pages.metrics,
        health: pages.health.clone(),
        not_after,
        shown: Arc::default(),
        stop,
        outdated: Arc::default(),
    };
    let installation = service.live.now();
    for authority in &installation.authorities {
        if let Some(warning) = authority.bank_holidays_ending(clock.now()) {
            tracing::warn!(event = "bank_holidays_ending", "{warning}");
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
    tracing::info!(event = "ready", "ready");
    let (live, store) = (service.live.clone(), service.store.clone());
    let health = round.health.clone();
    tokio::spawn(live.reload_on(hangups, store, health, manager));
    let ended = round.run(&service, &mut ticks, &mut signals).await;
    if let Err(error) = scheduler.shutdown().await {
        tracing::warn!(event = "scheduler_not_stopped", %error, "the scheduler did not stop");
    }
    if ended == Ended::Done {
        service.store.close().await;
    }
    tracing::info!(event = "stopped", "stopped");
    match service.outdated.get() {
        Some(why) => Err(StoreError::Newer(why.clone()).into()),
        None => Ok(ended),
    }
}

/// Each signal to stop, and what stops as one does.
fn signals() -> Result<(Sender<()>, Receiver<()>), std::io::Error> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (sender, signals) = mpsc::channel(2);
    let stop = sender.clone();
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
    Ok((stop, signals))
}

impl Work for Service {
    async fn run(&self, now: Instant, due: Due) -> bool {
        let lag = self.lag(now).await;
        let begun = Stopwatch::now();
        let ended = pass_for(&self.live.now(), &self.store, now, due).await;
        let took = begun.elapsed();
        let well = match ended {
            Ok(PassEnd::Ran(outcome)) => {
                self.note(&outcome);
                let mut shown = self.shown.lock().await;
                if due == Due::Reading {
                    shown.took = Some(took);
                    shown.lag = lag;
                }
                shown.passed = Some(now);
                drop(shown);
                tracing::info!(
                    event = "pass_ended",
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
                tracing::info!(
                    event = "pass_elsewhere",
                    "another pass is running: nothing was done"
                );
                false
            }
            Err(error) => {
                tracing::error!(event = "pass_failed", %error, "the pass failed");
                self.health.amiss("pass", Some(error.to_string()));
                if let PassError::Store(StoreError::Newer(why)) = error
                    && self.outdated.set(why).is_ok()
                {
                    // Nobody listens any more where it is stopping already.
                    let _ = self.stop.send(()).await;
                }
                return false;
            }
        };
        self.health.amiss("pass", None);
        well
    }

    async fn show(&self, now: Instant) {
        if let Err(error) = self.publish(now).await {
            tracing::error!(event = "metrics_stale", %error, "the metrics are those of before");
        }
    }

    async fn look(&self, now: Instant) {
        match self.latest().await {
            // One that still runs has not ended: its figures are not there yet.
            Ok(lease) if lease.holder.is_none() => {
                if lease.last_at != self.shown.lock().await.latest {
                    self.show(now).await;
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(event = "instances_unknown", %error, "what other instances do cannot be read")
            }
        }
    }
}

impl Service {
    async fn publish(&self, now: Instant) -> Result<(), ShowError> {
        // Held while figures are made: what was counted later is shown later.
        let mut shown = self.shown.lock().await;
        let latest = self.latest().await?.last_at;
        let mut figures = figures(&self.live.now(), &self.store, &[PASS], now).await?;
        figures.pass = shown.took;
        let certificate = self.not_after.map(|end| ("web", end));
        figures.certificates.extend(certificate);
        figures.leader = latest.map(|latest| Some(latest) == shown.passed);
        if let Some(job) = figures.jobs.get_mut(PASS) {
            job.lag = shown.lag;
        }
        shown.mail.turn(&mut figures.mail);
        let mut told = BTreeMap::new();
        for authority in &figures.authorities {
            let steps = authority.told.iter();
            told.extend(steps.map(|(step, count)| ((authority.id.clone(), *step), *count)));
        }
        shown.told.turn(&mut told);
        for authority in &mut figures.authorities {
            for (step, count) in &mut authority.told {
                *count = told[&(authority.id.clone(), *step)];
            }
        }
        self.metrics.publish(&figures)?;
        shown.latest = latest;
        Ok(())
    }

    /// Which pass runs, and the latest that any instance has made.
    async fn latest(&self) -> Result<Lease, StoreError> {
        let mut tx = self.store.snapshot().await?;
        pass_row(&mut tx).await
    }

    /// How long ago the pass that begins now was due; a first one is due at once.
    async fn lag(&self, now: Instant) -> Option<Duration> {
        let mut tx = self.store.snapshot().await.ok()?;
        let job = stored_job(&mut tx, PASS).await.ok()?;
        let seconds = job.map_or(0, |job| now.seconds_since(job.next_due));
        Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
    }

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
                tracing::error!(event = "authority_amiss", authority = %id, "{line}");
            }
            let reason = (!lines.is_empty()).then(|| lines.join("; "));
            self.health.amiss(id, reason);
        }
    }
}
