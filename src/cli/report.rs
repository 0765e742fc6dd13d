//! `corewatch report`: the board's figures, in one of several forms (SPEC 8). It reads the copy and
//! what it was before, and no source.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use super::{ConfigArgument, Context, Failure, evaluate};
use crate::calendar::{Day, Zone};
use crate::daemon::{Asked, Authority, Installation, ReportError, report};
use crate::demo::Progress;
use crate::report::forms::{Form, FormError, dictionary};
use crate::report::{Month, Period, Quarter, Report as Made, Words};
use crate::store::Store;
use crate::words::Language;

/// Print how many duties fell due, were met, met late and missed, by rule, team, month and quarter.
#[derive(Debug, Args)]
pub struct Report {
    #[command(flatten)]
    config: ConfigArgument,
    /// The first due day [default: of the last whole quarter].
    #[arg(long, value_name = "DAY")]
    from: Option<Day>,
    /// The last due day [default: of the last whole quarter; with --from, the day of --as-at].
    #[arg(long, value_name = "DAY")]
    to: Option<Day>,
    /// Only this authority.
    #[arg(long, value_name = "ID")]
    authority: Option<String>,
    /// Only this team, with the list of its open duties by key worker.
    #[arg(long, value_name = "ID")]
    team: Option<String>,
    /// Only this rule.
    #[arg(long, value_name = "ID")]
    rule: Option<String>,
    /// The day as of which the figures stand [default: today].
    #[arg(long, value_name = "DAY")]
    as_at: Option<Day>,
    /// Keep back counts from 1 to 4 and all that would give them away, and remember what was
    /// published: for whole months, all teams and all rules.
    #[arg(long, conflicts_with_all = ["team", "rule"])]
    publish: bool,
    /// The form [default: by the ending of --output, else csv].
    #[arg(long, value_enum)]
    format: Option<Form>,
    /// The language: en or cy.
    #[arg(long, value_name = "CODE", default_value_t = Language::English)]
    language: Language,
    /// Where the report goes, whole or not at all [default: standard output].
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl ValueEnum for Form {
    fn value_variants<'a>() -> &'a [Self] {
        &Form::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Form::Html => "One page that holds all it needs: figures, charts, words",
            Form::Pdf => {
                "A document for print and for screen readers (PDF/UA-1), where this program was built \
                 with it"
            }
            Form::Xlsx => "A workbook: figures, what they count, what could not be measured",
            Form::Csv => {
                "Comma-separated: one row a rule, team and period. Beside --output FILE.csv its data \
                 dictionary is written as FILE-dictionary.csv"
            }
            Form::Dictionary => "The data dictionary of csv alone",
            Form::Json => "One JSON document with all of it",
        };
        Some(PossibleValue::new(self.name()).help(help))
    }
}

