//! Messages: what is told to whom put into words, queued with the step that it tells, and sent.
//!
//! The way of a message: `alerts` makes a [`Letter`]; [`queue`] has a [`Writer`] put it into words and
//! bytes and keeps it, in the transaction that advances the step; [`deliver`] hands it to the mail
//! server of the [`Route`]. `docs/mail.md` says what it promises.

mod compose;
mod courier;
mod deliver;
mod directory;
mod entry;
mod folder;
mod letter;
mod parcel;
mod queue;
mod render;
mod route;
mod samples;
mod smtp;
mod stationery;
#[cfg(test)]
mod stationery_tests;
#[cfg(test)]
mod tests;
mod trial;
mod view;

pub use compose::{Writer, Written};
pub use deliver::{DeliveryOutcome, Limits, deliver, deliver_within, probe};
pub use letter::{
    Address, Asked, Closing, Entry, Letter, LetterKind, Notice, Phase, Recipient, Role, Section,
    Sender, Step, Tell, Why,
};
pub use parcel::{Enclosure, KIND as REPORT_KIND, Parcel, queue_parcel, write as write_parcel};
pub use queue::{
    AddressBook, QueueError, Queued, is_unreachable, next_change_of_addresses, queue, queue_all,
    stranded, unreachable, withdraw,
};
pub use render::{Rendered, WriteError};
pub use route::{Route, Smtp};
pub use stationery::Stationery;
pub use trial::send_test;
