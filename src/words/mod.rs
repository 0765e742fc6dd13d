//! The languages that people are written to in: how each says days, numbers, dates and lists, and the
//! words that messages and reports have in common. What only messages or only reports say stands in
//! the catalogues of those rooms, which are laid over these.
//!
//! To add a language: a variant of [`Language`], its plural forms in [`Form::of`], its file in
//! `common/`, and one with the keys of `english.toml` wherever a room has words of its own.

mod catalogue;
mod language;
mod plural;

pub use catalogue::{Catalogue, CatalogueError, Filling, Phrase};
pub use language::Language;
pub use plural::{Form, Plural};
