//! What the gate would say of a source, as far as a trial of it tells (for `corewatch check`).

use super::gate::{columns_gone, shrunk};
use super::plan::digest;
use super::probe::Probe;
use super::profile::Profile;
use crate::document::Fault;
use crate::store::copy::{self, QueryReading};
use crate::store::{StoreError, Transaction};

/// Why a reading would be refused now by what the last accepted one was: far fewer rows of a query that
/// was tried to its end, and columns that are gone. Of a query with more rows than were tried only a
/// reading tells: to count them takes the database as long as to read them.
///
/// # Errors
/// Where the store fails.
pub async fn foresee(
    tx: &mut Transaction,
    authority: &str,
    profile: &Profile,
    probe: &Probe,
) -> Result<Vec<Fault>, StoreError> {
    let last = copy::query_readings(tx, authority).await?;
    let catalogue = copy::catalogue(tx, authority).await?;
    let mut objections = Vec::new();
    for query in &profile.queries {
        let tried = probe.queries.iter().find(|tried| tried.name == query.name);
        let (Some(last), Some(tried)) = (last.get(&query.name), tried) else {
            continue;
        };
        if !tried.cut_short {
            objections.extend(shrunk(profile, query, last, tried.rows));
        }
        let now = QueryReading {
            digest: digest(&query.sql),
            columns: tried.columns.clone(),
            ..last.clone()
        };
        objections.extend(columns_gone(query, last, &now, &catalogue));
    }
    Ok(objections.into_iter().map(|o| o.fault).collect())
}
