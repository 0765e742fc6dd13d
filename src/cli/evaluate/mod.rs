//! `corewatch evaluate`: the obligations of the copy as of a day, one a line (SPEC 6). It reads the
//! copy and nothing else.

mod line;
mod table;

use std::io::Write;

use clap::{Args, ValueEnum};

use super::{AsOf, ConfigArgument, Context, Failure};
use crate::calendar::Day;
use crate::case::Timeline;
use crate::daemon::{Authority, Cases, EvaluationError, Installation};
use crate::document::nearest;
use crate::rules::Obligation;
use crate::store::{Transaction, copy};

use line::{COLUMNS, Line};

/// Print every obligation of the copy as of a day, reading no source.
#[derive(Debug, Args)]
pub struct Evaluate {
    #[command(flatten)]
    config: ConfigArgument,
    /// The day asked about: what would have been said then, from today's records.
    #[arg(long, value_name = "DAY", default_value = "today")]
    as_of: AsOf,
    /// How the obligations are written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Leave out what closed before this day.
    #[arg(long, value_name = "DAY")]
    since: Option<Day>,
    /// Only this rule.
    #[arg(long, value_name = "ID")]
    rule: Option<String>,
    /// Only this child, by the source's id.
    #[arg(long, value_name = "ID")]
    child: Option<String>,
    /// Only this authority.
    #[arg(long, value_name = "ID")]
    authority: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One JSON object a line.
    Ndjson,
    /// Columns, for people.
    Table,
    /// Comma-separated, with a heading.
    Csv,
}

impl Evaluate {
    pub(super) async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let installation = Installation::load(&self.config.config)?;
        let authorities = authorities(&installation, self.authority.as_deref())?;
        let store = self.config.existing_store(&installation).await?;
        let mut tx = store.snapshot().await?;
        let mut read = Vec::new();
        let mut never_read = Vec::new();
        for authority in authorities {
            match self.cases(&mut tx, authority).await? {
                Some(cases) => read.push((authority, cases)),
                None => never_read.push(self.never_read(authority)),
            }
        }
        if read.is_empty() {
            return Err(Failure::wrong(never_read.join("\n")));
        }
        self.check_rule(&read)?;
        if self.format == Format::Csv {
            line::write_csv(&mut context.out, COLUMNS)?;
        }
        let mut rows = Vec::new();
        for (authority, cases) in &read {
            let now = context.clock.now();
            let today = self.as_of.day(authority, now);
            for bytes in self.lines(authority, cases, today)? {
                match self.format {
                    Format::Table => rows.extend(bytes),
                    Format::Ndjson | Format::Csv => context.out.write_all(&bytes)?,
                }
            }
        }
        if self.format == Format::Table {
            table::write(&mut context.out, &rows)?;
            for (authority, cases) in &read {
                table::write_unmeasured(&mut context.out, &authority.settings.id, &cases.rules)?;
            }
        }
        if never_read.is_empty() {
            Ok(())
        } else {
            Err(Failure::aside(never_read.join("\n")))
        }
    }

    /// The copy of an authority; `None` where its source has never been read.
    async fn cases(
        &self,
        tx: &mut Transaction,
        authority: &Authority,
    ) -> Result<Option<Cases>, Failure> {
        if copy::last_accepted(tx, &authority.settings.id)
            .await?
            .is_none()
        {
            return Ok(None);
        }
        let cases = Cases::read(tx, authority, self.child.as_deref()).await?;
        Ok(Some(cases))
    }

    fn never_read(&self, authority: &Authority) -> String {
        format!(
            "authority {}: its source has never been read, there is no copy to evaluate; run \
             `corewatch sync --config {}` first",
            authority.settings.id,
            self.config.config.display()
        )
    }

    fn check_rule(&self, read: &[(&Authority, Cases)]) -> Result<(), Failure> {
        let Some(asked) = &self.rule else {
            return Ok(());
        };
        if read
            .iter()
            .any(|(_, cases)| cases.rules.index(asked).is_some())
        {
            return Ok(());
        }
        let rules = read.iter().flat_map(|(_, cases)| &cases.rules.rules);
        Err(unknown("--rule", asked, rules.map(|rule| rule.id.as_str())))
    }

    /// The lines of an authority, in runs that follow one another in order.
    fn lines(
        &self,
        authority: &Authority,
        cases: &Cases,
        today: Day,
    ) -> Result<Vec<Vec<u8>>, Failure> {
        let rules = cases.rules.rules.len();
        let asked = |obligation: &&Obligation<'_>| {
            let since = self.since.unwrap_or(Day(i32::MIN));
            obligation.closed.is_none_or(|closed| closed >= since)
                && self
                    .rule
                    .as_ref()
                    .is_none_or(|rule| cases.rules.rules[obligation.rule].id == *rule)
        };
        let gather =
            |by_rule: &mut Vec<Vec<u8>>, timeline: &Timeline<'_>, all: &[Obligation<'_>]| {
                by_rule.resize_with(rules, Vec::new);
                let mut obligations: Vec<_> = all.iter().filter(asked).collect();
                obligations.sort_by(|a, b| order(a, cases).cmp(&order(b, cases)));
                for obligation in obligations {
                    let line = Line::new(authority, cases, timeline, obligation);
                    let into = &mut by_rule[obligation.rule];
                    // Writing to memory cannot fail.
                    let _ = match self.format {
                        Format::Ndjson => line.write_json(into),
                        Format::Csv => line::write_csv(into, line.cells(",")),
                        Format::Table => table::put(into, line.cells(", ")),
                    };
                }
            };
        let mut runs = cases.evaluate(authority, today, gather)?;
        Ok((0..rules)
            .flat_map(|rule| {
                runs.iter_mut()
                    .map(move |run| std::mem::take(&mut run[rule]))
                    .collect::<Vec<_>>()
            })
            .collect())
    }
}

/// The order of the obligations of one child: rules stand in the order of their ids.
fn order<'o>(
    obligation: &'o Obligation<'_>,
    cases: &'o Cases,
) -> (usize, &'o str, Day, &'o str, &'o str) {
    (
        obligation.rule,
        obligation.period,
        obligation.opened.day,
        obligation.anchor,
        cases.rules.name(obligation.anchor_kind),
    )
}

/// The authorities asked about: the one, or all.
pub(super) fn authorities<'i>(
    installation: &'i Installation,
    asked: Option<&str>,
) -> Result<Vec<&'i Authority>, Failure> {
    let all = &installation.authorities;
    let Some(asked) = asked else {
        return Ok(all.iter().collect());
    };
    match all.iter().find(|authority| authority.settings.id == asked) {
        Some(authority) => Ok(vec![authority]),
        None => {
            let known = all.iter().map(|authority| authority.settings.id.as_str());
            Err(unknown("--authority", asked, known))
        }
    }
}

/// That what an option names is not known, with the nearest that is.
pub(super) fn unknown<'k>(
    option: &str,
    asked: &str,
    known: impl Iterator<Item = &'k str>,
) -> Failure {
    let known: Vec<&str> = known.collect();
    let remedy = match nearest(asked, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the configuration has {}", known.join(", ")),
    };
    Failure::wrong(format!("{option}: `{asked}` is not known; {remedy}"))
}

impl From<EvaluationError> for Failure {
    fn from(error: EvaluationError) -> Self {
        Failure::wrong(error)
    }
}
