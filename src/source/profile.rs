//! The source file: where the cases are, and the site's queries (SPEC 4).

mod measure;
#[cfg(feature = "odbc")]
pub(super) mod odbc;

use std::fmt;
use std::path::{Path, PathBuf};

use crate::calendar::Zone;
use crate::document::{Document, Fault, Faults, Place, Table};
use crate::store::without_password;

pub use self::measure::{Elapsed, Share};
use super::since;

/// A source file as read: one a authority.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The file, as the configuration names it.
    pub file: PathBuf,
    /// Where the cases are; `None` where neither the file nor [`Profile::with_url`] said.
    pub address: Option<Address>,
    /// The share of a query's rows that may be gone since the last accepted reading.
    pub shrink: Share,
    /// The zone of times that come without one; the authority's where not set.
    pub timezone: Option<Zone>,
    /// How long after a reading of everything the next one is due; until then what has a `changed`
    /// is read by that.
    pub full: Elapsed,
    /// How much further back than the last reading a `changed` reaches: clocks differ, and a
    /// transaction may be committed long after the time that it writes down.
    pub overlap: Elapsed,
    /// How long a statement may run; locks and silence are waited for no longer.
    pub timeout: Elapsed,
    /// All queries: children first, then periods, events, people and teams.
    pub queries: Vec<Query>,
}

/// Where the cases are.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// A PostgreSQL server.
    Postgres(String),
    /// A MySQL or MariaDB server.
    MySql(String),
    /// Whatever has an ODBC driver, by its connection string.
    #[cfg(feature = "odbc")]
    Odbc(String),
}

/// Never with a password.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Address::Postgres(url) | Address::MySql(url) => {
                let url = without_password(url);
                f.write_str(url.split('?').next().unwrap_or(&url))
            }
            #[cfg(feature = "odbc")]
            Address::Odbc(connection) => f.write_str(&odbc::shown(connection)),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

/// What a query yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// `[[source.children]]`.
    Children,
    /// `[[source.periods]]`.
    Periods,
    /// `[[source.events]]`.
    Events,
    /// `[[source.people]]`.
    People,
    /// `[[source.teams]]`.
    Teams,
}

impl Subject {
    /// In the order in which they are read: children first, so that it is known whose rows the others
    /// are.
    pub const ALL: [Subject; 5] = [
        Subject::Children,
        Subject::Periods,
        Subject::Events,
        Subject::People,
        Subject::Teams,
    ];

    /// Its key in the source file.
    pub fn name(self) -> &'static str {
        match self {
            Subject::Children => "children",
            Subject::Periods => "periods",
            Subject::Events => "events",
            Subject::People => "people",
            Subject::Teams => "teams",
        }
    }
}

/// One query of a source file.
#[derive(Debug, Clone)]
pub struct Query {
    /// What it yields.
    pub subject: Subject,
    /// The kind of all its rows; where `None`, a column `kind` says it row by row.
    pub kind: Option<String>,
    /// How it is known from reading to reading: `events visit`, `events visit, query 2`.
    pub name: String,
    /// The site's SQL.
    pub sql: String,
    /// The same, limited to what changed since `:since`.
    pub changed: Option<Changed>,
    /// Where the SQL begins.
    pub place: Place,
}

/// The SQL by which only what changed is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The site's SQL, which names `:since`.
    pub sql: String,
    /// Where it begins.
    pub place: Place,
}

impl Query {
    /// The query for what changed, as a query of its own.
    pub(super) fn changed_only(&self) -> Option<Query> {
        let changed = self.changed.as_ref()?;
        Some(Query {
            sql: changed.sql.clone(),
            changed: None,
            place: changed.place.clone(),
            ..self.clone()
        })
    }

    /// Its name with its line, as errors and the quarantine show it: `events visit (line 14)`.
    pub fn label(&self) -> String {
        format!("{} (line {})", self.name, self.place.line)
    }
}

impl Profile {
    /// The profile with another address, as the environment or a credential file gives it. A relative
    /// path of SQLite is relative to the source file, as in the file itself.
    ///
    /// # Errors
    /// Where `url` is not an address of a database; the fault never shows it.
    pub fn with_url(mut self, url: &str) -> Result<Profile, Fault> {
        let place = Place::whole(self.file.display().to_string());
        self.address = Some(address(url, &self.file, place)?);
        Ok(self)
    }

    /// The address, which must be known by the time that the source is read.
    ///
    /// # Errors
    /// A fault that says where to write it.
    pub fn need_address(&self) -> Result<&Address, Fault> {
        self.address.as_ref().ok_or_else(|| {
            Fault::new(
                Place::whole(self.file.display().to_string()),
                "`[source] url` is missing",
                "write it in the file, or give it by environment or credential as \
                 COREWATCH__SOURCE__<AUTHORITY>__URL",
            )
        })
    }
}

