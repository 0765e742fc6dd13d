//! The register of evaluations of each authority: SQL only; `daemon` says what its pages hold.

use crate::calendar::{Day, Instant};
use crate::store::runs::{Run, in_one_row, run};
use crate::store::{Arg, StoreError, Transaction};

/// What is ahead of a child whose record does not change, or of all children together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outlook {
    /// The day on which time alone may change the evaluation.
    pub next_change: Option<Day>,
    /// The instant at which the next step of a ladder falls.
    pub wake: Option<Instant>,
    /// When the next step is told: the same, in sending hours where its ladder keeps to them.
    pub next: Option<Instant>,
    /// Whether a step has fallen for what is open: alerts look at the child in every pass.
    pub begun: bool,
    /// Open obligations of rules that this was no baseline for.
    pub open: usize,
}

impl Outlook {
    /// Whether time has passed it by: somebody must be evaluated again.
    pub fn is_due(&self, today: Day, now: Instant) -> bool {
        self.next_change.is_some_and(|day| day <= today) || self.wake.is_some_and(|at| at <= now)
    }

    /// Adds what is ahead of others.
    pub fn add(&mut self, other: &Outlook) {
        let earlier = |a: Option<Instant>, b| [a, b].into_iter().flatten().min();
        let days = [self.next_change, other.next_change];
        self.next_change = days.into_iter().flatten().min();
        self.wake = earlier(self.wake, other.wake);
        self.next = earlier(self.next, other.next);
        self.begun |= other.begun;
        self.open += other.open;
    }
}

/// What a register was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterHead {
    /// The writing of the copy up to which it goes.
    pub stamp: i64,
    /// The last day on which any child was evaluated.
    pub day: Day,
    /// All else that it depends on, as a hash.
    pub basis: String,
    /// What is ahead of everybody in it; unknown where an earlier corewatch wrote it.
    pub all: Option<Outlook>,
}

/// What an authority's register was made from, where it has one.
///
/// # Errors
/// What the database says.
pub async fn register_head(
    tx: &mut Transaction,
    authority: &str,
) -> Result<Option<RegisterHead>, StoreError> {
    let row = tx
        .row(
            "SELECT stamp, day, basis, open, begun, next_change, wake, next_step FROM evaluation
             WHERE authority = $1",
            [authority.into()],
        )
        .await?;
    row.map(|row| {
        Ok(RegisterHead {
            stamp: row.int(0)?,
            day: row.parsed(1)?,
            basis: row.text(2)?,
            all: match row.optional_int(3)? {
                None => None,
                Some(open) => Some(Outlook {
                    open: usize::try_from(open).unwrap_or(0),
                    begun: row.boolean(4)?,
                    next_change: row.optional_parsed(5)?,
                    wake: row.optional_parsed(6)?,
                    next: row.optional_parsed(7)?,
                }),
            },
        })
    })
    .transpose()
}

/// Pages that are read as one row: some half a megabyte, which the processor's cache holds.
const PAGES_AT_ONCE: i64 = 24;

/// The pages of an authority's register, in order, run by run.
///
/// # Errors
/// What the database says.
pub async fn register_pages(tx: &mut Transaction, authority: &str) -> Result<Vec<Run>, StoreError> {
    let sql = in_one_row!(
        tx.backend(),
        number,
        page,
        "FROM evaluation_page WHERE authority = $1 AND number >= $2 ORDER BY number LIMIT $3"
    );
    let (mut runs, mut next) = (Vec::new(), 0);
    loop {
        let args = [authority.into(), next.into(), PAGES_AT_ONCE.into()];
        let Some(row) = tx.row(sql, args).await? else {
            return Ok(runs);
        };
        let Some(run) = run(&row)? else {
            return Ok(runs);
        };
        runs.push(run);
        next = row.int(2)?.saturating_add(1);
    }
}

/// Keeps pages after the first `kept` of a register, in place of any that stood there, and what it is
/// made from.
///
/// # Errors
/// What the database says.
pub async fn put_register(
    tx: &mut Transaction,
    authority: &str,
    head: &RegisterHead,
    kept: usize,
    pages: Vec<Vec<u8>>,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO evaluation
            (authority, stamp, day, basis, open, begun, next_change, wake, next_step)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (authority) DO UPDATE SET stamp = excluded.stamp, day = excluded.day,
            basis = excluded.basis, open = excluded.open, begun = excluded.begun,
            next_change = excluded.next_change, wake = excluded.wake,
            next_step = excluded.next_step",
        [
            authority.into(),
            head.stamp.into(),
            head.day.into(),
            (&head.basis).into(),
            head.all.map(|all| all.open as i64).into(),
            head.all.map(|all| all.begun).into(),
            head.all.and_then(|all| all.next_change).into(),
            head.all.and_then(|all| all.wake).into(),
            head.all.and_then(|all| all.next).into(),
        ],
    )
    .await?;
    let first = i64::try_from(kept).unwrap_or(i64::MAX);
    tx.execute(
        "DELETE FROM evaluation_page WHERE authority = $1 AND number >= $2",
        [authority.into(), first.into()],
    )
    .await?;
    let rows = (first..)
        .zip(pages)
        .map(|(number, page)| -> Vec<Arg> { vec![authority.into(), number.into(), page.into()] });
    tx.insert_many(
        "evaluation_page (authority, number, page)",
        "",
        rows.collect(),
    )
    .await?;
    Ok(())
}
