//! A workbook: the figures as numbers, dates and percentages that a spreadsheet can reckon with, one
//! row a rule, team and period; what each column counts; what could not be measured or read.
//!
//! Nothing is a formula but the totals of the sheet on unusable records: what is printed is what was
//! counted, and no spreadsheet can make it otherwise.

mod lists;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::FormError;
use super::csv::KEPT_BACK;
use crate::calendar::Day;
use crate::report::page::title;
use crate::report::words::Words;
use crate::report::{AuthorityReport, Cell, Line, Measure, Report};

/// The columns before the measures, by their keys in the catalogue, and how wide they are.
const FIELDS: [(&str, f64); 8] = [
    ("column_authority", 18.0),
    ("column_rule", 52.0),
    ("column_clause", 14.0),
    ("column_severity", 10.0),
    ("column_team", 24.0),
    ("column_period", 36.0),
    ("column_from", 12.0),
    ("column_to", 12.0),
];

struct Formats {
    heading: Format,
    title: Format,
    text: Format,
    wrapped: Format,
    day: Format,
    count: Format,
    share: Format,
    days: Format,
    kept_back: Format,
}

impl Formats {
    fn new() -> Formats {
        let top = || Format::new().set_align(FormatAlign::Top);
        Formats {
            heading: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Bottom)
                .set_border_bottom(FormatBorder::Medium),
            title: Format::new().set_bold().set_font_size(14.0),
            text: top(),
            wrapped: top().set_text_wrap(),
            day: top().set_num_format("dd/mm/yyyy"),
            count: top().set_num_format("#,##0"),
            share: top().set_num_format("0.0%"),
            days: top().set_num_format("0.0"),
            kept_back: top().set_align(FormatAlign::Right),
        }
    }
}

/// The report as an Office Open XML workbook.
///
/// # Errors
/// Where the language lacks a phrase, or the workbook cannot be written: a sheet holds a million rows.
pub fn write(report: &Report, words: &Words) -> Result<Vec<u8>, FormError> {
    let formats = Formats::new();
    let mut workbook = Workbook::new();
    // The report's own day: the same report is the same file.
    let made = date(crate::calendar::Zone::LONDON.day_of(report.made_at)).map_err(wrong)?;
    workbook.set_properties(
        &DocProperties::new()
            .set_title(title(report, words)?)
            .set_author("corewatch")
            .set_creation_datetime(&made),
    );
    figures(workbook.add_worksheet(), report, words, &formats)?;
    definitions(workbook.add_worksheet(), report, words, &formats)?;
    lists::unmeasured(workbook.add_worksheet(), report, words, &formats)?;
    lists::quarantine(workbook.add_worksheet(), report, words, &formats)?;
    if report.authorities.iter().any(|a| a.corrections.is_some()) {
        lists::corrections(workbook.add_worksheet(), report, words, &formats)?;
    }
    if report.authorities.iter().any(|a| a.open.is_some()) {
        lists::open(workbook.add_worksheet(), report, words, &formats)?;
    }
    workbook.save_to_buffer().map_err(wrong)
}

/// One row a rule, team and period.
fn figures(
    sheet: &mut Worksheet,
    report: &Report,
    words: &Words,
    formats: &Formats,
) -> Result<(), FormError> {
    sheet
        .set_name(words.say("sheet_figures", &[])?)
        .map_err(wrong)?;
    let mut columns = Vec::new();
    for (key, width) in FIELDS {
        columns.push((words.say(key, &[])?, width));
    }
    for measure in Measure::ALL {
        columns.push((words.name(measure)?, 12.0));
    }
    head(sheet, &columns, formats).map_err(wrong)?;
    let mut row = 0;
    for authority in &report.authorities {
        for line in &authority.lines {
            row += 1;
            let (text, days) = describe(report, authority, line, words)?;
            figure_row(sheet, row, &text, days, line, formats).map_err(wrong)?;
        }
    }
    sheet.set_freeze_panes(1, 2).map_err(wrong)?;
    let last = columns.len() as u16 - 1;
    sheet.autofilter(0, 0, row, last).map_err(wrong)?;
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 0).map_err(wrong)?;
    Ok(())
}

/// What a line is of, in words, and its first and last day.
fn describe(
    report: &Report,
    authority: &AuthorityReport,
    line: &Line,
    words: &Words,
) -> Result<([String; 6], [Day; 2]), FormError> {
    let rule = &authority.rules[line.rule];
    let team = line.team.map(|place| &authority.teams[place]);
    let text = [
        authority.name.clone(),
        rule.title.clone(),
        rule.clause.clone(),
        words.say(&format!("severity_{}", rule.severity), &[])?,
        words.team(team)?,
        words.span(line.span, report.period)?,
    ];
    Ok((text, [line.days.from, line.days.to]))
}

