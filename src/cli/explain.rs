//! `corewatch explain`: why one obligation is what it is.

use std::io::Write;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::{AsOf, ConfigArgument, Context, Failure, obligation_id};
use crate::calendar::Day;
use crate::daemon::{Authority, Cases, Installation};
use crate::rules::{Explanation, Obligation, explain};

/// Explain one obligation: the clause, what opened it, the counting day by day, what was looked at
/// and did not answer it, what would.
#[derive(Debug, Args)]
pub struct Explain {
    /// The obligation's short name, as `evaluate`, a mail or `alerts list` gives it.
    #[arg(value_name = "OBLIGATION", value_parser = obligation_id)]
    id: String,
    #[command(flatten)]
    config: ConfigArgument,
    /// The day asked about.
    #[arg(long, value_name = "DAY", default_value = "today")]
    as_of: AsOf,
    /// For people, or as one JSON object.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A page in plain English.
    Text,
    /// One JSON object.
    Json,
}

/// An explanation with what names the obligation.
#[derive(Serialize)]
struct Explained<'e> {
    id: &'e str,
    authority: &'e str,
    #[serde(flatten)]
    explanation: &'e Explanation,
}

impl Explain {
    pub(super) async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let installation = Installation::load(&self.config.config)?;
        let store = self.config.existing_store(&installation).await?;
        let mut tx = store.snapshot().await?;
        for authority in &installation.authorities {
            let cases = Cases::read(&mut tx, authority, None).await?;
            let today = self.as_of.day(authority, context.clock.now());
            let found = self.find(authority, &cases, today)?;
            if let Some(explanation) = found {
                match self.format {
                    Format::Text => write!(context.out, "{explanation}")?,
                    Format::Json => {
                        let json = serde_json::to_string(&Explained {
                            id: &self.id,
                            authority: &authority.settings.id,
                            explanation: &explanation,
                        });
                        writeln!(
                            context.out,
                            "{}",
                            json.map_err(|e| Failure::wrong(e.to_string()))?
                        )?;
                    }
                }
                return Ok(());
            }
        }
        Err(Failure::wrong(format!(
            "there is no obligation `{}` on that day; `corewatch evaluate` lists those that there are, \
             `--as-of` asks about another day, and `corewatch check` says which rules are unmeasured",
            self.id
        )))
    }

    fn find(
        &self,
        authority: &Authority,
        cases: &Cases,
        today: Day,
    ) -> Result<Option<Explanation>, Failure> {
        let rules = &cases.rules;
        let found = cases.evaluate(authority, today, |found, timeline, obligations| {
            let (id, child) = (&authority.settings.id, timeline.child.id);
            let is_it = |obligation: &&Obligation<'_>| {
                rules.obligation_id(id, child, obligation) == self.id
            };
            if let Some(it) = obligations.iter().find(is_it) {
                *found = explain(rules, &authority.calendar, timeline, it, today);
            }
        })?;
        Ok(found.into_iter().flatten().next())
    }
}
