//! `corewatch alerts list`: a line for each step told, or closing, and recipient.

use std::collections::HashMap;
use std::io::{self, Write};

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::super::{ConfigArgument, Context, Failure};
use crate::calendar::{Day, Instant};
use crate::daemon::Installation;
use crate::store::Transaction;
use crate::store::alerts::{self as table, ListedTelling};

/// List what was told, to whom, in which message, and what became of it.
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    config: ConfigArgument,
    /// How the lines are written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One JSON object a line.
    Ndjson,
    /// Columns, for people.
    Table,
}

/// A line, by the keys of SPEC 7.
#[derive(Debug, Serialize)]
struct Line {
    id: String,
    rule: String,
    child: String,
    period: String,
    anchor: String,
    step: Option<u32>,
    recipient: String,
    queued: Instant,
    sent: Option<Instant>,
    message_id: String,
    acknowledged: Option<Day>,
    closed: Option<String>,
}

/// The columns of the table.
const COLUMNS: [&str; 9] = [
    "id",
    "rule",
    "child",
    "step",
    "recipient",
    "queued",
    "sent",
    "acknowledged",
    "closed",
];

impl List {
    pub(super) async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let installation = Installation::load(&self.config.config)?;
        let store = self.config.existing_store(&installation).await?;
        let mut tx = store.snapshot().await?;
        let lines = lines(&mut tx, &installation).await?;
        tx.commit().await?;
        store.close().await;
        match self.format {
            Format::Ndjson => {
                for line in &lines {
                    serde_json::to_writer(&mut context.out, line).map_err(io::Error::from)?;
                    writeln!(context.out)?;
                }
            }
            Format::Table => write_table(&mut context.out, &lines)?,
        }
        Ok(())
    }
}

async fn lines(tx: &mut Transaction, installation: &Installation) -> Result<Vec<Line>, Failure> {
    let last = table::last_pass(tx).await?;
    let mut acknowledged: HashMap<String, Day> = HashMap::new();
    for authority in &installation.authorities {
        let today = last.map(|last| authority.calendar.zone.day_of(last));
        let all = table::acknowledged(tx, &authority.settings.id).await?;
        // One that has lapsed holds nothing back any more.
        acknowledged.extend(all.into_iter().filter(|(_, until)| Some(*until) >= today));
    }
    let listed = table::listed(tx).await?;
    Ok(listed.into_iter().map(|l| line(l, &acknowledged)).collect())
}

fn line(listed: ListedTelling, acknowledged: &HashMap<String, Day>) -> Line {
    Line {
        acknowledged: acknowledged.get(&listed.id).copied(),
        id: listed.id,
        rule: listed.rule,
        child: listed.child,
        period: listed.period,
        anchor: listed.anchor,
        step: listed.step,
        recipient: listed.recipient,
        queued: listed.queued,
        sent: listed.sent,
        message_id: listed.message_id,
        closed: listed.closed,
    }
}

fn write_table(out: &mut impl Write, lines: &[Line]) -> io::Result<()> {
    let text = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let rows: Vec<[String; 9]> = lines
        .iter()
        .map(|line| {
            [
                line.id.clone(),
                line.rule.clone(),
                line.child.clone(),
                text(line.step.map(|step| step.to_string())),
                line.recipient.clone(),
                line.queued.to_string(),
                text(line.sent.map(|sent| sent.to_string())),
                text(line.acknowledged.map(|until| until.to_string())),
                text(line.closed.clone()),
            ]
        })
        .collect();
    let mut widths = COLUMNS.map(str::len);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    if !rows.is_empty() {
        write_row(out, COLUMNS.map(str::to_owned), &widths)?;
    }
    let count = rows.len();
    for row in rows {
        write_row(out, row, &widths)?;
    }
    let noun = if count == 1 { "line" } else { "lines" };
    writeln!(out, "{count} {noun}")
}

fn write_row(out: &mut impl Write, cells: [String; 9], widths: &[usize; 9]) -> io::Result<()> {
    let printable = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut line = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        let cell: String = cell.chars().map(printable).collect();
        line.push_str(&format!("{cell:<width$}  "));
    }
    writeln!(out, "{}", line.trim_end())
}
