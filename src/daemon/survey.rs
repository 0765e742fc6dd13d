//! An authority evaluated where something may have changed: the children whose record changed, whose
//! next day or step has come, and those that alerts look at in every pass. Of all others the register
//! says what it said before. Where rules, calendar, ladders or the program are others than those that
//! the register was made with, everybody is looked at.
//!
//! The rest of a pass may rely on this: who is not looked at has no step fallen for anything that is
//! open, nothing newly overdue, and no alert that waits, is held or was told of anything open.

use std::collections::BTreeSet;
use std::fmt::Write;

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::evaluation::{Cases, EvaluationError, Which};
use super::installation::Authority;
use super::register::{Entry, Pages, Register, put_counts};
use crate::alerts::{RuleBook, Watched};
use crate::calendar::{Day, Instant};
use crate::case::Timeline;
use crate::config::Hours;
use crate::metrics::Counted;
use crate::rules::{Obligation, RuleSet};
use crate::store::copy::{self, Changes};
use crate::store::{RegisterHead, StoreError, Transaction};
use crate::store::{put_register, register_head, register_pages};

/// Where more than one in so many children are to be looked at, reading all of them is quicker.
const FEW: usize = 2;

/// What a register is made with: one hash for what obligations follow from, one for what alerts need
/// besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    obligations: String,
    alerts: String,
}

/// Hashes whatever its parts say of themselves when debugged: a field that is added to one of them is
/// never forgotten here.
#[derive(Default)]
struct Hashed(Sha256);

impl Write for Hashed {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}

