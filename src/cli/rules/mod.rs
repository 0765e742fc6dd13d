//! `corewatch rules`: what the packs say, for people, and whether their examples come out.

mod list;
mod show;
mod test;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{Context, Failure};
use crate::daemon::Installation;
use crate::document::{Place, Text};
use crate::rules::{Pack, load_packs, shipped_pack_ids};

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
        if let Some(config) = &self.config {
            let authorities = Installation::load(config)?.authorities;
            return Ok(authorities.into_iter().flat_map(|a| a.packs).collect());
        }
        let names: Vec<String> = if self.packs.is_empty() {
            shipped_pack_ids().into_iter().map(str::to_owned).collect()
        } else {
            self.packs.clone()
        };
        let mut packs = Vec::new();
        for value in names {
            let place = Place::whole("corewatch rules");
            packs.extend(load_packs(&[Text { value, place }], Path::new("."))?);
        }
        Ok(packs)
    }
}
