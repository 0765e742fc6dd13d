//! The command line: what is asked, and how a command ends (SPEC 6). One file a command.
//!
//! To add a command: a file here with its arguments and a `run`, a variant in `Command`, an arm in
//! `Command::run`.

mod alerts;
mod as_of;
mod check;
mod cycle;
mod demo;
mod evaluate;
mod explain;
mod failure;
mod logging;
mod manual;
mod replay;
mod report;
mod rules;
mod run;
mod store;
mod sync;

use std::io::{BufWriter, StdoutLock, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::calendar::Instant;
use crate::daemon::{Clock, Installation};
use crate::store::{Store, StoreError};

use as_of::AsOf;
pub use failure::Failure;

/// Where a packaged installation has its configuration.
const DEFAULT_CONFIG: &str = "/etc/corewatch/corewatch.toml";

/// Watches every duty to a child on a child protection plan, to the day, and tells the right person.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    logging: logging::Logging,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Demo),
    Check(check::Check),
    Sync(sync::Sync),
    Evaluate(evaluate::Evaluate),
    Explain(explain::Explain),
    Rules(rules::Rules),
    Replay(replay::Replay),
    Report(report::Report),
    Alerts(alerts::Alerts),
    Cycle(cycle::Cycle),
    Run(run::Run),
    Store(store::Store),
    #[command(hide = true)]
    Manual(manual::Manual),
}

/// The installation that a command works on.
#[derive(Debug, Args)]
struct ConfigArgument {
    /// The configuration file.
    #[arg(long, value_name = "FILE", default_value = DEFAULT_CONFIG)]
    config: PathBuf,
}

impl ConfigArgument {
    /// The installation's store, for a command that only asks: it makes none.
    async fn existing_store(&self, installation: &Installation) -> Result<Store, Failure> {
        let opened = Store::open_existing(&installation.settings.store.url).await;
        opened.map_err(|error| match error {
            StoreError::Missing(_) => Failure::wrong(format!(
                "{error}: nothing has been read yet; run `corewatch sync --config {}` first",
                self.config.display()
            )),
            other => other.into(),
        })
    }
}

/// Reads an obligation's short name as it was read out or typed: none has a capital, an `i`, an `l` or
/// an `o`.
fn obligation_id(text: &str) -> Result<String, std::convert::Infallible> {
    let typed = text.trim().chars();
    let meant = typed.map(|c| match c.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    });
    Ok(meant.collect())
}

/// Reads an instant that a pass can be made at: messages and steps lie years before and after it.
fn clock_instant(text: &str) -> Result<Instant, String> {
    let (first, last) = (
        "1970-01-01T00:00:00Z".parse()?,
        "9000-01-01T00:00:00Z".parse()?,
    );
    let at: Instant = text.parse()?;
    match (first..last).contains(&at) {
        true => Ok(at),
        false => Err("the clock of a pass stands in a year from 1970 to 8999".to_owned()),
    }
}

/// What every command is handed.
struct Context {
    /// The one clock.
    clock: Clock,
    /// Standard output.
    out: BufWriter<StdoutLock<'static>>,
}

impl Command {
    async fn run(self, context: &mut Context) -> Result<(), Failure> {
        match self {
            Command::Demo(command) => command.run(context).await,
            Command::Check(command) => command.run(context).await,
            Command::Sync(command) => command.run(context).await,
            Command::Evaluate(command) => command.run(context).await,
            Command::Explain(command) => command.run(context).await,
            Command::Rules(command) => command.run(context).await,
            Command::Replay(command) => command.run(context).await,
            Command::Report(command) => command.run(context).await,
            Command::Alerts(command) => command.run(context).await,
            Command::Cycle(command) => command.run(context).await,
            Command::Run(command) => command.run(context).await,
            Command::Store(command) => command.run(context).await,
            Command::Manual(command) => command.run(context).await,
        }
    }

    /// Whether it goes on by itself, with nobody watching but its log.
    fn is_daemon(&self) -> bool {
        matches!(self, Command::Run(_))
    }
}

/// Runs the program as it was called, and says how it ended: 0 done, 1 it found what it was asked to
/// look for, 2 the call or the configuration is wrong.
pub fn main() -> ExitCode {
    logging::plain_panics();
    let arguments = Arguments::parse();
    let ended = logging::start(&arguments.logging, arguments.command.is_daemon())
        .and_then(|()| run(arguments.command));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(),
    }
}

fn run(command: Command) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::wrong(format!("no threads can be started ({error})")))?;
    let mut context = Context {
        clock: Clock::Machine,
        out: BufWriter::new(std::io::stdout().lock()),
    };
    let ended = runtime.block_on(command.run(&mut context));
    // What was printed before a failure is part of the answer.
    let flushed = context.out.flush().map_err(Failure::from);
    ended.and(flushed)
}