fn figure_row(
    sheet: &mut Worksheet,
    row: u32,
    text: &[String],
    days: [Day; 2],
    line: &Line,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let mut column = 0;
    for text in text {
        sheet.write_string_with_format(row, column, text, &formats.text)?;
        column += 1;
    }
    for day in days {
        sheet.write_datetime_with_format(row, column, &date(day)?, &formats.day)?;
        column += 1;
    }
    for cell in line.cells {
        figure(sheet, row, column, cell, formats)?;
        column += 1;
    }
    Ok(())
}

/// One figure: a number, nothing at all, or the sign that it is kept back.
fn figure(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: Cell,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Count(count) => {
            sheet.write_number_with_format(row, column, count as f64, &formats.count)?
        }
        Cell::Share(share) => sheet.write_number_with_format(row, column, share, &formats.share)?,
        Cell::Days(days) => sheet.write_number_with_format(row, column, days, &formats.days)?,
        Cell::Nothing => sheet,
        Cell::Suppressed => {
            sheet.write_string_with_format(row, column, KEPT_BACK, &formats.kept_back)?
        }
        Cell::AtLeast(share) => {
            let said = format!("≥ {:.1}%", share * 100.0);
            sheet.write_string_with_format(row, column, said, &formats.kept_back)?
        }
        Cell::AtMost(share) => {
            let said = format!("≤ {:.1}%", share * 100.0);
            sheet.write_string_with_format(row, column, said, &formats.kept_back)?
        }
    };
    Ok(())
}

/// What the report is of, and what each figure counts.
fn definitions(
    sheet: &mut Worksheet,
    report: &Report,
    words: &Words,
    formats: &Formats,
) -> Result<(), FormError> {
    sheet
        .set_name(words.say("sheet_definitions", &[])?)
        .map_err(wrong)?;
    let mut lines = vec![words.say(
        "subtitle",
        &[
            ("from", &words.day(report.period.from)?),
            ("to", &words.day(report.period.to)?),
            ("as_at", &words.day(report.as_at)?),
        ],
    )?];
    for pack in report
        .authorities
        .iter()
        .flat_map(|authority| &authority.packs)
    {
        let line = words.say(
            "rules_of",
            &[("title", &pack.title), ("source", &pack.source)],
        )?;
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    for key in ["explain_period", "explain_left_out", "explain_interval"] {
        lines.push(words.say(key, &[])?);
    }
    if report.for_publication {
        let kept_back = KEPT_BACK;
        lines.push(words.say("explain_suppressed", &[("suppressed", &kept_back)])?);
    }
    let mut named = Vec::new();
    for measure in Measure::ALL {
        named.push([words.name(measure)?, words.meaning(measure)?]);
    }
    let title = title(report, words)?;
    let write = |sheet: &mut Worksheet| -> Result<(), XlsxError> {
        sheet.set_column_width(0, 34)?;
        sheet.set_column_width(1, 100)?;
        sheet.write_string_with_format(0, 0, &title, &formats.title)?;
        let mut row = 1;
        for line in &lines {
            sheet.merge_range(row, 0, row, 1, line, &formats.wrapped)?;
            let rows_of_text = line.chars().count() / 120 + 1;
            sheet.set_row_height(row, rows_of_text as f64 * 15.0)?;
            row += 1;
        }
        for [name, meaning] in &named {
            row += 1;
            sheet.write_string_with_format(row, 0, name, &formats.text)?;
            sheet.write_string_with_format(row, 1, meaning, &formats.wrapped)?;
        }
        Ok(())
    };
    write(sheet).map_err(wrong)
}

/// The first row of a sheet.
fn head(
    sheet: &mut Worksheet,
    columns: &[(String, f64)],
    formats: &Formats,
) -> Result<(), XlsxError> {
    for (place, (name, width)) in columns.iter().enumerate() {
        sheet.write_string_with_format(0, place as u16, name, &formats.heading)?;
        sheet.set_column_width(place as u16, *width)?;
    }
    Ok(())
}

/// A day as spreadsheets know it: they begin in 1900.
fn date(day: Day) -> Result<ExcelDateTime, XlsxError> {
    use chrono::Datelike;
    let date = day.date();
    let year = u16::try_from(date.year()).unwrap_or(u16::MAX);
    ExcelDateTime::from_ymd(year, date.month() as u8, date.day() as u8)
}

fn wrong(error: XlsxError) -> FormError {
    FormError::made("xlsx", error)
}
