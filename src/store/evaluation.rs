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

/// A page of a register: what is ahead of some children, and what is counted of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterPage {
    /// What is ahead of each.
    pub outlooks: Vec<u8>,
    /// What is counted of each.
    pub tallies: Vec<u8>,
}

/// Pages that are read as one row: some half a megabyte, which the processor's cache holds.
const OUTLOOKS_AT_ONCE: i64 = 64;
/// The same of pages of counts.
const TALLIES_AT_ONCE: i64 = 24;

/// What is ahead of the children of an authority's register: its pages in order, run by run.
///
/// # Errors
/// What the database says.
pub async fn register_outlooks(
    tx: &mut Transaction,
    authority: &str,
) -> Result<Vec<Run>, StoreError> {
    let sql = in_one_row!(
        tx.backend(),
        number,
        page,
        "FROM evaluation_outlook WHERE authority = $1 AND number >= $2 ORDER BY number LIMIT $3"
    );
    pages(tx, sql, authority, 0, OUTLOOKS_AT_ONCE).await
}

/// What is counted of the children of an authority's register, from its page numbered `first` on: the
/// pages in order, run by run.
///
/// # Errors
/// What the database says.
pub async fn register_tallies(
    tx: &mut Transaction,
    authority: &str,
    first: usize,
) -> Result<Vec<Run>, StoreError> {
    let sql = in_one_row!(
        tx.backend(),
        number,
        page,
        "FROM evaluation_page WHERE authority = $1 AND number >= $2 ORDER BY number LIMIT $3"
    );
    pages(tx, sql, authority, first, TALLIES_AT_ONCE).await
}

async fn pages(
    tx: &mut Transaction,
    sql: &'static str,
    authority: &str,
    first: usize,
    at_once: i64,
) -> Result<Vec<Run>, StoreError> {
    let (mut runs, mut next) = (Vec::new(), number(first));
    loop {
        let args = [authority.into(), next.into(), at_once.into()];
        let Some(row) = tx.row(sql, args).await? else {
            return Ok(runs);
        };
        let Some(run) = run(&row)? else {
            return Ok(runs);
        };
        let is_last = (run.ends.len() as i64) < at_once;
        runs.push(run);
        if is_last {
            return Ok(runs);
        }
        next = row.int(2)?.saturating_add(1);
    }
}

fn number(page: usize) -> i64 {
    i64::try_from(page).unwrap_or(i64::MAX)
}

/// Keeps what a register is made from; and pages after the first `kept`, in place of any that stood there.
/// Without `kept` its pages stay.
///
/// # Errors
/// What the database says.
pub async fn put_register(
    tx: &mut Transaction,
    authority: &str,
    head: &RegisterHead,
    kept: Option<usize>,
    pages: Vec<RegisterPage>,
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
    let Some(first) = kept.map(number) else {
        return Ok(());
    };
    for sql in [
        "DELETE FROM evaluation_outlook WHERE authority = $1 AND number >= $2",
        "DELETE FROM evaluation_page WHERE authority = $1 AND number >= $2",
    ] {
        tx.execute(sql, [authority.into(), first.into()]).await?;
    }
    let (mut outlooks, mut tallies): (Vec<Vec<Arg>>, Vec<Vec<Arg>>) = Default::default();
    for (number, page) in (first..).zip(pages) {
        outlooks.push(vec![authority.into(), number.into(), page.outlooks.into()]);
        tallies.push(vec![authority.into(), number.into(), page.tallies.into()]);
    }
    tx.insert_many("evaluation_outlook (authority, number, page)", "", outlooks)
        .await?;
    tx.insert_many("evaluation_page (authority, number, page)", "", tallies)
        .await?;
    Ok(())
}

/// Forgets an authority's register: the next pass looks at everybody, and makes it anew.
///
/// # Errors
/// What the database says.
pub async fn forget_register(tx: &mut Transaction, authority: &str) -> Result<(), StoreError> {
    let sql = "DELETE FROM evaluation WHERE authority = $1";
    tx.execute(sql, [authority.into()]).await?;
    Ok(())
}
