//! Reading a case database: a site's own SQL, read-only and in one snapshot, becomes timelines in the
//! program's copy (SPEC 4).
//!
//! [`load_profile`] reads a source file, [`sync`] makes one reading, [`probe`] tries a source for
//! `corewatch check`. Inside, rows walk one way: `read` has the `database` yield `cell`s, `columns` says
//! what each column is, `gather` keeps what can be used (and notes what is `unfit`), `gate` refuses
//! what looks broken, `settle` weighs the rest against the copy, `write` moves the copy to it.
//!
//! To add a kind of database: a variant of [`Address`] in `profile`, and a file in `database/` that
//! opens a read-only snapshot and turns each value into a `Cell`. Behind the feature `odbc` is
//! whatever has a driver; what one database needs there stands in `database/odbc/dialect.rs`.

mod carry;
mod cell;
mod columns;
mod database;
mod error;
mod foresee;
mod gate;
mod gather;
mod iso;
mod plan;
mod probe;
mod profile;
mod read;
mod row_digest;
mod sample;
mod settle;
mod since;
mod staff;
mod sync;
mod unfit;
mod write;

pub use error::{Refusal, RefusalKind, SourceError};
pub use foresee::foresee;
pub use probe::{Probe, QueryProbe, probe};
pub use profile::{Address, Changed, Elapsed, Profile, Query, Share, Subject, load_profile};
pub use sync::{RowCounts, SyncOutcome, SyncRequest, sync};

#[cfg(test)]
mod tests;
