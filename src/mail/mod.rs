//! Messages: what is told to whom put into words, queued with the step that it tells, and sent.

mod letter;

pub use letter::{
    Address, Closing, Entry, Language, Letter, LetterKind, Notice, Phase, Recipient, Role, Section,
    Sender, Step, Tell, Why,
};
