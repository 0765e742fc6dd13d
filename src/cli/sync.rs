//! `corewatch sync`: one reading of every authority's source into the copy (SPEC 6).

use std::io::Write as _;

use clap::Args;

use super::{ConfigArgument, Context, Failure};
use crate::calendar::Instant;
use crate::daemon::{Authority, Installation};
use crate::source::{SourceError, SyncOutcome, SyncRequest, sync};
use crate::store::{Store, copy};

/// Read every authority's source once into the copy; tell nobody.
#[derive(Debug, Args)]
pub struct Sync {
    #[command(flatten)]
    config: ConfigArgument,
    /// Take a reading with much less in it than the last one, or without a column that was there:
    /// it is meant.
    #[arg(long)]
    accept: bool,
    /// Read everything, also where a source file says how to read only what changed.
    #[arg(long)]
    full: bool,
    /// List the rows that could not be used, with the reasons.
    #[arg(long)]
    quarantine: bool,
}

impl Sync {
    pub(super) async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let installation = Installation::load(&self.config.config)?;
        let store = Store::open(&installation.settings.store.url).await?;
        let now = context.clock.now();
        let mut refusals = Vec::new();
        for authority in &installation.authorities {
            let id = &authority.settings.id;
            match self.read(&store, authority, now).await {
                Ok(outcome) => writeln!(context.out, "{id}: {}", summary(&outcome))?,
                Err(SourceError::Refused(refusal)) => refusals.push(refusal.to_string()),
                Err(SourceError::Store(error)) => return Err(error.into()),
            }
            if self.quarantine {
                let mut tx = store.snapshot().await?;
                for row in copy::quarantine(&mut tx, id).await? {
                    writeln!(
                        context.out,
                        "{id}: in quarantine since {}: {}, {}: {}",
                        authority.calendar.zone.day_of(row.since),
                        row.query,
                        row.key,
                        row.reason
                    )?;
                }
            }
        }
        if refusals.is_empty() {
            return Ok(());
        }
        refusals.push("a refused reading changes nothing: the copy is as it was".to_owned());
        Err(Failure::found(refusals.join("\n")))
    }

    async fn read(
        &self,
        store: &Store,
        authority: &Authority,
        now: Instant,
    ) -> Result<SyncOutcome, SourceError> {
        let request = SyncRequest {
            authority: &authority.settings.id,
            profile: &authority.profile,
            zone: authority.calendar.zone,
            now,
            accept: self.accept,
            full: self.full,
        };
        sync(store, &request).await
    }
}

fn summary(outcome: &SyncOutcome) -> String {
    let rows = outcome.rows;
    let mut line = format!(
        "{} rows read in {:.1} s ({} children, {} periods, {} events, {} people, {} teams)",
        rows.total(),
        outcome.took.as_secs_f64(),
        rows.children,
        rows.periods,
        rows.events,
        rows.people,
        rows.teams
    );
    if outcome.first {
        line.push_str("; the first reading");
    } else if outcome.whole {
        line.push_str(&format!("; {} children changed", outcome.changed.len()));
    } else {
        line.push_str(&format!(
            "; only what changed was read, {} children changed",
            outcome.changed.len()
        ));
    }
    if outcome.quarantined > 0 {
        line.push_str(&format!(
            "; {} could not be used: `corewatch sync --quarantine` lists them",
            outcome.quarantined
        ));
    }
    line
}
