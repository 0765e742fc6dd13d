//! The daemon's loop: asks each minute what is due, never runs two passes at once, and on a signal
//! finishes what is in flight.

use std::time::Duration;

use tokio::sync::mpsc::{self, Receiver};
use tokio::task::JoinHandle;
use tokio::time::{Interval, MissedTickBehavior};
use tokio_cron_scheduler::{Job as CronJob, JobScheduler, JobSchedulerError};

use super::{Clock, Due, Job, ServiceManager, due};
use crate::calendar::Instant;
use crate::store::Store;
use crate::web::Health;

/// Every minute on the minute. The scheduler is a metronome and no more: its own time zones run an
/// hour off after a clock change, its runs overlap, and it forgets what it missed.
const EVERY_MINUTE: &str = "0 * * * * *";
/// How often the loop asks what is due besides, on the minute and its quarters: a tick that finds a pass
/// in flight is let go, and of some processes the metronome never ticks at all (version 0.15.1).
const ASK: Duration = Duration::from_secs(15);
/// So long after the quarter, so that what is due then is due by the clock as well.
const MOMENT: Duration = Duration::from_millis(250);
/// How often the loop says that it is alive where no watchdog asks for more.
const BEAT: Duration = Duration::from_secs(30);
/// A pass that runs for longer is stuck: the watchdog is told nothing more, so that the service
/// manager starts the daemon anew. The longest pass on record is minutes.
const LONGEST_RUN_SECONDS: i64 = 60 * 60;

/// What a job does.
pub trait Work: Clone + Send + Sync + 'static {
    /// Makes one run at `now` for what is due; says whether it ended well.
    fn run(&self, now: Instant, due: Due) -> impl Future<Output = bool> + Send;

    /// Shows how things stand, once it is kept that a run has ended.
    fn show(&self, now: Instant) -> impl Future<Output = ()> + Send;

    /// Shows how things stand where another instance has made a run.
    fn look(&self, now: Instant) -> impl Future<Output = ()> + Send;
}

/// What the loop needs besides the work itself.
#[derive(Clone)]
pub struct Round {
    /// The one clock.
    pub clock: Clock,
    /// Where the schedule is kept.
    pub store: Store,
    /// The readings of the sources.
    pub job: Job,
    /// What is told about the loop over HTTP.
    pub health: Health,
    /// Who is told that it is alive.
    pub manager: ServiceManager,
}

/// Why the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// On a signal, with nothing left in flight.
    Done,
    /// On a second signal, before what was in flight had ended.
    CutShort,
}

/// A pass in flight.
struct Flight {
    due: Due,
    since: Instant,
    work: JoinHandle<()>,
}

/// Ticks once at once and then every minute; the scheduler must be kept for as long as it shall tick.
///
/// # Errors
/// What the scheduler says.
pub async fn metronome() -> Result<(JobScheduler, Receiver<()>), JobSchedulerError> {
    let (sender, ticks) = mpsc::channel(1);
    // A tick that finds the last one not yet taken is not needed.
    let _ = sender.try_send(());
    let scheduler = JobScheduler::new().await?;
    let tick = CronJob::new_async(EVERY_MINUTE, move |_, _| {
        let sender = sender.clone();
        Box::pin(async move {
            let _ = sender.try_send(());
        })
    })?;
    scheduler.add(tick).await?;
    scheduler.start().await?;
    Ok((scheduler, ticks))
}

