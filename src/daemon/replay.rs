//! A past stretch lived through day by day on a copy of the copy: what would have been overdue, and
//! who would have been told. It is the ordinary pass without the reading, in a store of its own that
//! is thrown away, with a folder for a mail server: so a site tries a pack or a ladder before it goes
//! live.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::NaiveTime;

use super::alerting::{AlertingError, Setting, decide_and_queue};
use super::evaluation::{Cases, EvaluationError};
use super::installation::{Authority, Installation};
use super::lease::{Claim, PassLease};
use crate::calendar::{Day, Instant};
use crate::mail::{self, Route, WriteError, Writer};
use crate::rules::State;
use crate::store::{Store, StoreError, alerts as table, copy};

/// The local time of the one pass that a day of a replay has: within everybody's sending hours.
const PASS_AT: NaiveTime = match NaiveTime::from_hms_opt(9, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// Who writes where the configuration has no `[mail]`: nothing of a replay is sent.
const NOBODY: &str = "replay@localhost";

/// What keeps a replay from going on.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// Alerts could not be decided.
    #[error(transparent)]
    Alerting(#[from] AlertingError),
    /// The copy could not be evaluated.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// `[mail] from` is not an address.
    #[error(transparent)]
    Words(#[from] WriteError),
    /// The folder for the store and the messages cannot be used.
    #[error("{} cannot be used for the replay ({cause}); it needs a folder to write to", place.display())]
    Folder {
        /// Which folder.
        place: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
}

/// What one day of a replay would have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayedDay {
    /// The day.
    pub day: Day,
    /// Overdue obligations by rule.
    pub overdue: BTreeMap<String, usize>,
    /// Who would have been told what, in the order of telling.
    pub told: Vec<ReplayedTelling>,
}

/// A step or a closing that somebody would have been told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayedTelling {
    /// The address.
    pub recipient: String,
    /// The obligation's short name.
    pub id: String,
    /// The rule.
    pub rule: String,
    /// The source's id of the child.
    pub child: String,
    /// The step; none for a closing.
    pub step: Option<u32>,
    /// The reason of a closing.
    pub closed: Option<String>,
    /// The Message-ID of the mail that tells it.
    pub message: String,
}

impl ReplayedDay {
    /// How many mails would have gone out.
    pub fn mails(&self) -> usize {
        let messages: BTreeSet<&str> = self.told.iter().map(|t| t.message.as_str()).collect();
        messages.len()
    }
}

/// A replay of one authority, day after day.
pub struct Replay<'i> {
    installation: &'i Installation,
    authority: &'i Authority,
    store: Store,
    route: Route,
    writer: Writer,
    told: usize,
    read_on: Option<Day>,
}

impl<'i> Replay<'i> {
    /// Gets ready in `folder`, that must be there: the store of the replay goes there, and into
    /// `outbox` below it the messages.
    ///
    /// # Errors
    /// See [`ReplayError`].
    pub async fn prepare(
        installation: &'i Installation,
        authority: &'i Authority,
        store: &Store,
        folder: &Path,
    ) -> Result<Replay<'i>, ReplayError> {
        let outbox = folder.join("outbox");
        std::fs::create_dir_all(&outbox).map_err(|cause| ReplayError::Folder {
            place: outbox.clone(),
            cause,
        })?;
        let url = format!("sqlite:{}", folder.join("replay.db").display());
        let own = Store::open(&url).await?;
        let mut from = store.snapshot().await?;
        let mut to = own.begin().await?;
        let read = copy::last_accepted(&mut from, &authority.settings.id).await?;
        copy::hand_over(&mut from, &mut to, &authority.settings.id).await?;
        to.commit().await?;
        let mail = installation.settings.mail.as_ref();
        Ok(Replay {
            installation,
            authority,
            store: own,
            route: Route::Directory(outbox),
            writer: Writer::new(
                mail.map_or(NOBODY, |mail| mail.from.as_str()),
                installation.stationery.clone(),
            )?,
            told: 0,
            read_on: read.map(|reading| reading.day),
        })
    }

    /// The day on which the copy was read; none where it never was. What happened later is not in it.
    pub fn read_on(&self) -> Option<Day> {
        self.read_on
    }

    /// Lives through one day; days must come in order.
    ///
    /// # Errors
    /// See [`ReplayError`].
    pub async fn live(&mut self, day: Day) -> Result<ReplayedDay, ReplayError> {
        let now = self
            .authority
            .calendar
            .zone
            .instant(day.date().and_time(PASS_AT));
        self.pass(now).await?;
        let mut tx = self.store.snapshot().await?;
        let cases = Cases::read(&mut tx, self.authority, None).await?;
        let all = table::listed(&mut tx).await?;
        tx.commit().await?;
        let told = all
            .into_iter()
            .skip(self.told)
            .map(|telling| ReplayedTelling {
                recipient: telling.recipient,
                id: telling.id,
                rule: telling.rule,
                child: telling.child,
                step: telling.step,
                closed: telling.closed.filter(|_| telling.step.is_none()),
                message: telling.message_id,
            });
        let told: Vec<ReplayedTelling> = told.collect();
        self.told += told.len();
        Ok(ReplayedDay {
            day,
            overdue: overdue(self.authority, &cases, day)?,
            told,
        })
    }

    async fn pass(&self, now: Instant) -> Result<(), ReplayError> {
        let Claim::Taken(lease) = PassLease::take(&self.store, now).await? else {
            return Ok(());
        };
        let setting = Setting {
            store: &self.store,
            alerts: &self.installation.settings.alerts,
            writer: &self.writer,
            now,
        };
        let decided = decide_and_queue(&setting, self.authority, &lease).await;
        lease.give_back().await?;
        decided?;
        mail::deliver(&self.store, &self.route, now).await?;
        Ok(())
    }

    /// Lets go of the replay's store.
    pub async fn end(self) {
        self.store.close().await;
    }
}

fn overdue(
    authority: &Authority,
    cases: &Cases,
    day: Day,
) -> Result<BTreeMap<String, usize>, EvaluationError> {
    let runs = cases.evaluate(authority, day, |counts: &mut Vec<usize>, _, obligations| {
        counts.resize(cases.rules.rules.len(), 0);
        for obligation in obligations {
            counts[obligation.rule] += usize::from(obligation.state == State::Overdue);
        }
    })?;
    let mut by_rule = BTreeMap::new();
    for (rule, count) in runs.iter().flat_map(|counts| counts.iter().enumerate()) {
        if *count > 0 {
            *by_rule
                .entry(cases.rules.rules[rule].id.clone())
                .or_default() += count;
        }
    }
    Ok(by_rule)
}
