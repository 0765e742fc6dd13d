//! The tables of a page.

use super::{Maker, Table, by_weight};
use crate::report::forms::FormError;
use crate::report::model::{AuthorityReport, Line};
use crate::report::period::Span;
use crate::report::{Cell, Measure};

/// What every table of figures shows.
const SHOWN: [Measure; 7] = [
    Measure::Due,
    Measure::Met,
    Measure::MetLate,
    Measure::Missed,
    Measure::Overdue,
    Measure::OnTime,
    Measure::LongestOver,
];
/// The same for publication, where the longest is one child's and always kept back.
const PUBLISHED: [Measure; 7] = [
    Measure::Due,
    Measure::Met,
    Measure::MetLate,
    Measure::Missed,
    Measure::Overdue,
    Measure::OnTime,
    Measure::MedianOver,
];
/// What the tables by month show besides, where not for publication: how far the figures can be relied
/// on.
const BESIDE: [Measure; 4] = [
    Measure::WrittenUpLate,
    Measure::MedianLag,
    Measure::Variations,
    Measure::NotYetDue,
];

/// The columns of what was corrected, by their keys in the catalogue.
pub const CORRECTION_COLUMNS: [&str; 6] = [
    "column_rule",
    "column_team",
    "column_period",
    "column_measure",
    "column_then",
    "column_now",
];

