//! Whether the store can be used: there or to be made, its schema, its rights, and what its last pass
//! says of the machine's clock.

use std::path::{Path, PathBuf};

use super::finding::{Area, Findings, counted, in_words, said};
use crate::calendar::Instant;
use crate::config::Settings;
use crate::store::alerts::last_pass;
use crate::store::{Backend, Store, StoreError};

/// The release of corewatch is later than this: a clock that says otherwise is wrong.
const EARLIEST: &str = "2026-11-01T00:00:00Z";

/// Where the machine's clock says a time before there was a corewatch, it is wrong.
pub(super) fn clock(now: Instant, findings: &mut Findings) {
    if EARLIEST
        .parse()
        .is_ok_and(|earliest: Instant| now < earliest)
    {
        findings.fault(
            Area::Clock,
            said(
                format!("the machine's clock says {now}, before this program was made"),
                "set it, and have the machine keep it by NTP",
            ),
        );
    }
}

/// The file of an SQLite store, by its address.
pub(super) fn sqlite_file(settings: &Settings) -> Option<PathBuf> {
    let file = settings.store.url.strip_prefix("sqlite:")?;
    let file = file.split('?').next().unwrap_or(file);
    let plain = file.replace("%3F", "?").replace("%25", "%");
    Some(PathBuf::from(plain))
}

/// Opens the store where there is one with this program's schema, changing nothing. A store that is
/// not there yet is not made: it would belong to whoever checks, and not to the service.
pub(super) async fn open(
    settings: &Settings,
    now: Instant,
    findings: &mut Findings,
) -> Option<Store> {
    let url = &settings.store.url;
    if url.is_empty() {
        // Its fault has been told.
        return None;
    }
    if let Some(file) = sqlite_file(settings)
        && !file_is_there(&file, findings)
    {
        return None;
    }
    let opened = async {
        let store = Store::connect(url).await?;
        match schema(&store, now, findings).await {
            Ok(true) => Ok(Some(store)),
            ended => {
                store.close().await;
                ended.map(|_| None)
            }
        }
    };
    match opened.await {
        Ok(store) => store,
        Err(error) => {
            findings.fault(Area::Store, in_words(error));
            None
        }
    }
}

/// Whether its schema is this program's, so that it can be looked into.
async fn schema(store: &Store, now: Instant, findings: &mut Findings) -> Result<bool, StoreError> {
    let schema = store.schema().await?;
    if let Some(why) = schema.unusable() {
        findings.fault(
            Area::Store,
            said(
                format!("the store's schema cannot be used ({why})"),
                "run the corewatch that made it, or a newer one",
            ),
        );
        return Ok(false);
    }
    if schema.applied.is_empty() {
        if store.backend() == Backend::Postgres && !store.may_create().await? {
            findings.fault(
                Area::Store,
                said(
                    "[store] url: the account may not make tables in its schema",
                    "grant it CREATE on the schema, or make it the owner",
                ),
            );
        } else {
            findings.warning(
                Area::Store,
                said(
                    "[store] url: the database is empty",
                    "the first `corewatch sync` or `run` makes its tables",
                ),
            );
        }
        return Ok(false);
    }
    if !schema.pending.is_empty() {
        let steps = counted(schema.pending.len(), "step");
        findings.warning(
            Area::Store,
            said(
                format!("the store is of an earlier corewatch ({steps} of its schema to go)"),
                "back it up; the next start brings it up to date, and check then looks into it",
            ),
        );
        return Ok(false);
    }
    let mut tx = store.snapshot().await?;
    if let Some(last) = last_pass(&mut tx).await?
        && last > now
    {
        findings.fault(
            Area::Clock,
            said(
                format!("the machine's clock says {now}, and the store has seen a pass at {last}"),
                "put the clock right: passes are refused until then",
            ),
        );
    }
    Ok(true)
}

fn file_is_there(file: &Path, findings: &mut Findings) -> bool {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut fault = |what: String, remedy: &str| {
        findings.fault(Area::Store, said(format!("[store] url: {what}"), remedy));
        false
    };
    if !folder.is_dir() {
        let what = format!("the folder {} is not there", folder.display());
        return fault(what, "make it, for the service to write in");
    }
    if let Err(error) = try_to_write(folder) {
        let what = match file.exists() {
            true => format!(
                "the folder of {} cannot be written ({error})",
                file.display()
            ),
            false => format!("{} cannot be made ({error})", file.display()),
        };
        return fault(what, "let the service write in its folder");
    }
    if !file.exists() {
        findings.warning(
            Area::Store,
            said(
                format!("[store] url: {} is not there yet", file.display()),
                "the first `corewatch sync` or `run` makes it",
            ),
        );
        return false;
    }
    match std::fs::OpenOptions::new().append(true).open(file) {
        Ok(_) => true,
        Err(error) => fault(
            format!("{} cannot be written ({error})", file.display()),
            "let the service write it",
        ),
    }
}

/// Makes a file in a folder, and takes it away again.
fn try_to_write(folder: &Path) -> std::io::Result<()> {
    let file = folder.join(format!(".corewatch-check-{}", std::process::id()));
    std::fs::File::create_new(&file)?;
    std::fs::remove_file(&file)
}
