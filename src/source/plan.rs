//! How each query is read in a pass: in full, or only what changed since the last reading.
//!
//! Queries whose rows may be of one kind go together: of a row in the copy it must be certain whether
//! a reading would have shown it. Staff and teams are few, and always read in full.

use rustc_hash::FxHashSet;
use sha2::{Digest, Sha256};

use super::cell::Clock;
use super::columns::class;
use super::profile::{Profile, Query, Subject};
use super::since::Since;
use super::sync::SyncRequest;
use crate::case::{Class, Symbol, Symbols};
use crate::store::copy::{self, QueryReading, Reading, Unusable};
use crate::store::{StoreError, Transaction};

/// A pass that comes so many seconds early, by a timer's jitter, reads everything all the same.
const EARLY: i64 = 300;

/// Counted up where readings of changes would no longer fit what an older program has kept.
const FORMAT: &str = "1";

/// What the copy knows before a reading.
pub(super) struct Base {
    pub(super) symbols: Symbols,
    pub(super) last: Option<Reading>,
    whole: Option<Reading>,
    pub(super) queries: std::collections::BTreeMap<String, QueryReading>,
    pub(super) unusable: Vec<Unusable>,
}

impl Base {
    pub(super) async fn of(tx: &mut Transaction, authority: &str) -> Result<Base, StoreError> {
        Ok(Base {
            symbols: copy::symbols(tx, authority).await?,
            last: copy::last_accepted(tx, authority).await?,
            whole: copy::last_whole(tx, authority).await?,
            queries: copy::query_readings(tx, authority).await?,
            unusable: copy::unusable(tx, authority).await?,
        })
    }
}

/// How each query of a profile is read.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// Where `None`, everything is read.
    pub(super) since: Option<Since>,
    /// By query, whether it is read in full.
    whole: Vec<bool>,
}

impl Plan {
    pub(super) fn new(request: &SyncRequest<'_>, clock: Clock, base: &Base) -> Plan {
        let profile = request.profile;
        let everything = Plan {
            since: None,
            whole: vec![true; profile.queries.len()],
        };
        let (Some(last), Some(whole)) = (&base.last, &base.whole) else {
            return everything;
        };
        let due = whole.at.plus_seconds(profile.full.seconds - EARLY);
        if request.full || request.accept || request.now < last.at || request.now >= due {
            return everything;
        }
        let as_before = base.queries.len() == profile.queries.len()
            && profile.queries.iter().all(|query| {
                base.queries.get(&query.name).is_some_and(|before| {
                    before.digest == digest(&query.sql)
                        && before.changes == changes(profile, query, clock)
                })
            });
        if !as_before {
            return everything;
        }
        let since = last.at.plus_seconds(-profile.overlap.seconds);
        let whole = profile.queries.iter().map(|query| query.changed.is_none());
        let mut plan = Plan {
            since: Some(Since::new(since, request.now, clock.source)),
            whole: whole.collect(),
        };
        plan.join(&profile.queries);
        plan
    }

    /// Whether a query is read in full.
    pub(super) fn is_whole(&self, query: usize) -> bool {
        self.whole.get(query).is_none_or(|whole| *whole)
    }

    /// Whether nothing is read by what changed: the copy becomes what is read.
    pub(super) fn reads_everything(&self) -> bool {
        self.since.is_none() || self.whole.iter().all(|whole| *whole)
    }

    /// Whether all queries of a subject are read by what changed.
    pub(super) fn is_changes_of(&self, subject: Subject, queries: &[Query]) -> bool {
        let mut of_it = queries.iter().zip(&self.whole);
        !of_it.any(|(query, whole)| query.subject == subject && *whole)
    }

    /// Whether every child of the copy has to be looked at, because rows of some kind, or children,
    /// are all read.
    pub(super) fn looks_at_all(&self, queries: &[Query]) -> bool {
        [Subject::Children, Subject::Periods, Subject::Events]
            .iter()
            .any(|subject| !self.is_changes_of(*subject, queries))
    }

    /// Has these queries read in full, and those that go with them.
    pub(super) fn read_whole(
        &mut self,
        numbers: impl IntoIterator<Item = usize>,
        queries: &[Query],
    ) {
        for number in numbers {
            self.whole[number] = true;
        }
        self.join(queries);
    }

    fn join(&mut self, queries: &[Query]) {
        // Twice: a query without a kind goes with all of its subject, and those then with each other.
        for _ in 0..2 {
            for a in 0..queries.len() {
                for b in 0..queries.len() {
                    self.whole[b] |= self.whole[a] && go_together(&queries[a], &queries[b]);
                }
            }
        }
    }
}

/// Whether rows of both may be of one kind.
fn go_together(a: &Query, b: &Query) -> bool {
    a.subject == b.subject && (a.kind.is_none() || b.kind.is_none() || a.kind == b.kind)
}

/// The kinds that some query fixes: a row of such a kind stays of it, while one of a query with a
/// column `kind` may change from one to another.
pub(super) struct FixedKinds(FxHashSet<(Class, Symbol)>);

impl FixedKinds {
    pub(super) fn of(queries: &[Query], symbols: &Symbols) -> FixedKinds {
        let fixed = queries.iter().filter_map(|query| {
            let kind = symbols.get(query.kind.as_deref()?)?;
            Some((class(query.subject)?, kind))
        });
        FixedKinds(fixed.collect())
    }

    pub(super) fn holds(&self, class: Class, kind: Symbol) -> bool {
        self.0.contains(&(class, kind))
    }
}

/// A digest of a text, in hexadecimal digits.
pub(super) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A digest of all that a reading of a query's changes depends on: where it is another one, the last
/// reading is nothing to go on from.
pub(super) fn changes(profile: &Profile, query: &Query, clock: Clock) -> String {
    let address = profile.address.as_ref().map(ToString::to_string);
    digest(&format!(
        "{FORMAT}\n{}\n{}\n{}\n{}",
        clock.source.0.name(),
        clock.authority.0.name(),
        address.unwrap_or_default(),
        query.changed.as_ref().map_or("", |changed| &changed.sql),
    ))
}
