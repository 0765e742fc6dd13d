//! A letter as the bytes of a message: headers that a site's mail rules can read, plain text and
//! HTML in one. What is not a plain header is written here by hand, since lettre keeps one header a
//! name and a message has a `Corewatch-Alert` for each thing that it tells.

use std::sync::Arc;

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, MultiPartKind, SinglePart};
use lettre::{Address as EnvelopeAddress, Message};
use sha2::{Digest, Sha256};

use super::letter::{Address, Entry, Letter, LetterKind, Tell};
use super::render::{Rendered, WriteError};
use super::stationery::Stationery;
use super::view::in_reading_order;
use crate::words::{Catalogue, Language};

/// The header of which a message has one for each thing that it tells of an obligation.
const ALERT_HEADER: &str = "Corewatch-Alert";
/// Beyond so many characters a header line is folded: RFC 5322 allows 998, and a line that is not
/// folded is easier on a site's mail rules.
const LONGEST_LINE: usize = 900;
/// Hexadecimal digits of a hash in a Message-ID: 128 bits.
const DIGITS_IN_ID: usize = 32;

/// Writes letters: the sender, the words and the templates of an installation.
#[derive(Debug, Clone)]
pub struct Writer {
    from: Mailbox,
    stationery: Arc<Stationery>,
}

/// A message as it is queued and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// With its angle brackets; the same whenever the same is told to the same recipient.
    pub message_id: String,
    /// One line, without a name or a case reference.
    pub subject: String,
    /// The whole message, in lines that end in CR LF.
    pub bytes: Vec<u8>,
}

impl Writer {
    /// A writer of messages from `from` (`Name <name@domain>`, `[mail] from`).
    ///
    /// # Errors
    /// Where the sender does not read.
    pub fn new(from: &str, stationery: Arc<Stationery>) -> Result<Writer, WriteError> {
        let from: Mailbox = from
            .trim()
            .parse()
            .map_err(|_| WriteError::From(from.to_owned()))?;
        Ok(Writer { from, stationery })
    }

    /// A letter in words, before it is a message.
    ///
    /// # Errors
    /// Where a word or a template is broken.
    pub fn render(&self, letter: &Letter) -> Result<Rendered, WriteError> {
        self.stationery.render(letter)
    }

    /// The words of a language, for what a letter brings in words of its own.
    pub fn words(&self, language: Language) -> &Catalogue {
        self.stationery.words(language)
    }

    /// A letter as a message.
    ///
    /// # Errors
    /// Where a word or a template is broken.
    pub fn write(&self, letter: &Letter) -> Result<Written, WriteError> {
        let rendered = self.render(letter)?;
        let domain = self.from.email.domain();
        let key = key_of(letter);
        let message_id = format!("<{key}@{domain}>");
        let to = mailbox(&letter.to.address, letter.to.name.as_deref())?;
        let list = dot_atom(&letter.authority.id);
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(rendered.subject.clone())
            .date(letter.written.utc().into())
            .message_id(Some(message_id.clone()))
            .raw_header(plain("Auto-Submitted", "auto-generated".to_owned()))
            .raw_header(plain(
                "X-Auto-Response-Suppress",
                "OOF, AutoReply".to_owned(),
            ))
            .raw_header(plain(
                "Content-Language",
                self.words(letter.language).say("lang", &[])?,
            ))
            .raw_header(plain("List-Id", format!("<{list}.corewatch.{domain}>")));
        if let (LetterKind::Now, [entry]) = (letter.kind, letter.entries.as_slice()) {
            let thread = format!("<{}.thread@{domain}>", dot_atom(&entry.obligation));
            message = message.in_reply_to(thread.clone()).references(thread);
        }
        let parts = MultiPart::builder()
            .kind(MultiPartKind::Alternative)
            .boundary(format!("corewatch-{}", &key))
            .singlepart(part(ContentType::TEXT_PLAIN, rendered.text))
            .singlepart(part(ContentType::TEXT_HTML, rendered.html));
        let mut bytes = String::new();
        for entry in in_reading_order(letter) {
            for line in alert_headers(entry) {
                bytes.push_str(&fold(&line));
                bytes.push_str("\r\n");
            }
        }
        let mut bytes = bytes.into_bytes();
        bytes.extend(message.multipart(parts)?.formatted());
        Ok(Written {
            message_id,
            subject: rendered.subject,
            bytes,
        })
    }
}

