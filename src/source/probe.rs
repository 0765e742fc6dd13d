//! A source tried for `corewatch check`: connected to, each query looked at and its first rows read,
//! without touching the copy.

use std::collections::BTreeSet;

use super::cell::Clock;
use super::columns::class;
use super::database::{Database, More};
use super::gate::Objection;
use super::gather::{Frame, Gathered};
use super::profile::{Profile, Query};
use super::read::{failed, open, prepare, prepare_changed};
use super::since::Since;
use crate::calendar::{Instant, Zone};
use crate::case::{Class, Symbols};
use crate::document::Fault;

/// What a source gave when it was tried.
#[derive(Debug, Clone, Default)]
pub struct Probe {
    /// What keeps it from being read, each with its place in the source file.
    pub faults: Vec<Fault>,
    /// Each query that could be read, in the order of the file's kinds.
    pub queries: Vec<QueryProbe>,
    /// Whether the account could write, where the database says: it should not be able to.
    pub could_write: Option<bool>,
    columns: Vec<QueryColumns>,
}

/// Which attributes a query of periods or events yields.
#[derive(Debug, Clone)]
struct QueryColumns {
    class: Class,
    /// Where `None`, its rows say their kind.
    kind: Option<String>,
    /// `None` where the query could not be looked at.
    names: Option<BTreeSet<String>>,
}

impl Probe {
    /// The attributes that some query of a kind yields; `None` where one that may yield rows of that
    /// kind could not be looked at.
    pub fn columns(&self, class: Class, kind: &str) -> Option<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        for query in &self.columns {
            if query.class == class && query.kind.as_ref().is_none_or(|fixed| fixed == kind) {
                names.extend(query.names.as_ref()?.iter().cloned());
            }
        }
        Some(names)
    }
}

/// What one query gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryProbe {
    /// Its name with its line: `events visit (line 14)`.
    pub query: String,
    /// The attributes that it yields, in lower case.
    pub attributes: Vec<String>,
    /// How many rows were read, at most as many as were asked for.
    pub rows: u64,
    /// Those among them that would go to quarantine by themselves, each as `key: reason`. Unknown
    /// children and ids that come twice only a whole reading finds.
    pub unusable: Vec<String>,
}

/// Tries a source: at most `limit` rows of each query are read.
pub async fn probe(profile: &Profile, zone: Zone, now: Instant, limit: u64) -> Probe {
    let clock = Clock {
        source: profile.timezone.unwrap_or(zone),
        authority: zone,
    };
    let columns = profile.queries.iter().filter_map(|query| {
        Some(QueryColumns {
            class: class(query.subject)?,
            kind: query.kind.clone(),
            names: None,
        })
    });
    let mut probe = Probe {
        columns: columns.collect(),
        ..Probe::default()
    };
    let mut next_columns = 0;
    let mut database = match open(profile, clock).await {
        Ok(database) => database,
        Err(objection) => {
            probe.faults.push(objection.fault);
            return probe;
        }
    };
    let mut symbols = Symbols::default();
    for query in &profile.queries {
        let frame = Try {
            query,
            clock,
            now,
            limit,
        };
        let tried = frame.run(&mut database, &mut symbols).await;
        if class(query.subject).is_some() {
            let names = tried.as_ref().ok().map(|tried| &tried.attributes);
            probe.columns[next_columns].names = names.map(|n| n.iter().cloned().collect());
            next_columns += 1;
        }
        match tried {
            Ok(tried) => {
                let cut_short = limit > 0 && tried.rows == limit;
                probe.queries.push(tried);
                // Rows that nobody asked for any more would still all be sent: a new connection is
                // quicker than the rest of a big table.
                if cut_short {
                    match open(profile, clock).await {
                        Ok(anew) => database = anew,
                        Err(objection) => {
                            probe.faults.push(objection.fault);
                            return probe;
                        }
                    }
                }
            }
            Err(objections) => {
                probe
                    .faults
                    .extend(objections.into_iter().map(|objection| objection.fault));
                if database.recover().await.is_err() {
                    break;
                }
            }
        }
    }
    // What cannot be asked is not known: the rights of an account are no part of the contract.
    probe.could_write = database.could_write().await.ok().flatten();
    database.close().await;
    probe
}

struct Try<'p> {
    query: &'p Query,
    clock: Clock,
    now: Instant,
    limit: u64,
}

impl Try<'_> {
    async fn run(
        &self,
        database: &mut Database,
        symbols: &mut Symbols,
    ) -> Result<QueryProbe, Vec<Objection>> {
        let (prepared, layout) = prepare(database, self.query, symbols).await?;
        let since = Since::new(self.now, self.now, self.clock.source);
        prepare_changed(database, self.query, &prepared, since, symbols).await?;
        let frame = Frame {
            query: 0,
            subject: self.query.subject,
            kind: self.query.kind.as_deref().map(|kind| symbols.intern(kind)),
            layout: &layout,
            clock: self.clock,
            today: self.clock.authority.day_of(self.now),
        };
        let mut gathered = Gathered::default();
        let mut rows = 0u32;
        if self.limit > 0 {
            database
                .each_row(&prepared, &mut |cells| {
                    rows = rows.saturating_add(1);
                    match gathered.take(&frame, symbols, rows, cells) {
                        More::Yes if u64::from(rows) < self.limit => More::Yes,
                        _ => More::No,
                    }
                })
                .await
                .map_err(|error| vec![failed(self.query, &error)])?;
        }
        let attributes = match class(self.query.subject) {
            Some(_) => layout
                .attributes
                .iter()
                .map(|attribute| symbols.name(attribute.name).to_owned())
                .collect(),
            None => Vec::new(),
        };
        Ok(QueryProbe {
            query: self.query.label(),
            attributes,
            rows: rows.into(),
            unusable: gathered
                .unfit
                .iter()
                .map(|unfit| format!("{}: {}", unfit.key(), unfit.reason.text(symbols)))
                .collect(),
        })
    }
}
