//! An authority evaluated where something may have changed: the children whose record changed, whose
//! next day or step has come, and those that alerts look at in every pass. Of all others the register
//! says what it said before. Where rules, calendar, ladders or the program are others than those that
//! the register was made with, everybody is looked at.
//!
//! The rest of a pass may rely on this: who is not looked at has no step fallen for anything that is
//! open, nothing newly overdue, and no alert that waits, is held or was told of anything open.

mod basis;
mod update;

use super::evaluation::{EvaluationError, Which};
use super::installation::Authority;
use super::reading::Reading;
use super::register::{Entry, Kind, PageBuilder, Register, put_counts};
use crate::alerts::Watched;
use crate::calendar::{Day, Instant};
use crate::case::Timeline;
use crate::metrics::Counted;
use crate::rules::{Obligation, RuleSet};
use crate::store::copy::{self, Changes};
use crate::store::{Outlook, RegisterHead, StoreError, Transaction};
use crate::store::{register_head, register_outlooks};

pub use basis::Basis;
pub use update::Update;
use update::{Others, Pages};

/// Where more than one in so many children are to be looked at, reading all of them is quicker.
const FEW: usize = 2;

/// So few are looked at by themselves without a look at how many there are.
const UNWEIGHED: usize = 4_096;

/// What the store has of an authority's register, and what has changed since.
pub struct Kept {
    head: Option<RegisterHead>,
    changes: Changes,
}

impl Kept {
    /// Reads what an authority's register rests on and what has changed since.
    ///
    /// # Errors
    /// What the store says.
    pub async fn read(tx: &mut Transaction, authority: &Authority) -> Result<Kept, StoreError> {
        let id = &authority.settings.id;
        let head = register_head(tx, id).await?;
        let since = head.as_ref().map_or(0, |head| head.stamp);
        Ok(Kept {
            changes: copy::changes_since(tx, id, since).await?,
            head,
        })
    }

    fn head_where(&self, today: Day, is_same: impl Fn(&str) -> bool) -> Option<&RegisterHead> {
        let head = self.head.as_ref();
        head.filter(|head| head.day <= today && is_same(&head.basis))
    }

    /// Reads the register; nothing where it says of a later day or rests on something else than
    /// `is_same` takes.
    ///
    /// # Errors
    /// Where the register is damaged; what the store says.
    pub async fn register(
        &self,
        tx: &mut Transaction,
        authority: &Authority,
        today: Day,
        is_same: impl Fn(&str) -> bool,
    ) -> Result<Option<Register>, StoreError> {
        match self.head_where(today, is_same) {
            None => Ok(None),
            Some(_) => {
                let pages = register_outlooks(tx, &authority.settings.id).await?;
                Register::of_runs(pages).map(Some)
            }
        }
    }

    /// Whether a register rests on these obligations' basis.
    pub fn rests_on(basis: &str, obligations: &str) -> bool {
        basis
            .split_once(':')
            .is_some_and(|(first, _)| first == obligations)
    }

    /// The children whose record has changed since the register was written.
    pub fn changed(&self) -> &[String] {
        &self.changes.children
    }
}

/// What a survey came to.
pub struct Survey {
    /// What alerts look at, and the figures of everybody.
    pub watched: Watched,
    /// The children that were looked at; the alerts of no other may be decided on.
    pub looked_at: Which,
    /// What is to be written of it, where anything is.
    pub update: Option<Update>,
    /// How many children were evaluated.
    pub evaluated: usize,
}

/// Whom a pass looks at.
enum Looking {
    /// Nothing is known that still holds.
    Everybody,
    /// Nothing changed, and what the register's head says is ahead has not come.
    Nobody(Outlook),
    /// In the order of their ids; of all others the register has the word. Where nobody's day or
    /// step has come it is not needed to find them, and is read while they are evaluated.
    These(Vec<String>, Option<Register>),
}

/// The children to look at, and what there is besides.
pub struct Plan {
    head: Option<RegisterHead>,
    stamp: i64,
    looking: Looking,
    basis: Basis,
    today: Day,
    now: Instant,
}

impl Plan {
    /// Finds out whom to look at in a pass at `now`; `attended` are the children that alerts look at in
    /// every pass.
    ///
    /// # Errors
    /// What the store says.
    pub async fn make(
        tx: &mut Transaction,
        authority: &Authority,
        basis: Basis,
        attended: Vec<String>,
        (today, now): (Day, Instant),
    ) -> Result<Plan, StoreError> {
        let kept = Kept::read(tx, authority).await?;
        let stored = basis.stored();
        let is_same = |basis: &str| basis == stored;
        let head = kept.head_where(today, is_same);
        // What is ahead of everybody, where nobody's day or step has come.
        let ahead = head.and_then(|head| head.all);
        let ahead = ahead.filter(|all| !all.begun && !all.is_due(today, now));
        let nothing_written = head.is_some_and(|head| head.stamp == kept.changes.stamp);
        let mut others = attended;
        others.extend_from_slice(kept.changed());
        others.sort_unstable();
        others.dedup();
        let looking = match ahead {
            Some(all) if nothing_written && others.is_empty() => Looking::Nobody(all),
            Some(_) if others.len() <= UNWEIGHED => Looking::These(others, None),
            _ => match kept.register(tx, authority, today, is_same).await? {
                None => Looking::Everybody,
                Some(register) => Looking::by(register, others, (today, now))?,
            },
        };
        Ok(Plan {
            head: kept.head,
            stamp: kept.changes.stamp,
            looking,
            basis,
            today,
            now,
        })
    }

