//! Into the queue and out of it again, in the caller's transaction: what is told and its message
//! become true together.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use tokio::task::spawn_blocking;

use super::compose::{Writer, Written};
use super::letter::{Address, Entry, Letter, LetterKind, Tell};
use super::render::WriteError;
use crate::calendar::Instant;
use crate::case::Staff;
use crate::store::mail::{self as table, NewMessage, Stranded};
use crate::store::{StoreError, Transaction};

/// Letters written and queued at a time: enough for few statements, few enough that their texts fit in
/// little memory and that all processors have some to write.
const AT_A_TIME: usize = 128;
/// Tries failing for so long make an address unreachable (SPEC 7, Delivery).
const FAILING_SECONDS: i64 = 24 * 3600;
/// An unreachable address is used again after so long, whatever the people table says.
const MARK_SECONDS: i64 = 7 * 24 * 3600;

/// What kept a letter out of the queue.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// It could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A letter in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// The message's number in the store.
    pub id: i64,
    /// Its Message-ID, with the angle brackets.
    pub message_id: String,
    /// False where the same message was queued before: nothing was queued then.
    pub new: bool,
}

/// How each address stands in the people table, so that a change of it is seen.
#[derive(Debug, Clone, Default)]
pub struct AddressBook(BTreeMap<String, String>);

impl AddressBook {
    /// The addresses of an authority's staff.
    pub fn of(staff: &Staff) -> AddressBook {
        let mut people: BTreeMap<String, Vec<(&str, &str)>> = BTreeMap::new();
        for person in staff.people.values() {
            if let Some(email) = &person.email {
                let key = email.trim().to_ascii_lowercase();
                people
                    .entry(key)
                    .or_default()
                    .push((&person.person_id, email));
            }
        }
        // Another name, team or manager does not change an address.
        let hashed = |people: Vec<(&str, &str)>| -> String {
            let digest = Sha256::digest(format!("{people:?}"));
            digest[..8]
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect()
        };
        AddressBook(
            people
                .into_iter()
                .map(|(email, people)| (email, hashed(people)))
                .collect(),
        )
    }

    /// The hash of who has this address, as it is written; empty where nobody has.
    pub(super) fn standing(&self, address: &str) -> &str {
        self.0
            .get(&address.to_ascii_lowercase())
            .map_or("", String::as_str)
    }
}

/// Writes a letter and queues it. A letter that tells the same to the same recipient is queued once,
/// however often it is asked for; one that was withdrawn meanwhile is queued again.
///
/// # Errors
/// Where the letter cannot be written or the store fails.
pub async fn queue(
    tx: &mut Transaction,
    writer: &Writer,
    book: &AddressBook,
    letter: &Letter,
) -> Result<Queued, QueueError> {
    let written = vec![writer.write(letter)?];
    let queued = keep(tx, book, std::slice::from_ref(letter), written).await?;
    let lost = || StoreError::Damaged("a message was not queued".to_owned());
    Ok(queued.into_iter().next().ok_or_else(lost)?)
}

/// Writes letters and queues them with few statements; each as [`queue`] does, in their order. While
/// some are kept by the store, the next ones are written on the other processors.
///
/// # Errors
/// As [`queue`].
pub async fn queue_all(
    tx: &mut Transaction,
    writer: &Writer,
    book: &AddressBook,
    letters: &Arc<Vec<Letter>>,
) -> Result<Vec<Queued>, QueueError> {
    let write = |some: Range<usize>| {
        let (writer, letters) = (writer.clone(), letters.clone());
        spawn_blocking(move || -> Result<Vec<Written>, WriteError> {
            letters[some]
                .iter()
                .map(|letter| writer.write(letter))
                .collect()
        })
    };
    let ahead = std::thread::available_parallelism().map_or(1, usize::from);
    let mut parts = (0..letters.len())
        .step_by(AT_A_TIME)
        .map(|first| first..letters.len().min(first + AT_A_TIME));
    let mut written = VecDeque::with_capacity(ahead);
    let mut queued = Vec::with_capacity(letters.len());
    loop {
        while written.len() < ahead
            && let Some(part) = parts.next()
        {
            written.push_back((part.clone(), write(part)));
        }
        let Some((part, writing)) = written.pop_front() else {
            return Ok(queued);
        };
        let written = match writing.await {
            Ok(written) => written?,
            Err(broken_off) => std::panic::resume_unwind(broken_off.into_panic()),
        };
        queued.extend(keep(tx, book, &letters[part], written).await?);
    }
}

/// Keeps letters that are written.
async fn keep(
    tx: &mut Transaction,
    book: &AddressBook,
    letters: &[Letter],
    written: Vec<Written>,
) -> Result<Vec<Queued>, StoreError> {
    let messages: Vec<NewMessage<'_>> = letters
        .iter()
        .zip(&written)
        .map(|(letter, written)| message(book, letter, written))
        .collect();
    let kept = table::insert_all(tx, &messages).await?;
    let queued = written.into_iter().zip(kept);
    let queued = queued.map(|(written, (id, new))| Queued {
        id,
        message_id: written.message_id,
        new,
    });
    Ok(queued.collect())
}

