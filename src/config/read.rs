//! Reading and checking the configuration file with what is laid over it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::mail::{self, is_mail_address, not_an_address};
use super::report;
use super::section::{Reading, Section};
use super::web;
use super::{
    Alerts, AuthoritySettings, Metrics, Operations, Overlay, PerHour, Retention, RoleSettings,
    Schedule, Secret, Settings, Staleness, StoreSettings, Timetable,
};
use crate::calendar::{Duration, Nation, Unit, Zone};
use crate::document::{Document, Fault, Faults, Place, Table, Text};

/// How often a pass runs where the site does not say: often enough for a limit of hours.
const DEFAULT_PASS: &str = "*/15 * * * *";
/// What was told is needed for as long as a closing may wait to be told, or an address to be mended.
const SHORTEST_RETENTION_DAYS: u32 = 31;
/// The roles of SPEC 7, that a site cannot name anew.
const SHIPPED_ROLES: [&str; 4] = [
    "key_worker",
    "team_manager",
    "service_manager",
    "head_of_service",
];

/// A configuration as far as it could be read, and all that is wrong with it.
#[derive(Debug)]
pub struct Loaded {
    /// What could be read: what is faulty has its default, an authority that cannot be told is left
    /// out. `None` where the file cannot be read at all. Only to be worked with where there are no
    /// faults; else it says which further files to look for faults in.
    pub settings: Option<Settings>,
    /// Whether `[mail]` is without a fault, so that its route can be tried.
    pub sound_mail: bool,
    /// Everything wrong with it.
    pub faults: Faults,
}

/// Reads the configuration file at `path` under `overlay`.
pub fn load(path: &Path, overlay: &Overlay) -> Loaded {
    let document = match Document::read(path) {
        Ok(document) => document,
        Err(faults) => {
            return Loaded {
                settings: None,
                sound_mail: false,
                faults,
            };
        }
    };
    let base = path.parent().unwrap_or(Path::new("")).to_owned();
    let reading = Reading {
        file: Place::whole(document.name()),
        overlay,
        faults: RefCell::default(),
    };
    let mut settings = None;
    let mut sound_mail = false;
    let parsed = document.parse(|top| {
        settings = Some(read_settings(top, &reading, base, &mut sound_mail));
        Some(())
    });
    let mut faults = Faults(reading.faults.into_inner());
    faults.0.extend(parsed.err().unwrap_or_default().0);
    if settings.is_some() {
        faults.0.extend(overlay.faults().0);
    }
    Loaded {
        settings,
        sound_mail,
        faults: faults.or(()).err().unwrap_or_default(),
    }
}

fn read_settings(
    top: &mut Table<'_>,
    reading: &Reading<'_>,
    base: PathBuf,
    sound_mail: &mut bool,
) -> Settings {
    let store = Section::read(top, "store", reading, |section| read_store(section, &base));
    if store.is_none() && !top.has("store") {
        reading.faults.borrow_mut().push(Fault::new(
            reading.file.clone(),
            "`[store]` is missing",
            "write [store] with url = \"sqlite:corewatch.db\", or set COREWATCH__STORE__URL",
        ));
    }
    if !top.has("authority") {
        reading.faults.borrow_mut().push(Fault::new(
            reading.file.clone(),
            "no `[[authority]]`",
            "write one for each authority that is to be watched",
        ));
    }
    let mut ids = BTreeSet::new();
    let authorities = top.tables("authority", |table| {
        let mut section = Section::of_file(table, reading);
        read_authority(&mut section, reading.overlay, &base, &mut ids)
    });
    let mut report_ids = BTreeSet::new();
    let reports = top.tables("report", |table| {
        report::read(
            &mut Section::of_file(table, reading),
            &base,
            &mut report_ids,
        )
    });
    let calendars = reading
        .overlay
        .get("calendars")
        .or_else(|| top.text("calendars"))
        .map(|text| base.join(text.value));
    let count = |top: &Table<'_>| top.fault_count() + reading.faults.borrow().len();
    let before = count(top);
    let mail = Section::read(top, "mail", reading, |section| mail::read(section, &base));
    *sound_mail = count(top) == before;
    Settings {
        store: StoreSettings {
            url: store.flatten().unwrap_or_else(|| Secret::from("")),
        },
        authorities,
        mail,
        schedule: Section::read(top, "schedule", reading, read_schedule)
            .unwrap_or_else(default_schedule),
        operations: Section::read(top, "operations", reading, read_operations).unwrap_or_default(),
        alerts: Section::read(top, "alerts", reading, |section| Alerts {
            hours: section.parsed("hours").unwrap_or_default(),
            flood: section.parsed("flood").unwrap_or_default(),
            now_per_hour: section
                .whole_number(
                    "now_per_hour",
                    1..=i64::from(u32::MAX),
                    "a number of messages",
                )
                .and_then(|number| u32::try_from(number).ok())
                .map_or_else(PerHour::default, PerHour),
            stale: section.parsed("stale").map(Staleness).unwrap_or_default(),
        })
        .unwrap_or_default(),
        web: Section::read(top, "web", reading, |section| web::read(section, &base))
            .unwrap_or_default(),
        retention: Section::read(top, "retention", reading, read_retention).unwrap_or_default(),
        metrics: Section::read(top, "metrics", reading, read_metrics).unwrap_or_default(),
        reports,
        calendars,
        base,
    }
}

