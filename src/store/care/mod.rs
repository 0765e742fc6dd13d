//! Care for the store: backing it up while it is used, putting a backup back, looking whether it is
//! sound, and forgetting what a site need not keep.
//!
//! A backup is an SQLite file with the schema and all rows of one moment, whichever database the store
//! lies in: one of PostgreSQL can be put back into SQLite and the other way round. All of it goes over
//! the tables that the schema has, so that a new one is not forgotten.

mod backup;
#[cfg(test)]
pub(crate) mod filled;
mod forget;
#[cfg(test)]
mod forget_tests;
mod forms;
#[cfg(test)]
mod forms_tests;
mod restore;
mod tables;
#[cfg(test)]
mod tests;
mod verify;

use std::path::PathBuf;

use super::StoreError;
use crate::calendar::Instant;

pub use backup::{Backup, backup};
pub use forget::{Forgotten, Keep, forget};
pub use restore::{Restored, restore};
pub use verify::{Verified, verify, verify_file};

/// Whether a page of a register of evaluations can be read: what it holds `daemon` knows.
pub type ReadsPage = fn(&[u8]) -> bool;

/// Why care could not be taken of a store; nothing has been changed then.
#[derive(Debug, thiserror::Error)]
pub enum CareError {
    /// The store, or the backup, says so.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file could not be written, read or moved.
    #[error("{}: {cause}; check the folder and its rights", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The file of a backup would be written over.
    #[error("{}: is there already; name another file, or move it away", .0.display())]
    InTheWay(PathBuf),
    /// The backup is not sound: a line each.
    #[error("{}: is not a sound backup ({}); take another one", file.display(), faults.join("; "))]
    Unsound {
        /// Which.
        file: PathBuf,
        /// What is wrong with it.
        faults: Vec<String>,
    },
    /// The store holds something.
    #[error("the store is not empty{}; stop the service, back it up, and say --replace", seen(.0))]
    NotEmpty(Option<(Instant, Option<Instant>)>),
    /// A pass is running, or a daemon that is about to make one.
    #[error("a pass is running on the store; stop the service first")]
    InUse,
    /// The schema cannot be backed up as it is.
    #[error(
        "the store's schema cannot be used ({0}); run the corewatch that made it, or a newer one"
    )]
    Schema(String),
}

/// What a store and a backup have seen, where the store is the later one.
fn seen(last: &Option<(Instant, Option<Instant>)>) -> String {
    match last {
        Some((store, Some(backup))) if store > backup => {
            format!(
                ", and later than the backup (its last pass was at {store}, the backup's at {backup})"
            )
        }
        Some((store, _)) => format!(" (its last pass was at {store})"),
        None => String::new(),
    }
}

impl CareError {
    fn file(file: &std::path::Path) -> impl FnOnce(std::io::Error) -> CareError {
        let file = file.to_owned();
        |cause| CareError::File { file, cause }
    }
}

impl From<sqlx::Error> for CareError {
    fn from(error: sqlx::Error) -> Self {
        CareError::Store(error.into())
    }
}
