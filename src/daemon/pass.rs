//! One whole pass, to be read from top to bottom: read each source, evaluate, decide who is told,
//! queue, deliver, tell operations, call the heartbeat (SPEC 6 and 7). Between two readings the same
//! over the copies as they are, or the delivery alone.

use super::alerting::{AlertingError, AlertingOutcome, Setting, decide_and_queue};
use super::basis;
use super::installation::{Authority, Installation};
use super::lease::{Claim, LeaseError, PassLease};
use super::operations;
use super::retention::retention;
use super::stale;
use super::standing::send_due;
use super::wake::{self, Due};
use crate::alerts::{Judged, Trouble, TroubleKind};
use crate::calendar::Instant;
use crate::document::Faults;
use crate::mail::{self, DeliveryOutcome, QueueError, Route, WriteError, Writer};
use crate::source::{SourceError, SyncOutcome, SyncRequest, sync};
use crate::store::{Store, StoreError, copy};

/// What keeps a pass from being made.
#[derive(Debug, thiserror::Error)]
pub enum PassError {
    /// The configuration says nowhere how mail leaves.
    #[error("[mail] is missing; say how messages leave: `transport`, `from`, `operations`")]
    NoMail,
    /// What `[mail]` says cannot be used: a line each.
    #[error("{}", .0.join("\n"))]
    Mail(Vec<String>),
    /// Messages cannot be put into words.
    #[error(transparent)]
    Words(#[from] WriteError),
    /// A pass has already seen a later instant.
    #[error(
        "a pass at {asked} is refused: the store has already seen one at {last}; give an instant \
         from then on"
    )]
    Earlier {
        /// The instant asked for.
        asked: Instant,
        /// The latest one seen.
        last: Instant,
    },
    /// The lease was lost.
    #[error(transparent)]
    Lease(#[from] LeaseError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How a pass ended.
#[derive(Debug)]
pub enum PassEnd {
    /// It ran.
    Ran(Box<PassOutcome>),
    /// Another one runs: nothing was done.
    AnotherRuns,
}

/// What a pass did.
#[derive(Debug, Default)]
pub struct PassOutcome {
    /// What became of each authority, by id.
    pub authorities: Vec<(String, AuthorityOutcome)>,
    /// What became of the messages that were due.
    pub delivery: DeliveryOutcome,
    /// Messages queued for operations.
    pub operations: usize,
    /// Messages queued of standing reports.
    pub reports: usize,
    /// When to look again, if no source has anything new: the next instant at which something could
    /// be told or changes.
    pub next: Option<Instant>,
}

/// What became of one authority.
#[derive(Debug)]
pub enum AuthorityOutcome {
    /// Its source was read, and its alerts decided.
    Decided(SyncOutcome, AlertingOutcome),
    /// Its alerts were decided by its copy as it is.
    Looked(AlertingOutcome),
    /// It was left alone: its source has not been read yet, or was refused at the last reading.
    LeftAlone,
    /// Its source was refused, one line a reason.
    Refused(Vec<String>),
    /// Its rules read what nobody knows.
    Faulty(Faults),
}

impl PassOutcome {
    /// Whether a source was refused: `cycle` ends with 1.
    pub fn is_refused(&self) -> bool {
        let outcomes = self.authorities.iter().map(|(_, outcome)| outcome);
        outcomes
            .into_iter()
            .any(|o| matches!(o, AuthorityOutcome::Refused(_)))
    }

    /// The faults of rules that a reading brought to light: `cycle` ends with 2.
    pub fn faults(&self) -> Faults {
        let faults = self
            .authorities
            .iter()
            .filter_map(|(_, outcome)| match outcome {
                AuthorityOutcome::Faulty(faults) => Some(faults.0.clone()),
                _ => None,
            });
        Faults(faults.flatten().collect())
    }

    /// Whether it ended as it should: the heartbeat is called.
    pub fn is_well(&self) -> bool {
        !self.is_refused() && self.faults().0.is_empty()
    }
}

/// Makes one whole pass at `now`, which is its only clock.
///
/// # Errors
/// See [`PassError`]. What a source or the mail server says is in the outcome.
pub async fn pass(
    installation: &Installation,
    store: &Store,
    now: Instant,
) -> Result<PassEnd, PassError> {
    pass_for(installation, store, now, Due::Reading).await
}

/// Makes a pass at `now` for what is due: with or without a reading of the sources, or the delivery
/// alone.
///
/// # Errors
/// As [`pass`].
pub async fn pass_for(
    installation: &Installation,
    store: &Store,
    now: Instant,
    due: Due,
) -> Result<PassEnd, PassError> {
    let mail = installation
        .settings
        .mail
        .as_ref()
        .ok_or(PassError::NoMail)?;
    let route = Route::new(mail).map_err(PassError::Mail)?;
    let writer = Writer::new(&mail.from, installation.stationery.clone())?;
    let lease = match PassLease::take(store, now).await? {
        Claim::Taken(lease) => lease,
        Claim::Running => return Ok(PassEnd::AnotherRuns),
        Claim::Later(last) => return Err(PassError::Earlier { asked: now, last }),
    };
    let setting = Setting {
        store,
        alerts: &installation.settings.alerts,
        writer: &writer,
        now,
    };
    let ended = run(installation, &setting, &route, &lease, due).await;
    let kept = keep_next(store, &lease, due, &ended).await;
    let forgotten = match &ended {
        Ok(outcome) if due == Due::Reading && outcome.is_well() => {
            retention(installation, store, now).await
        }
        _ => Ok(()),
    };
    let given_back = lease.give_back().await;
    // What went wrong first is what is told: a store that fails, fails at all that comes after it.
    let outcome = ended?;
    kept?;
    forgotten?;
    given_back?;
    // A pass that reads nothing does not say that all is well with the sources.
    if due == Due::Reading && outcome.is_well() {
        operations::heartbeat(installation).await;
    }
    Ok(PassEnd::Ran(Box::new(outcome)))
}

/// Keeps when to look again. After a failure the next reading says: what fails would fail every
/// minute.
async fn keep_next(
    store: &Store,
    lease: &PassLease,
    due: Due,
    ended: &Result<PassOutcome, PassError>,
) -> Result<(), PassError> {
    let mut tx = store.begin().await?;
    lease.prove(&mut tx).await?;
    match ended {
        // The delivery alone decides nothing: what was to be looked at still is.
        Ok(outcome) if due == Due::Retry && outcome.next.is_none() => return Ok(()),
        Ok(outcome) => wake::keep(&mut tx, outcome.next).await?,
        Err(_) => wake::keep(&mut tx, None).await?,
    }
    tx.commit().await?;
    Ok(())
}

async fn run(
    installation: &Installation,
    setting: &Setting<'_>,
    route: &Route,
    lease: &PassLease,
    due: Due,
) -> Result<PassOutcome, PassError> {
    let mut outcome = PassOutcome::default();
    let mut troubles = Vec::new();
    let mut judged = Judged::default();
    let authorities = installation.authorities.iter();
    for authority in authorities.filter(|_| due != Due::Retry) {
        let id = &authority.settings.id;
        let mut found = Found {
            troubles: &mut troubles,
            judged: &mut judged,
        };
        let became = match due {
            Due::Reading => one(setting, authority, lease, &mut found).await?,
            Due::Look | Due::Retry => look(setting, authority, lease, &mut found).await?,
        };
        let next = match &became {
            AuthorityOutcome::Decided(_, round) | AuthorityOutcome::Looked(round) => round.next,
            AuthorityOutcome::Refused(_) | AuthorityOutcome::LeftAlone => {
                stale::next_look(setting, authority).await?
            }
            AuthorityOutcome::Faulty(_) => None,
        };
        outcome.next = [outcome.next, next].into_iter().flatten().min();
        if let AuthorityOutcome::Decided(_, round) | AuthorityOutcome::Looked(round) = &became {
            tracing::info!(
                event = "alerts_decided",
                authority = %id,
                letters = round.letters,
                told = round.told,
                held = round.held,
                put_off = round.put_off,
                "alerts decided"
            );
        }
        if let AuthorityOutcome::Decided(..) = &became {
            let mut tx = setting.store.begin().await?;
            lease.prove(&mut tx).await?;
            let today = authority.calendar.zone.day_of(setting.now);
            basis::keep(&mut tx, authority, &installation.settings.base, today).await?;
            tx.commit().await?;
        }
        outcome.authorities.push((id.clone(), became));
    }
    if due != Due::Retry {
        let sent = send_due(setting, installation, lease).await;
        let sent = sent.map_err(pass_error)?;
        outcome.reports = sent.messages;
        outcome.next = [outcome.next, sent.next].into_iter().flatten().min();
        troubles.extend(sent.troubles);
    }
    if due == Due::Reading {
        let all = (TroubleKind::ReportNotMade, String::new());
        judged.0.insert(all);
    }
    let reminds = due == Due::Reading;
    let tidings = (troubles, judged);
    outcome.operations = tell(setting, installation, lease, &tidings, reminds).await?;
    outcome.delivery = mail::deliver(setting.store, route, setting.now).await?;
    if outcome.delivery.refused_addresses > 0 {
        // What they were told goes up the ladder at once.
        outcome.next = Some(setting.now);
    }
    let tidings = operations::mail_troubles(setting, installation)
        .await
        .map_err(pass_error)?;
    let more = tell(setting, installation, lease, &tidings, reminds).await?;
    if more > 0 && !outcome.delivery.gave_up {
        let delivery = mail::deliver(setting.store, route, setting.now).await?;
        outcome.delivery.sent += delivery.sent;
        outcome.delivery.deferred += delivery.deferred;
    }
    outcome.operations += more;
    Ok(outcome)
}

/// What is amiss, and what was looked for.
struct Found<'a> {
    troubles: &'a mut Vec<Trouble>,
    judged: &'a mut Judged,
}

