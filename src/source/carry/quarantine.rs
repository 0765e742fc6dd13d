//! Rows in quarantine while only changes are read: which of them stay there, and which may be usable by
//! now although they did not change.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Carrying;
use crate::case::Symbol;
use crate::source::gather::Gathered;
use crate::source::profile::Subject;
use crate::source::read::Reading;
use crate::source::settle::identity;
use crate::store::StoreError;
use crate::store::copy::Unusable;

/// Ids of one query that are in quarantine, with the kinds of the rows that came under them.
type Came = FxHashMap<String, Vec<Option<Symbol>>>;

impl Carrying<'_> {
    /// The rows in quarantine that did not come again; those that may be usable by now, although
    /// they did not change, make their query unclear.
    pub(super) fn quarantine(
        &mut self,
        reading: &Reading<'_>,
        gathered: &Gathered,
    ) -> Result<Vec<Unusable>, StoreError> {
        let numbers: FxHashMap<&str, usize> = (0..self.queries.len())
            .map(|number| (self.queries[number].name.as_str(), number))
            .collect();
        let held: Vec<(usize, &Unusable)> = reading
            .base
            .unusable
            .iter()
            .filter_map(|row| Some((*numbers.get(row.query.as_str())?, row)))
            .filter(|(number, _)| !self.plan.is_whole(*number))
            .collect();
        if held.is_empty() {
            return Ok(Vec::new());
        }
        let came = self.ids_that_came(gathered, &held)?;
        let unreadable: FxHashSet<&str> = self.unreadable_children(gathered).collect();
        let mut stay = Vec::new();
        for (number, row) in held {
            let again = row.row_id.as_deref().is_some_and(|id| {
                let kinds = came[number].get(id).map_or(&[][..], Vec::as_slice);
                kinds.iter().any(|kind| match (kind, &row.kind) {
                    (Some(kind), Some(of_row)) => self.symbols.name(*kind) == of_row,
                    _ => true,
                })
            });
            let child_is_there = row
                .waits_for_child
                .as_deref()
                .is_some_and(|child| gathered.knows(child) || unreadable.contains(child));
            let day_is_there = row.waits_for_day.is_some_and(|day| day <= reading.today);
            if child_is_there || (day_is_there && !again) || (row.twice && again) {
                self.unclear.insert(number);
            } else if !again {
                stay.push(row.clone());
            }
        }
        Ok(stay)
    }

    /// Of the ids in quarantine, those that came, by query and with their kinds.
    fn ids_that_came(
        &self,
        gathered: &Gathered,
        held: &[(usize, &Unusable)],
    ) -> Result<Vec<Came>, StoreError> {
        let mut came = vec![FxHashMap::default(); self.queries.len()];
        for (number, row) in held {
            if let Some(id) = &row.row_id {
                came[*number].insert(id.clone(), Vec::new());
            }
        }
        let mut note = |query: u16, id: &str, kind| {
            if let Some(kinds) = came[usize::from(query)].get_mut(id) {
                kinds.push(kind);
            }
        };
        for entry in &self.came {
            let (query, _, kind, id) = identity(self.queries, gathered, entry)?;
            note(query, id, Some(kind));
        }
        for unfit in &gathered.unfit {
            if let Some(id) = &unfit.id {
                note(unfit.query, id, unfit.kind);
            }
        }
        for child in gathered.children.iter().chain(&gathered.children_again) {
            if child.known {
                note(child.query, &child.id, None);
            }
        }
        Ok(came)
    }

    /// The children whose row came and cannot be used.
    pub(super) fn unreadable_children<'g>(
        &self,
        gathered: &'g Gathered,
    ) -> impl Iterator<Item = &'g str> {
        let queries = self.queries;
        let unfit = gathered
            .unfit
            .iter()
            .filter(move |unfit| queries[usize::from(unfit.query)].subject == Subject::Children);
        unfit.filter_map(|unfit| unfit.id.as_deref())
    }
}
