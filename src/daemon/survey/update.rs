//! What a survey leaves in the register: in the transaction in which what follows from it is told.

use crate::alerts::Watched;
use crate::calendar::Instant;
use crate::daemon::register::{Kind, PageBuilder, Register};
use crate::store::copy;
use crate::store::{RegisterHead, RegisterPage, Run, StoreError, Transaction};
use crate::store::{put_register, register_tallies};

/// What is to be written of a register.
pub struct Update {
    pub(super) head: RegisterHead,
    pub(super) pages: Pages,
}

/// What becomes of a register's pages.
pub(super) enum Pages {
    /// They stay.
    Same,
    /// These take their place.
    Whole(Vec<RegisterPage>),
    /// This is said in place of what they say.
    Added(Register, RegisterPage),
}

/// What is known of those who are not looked at.
pub(super) struct Others {
    pub(super) before: Option<RegisterHead>,
    pub(super) register: Register,
    pub(super) now: Instant,
}

impl Others {
    /// What is to be written where `fresh` is said of the children who were looked at, and `head` of them
    /// alone; adds to `watched` what is known of the others.
    ///
    /// # Errors
    /// Where the register is damaged.
    pub(super) fn beside(
        self,
        looked_at: &[String],
        fresh: Vec<RegisterPage>,
        mut head: RegisterHead,
        watched: &mut Watched,
    ) -> Result<Option<Update>, StoreError> {
        let Others {
            before: head_before,
            register,
            now,
        } = self;
        let found = Register::of(&fresh)?;
        let tallies: Vec<Run> = fresh.into_iter().map(|p| Run::of_one(p.tallies)).collect();
        let entries = found.entries(&tallies)?;
        let mut added = PageBuilder::default();
        let mut passed = register.passed();
        let mut evaluated = entries.iter().peekable();
        for child in looked_at {
            let fresh = evaluated.next_if(|entry| entry.child == child);
            let before = register.find(child)?;
            if let Some(at) = before {
                passed.pass(at);
            }
            match (before, fresh) {
                (Some(at), Some(fresh)) if register.says_the_same(at, fresh)? => {}
                (_, Some(fresh)) => added.put(fresh),
                (Some(_), None) => added.put_gone(child),
                (None, None) => {}
            }
        }
        let (ahead, next) = register.ahead(&passed, now);
        watched.open += ahead.open;
        watched.next = [watched.next, next].into_iter().flatten().min();
        if let Some(all) = &mut head.all {
            all.add(&ahead);
        }
        let is_same = head_before.is_some_and(|before| {
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

impl Update {
    /// Writes it, and forgets the changes that it knows of.
    ///
    /// # Errors
    /// Where the register is damaged; what the store says.
    pub async fn write(self, tx: &mut Transaction, authority: &str) -> Result<(), StoreError> {
        let (kept, pages) = match self.pages {
            Pages::Same => (None, Vec::new()),
            Pages::Whole(pages) => (Some(0), pages),
            Pages::Added(register, added) => {
                let first = register.first_to_fold(&added);
                let tallies = if first == register.pages() {
                    Vec::new()
                } else {
                    register_tallies(tx, authority, first).await?
                };
                let folded = register.folded(first, tallies, added)?;
                (Some(first), folded)
            }
        };
        put_register(tx, authority, &self.head, kept, pages).await?;
        copy::forget_changes(tx, authority, self.head.stamp).await
    }
}
