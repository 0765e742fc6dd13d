//! What can be configured, with its defaults.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use super::{Hours, PerHour, ReportSettings, Secret, Share, Timetable};
use crate::calendar::{Day, Duration, Nation, Unit, Zone};
use crate::document::Text;
use crate::words::Language;

/// A whole configuration, read and checked; its paths are those that can be opened.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder of the configuration file, that paths in it are relative to.
    pub base: PathBuf,
    /// The program's own database.
    pub store: StoreSettings,
    /// The authorities watched, one or more.
    pub authorities: Vec<AuthoritySettings>,
    /// How mail leaves.
    pub mail: Option<Mail>,
    /// When passes run.
    pub schedule: Schedule,
    /// How operations are told that all is well.
    pub operations: Operations,
    /// Sending hours and the flood guard.
    pub alerts: Alerts,
    /// Where metrics and health are served.
    pub web: Web,
    /// How long what need not be kept is kept.
    pub retention: Retention,
    /// What metrics count.
    pub metrics: Metrics,
    /// Reports that are sent on days of their own.
    pub reports: Vec<ReportSettings>,
    /// A folder of bank holiday files laid over the built-in ones.
    pub calendars: Option<PathBuf>,
}

/// `[store]`.
#[derive(Debug, Clone, PartialEq)]
pub struct StoreSettings {
    /// `sqlite:FILE` or `postgres://…`.
    pub url: Secret,
}

/// `[[authority]]`.
#[derive(Debug, Clone)]
pub struct AuthoritySettings {
    /// Its short name, in every output.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// Its nation, that decides the bank holidays.
    pub nation: Nation,
    /// Its time zone.
    pub timezone: Zone,
    /// Working days on which it is closed.
    pub closures: Vec<Day>,
    /// Shipped packs by id, its own by path.
    pub packs: Vec<Text>,
    /// Its source file.
    pub source: PathBuf,
    /// The address of its case database, where a credential or the environment gives one: it stands
    /// in for the source file's `url`.
    pub source_url: Option<Secret>,
    /// Its ladders; without them nobody is told.
    pub ladders: Option<PathBuf>,
    /// Roles of its own: each a list of addresses or person ids.
    pub roles: BTreeMap<String, RoleSettings>,
    /// A link to a case in the case system, `{case_ref}` standing for the reference.
    pub case_url: Option<String>,
    /// In which language its people are written to, unless one of them has another; `[mail]` decides
    /// where it is not set.
    pub language: Option<Language>,
}

/// Who fills a role that a site names itself: a list of `mailto:` addresses and person ids.
pub type RoleSettings = Vec<String>;

/// `[mail]`.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Which way.
    pub transport: Transport,
    /// Where the directory transport puts its files.
    pub directory: Option<PathBuf>,
    /// The mail server.
    pub host: Option<String>,
    /// Its port; 587 for starttls, 465 for implicit, 25 for none.
    pub port: Option<u16>,
    /// How the connection is protected.
    pub tls: Tls,
    /// Who logs in.
    pub username: Option<String>,
    /// The password: from a credential file or the environment, never in the file.
    pub password: Option<Secret>,
    /// The site's own issuer of certificates, as PEM.
    pub ca: Option<PathBuf>,
    /// The sender.
    pub from: String,
    /// Where operations read.
    pub operations: Vec<String>,
    /// In which language messages are written, unless the authority or the reader has another.
    pub language: Language,
    /// A folder of words and templates of the site's own.
    pub templates: Option<PathBuf>,
}

/// `[mail] transport`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transport {
    /// To a mail server.
    #[default]
    Smtp,
    /// Each message one file.
    Directory,
}

/// `[mail] tls`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tls {
    /// Plain, then protected; refused where the server cannot.
    #[default]
    Starttls,
    /// Protected from the first byte.
    Implicit,
    /// Unprotected: loopback only.
    None,
}

impl FromStr for Transport {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "smtp" => Ok(Transport::Smtp),
            "directory" => Ok(Transport::Directory),
            _ => Err(format!(
                "`{text}` is not a transport; it is smtp or directory"
            )),
        }
    }
}

impl FromStr for Tls {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "starttls" => Ok(Tls::Starttls),
            "implicit" => Ok(Tls::Implicit),
            "none" => Ok(Tls::None),
            _ => Err(format!(
                "`{text}` is not a way to protect the connection; it is starttls, implicit or none"
            )),
        }
    }
}

/// `[schedule]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// When a pass runs, in local time.
    pub pass: Timetable,
    /// The zone that the schedule is in.
    pub timezone: Zone,
}

/// `[operations]`.
#[derive(Debug, Clone, Default)]
pub struct Operations {
    /// Called (GET) after every pass that ends well.
    pub heartbeat: Option<Secret>,
}

/// `[alerts]`.
#[derive(Debug, Clone, Default)]
pub struct Alerts {
    /// Sending hours on working days, local.
    pub hours: Hours,
    /// The share of open obligations that may turn overdue in one pass before it is held.
    pub flood: Share,
    /// The most messages that one recipient is sent at once within an hour; what is beyond joins the
    /// digest.
    pub now_per_hour: PerHour,
    /// After how long of refused readings heads of service are told that nobody is being warned.
    pub stale: Staleness,
}

/// How long a source may be refused; two working days unless set (SPEC 7, The end).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Staleness(pub Duration);

impl Default for Staleness {
    fn default() -> Self {
        Staleness(Duration::new(2, Unit::WorkingDay))
    }
}

/// `[web]`: off this machine's own loopback there is a certificate, and a token or an issuer of
/// clients' certificates.
#[derive(Debug, Clone, PartialEq)]
pub struct Web {
    /// Where `/metrics` and health are served.
    pub listen: SocketAddr,
    /// By which it is served over TLS.
    pub certificate: Option<Certificate>,
    /// What a client has to show (`Authorization: Bearer …`): from a credential file or the
    /// environment, never in the file.
    pub token: Option<Secret>,
    /// The issuer of clients' certificates, as PEM: who has one needs no token.
    pub client_ca: Option<PathBuf>,
}

/// A certificate with its key.
#[derive(Debug, Clone, PartialEq)]
pub struct Certificate {
    /// The chain as PEM, the program's own certificate first.
    pub chain: PathBuf,
    /// The private key.
    pub key: PrivateKey,
}

/// A private key, as PEM.
#[derive(Debug, Clone, PartialEq)]
pub enum PrivateKey {
    /// In a file.
    File(PathBuf),
    /// Itself, from a credential file.
    Text(Secret),
}

impl Default for Web {
    fn default() -> Self {
        Web {
            listen: SocketAddr::from(([127, 0, 0, 1], 9464)),
            certificate: None,
            token: None,
            client_ca: None,
        }
    }
}

/// `[retention]`: months, weeks or days; without one it is kept for ever.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retention {
    /// Closed obligations of children that the source no longer holds.
    pub closed: Option<Duration>,
    /// What was told of closed obligations, and the messages.
    pub messages: Option<Duration>,
    /// Acknowledgements and releases.
    pub audit: Option<Duration>,
}

/// `[metrics]`.
#[derive(Debug, Clone)]
pub struct Metrics {
    /// How many teams of an authority have series of their own, at most.
    pub teams: usize,
}

impl Default for Metrics {
    fn default() -> Self {
        // With the forty rules of a pack and all states, some 14,000 series.
        Metrics { teams: 50 }
    }
}
