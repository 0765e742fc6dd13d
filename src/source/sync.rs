//! One reading of a source: everything from one snapshot, all or nothing.

use std::time::{Duration, Instant as Stopwatch};

use super::carry::Carried;
use super::cell::Clock;
use super::error::{Refusal, RefusalKind, SourceError};
use super::gate::{Objection, columns_gone, shrunk};
use super::gather::Gathered;
use super::plan::{Base, FixedKinds, Plan};
use super::profile::Profile;
use super::read::{self, Read, ReadFailure, read_all};
use super::row_digest;
use super::settle::settle;
use super::staff::settle_staff;
use super::unfit::{Reason, Unfit};
use super::write::{Written, catalogue, write_timelines, write_touched};
use crate::calendar::{Day, Instant, Zone};
use crate::case::Symbols;
use crate::document::{Fault, Place};
use crate::store::copy::{self, Reading, Unusable};
use crate::store::{Store, StoreError, Transaction, history};

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
    /// Whether a drop, or a column that is gone, is meant and let through; everything is read then.
    pub accept: bool,
    /// Whether everything is read, also where only what changed would be.
    pub full: bool,
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
    /// Whether everything was read, and not only what changed.
    pub whole: bool,
    /// How long it took.
    pub took: Duration,
}

/// Makes one reading of a source: reads everything, or what changed, from one snapshot and moves the
/// copy to it, or changes nothing and says why. Either way it is in the history of readings.
///
/// # Errors
/// [`SourceError::Refused`] where the source cannot be reached or fails, lacks what the contract asks
/// for, or looks broken; [`SourceError::Store`] where the program's own store fails.
pub async fn sync(store: &Store, request: &SyncRequest<'_>) -> Result<SyncOutcome, SourceError> {
    let begun = Stopwatch::now();
    let today = request.zone.day_of(request.now);
    let mut tx = store.snapshot().await?;
    let base = Base::of(&mut tx, request.authority).await?;
    tx.commit().await?;
    let mut symbols = base.symbols.clone();
    let clock = Clock {
        source: request.profile.timezone.unwrap_or(request.zone),
        authority: request.zone,
    };
    let mut plan = Plan::new(request, clock, &base);
    let reading = read::Reading {
        store,
        authority: request.authority,
        profile: request.profile,
        clock,
        now: request.now,
        today,
        base: &base,
    };
    let (read, carried) = match read_all(&reading, &mut plan, &mut symbols).await {
        Ok(read) => read,
        Err(ReadFailure::Store(error)) => return Err(error.into()),
        Err(ReadFailure::Source(objections)) => {
            return Err(refuse(store, request, today, objections, 0, begun).await?);
        }
    };
    crash_point!(SourceRead);
    let mut tx = store.begin().await?;
    let rows = read.rows.total();
    let objections = weigh(&mut tx, request, &base, &plan, &read).await?;
    crash_point!(ReadingWeighed);
    if !objections.is_empty() {
        drop(tx);
        return Err(refuse(store, request, today, objections, rows, begun).await?);
    }
    let taking = Taking {
        request,
        today,
        base: &base,
        symbols: &symbols,
        begun,
    };
    let outcome = taking.take(&mut tx, read, carried).await?;
    crash_point!(ReadingKept);
    tx.commit().await?;
    crash_point!(CopyCommitted);
    Ok(outcome)
}

/// What speaks against a reading, by what the copy knows.
async fn weigh(
    tx: &mut Transaction,
    request: &SyncRequest<'_>,
    base: &Base,
    plan: &Plan,
    read: &Read,
) -> Result<Vec<Objection>, StoreError> {
    let authority = request.authority;
    // The names that rows were encoded with, and the reading that changes go on from, must still be
    // the ones that the store has.
    if copy::symbols(tx, authority).await?.names() != base.symbols.names()
        || !plan.reads_everything() && copy::last_accepted(tx, authority).await? != base.last
    {
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
        // Of a query of which only changes were read, `rows` is still that of the last full reading.
        objections.extend(shrunk(request.profile, query, last, now.rows));
        objections.extend(columns_gone(query, last, now, &catalogue));
    }
    Ok(objections)
}

/// What an accepted reading goes by.
struct Taking<'t> {
    request: &'t SyncRequest<'t>,
    today: Day,
    base: &'t Base,
    symbols: &'t Symbols,
    begun: Stopwatch,
}

