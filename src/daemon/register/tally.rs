//! What is counted of the children of one page, in the order in which the page has them: the team of each
//! and its counts. Only figures, and a register that is gathered in, read it.

use super::counts::take_count;
use super::{damaged, put_slice, put_text, slice, text};
use crate::store::StoreError;

/// The first byte.
pub(super) const TALLIES: u8 = 7;

/// The counts of a page as they are written.
#[derive(Debug, Default)]
pub(super) struct TallyBuilder(Vec<u8>);

impl TallyBuilder {
    /// Writes what is counted of the next child.
    pub(super) fn put(&mut self, team: &str, counts: &[u8]) {
        put_text(&mut self.0, team);
        put_slice(&mut self.0, counts);
    }

    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.0.insert(0, TALLIES);
        self.0
    }
}

/// The counts of a page as they are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tallies<'p>(&'p [u8]);

impl<'p> Tallies<'p> {
    /// The counts that these bytes hold.
    ///
    /// # Errors
    /// Where they are something else.
    pub(super) fn of(bytes: &'p [u8]) -> Result<Self, StoreError> {
        let (first, rest) = bytes.split_first().ok_or_else(damaged)?;
        (*first == TALLIES)
            .then_some(Self(rest))
            .ok_or_else(damaged)
    }

    /// Takes the team and the counts of the next child.
    ///
    /// # Errors
    /// Where there is none, or it is damaged.
    pub(super) fn take(&mut self) -> Result<(&'p str, &'p [u8]), StoreError> {
        Ok((text(&mut self.0)?, slice(&mut self.0)?))
    }

    /// Whether all were taken.
    pub(super) fn is_at_end(self) -> bool {
        self.0.is_empty()
    }

    /// Whether all can be read.
    pub(super) fn is_sound(mut self) -> bool {
        while !self.is_at_end() {
            let Ok((_, mut counts)) = self.take() else {
                return false;
            };
            while !counts.is_empty() {
                if take_count(&mut counts).is_err() {
                    return false;
                }
            }
        }
        true
    }
}
