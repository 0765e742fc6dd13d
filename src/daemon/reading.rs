//! An authority's copy read while it is evaluated: what has been read waits for a thread that evaluates
//! it, and need not be held all at once.

use std::borrow::Cow;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::JoinHandle;

use super::evaluation::{Run, each_run, evaluate_runs};
use super::register::Register;
use super::{Authority, EvaluationError, Which};
use crate::calendar::Day;
use crate::case::Timeline;
use crate::rules::{Obligation, RuleSet};
use crate::store::{StoreError, Transaction, register_outlooks};

/// A reading under way.
pub struct Reading {
    runs: Mutex<Receiver<Run<'static>>>,
    reader: JoinHandle<Result<Option<Register>, StoreError>>,
}

impl Reading {
    /// Begins to read the children of an authority that are asked for, and after them its register, where
    /// that is asked for; the transaction ends with the reading.
    pub fn begin(
        tx: Transaction,
        authority: &Authority,
        which: &Which,
        with_register: bool,
    ) -> Reading {
        let (sender, receiver) = mpsc::channel();
        let id = authority.settings.id.clone();
        let read = read(tx, id, which.clone(), sender, with_register);
        Reading {
            runs: Mutex::new(receiver),
            reader: tokio::spawn(read),
        }
    }

    /// As [`super::Cases::evaluate`], of what is read; and the register.
    ///
    /// # Errors
    /// Where the copy is damaged; what the store says.
    pub async fn evaluate<T: Default + Send>(
        self,
        rules: &RuleSet,
        authority: &Authority,
        today: Day,
        gather: impl Fn(&mut T, &Timeline<'_>, &[Obligation<'_>]) + Sync,
    ) -> Result<(Vec<T>, Option<Register>), EvaluationError> {
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
        let damaged = || StoreError::Damaged("the reading of the copy".to_owned());
        let register = read.unwrap_or_else(|_| Err(damaged()))?;
        Ok((found?, register))
    }
}

/// Reads timelines, and hands them on run by run; then the register.
async fn read(
    mut tx: Transaction,
    authority: String,
    which: Which,
    runs: Sender<Run<'static>>,
    with_register: bool,
) -> Result<Option<Register>, StoreError> {
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
    let register = if with_register {
        let pages = register_outlooks(&mut tx, &authority).await?;
        Some(Register::of_runs(pages)?)
    } else {
        None
    };
    tx.commit().await?;
    Ok(register)
}
