//! Packs: the rules of one procedure document, read from TOML, inherited, and gathered for an
//! authority.
//!
//! To add a shipped pack: write `config/packs/ID.toml`, and name it in `SHIPPED` in `library.rs`.

mod library;
mod read;
mod read_shape;
#[cfg(test)]
mod tests;

pub use library::{load_kept_packs, load_packs, shipped_pack_ids, survey_packs};
pub use read::parse_pack;
