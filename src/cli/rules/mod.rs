//! `corewatch rules`: what the packs say, for people, and whether their examples come out.

mod list;
mod show;
mod test;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{Context, Failure};
use crate::config::Overlay;
use crate::daemon::Installation;
use crate::document::{Faults, Place, Text};
use crate::rules::{Pack, shipped_pack_ids, survey_packs};

/// List, show and test rules.
#[derive(Debug, Args)]
pub struct Rules {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    List(list::List),
    Show(show::Show),
    Test(test::Test),
}

impl Rules {
    pub(super) async fn run(self, context: &mut Context) -> Result<(), Failure> {
        match self.what {
            What::List(command) => command.run(context),
            What::Show(command) => command.run(context),
            What::Test(command) => command.run(context),
        }
    }
}

/// Which packs are meant.
#[derive(Debug, Args)]
struct Packs {
    /// Packs: shipped ones by id, others by path; all shipped ones where none is named.
    #[arg(value_name = "PACK", conflicts_with = "config")]
    packs: Vec<String>,
    /// The packs of this installation.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Packs {
    /// Loads each pack by itself, so that two may have rules of the same id.
    fn load(&self) -> Result<Vec<Pack>, Failure> {
        let (packs, faults) = self.survey();
        Ok(faults.or(packs)?)
    }

    /// Loads each pack as far as it can be read, with the faults of all of them.
    fn survey(&self) -> (Vec<Pack>, Faults) {
        if let Some(config) = &self.config {
            let examined = Installation::examine(config, &Overlay::of_process());
            let authorities = examined.authorities.into_iter();
            let packs = authorities.flat_map(|authority| authority.packs).collect();
            return (packs, examined.faults);
        }
        let names: Vec<String> = if self.packs.is_empty() {
            shipped_pack_ids().into_iter().map(str::to_owned).collect()
        } else {
            self.packs.clone()
        };
        let (mut packs, mut faults) = (Vec::new(), Faults::default());
        for value in names {
            let place = Place::whole("the packs asked for");
            let (surveyed, more) = survey_packs(&[Text { value, place }], Path::new(""));
            packs.extend(surveyed);
            faults.0.extend(more.0);
        }
        (packs, faults)
    }
}