impl Report {
    pub(super) async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let format = self.format()?;
        format.built_in()?;
        let words = Words::of(self.language).map_err(FormError::from)?;
        if format == Form::Dictionary {
            return self.give(context, &dictionary::write(&words)?);
        }
        let installation = Installation::load(&self.config.config)?;
        let authorities = evaluate::authorities(&installation, self.authority.as_deref())?;
        let now = context.clock.now();
        let zone = authorities
            .first()
            .map_or(Zone::LONDON, |a| a.calendar.zone);
        let today = zone.day_of(now);
        let as_at = self.as_at.unwrap_or(today);
        if as_at > today {
            return Err(Failure::wrong(format!(
                "--as-at {as_at} is still to come; name today or an earlier day"
            )));
        }
        let period = self.period(as_at)?;
        let asked = Asked {
            period,
            as_at,
            team: self.team.as_deref(),
            rule: self.rule.as_deref(),
            with_open: self.team.is_some(),
        };
        let store = Store::open(&installation.settings.store.url).await?;
        let progress = if std::io::stderr().is_terminal() {
            Progress::Bars
        } else {
            Progress::Silent
        };
        let step = progress.step("reckoning");
        let made = report(&store, &authorities, asked, self.publish, now).await;
        step.done();
        let made = made.map_err(|error| self.failure(error))?;
        self.check_team(&made, &authorities, &store).await?;
        let bytes = format.write(&made, &words)?;
        self.give(context, &bytes)?;
        if let (Form::Csv, Some(path)) = (format, &self.output) {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let beside = path.with_file_name(format!("{stem}-dictionary.csv"));
            write_whole(&beside, &dictionary::write(&words)?)?;
        }
        Ok(())
    }

    fn format(&self) -> Result<Form, Failure> {
        if let Some(format) = self.format {
            return Ok(format);
        }
        let Some(path) = &self.output else {
            return Ok(Form::Csv);
        };
        let ending = path.extension().and_then(|ending| ending.to_str());
        ending.and_then(Form::of_ending).ok_or_else(|| {
            Failure::wrong(format!(
                "--output {}: its ending says no form; end it in .html, .pdf, .xlsx, .csv or .json, or say --format",
                path.display()
            ))
        })
    }

    /// The due days asked for; unless they are, those of the last quarter that was over.
    fn period(&self, as_at: Day) -> Result<Period, Failure> {
        let period = match (self.from, self.to) {
            (None, None) => Period::last_quarter(as_at),
            (Some(from), to) => Period {
                from,
                to: to.unwrap_or(as_at),
            },
            (None, Some(to)) => Period {
                from: Quarter::of(to).period().from,
                to,
            },
        };
        if period.to < period.from {
            return Err(Failure::wrong(format!(
                "--to {} lies before --from {}; give the earlier day first",
                period.to, period.from
            )));
        }
        if as_at < period.from {
            return Err(Failure::wrong(format!(
                "as of {as_at} nothing from {} on has fallen due; take an earlier --from or a later \
                 --as-at",
                period.from
            )));
        }
        let is_whole = Month::of(period.from).period().from == period.from
            && Month::of(period.to).period().to == period.to;
        if self.publish && (!is_whole || as_at <= period.to) {
            return Err(Failure::wrong(format!(
                "--publish: {} to {} as of {as_at} is not of whole months that are over; begin \
                 --from with the first of a month, end --to with the last of one, and let --as-at \
                 be later",
                period.from, period.to
            )));
        }
        if period.to.since(period.from) > MOST_DAYS {
            return Err(Failure::wrong(format!(
                "--from {} --to {}: more than ten years; take fewer",
                period.from, period.to
            )));
        }
        Ok(period)
    }

    fn failure(&self, error: ReportError) -> Failure {
        match error {
            ReportError::NeverRead(id) => Failure::wrong(format!(
                "authority {id}: its source has never been read, there is nothing to report; run \
                 `corewatch sync --config {}` first",
                self.config.config.display()
            )),
            ReportError::UnknownRule { asked, known } => {
                evaluate::unknown("--rule", &asked, known.iter().map(String::as_str))
            }
            ReportError::Evaluation(error) => error.into(),
        }
    }

    /// A team that no child is of and no table lists is a slip of the pen.
    async fn check_team(
        &self,
        made: &Made,
        authorities: &[&Authority],
        store: &Store,
    ) -> Result<(), Failure> {
        let Some(asked) = &self.team else {
            return Ok(());
        };
        let of_children = |authority: &crate::report::AuthorityReport| {
            authority.teams.iter().any(|team| team.id == *asked)
        };
        if made.authorities.iter().any(of_children) {
            return Ok(());
        }
        let mut known = Vec::new();
        let mut tx = store.snapshot().await?;
        for authority in authorities {
            let staff = crate::store::copy::staff(&mut tx, &authority.settings.id).await?;
            known.extend(staff.teams.into_keys());
        }
        if known.contains(asked) {
            return Ok(());
        }
        Err(evaluate::unknown(
            "--team",
            asked,
            known.iter().map(String::as_str),
        ))
    }

    fn give(&self, context: &mut Context, bytes: &[u8]) -> Result<(), Failure> {
        match &self.output {
            None => Ok(context.out.write_all(bytes)?),
            Some(path) => write_whole(path, bytes),
        }
    }
}

/// The most days between the first and the last due day: ten years.
const MOST_DAYS: i64 = 3_660;

/// Writes a file whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    crate::report::forms::put(path, bytes).map_err(|error| {
        Failure::wrong(format!(
            "--output {} cannot be written ({error}); check the folder and its rights",
            path.display()
        ))
    })
}

impl From<FormError> for Failure {
    fn from(error: FormError) -> Self {
        Failure::wrong(error)
    }
}