impl Hashed {
    fn of(parts: std::fmt::Arguments<'_>) -> String {
        let mut hashed = Hashed::default();
        // Writing to a hash cannot fail.
        let _ = hashed.write_fmt(parts);
        let digest = hashed.0.finalize();
        digest[..16].iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

impl Basis {
    /// What obligations follow from besides the record, and what alerts need to know of the rules.
    pub fn new(authority: &Authority, rules: &RuleSet, book: &RuleBook, hours: Hours) -> Basis {
        let baselines: Vec<&str> = book
            .facts
            .iter()
            .filter(|r| r.new)
            .map(|r| &*r.id)
            .collect();
        Basis {
            obligations: Self::of_obligations(authority, rules),
            alerts: Hashed::of(format_args!(
                "{:?} {hours:?} {baselines:?}",
                authority.ladders
            )),
        }
    }

    /// The half that obligations follow from.
    pub fn of_obligations(authority: &Authority, rules: &RuleSet) -> String {
        Hashed::of(format_args!(
            "{} {rules:?} {:?}",
            env!("CARGO_PKG_VERSION"),
            authority.calendar
        ))
    }

    fn stored(&self) -> String {
        format!("{}:{}", self.obligations, self.alerts)
    }
}

/// An authority's register as the store has it, and what has changed since.
pub struct Kept {
    head: Option<RegisterHead>,
    register: Register,
    changes: Changes,
}

impl Kept {
    /// Reads the register of an authority and what has changed since.
    ///
    /// # Errors
    /// What the store says.
    pub async fn read(tx: &mut Transaction, authority: &Authority) -> Result<Kept, StoreError> {
        let id = &authority.settings.id;
        let head = register_head(tx, id).await?;
        let pages = match head {
            Some(_) => register_pages(tx, id).await?,
            None => Vec::new(),
        };
        let since = head.as_ref().map_or(0, |head| head.stamp);
        Ok(Kept {
            register: Register::of(pages),
            changes: copy::changes_since(tx, id, since).await?,
            head,
        })
    }

    /// What is kept of each child; nothing where the register says of another day or rests on
    /// something else than `is_same` takes.
    ///
    /// # Errors
    /// Where the register is damaged.
    pub fn entries(
        &self,
        today: Day,
        is_same: impl Fn(&str) -> bool,
    ) -> Result<Option<Vec<Entry<'_>>>, StoreError> {
        match &self.head {
            Some(head) if head.day <= today && is_same(&head.basis) => {
                self.register.entries().map(Some)
            }
            _ => Ok(None),
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

/// What is to be written of the register.
struct Update {
    head: RegisterHead,
    kept: usize,
    pages: Vec<Vec<u8>>,
}

/// The children to look at, and what there is besides.
pub struct Plan {
    kept: Kept,
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
    pub fn new(
        kept: Kept,
        basis: Basis,
        attended: Vec<String>,
        (today, now): (Day, Instant),
    ) -> Result<Plan, StoreError> {
        let stored = basis.stored();
        let which = match kept.entries(today, |basis| basis == stored)? {
            None => Which::All,
            Some(entries) => {
                let due = entries
                    .iter()
                    .filter(|entry| entry.begun || entry.is_due(today, now));
                let mut some: BTreeSet<String> = due.map(|entry| entry.child.to_owned()).collect();
                some.extend(kept.changes.children.iter().cloned());
                some.extend(attended);
                if some.len() > entries.len() / FEW {
                    Which::All
                } else {
                    Which::Some(some.into_iter().collect())
                }
            }
        };
        Ok(Plan {
            kept,
            basis,
            today,
            now,
            which,
        })
    }

    /// Evaluates the children of `cases`, who must be those of the plan; `look` finds what alerts look
    /// at of each.
    ///
    /// # Errors
    /// Where the copy or the register is damaged.
    pub fn carry_out(
        self,
        cases: &Cases,
        authority: &Authority,
        look: impl Fn(&mut Watched, &Timeline<'_>, &[Obligation<'_>]) + Sync,
    ) -> Result<Survey, EvaluationError> {
        let found = cases.evaluate(
            authority,
            self.today,
            |found: &mut Found, timeline, obligations| {
                let mut of_child = Watched::default();
                look(&mut of_child, timeline, obligations);
                found.counts.clear();
                let counted = obligations.iter().map(Counted::from);
                put_counts(&mut found.counts, counted, self.today);
                let team = timeline.child.team_id.unwrap_or("");
                let pages = found.pages.get_or_insert_with(Pages::whole);
                pages.put(&Entry {
                    next_change: cases.rules.next_change(
                        &authority.calendar,
                        timeline,
                        obligations,
                        self.today,
                    ),
                    wake: of_child.wake,
                    next: of_child.next,
                    begun: of_child.begun,
                    open: of_child.open,
                    ..Entry::new(timeline.child.id, team, &found.counts)
                });
                found.watched.add(of_child);
                found.evaluated += 1;
            },
        )?;
        let (mut parts, mut pages, mut evaluated) = (Vec::new(), Vec::new(), 0);
        for part in found {
            parts.push(part.watched);
            evaluated += part.evaluated;
            pages.extend(part.pages.into_iter().flat_map(Pages::into_pages));
        }
        let mut watched = Watched::of(parts);
        let fresh = Register::of(pages);
        let update = self.update(&fresh, &mut watched)?;
        Ok(Survey {
            watched,
            looked_at: self.which,
            update,
            evaluated,
        })
    }

    /// What is to be written of the register; adds to `watched` what is known of those who were not
    /// looked at.
    fn update(
        &self,
        fresh: &Register,
        watched: &mut Watched,
    ) -> Result<Option<Update>, StoreError> {
        let fresh = fresh.entries()?;
        let head = RegisterHead {
            stamp: self.kept.changes.stamp,
            day: self.today,
            basis: self.basis.stored(),
        };
        let Which::Some(looked_at) = &self.which else {
            let mut pages = Pages::whole();
            fresh.iter().for_each(|entry| pages.put(entry));
            return Ok(Some(Update {
                head,
                kept: 0,
                pages: pages.into_pages(),
            }));
        };
        let looked_at: BTreeSet<&str> = looked_at.iter().map(String::as_str).collect();
        let mut before: FxHashMap<&str, Entry<'_>> = FxHashMap::default();
        let kept = self.kept.register.entries()?;
        for entry in &kept {
            if looked_at.contains(entry.child) {
                before.insert(entry.child, entry.clone());
                continue;
            }
            watched.open += entry.open;
            let next = entry.next.filter(|next| *next > self.now);
            watched.next = [watched.next, next].into_iter().flatten().min();
        }
        let mut added = Pages::added();
        for entry in &fresh {
            if before.remove(entry.child).as_ref() != Some(entry) {
                added.put(entry);
            }
        }
        before.keys().for_each(|gone| added.put_gone(gone));
        let added = added.into_pages();
        let is_same = self.kept.head.as_ref().is_some_and(|before| {
            before.stamp == head.stamp && (before.day == head.day || fresh.is_empty())
        });
        if added.is_empty() && is_same {
            return Ok(None);
        }
        let together = self.kept.register.clone().with(&added);
        if !together.is_ragged() {
            return Ok(Some(Update {
                head,
                kept: self.kept.register.pages(),
                pages: added,
            }));
        }
        let mut pages = Pages::whole();
        together
            .entries()?
            .iter()
            .for_each(|entry| pages.put(entry));
        Ok(Some(Update {
            head,
            kept: 0,
            pages: pages.into_pages(),
        }))
    }
}

/// What is found of a run of children.
#[derive(Default)]
struct Found {
    watched: Watched,
    counts: Vec<u8>,
    pages: Option<Pages>,
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
        let Some(update) = &self.update else {
            return Ok(());
        };
        put_register(
            tx,
            authority,
            &update.head,
            update.kept,
            update.pages.clone(),
        )
        .await?;
        copy::forget_changes(tx, authority, update.head.stamp).await
    }
}
