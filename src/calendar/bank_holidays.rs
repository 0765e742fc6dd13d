//! Bank holidays of the three divisions, read from `config/calendars/`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Day;
use crate::document::{Document, Fault, Faults};

/// A division of the United Kingdom with bank holidays of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nation {
    /// England and Wales.
    EnglandAndWales,
    /// Scotland.
    Scotland,
    /// Northern Ireland.
    NorthernIreland,
}

impl Nation {
    /// All three.
    pub const ALL: [Nation; 3] = [
        Nation::EnglandAndWales,
        Nation::Scotland,
        Nation::NorthernIreland,
    ];

    /// Its name in configuration files, as gov.uk writes it.
    pub fn name(self) -> &'static str {
        match self {
            Nation::EnglandAndWales => "england-and-wales",
            Nation::Scotland => "scotland",
            Nation::NorthernIreland => "northern-ireland",
        }
    }
}

impl fmt::Display for Nation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Nation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Nation::ALL
            .into_iter()
            .find(|nation| nation.name() == text)
            .ok_or_else(|| {
                format!(
                    "`{text}` is not a nation; it is one of england-and-wales, scotland, \
                     northern-ireland"
                )
            })
    }
}

/// The bank holidays of the nations, by day, with their names.
#[derive(Debug, Clone, Default)]
pub struct BankHolidays {
    days: BTreeMap<(Nation, Day), String>,
}

/// The data that is built in: `config/calendars/` of this version.
const SHIPPED: [(&str, &str); 3] = [
    (
        "england-and-wales.toml",
        include_str!("../../config/calendars/england-and-wales.toml"),
    ),
    (
        "scotland.toml",
        include_str!("../../config/calendars/scotland.toml"),
    ),
    (
        "northern-ireland.toml",
        include_str!("../../config/calendars/northern-ireland.toml"),
    ),
];

impl BankHolidays {
    /// The data that is built in.
    ///
    /// # Errors
    /// Faults in the shipped files, which a test rules out.
    pub fn shipped() -> Result<Arc<Self>, Faults> {
        let mut holidays = BankHolidays::default();
        for (name, text) in SHIPPED {
            holidays.add(&Document::new(name, text))?;
        }
        Ok(Arc::new(holidays))
    }

    /// The built-in data, with every `.toml` file of a folder laid over it: a year that a file
    /// gives replaces that nation's year.
    ///
    /// # Errors
    /// Every fault of the files at once, or that the folder cannot be read.
    pub fn with_folder(folder: &Path) -> Result<Arc<Self>, Faults> {
        let mut holidays = (*Self::shipped()?).clone();
        let mut faults = Faults::default();
        for path in toml_files(folder)? {
            match Document::read(&path).and_then(|document| holidays.add(&document)) {
                Ok(()) => {}
                Err(more) => faults.0.extend(more.0),
            }
        }
        faults.or(Arc::new(holidays))
    }

    fn add(&mut self, document: &Document) -> Result<(), Faults> {
        let (nation, days) = document.parse(|top| {
            let nation = top.need_parsed::<Nation>("nation");
            let days = top.tables("holiday", |holiday| {
                let day = holiday.need_parsed::<Day>("day");
                let name = holiday.need_text("name");
                Some((day?, name?.value))
            });
            Some((nation?, days))
        })?;
        let years: std::collections::BTreeSet<i32> = days.iter().map(|(d, _)| d.year()).collect();
        self.days
            .retain(|(n, day), _| *n != nation || !years.contains(&day.year()));
        self.days
            .extend(days.into_iter().map(|(day, name)| ((nation, day), name)));
        Ok(())
    }

    /// What the bank holiday on `day` is called, if there is one.
    pub fn name(&self, nation: Nation, day: Day) -> Option<&str> {
        self.days.get(&(nation, day)).map(String::as_str)
    }

    /// All bank holidays of a nation, in order.
    pub fn of(&self, nation: Nation) -> impl Iterator<Item = (Day, &str)> {
        self.days
            .range((nation, Day(i32::MIN))..=(nation, Day(i32::MAX)))
            .map(|((_, day), name)| (*day, name.as_str()))
    }

    /// The last year that a nation's data cover.
    pub fn last_year(&self, nation: Nation) -> Option<i32> {
        self.of(nation).map(|(day, _)| day.year()).last()
    }
}

fn toml_files(folder: &Path) -> Result<Vec<std::path::PathBuf>, Faults> {
    let unreadable = |error: std::io::Error| {
        Fault::new(
            crate::document::Place::whole(folder.display().to_string()),
            format!("cannot be read ({error})"),
            "`calendars` must name a folder of bank holiday files",
        )
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
