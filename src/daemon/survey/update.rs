//! What a survey leaves in the register: in the transaction in which what follows from it is told.

use crate::daemon::register::Register;
use crate::store::copy;
use crate::store::{RegisterHead, RegisterPage, StoreError, Transaction};
use crate::store::{put_register, register_tallies};

/// What is to be written of a register.
pub(super) struct Update {
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

impl Update {
    /// Writes it, and forgets the changes that it knows of.
    ///
    /// # Errors
    /// Where the register is damaged; what the store says.
    pub(super) async fn write(
        &self,
        tx: &mut Transaction,
        authority: &str,
    ) -> Result<(), StoreError> {
        let (kept, pages) = match &self.pages {
            Pages::Same => (None, Vec::new()),
            Pages::Whole(pages) => (Some(0), pages.clone()),
            Pages::Added(register, added) => {
                let first = register.first_to_fold(added);
                let tallies = if first == register.pages() {
                    Vec::new()
                } else {
                    register_tallies(tx, authority, first).await?
                };
                let folded = register.folded(first, tallies, added.clone())?;
                (Some(first), folded)
            }
        };
        put_register(tx, authority, &self.head, kept, pages).await?;
        copy::forget_changes(tx, authority, self.head.stamp).await
    }
}
