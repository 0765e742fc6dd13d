//! A source tried for `corewatch check`: connected to, each query looked at and its first rows read,
//! without touching the copy.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::Clock;
use super::columns::class;
use super::database::{Database, More};
use super::gate::Objection;
use super::gather::{Frame, Gathered};
use super::profile::{Profile, Query};
use super::read::{column_names, failed, open, prepare, prepare_changed};
use super::sample::sample;
use super::since::Since;
use crate::calendar::{Instant, Zone};
use crate::case::{Catalogue, Class, KindFacts, Symbols};
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
    /// What the rows that were read carry, by kind.
    kinds: BTreeMap<(Class, String), KindFacts>,
    /// Whether some rows are of kinds that nobody knows: a query that says its kinds row by row was
    /// not read to its end, or a query could not be read.
    kinds_unknown: bool,
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
    /// What a first reading is sure to find by kind, so that it can be said which rules will be
    /// unmeasured; an attribute of a query that was not read to its end counts as carried. `None`
    /// where that cannot be said.
    pub fn catalogue(&self) -> Option<Catalogue> {
        (!self.kinds_unknown).then(|| Catalogue {
            kinds: self.kinds.clone(),
        })
    }

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
    /// Its name alone, as readings know it.
    pub name: String,
    /// All columns that it yields, in lower case.
    pub columns: BTreeSet<String>,
    /// Whether there may be more rows than were read.
    pub cut_short: bool,
    /// The attributes that it yields, in lower case.
    pub attributes: Vec<String>,
    /// How many rows were read, at most as many as were asked for.
    pub rows: u64,
    /// Those among them that would go to quarantine by themselves, each as `key: reason`. Unknown
    /// children and ids that come twice only a whole reading finds.
    pub unusable: Vec<String>,
    /// The first rows as they were decoded, with ids masked and no text of an attribute.
    pub samples: Vec<String>,
}

/// Rows that are shown of each query: enough to see whether its columns are understood.
const SAMPLES: usize = 3;

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
            probe.kinds_unknown = true;
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
        let tried = frame
            .run(&mut database, &mut symbols, &mut probe.kinds)
            .await;
        if class(query.subject).is_some() {
            let names = tried.as_ref().ok().map(|tried| &tried.attributes);
            probe.columns[next_columns].names = names.map(|n| n.iter().cloned().collect());
            next_columns += 1;
        }
        match tried {
            Ok(tried) => {
                let cut_short = limit > 0 && tried.cut_short;
                let kinds_unknown = class(query.subject).is_some() && query.kind.is_none();
                probe.kinds_unknown |= cut_short && kinds_unknown;
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
                probe.kinds_unknown = true;
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
        kinds: &mut BTreeMap<(Class, String), KindFacts>,
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
        let mut samples = Vec::new();
        if self.limit > 0 {
            database
                .each_row(&prepared, &mut |cells| {
                    rows = rows.saturating_add(1);
                    if samples.len() < SAMPLES {
                        samples.push(sample(&frame, symbols, cells));
                    }
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
        let cut_short = u64::from(rows) == self.limit;
        if let Some(class) = class(self.query.subject) {
            self.count(class, &gathered, symbols, &attributes, cut_short, kinds);
        }
        Ok(QueryProbe {
            query: self.query.label(),
            name: self.query.name.clone(),
            columns: column_names(&prepared),
            cut_short,
            attributes,
            rows: rows.into(),
            unusable: gathered
                .unfit
                .iter()
                .map(|unfit| format!("{}: {}", unfit.key(), unfit.reason.text(symbols)))
                .collect(),
            samples,
        })
    }

    /// Adds to `kinds` what the rows of the query carry; of one that was cut short, every attribute
    /// may be carried further on.
    fn count(
        &self,
        class: Class,
        gathered: &Gathered,
        symbols: &Symbols,
        attributes: &[String],
        cut_short: bool,
        kinds: &mut BTreeMap<(Class, String), KindFacts>,
    ) {
        if let Some(kind) = &self.query.kind {
            let facts = kinds.entry((class, kind.clone())).or_default();
            facts.columns.extend(attributes.iter().cloned());
            if cut_short {
                for attribute in attributes {
                    *facts.carried.entry(attribute.clone()).or_default() += 1;
                }
                facts.about += 1;
            }
        }
        for entry in &gathered.entries {
            let offset = entry.offset as usize;
            let row = match class {
                Class::Period => gathered
                    .rows
                    .period(offset)
                    .map(|row| (row.kind, false, row.attributes)),
                Class::Event => gathered
                    .rows
                    .event(offset)
                    .map(|row| (row.kind, row.about.is_some(), row.attributes)),
            };
            // Rows that were put there a moment ago can be read.
            let Ok((kind, about, attributes)) = row else {
                continue;
            };
            let kind = (class, symbols.name(kind).to_owned());
            let facts = kinds.entry(kind).or_default();
            facts.rows += 1;
            facts.about += u64::from(about);
            for (name, _) in attributes.iter() {
                let name = symbols.name(name).to_owned();
                *facts.carried.entry(name).or_default() += 1;
            }
        }
    }
}