    /// Whom to look at.
    pub fn which(&self) -> Which {
        match &self.looking {
            Looking::Everybody => Which::All,
            Looking::Nobody(_) => Which::Some(Vec::new()),
            Looking::These(children, _) => Which::Some(children.clone()),
        }
    }

    /// Evaluates the children whom it names, as `tx` has them, by these rules; `look` finds what alerts
    /// look at of each.
    ///
    /// # Errors
    /// Where the copy or the register is damaged; what the store says.
    pub async fn carry_out(
        self,
        tx: Transaction,
        rules: &RuleSet,
        authority: &Authority,
        look: impl Fn(&mut Watched, &Timeline<'_>, &[Obligation<'_>]) + Sync,
    ) -> Result<Survey, EvaluationError> {
        let looked_at = self.which();
        if let Looking::Nobody(all) = self.looking {
            tx.commit().await?;
            let watched = Watched {
                open: all.open,
                next: all.next,
                ..Watched::default()
            };
            return Ok(Survey {
                watched,
                looked_at,
                update: None,
                evaluated: 0,
            });
        }
        let with_register = matches!(self.looking, Looking::These(_, None));
        let reading = Reading::begin(tx, authority, &looked_at, with_register);
        let found = reading.evaluate(
            rules,
            authority,
            self.today,
            |found: &mut Found, timeline, obligations| {
                let mut of_child = Watched::default();
                look(&mut of_child, timeline, obligations);
                found.counts.clear();
                let counted = obligations.iter().map(Counted::from);
                put_counts(&mut found.counts, counted, self.today);
                let outlook = Outlook {
                    next_change: rules.next_change(
                        &authority.calendar,
                        timeline,
                        obligations,
                        self.today,
                    ),
                    wake: of_child.wake,
                    next: of_child.next,
                    begun: of_child.begun,
                    open: of_child.open,
                };
                found.all.add(&outlook);
                found.page.put(&Entry {
                    child: timeline.child.id,
                    outlook,
                    team: timeline.child.team_id.unwrap_or(""),
                    counts: &found.counts,
                });
                found.watched.add(of_child);
                found.evaluated += 1;
            },
        );
        let (found, read) = found.await?;
        let (mut parts, mut pages, mut evaluated) = (Vec::new(), Vec::new(), 0);
        let mut all = Outlook::default();
        for part in found {
            parts.push(part.watched);
            all.add(&part.all);
            evaluated += part.evaluated;
            pages.push(part.page.into_page(Kind::Whole));
        }
        let mut watched = Watched::of(parts);
        let head = RegisterHead {
            stamp: self.stamp,
            day: self.today,
            basis: self.basis.stored(),
            all: Some(all),
        };
        let update = match self.looking {
            Looking::These(children, register) => {
                let register = register
                    .or(read)
                    .filter(|register| agrees(register, &self.head));
                let register = register.ok_or_else(|| {
                    let what = "the register of evaluations is not what its head says";
                    StoreError::Damaged(what.to_owned())
                })?;
                let others = Others {
                    before: self.head,
                    register,
                    now: self.now,
                };
                others.beside(&children, pages, head, &mut watched)?
            }
            _ => Some(Update {
                head,
                pages: Pages::Whole(pages),
            }),
        };
        Ok(Survey {
            watched,
            looked_at,
            update,
            evaluated,
        })
    }
}

/// Whether a register has anybody where its head says that something is ahead.
fn agrees(register: &Register, head: &Option<RegisterHead>) -> bool {
    let all = head.as_ref().and_then(|head| head.all);
    register.children() > 0 || all.is_none_or(|all| all == Outlook::default())
}

impl Looking {
    /// Some by what the register says, beside those who are looked at anyway.
    fn by(
        register: Register,
        mut some: Vec<String>,
        (today, now): (Day, Instant),
    ) -> Result<Looking, StoreError> {
        let passed = register.passed();
        for at in register.due(&passed, today, now) {
            some.push(register.child(at)?.to_owned());
        }
        some.sort_unstable();
        some.dedup();
        Ok(match some.len() > register.children() / FEW {
            true => Looking::Everybody,
            false => Looking::These(some, Some(register)),
        })
    }
}

/// What is found of a run of children.
#[derive(Default)]
struct Found {
    watched: Watched,
    counts: Vec<u8>,
    page: PageBuilder,
    all: Outlook,
    evaluated: usize,
}