fn read_store(section: &mut Section<'_, '_>, base: &Path) -> Option<Secret> {
    let url = section.need_text("url")?;
    if let Some(file) = url.value.strip_prefix("sqlite:") {
        return Some(Secret::from(sqlite_url(file, base)));
    }
    if url.value.starts_with("postgres://") || url.value.starts_with("postgresql://") {
        return Some(Secret::from(url.value));
    }
    section.fault(
        url.place,
        "`url` is not the address of a store",
        "write sqlite:corewatch.db or postgres://…",
    );
    None
}

/// The address of an SQLite file that was named relative to `base`. In such an address `?` begins
/// the options and `%` an escaped character, so a folder's own are escaped.
pub(super) fn sqlite_url(file: &str, base: &Path) -> String {
    let file = file.strip_prefix("//").unwrap_or(file);
    if file.starts_with('/') || file.starts_with(':') || base.as_os_str().is_empty() {
        return format!("sqlite:{file}");
    }
    let base = base
        .to_string_lossy()
        .replace('%', "%25")
        .replace('?', "%3F");
    format!("sqlite:{base}/{file}")
}

fn read_authority(
    section: &mut Section<'_, '_>,
    overlay: &Overlay,
    base: &Path,
    ids: &mut BTreeSet<String>,
) -> Option<AuthoritySettings> {
    let id = section.need_text("id").filter(|id| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !id.value.chars().all(plain) {
            section.fault(
                id.place.clone(),
                format!("`{}` is not an authority's id", id.value),
                "it has small letters, digits and `-` only",
            );
            return false;
        }
        if !ids.insert(id.value.clone()) {
            section.fault(
                id.place.clone(),
                format!("`{}` is the id of two authorities", id.value),
                "give each an id of its own",
            );
            return false;
        }
        true
    });
    let name = section.text("name");
    let nation = section.need_parsed::<Nation>("nation");
    let timezone = section.parsed::<Zone>("timezone").unwrap_or(Zone::LONDON);
    let closures = section
        .texts("closures")
        .unwrap_or_default()
        .iter()
        .filter_map(|text| section.parse("closures", text))
        .collect();
    let packs = section.texts("packs");
    if packs.as_ref().is_none_or(Vec::is_empty) {
        section.fault(
            section.place(),
            "`packs` is missing or empty",
            "name the packs of rules, shipped ones by id, the site's own by path",
        );
    }
    let source = section.need_text("source");
    let ladders = section.text("ladders").map(|text| base.join(text.value));
    let roles = section
        .table()
        .and_then(|table| table.table("roles", |roles| Some(read_roles(roles))))
        .unwrap_or_default();
    let case_url = section
        .text("case_url")
        .filter(|url| is_web(section, "case_url", url));
    let language = section.parsed("language");
    let id = id?.value;
    let source_url = overlay.get(&format!("source.{id}.url"));
    Some(AuthoritySettings {
        name: name.map_or_else(|| id.clone(), |name| name.value),
        nation: nation.unwrap_or(Nation::EnglandAndWales),
        timezone,
        closures,
        packs: packs.unwrap_or_default(),
        source: base.join(source?.value),
        source_url: source_url.map(|url| Secret::from(url.value)),
        ladders,
        roles,
        case_url: case_url.map(|url| url.value),
        language,
        id,
    })
}

