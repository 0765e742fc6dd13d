//! Logs on standard error, as text, as JSON or as the journal takes them, and a panic told as one plain
//! line. Every line has a name of its own, `event`, that stays (docs/logs.md).

use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};
use std::os::unix::fs::MetadataExt as _;

use clap::{Args, ValueEnum};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::Failure;

/// How and how much is logged.
#[derive(Debug, Args)]
pub struct Logging {
    /// How log lines are written; where it is not given, as the journal takes them where standard
    /// error leads there, else as text.
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    log_format: Option<Format>,
    /// What is logged: error, warn, info, debug, trace, or directives as of RUST_LOG, which stands
    /// where this is not given.
    #[arg(long, global = true, value_name = "LEVEL")]
    log_level: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
    /// For systemd's journal: each line begins with its weight, and has no time, that the journal adds.
    Journal,
}

/// The lines of the journal: `<4>` before a warning (sd-daemon(3)).
struct Journal;

impl<S, N> FormatEvent<S, N> for Journal
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let weight = match *event.metadata().level() {
            Level::ERROR => 3,
            Level::WARN => 4,
            Level::INFO => 6,
            Level::DEBUG | Level::TRACE => 7,
        };
        write!(writer, "<{weight}>")?;
        context
            .field_format()
            .format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}

/// Whether standard error leads to systemd's journal, as the variable says that systemd sets.
fn leads_to_the_journal() -> bool {
    let Ok(stream) = std::env::var("JOURNAL_STREAM") else {
        return false;
    };
    std::fs::metadata("/proc/self/fd/2")
        .is_ok_and(|error| stream == format!("{}:{}", error.dev(), error.ino()))
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
    let format = logging.log_format.unwrap_or(match leads_to_the_journal() {
        true => Format::Journal,
        false => Format::Text,
    });
    match format {
        Format::Text => subscriber.init(),
        Format::Json => subscriber.json().flatten_event(true).init(),
        Format::Journal => subscriber.with_ansi(false).event_format(Journal).init(),
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    /// Each log line of this program from a warning to an information, as it is written in the source.
    fn log_lines(folder: &Path, lines: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                log_lines(&path, lines);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            for level in ["info", "warn", "error"] {
                let call = format!("tracing::{level}!(");
                for after in text.split(&call).skip(1) {
                    let line: String = after.split(';').next().unwrap_or(after).into();
                    lines.push((path.display().to_string(), line));
                }
            }
        }
    }

    #[test]
    fn every_log_line_has_a_name_and_every_name_is_documented() {
        let mut lines = Vec::new();
        log_lines(Path::new("src"), &mut lines);
        // This test has the calls in it too, as text.
        lines.retain(|(file, _)| !file.ends_with("cli/logging.rs"));
        assert!(lines.len() > 25, "{}", lines.len());
        let mut names = BTreeSet::new();
        for (file, line) in &lines {
            let name = line.trim_start().strip_prefix("event = \"");
            let name = name.and_then(|rest| rest.split('"').next());
            let name = name.unwrap_or_else(|| {
                panic!("{file}: begin the log line with `event = \"a_name\"`, and list it in docs/logs.md: {line}")
            });
            names.insert(name.to_owned());
        }
        let docs = include_str!("../../docs/logs.md");
        let documented: BTreeSet<String> = docs
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
            .map(str::to_owned)
            .collect();
        assert_eq!(names, documented);
    }
}
