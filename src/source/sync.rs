//! One reading of a source: everything from one snapshot, all or nothing.

use std::time::{Duration, Instant as Stopwatch};

use super::cell::Clock;
use super::error::{Refusal, RefusalKind, SourceError};
use super::gate::{Objection, columns_gone, shrunk};
use super::profile::Profile;
use super::read::{Read, read_all};
use super::settle::settle;
use super::staff::settle_staff;
use super::unfit::Unfit;
use super::write::{Written, catalogue, write_timelines};
use crate::calendar::{Day, Instant, Zone};
use crate::case::Symbols;
use crate::document::{Fault, Place};
use crate::store::copy::{self, Reading, Unusable};
use crate::store::{Store, StoreError, Transaction};

/// What to read, and as of when.
#[derive(Debug, Clone, Copy)]
pub struct SyncRequest<'a> {
    /// Whose source.
    pub authority: &'a str,
    /// Its source file.
    pub profile: &'a Profile,
    /// The authority's zone, of which its days are.
    pub zone: Zone,
    /// The instant of the pass.
    pub now: Instant,
    /// Whether a drop, or a column that is gone, is meant and let through.
    pub accept: bool,
}

/// Rows that came, by what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowCounts {
    /// Of `[[source.children]]`.
    pub children: u64,
    /// Of `[[source.periods]]`.
    pub periods: u64,
    /// Of `[[source.events]]`.
    pub events: u64,
    /// Of `[[source.people]]`.
    pub people: u64,
    /// Of `[[source.teams]]`.
    pub teams: u64,
}

impl RowCounts {
    /// All of them.
    pub fn total(self) -> u64 {
        self.children + self.periods + self.events + self.people + self.teams
    }
}

/// What an accepted reading brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SyncOutcome {
    /// Rows that came.
    pub rows: RowCounts,
    /// Rows among them that could not be used.
    pub quarantined: u64,
    /// Ids of the children whose timeline changed, came or went, in order.
    pub changed: Vec<String>,
    /// Children that the copy now holds.
    pub children: u64,
    /// Whether it is the first accepted reading of this authority.
    pub first: bool,
    /// How long it took.
    pub took: Duration,
}

/// Makes one reading of a source: reads everything from one snapshot and moves the copy to it, or
/// changes nothing and says why. Either way it is in the history of readings.
///
/// # Errors
/// [`SourceError::Refused`] where the source cannot be reached or fails, lacks what the contract asks
/// for, or looks broken; [`SourceError::Store`] where the program's own store fails.
pub async fn sync(store: &Store, request: &SyncRequest<'_>) -> Result<SyncOutcome, SourceError> {
    let begun = Stopwatch::now();
    let today = request.zone.day_of(request.now);
    let mut tx = store.snapshot().await?;
    let before = copy::symbols(&mut tx, request.authority).await?;
    tx.commit().await?;
    let mut symbols = before.clone();
    let clock = Clock {
        source: request.profile.timezone.unwrap_or(request.zone),
        authority: request.zone,
    };
    let read = match read_all(request.profile, clock, today, &mut symbols).await {
        Ok(read) => read,
        Err(objections) => {
            return Err(refuse(store, request, today, objections, 0, begun).await?);
        }
    };
    crash_point!(SourceRead);
    let mut tx = store.begin().await?;
    let rows = read.rows.total();
    let objections = weigh(&mut tx, request, &before, &read).await?;
    crash_point!(ReadingWeighed);
    if !objections.is_empty() {
        drop(tx);
        return Err(refuse(store, request, today, objections, rows, begun).await?);
    }
    let outcome = take(&mut tx, request, today, &before, &symbols, read, begun).await?;
    crash_point!(ReadingKept);
    tx.commit().await?;
    crash_point!(CopyCommitted);
    Ok(outcome)
}

/// What speaks against a reading, by what the copy knows.
async fn weigh(
    tx: &mut Transaction,
    request: &SyncRequest<'_>,
    before: &Symbols,
    read: &Read,
) -> Result<Vec<Objection>, StoreError> {
    let authority = request.authority;
    // The names that rows were encoded with must still be the ones that the store has.
    if copy::symbols(tx, authority).await?.names() != before.names() {
        return Ok(vec![Objection {
            kind: RefusalKind::Overtaken,
            fault: Fault::new(
                Place::whole(request.profile.file.display().to_string()),
                "another reading changed the copy meanwhile",
                "run it again",
            ),
        }]);
    }
    if request.accept {
        return Ok(Vec::new());
    }
    let last = copy::query_readings(tx, authority).await?;
    let catalogue = copy::catalogue(tx, authority).await?;
    let mut objections = Vec::new();
    for query in &request.profile.queries {
        let (Some(last), Some(now)) = (last.get(&query.name), read.queries.get(&query.name)) else {
            continue;
        };
        objections.extend(shrunk(request.profile, query, last, now.rows));
        objections.extend(columns_gone(query, last, now, &catalogue));
    }
    Ok(objections)
}

