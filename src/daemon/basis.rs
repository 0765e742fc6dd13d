//! By what an authority's record is judged, kept day by day, so that a past day's figures can be made
//! again: the texts of its packs, its calendar, the names of its teams.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Authority;
use crate::calendar::{BankHolidays, Calendar, Day};
use crate::case::Staff;
use crate::rules::load_kept_packs;
use crate::store::{StoreError, Transaction, copy, history};

/// What is kept.
#[derive(Debug, Serialize, Deserialize)]
struct Basis {
    /// The packs, as the configuration names them.
    packs: Vec<String>,
    /// The folder that their paths are relative to.
    base: PathBuf,
    /// Their texts and those of their bases, by what they are found under.
    texts: BTreeMap<String, String>,
    /// The days of a week's five on which nobody works.
    closed: Vec<Day>,
    /// The names of teams, by id.
    teams: BTreeMap<String, Option<String>>,
}

/// Keeps by what an authority's record is judged from `day` on, where that is new.
///
/// # Errors
/// What the store says.
pub(super) async fn keep(
    tx: &mut Transaction,
    authority: &Authority,
    base: &std::path::Path,
    day: Day,
) -> Result<(), StoreError> {
    let settings = &authority.settings;
    let staff = copy::staff(tx, &settings.id).await?;
    let texts = authority.packs.iter().flat_map(|pack| pack.texts.clone());
    let teams = staff.teams.into_iter().map(|(id, team)| (id, team.name));
    let basis = Basis {
        packs: settings
            .packs
            .iter()
            .map(|name| name.value.clone())
            .collect(),
        base: base.to_owned(),
        texts: texts.collect(),
        closed: authority.calendar.closed_days().collect(),
        teams: teams.collect(),
    };
    let text = serde_json::to_string(&basis);
    let text = text.map_err(|error| StoreError::Damaged(error.to_string()))?;
    history::keep_basis(tx, &settings.id, day, &text).await
}

/// An authority as it judged on a past day.
pub(super) struct Then {
    /// With the packs and the calendar of that day.
    pub(super) authority: Authority,
    teams: BTreeMap<String, Option<String>>,
}

impl Then {
    /// Gives teams the names that they had.
    pub(super) fn rename(&self, staff: &mut Staff) {
        for (id, name) in &self.teams {
            if let Some(team) = staff.teams.get_mut(id) {
                team.name.clone_from(name);
            }
        }
    }
}

/// An authority as it judged at the end of `day`; `None` where that is not kept, or can no longer be
/// read.
///
/// # Errors
/// What the store says.
pub(super) async fn at(
    tx: &mut Transaction,
    authority: &Authority,
    day: Day,
) -> Result<Option<Then>, StoreError> {
    let id = &authority.settings.id;
    let Some(text) = history::basis_at(tx, id, day).await? else {
        return Ok(None);
    };
    let Ok(basis) = serde_json::from_str::<Basis>(&text) else {
        return Ok(None);
    };
    let Ok(packs) = load_kept_packs(&basis.packs, &basis.base, &basis.texts) else {
        return Ok(None);
    };
    let calendar = &authority.calendar;
    // Whether the nation or the authority was closed makes no difference to a count.
    let nobody = Arc::new(BankHolidays::default());
    let calendar = Calendar::new(calendar.zone, calendar.nation(), nobody, &basis.closed);
    Ok(Some(Then {
        authority: Authority {
            packs,
            calendar,
            ..authority.clone()
        },
        teams: basis.teams,
    }))
}