/// The header lines of what is told of an entry, unfolded (SPEC 7, Messages).
fn alert_headers(entry: &Entry) -> Vec<String> {
    let line = |what: String| {
        format!(
            "{ALERT_HEADER}: {}; {}; {what}; due={}; id={}",
            percent_encoded(&entry.rule),
            percent_encoded(&entry.case_ref),
            entry.due,
            percent_encoded(&entry.obligation),
        )
    };
    let mut lines: Vec<String> = Vec::with_capacity(entry.tells.len());
    for tell in &entry.tells {
        let told = line(match tell {
            Tell::Step(step) => format!("step={}", step.number),
            Tell::Closed { reason, .. } => format!("closed={reason}"),
            Tell::Reopened { day } => format!("reopened={day}"),
        });
        if !lines.contains(&told) {
            lines.push(told);
        }
    }
    lines
}

/// With everything percent-encoded that is not printable ASCII, that would end the field (`;`), that
/// a reader would trim, or that would read as an encoding itself (`%`).
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    let last = text.len().saturating_sub(1);
    for (index, byte) in text.bytes().enumerate() {
        let at_the_edge = byte == b' ' && (index == 0 || index == last);
        if (byte.is_ascii_graphic() || byte == b' ') && byte != b';' && byte != b'%' && !at_the_edge
        {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Folded before a blank where it is too long for one line; unfolded again it is the same text.
fn fold(line: &str) -> String {
    let mut folded = String::with_capacity(line.len());
    let mut length = 0;
    for word in line.split_inclusive(' ') {
        if length + word.len() > LONGEST_LINE && folded.ends_with(' ') {
            folded.pop();
            folded.push_str("\r\n ");
            length = 1;
        }
        folded.push_str(word);
        length += word.len();
    }
    folded
}

/// What makes a message the same as another, hashed: for one at once the obligation and the steps
/// told with their due day and turn; for a digest the day and all that it tells; for operations the
/// instant and what is said. Always the authority, the kind and the recipient.
fn key_of(letter: &Letter) -> String {
    let mut hash = Sha256::new();
    let mut put = |part: &str| {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    };
    put(&letter.authority.id);
    put(letter.kind.name());
    put(&letter.to.address.as_str().to_ascii_lowercase());
    match letter.kind {
        LetterKind::Now => {}
        LetterKind::Digest | LetterKind::Baseline => put(&letter.today.to_string()),
        LetterKind::Operations => {
            put(&letter.written.to_string());
            for notice in &letter.notices {
                put(&notice.what);
                put(&format!("{:?}", notice.phase));
            }
        }
    }
    let mut told: Vec<String> = letter.entries.iter().flat_map(keys_of_tells).collect();
    told.sort_unstable();
    told.iter().for_each(|tell| put(tell));
    let digest = hash.finalize();
    let mut key = String::with_capacity(DIGITS_IN_ID);
    for byte in digest.iter().take(DIGITS_IN_ID / 2) {
        key.push_str(&format!("{byte:02x}"));
    }
    key
}

fn keys_of_tells(entry: &Entry) -> impl Iterator<Item = String> {
    entry.tells.iter().map(|tell| {
        let what = match tell {
            Tell::Step(step) => format!("step {} turn {}", step.number, step.turn),
            Tell::Closed { reason, day } => format!("closed {reason} {day}"),
            Tell::Reopened { day } => format!("reopened {day}"),
        };
        format!("{} {what} due {}", entry.obligation, entry.due)
    })
}

/// An address with the name before it, where there is one.
pub(super) fn mailbox(address: &Address, name: Option<&str>) -> Result<Mailbox, WriteError> {
    let email: EnvelopeAddress = address
        .as_str()
        .parse()
        .map_err(|_| WriteError::From(address.to_string()))?;
    let name = name
        .map(super::view::one_line)
        .filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, email))
}

/// Only what may stand in an identifier without quotes; anything else becomes `-`.
fn dot_atom(text: &str) -> String {
    let atom: String = text
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '_' {
                c
            } else {
                '-'
            }
        })
        .collect();
    if atom.is_empty() {
        "installation".to_owned()
    } else {
        atom
    }
}

/// A header that is plain ASCII and short, written as it is.
pub(super) fn plain(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(
        HeaderName::new_from_ascii_str(name),
        value.clone(),
        value,
    )
}

/// A part as plain ASCII where it is that already, so that a person can read the file; else in the
/// encoding that suits it.
pub(super) fn part(kind: ContentType, text: String) -> SinglePart {
    let plain = text.is_ascii() && text.lines().all(|line| line.len() <= LONGEST_LINE);
    let body = if plain {
        let lines = text.lines().flat_map(|line| [line, "\r\n"]);
        let bytes = lines.collect::<String>().into_bytes();
        Body::dangerous_pre_encoded(bytes, ContentTransferEncoding::SevenBit)
    } else {
        Body::new(text)
    };
    SinglePart::builder().header(kind).body(body)
}
