//! An authority's copy read while it is evaluated: what has been read waits for a thread that evaluates
//! it, and need not be held all at once.

use std::borrow::Cow;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::JoinHandle;

use super::evaluation::{Run, each_run, evaluate_runs};
use super::{Authority, EvaluationError, Which};
use crate::calendar::Day;
use crate::case::Timeline;
use crate::rules::{Obligation, RuleSet};
use crate::store::{StoreError, Transaction};

/// A reading under way.
pub struct Reading {
    runs: Mutex<Receiver<Run<'static>>>,
    reader: JoinHandle<Result<(), StoreError>>,
}

impl Reading {
    /// Begins to read the children of an authority that are asked for; the transaction ends with the
    /// reading.
    pub fn begin(tx: Transaction, authority: &Authority, which: &Which) -> Reading {
        let (sender, receiver) = mpsc::channel();
        let read = read(tx, authority.settings.id.clone(), which.clone(), sender);
        Reading {
            runs: Mutex::new(receiver),
            reader: tokio::spawn(read),
        }
    }

    /// As [`super::Cases::evaluate`], of what is read.
    ///
    /// # Errors
    /// Where the copy is damaged; what the store says.
    pub async fn evaluate<T: Default + Send>(
        self,
        rules: &RuleSet,
        authority: &Authority,
        today: Day,
        gather: impl Fn(&mut T, &Timeline<'_>, &[Obligation<'_>]) + Sync,
    ) -> Result<Vec<T>, EvaluationError> {
        let Reading { runs, reader } = self;
        let take = || {
            let runs = runs.lock().unwrap_or_else(PoisonError::into_inner);
            runs.recv().ok()
        };
        let evaluate = || evaluate_runs(rules, authority, today, take, gather);
        // Where there is but one thread for both, the reading comes first.
        let (read, found) = if Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread {
            (reader.await, evaluate())
        } else {
            let found = tokio::task::block_in_place(evaluate);
            (reader.await, found)
        };
        // The panic hook has ended the program before a join could fail.
        read.unwrap_or_else(|_| Err(StoreError::Damaged("the reading of the copy".to_owned())))?;
        found
    }
}

/// Reads timelines, and hands them on run by run.
async fn read(
    mut tx: Transaction,
    authority: String,
    which: Which,
    runs: Sender<Run<'static>>,
) -> Result<(), StoreError> {
    let mut number = 0;
    each_run(&mut tx, &authority, &which, |read| {
        let run = Run {
            number,
            start: 0,
            timelines: Cow::Owned(read.bytes),
            ends: Cow::Owned(read.ends),
        };
        number += 1;
        // Who evaluates has found the copy damaged, and no longer listens.
        let _ = runs.send(run);
    })
    .await?;
    drop(runs);
    tx.commit().await
}
