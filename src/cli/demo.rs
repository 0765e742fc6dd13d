//! `corewatch demo`: a made-up authority, one whole pass over it, and what there is to see.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::{Context, Failure, cycle, run};
use crate::calendar::Zone;
use crate::daemon::{Installation, PassEnd, pass, serve};
use crate::demo::{DemoError, Progress, Summary, Wish, latest_office_hour, prepare};
use crate::store::Store;

/// How many months back the made-up cases begin.
const MONTHS: u32 = 18;

/// Make up an authority, pass over it once, say what was found, and go on as `run` does.
#[derive(Debug, Args)]
pub struct Demo {
    /// The folder: made where it is not there, else gone on from.
    #[arg(long, value_name = "FOLDER", default_value = "demo")]
    dir: PathBuf,
    /// End after the pass.
    #[arg(long)]
    once: bool,
    /// What a new authority is made from: the same seed on the same day makes the same one.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// How many children a new authority has, or a few more: families are not cut in two.
    #[arg(long, value_name = "NUMBER", default_value_t = 300,
          value_parser = clap::value_parser!(u32).range(1..=200_000))]
    children: u32,
}

impl Demo {
    pub(super) async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let office_hour = latest_office_hour(context.clock.now())?;
        let progress = Progress::on_standard_error();
        let wish = Wish {
            seed: self.seed,
            children: self.children as usize,
            months: MONTHS,
            today: Zone::LONDON.day_of(office_hour),
        };
        let folder = prepare(&self.dir, wish, &progress).await?;
        let place = self.dir.display();
        if folder.found {
            writeln!(context.out, "{place}: a demo, goes on from what is there\n")?;
        } else {
            writeln!(context.out, "{place}: a made-up authority and its site\n")?;
        }
        let now = if folder.found {
            context.clock.now()
        } else {
            office_hour
        };
        let installation = Installation::load(&folder.config)?;
        let store = Store::open(&installation.settings.store.url).await?;
        let step = progress.step("one pass: reading, reckoning, telling");
        let ended = pass(&installation, &store, now).await?;
        step.done();
        let PassEnd::Ran(outcome) = ended else {
            return Err(Failure::wrong(format!(
                "{place}: another corewatch passes over this demo; stop that one, or name another \
                 folder with --dir"
            )));
        };
        let program = std::env::args().next();
        let program = program.unwrap_or_else(|| "corewatch".to_owned());
        let summary = Summary::of(&program, &self.dir, &installation, &store, now).await?;
        write!(context.out, "{summary}")?;
        context.out.flush()?;
        cycle::ended_as(&outcome)?;
        if self.once {
            return Ok(());
        }
        store.close().await;
        let listen = &installation.settings.web.listen;
        writeln!(
            context.out,
            "\nserving http://{listen}/metrics and /readyz, and passing on the schedule, until Ctrl-C"
        )?;
        context.out.flush()?;
        run::ended(serve(&folder.config, installation, context.clock.clone()).await)
    }
}

impl From<DemoError> for Failure {
    fn from(error: DemoError) -> Self {
        Failure::wrong(error)
    }
}
