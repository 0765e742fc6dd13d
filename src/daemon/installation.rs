//! An installation: its settings, and everything that they name, loaded and checked.

use std::path::Path;
use std::sync::Arc;

use super::standing::{self, StandingReport};
use crate::alerts::{Ladders, load_ladders};
use crate::calendar::{BankHolidays, Calendar, Instant};
use crate::config::{self, AuthoritySettings, Overlay, Settings};
use crate::document::{Fault, Faults, Place};
use crate::mail::Stationery;
use crate::rules::{Pack, survey_packs};
use crate::source::{Profile, load_profile};
use crate::words::Language;

/// An installation, without a fault.
#[derive(Debug, Clone)]
pub struct Installation {
    /// Its settings.
    pub settings: Settings,
    /// The authorities that it watches, by id.
    pub authorities: Vec<Authority>,
    /// The words and templates of its messages.
    pub stationery: Arc<Stationery>,
    /// The reports that are sent on days of their own.
    pub reports: Vec<StandingReport>,
}

/// An authority with all that is its own.
#[derive(Debug, Clone)]
pub struct Authority {
    /// Its settings.
    pub settings: AuthoritySettings,
    /// By which it counts.
    pub calendar: Calendar,
    /// Its rules.
    pub packs: Vec<Pack>,
    /// How its cases are read.
    pub profile: Profile,
    /// Who is told when; empty where nobody is.
    pub ladders: Ladders,
    /// In which language its people are written to, unless one of them has another.
    pub language: Language,
}

/// Bank holidays that end within so many days are told: a year, so that there is time (SPEC 2).
const YEAR: i64 = 365;

impl Authority {
    /// A line of warning where the bank holidays by which it counts end within a year.
    pub fn bank_holidays_ending(&self, now: Instant) -> Option<String> {
        bank_holidays_ending(&self.settings, &self.calendar, now)
    }
}

/// A line of warning where the bank holidays of an authority's calendar end within a year.
pub fn bank_holidays_ending(
    authority: &AuthoritySettings,
    calendar: &Calendar,
    now: Instant,
) -> Option<String> {
    let until = calendar.known_until();
    let today = calendar.zone.day_of(now);
    if until.is_some_and(|until| until.since(today) > YEAR) {
        return None;
    }
    let until = until.map_or_else(
        || "not known".to_owned(),
        |until| format!("known until {until}"),
    );
    Some(format!(
        "authority {}: the bank holidays of {} are {until}; install a newer version, or lay a \
         file over them (`calendars`)",
        authority.id,
        calendar.nation()
    ))
}

/// An authority as far as it could be loaded.
#[derive(Debug, Clone)]
pub struct ExaminedAuthority {
    /// Its settings.
    pub settings: AuthoritySettings,
    /// By which it counts.
    pub calendar: Calendar,
    /// Its packs, without what is faulty in them.
    pub packs: Vec<Pack>,
    /// Its source, unless the file is faulty.
    pub profile: Option<Profile>,
    /// Its ladders, unless the file is faulty.
    pub ladders: Option<Ladders>,
    /// In which language its people are written to, unless one of them has another.
    pub language: Language,
}

impl ExaminedAuthority {
    /// The authority, where nothing that it needs is missing.
    pub fn whole(&self) -> Option<Authority> {
        Some(Authority {
            settings: self.settings.clone(),
            calendar: self.calendar.clone(),
            packs: self.packs.clone(),
            profile: self.profile.clone()?,
            ladders: self.ladders.clone()?,
            language: self.language,
        })
    }
}

/// An installation as far as it could be loaded, and all that is wrong with it.
#[derive(Debug)]
pub struct Examined {
    /// The settings: what is faulty has its default. `None` where the configuration file cannot be
    /// read at all.
    pub settings: Option<Settings>,
    /// Whether `[mail]` is without a fault, so that its route can be tried.
    pub sound_mail: bool,
    /// The authorities that can be told, by id.
    pub authorities: Vec<ExaminedAuthority>,
    /// The words and templates of its messages, unless the site's own are faulty.
    pub stationery: Option<Arc<Stationery>>,
    /// The reports that are sent on days of their own.
    pub reports: Vec<StandingReport>,
    /// Everything that is wrong with the configuration and the files that it names.
    pub faults: Faults,
}

impl Examined {
    /// The installation, where nothing is wrong with it.
    ///
    /// # Errors
    /// Everything that is.
    pub fn whole(self) -> Result<Installation, Faults> {
        let authorities = self.authorities.iter().map(ExaminedAuthority::whole);
        match (self.settings, authorities.collect(), self.stationery) {
            (Some(settings), Some(authorities), Some(stationery)) => self.faults.or(Installation {
                settings,
                authorities,
                stationery,
                reports: self.reports,
            }),
            _ => Err(self.faults),
        }
    }
}

impl Installation {
    /// Loads the installation that the file at `config` describes, under the environment and the
    /// credentials of this process.
    ///
    /// # Errors
    /// Every fault of the configuration and of every file that it names, at once.
    pub fn load(config: &Path) -> Result<Installation, Faults> {
        Self::examine(config, &Overlay::of_process()).whole()
    }

