//! `corewatch alerts ack`: someone knows of an obligation, and its steps wait for them.

use std::io::Write as _;

use clap::Args;

use super::super::{ConfigArgument, Context, Failure, clock_instant, obligation_id};
use crate::alerts::Phase;
use crate::calendar::{Day, Instant};
use crate::daemon::{Authority, Cases, Installation};
use crate::rules::State;
use crate::store::Transaction;
use crate::store::alerts::{self as table, Acknowledgement};

/// Acknowledge an obligation: its steps and repeats wait through a day, for everybody.
#[derive(Debug, Args)]
pub struct Ack {
    #[command(flatten)]
    config: ConfigArgument,
    /// The obligation's short name, as messages, `evaluate` and `alerts list` have it.
    #[arg(value_name = "ID", value_parser = obligation_id)]
    id: String,
    /// Who acknowledges it.
    #[arg(long, value_name = "WHO")]
    by: String,
    /// Why it can wait.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The day through which it waits; what falls meanwhile is told after it.
    #[arg(long, value_name = "DAY")]
    until: Day,
    /// When it is acknowledged [default: now].
    #[arg(long, value_name = "INSTANT", value_parser = clock_instant)]
    at: Option<Instant>,
}

impl Ack {
    pub(super) async fn run(self, context: &mut Context) -> Result<(), Failure> {
        for (option, value) in [("--by", &self.by), ("--reason", &self.reason)] {
            if value.trim().is_empty() {
                return Err(Failure::wrong(format!(
                    "{option} is empty; an acknowledgement says who and why"
                )));
            }
        }
        let installation = Installation::load(&self.config.config)?;
        let store = self.config.existing_store(&installation).await?;
        let mut tx = store.begin().await?;
        let Some(last) = table::last_pass(&mut tx).await? else {
            return Err(Failure::wrong(
                "no pass has been made yet: there is nothing to acknowledge; run `corewatch cycle`",
            ));
        };
        let authority = self.authority(&mut tx, &installation, last).await?;
        let today = authority.calendar.zone.day_of(last);
        if self.until <= today {
            return Err(Failure::wrong(format!(
                "--until {}: the last pass was on {today}; give a later day",
                self.until
            )));
        }
        let acknowledgement = Acknowledgement {
            authority: &authority.settings.id,
            obligation: &self.id,
            by: self.by.trim(),
            reason: self.reason.trim(),
            until: self.until,
            at: self.at.unwrap_or_else(|| context.clock.now()),
        };
        table::acknowledge(&mut tx, &acknowledgement).await?;
        tx.commit().await?;
        store.close().await;
        writeln!(
            context.out,
            "{} is acknowledged by {} through {}",
            self.id, acknowledgement.by, self.until
        )?;
        Ok(())
    }

    /// Whose the obligation is: one that was told of, or one that the copy has.
    async fn authority<'i>(
        &self,
        tx: &mut Transaction,
        installation: &'i Installation,
        last: Instant,
    ) -> Result<&'i Authority, Failure> {
        if let Some((id, alert)) = table::alert(tx, &self.id).await? {
            if let Phase::Closed { reason, day } = alert.phase {
                return Err(self.is_over(&format!("{reason} since {day}")));
            }
            let authorities = &installation.authorities;
            let authority = authorities.iter().find(|a| a.settings.id == id);
            return authority.ok_or_else(|| {
                Failure::wrong(format!(
                    "{} is of the authority {id}, which the configuration does not have",
                    self.id
                ))
            });
        }
        for authority in &installation.authorities {
            let today = authority.calendar.zone.day_of(last);
            let cases = Cases::read(tx, authority, None).await?;
            match state(&cases, authority, &self.id, today)? {
                Some(state) if state.is_open() => return Ok(authority),
                Some(state) => return Err(self.is_over(state.name())),
                None => {}
            }
        }
        Err(Failure::wrong(format!(
            "there is no obligation {}; `corewatch evaluate` shows them all",
            self.id
        )))
    }

    fn is_over(&self, how: &str) -> Failure {
        Failure::wrong(format!(
            "the obligation {} is {how}: there is nothing to hold back",
            self.id
        ))
    }
}

/// The state of an obligation of the copy, where it has it.
fn state(
    cases: &Cases,
    authority: &Authority,
    id: &str,
    today: Day,
) -> Result<Option<State>, Failure> {
    let found = cases.evaluate(
        authority,
        today,
        |found: &mut Option<State>, timeline, all| {
            for obligation in all {
                let (authority, child) = (&authority.settings.id, timeline.child.id);
                let this = cases.rules.obligation_id(authority, child, obligation);
                if this == id {
                    *found = Some(obligation.state);
                }
            }
        },
    )?;
    Ok(found.into_iter().flatten().next())
}