impl Maker<'_> {
    fn shown(&self) -> [Measure; 7] {
        if self.report.for_publication {
            PUBLISHED
        } else {
            SHOWN
        }
    }

    fn names(&self, first: &str, measures: &[Measure]) -> Result<Vec<String>, FormError> {
        let mut columns = vec![self.words.say(first, &[])?];
        for measure in measures {
            columns.push(self.words.name(*measure)?);
        }
        Ok(columns)
    }

    fn row(
        &self,
        head: String,
        line: &Line,
        measures: &[Measure],
    ) -> Result<Vec<String>, FormError> {
        let mut row = vec![head];
        for measure in measures {
            row.push(self.words.cell(line.cell(*measure))?);
        }
        Ok(row)
    }

    /// Every duty that fell due, in a line; what has a part of its own leads to it.
    pub(super) fn summary(
        &self,
        anchor: &str,
        authority: &AuthorityReport,
        with_page: &[usize],
    ) -> Result<Table, FormError> {
        let mut rows = Vec::new();
        let mut links = Vec::new();
        for place in by_weight(authority) {
            let mut of_rule = authority.lines.iter().filter(|line| line.rule == place);
            let Some(line) = of_rule.find(|line| line.span == Span::Whole) else {
                continue;
            };
            let rule = &authority.rules[line.rule];
            rows.push(self.row(rule.title.clone(), line, &self.shown())?);
            links.push(
                with_page
                    .contains(&line.rule)
                    .then(|| format!("{anchor}-{}", rule.id)),
            );
        }
        Ok(Table {
            caption: self.words.say("heading_figures", &[])?,
            columns: self.names("column_rule", &self.shown())?,
            rows,
            links,
            text_columns: 1,
        })
    }

    /// A duty by team, over all days; nothing where there is but one line.
    pub(super) fn teams(
        &self,
        authority: &AuthorityReport,
        lines: &[&Line],
    ) -> Result<Option<Table>, FormError> {
        let mut rows = Vec::new();
        for line in lines.iter().filter(|line| line.span == Span::Whole) {
            let team = line.team.map(|place| &authority.teams[place]);
            rows.push(self.row(self.words.team(team)?, line, &self.shown())?);
        }
        if rows.len() < 2 {
            return Ok(None);
        }
        Ok(Some(Table {
            caption: self.words.say("heading_teams", &[])?,
            columns: self.names("column_team", &self.shown())?,
            links: vec![None; rows.len()],
            rows,
            text_columns: 1,
        }))
    }

    /// A duty by quarter and month, for all teams or the one asked for.
    pub(super) fn months(&self, lines: &[&Line]) -> Result<Table, FormError> {
        let mut measures = self.shown().to_vec();
        if !self.report.for_publication {
            measures.extend(BESIDE);
        }
        let team = lines.first().and_then(|line| line.team);
        let mut rows = Vec::new();
        for line in lines.iter().filter(|line| line.team == team) {
            let span = self.words.span(line.span, self.report.period)?;
            let head = if line.is_cut {
                self.words.say("cut", &[("span", &span)])?
            } else {
                span
            };
            rows.push(self.row(head, line, &measures)?);
        }
        Ok(Table {
            caption: self.words.say("heading_months", &[])?,
            columns: self.names("column_period", &measures)?,
            links: vec![None; rows.len()],
            rows,
            text_columns: 1,
        })
    }

    /// Rows of the source that could not be used.
    pub(super) fn quarantine(
        &self,
        authority: &AuthorityReport,
    ) -> Result<Option<Table>, FormError> {
        if authority.quarantined.is_empty() {
            return Ok(None);
        }
        let mut rows = Vec::new();
        for some in &authority.quarantined {
            rows.push(vec![
                some.query.clone(),
                some.reason.clone(),
                self.words.cell(some.rows)?,
            ]);
        }
        let columns = ["column_query", "column_reason", "column_rows"];
        Ok(Some(Table {
            caption: self.words.say("heading_quarantine", &[])?,
            columns: self.said(&columns)?,
            links: vec![None; rows.len()],
            rows,
            text_columns: 2,
        }))
    }

    /// What has been corrected since the report's day.
    pub(super) fn corrections(
        &self,
        authority: &AuthorityReport,
    ) -> Result<Option<Table>, FormError> {
        let corrections = authority.corrections.as_ref();
        let Some(corrections) = corrections.filter(|some| !some.is_empty()) else {
            return Ok(None);
        };
        let mut rows = Vec::new();
        for correction in corrections {
            let team = correction.team.map(|place| &authority.teams[place]);
            rows.push(vec![
                authority.rules[correction.rule].title.clone(),
                self.words.team(team)?,
                self.words.span(correction.span, self.report.period)?,
                self.words.name(correction.measure)?,
                self.words.cell(correction.then)?,
                self.words.cell(correction.now)?,
            ]);
        }
        Ok(Some(Table {
            caption: self.words.say("heading_corrections", &[])?,
            columns: self.said(&CORRECTION_COLUMNS)?,
            links: vec![None; rows.len()],
            rows,
            text_columns: 4,
        }))
    }

    /// What is open, for supervision.
    pub(super) fn open(&self, authority: &AuthorityReport) -> Result<Option<Table>, FormError> {
        let Some(open) = authority.open.as_ref().filter(|open| !open.is_empty()) else {
            return Ok(None);
        };
        let mut rows = Vec::new();
        for duty in open {
            let key_worker = if duty.key_worker.is_empty() {
                self.words.say("no_key_worker", &[])?
            } else {
                duty.key_worker.clone()
            };
            let booked = match duty.booked {
                Some(day) => self.words.day(day)?,
                None => self.words.cell(Cell::Nothing)?,
            };
            rows.push(vec![
                key_worker,
                duty.case_ref.clone(),
                authority.rules[duty.rule].title.clone(),
                self.words
                    .say(&format!("state_{}", duty.state.name()), &[])?,
                self.words.day(duty.due)?,
                booked,
                duty.days_over.to_string(),
            ]);
        }
        let columns = [
            "column_key_worker",
            "column_case",
            "column_rule",
            "column_state",
            "column_due",
            "column_booked",
            "column_days_over",
        ];
        Ok(Some(Table {
            caption: self.words.say("heading_open", &[])?,
            columns: self.said(&columns)?,
            links: vec![None; rows.len()],
            rows,
            text_columns: 6,
        }))
    }

    pub(super) fn said(&self, keys: &[&str]) -> Result<Vec<String>, FormError> {
        let said: Result<Vec<String>, _> =
            keys.iter().map(|key| self.words.say(key, &[])).collect();
        Ok(said?)
    }
}
