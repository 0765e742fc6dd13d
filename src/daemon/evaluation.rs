//! The evaluation of an authority's whole copy, on all processors.

use std::borrow::Cow;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Authority;
use crate::calendar::Day;
use crate::case::{Symbols, Timeline, TimelineError};
use crate::document::Faults;
use crate::rules::{Evaluator, Obligation, RuleSet};
use crate::store::{self, StoreError, Transaction, copy};

/// Children that a thread takes at a time: enough to be worth the taking, few enough that the last
/// to finish is not waited for.
const CHILDREN_AT_A_TIME: usize = copy::RUN as usize;

/// Runs in which only some children are read, so that the first are evaluated while the next are read;
/// and the fewest of a run, since each is asked for by itself.
const RUNS_OF_SOME: usize = 16;
const FEWEST_AT_A_TIME: usize = 64;

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
        let which = child.map_or(Which::All, |child| Which::Some(vec![child.to_owned()]));
        cases.turn_to(tx, authority, &which).await?;
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

    /// The cases of these timelines, in the order of the children.
    pub(super) fn of<'t>(rules: RuleSet, all: impl Iterator<Item = &'t [u8]>) -> Cases {
        let mut timelines = Vec::new();
        let mut ends = Vec::new();
        for bytes in all {
            timelines.extend_from_slice(bytes);
            ends.push(timelines.len());
        }
        Cases {
            rules,
            timelines,
            ends,
        }
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
        self.timelines.clear();
        self.ends.clear();
        each_run(tx, &authority.settings.id, which, |run| {
            let before = self.timelines.len();
            self.timelines.extend_from_slice(&run.bytes);
            self.ends.extend(run.ends.iter().map(|end| before + end));
        })
        .await?;
        Ok(())
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
        let next = AtomicUsize::new(0);
        let take = || {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let first = number * CHILDREN_AT_A_TIME;
            let beyond = self.ends.len().min(first + CHILDREN_AT_A_TIME);
            (first < beyond).then(|| {
                let start = if first == 0 { 0 } else { self.ends[first - 1] };
                Run {
                    number,
                    start,
                    timelines: Cow::Borrowed(&self.timelines[start..]),
                    ends: Cow::Borrowed(&self.ends[first..beyond]),
                }
            })
        };
        evaluate_runs(&self.rules, authority, today, take, gather)
    }
}

/// Hands the timelines of the children that are asked for to `each`, run by run, as they arrive.
pub(super) async fn each_run(
    tx: &mut Transaction,
    authority: &str,
    which: &Which,
    mut each: impl FnMut(store::Run),
) -> Result<(), StoreError> {
    match which {
        Which::All => {
            let each = |run| -> Result<(), StoreError> {
                each(run);
                Ok(())
            };
            copy::each_run(tx, authority, each).await?;
        }
        Which::Some(children) => {
            let at_a_time = children.len().div_ceil(RUNS_OF_SOME);
            let at_a_time = at_a_time.clamp(FEWEST_AT_A_TIME, CHILDREN_AT_A_TIME);
            for some in children.chunks(at_a_time) {
                if let Some(run) = copy::run_of(tx, authority, some).await? {
                    each(run);
                }
            }
        }
    }
    Ok(())
}

/// Timelines of some children, one after the other.
pub(super) struct Run<'c> {
    /// Which run: those of later children have higher numbers.
    pub(super) number: usize,
    /// What the first byte is counted as.
    pub(super) start: usize,
    pub(super) timelines: Cow<'c, [u8]>,
    /// Where each timeline ends.
    pub(super) ends: Cow<'c, [usize]>,
}

/// Evaluates the runs that `take` hands out on all processors, until there are no more.
pub(super) fn evaluate_runs<'c, T: Default + Send>(
    rules: &RuleSet,
    authority: &Authority,
    today: Day,
    take: impl Fn() -> Option<Run<'c>> + Sync,
    gather: impl Fn(&mut T, &Timeline<'_>, &[Obligation<'_>]) + Sync,
) -> Result<Vec<T>, EvaluationError> {
    let gathered = Mutex::new(Vec::new());
    let work = || -> Result<(), TimelineError> {
        let evaluator = Evaluator::new(rules, &authority.calendar);
        while let Some(run) = take() {
            let mut timeline = Timeline::default();
            let mut obligations = Vec::new();
            let mut result = T::default();
            let mut first = 0;
            for end in run.ends.iter().map(|end| end - run.start) {
                timeline.decode_into(&run.timelines[first..end])?;
                first = end;
                obligations.clear();
                evaluator.evaluate(&timeline, today, &mut obligations);
                gather(&mut result, &timeline, &obligations);
            }
            let mut all = gathered.lock().unwrap_or_else(PoisonError::into_inner);
            all.push((run.number, result));
        }
        Ok(())
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
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
    gathered.sort_by_key(|(number, _)| *number);
    Ok(gathered.into_iter().map(|(_, result)| result).collect())
}
