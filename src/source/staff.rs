//! Staff and teams settled: of two with one id one stays, and who cannot be used any more stays as
//! the copy has them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::gather::{Gathered, GatheredStaff};
use super::profile::{Query, Subject};
use super::unfit::{Reason, Unfit};
use crate::case::Staff;

/// The staff and teams to keep; rows that came twice are noted in `gathered.unfit`.
pub(super) fn settle_staff(queries: &[Query], gathered: &mut Gathered, held: Staff) -> Staff {
    let mut settle = Settle {
        queries,
        unfit: &mut gathered.unfit,
    };
    let people = std::mem::take(&mut gathered.people);
    let teams = std::mem::take(&mut gathered.teams);
    Staff {
        people: settle.of(Subject::People, people, held.people, |p| &p.person_id),
        teams: settle.of(Subject::Teams, teams, held.teams, |t| &t.team_id),
    }
}

struct Settle<'a> {
    queries: &'a [Query],
    unfit: &'a mut Vec<Unfit>,
}

impl Settle<'_> {
    fn of<T: PartialEq>(
        &mut self,
        subject: Subject,
        rows: Vec<GatheredStaff<T>>,
        mut held: BTreeMap<String, T>,
        id: impl Fn(&T) -> &String,
    ) -> BTreeMap<String, T> {
        let mut kept: BTreeMap<String, GatheredStaff<T>> = BTreeMap::new();
        for mut row in rows {
            match kept.entry(id(&row.value).clone()) {
                Entry::Vacant(place) => {
                    place.insert(row);
                }
                Entry::Occupied(mut first) => {
                    let of_copy = held.get(first.key());
                    if of_copy == Some(&row.value) && of_copy != Some(&first.get().value) {
                        std::mem::swap(first.get_mut(), &mut row);
                    }
                    let own_id = id(&row.value).as_str().into();
                    self.unfit.push(Unfit {
                        row: row.row,
                        ..Unfit::known(row.query, own_id, None, Reason::Twice)
                    });
                }
            }
        }
        let mut settled: BTreeMap<String, T> =
            kept.into_iter().map(|(id, row)| (id, row.value)).collect();
        for unfit in self.unfit.iter() {
            if self.queries[unfit.query as usize].subject == subject
                && let Some(id) = unfit.id.as_deref()
                && !settled.contains_key(id)
                && let Some((id, last_good)) = held.remove_entry(id)
            {
                settled.insert(id, last_good);
            }
        }
        settled
    }
}
