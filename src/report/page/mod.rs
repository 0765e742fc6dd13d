//! A report in words: the headings, sentences, tables and charts that a reader sees, in one language.
//! The forms for readers (HTML, PDF) only lay it out.

mod charts;
mod tables;

pub use tables::CORRECTION_COLUMNS;

use std::cmp::Reverse;

use serde::Serialize;

use super::forms::FormError;
use super::model::{AuthorityReport, Line, Report};
use super::period::Span;
use super::words::Words;
use super::{Cell, Measure};
use crate::calendar::Zone;
use crate::words::{CatalogueError, Filling};

/// A whole report.
#[derive(Debug, Serialize)]
pub struct Page {
    /// The code of its language.
    pub lang: String,
    /// What it is.
    pub title: String,
    /// Which days, as of when.
    pub subtitle: String,
    /// Of what it was made.
    pub made: Vec<String>,
    /// How to read it.
    pub notes: Vec<String>,
    /// One after the other.
    pub authorities: Vec<AuthorityPage>,
    /// What each figure is called and counts.
    pub definitions: Vec<(String, String)>,
    /// What the headings say.
    pub headings: Headings,
}

/// The headings that every authority's part has.
#[derive(Debug, Serialize)]
pub struct Headings {
    summary: String,
    contents: String,
    rules: String,
    unmeasured: String,
    quarantine: String,
    definitions: String,
    numbers: String,
    open: String,
    corrections: String,
}

/// The part of one authority.
#[derive(Debug, Serialize)]
pub struct AuthorityPage {
    /// Unlike that of any other part of the page.
    pub anchor: String,
    /// Its name.
    pub name: String,
    /// The documents that its rules are from.
    pub packs: Vec<String>,
    /// In which order the duties come.
    pub order_note: String,
    /// Every duty in a line.
    pub summary: Table,
    /// The duties of which anything is to be said.
    pub rules: Vec<RulePage>,
    /// What could not be measured, and why.
    pub unmeasured: Vec<(String, Vec<String>)>,
    /// Said beside it.
    pub unmeasured_note: String,
    /// What could not be read.
    pub quarantine: Option<Table>,
    /// Said beside it.
    pub quarantine_note: String,
    /// Said of a past day: how far its records and its rules are kept.
    pub history_notes: Vec<String>,
    /// What has been corrected since the report's day.
    pub corrections: Option<Table>,
    /// Said beside it; nothing in a report of today.
    pub corrections_note: Option<String>,
    /// What is open, for supervision.
    pub open: Option<Table>,
    /// Said beside it.
    pub open_note: Option<String>,
}

/// What is said of one duty.
#[derive(Debug, Serialize)]
pub struct RulePage {
    /// Unlike that of any other part of the page.
    pub anchor: String,
    /// The duty.
    pub title: String,
    /// Document and clause.
    pub clause: String,
    /// What came out of it.
    pub sentences: Vec<String>,
    /// Whether it has got better or worse.
    pub charts: Vec<Chart>,
    /// By team.
    pub teams: Option<Table>,
    /// By month and quarter.
    pub months: Table,
}

/// A picture with its numbers.
#[derive(Debug, Serialize)]
pub struct Chart {
    /// What it is of, under the heading of its duty.
    pub heading: String,
    /// What it says, in a sentence or more.
    pub says: Vec<String>,
    /// The picture.
    pub svg: String,
    /// The numbers behind it.
    pub table: Table,
}

/// A table; the first cell of each row is its head.
#[derive(Debug, Serialize)]
pub struct Table {
    /// What it is of.
    pub caption: String,
    /// The heads of its columns.
    pub columns: Vec<String>,
    /// Its cells, as many as there are columns.
    pub rows: Vec<Vec<String>>,
    /// Where the head of a row leads to, where it leads anywhere.
    pub links: Vec<Option<String>>,
    /// How many columns at the beginning hold text and not numbers.
    pub text_columns: usize,
}

/// What every part of a page is made with.
struct Maker<'r> {
    report: &'r Report,
    words: &'r Words,
}

