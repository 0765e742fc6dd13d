//! What was settled, written into the copy: only the timelines that changed.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::columns::class;
use super::gather::Gathered;
use super::plan::FixedKinds;
use super::profile::Query;
use super::row_digest::row_digest;
use super::settle::{PAGE, class_of, decode};
use crate::case::{
    Attributes, Catalogue, Child, Class, Event, Period, Symbol, Symbols, encode_timeline,
};
use crate::store::copy::{self, StoredTimeline};
use crate::store::{StoreError, Transaction};

/// What the writing came to.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Children whose timeline changed, came or went, in order.
    pub(super) changed: Vec<String>,
    /// Children that the copy now holds.
    pub(super) children: u64,
    /// Digests of the ids of all rows, where they were asked for.
    pub(super) digests: Vec<u64>,
    /// Whether `counts` are what came on top of what the copy held.
    beyond_the_copy: bool,
    counts: FxHashMap<(Class, Symbol), Counts>,
    /// The kinds of the rows of each query.
    kinds: BTreeSet<(u32, Symbol)>,
}

/// How many rows there are, or how many more than the copy held.
#[derive(Debug, Default)]
struct Counts {
    rows: i64,
    about: i64,
    carried: FxHashMap<Symbol, i64>,
}

impl Counts {
    /// Counts a row once more, or once less.
    fn count(&mut self, step: i64, attributes: Attributes<'_>, about: bool) {
        self.rows += step;
        self.about += step * i64::from(about);
        for (name, _) in attributes.iter() {
            *self.carried.entry(name).or_default() += step;
        }
    }
}

/// The children to keep, in the order of their ids; their entries are brought together.
fn in_order(gathered: &mut Gathered) -> Vec<u32> {
    gathered
        .entries
        .sort_unstable_by_key(|entry| (entry.child, entry.offset));
    let mut order: Vec<u32> = (0..gathered.children.len() as u32)
        .filter(|child| gathered.children[*child as usize].known)
        .collect();
    order.sort_unstable_by(|a, b| {
        let id = |child: &u32| &gathered.children[*child as usize].id;
        id(a).cmp(id(b))
    });
    order
}

/// Makes the timelines of the children that anything came of those of `gathered`, and leaves all
/// others as they are. `touched` is what the copy holds of these children.
///
/// # Errors
/// Where the store fails.
pub(super) async fn write_touched(
    tx: &mut Transaction,
    authority: &str,
    queries: &[Query],
    gathered: &mut Gathered,
    touched: &BTreeMap<u32, Vec<u8>>,
) -> Result<Written, StoreError> {
    let mut written = Written {
        beyond_the_copy: true,
        ..Written::default()
    };
    let mut changed = Vec::new();
    for child in in_order(gathered) {
        let bytes = encode(queries, gathered, child, None, &mut written)?;
        let held = touched.get(&child);
        if let Some(timeline) = held.and_then(|held| decode(held)) {
            for period in &timeline.periods {
                let counts = written.counts.entry((Class::Period, period.kind));
                counts.or_default().count(-1, period.attributes, false);
            }
            for event in &timeline.events {
                let counts = written
                    .counts
                    .entry((Class::Event, event.kind))
                    .or_default();
                counts.count(-1, event.attributes, event.about.is_some());
            }
        }
        if held.is_none_or(|held| *held != bytes) {
            let child_id = gathered.children[child as usize].id.to_string();
            written.changed.push(child_id.clone());
            changed.push(StoredTimeline { child_id, bytes });
        }
        if changed.len() == PAGE as usize {
            copy::put_timelines(tx, authority, std::mem::take(&mut changed)).await?;
        }
    }
    copy::put_timelines(tx, authority, changed).await?;
    written.children = copy::children(tx, authority).await?;
    Ok(written)
}

/// Makes the authority's timelines in the copy those of `gathered`. With `fixed`, digests of all
/// their rows' ids are made.
///
/// # Errors
/// Where the store fails.
pub(super) async fn write_timelines(
    tx: &mut Transaction,
    authority: &str,
    queries: &[Query],
    gathered: &mut Gathered,
    fixed: Option<&FixedKinds>,
) -> Result<Written, StoreError> {
    let mut written = Written::default();
    let mut next = in_order(gathered).into_iter().peekable();
    let mut after = String::new();
    loop {
        let page = copy::timelines_after(tx, authority, &after, PAGE).await?;
        let last_page = page.len() < PAGE as usize;
        let mut gone = Vec::new();
        let mut page = page.into_iter().peekable();
        let mut changed = Vec::new();
        loop {
            let held_id = page.peek().map(|held| held.child_id.as_str());
            let own_id = next
                .peek()
                .map(|child| &*gathered.children[*child as usize].id);
            let (take_held, take_own) = match (held_id, own_id) {
                (None, None) => break,
                // Beyond this page there may be more of the copy: the rest waits for the next one.
                (None, Some(_)) if !last_page => break,
                (None, Some(_)) => (false, true),
                (Some(_), None) => (true, false),
                (Some(held), Some(own)) => (held <= own, own <= held),
            };
            let held = if take_held { page.next() } else { None };
            let own = if take_own { next.next() } else { None };
            match (held, own) {
                (held, Some(child)) => {
                    let bytes = encode(queries, gathered, child, fixed, &mut written)?;
                    written.children += 1;
                    if held.as_ref().is_none_or(|held| held.bytes != bytes) {
                        let child_id = gathered.children[child as usize].id.to_string();
                        written.changed.push(child_id.clone());
                        changed.push(StoredTimeline { child_id, bytes });
                    }
                    if changed.len() == PAGE as usize {
                        copy::put_timelines(tx, authority, std::mem::take(&mut changed)).await?;
                    }
                    if let Some(held) = held {
                        after = held.child_id;
                    }
                }
                (Some(held), None) => {
                    written.changed.push(held.child_id.clone());
                    gone.push(held.child_id.clone());
                    after = held.child_id;
                }
                (None, None) => break,
            }
        }
        copy::put_timelines(tx, authority, changed).await?;
        copy::delete_timelines(tx, authority, &gone).await?;
        if last_page {
            return Ok(written);
        }
    }
}

