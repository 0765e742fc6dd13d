//! A backup: one SQLite file of one moment, written while the store is used, whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};

use super::tables::{carry, tables};
use super::verify::{Verified, verify};
use super::{CareError, ReadsPage};
use crate::store::file::SqliteFile;
use crate::store::{Store, StoreError};

/// Nobody but its owner may read a backup: it holds cases.
const OWNER_ONLY: u32 = 0o600;

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Where it lies.
    pub file: PathBuf,
    /// What it holds.
    pub holds: Verified,
}

/// Backs a store up into `file`, and reads the backup through before it has its name.
///
/// # Errors
/// See [`CareError`]; there is no file then.
pub async fn backup(
    store: &Store,
    file: &Path,
    reads_page: ReadsPage,
) -> Result<Backup, CareError> {
    if file.exists() {
        return Err(CareError::InTheWay(file.to_owned()));
    }
    let schema = store.schema().await?;
    if let Some(why) = schema.unusable() {
        return Err(CareError::Schema(why));
    }
    let unfinished = Unfinished::beside(file)?;
    match store {
        Store::Sqlite(open) => {
            let place = unfinished.0.display().to_string();
            sqlx::query("VACUUM INTO $1")
                .bind(place)
                .execute(&open.readers)
                .await?;
        }
        Store::Postgres(_) => {
            let newest = schema.applied.last().copied().unwrap_or(0);
            carry_all(store, &unfinished.0, newest).await?;
        }
    }
    let copy = open_file(&unfinished.0).await?;
    let holds = verify(&copy, reads_page).await;
    copy.close().await;
    let holds = holds?;
    if !holds.faults.is_empty() {
        return Err(CareError::Unsound {
            file: file.to_owned(),
            faults: holds.faults,
        });
    }
    unfinished.becomes(file)?;
    Ok(Backup {
        file: file.to_owned(),
        holds,
    })
}

/// Carries every row of one moment into a new file with the same schema.
async fn carry_all(store: &Store, file: &Path, newest: i64) -> Result<(), CareError> {
    let copy = open_file(file).await?;
    copy.migrate_to(newest).await?;
    let mut from = store.snapshot().await?;
    let mut to = copy.begin().await?;
    let tables = tables(&mut to).await?;
    for table in tables.iter().rev() {
        // A migration has put rows in.
        let sql = format!("DELETE FROM \"{}\"", table.name);
        to.execute_of(sql, []).await?;
    }
    for table in &tables {
        carry(&mut from, &mut to, table).await?;
    }
    to.commit().await?;
    copy.close().await;
    Ok(())
}

/// Opens the file of a backup: one file and no others beside it.
pub(super) async fn open_file(file: &Path) -> Result<Store, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Delete)
        .foreign_keys(true);
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await
        .map_err(|cause| StoreError::Open {
            place: file.display().to_string(),
            cause,
        })?;
    Ok(Store::Sqlite(SqliteFile::of(pool)))
}

/// A file that is written, and goes away again unless it gets its name.
pub(super) struct Unfinished(pub(super) PathBuf);

impl Unfinished {
    /// An empty one in the folder of `file`.
    pub(super) fn beside(file: &Path) -> Result<Unfinished, CareError> {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let unfinished = file.with_file_name(format!(".{name}.{}.unfinished", std::process::id()));
        let made = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(OWNER_ONLY)
            .open(&unfinished);
        made.map_err(CareError::file(&unfinished))?;
        Ok(Unfinished(unfinished))
    }

    /// Gives it its name, so that it is there after a power cut.
    pub(super) fn becomes(self, file: &Path) -> Result<(), CareError> {
        let folder = match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        File::open(&self.0)
            .and_then(|written| written.sync_all())
            .and_then(|()| fs::rename(&self.0, file))
            .and_then(|()| File::open(folder)?.sync_all())
            .map_err(CareError::file(file))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        for end in ["", "-journal", "-wal", "-shm"] {
            // What is not there any more need not go.
            let _ = fs::remove_file(format!("{}{end}", self.0.display()));
        }
    }
}