impl Taking<'_> {
    /// Moves the copy to what was read.
    async fn take(
        &self,
        tx: &mut Transaction,
        read: Read,
        carried: Option<Carried>,
    ) -> Result<SyncOutcome, StoreError> {
        let request = self.request;
        let (authority, queries) = (request.authority, &request.profile.queries);
        let Read {
            mut gathered,
            queries: readings,
            columns,
            rows,
        } = read;
        let names_before = self.base.symbols.names().len();
        history::turn_to(tx, authority, self.today).await?;
        copy::add_symbols(tx, authority, self.symbols, names_before).await?;
        let fixed = FixedKinds::of(queries, self.symbols);
        settle(
            tx,
            authority,
            queries,
            &fixed,
            &mut gathered,
            carried.as_ref(),
        )
        .await?;
        let held = copy::staff(tx, authority).await?;
        let staff = settle_staff(queries, &mut gathered, held.clone());
        if staff != held {
            copy::put_staff(tx, authority, &staff).await?;
        }
        crash_point!(StaffKept);
        let written = self.write(tx, &mut gathered, carried.as_ref()).await?;
        crash_point!(TimelinesKept);
        let known = copy::catalogue(tx, authority).await?;
        let now_known = catalogue(queries, &columns, self.symbols, &written, &known);
        if now_known != known {
            copy::put_catalogue(tx, authority, &now_known).await?;
        }
        if readings != self.base.queries {
            copy::put_query_readings(tx, authority, &readings).await?;
        }
        let unfit = std::mem::take(&mut gathered.unfit);
        let whole = carried.is_none();
        let stay = carried.map(|carried| carried.unusable).unwrap_or_default();
        let unusable = unusable(request.profile, self.symbols, stay, unfit);
        let quarantined = unusable.len() as u64;
        copy::put_quarantine(tx, authority, unusable, request.now).await?;
        crash_point!(QuarantineKept);
        let Written {
            changed, children, ..
        } = written;
        let took = self.begun.elapsed();
        let reading = Reading {
            at: request.now,
            day: self.today,
            refused: None,
            rows: rows.total(),
            quarantined,
            children,
            changed: changed.len() as u64,
            milliseconds: took.as_millis() as u64,
            whole,
        };
        copy::put_reading(tx, authority, &reading).await?;
        Ok(SyncOutcome {
            rows,
            quarantined,
            changed,
            children,
            first: self.base.last.is_none(),
            whole,
            took,
        })
    }

    /// Writes the timelines, and the digests of rows where readings of changes will want them.
    async fn write(
        &self,
        tx: &mut Transaction,
        gathered: &mut Gathered,
        carried: Option<&Carried>,
    ) -> Result<Written, StoreError> {
        let (authority, queries) = (self.request.authority, &self.request.profile.queries);
        if let Some((carried, touched)) = carried.and_then(|c| Some((c, c.touched.as_ref()?))) {
            let written = write_touched(tx, authority, queries, gathered, touched).await?;
            row_digest::add(tx, authority, &carried.new).await?;
            return Ok(written);
        }
        if queries.iter().all(|query| query.changed.is_none()) {
            return write_timelines(tx, authority, queries, gathered, None).await;
        }
        let fixed = FixedKinds::of(queries, self.symbols);
        let mut written = write_timelines(tx, authority, queries, gathered, Some(&fixed)).await?;
        row_digest::put_all(tx, authority, std::mem::take(&mut written.digests)).await?;
        Ok(written)
    }
}

/// The rows for the quarantine, in the order of the queries and their rows; of each query those that
/// stay in it come first.
fn unusable(
    profile: &Profile,
    symbols: &Symbols,
    mut stay: Vec<Unusable>,
    mut unfit: Vec<Unfit>,
) -> Vec<Unusable> {
    unfit.sort_by(|a, b| (a.query, a.row, &a.id).cmp(&(b.query, b.row, &b.id)));
    let came = unfit.into_iter().map(|unfit| {
        let query = &profile.queries[unfit.query as usize];
        Unusable {
            query: query.name.clone(),
            line: query.place.line as u32,
            key: unfit.key(),
            reason: unfit.reason.text(symbols),
            row_id: unfit.id.map(Into::into),
            kind: unfit.kind.map(|kind| symbols.name(kind).to_owned()),
            waits_for_child: unfit.waits_for_child.map(Into::into),
            waits_for_day: unfit.waits_for_day,
            twice: unfit.reason == Reason::Twice,
        }
    });
    stay.extend(came);
    let place = |row: &Unusable| profile.queries.iter().position(|q| q.name == row.query);
    stay.sort_by_cached_key(place);
    stay
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
        whole: false,
    };
    copy::put_reading(&mut tx, request.authority, &reading).await?;
    tx.commit().await?;
    Ok(SourceError::Refused(Refusal {
        authority: request.authority.to_owned(),
        kind,
        lines,
    }))
}
