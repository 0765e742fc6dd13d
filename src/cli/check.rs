//! `corewatch check`: every fault of an installation at once, before anybody relies on it.

use std::io::Write as _;

use clap::Args;

use super::{ConfigArgument, Context, Failure};
use crate::config::{Overlay, load};

/// Tell every fault of the configuration at once.
#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    config: ConfigArgument,
}

impl Check {
    pub(super) async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let loaded = load(&self.config.config, &Overlay::of_process());
        if loaded.settings.is_none() {
            return Err(Failure::wrong(loaded.faults));
        }
        if loaded.faults.0.is_empty() {
            writeln!(
                context.out,
                "{}: no fault found",
                self.config.config.display()
            )?;
            return Ok(());
        }
        Err(Failure::found(loaded.faults))
    }
}
