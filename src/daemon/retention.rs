//! After a pass, at most once on a day: forgetting what a site need not keep (`[retention]`).

use super::Installation;
use crate::calendar::{Duration, Instant};
use crate::store::care::{Keep, forget};
use crate::store::{Store, StoreError};

/// Forgets what lies before the site's periods.
///
/// # Errors
/// What the store says.
pub(super) async fn retention(
    installation: &Installation,
    store: &Store,
    now: Instant,
) -> Result<(), StoreError> {
    let periods = &installation.settings.retention;
    // All authorities are of one country: their days begin together.
    let Some(calendar) = installation.authorities.first().map(|a| &a.calendar) else {
        return Ok(());
    };
    let today = calendar.zone.day_of(now);
    let from = |period: Option<Duration>| period.map(|period| calendar.before(today, period));
    let keep = Keep {
        closed: from(periods.closed),
        messages: from(periods.messages),
        audit: from(periods.audit),
        history: from(periods.history),
        readings: from(periods.readings),
    };
    if keep == Keep::default() {
        return Ok(());
    }
    if let Some(forgotten) = forget(store, keep, today).await? {
        tracing::info!(
            event = "retention_done",
            obligations = forgotten.obligations,
            told = forgotten.told,
            messages = forgotten.messages,
            audit = forgotten.audit,
            history = forgotten.history,
            readings = forgotten.readings,
            "what need not be kept was forgotten"
        );
    }
    Ok(())
}
