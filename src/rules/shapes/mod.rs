//! The seven shapes of SPEC 3, one file each.
//!
//! To add one: a variant of `Shape` in `model.rs` with its parts, its keys in `pack/read.rs`, its
//! binding in `bind.rs`, a file here, a line in `evaluate.rs` and in `explain.rs`.

pub(super) mod ahead;
mod answer;
pub(super) mod between;
pub(super) mod check;
pub(super) mod cover;
pub(super) mod deadline;
pub(super) mod interval;
pub(super) mod run;
