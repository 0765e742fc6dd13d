//! Who may read the files that hold secrets or cases: nobody but the service.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::finding::{Area, Findings, said};
use super::store::sqlite_file;
use crate::config::{Overlay, PrivateKey, Settings, Transport};
use crate::daemon::ExaminedAuthority;
use crate::document::{Fault, Place};
use crate::store::without_password;

/// The rights of everybody else on the machine: to read, and to enter a folder.
const OTHERS_READ: u32 = 0o004;
/// See [`OTHERS_READ`].
const OTHERS_ENTER: u32 = 0o001;

pub(super) fn check(
    config: &Path,
    settings: &Settings,
    authorities: &[ExaminedAuthority],
    overlay: &Overlay,
    findings: &mut Findings,
) {
    for file in overlay.credential_files() {
        secret(file, "a credential", findings);
    }
    if let Some(PrivateKey::File(key)) = settings.web.certificate.as_ref().map(|c| &c.key) {
        secret(key, "a private key", findings);
    }
    let sources = authorities
        .iter()
        .map(|authority| &authority.settings.source);
    for file in std::iter::once(config).chain(sources.map(PathBuf::as_path)) {
        if holds_password(file) {
            secret(file, "a password in an address", findings);
        }
    }
    let outbox = settings
        .mail
        .as_ref()
        .filter(|mail| mail.transport == Transport::Directory);
    let outbox = outbox.and_then(|mail| mail.directory.clone());
    for path in sqlite_file(settings).into_iter().chain(outbox) {
        // A folder that lets nobody in protects what lies in it.
        if others_may_read(&path) && others_may_reach(&path) {
            findings.warning(
                Area::Files,
                Fault::new(
                    Place::whole(path.display().to_string()),
                    "everybody on this machine may read it, and it holds cases",
                    "chmod o-rwx it, or its folder",
                ),
            );
        }
    }
    if findings.is_empty_of(Area::Files) {
        findings.note(
            Area::Files,
            "no file with secrets or cases is open to others",
        );
    }
}

fn secret(file: &Path, what: &str, findings: &mut Findings) {
    if others_may_read(file) && others_may_reach(file) {
        let mut fault = said(
            format!("everybody on this machine may read it, and it holds {what}"),
            "chmod 0600 it",
        );
        fault.place = Place::whole(file.display().to_string());
        findings.fault(Area::Files, fault);
    }
}

/// Whether some address in a file has a password in it.
fn holds_password(file: &Path) -> bool {
    // One that cannot be read has been told.
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'));
    lines
        .flat_map(|line| line.split(['"', '\'']))
        .filter(|word| word.contains("://"))
        .any(|word| without_password(word) != word && word.split('@').next().is_some_and(has_colon))
}

/// Whether what stands before the `@` of an address is a name with a password.
fn has_colon(before_at: &str) -> bool {
    before_at
        .split_once("://")
        .is_some_and(|(_, user)| user.contains(':'))
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.permissions().mode())
}

fn others_may_read(path: &Path) -> bool {
    mode(path) & OTHERS_READ != 0
}

/// Whether every folder on the way lets everybody in.
fn others_may_reach(path: &Path) -> bool {
    // One that cannot be resolved is not there.
    let path = std::fs::canonicalize(path).unwrap_or_default();
    path.ancestors()
        .skip(1)
        .all(|folder| mode(folder) & OTHERS_ENTER != 0)
}