/// One child's timeline, counted as it is made.
fn encode(
    queries: &[Query],
    gathered: &Gathered,
    child: u32,
    fixed: Option<&FixedKinds>,
    written: &mut Written,
) -> Result<Vec<u8>, StoreError> {
    let damaged = |_| StoreError::Damaged("a row that was just gathered".to_owned());
    let start = gathered
        .entries
        .partition_point(|entry| entry.child < child);
    let mut periods: Vec<Period<'_>> = Vec::new();
    let mut events: Vec<Event<'_>> = Vec::new();
    for entry in gathered.entries[start..]
        .iter()
        .take_while(|entry| entry.child == child)
    {
        let at = entry.offset as usize;
        let tag = gathered.rows.tag(at).map_err(damaged)?;
        let class = class_of(queries, tag);
        let (kind, id) = match class {
            Class::Period => {
                let period = gathered.rows.period(at).map_err(damaged)?;
                let counts = written.counts.entry((class, period.kind)).or_default();
                counts.count(1, period.attributes, false);
                periods.push(period);
                (period.kind, period.id)
            }
            Class::Event => {
                let event = gathered.rows.event(at).map_err(damaged)?;
                let counts = written.counts.entry((class, event.kind)).or_default();
                counts.count(1, event.attributes, event.about.is_some());
                events.push(event);
                (event.kind, event.id)
            }
        };
        if let Some(fixed) = fixed {
            written.digests.push(row_digest(fixed, class, kind, id));
        }
        if !written.kinds.contains(&(tag, kind)) {
            written.kinds.insert((tag, kind));
        }
    }
    let row = &gathered.children[child as usize];
    let header = Child {
        id: &row.id,
        case_ref: row.case_ref.as_deref().unwrap_or(""),
        team_id: row.team_id.as_deref(),
        born: row.born,
    };
    Ok(encode_timeline(&header, &mut periods, &mut events))
}

/// What the copy now holds by kind. `columns` are the attributes that each query yields; the kinds of
/// a query with a column `kind` are those that it yielded now, and those that the copy knew before.
pub(super) fn catalogue(
    queries: &[Query],
    columns: &[Vec<Symbol>],
    symbols: &Symbols,
    written: &Written,
    before: &Catalogue,
) -> Catalogue {
    let mut kinds = match written.beyond_the_copy {
        true => before.kinds.clone(),
        false => BTreeMap::new(),
    };
    for ((class, kind), counts) in &written.counts {
        let facts = kinds
            .entry((*class, symbols.name(*kind).to_owned()))
            .or_default();
        facts.rows = facts.rows.saturating_add_signed(counts.rows);
        facts.about = facts.about.saturating_add_signed(counts.about);
        for (name, rows) in &counts.carried {
            let carried = facts.carried.entry(symbols.name(*name).to_owned());
            let carried = carried.or_default();
            *carried = carried.saturating_add_signed(*rows);
        }
    }
    for facts in kinds.values_mut() {
        facts.carried.retain(|_, rows| *rows > 0);
        facts.columns = facts.carried.keys().cloned().collect();
    }
    for ((number, query), columns) in (0u32..).zip(queries).zip(columns) {
        let Some(class) = class(query.subject) else {
            continue;
        };
        let of_query: BTreeSet<String> = match &query.kind {
            Some(kind) => BTreeSet::from([kind.clone()]),
            None => {
                let now = written.kinds.iter().filter(|(tag, _)| *tag == number);
                let now = now.map(|(_, kind)| symbols.name(*kind).to_owned());
                let fixed = |kind: &String| {
                    queries
                        .iter()
                        .any(|q| q.subject == query.subject && q.kind.as_ref() == Some(kind))
                };
                let known = before.kinds.keys();
                let known = known.filter(|(c, kind)| *c == class && !fixed(kind));
                now.chain(known.map(|(_, kind)| kind.clone())).collect()
            }
        };
        for kind in of_query {
            let facts = kinds.entry((class, kind)).or_default();
            facts
                .columns
                .extend(columns.iter().map(|name| symbols.name(*name).to_owned()));
        }
    }
    Catalogue { kinds }
}
