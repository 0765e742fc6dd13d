//! An authority's copy as it was at the end of a past day.

use std::collections::{BTreeMap, BTreeSet};

use super::{Authority, Cases, EvaluationError};
use crate::calendar::{Day, Instant};
use crate::case::{Catalogue, Class, KindFacts, Symbol, Symbols, Timeline};
use crate::report::{Cell, Quarantined};
use crate::rules::RuleSet;
use crate::store::copy::Reading;
use crate::store::{StoreError, Transaction, copy, history};

/// How many timelines of the copy are read at a time.
const PAGE: u32 = 1000;

/// What is known of a past day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Past {
    /// The day whose records stand for it: itself, or the first whose records are kept.
    pub(super) day: Day,
    /// The pass that had read them.
    pub(super) read_at: Instant,
    /// Rows of it that could not be used.
    quarantined: u64,
    /// The first day whose records are kept, where the day asked about lies before it.
    pub(super) records_from: Option<Day>,
}

impl Past {
    /// The rows that could not be used then: of a past day only their number is kept.
    pub(super) fn quarantined(self) -> Vec<Quarantined> {
        let rows = Quarantined {
            query: String::new(),
            reason: String::new(),
            rows: Cell::Count(self.quarantined),
        };
        if self.quarantined == 0 {
            Vec::new()
        } else {
            vec![rows]
        }
    }
}

/// What is known of the records at the end of `as_at`; `None` where they are what the copy holds now.
pub(super) async fn of(
    tx: &mut Transaction,
    authority: &str,
    last: &Reading,
    as_at: Day,
) -> Result<Option<Past>, StoreError> {
    if last.day <= as_at {
        return Ok(None);
    }
    let begun = history::begun(tx, authority).await?.unwrap_or(last.day);
    let day = as_at.max(begun);
    let reading = copy::last_accepted_by(tx, authority, day).await?;
    let reading = reading.as_ref().unwrap_or(last);
    Ok(Some(Past {
        day,
        read_at: reading.at,
        quarantined: reading.quarantined,
        records_from: (as_at < begun).then_some(begun),
    }))
}

/// The cases as they were at the end of `day`, with the rules as they are now, and what could be
/// judged then.
pub(super) async fn cases(
    tx: &mut Transaction,
    authority: &Authority,
    day: Day,
) -> Result<Cases, EvaluationError> {
    let id = &authority.settings.id;
    let mut symbols: Symbols = copy::symbols(tx, id).await?;
    let then = history::timelines_at(tx, id, day).await?;
    let mut timelines: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut after = String::new();
    loop {
        let page = copy::timelines_after(tx, id, &after, PAGE).await?;
        let is_last = page.len() < PAGE as usize;
        if let Some(last) = page.last() {
            after.clone_from(&last.child_id);
        }
        let unchanged = page
            .into_iter()
            .filter(|held| !then.contains_key(&held.child_id));
        timelines.extend(unchanged.map(|held| (held.child_id, held.bytes)));
        if is_last {
            break;
        }
    }
    timelines.extend(
        then.into_iter()
            .filter_map(|(child, bytes)| Some((child, bytes?))),
    );
    let known = copy::catalogue(tx, id).await?;
    let catalogue = catalogue(&known, timelines.values(), &symbols)?;
    let rules = RuleSet::bind(&authority.packs, &mut symbols, &catalogue)?;
    Ok(Cases::of(rules, timelines.values().map(Vec::as_slice)))
}

/// Rows of one kind, those that say what they are about, and those that carry each attribute.
#[derive(Debug, Default)]
struct Counts {
    rows: u64,
    about: u64,
    carried: BTreeMap<Symbol, u64>,
}

/// What these timelines hold by kind; the columns that queries yield are those of now.
fn catalogue<'t>(
    known: &Catalogue,
    timelines: impl Iterator<Item = &'t Vec<u8>>,
    symbols: &Symbols,
) -> Result<Catalogue, EvaluationError> {
    let mut counted: BTreeMap<(Class, Symbol), Counts> = BTreeMap::new();
    for bytes in timelines {
        let timeline = Timeline::decode(bytes)?;
        let periods = timeline.periods.iter();
        let periods = periods.map(|row| (Class::Period, row.kind, row.attributes, false));
        let events = timeline.events.iter();
        let events =
            events.map(|row| (Class::Event, row.kind, row.attributes, row.about.is_some()));
        for (class, kind, attributes, about) in periods.chain(events) {
            let counts = counted.entry((class, kind)).or_default();
            counts.rows += 1;
            counts.about += u64::from(about);
            for (name, _) in attributes.iter() {
                *counts.carried.entry(name).or_default() += 1;
            }
        }
    }
    let columns = |columns: &BTreeSet<String>| KindFacts {
        columns: columns.clone(),
        ..KindFacts::default()
    };
    let known = known.kinds.iter();
    let mut kinds: BTreeMap<(Class, String), KindFacts> = known
        .map(|(kind, facts)| (kind.clone(), columns(&facts.columns)))
        .collect();
    for ((class, kind), counts) in counted {
        let facts = kinds
            .entry((class, symbols.name(kind).to_owned()))
            .or_default();
        facts.rows = counts.rows;
        facts.about = counts.about;
        for (name, rows) in counts.carried {
            let name = symbols.name(name).to_owned();
            facts.columns.insert(name.clone());
            facts.carried.insert(name, rows);
        }
    }
    Ok(Catalogue { kinds })
}