fn read_roles(table: &mut Table<'_>) -> std::collections::BTreeMap<String, RoleSettings> {
    table.allow_any_key();
    let mut roles = std::collections::BTreeMap::new();
    for role in table.keys() {
        if SHIPPED_ROLES.contains(&role.as_str()) {
            table.fault(Fault::new(
                table.place_of(&role),
                format!("`{role}` is a role that corewatch fills itself"),
                "give the site's own role another name",
            ));
        }
        let Some(members) = table.texts(&role) else {
            continue;
        };
        if members.is_empty() {
            table.fault(Fault::new(
                table.place_of(&role),
                format!("nobody fills the role `{role}`"),
                "list `mailto:` addresses or person ids",
            ));
        }
        for member in &members {
            if let Some(address) = member.value.strip_prefix("mailto:")
                && !is_mail_address(address)
            {
                table.fault(not_an_address(&role, member));
            }
        }
        roles.insert(
            role,
            members.into_iter().map(|member| member.value).collect(),
        );
    }
    roles
}

fn is_web(section: &Section<'_, '_>, key: &str, url: &Text) -> bool {
    let web = url.value.starts_with("https://") || url.value.starts_with("http://");
    if !web {
        section.fault(
            url.place.clone(),
            format!("`{key}` is not a web address"),
            "it begins with https:// or http://",
        );
    }
    web
}

fn default_schedule() -> Schedule {
    Schedule {
        pass: DEFAULT_PASS.parse().expect("the default schedule is one"),
        timezone: Zone::LONDON,
    }
}

fn read_schedule(section: &mut Section<'_, '_>) -> Schedule {
    let default = default_schedule();
    Schedule {
        pass: section.parsed::<Timetable>("pass").unwrap_or(default.pass),
        timezone: section.parsed("timezone").unwrap_or(default.timezone),
    }
}

fn read_retention(section: &mut Section<'_, '_>) -> Retention {
    let read = |section: &mut Section<'_, '_>, key: &'static str| {
        let text = section.text(key)?;
        let period = section.parse::<Duration>(key, &text)?;
        let enough = match period.unit {
            Unit::Month => period.count >= 1,
            Unit::Week => period.count >= 5,
            Unit::Day => period.count >= SHORTEST_RETENTION_DAYS,
            Unit::Hour | Unit::WorkingDay => false,
        };
        if !enough {
            section.fault(
                text.place,
                format!("`{key}`: `{}` is too short, or not in days", text.value),
                "write at least 1 month, in months, weeks or days",
            );
        }
        enough.then_some(period)
    };
    Retention {
        closed: read(section, "closed"),
        messages: read(section, "messages"),
        audit: read(section, "audit"),
        history: read(section, "history"),
        readings: read(section, "readings"),
    }
}

fn read_operations(section: &mut Section<'_, '_>) -> Operations {
    let heartbeat = section
        .text("heartbeat")
        .filter(|url| is_web(section, "heartbeat", url));
    Operations {
        heartbeat: heartbeat.map(|url| Secret::from(url.value)),
    }
}

fn read_metrics(section: &mut Section<'_, '_>) -> Metrics {
    let teams = section.whole_number("teams", 0..=10_000, "a number of teams");
    teams
        .and_then(|teams| usize::try_from(teams).ok())
        .map_or_else(Metrics::default, |teams| Metrics { teams })
}
