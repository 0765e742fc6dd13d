//! Telling operations what is amiss, by their own route, and the heartbeat that says all is well.

use std::collections::BTreeMap;
use std::time::Duration;

use super::alerting::{AlertingError, Setting};
use super::installation::Installation;
use super::lease::PassLease;
use crate::alerts::{Judged, Trouble, TroubleKind, key_of, tidings};
use crate::case::Staff;
use crate::mail::{self, Address, AddressBook, Letter, LetterKind, Recipient, Sender};
use crate::store::{Transaction, alerts as table, copy, mail as mail_table};
use crate::words::Language;

/// How long the heartbeat address may take to answer: it must not hold up the next pass.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// How long operations are told of a report that the mail server refused: nothing else ends it.
const REFUSAL_SECONDS: i64 = 7 * 24 * 3600;

/// Tells operations what began, what lasts (where this pass `reminds`) and what is over, and remembers
/// it; gives how many messages that is.
///
/// # Errors
/// See [`AlertingError`]; nothing is written then.
pub async fn tell(
    setting: &Setting<'_>,
    installation: &Installation,
    lease: &PassLease,
    current: &[Trouble],
    judged: &Judged,
    reminds: bool,
) -> Result<usize, AlertingError> {
    let today = installation.settings.schedule.timezone.day_of(setting.now);
    let mut tx = setting.store.begin().await?;
    lease.prove(&mut tx).await?;
    let known = table::troubles(&mut tx).await?;
    let tidings = tidings(current, &known, judged, today, reminds);
    let mut letters = 0;
    if !tidings.notices.is_empty() {
        for address in addresses(installation) {
            let letter = Letter {
                authority: Sender {
                    id: String::new(),
                    name: "corewatch".to_owned(),
                },
                to: Recipient {
                    address,
                    name: None,
                },
                kind: LetterKind::Operations,
                // What is amiss is said as the log and the commands say it.
                language: Language::English,
                written: setting.now,
                today,
                entries: Vec::new(),
                notices: tidings.notices.clone(),
            };
            mail::queue(&mut tx, setting.writer, &AddressBook::default(), &letter).await?;
            letters += 1;
        }
    }
    table::put_troubles(&mut tx, &tidings.told).await?;
    table::delete_troubles(&mut tx, &tidings.over).await?;
    crash_point!(OperationsKept);
    tx.commit().await?;
    crash_point!(OperationsCommitted);
    for notice in &tidings.notices {
        tracing::warn!(event = "operations_told",
            phase = ?notice.phase,
            things = notice.detail.len(),
            "{}",
            notice.what
        );
    }
    Ok(letters)
}

fn addresses(installation: &Installation) -> Vec<Address> {
    let mail = installation.settings.mail.as_ref();
    let operations = mail.map_or(&[][..], |mail| mail.operations.as_slice());
    operations.iter().filter_map(|a| a.parse().ok()).collect()
}

/// What is amiss with the mail, and what this could tell about.
///
/// # Errors
/// See [`AlertingError`].
pub async fn mail_troubles(
    setting: &Setting<'_>,
    installation: &Installation,
) -> Result<(Vec<Trouble>, Judged), AlertingError> {
    let mut troubles = Vec::new();
    let mut judged = Judged::default();
    let mut tx = setting.store.begin().await?;
    let figures = mail_table::figures(&mut tx).await?;
    judged.0.insert((TroubleKind::MailWaiting, String::new()));
    if figures.deferred > 0 {
        let error = figures.last_error.unwrap_or_default();
        troubles.push(Trouble {
            kind: TroubleKind::MailWaiting,
            authority: String::new(),
            item: String::new(),
            line: match figures.deferred {
                1 => format!("1 message; the last answer: {error}"),
                n => format!("{n} messages; the last answer: {error}"),
            },
        });
    }
    judged.0.insert((TroubleKind::ReportRefused, String::new()));
    let lately = setting.now.plus_seconds(-REFUSAL_SECONDS);
    for (message, subject) in
        mail_table::refused_of_kind(&mut tx, mail::REPORT_KIND, lately).await?
    {
        troubles.push(Trouble {
            kind: TroubleKind::ReportRefused,
            authority: String::new(),
            line: format!("{subject}; {message}"),
            item: message,
        });
    }
    for authority in &installation.authorities {
        let id = &authority.settings.id;
        judged.0.insert((TroubleKind::AddressRefused, id.clone()));
        judged.0.insert((TroubleKind::MessageRefused, id.clone()));
        troubles.extend(refused_addresses(&mut tx, setting, id).await?);
        for (obligation, case_ref) in table::refused_messages(&mut tx, id).await? {
            troubles.push(Trouble {
                kind: TroubleKind::MessageRefused,
                authority: id.clone(),
                line: format!("{obligation}; {case_ref}"),
                item: obligation,
            });
        }
    }
    tx.commit().await?;
    Ok((troubles, judged))
}

/// Who cannot be reached: by the ids of staff, since an address is a name.
async fn refused_addresses(
    tx: &mut Transaction,
    setting: &Setting<'_>,
    authority: &str,
) -> Result<Vec<Trouble>, AlertingError> {
    let staff = copy::staff(tx, authority).await?;
    let book = AddressBook::of(&staff);
    let unreachable = mail::unreachable(tx, authority, &book, setting.now).await?;
    let persons = persons_by_address(&staff);
    let troubles = unreachable.into_iter().map(|address| Trouble {
        kind: TroubleKind::AddressRefused,
        authority: authority.to_owned(),
        line: match persons.get(&address) {
            Some(ids) => format!("person {}", ids.join(", person ")),
            None => "an address of a ladder, a role or a report, of no person".to_owned(),
        },
        item: address,
    });
    Ok(troubles.collect())
}

fn persons_by_address(staff: &Staff) -> BTreeMap<String, Vec<&str>> {
    let mut persons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for person in staff.people.values() {
        if let Some(email) = &person.email {
            persons
                .entry(key_of(email))
                .or_default()
                .push(&person.person_id);
        }
    }
    persons
}

/// Calls the heartbeat address, where there is one: whoever listens there raises the alarm when it
/// falls silent. A failure is for the log alone.
pub async fn heartbeat(installation: &Installation) {
    let Some(url) = installation.settings.operations.heartbeat.clone() else {
        return;
    };
    let called = tokio::task::spawn_blocking(move || {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(HEARTBEAT))
            .build()
            .into();
        agent.get(&*url).call().map(drop)
    });
    match called.await {
        Ok(Ok(())) => tracing::debug!("the heartbeat address was called"),
        // The address may hold a secret: what it is stays out of the log.
        Ok(Err(ureq::Error::StatusCode(status))) => {
            tracing::warn!(
                event = "heartbeat_failed",
                status,
                "the heartbeat address did not take the call"
            );
        }
        Ok(Err(_)) | Err(_) => tracing::warn!(
            event = "heartbeat_failed",
            "the heartbeat address could not be called"
        ),
    }
}
