//! One whole pass, to be read from top to bottom: read each source, evaluate, decide who is told,
//! queue, deliver, tell operations, call the heartbeat (SPEC 6 and 7).

use super::alerting::{AlertingError, AlertingOutcome, Setting, decide_and_queue};
use super::installation::{Authority, Installation};
use super::lease::{Claim, LeaseError, PassLease};
use super::operations;
use super::stale;
use crate::alerts::{Judged, Trouble, TroubleKind};
use crate::calendar::Instant;
use crate::document::Faults;
use crate::mail::{self, DeliveryOutcome, QueueError, Route, WriteError, Writer};
use crate::source::{SourceError, SyncOutcome, SyncRequest, sync};
use crate::store::{Store, StoreError};

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
    /// When the next step falls, in sending hours where its ladder keeps to them.
    pub next: Option<Instant>,
}

/// What became of one authority.
#[derive(Debug)]
pub enum AuthorityOutcome {
    /// Its source was read, and its alerts decided.
    Decided(SyncOutcome, AlertingOutcome),
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
    let mail = installation
        .settings
        .mail
        .as_ref()
        .ok_or(PassError::NoMail)?;
    let route = Route::new(mail).map_err(PassError::Mail)?;
    let writer = Writer::new(&mail.from)?;
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
    let ended = run(installation, &setting, &route, &lease).await;
    lease.give_back().await?;
    let outcome = ended?;
    if outcome.is_well() {
        operations::heartbeat(installation).await;
    }
    Ok(PassEnd::Ran(Box::new(outcome)))
}

async fn run(
    installation: &Installation,
    setting: &Setting<'_>,
    route: &Route,
    lease: &PassLease,
) -> Result<PassOutcome, PassError> {
    let mut outcome = PassOutcome::default();
    let mut troubles = Vec::new();
    let mut judged = Judged::default();
    for authority in &installation.authorities {
        let id = &authority.settings.id;
        let became = one(setting, authority, lease, &mut troubles, &mut judged).await?;
        if let AuthorityOutcome::Decided(_, round) = &became {
            outcome.next = [outcome.next, round.next].into_iter().flatten().min();
            tracing::info!(
                authority = %id,
                letters = round.letters,
                told = round.told,
                held = round.held,
                "alerts decided"
            );
        }
        outcome.authorities.push((id.clone(), became));
    }
    outcome.operations = tell(setting, installation, lease, &troubles, &judged).await?;
    outcome.delivery = mail::deliver(setting.store, route, setting.now).await?;
    let (troubles, judged) = operations::mail_troubles(setting, installation)
        .await
        .map_err(pass_error)?;
    let more = tell(setting, installation, lease, &troubles, &judged).await?;
    if more > 0 && !outcome.delivery.gave_up {
        let delivery = mail::deliver(setting.store, route, setting.now).await?;
        outcome.delivery.sent += delivery.sent;
        outcome.delivery.deferred += delivery.deferred;
    }
    outcome.operations += more;
    Ok(outcome)
}

/// One authority: read, evaluated, decided; what is amiss with it goes to `troubles`.
async fn one(
    setting: &Setting<'_>,
    authority: &Authority,
    lease: &PassLease,
    troubles: &mut Vec<Trouble>,
    judged: &mut Judged,
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
    let mut judge = |kinds: &[TroubleKind]| {
        judged
            .0
            .extend(kinds.iter().map(|kind| (*kind, id.clone())));
    };
    judge(&[TroubleKind::SourceRefused, TroubleKind::NobodyWarned]);
    let read = match sync(setting.store, &request).await {
        Ok(read) => read,
        Err(SourceError::Store(error)) => return Err(error.into()),
        Err(SourceError::Refused(refusal)) => {
            let why = refusal.kind.words().to_owned();
            let more = stale::refused(setting, authority, lease, why).await;
            troubles.extend(more.map_err(pass_error)?);
            let lines = refusal.to_string().lines().map(str::to_owned).collect();
            return Ok(AuthorityOutcome::Refused(lines));
        }
    };
    match decide_and_queue(setting, authority, lease).await {
        Ok(mut round) => {
            judge(&[
                TroubleKind::RulesFaulty,
                TroubleKind::Quarantine,
                TroubleKind::Unmeasured,
                TroubleKind::LadderMissing,
                TroubleKind::Hole,
                TroubleKind::FloodHeld,
            ]);
            troubles.append(&mut round.troubles);
            Ok(AuthorityOutcome::Decided(read, round))
        }
        Err(AlertingError::Rules(faults)) => {
            troubles.push(Trouble {
                kind: TroubleKind::RulesFaulty,
                authority: id.clone(),
                item: String::new(),
                line: faults
                    .to_string()
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            });
            Ok(AuthorityOutcome::Faulty(faults))
        }
        Err(error) => Err(pass_error(error)),
    }
}

async fn tell(
    setting: &Setting<'_>,
    installation: &Installation,
    lease: &PassLease,
    troubles: &[Trouble],
    judged: &Judged,
) -> Result<usize, PassError> {
    operations::tell(setting, installation, lease, troubles, judged)
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
