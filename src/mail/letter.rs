//! What `alerts` hands over to be written: who is told what, of which obligation, and why. Values
//! only; [`super::render`] puts them into words.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use crate::calendar::{Day, Instant};
use crate::config::is_mail_address;
use crate::rules::{Severity, State};
use crate::words::Language;

/// One message to one recipient, not yet in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    /// On whose behalf.
    pub authority: Sender,
    /// To whom.
    pub to: Recipient,
    /// What kind of message.
    pub kind: LetterKind,
    /// In which language.
    pub language: Language,
    /// The pass's instant.
    pub written: Instant,
    /// Its local day in the authority's zone: what "today" means in the text.
    pub today: Day,
    /// What is told or listed; exactly one for [`LetterKind::Now`], none for
    /// [`LetterKind::Operations`]. In any order: the message puts the most urgent first.
    pub entries: Vec<Entry>,
    /// What operations are told; empty for every other kind.
    pub notices: Vec<Notice>,
}

/// The authority that a message is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// Its short name; `""` where operations are told of the whole installation.
    pub id: String,
    /// Its name, for people.
    pub name: String,
}

/// Who reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Where.
    pub address: Address,
    /// Their name, where the people table has one.
    pub name: Option<String>,
}

/// The kinds of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LetterKind {
    /// One obligation, at once.
    Now,
    /// All that one person must see today.
    Digest,
    /// A digest of what was already overdue when watching began, or was held and is released.
    Baseline,
    /// How corewatch itself fares, for those who run it.
    Operations,
}

impl LetterKind {
    /// Its name in the store.
    pub fn name(self) -> &'static str {
        match self {
            LetterKind::Now => "now",
            LetterKind::Digest => "digest",
            LetterKind::Baseline => "baseline",
            LetterKind::Operations => "operations",
        }
    }

    /// Whether it is the digest of the day for its recipient.
    pub fn is_digest(self) -> bool {
        matches!(self, LetterKind::Digest | LetterKind::Baseline)
    }
}

/// One obligation in a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its short name, as `explain` and `alerts ack` take it.
    pub obligation: String,
    /// The rule's id.
    pub rule: String,
    /// The duty in the pack's words.
    pub title: String,
    /// The clause of the procedure.
    pub clause: String,
    /// The procedure that the clause is of (the pack's `source`, else its title).
    pub document: String,
    /// How grave.
    pub severity: Severity,
    /// The authority's own reference of the case: all that names the child.
    pub case_ref: String,
    /// The case in the case system, from the site's `case_url`.
    pub case_url: Option<String>,
    /// Children of one family stand together where they share this; none: a group of its own.
    pub family: Option<String>,
    /// The team that has the case.
    pub team: Option<String>,
    /// Who has it: names of staff, or their ids where they have none.
    pub key_workers: Vec<String>,
    /// The day it opened on.
    pub opened: Day,
    /// The last day on time.
    pub due: Day,
    /// The last local time on that day, where the limit is an instant.
    pub due_time: Option<NaiveTime>,
    /// Days from the due day to today (or to its closing); 0 while not over.
    pub days_over: i64,
    /// The same in working days of the authority.
    pub working_days_over: i64,
    /// Where it stands today.
    pub state: State,
    /// The earliest day for which an answer is booked.
    pub booked: Option<Day>,
    /// What would meet it.
    pub asked: Asked,
    /// Where in a digest it stands.
    pub section: Section,
    /// Until which day it is acknowledged, that day included.
    pub acknowledged: Option<Day>,
    /// What this message tells of it; empty where it is only listed as still open.
    pub tells: Vec<Tell>,
}

/// What would meet an obligation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// The rule's own words, in the letter's language: "visit the child, and see them alone".
    pub words: Option<String>,
    /// Else the kinds of event or period of which any one answers it.
    pub kinds: Vec<String>,
    /// Else the rule's shape; empty where the rule is no more.
    pub shape: &'static str,
}

/// Where in a digest an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// Told today, for the first time to this person.
    New,
    /// Still open, told before.
    Continuing,
    /// Still open, and acknowledged by someone.
    Acknowledged,
    /// Closed since.
    Closed,
}

