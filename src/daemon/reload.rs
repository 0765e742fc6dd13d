//! Taking a changed configuration while the daemon runs (SIGHUP): rules, ladders, recipients, calendar
//! and all else that a pass reads. A faulty one changes nothing. What the process holds on to (the
//! store, the address that it listens on, the schedule) stays until it is started anew, and is named.

use std::path::Path;

use super::Installation;
use crate::case::Symbols;
use crate::config::Settings;
use crate::document::Faults;
use crate::mail::{Route, Writer};
use crate::rules::RuleSet;
use crate::source::Profile;
use crate::store::{Store, StoreError, copy};

/// A configuration that was taken.
#[derive(Debug)]
pub struct Reloaded {
    /// What passes work by from now on.
    pub installation: Installation,
    /// The settings that were changed and only count after a start, as `[store] url`.
    pub after_a_start: Vec<&'static str>,
}

/// Why a configuration was not taken: that of before stands.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// It is faulty.
    #[error(transparent)]
    Faulty(#[from] Faults),
    /// `[mail]` is missing or cannot be used: a line each.
    #[error("{}", .0.join("\n"))]
    Mail(Vec<String>),
    /// The store could not be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The reading of the files was broken off.
    #[error("the files could not be read to their end")]
    BrokenOff,
}

/// Reads the configuration at `config` anew, to follow on `before`.
///
/// # Errors
/// Why it cannot be taken; nothing is changed then.
pub async fn reload(
    config: &Path,
    before: &Installation,
    store: &Store,
) -> Result<Reloaded, ReloadError> {
    let config = config.to_owned();
    let read = tokio::task::spawn_blocking(move || Installation::load(&config));
    let mut installation = read.await.map_err(|_| ReloadError::BrokenOff)??;
    mail(&installation)?;
    rules(&installation, before, store).await?;
    let after_a_start = keep(&mut installation.settings, &before.settings);
    Ok(Reloaded {
        installation,
        after_a_start,
    })
}

fn mail(installation: &Installation) -> Result<(), ReloadError> {
    let Some(mail) = &installation.settings.mail else {
        let missing =
            "[mail] is missing; say how messages leave: `transport`, `from`, `operations`";
        return Err(ReloadError::Mail(vec![missing.to_owned()]));
    };
    Route::new(mail).map_err(ReloadError::Mail)?;
    Writer::new(&mail.from, installation.stationery.clone())
        .map_err(|error| ReloadError::Mail(vec![error.to_string()]))?;
    Ok(())
}

/// Whether the rules know all that they read. Where the queries have changed too, that shows with the
/// next reading.
async fn rules(
    installation: &Installation,
    before: &Installation,
    store: &Store,
) -> Result<(), ReloadError> {
    let mut faults = Faults::default();
    let mut tx = store.snapshot().await?;
    for authority in &installation.authorities {
        let id = &authority.settings.id;
        let known = before.authorities.iter().find(|a| a.settings.id == *id);
        let same_queries =
            known.is_some_and(|a| queries(&a.profile).eq(queries(&authority.profile)));
        if !same_queries || copy::last_accepted(&mut tx, id).await?.is_none() {
            continue;
        }
        let catalogue = copy::catalogue(&mut tx, id).await?;
        let mut symbols: Symbols = copy::symbols(&mut tx, id).await?;
        if let Err(more) = RuleSet::bind(&authority.packs, &mut symbols, &catalogue) {
            faults.0.extend(more.0);
        }
    }
    Ok(faults.or(())?)
}

fn queries(profile: &Profile) -> impl Iterator<Item = (&str, &str)> {
    let queries = profile.queries.iter();
    queries.map(|query| (query.name.as_str(), query.sql.as_str()))
}

/// Keeps what the process holds on to, and names what of it was changed.
fn keep(new: &mut Settings, before: &Settings) -> Vec<&'static str> {
    let mut changed = Vec::new();
    let mut kept = |is_same: bool, name| {
        if !is_same {
            changed.push(name);
        }
    };
    kept(new.store == before.store, "[store]");
    kept(new.web == before.web, "[web]");
    kept(new.schedule == before.schedule, "[schedule]");
    new.store = before.store.clone();
    new.web = before.web.clone();
    new.schedule = before.schedule.clone();
    changed
}