impl Round {
    /// Goes round until a signal comes; each of `ticks` asks what is due.
    pub async fn run<W: Work>(
        &self,
        work: &W,
        ticks: &mut Receiver<()>,
        signals: &mut Receiver<()>,
    ) -> Ended {
        let mut beat = beat(self.manager);
        let first = tokio::time::Instant::now() + until_quarter(self.clock.now());
        let mut ask = tokio::time::interval_at(first, ASK);
        let mut flight: Option<Flight> = None;
        loop {
            tokio::select! {
                _ = ask.tick() => {
                    if flight.is_none() && let Some(due) = self.due().await {
                        flight = Some(self.take_off(work, due));
                    }
                }
                Some(()) = ticks.recv() => {
                    if flight.is_none() {
                        match self.due().await {
                            Some(due) => flight = Some(self.take_off(work, due)),
                            None => self.look(work),
                        }
                    }
                }
                () = landed(&mut flight) => flight = None,
                _ = beat.tick() => self.beat(flight.as_ref()),
                _ = signals.recv() => break,
            }
        }
        self.manager.stopping();
        self.health.waiting("stopping");
        if flight.is_none() {
            return Ended::Done;
        }
        tracing::info!(
            event = "stopping",
            "finishing the pass in flight; a second signal cuts it short"
        );
        loop {
            tokio::select! {
                () = landed(&mut flight) => return Ended::Done,
                _ = beat.tick() => self.beat(flight.as_ref()),
                _ = signals.recv() => return Ended::CutShort,
            }
        }
    }

    async fn due(&self) -> Option<Due> {
        match due(&self.store, &self.job, self.clock.now()).await {
            Ok(due) => {
                self.health.amiss("store", None);
                due
            }
            Err(error) => {
                tracing::error!(event = "schedule_unreadable", %error, "the schedule cannot be read");
                self.health.amiss("store", Some(error.to_string()));
                None
            }
        }
    }

    /// Starts a run: it is over when it is kept that it is, and shown.
    fn take_off<W: Work>(&self, work: &W, due: Due) -> Flight {
        let since = self.clock.now();
        let (round, work) = (self.clone(), work.clone());
        let work = tokio::spawn(async move {
            let well = work.run(since, due).await;
            if due == Due::Reading {
                round.ended(well).await;
            }
            work.show(round.clock.now()).await;
        });
        Flight { due, since, work }
    }

    /// Looks at what others do, beside the loop.
    fn look<W: Work>(&self, work: &W) {
        let (now, work) = (self.clock.now(), work.clone());
        tokio::spawn(async move { work.look(now).await });
    }

    async fn ended(&self, well: bool) {
        let now = self.clock.now();
        match self.job.ended(&self.store, now, well).await {
            Ok(next) => {
                self.manager
                    .status(&format!("the next pass is due at {next}"));
            }
            Err(error) => {
                tracing::error!(event = "schedule_not_kept", %error, "the schedule cannot be kept")
            }
        }
    }

    fn beat(&self, flight: Option<&Flight>) {
        let now = self.clock.now();
        let is_stuck = |flight: &&Flight| now.seconds_since(flight.since) > LONGEST_RUN_SECONDS;
        if let Some(flight) = flight.filter(is_stuck) {
            tracing::error!(event = "pass_stuck", due = ?flight.due, "the pass in flight is stuck");
            return;
        }
        self.health.beat();
        self.manager.alive();
    }
}

/// How long it is until the next quarter of a minute, and a moment more.
fn until_quarter(now: Instant) -> Duration {
    let quarter = ASK.as_micros() as i64;
    let left = quarter - now.0.rem_euclid(quarter);
    Duration::from_micros(left.unsigned_abs()) + MOMENT
}

fn beat(manager: ServiceManager) -> Interval {
    let mut beat = tokio::time::interval(manager.beat().unwrap_or(BEAT));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat
}

