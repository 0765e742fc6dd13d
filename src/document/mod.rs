//! The files that people write (packs, sources, ladders): TOML read so that every fault is found at
//! once, each with file, line, column, and the nearest thing that was meant.
//!
//! To read a new kind of file: [`Document::read`], then [`Document::parse`] with a closure that asks
//! the [`Table`] for each key it knows; keys that were never asked for are reported as unknown.

mod fault;
mod file;
mod table;

pub use fault::{Fault, Faults, Place, nearest};
pub use file::Document;
pub use table::{Scalar, Table, Text};
