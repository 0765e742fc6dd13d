//! What can be configured, with its defaults.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use crate::calendar::{Day, Nation};

/// A whole configuration file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The program's own database.
    pub store: StoreSettings,
    /// The authorities watched, one or more.
    #[serde(rename = "authority")]
    pub authorities: Vec<AuthoritySettings>,
    /// How mail leaves.
    pub mail: Option<Mail>,
    /// When passes run.
    #[serde(default)]
    pub schedule: Schedule,
    /// How operations are told that all is well.
    #[serde(default)]
    pub operations: Operations,
    /// Sending hours and the flood guard.
    #[serde(default)]
    pub alerts: Alerts,
    /// Where metrics and health are served.
    #[serde(default)]
    pub web: Web,
    /// A folder of bank holiday files laid over the built-in ones.
    pub calendars: Option<PathBuf>,
}

/// `[store]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreSettings {
    /// `sqlite:FILE` or `postgres://…`.
    pub url: String,
}

/// `[[authority]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthoritySettings {
    /// Its short name, in every output.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// Its nation, that decides the bank holidays.
    pub nation: Nation,
    /// Its time zone.
    #[serde(default = "london")]
    pub timezone: String,
    /// Working days on which it is closed.
    #[serde(default)]
    pub closures: Vec<Day>,
    /// Shipped packs by id, its own by path.
    pub packs: Vec<String>,
    /// Its source file.
    pub source: PathBuf,
    /// Its ladders; without them nobody is told.
    pub ladders: Option<PathBuf>,
    /// Roles of its own: each a list of addresses or person ids.
    #[serde(default)]
    pub roles: BTreeMap<String, RoleSettings>,
    /// A link to a case in the case system, `{case_ref}` standing for the reference.
    pub case_url: Option<String>,
}

/// Who fills a role that a site names itself: a list of `mailto:` addresses and person ids.
pub type RoleSettings = Vec<String>;

fn london() -> String {
    "Europe/London".to_owned()
}

/// `[mail]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Which way.
    #[serde(default)]
    pub transport: Transport,
    /// Where the directory transport puts its files.
    pub directory: Option<PathBuf>,
    /// The mail server.
    pub host: Option<String>,
    /// Its port; 587 for starttls, 465 for implicit, 25 for none.
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: Tls,
    /// Who logs in.
    pub username: Option<String>,
    /// The password: from a credential file or the environment, never in the file.
    pub password: Option<String>,
    /// The site's own issuer of certificates, as PEM.
    pub ca: Option<PathBuf>,
    /// The sender.
    pub from: String,
    /// Where operations read.
    #[serde(default)]
    pub operations: Vec<String>,
}

/// `[mail] transport`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// To a mail server.
    #[default]
    Smtp,
    /// Each message one file.
    Directory,
}

/// `[mail] tls`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// Plain, then protected; refused where the server cannot.
    #[default]
    Starttls,
    /// Protected from the first byte.
    Implicit,
    /// Unprotected: loopback only.
    None,
}

/// `[schedule]`: local times of the first authority, as cron expressions or `HH:MM`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Schedule {
    /// When a pass runs: a cron expression of five fields.
    pub pass: String,
    /// The zone that the schedule is in.
    pub timezone: String,
}

impl Default for Schedule {
    fn default() -> Self {
        Schedule {
            pass: "*/15 * * * *".to_owned(),
            timezone: london(),
        }
    }
}

/// `[operations]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Operations {
    /// Called (GET) after every pass that ends well.
    pub heartbeat: Option<String>,
}

/// `[alerts]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Alerts {
    /// Sending hours on working days, local.
    pub hours: String,
    /// The share of open obligations that may turn overdue in one pass before it is held.
    pub flood: String,
}

impl Default for Alerts {
    fn default() -> Self {
        Alerts {
            hours: "08:00-18:00".to_owned(),
            flood: "20 %".to_owned(),
        }
    }
}

/// `[web]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Web {
    /// Where `/metrics` and health are served: loopback, unless something stands before it.
    pub listen: String,
}

impl Default for Web {
    fn default() -> Self {
        Web {
            listen: "127.0.0.1:9464".to_owned(),
        }
    }
}
