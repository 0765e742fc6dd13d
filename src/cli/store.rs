//! `corewatch store`: backing the store up while it is used, putting a backup back, looking whether it
//! is sound.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{ConfigArgument, Context, Failure};
use crate::config::{self, Overlay};
use crate::daemon::reads_page;
use crate::store::care::{self, CareError, Verified};
use crate::store::{Store as Database, StoreError};

/// Back the store up, put a backup back, or look whether it is sound.
#[derive(Debug, Args)]
pub struct Store {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write all of the store, as of one moment, into a file, while the service goes on.
    Backup {
        /// The file, that must not be there yet: one SQLite database, whatever the store lies in.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        config: ConfigArgument,
    },
    /// Put a backup back, with the service stopped.
    Restore {
        /// The file of the backup; it stays as it is.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        config: ConfigArgument,
        /// In place of what the store holds, were it newer than the backup.
        #[arg(long)]
        replace: bool,
    },
    /// Look whether the store, or a backup, is sound; nothing is changed.
    Verify {
        /// A backup; without it, the store.
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        #[command(flatten)]
        config: ConfigArgument,
    },
}

impl Store {
    pub(super) async fn run(self, context: &mut Context) -> Result<(), Failure> {
        match self.command {
            Command::Backup { file, config } => {
                let store = open(&address(&config)?).await?;
                let backup = care::backup(&store, &file, reads_page).await;
                store.close().await;
                let holds = counted(&backup?.holds);
                writeln!(context.out, "{}: {holds}", file.display())?;
            }
            Command::Restore {
                file,
                config,
                replace,
            } => {
                let now = context.clock.now();
                let restored =
                    care::restore(&address(&config)?, &file, replace, now, reads_page).await?;
                writeln!(context.out, "restored: {}", counted(&restored.holds))?;
                if let Some(kept) = &restored.kept {
                    writeln!(
                        context.out,
                        "what was there before is kept as {}; delete it when it is not needed",
                        kept.display()
                    )?;
                }
                if let Some(last) = restored.last_pass {
                    writeln!(
                        context.out,
                        "the last pass that it knows of was at {last}: what was told since may be \
                         told again"
                    )?;
                }
            }
            Command::Verify { file, config } => {
                let (place, verified) = match &file {
                    Some(file) => {
                        is_there(file)?;
                        let verified = care::verify_file(file, reads_page).await?;
                        (file.display().to_string(), verified)
                    }
                    None => {
                        let store = open(&address(&config)?).await?;
                        let verified = care::verify(&store, reads_page).await;
                        store.close().await;
                        ("store".to_owned(), verified?)
                    }
                };
                if !verified.faults.is_empty() {
                    let faults = verified
                        .faults
                        .iter()
                        .map(|fault| format!("{place}: {fault}"));
                    return Err(Failure::found(faults.collect::<Vec<_>>().join("\n")));
                }
                writeln!(context.out, "{place}: sound, {}", counted(&verified))?;
            }
        }
        Ok(())
    }
}

/// The address of the store: of the configuration nothing else need be without a fault.
fn address(config: &ConfigArgument) -> Result<String, Failure> {
    let loaded = config::load(&config.config, &Overlay::of_process());
    match loaded.settings.map(|settings| settings.store.url) {
        Some(url) if !url.is_empty() => Ok(url.to_string()),
        _ => Err(loaded.faults.into()),
    }
}

/// Opens a store as it is; one that is not there is not made.
async fn open(url: &str) -> Result<Database, Failure> {
    if let Some(file) = url.strip_prefix("sqlite:") {
        let file = file.split('?').next().unwrap_or(file);
        is_there(Path::new(&file.replace("%3F", "?").replace("%25", "%")))?;
    }
    Ok(Database::connect(url).await?)
}

fn is_there(file: &Path) -> Result<(), Failure> {
    match file.exists() {
        true => Ok(()),
        false => Err(Failure::wrong(format!(
            "{}: is not there; check [store] url, or name another file",
            file.display()
        ))),
    }
}

fn counted(holds: &Verified) -> String {
    format!(
        "{} tables, {} rows, {} children",
        holds.tables, holds.rows, holds.timelines
    )
}

impl From<CareError> for Failure {
    fn from(error: CareError) -> Self {
        match error {
            CareError::Store(StoreError::Database(error)) => {
                Failure::wrong(format!("the store failed: {error}"))
            }
            other => Failure::wrong(other),
        }
    }
}
