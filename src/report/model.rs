//! A whole report: everything that any form of it prints, so that all forms say the same.

use serde::Serialize;

use crate::calendar::{Day, Instant};
use crate::rules::{Severity, State};

use super::backlog::Backlog;
use super::measure::{Cell, MEASURES, Measure};
use super::period::{Period, Span};

/// A report of one or more authorities.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// When it was made.
    pub made_at: Instant,
    /// The version of corewatch that made it.
    pub version: &'static str,
    /// The due days that it is of.
    pub period: Period,
    /// The day as of which its figures stand.
    pub as_at: Day,
    /// Whether small counts are kept back, so that it may be published.
    pub for_publication: bool,
    /// Each with its own rules and figures: different packs are never added up.
    pub authorities: Vec<AuthorityReport>,
}

/// The figures of one authority.
#[derive(Debug, Clone, PartialEq)]
pub struct AuthorityReport {
    /// Its id.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// The pass that read the records that the figures are from.
    pub read_at: Instant,
    /// The packs whose rules were measured.
    pub packs: Vec<PackTitle>,
    /// Its rules, by id; lines name them by place.
    pub rules: Vec<RuleTitle>,
    /// Its teams, in the order of their names; lines name them by place.
    pub teams: Vec<TeamTitle>,
    /// The figures: by rule, then all teams together and team by team, then by span.
    pub lines: Vec<Line>,
    /// What charts are drawn from: quarters, then months, by rule.
    pub series: Vec<Line>,
    /// What is overdue on the report's day, by age.
    pub backlog: Vec<Backlog>,
    /// Rules that could not be judged, and why: they have no lines.
    pub unmeasured: Vec<UnmeasuredRule>,
    /// Rows of the source that could not be used: they are in no figure.
    pub quarantined: Vec<Quarantined>,
    /// The first day whose records are kept, where the report's day lies before it: the figures are
    /// then from the records of that first day.
    pub records_from: Option<Day>,
    /// Whether the report's day lies before those of which rules, closures and names of teams are kept:
    /// they are then those of now.
    pub judged_by_now: bool,
    /// What has been corrected since the report's day; none where that is today, or where the report
    /// is for publication.
    pub corrections: Option<Vec<Correction>>,
    /// What is open on the report's day, where it is of one team and not for publication: by key
    /// worker, most urgent first.
    pub open: Option<Vec<OpenDuty>>,
}

/// A pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackTitle {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// The document, with version and year.
    pub source: String,
}

/// A rule, without what it asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleTitle {
    /// Its id.
    pub id: String,
    /// The duty in a few words.
    pub title: String,
    /// The clause of the document.
    pub clause: String,
    /// The pack that it is of.
    pub pack: String,
    /// What people call the document that the clause stands in.
    pub document: String,
    /// How much hangs on it.
    pub severity: Severity,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TeamTitle {
    /// Its id; empty for children whom the source gives no team.
    pub id: String,
    /// Its name, where the source has one.
    pub name: Option<String>,
}

/// The figures of one rule, for one team or all of them, over some days.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The rule's place in [`AuthorityReport::rules`].
    pub rule: usize,
    /// The team's place in [`AuthorityReport::teams`]; none for all of them.
    pub team: Option<usize>,
    /// What the days are called.
    pub span: Span,
    /// The days themselves.
    pub days: Period,
    /// Whether the month or quarter has further days that are not in the report.
    pub is_cut: bool,
    /// The figures, in the order of [`Measure::ALL`].
    pub cells: [Cell; MEASURES],
}

impl Line {
    /// One of its figures.
    pub fn cell(&self, measure: Measure) -> Cell {
        self.cells[measure as usize]
    }
}

/// A rule that the copy cannot judge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnmeasuredRule {
    /// The rule's place in [`AuthorityReport::rules`].
    pub rule: usize,
    /// Why.
    pub reasons: Vec<String>,
}

/// Rows that could not be used, of one query and for one reason.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quarantined {
    /// The query that yields them.
    pub query: String,
    /// Why they cannot be used.
    pub reason: String,
    /// How many.
    pub rows: Cell,
}

/// An open obligation, for supervision: by case reference, never by a child's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenDuty {
    /// Who has the case, by name where the source has one; several are set apart by commas, and empty
    /// is nobody.
    pub key_worker: String,
    /// The case.
    pub case_ref: String,
    /// The rule's place in [`AuthorityReport::rules`].
    pub rule: usize,
    /// The due day.
    pub due: Day,
    /// Pending, due soon or overdue.
    pub state: State,
    /// Days over; 0 where it is not overdue.
    pub days_over: i64,
    /// For when it is booked.
    pub booked: Option<Day>,
    /// Its short name, that `corewatch explain` takes.
    pub id: String,
}

/// A figure that came out otherwise from today's records than from those of the report's day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correction {
    /// The rule's place in [`AuthorityReport::rules`].
    pub rule: usize,
    /// The team's place in [`AuthorityReport::teams`]; none for all of them.
    pub team: Option<usize>,
    /// What the days are called.
    pub span: Span,
    /// Which figure.
    pub measure: Measure,
    /// What it was.
    pub then: Cell,
    /// What today's records say it was, as of the same day.
    pub now: Cell,
}
