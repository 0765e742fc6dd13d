//! Logs on standard error, as text or JSON, and a panic told as one plain line.

use std::io::{self, IsTerminal as _, Write as _};

use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;

use super::Failure;

/// How and how much is logged.
#[derive(Debug, Args)]
pub struct Logging {
    /// Log lines for people, or one JSON object a line.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    log_format: Format,
    /// What is logged: error, warn, info, debug, trace, or directives as of RUST_LOG, which stands
    /// where this is not given.
    #[arg(long, global = true, value_name = "LEVEL")]
    log_level: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Starts logging. A daemon says what it does, another command only what is amiss.
///
/// # Errors
/// Where the level is not one.
pub fn start(logging: &Logging, is_daemon: bool) -> Result<(), Failure> {
    let asked = logging
        .log_level
        .clone()
        .or_else(|| std::env::var("RUST_LOG").ok());
    let directives = match asked {
        Some(directives) if !directives.is_empty() => directives,
        _ if is_daemon => "warn,corewatch=info".to_owned(),
        _ => "warn".to_owned(),
    };
    let filter = EnvFilter::try_new(&directives).map_err(|error| {
        Failure::wrong(format!(
            "--log-level or RUST_LOG: `{directives}` cannot be read ({error}); write error, warn, \
             info, debug or trace"
        ))
    })?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    match logging.log_format {
        Format::Text => subscriber.init(),
        Format::Json => subscriber.json().flatten_event(true).init(),
    }
    Ok(())
}

/// Makes a panic one plain line and the end of the program: without its message, in which something
/// of a child's case might stand, and without a stack.
pub fn plain_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(
            || "an unknown place".to_owned(),
            |location| format!("{}:{}", location.file(), location.line()),
        );
        let line = format!(
            "corewatch: an error of the program itself at {place}; nothing that was stored is lost, \
             please report the place and what was asked\n"
        );
        let _ = io::stderr().write_all(line.as_bytes());
        std::process::exit(2);
    }));
}
