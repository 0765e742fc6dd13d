//! `corewatch alerts`: what was told, acknowledging, lifting a flood (SPEC 7).

mod ack;
mod list;

use std::io::Write as _;

use clap::{Args, Subcommand};

use super::{ConfigArgument, Context, Failure};
use crate::daemon::{Installation, look_again_at};
use crate::store::alerts as table;

/// List what was told; acknowledge an obligation; release what the flood guard holds.
#[derive(Debug, Args)]
pub struct Alerts {
    #[command(subcommand)]
    command: AlertsCommand,
}

#[derive(Debug, Subcommand)]
enum AlertsCommand {
    List(list::List),
    Ack(ack::Ack),
    Release(Release),
}

/// Let the next pass tell what the flood guard holds, in one digest a recipient.
#[derive(Debug, Args)]
struct Release {
    #[command(flatten)]
    config: ConfigArgument,
}

impl Alerts {
    pub(super) async fn run(self, context: &mut Context) -> Result<(), Failure> {
        match self.command {
            AlertsCommand::List(command) => command.run(context).await,
            AlertsCommand::Ack(command) => command.run(context).await,
            AlertsCommand::Release(command) => command.run(context).await,
        }
    }
}

impl Release {
    async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let installation = Installation::load(&self.config.config)?;
        let store = self.config.existing_store(&installation).await?;
        let mut tx = store.begin().await?;
        let mut lines = Vec::new();
        for authority in &installation.authorities {
            let id = &authority.settings.id;
            let released = table::release_flood(&mut tx, id, context.clock.now()).await?;
            if released > 0 {
                lines.push(format!(
                    "{id}: {released} held obligations are told in the next pass in sending hours"
                ));
            }
        }
        if !lines.is_empty() {
            // A daemon that runs need not wait for its next reading.
            look_again_at(&mut tx, Some(context.clock.now())).await?;
        }
        tx.commit().await?;
        store.close().await;
        if lines.is_empty() {
            lines.push("the flood guard holds nothing".to_owned());
        }
        for line in lines {
            writeln!(context.out, "{line}")?;
        }
        Ok(())
    }
}
