//! The command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    corewatch::cli::main()
}
