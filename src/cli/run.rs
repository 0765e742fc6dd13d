//! `corewatch run`: the daemon (SPEC 6).

use clap::Args;

use super::{ConfigArgument, Context, Failure};
use crate::daemon::{Ended, Installation, ServiceError, serve};

/// Make passes on the schedule, and serve metrics and health, until SIGTERM or SIGINT; read the
/// configuration anew on SIGHUP.
#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    config: ConfigArgument,
}

impl Run {
    pub(super) async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let config = &self.config.config;
        let installation = Installation::load(config)?;
        ended(serve(config, installation, context.clock.clone()).await)
    }
}

/// How a daemon ended, as a command ends.
pub(super) fn ended(ended: Result<Ended, ServiceError>) -> Result<(), Failure> {
    match ended {
        Ok(Ended::Done) => Ok(()),
        Ok(Ended::CutShort) => Err(Failure::wrong(
            "stopped before the pass in flight had ended; nothing is lost, the next one goes on from \
             what is stored",
        )),
        Err(error) => Err(Failure::wrong(error)),
    }
}
