//! Putting a backup back: into an empty store, or, where that is said, in place of what is there. The
//! backup itself is never touched; a store that it replaces is kept beside it (SQLite).

use std::fs;
use std::path::{Path, PathBuf};

use super::backup::{Unfinished, open_file};
use super::tables::{carry, tables};
use super::verify::{Verified, verify};
use super::{CareError, ReadsPage};
use crate::calendar::Instant;
use crate::store::alerts::{Lease, last_pass, pass_row, put_lease, take_pass_row};
use crate::store::{Holder, Store, StoreError, Transaction};

/// A backup that was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What it holds.
    pub holds: Verified,
    /// The last pass that it knows of: what was told later may be told again.
    pub last_pass: Option<Instant>,
    /// Where the store that was there before is kept (SQLite).
    pub kept: Option<PathBuf>,
}

/// Puts the backup in `file` back into the store at `url`, and brings it up to date.
///
/// # Errors
/// See [`CareError`]; the store is as it was then.
pub async fn restore(
    url: &str,
    file: &Path,
    replace: bool,
    now: Instant,
    reads_page: ReadsPage,
) -> Result<Restored, CareError> {
    let target = sqlite_file(url);
    // A copy beside the store, so that it can take its place in one step; else in the temporary folder.
    let copy_at = match &target {
        Some(target) => target.clone(),
        None => std::env::temp_dir().join("corewatch-restore.db"),
    };
    let unfinished = Unfinished::beside(&copy_at)?;
    fs::copy(file, &unfinished.0).map_err(CareError::file(file))?;
    let copy = open_file(&unfinished.0).await?;
    let prepared = prepare(&copy, file, reads_page).await;
    let mut restored = match prepared {
        Ok(restored) => restored,
        Err(error) => {
            copy.close().await;
            return Err(error);
        }
    };
    match target {
        Some(target) => {
            copy.close().await;
            restored.kept = take_place(url, unfinished, &target, replace, &restored, now).await?;
        }
        None => {
            let store = Store::open(url).await?;
            let filled = fill(&store, &copy, replace, &restored, now).await;
            store.close().await;
            copy.close().await;
            filled?;
        }
    }
    Ok(restored)
}

/// Brings a copy of the backup up to date, and looks whether it is sound.
async fn prepare(copy: &Store, file: &Path, reads_page: ReadsPage) -> Result<Restored, CareError> {
    let unsound = |faults| CareError::Unsound {
        file: file.to_owned(),
        faults,
    };
    let schema = copy.schema().await?;
    if let Some(why) = schema.unusable() {
        return Err(CareError::Schema(why));
    }
    if schema.applied.is_empty() {
        return Err(unsound(vec!["it holds no store".to_owned()]));
    }
    copy.migrate().await?;
    let holds = verify(copy, reads_page).await?;
    if !holds.faults.is_empty() {
        return Err(unsound(holds.faults));
    }
    // Whoever held a lease when the backup was made does not hold it here.
    let mut tx = copy.begin().await?;
    let lease = pass_row(&mut tx).await?;
    let free = Lease {
        last_at: lease.last_at,
        ..Lease::default()
    };
    put_lease(&mut tx, &free).await?;
    tx.commit().await?;
    Ok(Restored {
        holds,
        last_pass: lease.last_at,
        kept: None,
    })
}

/// Whether the backup may take the place of what the store holds.
async fn may_replace(
    tx: &mut Transaction,
    replace: bool,
    restored: &Restored,
    now: Instant,
) -> Result<(), CareError> {
    let lease = take_pass_row(tx).await?;
    let holder = lease
        .holder
        .filter(|_| lease.held_until.is_some_and(|until| until > now));
    if holder.is_some_and(|holder| !Holder::this_process().knows_dead(&holder)) {
        return Err(CareError::InUse);
    }
    if replace {
        return Ok(());
    }
    let last = last_pass(tx).await?;
    let used = tx
        .row(
            "SELECT 1 FROM copy_reading UNION ALL SELECT 1 FROM alert LIMIT 1",
            [],
        )
        .await?;
    match (last, used) {
        (None, None) => Ok(()),
        (last, _) => Err(CareError::NotEmpty(
            last.map(|last| (last, restored.last_pass)),
        )),
    }
}

