//! A source that is refused: no step is told from its copy, and after two working days of that, or as
//! long as `[alerts] stale` says, every head of service is told that nobody is being warned (SPEC 7,
//! The end).

use std::collections::BTreeSet;

use super::alerting::{AlertingError, Setting, staff_and_unusable};
use super::installation::Authority;
use super::lease::PassLease;
use crate::alerts::{
    Directory, Reached, Readers, Recipients, StaffKinds, To, Trouble, TroubleKind, is_sending_time,
    key_of, next_sending_time,
};
use crate::calendar::{Day, Instant};
use crate::case::Timeline;
use crate::mail::{
    self, Letter, LetterKind, Notice, Phase, QueueError, Recipient, Sender, WriteError,
};
use crate::store::{StoreError, alerts as table, copy};
use crate::words::{Catalogue, CatalogueError};

/// What follows from a refusal, beside its line: how operations are told, and heads of service where
/// it has lasted as long as is set.
///
/// # Errors
/// See [`AlertingError`]; nothing is written then.
pub async fn refused(
    setting: &Setting<'_>,
    authority: &Authority,
    lease: &PassLease,
    line: String,
) -> Result<Vec<Trouble>, AlertingError> {
    let mut troubles = vec![Trouble {
        kind: TroubleKind::SourceRefused,
        authority: authority.settings.id.clone(),
        item: String::new(),
        line,
    }];
    troubles.extend(nobody_warned(setting, authority, lease).await?);
    Ok(troubles)
}

/// What is amiss where nobody has been warned for so long; every head of service is told then.
///
/// # Errors
/// See [`AlertingError`]; nothing is written then.
pub async fn nobody_warned(
    setting: &Setting<'_>,
    authority: &Authority,
    lease: &PassLease,
) -> Result<Option<Trouble>, AlertingError> {
    let Some(since) = refused_since(setting, authority).await? else {
        return Ok(None);
    };
    let calendar = &authority.calendar;
    let today = calendar.zone.day_of(setting.now);
    let first = calendar.zone.day_of(since);
    if today < calendar.after(first, setting.alerts.stale.0) {
        return Ok(None);
    }
    if is_sending_time(setting.alerts.hours, setting.now, calendar) {
        tell_heads(setting, authority, lease, since, today).await?;
    }
    Ok(Some(Trouble {
        kind: TroubleKind::NobodyWarned,
        authority: authority.settings.id.clone(),
        item: String::new(),
        line: format!("refused since {first}"),
    }))
}

/// When something is to be told of a refusal that lasts: operations once it has lasted as long as is set, heads of
/// service in the next sending hours from then on.
///
/// # Errors
/// What the store says.
pub async fn next_look(
    setting: &Setting<'_>,
    authority: &Authority,
) -> Result<Option<Instant>, StoreError> {
    let Some(since) = refused_since(setting, authority).await? else {
        return Ok(None);
    };
    let calendar = &authority.calendar;
    let first = calendar.zone.day_of(since);
    let begins = calendar
        .zone
        .start_of(calendar.after(first, setting.alerts.stale.0));
    if setting.now < begins {
        return Ok(Some(begins));
    }
    let next = next_sending_time(setting.alerts.hours, setting.now, calendar);
    Ok((next > setting.now).then_some(next))
}

async fn refused_since(
    setting: &Setting<'_>,
    authority: &Authority,
) -> Result<Option<Instant>, StoreError> {
    let mut tx = setting.store.snapshot().await?;
    let since = copy::refused_since(&mut tx, &authority.settings.id).await?;
    tx.commit().await?;
    Ok(since)
}

async fn tell_heads(
    setting: &Setting<'_>,
    authority: &Authority,
    lease: &PassLease,
    since: Instant,
    today: Day,
) -> Result<(), AlertingError> {
    let id = &authority.settings.id;
    let now = setting.now;
    let (staff, addresses, unusable) = staff_and_unusable(setting.store, id, lease, now).await?;
    let mut tx = setting.store.begin().await?;
    lease.prove(&mut tx).await?;
    let symbols = copy::symbols(&mut tx, id).await?;
    let directory = Directory {
        staff: &staff,
        kinds: StaffKinds::of(&symbols),
        roles: &authority.settings.roles,
        unusable: &unusable,
    };
    let told = table::heads_told(&mut tx, id, since).await?;
    let mut seen = told;
    let mut heads: Vec<Reached> = Vec::new();
    copy::each_timeline(&mut tx, id, |bytes| {
        let timeline =
            Timeline::decode(bytes).map_err(|error| StoreError::Damaged(error.to_string()))?;
        let people = Recipients::new(&directory, &timeline, today).of_step(&[To::HeadOfService]);
        for head in people.reached {
            if seen.insert(key_of(head.address.as_str())) {
                heads.push(head);
            }
        }
        Ok::<(), StoreError>(())
    })
    .await?;
    let first = authority.calendar.zone.day_of(since);
    let readers = Readers::new(&staff, authority.language);
    let mut keys = BTreeSet::new();
    for head in heads {
        keys.insert(key_of(head.address.as_str()));
        let words = setting.writer.words(readers.at(&head.address).language);
        let letter = letter(authority, words, head, now, today, first);
        let letter = letter.map_err(|error| QueueError::from(WriteError::from(error)))?;
        mail::queue(&mut tx, setting.writer, &addresses, &letter).await?;
    }
    let keys: Vec<String> = keys.into_iter().collect();
    table::put_heads_told(&mut tx, id, since, &keys).await?;
    tx.commit().await?;
    Ok(())
}

fn letter(
    authority: &Authority,
    words: &Catalogue,
    head: Reached,
    now: Instant,
    today: Day,
    first: Day,
) -> Result<Letter, CatalogueError> {
    let name = &authority.settings.name;
    Ok(Letter {
        authority: Sender {
            id: authority.settings.id.clone(),
            name: name.clone(),
        },
        to: Recipient {
            address: head.address,
            name: head.name,
        },
        kind: LetterKind::Operations,
        language: words.language(),
        written: now,
        today,
        entries: Vec::new(),
        notices: vec![Notice {
            phase: Phase::Began,
            since: first,
            what: words.say("unwarned", &[("authority", name)])?,
            detail: vec![words.say("unwarned_since", &[("date", &words.date(first)?)])?],
            remedy: words.say("unwarned_remedy", &[])?,
        }],
    })
}
