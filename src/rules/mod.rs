//! Rules: packs of them, and the obligations that follow from a timeline. Pure; SPEC 3.

mod obligation;
mod severity;

pub use obligation::{Obligation, State, obligation_id};
pub use severity::Severity;