/// Puts the copy in the place of the file of the store.
async fn take_place(
    url: &str,
    unfinished: Unfinished,
    target: &Path,
    replace: bool,
    restored: &Restored,
    now: Instant,
) -> Result<Option<PathBuf>, CareError> {
    if !target.exists() {
        unfinished.becomes(target)?;
        return Ok(None);
    }
    let there = match Store::connect(url).await {
        Ok(there) => Some(there),
        // One that is too damaged to be opened is what a restore is for.
        Err(_) if replace => None,
        Err(error) => return Err(error.into()),
    };
    if let Some(there) = there {
        let mut tx = there.begin().await?;
        let schema = tx.schema().await?;
        let allowed = match schema.applied.is_empty() {
            true => Ok(()),
            false => may_replace(&mut tx, replace, restored, now).await,
        };
        // What is in its journal goes into the file, so that the file alone is all of it.
        drop(tx);
        there.close().await;
        allowed?;
    }
    let kept = target.with_extension(format!("before-{}", now.utc().format("%Y%m%dT%H%M%SZ")));
    fs::rename(target, &kept).map_err(CareError::file(target))?;
    for end in ["-wal", "-shm"] {
        let beside = PathBuf::from(format!("{}{end}", target.display()));
        if beside.exists() {
            let kept_beside = PathBuf::from(format!("{}{end}", kept.display()));
            fs::rename(&beside, kept_beside).map_err(CareError::file(&beside))?;
        }
    }
    unfinished.becomes(target)?;
    Ok(Some(kept))
}

/// Fills the tables of a store on PostgreSQL with the rows of the copy, in one transaction.
async fn fill(
    store: &Store,
    copy: &Store,
    replace: bool,
    restored: &Restored,
    now: Instant,
) -> Result<(), CareError> {
    let mut from = copy.snapshot().await?;
    let mut to = store.begin().await?;
    may_replace(&mut to, replace, restored, now).await?;
    let tables = tables(&mut from).await?;
    let names: Vec<String> = tables
        .iter()
        .map(|table| format!("\"{}\"", table.name))
        .collect();
    // The record of acknowledgements cannot be edited, but for this.
    for name in &names {
        to.execute_of(format!("ALTER TABLE {name} DISABLE TRIGGER USER"), [])
            .await?;
    }
    to.execute_of(format!("TRUNCATE {}", names.join(", ")), [])
        .await?;
    for table in &tables {
        carry(&mut from, &mut to, table).await?;
    }
    for name in &names {
        to.execute_of(format!("ALTER TABLE {name} ENABLE TRIGGER USER"), [])
            .await?;
    }
    go_on_counting(&mut to).await?;
    Ok(to.commit().await?)
}

/// Has every column that PostgreSQL numbers itself go on after the highest number there is.
pub(super) async fn go_on_counting(tx: &mut Transaction) -> Result<(), StoreError> {
    let rows = tx
        .rows(
            "SELECT table_name::text, column_name::text FROM information_schema.columns
             WHERE table_schema = current_schema() AND is_identity = 'YES'",
            [],
        )
        .await?;
    for row in rows {
        let (table, column) = (row.text(0)?, row.text(1)?);
        let sql = format!(
            "SELECT setval(pg_get_serial_sequence('\"{table}\"', '{column}'), \
             coalesce(max(\"{column}\"), 0) + 1, false) FROM \"{table}\""
        );
        tx.execute_of(sql, []).await?;
    }
    Ok(())
}

/// The file of an SQLite store, by its address.
fn sqlite_file(url: &str) -> Option<PathBuf> {
    let file = url.strip_prefix("sqlite:")?;
    let file = file.split('?').next().unwrap_or(file);
    Some(PathBuf::from(file.replace("%3F", "?").replace("%25", "%")))
}
