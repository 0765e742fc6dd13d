//! One authority in a pass: its copy evaluated, its alerts decided, their messages queued; all that
//! is written becomes true in one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::amiss::troubles;
use super::evaluation::{Cases, EvaluationError, Which};
use super::installation::Authority;
use super::lease::{LeaseError, PassLease};
use super::survey::{Basis, Plan, Survey, Update};
use super::withdrawal::withdraw;
use crate::alerts::{
    Alert, Desk, Directory, Knowledge, Post, Readers, Record, RuleBook, StaffKinds, Tick, Trouble,
    Unreached, Watch, Watched, decide, key_of,
};
use crate::calendar::{Day, Instant};
use crate::case::{Staff, Timeline};
use crate::config::Alerts;
use crate::document::Faults;
use crate::mail::{self, AddressBook, Letter, LetterKind, QueueError, Sender, Writer};
use crate::rules::Obligation;
use crate::store::mail::Stranded;
use crate::store::{Store, StoreError, Transaction, forget_register};
use crate::store::{alerts as table, copy, mail as mail_table};

/// What keeps an authority's alerts from being decided.
#[derive(Debug, thiserror::Error)]
pub enum AlertingError {
    /// Its rules read what nobody knows.
    #[error(transparent)]
    Rules(Faults),
    /// The pass has lost its lease.
    #[error(transparent)]
    Lease(#[from] LeaseError),
    /// A letter could not be written, or the store failed.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<EvaluationError> for AlertingError {
    fn from(error: EvaluationError) -> Self {
        match error {
            EvaluationError::Rules(faults) => AlertingError::Rules(faults),
            EvaluationError::Store(error) => AlertingError::Store(error),
        }
    }
}

/// What a pass is for every authority.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The store.
    pub store: &'a Store,
    /// Sending hours and the flood's share.
    pub alerts: &'a Alerts,
    /// Who writes.
    pub writer: &'a Writer,
    /// The pass's instant.
    pub now: Instant,
}

/// What was told and what is amiss with one authority.
#[derive(Debug, Default)]
pub struct AlertingOutcome {
    /// Children that were evaluated.
    pub evaluated: usize,
    /// Letters queued.
    pub letters: usize,
    /// Steps, closings and reopenings told, by obligation and recipient.
    pub told: usize,
    /// Obligations that the flood guard holds.
    pub held: usize,
    /// Tellings that join a digest, since their recipient was told too much at once.
    pub put_off: usize,
    /// When to look again, if its source has nothing new: no later than the next midnight, when
    /// obligations change.
    pub next: Option<Instant>,
    /// What is amiss.
    pub troubles: Vec<Trouble>,
}

/// What is known before anything is decided.
struct Evaluated {
    book: RuleBook,
    readers: Readers,
    addresses: AddressBook,
    survey: Survey,
}

/// Evaluates an authority's copy, decides, and queues what is told.
///
/// # Errors
/// See [`AlertingError`]; nothing is told then. Where something that was kept is damaged, the register of
/// evaluations is forgotten: it may be that, and the next pass makes it anew from the copy.
pub async fn decide_and_queue(
    setting: &Setting<'_>,
    authority: &Authority,
    lease: &PassLease,
) -> Result<AlertingOutcome, AlertingError> {
    let ended = all_or_nothing(setting, authority, lease).await;
    if let Err(AlertingError::Store(StoreError::Damaged(_))) = &ended {
        let mut tx = setting.store.begin().await?;
        lease.prove(&mut tx).await?;
        forget_register(&mut tx, &authority.settings.id).await?;
        tx.commit().await?;
    }
    ended
}

async fn all_or_nothing(
    setting: &Setting<'_>,
    authority: &Authority,
    lease: &PassLease,
) -> Result<AlertingOutcome, AlertingError> {
    let mut reading = read(setting, authority, lease).await?;
    let update = reading.survey.update.take();
    crash_point!(ObligationsKnown);
    let mut tx = setting.store.begin().await?;
    lease.prove(&mut tx).await?;
    crash_point!(LeaseProved);
    let outcome = write(setting, authority, &reading, update, &mut tx).await?;
    tx.commit().await?;
    crash_point!(StepsCommitted);
    Ok(outcome)
}

/// The people of an authority, and the addresses that nothing may be sent to now.
pub(super) async fn staff_and_unusable(
    store: &Store,
    authority: &str,
    lease: &PassLease,
    now: Instant,
) -> Result<(Staff, AddressBook, BTreeSet<String>), AlertingError> {
    let mut tx = store.begin().await?;
    lease.prove(&mut tx).await?;
    let staff = copy::staff(&mut tx, authority).await?;
    let addresses = AddressBook::of(&staff);
    let unusable = mail::unreachable(&mut tx, authority, &addresses, now).await?;
    tx.commit().await?;
    Ok((staff, addresses, unusable))
}

