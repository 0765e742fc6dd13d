//! A message with files: a report that is sent. It tells of no obligation, climbs no ladder and is
//! never withdrawn; else it goes the way of every message, through the same queue.

use lettre::Message;
use lettre::message::header::{ContentType, ContentTypeErr};
use lettre::message::{Attachment, Mailbox, MultiPart, MultiPartKind, SinglePart};
use sha2::{Digest, Sha256};

use super::compose::{mailbox, part, plain};
use super::queue::{AddressBook, Queued};
use super::{Recipient, WriteError, Written};
use crate::calendar::Instant;
use crate::store::mail::{self as table, NewMessage};
use crate::store::{StoreError, Transaction};

/// The name in the store of this kind of message.
pub const KIND: &str = "report";

/// A message with files, in words.
#[derive(Debug, Clone)]
pub struct Parcel<'a> {
    /// On whose behalf: the authority's short name.
    pub authority: &'a str,
    /// To whom.
    pub to: &'a Recipient,
    /// The code of its language.
    pub language: &'a str,
    /// One line, without a name or a case reference.
    pub subject: &'a str,
    /// What it says, a paragraph each.
    pub paragraphs: &'a [String],
    /// What travels in it.
    pub files: &'a [Enclosure],
    /// What makes it the same as another, besides its recipient.
    pub key: &'a str,
    /// The pass's instant.
    pub written: Instant,
}

/// A file in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosure {
    /// Its name, in plain ASCII.
    pub name: String,
    /// What it is.
    pub media_type: &'static str,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// A parcel as a message from `from`.
///
/// # Errors
/// Where sender or recipient do not read, or the message cannot be put together.
pub fn write(from: &str, parcel: &Parcel<'_>) -> Result<Written, WriteError> {
    let from: Mailbox = from
        .trim()
        .parse()
        .map_err(|_| WriteError::From(from.to_owned()))?;
    let domain = from.email.domain().to_owned();
    let key = key_of(parcel);
    let message_id = format!("<{key}@{domain}>");
    let words = MultiPart::builder()
        .kind(MultiPartKind::Alternative)
        .boundary(format!("corewatch-words-{key}"))
        .singlepart(part(ContentType::TEXT_PLAIN, text(parcel)))
        .singlepart(part(ContentType::TEXT_HTML, html(parcel)));
    let mut parts = MultiPart::builder()
        .kind(MultiPartKind::Mixed)
        .boundary(format!("corewatch-{key}"))
        .multipart(words);
    for file in parcel.files {
        parts = parts.singlepart(enclosed(file)?);
    }
    let message = Message::builder()
        .from(from)
        .to(mailbox(&parcel.to.address, parcel.to.name.as_deref())?)
        .subject(parcel.subject)
        .date(parcel.written.utc().into())
        .message_id(Some(message_id.clone()))
        .raw_header(plain("Auto-Submitted", "auto-generated".to_owned()))
        .raw_header(plain(
            "X-Auto-Response-Suppress",
            "OOF, AutoReply".to_owned(),
        ))
        .multipart(parts)?;
    Ok(Written {
        message_id,
        subject: parcel.subject.to_owned(),
        bytes: message.formatted(),
    })
}

/// Queues a parcel, in the caller's transaction; the same one twice is queued once.
///
/// # Errors
/// What the store says.
pub async fn queue_parcel(
    tx: &mut Transaction,
    book: &AddressBook,
    parcel: &Parcel<'_>,
    written: &Written,
) -> Result<Queued, StoreError> {
    let recipient = parcel.to.address.as_str();
    let message = NewMessage {
        message_id: &written.message_id,
        authority: parcel.authority,
        kind: KIND,
        recipient,
        standing: book.standing(recipient),
        subject: &written.subject,
        body: &written.bytes,
        urgent: false,
        tells_closing: false,
        obligations: Vec::new(),
        queued: parcel.written,
    };
    let kept = table::insert_all(tx, &[message]).await?;
    let (id, new) = kept
        .into_iter()
        .next()
        .ok_or_else(|| StoreError::Damaged("a message was not queued".to_owned()))?;
    Ok(Queued {
        id,
        message_id: written.message_id.clone(),
        new,
    })
}

/// The same for the same report, day and recipient.
fn key_of(parcel: &Parcel<'_>) -> String {
    let to = parcel.to.address.as_str().to_ascii_lowercase();
    let digest = Sha256::digest(format!("{KIND}\n{}\n{to}", parcel.key));
    digest[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn enclosed(file: &Enclosure) -> Result<SinglePart, WriteError> {
    let wrong = |error: ContentTypeErr| {
        WriteError::Layout(minijinja::Error::new(
            minijinja::ErrorKind::InvalidOperation,
            format!("{} ({error})", file.media_type),
        ))
    };
    let media_type = ContentType::parse(file.media_type).map_err(wrong)?;
    Ok(Attachment::new(file.name.clone()).body(file.bytes.clone(), media_type))
}

fn text(parcel: &Parcel<'_>) -> String {
    let mut text = parcel.paragraphs.join("\n\n");
    text.push('\n');
    text
}

/// Paragraphs and no more: a report's own pages are in its files.
fn html(parcel: &Parcel<'_>) -> String {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n\
         <body style=\"font: 16px/1.5 Arial, sans-serif; color: #1c1c1c; max-width: 40rem\">\n",
        escaped(parcel.language),
        escaped(parcel.subject)
    );
    for paragraph in parcel.paragraphs {
        html.push_str(&format!("<p>{}</p>\n", escaped(paragraph)));
    }
    html.push_str("</body>\n</html>\n");
    html
}

fn escaped(text: &str) -> String {
    minijinja::HtmlEscape(text).to_string()
}