impl Found<'_> {
    fn judge(&mut self, authority: &str, kinds: &[TroubleKind]) {
        let judged = kinds.iter().map(|kind| (*kind, authority.to_owned()));
        self.judged.0.extend(judged);
    }
}

/// One authority: read, evaluated, decided.
async fn one(
    setting: &Setting<'_>,
    authority: &Authority,
    lease: &PassLease,
    found: &mut Found<'_>,
) -> Result<AuthorityOutcome, PassError> {
    let id = &authority.settings.id;
    let request = SyncRequest {
        authority: id,
        profile: &authority.profile,
        zone: authority.calendar.zone,
        now: setting.now,
        accept: false,
        full: false,
    };
    found.judge(id, &[TroubleKind::SourceRefused, TroubleKind::NobodyWarned]);
    let read = match sync(setting.store, &request).await {
        Ok(read) => read,
        Err(SourceError::Store(error)) => return Err(error.into()),
        Err(SourceError::Refused(refusal)) => {
            let why = refusal.kind.words().to_owned();
            let more = stale::refused(setting, authority, lease, why).await;
            found.troubles.extend(more.map_err(pass_error)?);
            let lines = refusal.to_string().lines().map(str::to_owned).collect();
            return Ok(AuthorityOutcome::Refused(lines));
        }
    };
    Ok(match decided(setting, authority, lease, found).await? {
        Ok(round) => AuthorityOutcome::Decided(read, round),
        Err(faults) => AuthorityOutcome::Faulty(faults),
    })
}

