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
use crate::store::{Outlook, RegisterHead, RegisterPage, Run, StoreError, Transaction};
use crate::store::{register_head, register_outlooks};

pub use basis::Basis;
use update::{Pages, Update};

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
    update: Option<Update>,
    evaluated: usize,
}

/// What is known of those who need not be looked at.
enum Rest {
    /// Nothing: everybody is looked at.
    Nobody,
    /// Nobody is looked at: what the register's head says.
    Everybody(Outlook),
    /// The register's word.
    Of(Register),
    /// The register's word, which is read while those who changed are evaluated: nobody's day or step
    /// has come.
    NotYet,
}

/// The children to look at, and what there is besides.
pub struct Plan {
    head: Option<RegisterHead>,
    stamp: i64,
    rest: Rest,
    basis: Basis,
    today: Day,
    now: Instant,
    /// Whom to look at.
    pub which: Which,
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
        let (rest, which) = match ahead {
            Some(all) if nothing_written && others.is_empty() => {
                (Rest::Everybody(all), Which::Some(others))
            }
            Some(_) if others.len() <= UNWEIGHED => (Rest::NotYet, Which::Some(others)),
            _ => match kept.register(tx, authority, today, is_same).await? {
                None => (Rest::Nobody, Which::All),
                Some(register) => Self::by(register, others, (today, now))?,
            },
        };
        Ok(Plan {
            head: kept.head,
            stamp: kept.changes.stamp,
            rest,
            basis,
            today,
            now,
            which,
        })
    }

    /// Whom to look at by what the register says, beside some.
    fn by(
        register: Register,
        mut some: Vec<String>,
        (today, now): (Day, Instant),
    ) -> Result<(Rest, Which), StoreError> {
        let passed = register.passed();
        for at in register.due(&passed, today, now) {
            some.push(register.child(at)?.to_owned());
        }
        some.sort_unstable();
        some.dedup();
        if some.len() > register.children() / FEW {
            return Ok((Rest::Nobody, Which::All));
        }
        Ok((Rest::Of(register), Which::Some(some)))
    }

    /// Evaluates the children whom it names, as `tx` has them, by these rules; `look` finds what alerts
    /// look at of each.
    ///
    /// # Errors
    /// Where the copy or the register is damaged; what the store says.
    pub async fn carry_out(
        mut self,
        tx: Transaction,
        rules: &RuleSet,
        authority: &Authority,
        look: impl Fn(&mut Watched, &Timeline<'_>, &[Obligation<'_>]) + Sync,
    ) -> Result<Survey, EvaluationError> {
        let with_register = matches!(self.rest, Rest::NotYet);
        let reading = Reading::begin(tx, authority, &self.which, with_register);
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
        let (found, register) = found.await?;
        if let Some(register) = register {
            self.rest = Rest::Of(register);
        }
        let (mut parts, mut pages, mut evaluated) = (Vec::new(), Vec::new(), 0);
        let mut all = Outlook::default();
        for part in found {
            parts.push(part.watched);
            all.add(&part.all);
            evaluated += part.evaluated;
            pages.push(part.page.into_page(Kind::Whole));
        }
        let mut watched = Watched::of(parts);
        let rest = std::mem::replace(&mut self.rest, Rest::Nobody);
        let update = self.update(rest, pages, all, &mut watched)?;
        Ok(Survey {
            watched,
            looked_at: self.which,
            update,
            evaluated,
        })
    }

    /// Whether a register has anybody where its head says that something is ahead.
    fn agrees(&self, register: &Register) -> bool {
        let all = self.head.as_ref().and_then(|head| head.all);
        register.children() > 0 || all.is_none_or(|all| all == Outlook::default())
    }

    /// What is to be written of the register, where `fresh` is said of those who were looked at; adds to
    /// `watched` and `all` what is known of the others.
    fn update(
        &self,
        rest: Rest,
        fresh: Vec<RegisterPage>,
        mut all: Outlook,
        watched: &mut Watched,
    ) -> Result<Option<Update>, StoreError> {
        let head = |all| RegisterHead {
            stamp: self.stamp,
            day: self.today,
            basis: self.basis.stored(),
            all: Some(all),
        };
        let (looked_at, register) = match (&self.which, rest) {
            (_, Rest::Everybody(all)) => {
                watched.open += all.open;
                watched.next = all.next;
                return Ok(None);
            }
            (Which::All, _) => {
                return Ok(Some(Update {
                    head: head(all),
                    pages: Pages::Whole(fresh),
                }));
            }
            (Which::Some(looked_at), Rest::Of(register)) if self.agrees(&register) => {
                (looked_at, register)
            }
            (Which::Some(_), _) => {
                let what = "the register of evaluations is not what its head says";
                return Err(StoreError::Damaged(what.to_owned()));
            }
        };
        let found = Register::of(&fresh)?;
        let mut added = PageBuilder::default();
        let mut passed = register.passed();
        let tallies: Vec<Run> = fresh.into_iter().map(|p| Run::of_one(p.tallies)).collect();
        let entries = found.entries(&tallies)?;
        let mut evaluated = entries.iter().peekable();
        for child in looked_at {
            let now = evaluated.next_if(|entry| entry.child == child);
            let before = register.find(child)?;
            if let Some(at) = before {
                passed.pass(at);
            }
            match (before, now) {
                (Some(at), Some(now)) if register.says_the_same(at, now)? => {}
                (_, Some(now)) => added.put(now),
                (Some(_), None) => added.put_gone(child),
                (None, None) => {}
            }
        }
        let (others, next) = register.ahead(&passed, self.now);
        all.add(&others);
        watched.open += others.open;
        watched.next = [watched.next, next].into_iter().flatten().min();
        let head = head(all);
        let is_same = self.head.as_ref().is_some_and(|before| {
            before.stamp == head.stamp
                && before.all == head.all
                && (before.day == head.day || entries.is_empty())
        });
        let pages = match added.is_empty() {
            true if is_same => return Ok(None),
            true => Pages::Same,
            false => Pages::Added(register, added.into_page(Kind::Added)),
        };
        Ok(Some(Update { head, pages }))
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

impl Survey {
    /// How many children were evaluated.
    pub fn evaluated(&self) -> usize {
        self.evaluated
    }

    /// Writes what is kept of it.
    ///
    /// # Errors
    /// What the store says.
    pub async fn write(&self, tx: &mut Transaction, authority: &str) -> Result<(), StoreError> {
        match &self.update {
            None => Ok(()),
            Some(update) => update.write(tx, authority).await,
        }
    }
}
