//! Somebody who has the published tables, and knows how their figures hang together and how small counts
//! are kept back, tries to work out what was kept back: by a linear program, for each count the least
//! and the most it can be.

use std::collections::{BTreeMap, BTreeSet};

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};

use super::{Bounds, FEWEST, Published, PublishedKey, Told};
use crate::report::measure::{Cell, Measure};
use crate::report::model::{AuthorityReport, Line};
use crate::report::period::Span;

/// What is unknown: a team's month, by what became of its duties.
pub(super) type Unknown = (usize, i32, Measure);

/// Met first, then what was not.
pub(super) const OUTCOMES: [Measure; 4] = [
    Measure::Met,
    Measure::MetLate,
    Measure::Missed,
    Measure::Overdue,
];

/// A count of a line: of one outcome, or of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Figure {
    Of(Measure),
    NotOnTime,
}

const FIGURES: [Figure; 6] = [
    Figure::Of(Measure::Due),
    Figure::Of(Measure::Met),
    Figure::NotOnTime,
    Figure::Of(Measure::MetLate),
    Figure::Of(Measure::Missed),
    Figure::Of(Measure::Overdue),
];

impl Figure {
    fn has(self, outcome: Measure) -> bool {
        match self {
            Figure::Of(Measure::Due) => true,
            Figure::Of(measure) => measure == outcome,
            Figure::NotOnTime => outcome != Measure::Met,
        }
    }

    /// As printed; what was not on time follows from two others.
    fn printed(self, line: &Line) -> Option<u64> {
        match self {
            Figure::Of(measure) => line.cell(measure).count(),
            Figure::NotOnTime => {
                let due = line.cell(Measure::Due).count()?;
                Some(due - line.cell(Measure::Met).count()?)
            }
        }
    }

    /// Whether the line says of it that it is from 1 to 4.
    fn is_said_to_be_small(self, line: &Line) -> bool {
        match line.cell(Measure::OnTime) {
            Cell::AtLeast(_) => self == Figure::NotOnTime,
            Cell::AtMost(_) => self == Figure::Of(Measure::Met),
            _ => false,
        }
    }
}

fn lines<'r>(reports: &[&'r AuthorityReport]) -> Vec<&'r Line> {
    let reports = reports.iter();
    reports
        .flat_map(|report| report.lines.iter().chain(&report.series))
        .collect()
}

fn unknowns(line: &Line, teams: usize, figure: Figure) -> Vec<Unknown> {
    let teams = match line.team {
        Some(team) => team..team + 1,
        None => 0..teams,
    };
    let outcomes = OUTCOMES
        .into_iter()
        .filter(move |outcome| figure.has(*outcome));
    let months = line.days.months();
    let each = months.flat_map(|month| teams.clone().map(move |team| (team, month.0)));
    each.flat_map(|(team, month)| outcomes.clone().map(move |outcome| (team, month, outcome)))
        .collect()
}

/// What was told of a figure of a line that was kept back.
fn told(
    report: &AuthorityReport,
    published: &Published,
    line: &Line,
    figure: Figure,
) -> Option<Bounds> {
    let key = PublishedKey {
        rule: report.rules[line.rule].id.clone(),
        team: line.team.map(|team| report.teams[team].id.clone()),
        days: line.days,
        count: match figure {
            Figure::Of(measure) => measure.name(),
            Figure::NotOnTime => "not_on_time",
        },
    };
    match published[&key] {
        Told::KeptBack(bounds) => Some(bounds),
        Told::Shown(_) => None,
    }
}

