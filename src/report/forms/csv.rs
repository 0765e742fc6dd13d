//! Comma-separated values, tidy: one row a rule, team and period; the columns are told in
//! [`super::dictionary`]. The names of the columns are the same in every language.

use super::FormError;
use crate::report::words::Words;
use crate::report::{AuthorityReport, Cell, Line, Measure, Period, Report, RuleTitle};

/// The columns before the measures.
pub const FIELDS: [&str; 16] = [
    "authority",
    "pack",
    "rule",
    "title",
    "clause",
    "severity",
    "level",
    "team",
    "team_name",
    "period_kind",
    "period",
    "from",
    "to",
    "in_part",
    "as_at",
    "unmeasured",
];

/// What stands for a number that is kept back, as in official statistics.
pub const KEPT_BACK: &str = "[c]";

/// All columns, in order.
pub fn columns() -> Vec<&'static str> {
    let measures = Measure::ALL.iter().map(|measure| measure.name());
    FIELDS.into_iter().chain(measures).collect()
}

/// The report as comma-separated values, with a heading.
///
/// # Errors
/// Never but where memory cannot be written.
pub fn write(report: &Report, _words: &Words) -> Result<Vec<u8>, FormError> {
    let wrong = |error: csv::Error| FormError::made("csv", error);
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(columns()).map_err(wrong)?;
    for authority in &report.authorities {
        for line in &authority.lines {
            out.write_record(row(report, authority, line))
                .map_err(wrong)?;
        }
        for unmeasured in &authority.unmeasured {
            let rule = &authority.rules[unmeasured.rule];
            let mut cells = head(authority, rule);
            cells.extend(["authority".to_owned(), String::new(), String::new()]);
            cells.extend(days("whole", "whole", report.period, false, report));
            cells.push(unmeasured.reasons.join("; "));
            cells.resize(FIELDS.len() + Measure::ALL.len(), String::new());
            out.write_record(cells).map_err(wrong)?;
        }
    }
    out.into_inner()
        .map_err(|error| FormError::made("csv", error))
}

fn head(authority: &AuthorityReport, rule: &RuleTitle) -> Vec<String> {
    vec![
        authority.id.clone(),
        rule.pack.clone(),
        rule.id.clone(),
        rule.title.clone(),
        rule.clause.clone(),
        rule.severity.to_string(),
    ]
}

fn days(kind: &str, name: &str, days: Period, is_cut: bool, report: &Report) -> [String; 6] {
    [
        kind.to_owned(),
        name.to_owned(),
        days.from.to_string(),
        days.to.to_string(),
        if is_cut { "yes" } else { "no" }.to_owned(),
        report.as_at.to_string(),
    ]
}

fn row(report: &Report, authority: &AuthorityReport, line: &Line) -> Vec<String> {
    let mut cells = head(authority, &authority.rules[line.rule]);
    match line.team.map(|team| &authority.teams[team]) {
        None => cells.extend(["authority".to_owned(), String::new(), String::new()]),
        Some(team) => cells.extend([
            "team".to_owned(),
            team.id.clone(),
            team.name.clone().unwrap_or_default(),
        ]),
    }
    let span = line.span.to_string();
    cells.extend(days(
        line.span.kind(),
        &span,
        line.days,
        line.is_cut,
        report,
    ));
    cells.push(String::new());
    cells.extend(line.cells.iter().map(|cell| written(*cell)));
    cells
}

/// A figure for machines: shares and days with a point and no more digits than they have.
pub fn written(cell: Cell) -> String {
    match cell {
        Cell::Count(count) => count.to_string(),
        Cell::Share(number) | Cell::Days(number) => number.to_string(),
        Cell::Nothing => String::new(),
        Cell::Suppressed => KEPT_BACK.to_owned(),
        Cell::AtLeast(share) => format!(">={share}"),
        Cell::AtMost(share) => format!("<={share}"),
    }
}
