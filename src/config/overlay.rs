//! What is laid over the configuration file: environment variables (`COREWATCH__MAIL__HOST`) and,
//! over those, the credential files that systemd passes in (`mail.password`).
//!
//! Each setting keeps where it came from, so that a fault names the variable or the file and never
//! shows what was in it.

use std::cell::RefCell;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use config::Source as _;

use crate::document::{Fault, Faults, Place, Text, nearest};

/// What every variable begins with: the program's name, and what parts the parts of a key.
const PREFIX: &str = "COREWATCH__";
const NAME: &str = "COREWATCH";
const SEPARATOR: &str = "__";
/// The variable in which systemd says where the credentials lie.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// One setting from outside the file.
#[derive(Clone)]
struct Setting {
    /// Its key, parts joined by dots, in lower case, `-` written as `_`: `mail.host`.
    path: String,
    value: String,
    /// The variable or the credential file that it came from.
    origin: String,
}

/// The settings laid over a configuration file, and which of them anybody asked for.
#[derive(Default)]
pub struct Overlay {
    settings: Vec<Setting>,
    asked: RefCell<Vec<String>>,
    faults: Vec<Fault>,
    credential_files: Vec<PathBuf>,
}

impl Overlay {
    /// Of this process: its environment and the credentials that it was given.
    pub fn of_process() -> Self {
        let credentials = std::env::var_os(CREDENTIALS).map(PathBuf::from);
        Self::new(std::env::vars_os(), credentials.as_deref())
    }

    /// Of these variables, and the files of a folder of credentials. What cannot be read is a fault,
    /// told when the configuration is read. A variable or a file that is empty counts as not there.
    pub fn new(
        variables: impl IntoIterator<Item = (OsString, OsString)>,
        credentials: Option<&Path>,
    ) -> Self {
        let mut overlay = Overlay::default();
        let mut readable = config::Map::new();
        for (name, value) in variables {
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else {
                continue;
            };
            match value.into_string() {
                Ok(value) => drop(readable.insert(name.to_owned(), value)),
                Err(_) => overlay.unreadable(name.to_owned(), "is not UTF-8"),
            }
        }
        overlay.add_environment(readable);
        if let Some(folder) = credentials {
            overlay.add_credentials(folder);
        }
        // Of one key the later wins: sorted, so that nothing hangs on the order of the environment.
        overlay.settings.sort_by(|a, b| a.path.cmp(&b.path));
        overlay
    }

    fn add_environment(&mut self, variables: config::Map<String, String>) {
        let origins: Vec<String> = variables.keys().cloned().collect();
        let environment = config::Environment::with_prefix(NAME)
            .prefix_separator(SEPARATOR)
            .separator(SEPARATOR)
            .source(Some(variables));
        let settings = match environment.collect() {
            Ok(settings) => settings,
            Err(error) => return self.unreadable(NAME.to_owned(), &error.to_string()),
        };
        for (path, value) in settings {
            let of_path = |origin: &&String| {
                let path = format!("{PREFIX}{}", path.replace('.', SEPARATOR));
                origin.eq_ignore_ascii_case(&path)
            };
            let origin = origins.iter().find(of_path).unwrap_or(&path).clone();
            match value.into_string() {
                Ok(value) => self.add(&path, value, origin),
                Err(error) => self.unreadable(origin, &error.to_string()),
            }
        }
    }

    fn add_credentials(&mut self, folder: &Path) {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                let what = format!("cannot be read ({error})");
                return self.unreadable(folder.display().to_string(), &what);
            }
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if !path.is_file() {
                continue;
            }
            let name = entry.file_name().to_string_lossy().into_owned();
            let origin = format!("credential {name}");
            self.credential_files.push(path.clone());
            match std::fs::read_to_string(&path) {
                Ok(text) => self.add(&name, text.trim_end_matches(['\n', '\r']).into(), origin),
                Err(error) => self.unreadable(origin, &format!("cannot be read ({error})")),
            }
        }
    }

    fn add(&mut self, path: &str, value: String, origin: String) {
        if !value.is_empty() {
            self.settings.push(Setting {
                path: normal(path),
                value,
                origin,
            });
        }
    }

    fn unreadable(&mut self, origin: String, what: &str) {
        self.faults.push(Fault::plain(Place::whole(origin), what));
    }

    /// The credential files that it was read from.
    pub fn credential_files(&self) -> impl Iterator<Item = &Path> {
        self.credential_files.iter().map(PathBuf::as_path)
    }

    /// What is laid over a key, if anything is; asking makes the key known.
    pub(super) fn get(&self, path: &str) -> Option<Text> {
        let path = normal(path);
        let found = self.settings.iter().rfind(|setting| setting.path == path);
        self.asked.borrow_mut().push(path);
        found.map(|setting| Text {
            value: setting.value.clone(),
            place: Place::whole(&setting.origin),
        })
    }

    /// Whether anything is laid over a key of this section.
    pub(super) fn reaches(&self, section: &str) -> bool {
        self.settings.iter().any(|setting| {
            setting
                .path
                .strip_prefix(section)
                .is_some_and(|rest| rest.starts_with('.'))
        })
    }

    /// What is wrong with it: what could not be read, and every setting that nobody asked for.
    pub(super) fn faults(&self) -> Faults {
        let asked = self.asked.borrow();
        let unknown = self
            .settings
            .iter()
            .filter(|setting| !asked.contains(&setting.path))
            .map(|setting| {
                let remedy = match nearest(&setting.path, asked.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "docs/configuration.md lists the keys that can be laid over".to_owned(),
                };
                Fault::new(
                    Place::whole(&setting.origin),
                    format!("there is no setting `{}`", setting.path),
                    remedy,
                )
            });
        Faults(self.faults.iter().cloned().chain(unknown).collect())
    }
}

/// A variable cannot hold a `-`, and may be in capitals: both are read as if they were written so.
fn normal(path: &str) -> String {
    path.to_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
        pairs.iter().map(|(n, v)| (n.into(), v.into())).collect()
    }

    #[test]
    fn a_credential_file_stands_over_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mail.password"), "from the file\n").unwrap();
        let overlay = Overlay::new(
            variables(&[
                ("COREWATCH__MAIL__PASSWORD", "from the environment"),
                ("COREWATCH__SOURCE__NORTH_SHIRE__URL", "sqlite:cases.db"),
                ("COREWATCH__MAIL__HOST", ""),
                ("PATH", "/bin"),
            ]),
            Some(folder.path()),
        );
        let password = overlay.get("mail.password").unwrap();
        assert_eq!(password.value, "from the file");
        assert_eq!(password.place.to_string(), "credential mail.password");
        assert!(overlay.get("mail.host").is_none());
        assert!(overlay.get("source.north-shire.url").is_some());
        assert_eq!(overlay.faults(), Faults::default());
    }

    #[test]
    fn a_setting_that_nobody_knows_is_told_by_its_variable_and_not_by_its_value() {
        let overlay = Overlay::new(variables(&[("COREWATCH__MAIL__PASWORD", "hunter2")]), None);
        assert!(overlay.get("mail.password").is_none());
        insta::assert_snapshot!(overlay.faults(), @"COREWATCH__MAIL__PASWORD: there is no setting `mail.pasword`; did you mean `mail.password`?");
    }
}
