//! `corewatch replay`: what would have been overdue, and who would have been told, day by day over a
//! past stretch, without sending anything.

mod summary;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::{ConfigArgument, Context, Failure};
use crate::calendar::Day;
use crate::daemon::{Authority, Installation, Replay as Replayed, ReplayError, ReplayedDay};
use crate::document::nearest;
use crate::store::Store;

use summary::Summary;

/// Live through a past stretch day by day, from today's records: what would have been overdue, and
/// who would have been told. Nothing is sent.
#[derive(Debug, Args)]
pub struct Replay {
    #[command(flatten)]
    config: ConfigArgument,
    /// The first day: as if the daemon had been started on it.
    #[arg(long, value_name = "DAY")]
    from: Day,
    /// The last day.
    #[arg(long, value_name = "DAY")]
    to: Day,
    /// Only this authority.
    #[arg(long, value_name = "ID")]
    authority: Option<String>,
    /// Keep the messages that would have been sent, in the folder `outbox` of this one, which must
    /// not be there yet.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// For people, or as one JSON object a day.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    Ndjson,
}

impl Replay {
    pub(super) async fn run(self, context: &mut Context) -> Result<(), Failure> {
        if self.to < self.from {
            return Err(Failure::wrong(format!(
                "--to {} lies before --from {}; give the earlier day first",
                self.to, self.from
            )));
        }
        let installation = Installation::load(&self.config.config)?;
        let store = self.config.existing_store(&installation).await?;
        let asked: Vec<&Authority> = installation
            .authorities
            .iter()
            .filter(|a| {
                self.authority
                    .as_ref()
                    .is_none_or(|id| *id == a.settings.id)
            })
            .collect();
        if asked.is_empty() {
            return Err(self.no_such_authority(&installation));
        }
        let mut asides = Vec::new();
        for authority in asked {
            let scratch = tempfile::tempdir().map_err(|error| {
                Failure::wrong(format!(
                    "no temporary folder can be made ({error}); check TMPDIR and the space there"
                ))
            })?;
            asides.extend(
                self.replay(context, &installation, authority, &store, scratch.path())
                    .await?,
            );
        }
        match asides.is_empty() {
            true => Ok(()),
            false => Err(Failure::aside(asides.join("\n"))),
        }
    }

    fn no_such_authority(&self, installation: &Installation) -> Failure {
        let ids = installation.authorities.iter();
        let ids: Vec<&str> = ids.map(|a| a.settings.id.as_str()).collect();
        let asked = self.authority.as_deref().unwrap_or_default();
        let remedy = match nearest(asked, ids.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has {}", ids.join(", ")),
        };
        Failure::wrong(format!(
            "--authority: the configuration has no authority `{asked}`; {remedy}"
        ))
    }

    /// Lives through the stretch; hands back what is to be said besides.
    async fn replay(
        &self,
        context: &mut Context,
        installation: &Installation,
        authority: &Authority,
        store: &Store,
        scratch: &std::path::Path,
    ) -> Result<Option<String>, Failure> {
        let folder = match &self.keep {
            None => scratch.to_owned(),
            Some(keep) => {
                let folder = keep.join(&authority.settings.id);
                std::fs::create_dir_all(keep)
                    .and_then(|()| std::fs::create_dir(&folder))
                    .map_err(|error| {
                        Failure::wrong(format!(
                            "--keep: {} cannot be made ({error}); name a folder that is not there yet",
                            folder.display()
                        ))
                    })?;
                folder
            }
        };
        let mut replay = Replayed::prepare(installation, authority, store, &folder).await?;
        let id = &authority.settings.id;
        let Some(read_on) = replay.read_on() else {
            return Err(Failure::wrong(format!(
                "{id}: nothing has been read yet; run `corewatch sync --config {}` first",
                self.config.config.display()
            )));
        };
        if self.format == Format::Text {
            let from = self.from.date().format("%-d %b %Y");
            writeln!(
                context.out,
                "As if corewatch had been started on {from}: that day tells what is overdue"
            )?;
            writeln!(context.out, "already. Nothing is sent.\n")?;
        }
        let mut summary = Summary::default();
        let mut before = None;
        let mut day = self.from;
        while day <= self.to {
            let lived = replay.live(day).await?;
            match self.format {
                Format::Text => page(context, authority, &lived, before)?,
                Format::Ndjson => writeln!(context.out, "{}", line(authority, &lived))?,
            }
            before = Some(lived.overdue.values().sum::<usize>());
            summary.add(&lived);
            day = day.next();
        }
        replay.end().await;
        if self.format == Format::Text {
            summary.write(id, &mut context.out)?;
        }
        Ok((self.to > read_on).then(|| {
            format!(
                "{id}: its cases were last read on {read_on}; of later days nothing is known but what \
                 is booked, and what falls due then looks undone"
            )
        }))
    }
}

impl From<ReplayError> for Failure {
    fn from(error: ReplayError) -> Self {
        Failure::wrong(error)
    }
}

/// A number of things in words.
fn so_many(count: usize, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{s}")
}

/// A day for people: silent days are one line.
fn page(
    context: &mut Context,
    authority: &Authority,
    lived: &ReplayedDay,
    before: Option<usize>,
) -> Result<(), Failure> {
    let overdue: usize = lived.overdue.values().sum();
    let change = match before {
        Some(before) if overdue > before => format!(" ({} more)", overdue - before),
        Some(before) if overdue < before => format!(" ({} fewer)", before - overdue),
        _ => String::new(),
    };
    writeln!(
        context.out,
        "{} {}: {overdue} overdue{change}, {}",
        authority.settings.id,
        lived.day.date().format("%a %-d %b %Y"),
        match lived.told.len() {
            0 => "nobody told".to_owned(),
            told => format!(
                "{} told in {}",
                so_many(told, "thing"),
                so_many(lived.mails(), "mail")
            ),
        }
    )?;
    let mut by_recipient: BTreeMap<&str, BTreeMap<String, usize>> = BTreeMap::new();
    for telling in &lived.told {
        let what = match (telling.step, &telling.closed) {
            (Some(step), _) => format!("step {step} of {}", telling.rule),
            (None, Some(reason)) => format!("{} closed: {reason}", telling.rule),
            (None, None) => format!("{} closed", telling.rule),
        };
        *by_recipient
            .entry(&telling.recipient)
            .or_default()
            .entry(what)
            .or_default() += 1;
    }
    for (recipient, things) in by_recipient {
        writeln!(context.out, "  {recipient}")?;
        for (what, count) in things {
            writeln!(context.out, "    {count:4}  {what}")?;
        }
    }
    Ok(())
}

fn line(authority: &Authority, lived: &ReplayedDay) -> serde_json::Value {
    let told = lived.told.iter().map(|telling| {
        json!({
            "recipient": telling.recipient,
            "id": telling.id,
            "rule": telling.rule,
            "child": telling.child,
            "step": telling.step,
            "closed": telling.closed,
        })
    });
    json!({
        "authority": authority.settings.id,
        "day": lived.day,
        "overdue": lived.overdue,
        "mails": lived.mails(),
        "told": told.collect::<Vec<_>>(),
    })
}