/// One authority between two readings: decided by its copy as it is. No step is told from a copy whose
/// source was refused at the last reading.
async fn look(
    setting: &Setting<'_>,
    authority: &Authority,
    lease: &PassLease,
    found: &mut Found<'_>,
) -> Result<AuthorityOutcome, PassError> {
    let id = &authority.settings.id;
    let mut tx = setting.store.snapshot().await?;
    let was_read = copy::last_accepted(&mut tx, id).await?.is_some();
    let is_refused = copy::refused_since(&mut tx, id).await?.is_some();
    tx.commit().await?;
    if is_refused {
        found.judge(id, &[TroubleKind::NobodyWarned]);
        let more = stale::nobody_warned(setting, authority, lease).await;
        found.troubles.extend(more.map_err(pass_error)?);
    }
    if is_refused || !was_read {
        return Ok(AuthorityOutcome::LeftAlone);
    }
    Ok(match decided(setting, authority, lease, found).await? {
        Ok(round) => AuthorityOutcome::Looked(round),
        Err(faults) => AuthorityOutcome::Faulty(faults),
    })
}

/// What was decided for an authority by its copy; the faults of its rules where they cannot be
/// evaluated.
async fn decided(
    setting: &Setting<'_>,
    authority: &Authority,
    lease: &PassLease,
    found: &mut Found<'_>,
) -> Result<Result<AlertingOutcome, Faults>, PassError> {
    let id = &authority.settings.id;
    match decide_and_queue(setting, authority, lease).await {
        Ok(mut round) => {
            found.judge(
                id,
                &[
                    TroubleKind::RulesFaulty,
                    TroubleKind::Quarantine,
                    TroubleKind::Unmeasured,
                    TroubleKind::LadderMissing,
                    TroubleKind::Hole,
                    TroubleKind::FloodHeld,
                ],
            );
            found.troubles.append(&mut round.troubles);
            Ok(Ok(round))
        }
        Err(AlertingError::Rules(faults)) => {
            let line = faults.to_string();
            found.troubles.push(Trouble {
                kind: TroubleKind::RulesFaulty,
                authority: id.clone(),
                item: String::new(),
                line: line.lines().next().unwrap_or_default().to_owned(),
            });
            Ok(Err(faults))
        }
        Err(error) => Err(pass_error(error)),
    }
}

async fn tell(
    setting: &Setting<'_>,
    installation: &Installation,
    lease: &PassLease,
    (troubles, judged): &(Vec<Trouble>, Judged),
    reminds: bool,
) -> Result<usize, PassError> {
    operations::tell(setting, installation, lease, troubles, judged, reminds)
        .await
        .map_err(pass_error)
}

fn pass_error(error: AlertingError) -> PassError {
    match error {
        AlertingError::Lease(error) => PassError::Lease(error),
        AlertingError::Store(error) | AlertingError::Queue(QueueError::Store(error)) => {
            PassError::Store(error)
        }
        AlertingError::Queue(QueueError::Write(error)) => PassError::Words(error),
        // Faults of rules are told with their authority and never come here.
        AlertingError::Rules(faults) => PassError::Mail(vec![faults.to_string()]),
    }
}
