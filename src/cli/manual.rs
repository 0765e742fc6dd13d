//! `corewatch manual`: man pages and shell completions, from the same definitions as `--help`. Packages
//! carry what it writes; nobody else needs it.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _, ValueEnum as _};
use clap_complete::{Shell, generate_to};

use super::{Arguments, Context, Failure};

/// The program's name, as it is installed.
const NAME: &str = "corewatch";

/// Write man pages and shell completions, for packages.
#[derive(Debug, Args)]
pub struct Manual {
    /// The folder that they are written into: `man` and `completions` in it.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

impl Manual {
    pub(super) async fn run(self, _context: &mut Context) -> Result<(), Failure> {
        self.write().map_err(|error| {
            Failure::wrong(format!(
                "{}: cannot be written ({error}); name another folder",
                self.dir.display()
            ))
        })
    }

    fn write(&self) -> std::io::Result<()> {
        let man = self.dir.join("man");
        let completions = self.dir.join("completions");
        std::fs::create_dir_all(&man)?;
        std::fs::create_dir_all(&completions)?;
        let command = Arguments::command().name(NAME);
        clap_mangen::generate_to(command.clone(), man)?;
        for shell in Shell::value_variants() {
            generate_to(*shell, &mut command.clone(), NAME, &completions)?;
        }
        Ok(())
    }
}