async fn read(
    setting: &Setting<'_>,
    authority: &Authority,
    lease: &PassLease,
) -> Result<Evaluated, AlertingError> {
    let id = &authority.settings.id;
    let now = setting.now;
    let (staff, addresses, unusable) = staff_and_unusable(setting.store, id, lease, now).await?;
    let mut tx = setting.store.snapshot_of_writer().await?;
    let cases = Cases::of_nobody(&mut tx, authority).await?;
    let symbols = copy::symbols(&mut tx, id).await?;
    let known = table::known_rules(&mut tx, id).await?;
    let book = RuleBook::new(&cases.rules, &authority.ladders, &known);
    let today = authority.calendar.zone.day_of(now);
    let basis = Basis::new(authority, &cases.rules, &book, setting.alerts.hours);
    let attended = table::attended_children(&mut tx, id).await?;
    let plan = Plan::make(&mut tx, authority, basis, attended, (today, now)).await?;
    let alerts = alerts_of(&mut tx, id, &plan.which()).await?;
    let directory = Directory {
        staff: &staff,
        kinds: StaffKinds::of(&symbols),
        roles: &authority.settings.roles,
        unusable: &unusable,
    };
    let watch = Watch {
        authority: id,
        rules: &cases.rules,
        book: &book,
        directory: &directory,
        calendar: &authority.calendar,
        hours: setting.alerts.hours,
        now,
        alerts: &alerts,
        remembered: alerts
            .values()
            .map(|a| a.child.as_str())
            .collect::<HashSet<_>>(),
    };
    let look = |found: &mut Watched, timeline: &Timeline<'_>, obligations: &[Obligation<'_>]| {
        watch.look(found, timeline, obligations);
    };
    let survey = plan.carry_out(tx, &cases.rules, authority, look).await?;
    Ok(Evaluated {
        readers: Readers::new(&staff, authority.language),
        book,
        addresses,
        survey,
    })
}

/// The alerts of the children that are looked at.
async fn alerts_of(
    tx: &mut Transaction,
    authority: &str,
    which: &Which,
) -> Result<HashMap<String, Alert>, StoreError> {
    match which {
        Which::All => table::alerts(tx, authority).await,
        Which::Some(children) => table::alerts_of(tx, authority, children).await,
    }
}

async fn write(
    setting: &Setting<'_>,
    authority: &Authority,
    reading: &Evaluated,
    update: Option<Update>,
    tx: &mut Transaction,
) -> Result<AlertingOutcome, AlertingError> {
    let (id, now) = (&authority.settings.id, setting.now);
    let (book, watched) = (&reading.book, &reading.survey.watched);
    let today = authority.calendar.zone.day_of(now);
    let mut alerts = alerts_of(tx, id, &reading.survey.looked_at).await?;
    let withdrawn = withdraw(tx, id, &mut alerts, (watched, book), today, now).await?;
    crash_point!(ClosedWithdrawn);
    let served = table::served(tx, id, today).await?;
    let tick = Tick::new(&authority.calendar, setting.alerts.hours, now, &served);
    let knowledge = knowledge(tx, id, now).await?;
    let former = table::rules_of(tx, id).await?;
    let decision = decide(watched, &alerts, book, &knowledge, setting.alerts, &tick);
    let sender = Sender {
        id: id.clone(),
        name: authority.settings.name.clone(),
    };
    let desk = Desk {
        sender: &sender,
        case_url: authority.settings.case_url.as_deref(),
        readers: &reading.readers,
        tick: &tick,
        book,
        former: &former,
        watched,
        alerts: &alerts,
        acknowledged: &knowledge.acknowledged,
        decision: &decision,
    };
    crash_point!(Decided);
    let posts = desk.write();
    let letters = posts.len();
    let told = queue(tx, setting, id, &reading.addresses, today, posts).await?;
    let changed_by_withdrawal = withdrawn.iter().filter_map(|id| {
        let decided = decision.changed.contains_key(id) || decision.dropped.contains(id);
        alerts.get(id).filter(|_| !decided)
    });
    let changed = decision.changed.values().chain(changed_by_withdrawal);
    table::put_alerts(tx, id, changed).await?;
    table::delete_alerts(tx, &decision.dropped).await?;
    crash_point!(AlertsKept);
    let present = book.facts.iter().map(|rule| rule.id.as_str()).collect();
    let read = book
        .facts
        .iter()
        .filter(|rule| !book.unmeasured.contains_key(&rule.id));
    table::put_rules(tx, id, read.map(AsRef::as_ref), &present).await?;
    if let Some(update) = update {
        update.write(tx, id).await?;
    }
    crash_point!(RulesKept);
    let midnight = authority.calendar.zone.start_of(today.plus(1));
    let next_change = mail::next_change_of_addresses(tx, id, now).await?;
    let next_change = [Some(midnight), next_change].into_iter().flatten().min();
    Ok(AlertingOutcome {
        evaluated: reading.survey.evaluated,
        letters,
        told,
        held: decision.held.len(),
        put_off: decision.put_off,
        next: [decision.next, next_change].into_iter().flatten().min(),
        troubles: troubles(tx, id, (book, watched), &alerts, &decision).await?,
    })
}

