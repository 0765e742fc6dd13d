//! Obligations in columns, for people.

use std::io::{self, Write};

use super::line::COLUMNS;
use crate::rules::RuleSet;

/// What stands between the cells of a row until the widths are known: it cannot stand in a cell.
const BETWEEN: char = '\u{1f}';
/// The columns that are shown, by their place in [`COLUMNS`]: the pack is known by its rule.
const SHOWN: [usize; 13] = [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0];
/// Days over are a number: to the right.
const DAYS_OVER: usize = 12;

/// Puts a row into `out`, to be written by [`write`].
pub fn put(out: &mut Vec<u8>, cells: [String; 14]) -> io::Result<()> {
    for (i, cell) in SHOWN.into_iter().map(|column| &cells[column]).enumerate() {
        if i > 0 {
            write!(out, "{BETWEEN}")?;
        }
        let printable = |c: char| if c.is_control() { '\u{fffd}' } else { c };
        out.extend(cell.chars().map(printable).collect::<String>().bytes());
    }
    out.push(b'\n');
    Ok(())
}

/// Writes the rows that were put, in columns as wide as their widest cell.
pub fn write(out: &mut impl Write, rows: &[u8]) -> io::Result<()> {
    let text = String::from_utf8_lossy(rows);
    let mut widths = SHOWN.map(|column| COLUMNS[column].len());
    let mut count = 0;
    for row in text.lines() {
        count += 1;
        for (width, cell) in widths.iter_mut().zip(row.split(BETWEEN)) {
            *width = (*width).max(cell.chars().count());
        }
    }
    if count > 0 {
        write_row(
            out,
            SHOWN.map(|column| COLUMNS[column]).into_iter(),
            &widths,
        )?;
        for row in text.lines() {
            write_row(out, row.split(BETWEEN), &widths)?;
        }
    }
    let noun = if count == 1 {
        "obligation"
    } else {
        "obligations"
    };
    writeln!(out, "{count} {noun}")
}

fn write_row<'c>(
    out: &mut impl Write,
    cells: impl Iterator<Item = &'c str>,
    widths: &[usize],
) -> io::Result<()> {
    let mut line = String::new();
    for (i, (cell, width)) in cells.zip(widths).enumerate() {
        if i > 0 {
            line.push_str("  ");
        }
        if SHOWN[i] == DAYS_OVER {
            line.push_str(&format!("{cell:>width$}"));
        } else {
            line.push_str(&format!("{cell:<width$}"));
        }
    }
    writeln!(out, "{}", line.trim_end())
}

/// Says which rules give no obligations because the source does not carry what they need.
pub fn write_unmeasured(out: &mut impl Write, authority: &str, rules: &RuleSet) -> io::Result<()> {
    for unmeasured in &rules.unmeasured {
        writeln!(
            out,
            "unmeasured: {authority} {}: {}",
            rules.rules[unmeasured.rule].id,
            unmeasured.reasons.join("; ")
        )?;
    }
    Ok(())
}