/// Waits until the job in flight has ended; for ever, where none is in flight.
async fn landed(flight: &mut Option<Flight>) {
    match flight {
        Some(flight) => {
            // A run that panicked has ended the program, and none is ever aborted.
            let _ = (&mut flight.work).await;
        }
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;
    use tokio::sync::mpsc::Sender;

    use super::*;
    use crate::calendar::Zone;
    use crate::store::stored_job;

    /// Work that waits until it is let go.
    #[derive(Clone)]
    struct Gated {
        started: Arc<AtomicUsize>,
        gate: Arc<Semaphore>,
    }

    impl Work for Gated {
        async fn run(&self, _now: Instant, _due: Due) -> bool {
            self.started.fetch_add(1, Ordering::SeqCst);
            self.gate.acquire().await.unwrap().forget();
            true
        }

        async fn show(&self, _now: Instant) {}

        async fn look(&self, _now: Instant) {}
    }

    /// A loop over an empty store, with such work.
    struct Bench {
        _folder: tempfile::TempDir,
        store: Store,
        clock: Clock,
        work: Gated,
        ticks: Sender<()>,
        signals: Sender<()>,
        round: JoinHandle<Ended>,
    }

    async fn bench() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("store.db").display());
        let store = Store::open(&url).await.unwrap();
        let clock = Clock::standing_at("2026-11-02T12:00:00Z".parse().unwrap());
        let round = Round {
            clock: clock.clone(),
            store: store.clone(),
            job: Job {
                name: "pass",
                timetable: "*/15 * * * *".parse().unwrap(),
                zone: Zone::LONDON,
            },
            health: Health::starting(clock.clone()),
            manager: ServiceManager::of_process(),
        };
        let (ticks, mut tick_receiver) = mpsc::channel(1);
        let (signals, mut signal_receiver) = mpsc::channel(1);
        let work = Gated {
            started: Arc::new(AtomicUsize::new(0)),
            gate: Arc::new(Semaphore::new(0)),
        };
        let gated = work.clone();
        let round = tokio::spawn(async move {
            let (ticks, signals) = (&mut tick_receiver, &mut signal_receiver);
            round.run(&gated, ticks, signals).await
        });
        Bench {
            _folder: folder,
            store,
            clock,
            work,
            ticks,
            signals,
            round,
        }
    }

    impl Bench {
        async fn until_started(&self, count: usize) {
            while self.work.started.load(Ordering::SeqCst) < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }

        async fn ended_well(&self) -> Option<Instant> {
            let mut tx = self.store.snapshot().await.unwrap();
            stored_job(&mut tx, "pass").await.unwrap()?.ended_well
        }
    }

    #[tokio::test]
    async fn a_signal_lets_the_pass_in_flight_finish() {
        let bench = bench().await;
        bench.ticks.send(()).await.unwrap();
        bench.until_started(1).await;
        bench.signals.send(()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(!bench.round.is_finished());
        assert_eq!(bench.ended_well().await, None);
        bench.work.gate.add_permits(1);
        let now = bench.clock.now();
        let Bench { round, store, .. } = bench;
        assert_eq!(round.await.unwrap(), Ended::Done);
        let mut tx = store.snapshot().await.unwrap();
        let job = stored_job(&mut tx, "pass").await.unwrap().unwrap();
        assert_eq!(job.ended_well, Some(now));
    }

    #[tokio::test]
    async fn a_second_signal_cuts_it_short() {
        let bench = bench().await;
        bench.ticks.send(()).await.unwrap();
        bench.until_started(1).await;
        bench.signals.send(()).await.unwrap();
        bench.signals.send(()).await.unwrap();
        assert_eq!(bench.round.await.unwrap(), Ended::CutShort);
    }

    #[tokio::test]
    async fn two_passes_never_run_at_once() {
        let bench = bench().await;
        bench.ticks.send(()).await.unwrap();
        bench.until_started(1).await;
        bench.clock.move_to(bench.clock.now().plus_hours(1));
        // The channel holds one: when the third is taken in, the second has been looked at.
        for _ in 0..3 {
            bench.ticks.send(()).await.unwrap();
        }
        assert_eq!(bench.work.started.load(Ordering::SeqCst), 1);
        bench.work.gate.add_permits(1);
        while bench.ended_well().await.is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        bench.clock.move_to(bench.clock.now().plus_hours(1));
        // A tick that finds the first one still landing is not needed.
        while bench.work.started.load(Ordering::SeqCst) < 2 {
            bench.ticks.send(()).await.unwrap();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    #[test]
    fn what_is_due_is_asked_for_on_the_minute_and_its_quarters() {
        let at = |text: &str| until_quarter(text.parse().unwrap()).as_millis();
        assert_eq!(at("2026-11-02T12:00:00Z"), 15_250);
        assert_eq!(at("2026-11-02T12:00:14.900Z"), 350);
        assert_eq!(at("2026-11-02T12:00:59.999Z"), 251);
    }

    #[tokio::test]
    async fn the_metronome_ticks_at_once() {
        let (mut scheduler, mut ticks) = metronome().await.unwrap();
        assert_eq!(ticks.recv().await, Some(()));
        scheduler.shutdown().await.unwrap();
    }
}