/// The report in words.
///
/// # Errors
/// Where the language lacks a phrase, or a chart cannot be drawn.
pub fn page(report: &Report, words: &Words) -> Result<Page, FormError> {
    let maker = Maker { report, words };
    let say = |key: &str| words.say(key, &[]);
    let mut notes = vec![
        say("explain_period")?,
        say("explain_left_out")?,
        say("explain_interval")?,
        say("explain_control")?,
    ];
    if report.for_publication {
        let kept_back = say("suppressed")?;
        notes.push(words.say("explain_suppressed", &[("suppressed", &kept_back)])?);
    }
    let mut made = Vec::new();
    for authority in &report.authorities {
        let zone = Zone::LONDON;
        let when = words.day(zone.day_of(report.made_at))?;
        let read = words.day(zone.day_of(authority.read_at))?;
        made.push(words.say(
            "made",
            &[
                ("version", &report.version),
                ("when", &when),
                ("read", &read),
            ],
        )?);
    }
    made.dedup();
    let authorities: Result<Vec<_>, FormError> = report
        .authorities
        .iter()
        .enumerate()
        .map(|(place, authority)| maker.authority(place, authority))
        .collect();
    let mut definitions = Vec::new();
    for measure in Measure::ALL {
        definitions.push((words.name(measure)?, words.meaning(measure)?));
    }
    Ok(Page {
        lang: say("lang")?,
        title: title(report, words)?,
        subtitle: words.say(
            "subtitle",
            &[
                ("from", &words.day(report.period.from)?),
                ("to", &words.day(report.period.to)?),
                ("as_at", &words.day(report.as_at)?),
            ],
        )?,
        made,
        notes,
        authorities: authorities?,
        definitions,
        headings: Headings {
            summary: say("heading_summary")?,
            contents: say("contents")?,
            rules: say("heading_figures")?,
            unmeasured: say("heading_unmeasured")?,
            quarantine: say("heading_quarantine")?,
            definitions: say("heading_definitions")?,
            numbers: say("heading_numbers")?,
            open: say("heading_open")?,
            corrections: say("heading_corrections")?,
        },
    })
}

/// What a report is called: one for publication so, and one of a team with the team's name.
///
/// # Errors
/// Where the language lacks a phrase.
pub fn title(report: &Report, words: &Words) -> Result<String, CatalogueError> {
    let of_team = |authority: &&AuthorityReport| authority.open.is_some();
    let authority = report.authorities.iter().find(of_team);
    let team = authority.and_then(|authority| {
        let team = authority.lines.first()?.team?;
        Some(&authority.teams[team])
    });
    match team {
        Some(team) => words.say("title_team", &[("team", &words.team(Some(team))?)]),
        None if report.for_publication => words.say("title_publication", &[]),
        None => words.say("title", &[]),
    }
}

/// The rules of an authority, by place: what hangs most on first, then as a dictionary has them.
fn by_weight(authority: &AuthorityReport) -> Vec<usize> {
    let mut places: Vec<usize> = (0..authority.rules.len()).collect();
    places.sort_by_key(|place| {
        let rule = &authority.rules[*place];
        (Reverse(rule.severity), &rule.title)
    });
    places
}