/// Queues letters with what they put on the record; gives how much that is.
async fn queue(
    tx: &mut Transaction,
    setting: &Setting<'_>,
    authority: &str,
    addresses: &AddressBook,
    today: Day,
    posts: Vec<Post>,
) -> Result<usize, AlertingError> {
    let (letters, records): (Vec<Letter>, Vec<Vec<Record>>) =
        posts.into_iter().map(|p| (p.letter, p.records)).unzip();
    let letters = Arc::new(letters);
    let queued = mail::queue_all(tx, setting.writer, addresses, &letters).await?;
    let mut told = Vec::new();
    let mut digests = Vec::new();
    for ((letter, records), queued) in letters.iter().zip(records).zip(queued) {
        if letter.kind.is_digest() {
            let recipient = key_of(letter.to.address.as_str());
            digests.push((recipient, queued.message_id.clone()));
        }
        let records = records.into_iter();
        told.extend(records.map(|record| (queued.message_id.clone(), record)));
    }
    crash_point!(MessagesKept);
    table::put_told(tx, authority, setting.now, &told).await?;
    crash_point!(ToldKept);
    table::put_digests(tx, authority, today, &digests).await?;
    crash_point!(DigestsKept);
    Ok(told.len())
}

/// What is known beside obligations and alerts: acknowledgements, and what the mail server refused.
async fn knowledge(
    tx: &mut Transaction,
    authority: &str,
    now: Instant,
) -> Result<Knowledge, AlertingError> {
    let mut knowledge = Knowledge {
        acknowledged: table::acknowledged(tx, authority).await?,
        sent_at_once: mail_table::queued_at_once(tx, now.plus_hours(-1)).await?,
        ..Knowledge::default()
    };
    let mut stranded: BTreeMap<String, BTreeMap<String, Stranded>> = BTreeMap::new();
    for message in mail::stranded(tx, authority, now).await? {
        let messages = stranded.entry(message.obligation.clone()).or_default();
        messages.insert(message.message_id.clone(), message);
    }
    for (obligation, messages) in stranded {
        let told = table::steps_told(tx, &obligation).await?;
        let reached = |address: &str| {
            let key = key_of(address);
            let is_refused = |id| messages.get(id).is_some_and(|m| m.refused.is_some());
            told.iter()
                .any(|t| key_of(&t.recipient) == key && !is_refused(&t.message_id))
        };
        let refused: BTreeSet<String> = told
            .iter()
            .filter(|told| !reached(&told.recipient))
            .map(|told| key_of(&told.recipient))
            .collect();
        let mut unreached: Vec<Unreached> = Vec::new();
        // The last telling of each step: that one must have reached someone.
        let last: BTreeMap<u32, (Day, u32)> = told
            .iter()
            .map(|told| (told.step, (told.due, told.repeat)))
            .collect();
        for (step, (due, repeat)) in last {
            let telling = told
                .iter()
                .filter(|t| t.step == step && t.due == due && t.repeat == repeat);
            if telling
                .clone()
                .all(|t| messages.contains_key(&t.message_id))
            {
                let baseline = LetterKind::Baseline.name();
                let of_baseline = |id| messages.get(id).is_some_and(|m| m.kind == baseline);
                unreached.push(Unreached {
                    step,
                    repeat,
                    baseline: telling.clone().all(|t| of_baseline(&t.message_id)),
                    tried: telling.map(|t| key_of(&t.recipient)).collect(),
                });
            }
        }
        knowledge.refused.insert(obligation.clone(), refused);
        knowledge.unreached.insert(obligation, unreached);
    }
    Ok(knowledge)
}