/// Of each count from 1 to 4 that is kept back, the least and the most that all published ones allow,
/// in these reports of the same records together, with what was told of each count in them.
pub(super) fn attack(
    papers: &[(&AuthorityReport, &Published)],
    truth: &dyn Fn(&Unknown) -> u64,
) -> Vec<(String, f64, f64)> {
    let teams = papers[0].0.teams.len();
    let all: Vec<_> = papers
        .iter()
        .flat_map(|(report, published)| {
            let lines = report.lines.iter().chain(&report.series);
            lines.map(move |line| (*report, *published, line))
        })
        .collect();
    let value =
        |line: &Line, figure| -> u64 { unknowns(line, teams, figure).iter().map(truth).sum() };
    let mut constraints: Vec<(Vec<Unknown>, ComparisonOp, f64)> = Vec::new();
    for (report, published, line) in &all {
        for figure in FIGURES {
            let sum = || unknowns(line, teams, figure);
            if let Some(count) = figure.printed(line) {
                constraints.push((sum(), ComparisonOp::Eq, count as f64));
                continue;
            }
            let bounds = told(report, published, line, figure);
            let least = bounds.map_or(0, |bounds| bounds.least);
            constraints.push((sum(), ComparisonOp::Ge, least as f64));
            if figure.is_said_to_be_small(line) {
                constraints.push((sum(), ComparisonOp::Le, (FEWEST - 1) as f64));
            }
        }
    }
    let bound = |aim: &[Unknown], direction: OptimizationDirection| {
        let mut problem = Problem::new(direction);
        let mut variables: BTreeMap<Unknown, Variable> = BTreeMap::new();
        for unknown in constraints.iter().flat_map(|(sum, _, _)| sum) {
            let weight = if aim.contains(unknown) { 1.0 } else { 0.0 };
            variables
                .entry(*unknown)
                .or_insert_with(|| problem.add_var(weight, (0.0, 1_000.0)));
        }
        for (sum, op, count) in &constraints {
            let sum: Vec<_> = sum.iter().map(|c| (variables[c], 1.0)).collect();
            problem.add_constraint(sum, *op, *count);
        }
        problem.solve().unwrap().objective()
    };
    let mut found = Vec::new();
    for (_, _, line) in &all {
        for figure in FIGURES {
            if figure.printed(line).is_some() || !(1..FEWEST).contains(&value(line, figure)) {
                continue;
            }
            let aim = unknowns(line, teams, figure);
            let name = format!("{:?} {} {figure:?}", line.team, line.span);
            let least = bound(&aim, OptimizationDirection::Minimize);
            found.push((name, least, bound(&aim, OptimizationDirection::Maximize)));
        }
    }
    found
}

/// What is kept back of the teams of a line together, or of the months of a quarter, where that follows
/// and is from 1 to 4.
pub(super) fn sums_of_less_than_five(reports: &[&AuthorityReport]) -> Vec<String> {
    let all = lines(reports);
    let mut found = Vec::new();
    for total in &all {
        let teams = all
            .iter()
            .filter(|part| part.team.is_some() && total.team.is_none());
        let teams: Vec<&Line> = teams
            .filter(|part| part.days == total.days)
            .copied()
            .collect();
        let is_month = |line: &Line| matches!(line.span, Span::Month(_));
        let months = all
            .iter()
            .filter(|part| part.team == total.team && is_month(part));
        let within = |part: &Line| total.days.and(part.days) == Some(part.days);
        let months: Vec<&Line> = months.filter(|part| within(part)).copied().collect();
        let days: BTreeSet<_> = months.iter().map(|part| part.days).collect();
        let is_whole = days.len() == total.days.months().count() && !is_month(total);
        for figure in FIGURES {
            let Some(count) = figure.printed(total) else {
                continue;
            };
            for parts in [&teams, &months]
                .into_iter()
                .filter(|parts| !parts.is_empty())
            {
                // A quarter's report has its lines as the whole and as a quarter.
                let each: BTreeMap<_, _> = parts
                    .iter()
                    .map(|part| ((part.team, part.days), figure.printed(part)))
                    .collect();
                let shown: u64 = each.into_values().flatten().sum();
                let rest = count - shown.min(count);
                let is_by_month = std::ptr::eq(parts, &months);
                if (1..FEWEST).contains(&rest) && (is_whole || !is_by_month) {
                    found.push(format!(
                        "{:?} {} {figure:?}: {rest}",
                        total.team, total.span
                    ));
                }
            }
        }
    }
    found
}