impl Maker<'_> {
    fn authority(
        &self,
        place: usize,
        authority: &AuthorityReport,
    ) -> Result<AuthorityPage, FormError> {
        let words = self.words;
        let anchor = format!("a{}", place + 1);
        let mut rules = Vec::new();
        let mut with_page = Vec::new();
        for rule in by_weight(authority) {
            if let Some(page) = self.rule(&anchor, authority, rule)? {
                with_page.push(rule);
                rules.push(page);
            }
        }
        let packs: Result<Vec<_>, _> = authority
            .packs
            .iter()
            .map(|pack| {
                words.say(
                    "rules_of",
                    &[("title", &pack.title), ("source", &pack.source)],
                )
            })
            .collect();
        let unmeasured = authority.unmeasured.iter().map(|unmeasured| {
            let rule = &authority.rules[unmeasured.rule];
            (rule.title.clone(), unmeasured.reasons.clone())
        });
        let open_note = match &authority.open {
            None => None,
            Some(open) if open.is_empty() => Some(words.say("no_open", &[])?),
            Some(_) => {
                let as_at = words.day(self.report.as_at)?;
                Some(words.say("explain_open", &[("as_at", &as_at)])?)
            }
        };
        let corrections_note = match &authority.corrections {
            None => None,
            Some(corrections) => {
                let said = if corrections.is_empty() {
                    "no_corrections"
                } else {
                    "explain_corrections"
                };
                let as_at = words.day(self.report.as_at)?;
                Some(words.say(said, &[("as_at", &as_at)])?)
            }
        };
        let mut history_notes = Vec::new();
        if let Some(begun) = authority.records_from {
            let begun = words.day(begun)?;
            history_notes.push(words.say("history_short", &[("begun", &begun)])?);
        }
        if authority.judged_by_now {
            history_notes.push(words.say("judged_by_now", &[])?);
        }
        Ok(AuthorityPage {
            history_notes,
            corrections: self.corrections(authority)?,
            corrections_note,
            order_note: words.say("explain_order", &[])?,
            summary: self.summary(&anchor, authority, &with_page)?,
            rules,
            name: authority.name.clone(),
            packs: packs?,
            unmeasured: unmeasured.collect(),
            unmeasured_note: words.say(
                if authority.unmeasured.is_empty() {
                    "no_unmeasured"
                } else {
                    "explain_unmeasured"
                },
                &[],
            )?,
            quarantine: self.quarantine(authority)?,
            quarantine_note: words.say(
                if authority.quarantined.is_empty() {
                    "no_quarantine"
                } else {
                    "explain_quarantine"
                },
                &[],
            )?,
            open: self.open(authority)?,
            open_note,
            anchor,
        })
    }

    /// What is said of one rule; nothing where nothing was due of it, nor is.
    fn rule(
        &self,
        anchor: &str,
        authority: &AuthorityReport,
        rule: usize,
    ) -> Result<Option<RulePage>, FormError> {
        let of_rule = |line: &&Line| line.rule == rule;
        let lines: Vec<&Line> = authority.lines.iter().filter(of_rule).collect();
        let Some(whole) = lines.iter().find(|line| line.span == Span::Whole) else {
            return Ok(None);
        };
        let nothing = |measure| whole.cell(measure) == Cell::Count(0);
        let backlog = authority
            .backlog
            .iter()
            .find(|b| b.rule == rule && b.team == whole.team);
        let no_backlog = backlog.is_none_or(|backlog| backlog.total == Cell::Count(0));
        if nothing(Measure::Due) && nothing(Measure::NotYetDue) && no_backlog {
            return Ok(None);
        }
        let title = &authority.rules[rule];
        let anchor = format!("{anchor}-{}", title.id);
        let mut charts = Vec::new();
        charts.extend(self.control_chart(&anchor, authority, rule)?);
        charts.extend(self.quarter_chart(&anchor, authority, rule)?);
        if let Some(backlog) = backlog {
            charts.extend(self.age_chart(&anchor, &title.title, backlog)?);
        }
        Ok(Some(RulePage {
            title: title.title.clone(),
            clause: self.words.say(
                "clause_of",
                &[("document", &title.document), ("clause", &title.clause)],
            )?,
            sentences: self.sentences(whole)?,
            charts,
            teams: self.teams(authority, &lines)?,
            months: self.months(&lines)?,
            anchor,
        }))
    }

    /// What came out of a duty, in a sentence or two.
    fn sentences(&self, line: &Line) -> Result<Vec<String>, FormError> {
        let words = self.words;
        let said = |measure| words.cell(line.cell(measure));
        if line.cell(Measure::Due) == Cell::Count(0) {
            return Ok(vec![words.say("rule_none", &[])?]);
        }
        let kept_back = match line.cell(Measure::OnTime) {
            Cell::AtLeast(_) => Some("rule_at_least"),
            Cell::AtMost(_) => Some("rule_at_most"),
            Cell::Suppressed if line.cell(Measure::Due) != Cell::Suppressed => {
                Some("rule_due_only")
            }
            Cell::Suppressed => Some("rule_suppressed"),
            _ => None,
        };
        if let Some(key) = kept_back {
            let with: &[Filling<'_>] = &[
                ("due", &said(Measure::Due)?),
                ("share", &said(Measure::OnTime)?),
            ];
            return Ok(vec![words.say(key, with)?]);
        }
        let mut sentences = vec![words.say(
            "rule_share",
            &[
                ("met", &said(Measure::Met)?),
                ("due", &said(Measure::Due)?),
                ("share", &said(Measure::OnTime)?),
                ("low", &said(Measure::OnTimeLow)?),
                ("high", &said(Measure::OnTimeHigh)?),
            ],
        )?];
        let longest = line.cell(Measure::LongestOver);
        if longest.number().is_some() {
            sentences.push(words.say(
                "summary_late",
                &[
                    ("median", &said(Measure::MedianOver)?),
                    ("longest", &said(Measure::LongestOver)?),
                ],
            )?);
        }
        Ok(sentences)
    }
}
