//! `corewatch sync`: one reading of every authority's source into the copy (SPEC 6).

use std::io::Write as _;

use clap::Args;

use super::{ConfigArgument, Context, Failure};
use crate::calendar::{Instant, Zone};
use crate::daemon::{Authority, Installation};
use crate::source::{SourceError, SyncOutcome, SyncRequest, sync};
use crate::store::copy::QuarantinedRow;
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
                let rows = copy::quarantine(&mut tx, id).await?;
                for line in listed(id, &rows, authority.calendar.zone) {
                    writeln!(context.out, "{line}")?;
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

/// The rows in quarantine by query and reason, in the order of the queries: how many, and which.
fn listed(authority: &str, rows: &[QuarantinedRow], zone: Zone) -> Vec<String> {
    let mut groups: Vec<(&str, &str, Vec<&QuarantinedRow>)> = Vec::new();
    for row in rows {
        let alike = groups
            .iter_mut()
            .find(|(query, reason, _)| *query == row.query && *reason == row.reason);
        match alike {
            Some((_, _, rows)) => rows.push(row),
            None => groups.push((&row.query, &row.reason, vec![row])),
        }
    }
    let mut lines = Vec::new();
    for (query, reason, rows) in groups {
        let s = if rows.len() == 1 { "" } else { "s" };
        lines.push(format!(
            "{authority}: in quarantine: {query}: {} row{s}: {reason}",
            rows.len()
        ));
        let since = |row: &QuarantinedRow| zone.day_of(row.since);
        lines.extend(
            rows.iter()
                .map(|row| format!("    {}, since {}", row.key, since(row))),
        );
    }
    lines
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quarantine_is_listed_by_query_and_reason_with_counts_and_ids_alone() {
        let row = |query: &str, key: &str, reason: &str, since: &str| QuarantinedRow {
            query: query.to_owned(),
            key: key.to_owned(),
            reason: reason.to_owned(),
            since: since.parse().unwrap(),
        };
        let (visit, day) = (
            "events visit (line 10)",
            "unreadable day in column `occurred`",
        );
        let rows = [
            row(visit, "V1", day, "2026-05-01T08:00:00Z"),
            row(visit, "row 7", "no event_id", "2026-05-01T08:00:00Z"),
            row(visit, "V2", day, "2026-05-02T23:30:00Z"),
            row(
                "teams (line 16)",
                "T1",
                "its id comes twice",
                "2026-05-02T08:00:00Z",
            ),
        ];
        insta::assert_snapshot!(listed("luton", &rows, Zone::LONDON).join("\n"), @"
        luton: in quarantine: events visit (line 10): 2 rows: unreadable day in column `occurred`
            V1, since 2026-05-01
            V2, since 2026-05-03
        luton: in quarantine: events visit (line 10): 1 row: no event_id
            row 7, since 2026-05-01
        luton: in quarantine: teams (line 16): 1 row: its id comes twice
            T1, since 2026-05-02
        ");
    }
}
