//! The evaluation of an authority's whole copy, on all processors.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Authority;
use crate::calendar::Day;
use crate::case::{Symbols, Timeline, TimelineError};
use crate::document::Faults;
use crate::rules::{Evaluator, Obligation, RuleSet};
use crate::store::{StoreError, Transaction, copy};

/// Children that a thread takes at a time: enough to be worth the taking, few enough that the last
/// to finish is not waited for.
const CHILDREN_AT_A_TIME: usize = 128;

/// What stands in the way of an evaluation.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// The rules read what nobody knows.
    #[error(transparent)]
    Rules(#[from] Faults),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<TimelineError> for EvaluationError {
    fn from(error: TimelineError) -> Self {
        EvaluationError::Store(StoreError::Damaged(error.to_string()))
    }
}

/// Which children of an authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// All that the copy has.
    All,
    /// These, as far as the copy has them; in the order of their ids.
    Some(Vec<String>),
}

/// An authority's copy in memory, with its rules bound to it.
pub struct Cases {
    /// The rules.
    pub rules: RuleSet,
    timelines: Vec<u8>,
    /// Where each timeline ends; children in the order of their ids.
    ends: Vec<usize>,
}

impl Cases {
    /// Reads an authority's copy, whole or for one child.
    ///
    /// # Errors
    /// Names that the rules read and nobody knows; what the store says.
    pub async fn read(
        tx: &mut Transaction,
        authority: &Authority,
        child: Option<&str>,
    ) -> Result<Cases, EvaluationError> {
        let mut cases = Self::of_nobody(tx, authority).await?;
        let id = &authority.settings.id;
        copy::each_timeline(tx, id, child, |bytes| cases.add(bytes)).await?;
        Ok(cases)
    }

    /// The rules of an authority bound to its copy, with no child yet.
    ///
    /// # Errors
    /// Names that the rules read and nobody knows; what the store says.
    pub async fn of_nobody(
        tx: &mut Transaction,
        authority: &Authority,
    ) -> Result<Cases, EvaluationError> {
        let id = &authority.settings.id;
        let catalogue = copy::catalogue(tx, id).await?;
        let mut symbols: Symbols = copy::symbols(tx, id).await?;
        Ok(Cases {
            rules: RuleSet::bind(&authority.packs, &mut symbols, &catalogue)?,
            timelines: Vec::new(),
            ends: Vec::new(),
        })
    }

    /// Reads the children of an authority that are asked for, in place of those that were read.
    ///
    /// # Errors
    /// What the store says.
    pub async fn turn_to(
        &mut self,
        tx: &mut Transaction,
        authority: &Authority,
        which: &Which,
    ) -> Result<(), EvaluationError> {
        let id = &authority.settings.id;
        self.timelines.clear();
        self.ends.clear();
        match which {
            Which::All => copy::each_timeline(tx, id, None, |bytes| self.add(bytes)).await,
            Which::Some(children) => {
                let children: Vec<&str> = children.iter().map(String::as_str).collect();
                copy::each_timeline_of(tx, id, &children, |bytes| self.add(bytes)).await
            }
        }
    }

    fn add(&mut self, timeline: &[u8]) -> Result<(), EvaluationError> {
        self.timelines.extend_from_slice(timeline);
        self.ends.push(self.timelines.len());
        Ok(())
    }

    fn timeline(&self, child: usize) -> &[u8] {
        let start = if child == 0 { 0 } else { self.ends[child - 1] };
        &self.timelines[start..self.ends[child]]
    }

    /// Evaluates every child as of `today`. Children are shared out in runs; of each run `gather`
    /// makes what is handed back, in the order of the children.
    ///
    /// # Errors
    /// Where the copy is damaged.
    pub fn evaluate<T: Default + Send>(
        &self,
        authority: &Authority,
        today: Day,
        gather: impl Fn(&mut T, &Timeline<'_>, &[Obligation<'_>]) + Sync,
    ) -> Result<Vec<T>, EvaluationError> {
        let children = self.ends.len();
        let runs = children.div_ceil(CHILDREN_AT_A_TIME);
        let next = AtomicUsize::new(0);
        let gathered = Mutex::new(Vec::with_capacity(runs));
        let work = || -> Result<(), TimelineError> {
            let evaluator = Evaluator::new(&self.rules, &authority.calendar);
            let mut timeline = Timeline::default();
            let mut obligations = Vec::new();
            loop {
                let run = next.fetch_add(1, Ordering::Relaxed);
                if run >= runs {
                    return Ok(());
                }
                let mut result = T::default();
                let first = run * CHILDREN_AT_A_TIME;
                for child in first..children.min(first + CHILDREN_AT_A_TIME) {
                    timeline.decode_into(self.timeline(child))?;
                    obligations.clear();
                    evaluator.evaluate(&timeline, today, &mut obligations);
                    gather(&mut result, &timeline, &obligations);
                }
                let mut all = gathered.lock().unwrap_or_else(PoisonError::into_inner);
                all.push((run, result));
            }
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads.min(runs)).map(|_| scope.spawn(work)).collect();
            let mine = work();
            let theirs = others.into_iter().map(|thread| {
                // The panic hook has ended the program before a join could fail.
                thread.join().unwrap_or(Err(TimelineError))
            });
            theirs.fold(mine, Result::and)
        })?;
        let mut gathered = gathered
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        gathered.sort_by_key(|(run, _)| *run);
        Ok(gathered.into_iter().map(|(_, result)| result).collect())
    }
}
