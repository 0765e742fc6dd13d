//! Faults made on purpose, against real servers: after each the copy is the last good one, whole, nobody
//! is told anything by it, operations, metrics and `check` say what is amiss, and the next pass puts it
//! right without help.
//!
//! To add a fault: a test in `source` or `store` that breaks something of a [`watched::Watched`] site.

mod proxy;
mod servers;
mod source;
mod store;
mod watched;