/// Moves the copy to what was read.
async fn take(
    tx: &mut Transaction,
    request: &SyncRequest<'_>,
    today: Day,
    before: &Symbols,
    symbols: &Symbols,
    read: Read,
    begun: Stopwatch,
) -> Result<SyncOutcome, StoreError> {
    let (authority, queries) = (request.authority, &request.profile.queries);
    let Read {
        mut gathered,
        queries: readings,
        columns,
        rows,
    } = read;
    let first = copy::last_accepted(tx, authority).await?.is_none();
    copy::add_symbols(tx, authority, symbols, before.names().len()).await?;
    settle(tx, authority, queries, &mut gathered).await?;
    let held = copy::staff(tx, authority).await?;
    let staff = settle_staff(queries, &mut gathered, held.clone());
    if staff != held {
        copy::put_staff(tx, authority, &staff).await?;
    }
    crash_point!(StaffKept);
    let written = write_timelines(tx, authority, queries, &mut gathered).await?;
    crash_point!(TimelinesKept);
    let known = copy::catalogue(tx, authority).await?;
    let now_known = catalogue(queries, &columns, symbols, &written, &known);
    if now_known != known {
        copy::put_catalogue(tx, authority, &now_known).await?;
    }
    copy::put_query_readings(tx, authority, &readings).await?;
    let unfit = std::mem::take(&mut gathered.unfit);
    let quarantined = unfit.len() as u64;
    let unusable = unusable(request.profile, symbols, unfit);
    copy::put_quarantine(tx, authority, unusable, request.now).await?;
    crash_point!(QuarantineKept);
    let Written {
        changed, children, ..
    } = written;
    let took = begun.elapsed();
    let reading = Reading {
        at: request.now,
        day: today,
        refused: None,
        rows: rows.total(),
        quarantined,
        children,
        changed: changed.len() as u64,
        milliseconds: took.as_millis() as u64,
    };
    copy::put_reading(tx, authority, &reading).await?;
    Ok(SyncOutcome {
        rows,
        quarantined,
        changed,
        children,
        first,
        took,
    })
}

/// The rows for the quarantine, in the order of the queries and their rows.
fn unusable(profile: &Profile, symbols: &Symbols, mut unfit: Vec<Unfit>) -> Vec<Unusable> {
    unfit.sort_by(|a, b| (a.query, a.row, &a.id).cmp(&(b.query, b.row, &b.id)));
    unfit
        .into_iter()
        .map(|unfit| {
            let query = &profile.queries[unfit.query as usize];
            Unusable {
                query: query.name.clone(),
                line: query.place.line as u32,
                key: unfit.key(),
                reason: unfit.reason.text(symbols),
            }
        })
        .collect()
}

/// Puts a refused reading into the history, and gives the error that tells it.
async fn refuse(
    store: &Store,
    request: &SyncRequest<'_>,
    today: Day,
    objections: Vec<Objection>,
    rows: u64,
    begun: Stopwatch,
) -> Result<SourceError, StoreError> {
    let kind = objections
        .first()
        .map_or(RefusalKind::Failed, |objection| objection.kind);
    let lines: Vec<String> = objections.iter().map(|o| o.fault.to_string()).collect();
    let mut tx = store.begin().await?;
    let held = copy::last_accepted(&mut tx, request.authority).await?;
    let reading = Reading {
        at: request.now,
        day: today,
        refused: Some(lines.join("\n")),
        rows,
        quarantined: held.as_ref().map_or(0, |held| held.quarantined),
        children: held.as_ref().map_or(0, |held| held.children),
        changed: 0,
        milliseconds: begun.elapsed().as_millis() as u64,
    };
    copy::put_reading(&mut tx, request.authority, &reading).await?;
    tx.commit().await?;
    Ok(SourceError::Refused(Refusal {
        authority: request.authority.to_owned(),
        kind,
        lines,
    }))
}
