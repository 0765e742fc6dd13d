//! `corewatch cycle`: one whole pass, then the end (SPEC 6): for cron, for trials, for tests.

use std::io::Write as _;

use clap::Args;

use super::{ConfigArgument, Context, Failure, clock_instant};
use crate::calendar::Instant;
use crate::daemon::{AuthorityOutcome, Installation, PassEnd, PassError, PassOutcome, pass};
use crate::store::Store;

/// Make one whole pass: read the sources, evaluate, tell who is to be told, deliver.
#[derive(Debug, Args)]
pub struct Cycle {
    #[command(flatten)]
    config: ConfigArgument,
    /// The pass's only clock, as 2026-11-21T09:30:00Z; refused where the store has already seen a
    /// later pass [default: now].
    #[arg(long, value_name = "INSTANT", value_parser = clock_instant)]
    at: Option<Instant>,
}

impl Cycle {
    pub(super) async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let installation = Installation::load(&self.config.config)?;
        let store = Store::open(&installation.settings.store.url).await?;
        let now = self.at.unwrap_or_else(|| context.clock.now());
        let ended = pass(&installation, &store, now).await;
        store.close().await;
        let outcome = match ended? {
            PassEnd::AnotherRuns => {
                writeln!(context.out, "another pass is running: nothing was done")?;
                return Ok(());
            }
            PassEnd::Ran(outcome) => outcome,
        };
        for line in lines(&outcome) {
            writeln!(context.out, "{line}")?;
        }
        ended_as(&outcome)
    }
}

/// What a pass did, a line each.
fn lines(outcome: &PassOutcome) -> Vec<String> {
    let mut lines = Vec::new();
    for (id, authority) in &outcome.authorities {
        if let AuthorityOutcome::Decided(read, decided) = authority {
            let mut line = format!(
                "{id}: {} rows read, {} in quarantine; {} queued, {} told",
                read.rows.total(),
                read.quarantined,
                counted(decided.letters as u64, "message"),
                counted(decided.told as u64, "thing"),
            );
            if decided.held > 0 {
                line.push_str(&format!("; {} held by the flood guard", decided.held));
            }
            lines.push(line);
        }
    }
    let delivery = &outcome.delivery;
    let mut line = format!("{} sent", counted(delivery.sent, "message"));
    for (count, what) in [
        (delivery.deferred, "to be tried again"),
        (delivery.refused_addresses, "whose address is refused"),
        (delivery.refused_messages, "refused for good"),
    ] {
        if count > 0 {
            line.push_str(&format!(", {count} {what}"));
        }
    }
    if delivery.gave_up {
        line.push_str("; the mail server does not answer, the rest is left for later");
    }
    lines.push(line);
    lines
}

fn counted(count: u64, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{s}")
}

/// How a command ends after a pass.
pub(super) fn ended_as(outcome: &PassOutcome) -> Result<(), Failure> {
    let faults = outcome.faults();
    if !faults.0.is_empty() {
        return Err(Failure::wrong(faults));
    }
    let refused: Vec<&str> = outcome
        .authorities
        .iter()
        .filter_map(|(_, authority)| match authority {
            AuthorityOutcome::Refused(lines) => Some(lines),
            _ => None,
        })
        .flatten()
        .map(String::as_str)
        .collect();
    if refused.is_empty() {
        Ok(())
    } else {
        Err(Failure::found(refused.join("\n")))
    }
}

impl From<PassError> for Failure {
    fn from(error: PassError) -> Self {
        Failure::wrong(error)
    }
}
