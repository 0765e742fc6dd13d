//! Messages: what is told to whom put into words, queued with the step that it tells, and sent.

mod catalogue;
mod compose;
mod letter;
mod render;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
mod view;

pub use catalogue::CatalogueError;
pub use compose::{Writer, Written};
pub use letter::{
    Address, Closing, Entry, Language, Letter, LetterKind, Notice, Phase, Recipient, Role, Section,
    Sender, Step, Tell, Why,
};
pub use render::{Rendered, WriteError};