/// A letter as it is kept.
fn message<'m>(book: &'m AddressBook, letter: &'m Letter, written: &'m Written) -> NewMessage<'m> {
    let told = |entry: &&Entry| !entry.tells.is_empty();
    let obligations: BTreeSet<&str> = letter
        .entries
        .iter()
        .filter(told)
        .map(|entry| entry.obligation.as_str())
        .collect();
    let mut tells = letter.entries.iter().flat_map(|entry| &entry.tells);
    let recipient = letter.to.address.as_str();
    NewMessage {
        message_id: &written.message_id,
        authority: &letter.authority.id,
        kind: letter.kind.name(),
        recipient,
        standing: book.standing(recipient),
        subject: &written.subject,
        body: &written.bytes,
        urgent: matches!(letter.kind, LetterKind::Now | LetterKind::Operations),
        tells_closing: tells.any(|tell| matches!(tell, Tell::Closed { .. })),
        obligations: obligations.into_iter().collect(),
        queued: letter.written,
    }
}

/// Withdraws the messages of an authority of which no try was made and whose obligations have all
/// closed, and gives their Message-IDs. One that tells a closing stays (SPEC 7, The end).
///
/// # Errors
/// What the store says.
pub async fn withdraw(
    tx: &mut Transaction,
    authority: &str,
    is_closed: impl Fn(&str) -> bool,
    now: Instant,
) -> Result<Vec<String>, StoreError> {
    let mut messages: BTreeMap<i64, (String, bool)> = BTreeMap::new();
    for waiting in table::withdrawable(tx, authority).await? {
        let closed = is_closed(&waiting.obligation);
        let (_, all_closed) = messages
            .entry(waiting.id)
            .or_insert((waiting.message_id, true));
        *all_closed &= closed;
    }
    let mut withdrawn = Vec::new();
    for (id, (message_id, all_closed)) in messages {
        if all_closed && table::withdraw_one(tx, id, now).await? {
            withdrawn.push(message_id);
        }
    }
    Ok(withdrawn)
}

/// The addresses of an authority to which no step may be sent now, in lower case: refused for good
/// within the last week, or failing for 24 hours. One that the people table has changed since, or
/// whose week is over, is forgotten here and used again.
///
/// # Errors
/// What the store says.
pub async fn unreachable(
    tx: &mut Transaction,
    authority: &str,
    book: &AddressBook,
    now: Instant,
) -> Result<BTreeSet<String>, StoreError> {
    let mut unreachable = BTreeSet::new();
    for mark in table::marks(tx, authority).await? {
        if mark.standing != book.standing(&mark.address) {
            table::clear_address(tx, authority, &mark.address).await?;
            continue;
        }
        let failed = mark
            .failing_since
            .map(|since| since.plus_seconds(FAILING_SECONDS));
        let since = match (mark.refused_at, failed) {
            (Some(refused), Some(failed)) => refused.max(failed),
            (refused, failed) => match refused.or(failed) {
                Some(since) => since,
                None => continue,
            },
        };
        if now >= since.plus_seconds(MARK_SECONDS) {
            table::clear_address(tx, authority, &mark.address).await?;
        } else if mark.refused_at.is_some() || now >= since {
            unreachable.insert(mark.address);
        }
    }
    Ok(unreachable)
}

/// When an address of an authority next turns unreachable by failing for long enough, or a mark of one
/// lapses.
///
/// # Errors
/// What the store says.
pub async fn next_change_of_addresses(
    tx: &mut Transaction,
    authority: &str,
    now: Instant,
) -> Result<Option<Instant>, StoreError> {
    let marks = table::marks(tx, authority).await?;
    let changes = marks.iter().flat_map(|mark| {
        let failed = (mark.failing_since).map(|since| since.plus_seconds(FAILING_SECONDS));
        let lapses = mark.refused_at.max(failed);
        [failed, lapses.map(|since| since.plus_seconds(MARK_SECONDS))]
    });
    Ok(changes.flatten().filter(|at| *at > now).min())
}

/// Whether no step may be sent to an address now.
pub fn is_unreachable(unreachable: &BTreeSet<String>, address: &Address) -> bool {
    unreachable.contains(&address.as_str().to_ascii_lowercase())
}

/// What was queued for an address that turned out unreachable, and was not taken: its steps go up.
///
/// # Errors
/// What the store says.
pub async fn stranded(
    tx: &mut Transaction,
    authority: &str,
    now: Instant,
) -> Result<Vec<Stranded>, StoreError> {
    table::stranded(tx, authority, now.plus_seconds(-FAILING_SECONDS)).await
}

#[cfg(test)]
mod tests {
    use super::AddressBook;
    use crate::case::{Person, Staff};

    #[test]
    fn an_address_stands_otherwise_when_it_changes_hands_or_spelling_and_not_when_a_name_does() {
        let standing = |person_id: &str, name: &str, email: &str| {
            let person = Person {
                person_id: person_id.to_owned(),
                name: Some(name.to_owned()),
                email: Some(email.to_owned()),
                ..Person::default()
            };
            let mut staff = Staff::default();
            staff.people.insert(person_id.to_owned(), person);
            let book = AddressBook::of(&staff);
            book.standing("anna@example.org").to_owned()
        };
        let before = standing("P1", "Anna Archer", "anna@example.org");
        assert_eq!(before, standing("P1", "Anna Baker", "anna@example.org"));
        assert_ne!(before, standing("P2", "Anna Archer", "anna@example.org"));
        assert_ne!(before, standing("P1", "Anna Archer", "Anna@example.org"));
        assert_eq!(standing("P1", "Anna Archer", "archer@example.org"), "");
    }
}
