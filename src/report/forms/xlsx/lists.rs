//! The sheets beside the figures: what could not be measured or read, what was corrected, what is open.

use rust_xlsxwriter::{Formula, Worksheet, XlsxError};

use super::super::FormError;
use super::{Formats, date, figure, head, wrong};
use crate::report::Report;
use crate::report::page::CORRECTION_COLUMNS;
use crate::report::words::Words;

/// Names a sheet and heads its columns, of which each is as wide as it says.
fn begin<'k>(
    sheet: &mut Worksheet,
    name: &str,
    columns: impl IntoIterator<Item = (&'k str, f64)>,
    words: &Words,
    formats: &Formats,
) -> Result<(), FormError> {
    sheet.set_name(words.say(name, &[])?).map_err(wrong)?;
    let mut headed = Vec::new();
    for (key, width) in columns {
        headed.push((words.say(key, &[])?, width));
    }
    head(sheet, &headed, formats).map_err(wrong)
}

/// Rules that could not be judged, and why.
pub(super) fn unmeasured(
    sheet: &mut Worksheet,
    report: &Report,
    words: &Words,
    formats: &Formats,
) -> Result<(), FormError> {
    let columns = [
        ("column_authority", 18.0),
        ("column_rule", 60.0),
        ("column_reason", 80.0),
    ];
    begin(sheet, "sheet_unmeasured", columns, words, formats)?;
    let mut row = 0;
    for authority in &report.authorities {
        for unmeasured in &authority.unmeasured {
            row += 1;
            let title = &authority.rules[unmeasured.rule].title;
            let cells = [&authority.name, title, &unmeasured.reasons.join("; ")];
            for (column, text) in cells.into_iter().enumerate() {
                sheet
                    .write_string_with_format(row, column as u16, text, &formats.wrapped)
                    .map_err(wrong)?;
            }
        }
    }
    Ok(())
}

/// Rows that could not be used, with their sum.
pub(super) fn quarantine(
    sheet: &mut Worksheet,
    report: &Report,
    words: &Words,
    formats: &Formats,
) -> Result<(), FormError> {
    let columns = [
        ("column_authority", 18.0),
        ("column_query", 30.0),
        ("column_reason", 80.0),
        ("column_rows", 12.0),
    ];
    begin(sheet, "sheet_quarantine", columns, words, formats)?;
    let total = words.say("column_total", &[])?;
    let write = |sheet: &mut Worksheet| -> Result<(), XlsxError> {
        let mut row = 0;
        let mut sum = Some(0);
        for authority in &report.authorities {
            for some in &authority.quarantined {
                row += 1;
                sum = sum.zip(some.rows.count()).map(|(sum, rows)| sum + rows);
                for (column, text) in [&authority.name, &some.query, &some.reason]
                    .into_iter()
                    .enumerate()
                {
                    sheet.write_string_with_format(row, column as u16, text, &formats.wrapped)?;
                }
                figure(sheet, row, 3, some.rows, formats)?;
            }
        }
        // Of what is kept back in part there is no sum.
        if let Some(sum) = sum.filter(|_| row > 0) {
            let formula =
                Formula::new(format!("=SUM(D2:D{})", row + 1)).set_result(sum.to_string());
            sheet.write_string_with_format(row + 1, 0, &total, &formats.text)?;
            sheet.write_formula_with_format(row + 1, 3, formula, &formats.count)?;
        }
        Ok(())
    };
    write(sheet).map_err(wrong)
}

/// What has been corrected since the report's day.
pub(super) fn corrections(
    sheet: &mut Worksheet,
    report: &Report,
    words: &Words,
    formats: &Formats,
) -> Result<(), FormError> {
    let of_correction = CORRECTION_COLUMNS
        .into_iter()
        .zip([60.0, 24.0, 36.0, 16.0, 10.0, 10.0]);
    let columns = [("column_authority", 18.0)]
        .into_iter()
        .chain(of_correction);
    begin(sheet, "sheet_corrections", columns, words, formats)?;
    let mut row = 0;
    for authority in &report.authorities {
        for correction in authority.corrections.iter().flatten() {
            row += 1;
            let team = correction.team.map(|place| &authority.teams[place]);
            let texts = [
                authority.name.clone(),
                authority.rules[correction.rule].title.clone(),
                words.team(team)?,
                words.span(correction.span, report.period)?,
                words.name(correction.measure)?,
            ];
            let write = |sheet: &mut Worksheet| -> Result<(), XlsxError> {
                for (column, text) in texts.iter().enumerate() {
                    sheet.write_string_with_format(row, column as u16, text, &formats.text)?;
                }
                figure(sheet, row, 5, correction.then, formats)?;
                figure(sheet, row, 6, correction.now, formats)
            };
            write(sheet).map_err(wrong)?;
        }
    }
    Ok(())
}

/// What is open, for supervision.
pub(super) fn open(
    sheet: &mut Worksheet,
    report: &Report,
    words: &Words,
    formats: &Formats,
) -> Result<(), FormError> {
    let columns = [
        ("column_key_worker", 28.0),
        ("column_case", 16.0),
        ("column_rule", 60.0),
        ("column_state", 12.0),
        ("column_due", 12.0),
        ("column_booked", 12.0),
        ("column_days_over", 10.0),
    ];
    begin(sheet, "sheet_open", columns, words, formats)?;
    let mut row = 0;
    for authority in &report.authorities {
        for duty in authority.open.iter().flatten() {
            row += 1;
            let state = words.say(&format!("state_{}", duty.state.name()), &[])?;
            let title = &authority.rules[duty.rule].title;
            let texts = [&duty.key_worker, &duty.case_ref, title, &state];
            let write = |sheet: &mut Worksheet| -> Result<(), XlsxError> {
                for (column, text) in texts.into_iter().enumerate() {
                    sheet.write_string_with_format(row, column as u16, text, &formats.text)?;
                }
                sheet.write_datetime_with_format(row, 4, &date(duty.due)?, &formats.day)?;
                if let Some(booked) = duty.booked {
                    sheet.write_datetime_with_format(row, 5, &date(booked)?, &formats.day)?;
                }
                sheet.write_number_with_format(row, 6, duty.days_over as f64, &formats.count)?;
                Ok(())
            };
            write(sheet).map_err(wrong)?;
        }
    }
    Ok(())
}
