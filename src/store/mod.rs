//! The program's own database: the copy of what was read, what was told, what is queued.
//!
//! SQLite and PostgreSQL stand behind one small face ([`Store`], [`Transaction`], [`Row`]): the SQL
//! is the same for both (`$1`, `ON CONFLICT`, `RETURNING`), its types are TEXT, BIGINT and
//! BLOB/BYTEA only, days and instants are text that sorts as time does. Everything that writes goes
//! through [`Store::begin`].

pub mod alerts;
pub mod care;
pub mod copy;
mod database;
mod evaluation;
mod file;
pub mod history;
mod holder;
mod jobs;
pub mod mail;
mod row;
mod runs;
mod schema;
mod size;
#[cfg(test)]
pub mod testing;
mod transaction;

pub use database::{Backend, Store, StoreError, without_password};
pub use evaluation::{
    Outlook, RegisterHead, RegisterPage, forget_register, put_register, register_head,
    register_outlooks, register_tallies,
};
pub use holder::Holder;
pub use jobs::{StoredJob, delete_job, put_job, stored_job};
pub use row::{Arg, Row};
pub use runs::Run;
pub use schema::Schema;
pub use size::size;
pub use transaction::Transaction;