    /// Loads as much as can be loaded of an installation, under these variables and credentials.
    pub fn examine(config: &Path, overlay: &Overlay) -> Examined {
        let loaded = config::load(config, overlay);
        let mut faults = loaded.faults;
        let settings = loaded.settings;
        let authorities = settings
            .as_ref()
            .map(|settings| load_files(settings, &mut faults));
        let authorities = authorities.unwrap_or_default();
        let reports = settings
            .as_ref()
            .map(|settings| standing::bind(settings, &authorities, &mut faults));
        let templates = settings
            .as_ref()
            .and_then(|settings| settings.mail.as_ref());
        let templates = templates.and_then(|mail| mail.templates.as_deref());
        let stationery = kept(stationery(templates), &mut faults);
        faults.0.sort();
        faults.0.dedup();
        Examined {
            settings,
            sound_mail: loaded.sound_mail,
            authorities,
            reports: reports.unwrap_or_default(),
            stationery: stationery.map(Arc::new),
            faults,
        }
    }
}

fn load_files(settings: &Settings, faults: &mut Faults) -> Vec<ExaminedAuthority> {
    let holidays = match &settings.calendars {
        Some(folder) => BankHolidays::with_folder(folder),
        None => BankHolidays::shipped(),
    };
    let holidays = kept(holidays, faults).unwrap_or_default();
    let of_site = settings.mail.as_ref().map(|mail| mail.language);
    let load = |authority: &AuthoritySettings| {
        let (packs, wrong) = survey_packs(&authority.packs, &settings.base);
        faults.0.extend(wrong.0);
        ExaminedAuthority {
            calendar: Calendar::new(
                authority.timezone,
                authority.nation,
                holidays.clone(),
                &authority.closures,
            ),
            settings: authority.clone(),
            packs,
            profile: kept(profile(authority), faults),
            ladders: kept(ladders(authority), faults),
            language: authority.language.or(of_site).unwrap_or_default(),
        }
    };
    let mut authorities: Vec<ExaminedAuthority> = settings.authorities.iter().map(load).collect();
    authorities.sort_by(|a, b| a.settings.id.cmp(&b.settings.id));
    authorities
}

/// What was loaded; what was not leaves its faults.
fn kept<T>(loaded: Result<T, Faults>, faults: &mut Faults) -> Option<T> {
    match loaded {
        Ok(value) => Some(value),
        Err(more) => {
            faults.0.extend(more.0);
            None
        }
    }
}

fn stationery(folder: Option<&Path>) -> Result<Stationery, Faults> {
    match folder {
        Some(folder) => Stationery::of_folder(folder),
        None => Stationery::built_in()
            .map_err(|error| Fault::plain(Place::whole("corewatch"), error.to_string()).into()),
    }
}

fn profile(authority: &AuthoritySettings) -> Result<Profile, Faults> {
    let profile = load_profile(&authority.source)?;
    match &authority.source_url {
        Some(url) => Ok(profile.with_url(url)?),
        None => Ok(profile),
    }
}

fn ladders(authority: &AuthoritySettings) -> Result<Ladders, Faults> {
    let Some(path) = &authority.ladders else {
        return Ok(Ladders::default());
    };
    let ladders = load_ladders(path)?;
    let named = authority.roles.keys().map(String::as_str);
    ladders.unknown_roles(named).or(ladders)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = r#"
[store]
url = "sqlite:corewatch.db"
[[authority]]
id = "luton"
nation = "england-and-wales"
packs = ["local.toml"]
source = "source.toml"
"#;
    const PACK: &str = r#"
[pack]
id = "local"
title = "Local"
source = "Local procedures"
[[rule]]
id = "core-group"
title = "Core group every four weeks"
clause = "1"
severity = "high"
[rule.interval]
every = "4 weeks"
require = { event = "core_group" }
"#;
    const SOURCE: &str = r#"
[source]
url = "sqlite:cases.db"
[[source.children]]
query = "SELECT child_id FROM child"
"#;

    /// Loads an installation of these files; the folder is cut out of its faults.
    fn load(files: &[(&str, &str)], variables: &[(&str, &str)]) -> Result<Installation, String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let overlay = Overlay::new(variables.iter().map(|(n, v)| (n.into(), v.into())), None);
        let examined = Installation::examine(&folder.path().join("corewatch.toml"), &overlay);
        let cut = format!("{}/", folder.path().display());
        examined
            .whole()
            .map_err(|faults| faults.to_string().replace(&cut, ""))
    }

    #[test]
    fn an_installation_is_loaded_with_all_that_it_names() {
        let files = [
            ("corewatch.toml", CONFIG),
            ("local.toml", PACK),
            ("source.toml", SOURCE),
        ];
        let url = (
            "COREWATCH__SOURCE__LUTON__URL",
            "postgres://reader:hunter2@db/cases",
        );
        let installation = load(&files, &[url]).unwrap();
        let authority = &installation.authorities[0];
        assert_eq!(authority.packs[0].rules[0].id, "core-group");
        let address = authority.profile.need_address().unwrap();
        assert_eq!(address.to_string(), "postgres://reader@db/cases");
    }

    #[test]
    fn the_example_of_a_real_site_is_one() {
        let cases = (
            "COREWATCH__SOURCE__LUTON__URL".into(),
            "postgres://reader@db/cases".into(),
        );
        let overlay = Overlay::new([cases], None);
        let examined = Installation::examine(Path::new("config/corewatch.toml"), &overlay);
        let installation = examined.whole().unwrap();
        assert!(installation.authorities[0].profile.need_address().is_ok());
    }

    #[test]
    fn the_faults_of_all_files_are_told_at_once() {
        let files = [
            (
                "corewatch.toml",
                &*CONFIG.replace(
                    "[\"local.toml\"]",
                    "[\"local.toml\", \"lutn\"]\nclosure = []",
                ),
            ),
            ("local.toml", &*PACK.replace("every =", "evry =")),
            ("source.toml", &*SOURCE.replace("sqlite:", "csv:")),
        ];
        insta::assert_snapshot!(load(&files, &[]).unwrap_err());
    }
}