/// Reads a source file.
///
/// # Errors
/// Every fault of the file, each with its line.
pub fn load_profile(path: &Path) -> Result<Profile, Faults> {
    let document = Document::read(path)?;
    read_profile(&document, path)
}

pub(super) fn read_profile(document: &Document, path: &Path) -> Result<Profile, Faults> {
    document.parse(|top| {
        if !top.has("source") {
            top.missing("source");
        }
        top.table("source", |source| read_source(source, path))
    })
}

fn read_source(source: &mut Table<'_>, path: &Path) -> Option<Profile> {
    let address = source
        .text("url")
        .and_then(|url| match address(&url.value, path, url.place) {
            Ok(address) => Some(address),
            Err(fault) => {
                source.fault(fault);
                None
            }
        });
    let shrink = source.parsed("shrink").unwrap_or(Share::HALF);
    let timezone = source.parsed("timezone");
    let full = source.parsed("full").unwrap_or(Elapsed::DAY);
    let overlap = source.parsed("overlap").unwrap_or(Elapsed::HOUR);
    let timeout = source.parsed("timeout").unwrap_or(Elapsed::TEN_MINUTES);
    let mut queries: Vec<Query> = Vec::new();
    for subject in Subject::ALL {
        queries.extend(source.tables(subject.name(), |table| read_query(table, subject)));
    }
    if !source.has(Subject::Children.name()) {
        source.missing("children");
    }
    number_alike(&mut queries);
    Some(Profile {
        file: path.to_owned(),
        address,
        shrink,
        timezone,
        full,
        overlap,
        timeout,
        queries,
    })
}

fn read_query(table: &mut Table<'_>, subject: Subject) -> Option<Query> {
    let kind = match subject {
        Subject::Periods | Subject::Events if table.has("kind") => {
            Some(table.need_text("kind")?.value)
        }
        _ => None,
    };
    let changed = match subject {
        Subject::Children | Subject::Periods | Subject::Events => table.text("changed"),
        Subject::People | Subject::Teams => None,
    };
    if let Some(changed) = &changed
        && !since::is_named_in(&changed.value)
    {
        table.fault(Fault::new(
            changed.place.clone(),
            "`changed` does not name `:since`",
            "limit the query to what changed since :since, or leave `changed` out",
        ));
    }
    let query = table.need_text("query")?;
    let name = match &kind {
        Some(kind) => format!("{} {kind}", subject.name()),
        None => subject.name().to_owned(),
    };
    Some(Query {
        subject,
        kind,
        name,
        sql: query.value,
        changed: changed.map(|text| Changed {
            sql: text.value,
            place: text.place,
        }),
        place: query.place,
    })
}

/// Tells queries of one name apart by their number.
fn number_alike(queries: &mut [Query]) {
    for i in (0..queries.len()).rev() {
        let before = queries[..i]
            .iter()
            .filter(|query| query.name == queries[i].name)
            .count();
        if before > 0 {
            let name = format!("{}, query {}", queries[i].name, before + 1);
            queries[i].name = name;
        }
    }
}

/// An address; a relative path of SQLite is taken from the folder of `file`.
fn address(url: &str, file: &Path, place: Place) -> Result<Address, Fault> {
    let url = url.trim();
    if let Some(path) = url.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        let path = path.split('?').next().unwrap_or(path);
        if path.is_empty() {
            return Err(Fault::new(
                place,
                "the address names no file",
                "write it as `sqlite:cases.db`",
            ));
        }
        let base = file.parent().unwrap_or(Path::new(""));
        return Ok(Address::Sqlite(base.join(path)));
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(Address::Postgres(url.to_owned()));
    }
    if url.starts_with("mysql://") || url.starts_with("mariadb://") {
        return Ok(Address::MySql(url.to_owned()));
    }
    if let Some(connection) = url.strip_prefix("odbc:") {
        return of_odbc(connection, place);
    }
    Err(Fault::new(
        place,
        "the address is not one of a database that can be read",
        "write `sqlite:cases.db`, `postgres://…`, `mysql://…` or `odbc:Driver={…};…`",
    ))
}

#[cfg(feature = "odbc")]
fn of_odbc(connection: &str, place: Place) -> Result<Address, Fault> {
    let names_one = odbc::attributes(connection)
        .iter()
        .any(|(key, _)| ["driver", "dsn", "filedsn"].contains(&key.to_lowercase().as_str()));
    if names_one {
        Ok(Address::Odbc(connection.to_owned()))
    } else {
        Err(Fault::new(
            place,
            "the address names neither a driver nor a data source of ODBC",
            "write it as `odbc:Driver={ODBC Driver 18 for SQL Server};Server=…` or `odbc:DSN=…`",
        ))
    }
}

#[cfg(not(feature = "odbc"))]
fn of_odbc(_connection: &str, place: Place) -> Result<Address, Fault> {
    Err(Fault::new(
        place,
        "this corewatch was built without ODBC",
        "build it with `--features odbc` (docs/source.md)",
    ))
}