/// One thing that a message tells of an obligation; each has a header line of its own.
#[derive(Debug, Clone, PartialEq)]
pub enum Tell {
    /// A step of its ladder.
    Step(Step),
    /// Its end.
    Closed {
        /// How it ended.
        reason: Closing,
        /// On which day.
        day: Day,
    },
    /// It was told as closed, and is open again.
    Reopened {
        /// The day on which that was seen.
        day: Day,
    },
}

/// A step that is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its number, from 1.
    pub number: u32,
    /// How many the ladder has.
    pub of: u32,
    /// The ladder's id.
    pub ladder: String,
    /// 0 for the step itself, n for the latest turn of its repeat that fell.
    pub turn: u32,
    /// Why this person.
    pub why: Why,
}

/// Why a step is told to this person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// What they are to the case.
    pub role: Role,
    /// The name of the person they stand in for, where they do.
    pub covering: Option<String>,
    /// The step reached nobody below, and came up to them.
    pub passed_up: bool,
}

/// What a recipient is to a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Whose case it is.
    KeyWorker,
    /// The key worker's manager.
    TeamManager,
    /// The manager above the team.
    ServiceManager,
    /// The manager above that.
    HeadOfService,
    /// A role that the site names in its configuration.
    Named(String),
    /// The ladder names the address itself.
    Address,
}

/// How an obligation was closed (SPEC 7, The end).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Closing {
    /// Answered in time.
    Met,
    /// Answered late.
    MetLate,
    /// Ended unanswered after its due day, or beyond doing.
    Missed,
    /// Ended unanswered on or before its due day.
    Cancelled,
    /// The source's record was corrected.
    Withdrawn,
    /// Its rule, or the rule's ladder, was switched off.
    SwitchedOff,
}

impl Closing {
    /// All of them.
    pub const ALL: [Closing; 6] = [
        Closing::Met,
        Closing::MetLate,
        Closing::Missed,
        Closing::Cancelled,
        Closing::Withdrawn,
        Closing::SwitchedOff,
    ];

    /// Its name in header lines and in every output.
    pub fn name(self) -> &'static str {
        match self {
            Closing::Met => "met",
            Closing::MetLate => "met_late",
            Closing::Missed => "missed",
            Closing::Cancelled => "cancelled",
            Closing::Withdrawn => "withdrawn",
            Closing::SwitchedOff => "switched_off",
        }
    }
}

impl fmt::Display for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Closing {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Closing::ALL
            .into_iter()
            .find(|closing| closing.name() == text)
            .ok_or_else(|| format!("`{text}` is not a way to close"))
    }
}

/// One thing that operations are told: by ids and case references only, no name, no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Whether it begins, lasts or is over.
    pub phase: Phase,
    /// The day on which it began.
    pub since: Day,
    /// What, in one line: "the source of luton was refused".
    pub what: String,
    /// What is known of it, a line each.
    pub detail: Vec<String>,
    /// What to do about it, in one line.
    pub remedy: String,
}

/// Where a thing that operations are told of stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Told at once.
    Began,
    /// Told daily.
    Lasts,
    /// Told once.
    Over,
}

/// An address that mail can be sent to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Address(String);

impl Address {
    /// As it was written, without the blanks around it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Address {
    type Err = String;

    /// Reads `name@domain`; who has an address that does not read as one cannot be reached.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        match is_mail_address(text) {
            true => Ok(Address(text.to_owned())),
            false => Err(format!("`{text}` is not an address; write name@domain")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn who_has_an_address_that_no_header_carries_cannot_be_reached() {
        for good in ["anna@example.org", " o'brien+cp@mail.example.gov.uk "] {
            assert!(good.parse::<Address>().is_ok(), "{good}");
        }
        for bad in [
            "\"x y\"@example.org",
            "\"a,b\"@example.org",
            "anna@[192.0.2.1]",
            "anna@[IPv6:::1]",
            "anna@example.org, ben@example.org",
            "anna@example..org",
        ] {
            assert!(bad.parse::<Address>().is_err(), "{bad}");
        }
    }
}
