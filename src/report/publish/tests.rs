//! Somebody who has the published tables, and knows how their figures hang together, tries to work
//! out what was kept back: by a linear program, for each count the least and the most it can be.

use std::collections::BTreeMap;

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};
use proptest::prelude::*;

use super::*;
use crate::calendar::Day;
use crate::report::figures::Figures;
use crate::report::model::{RuleTitle, TeamTitle};
use crate::report::period::{Month, Quarter};
use crate::report::tally::Tally;
use crate::rules::Severity;

/// Met, met late, missed, overdue, of each team in each of six months.
type Counts = Vec<[[u64; 4]; 6]>;

const FIRST: i32 = 2026 * 12 + 3;

fn tally(counts: &[u64; 4]) -> Tally {
    let [met, met_late, missed, overdue] = *counts;
    Tally {
        met,
        met_late,
        missed,
        overdue,
        over: vec![3; (met_late + missed + overdue) as usize],
        ..Tally::default()
    }
}

/// The lines of some months of a table, in whole quarters, for these teams.
fn lines_of(
    counts: &Counts,
    of: std::ops::Range<usize>,
    teams: impl Iterator<Item = Option<usize>>,
) -> Vec<Line> {
    let mut lines = Vec::new();
    for team in teams {
        let sum_of = |months: std::ops::Range<usize>| {
            let mut sum = Tally::default();
            for (number, by_month) in counts.iter().enumerate() {
                if team.is_none_or(|team| team == number) {
                    by_month[months.clone()]
                        .iter()
                        .for_each(|c| sum.join(&tally(c)));
                }
            }
            sum
        };
        let mut add = |span: Span, months: std::ops::Range<usize>| {
            let month = |n: usize| Month(FIRST + n as i32).period();
            lines.push(Line {
                rule: 0,
                team,
                span,
                days: Period {
                    from: month(months.start).from,
                    to: month(months.end - 1).to,
                },
                is_cut: false,
                cells: Figures::of(&sum_of(months), (0, 0)).cells(),
            });
        };
        add(Span::Whole, of.clone());
        for quarter in of.clone().step_by(3) {
            let first = Month(FIRST + quarter as i32);
            add(Span::Quarter(first.quarter()), quarter..quarter + 3);
        }
        for n in of.clone() {
            add(Span::Month(Month(FIRST + n as i32)), n..n + 1);
        }
    }
    lines
}

/// A report of all months.
fn report(counts: &Counts) -> AuthorityReport {
    report_of(counts, 0..6, 0..0)
}

/// A report of some months, with a series for all teams together over some.
fn report_of(
    counts: &Counts,
    months: std::ops::Range<usize>,
    series: std::ops::Range<usize>,
) -> AuthorityReport {
    let teams = (0..counts.len()).map(Some).chain([None]);
    let lines = lines_of(counts, months, teams);
    let mut beside = Vec::new();
    if !series.is_empty() {
        beside = lines_of(counts, series, [None].into_iter());
        beside.retain(|line| line.span != Span::Whole);
    }
    AuthorityReport {
        id: "a".into(),
        name: "A".into(),
        read_at: "2026-11-01T00:00:00Z".parse().unwrap(),
        packs: Vec::new(),
        rules: vec![RuleTitle {
            id: "r".into(),
            title: "R".into(),
            clause: "1".into(),
            pack: "p".into(),
            severity: Severity::High,
        }],
        teams: (0..counts.len())
            .map(|n| TeamTitle {
                id: format!("t{n}"),
                name: None,
            })
            .collect(),
        lines,
        series: beside,
        backlog: Vec::new(),
        unmeasured: Vec::new(),
        quarantined: Vec::new(),
        open: None,
        judged_by_now: false,
        records_from: None,
        corrections: None,
    }
}

/// Of each count that is kept back, the least and the most that all published ones allow, in these
/// reports of the same records together. Each team's months by outcome are unknown; everything
/// printed is a sum of them.
fn attack(reports: &[&AuthorityReport]) -> Vec<(String, f64, f64)> {
    let outcomes = [
        Measure::Met,
        Measure::MetLate,
        Measure::Missed,
        Measure::Overdue,
    ];
    let cells = |line: &Line| -> Vec<(Option<usize>, i32, Measure)> {
        let teams: Vec<usize> = match line.team {
            Some(team) => vec![team],
            None => (0..reports[0].teams.len()).collect(),
        };
        let months = line.days.months();
        let all = months.flat_map(|month| teams.iter().map(move |team| (*team, month.0)));
        all.flat_map(|(team, month)| outcomes.map(|outcome| (Some(team), month, outcome)))
            .collect()
    };
    let parts = |line: &Line, measure: Measure| {
        let all = cells(line).into_iter();
        all.filter(move |(_, _, outcome)| measure == Measure::Due || *outcome == measure)
            .collect::<Vec<_>>()
    };
    let measures = [Measure::Due].into_iter().chain(outcomes);
    let printed: Vec<(&Line, Measure)> = reports
        .iter()
        .flat_map(|report| report.lines.iter().chain(&report.series))
        .flat_map(|line| measures.clone().map(move |m| (line, m)))
        .collect();
    let bound = |aim: &[(Option<usize>, i32, Measure)], direction: OptimizationDirection| {
        let mut problem = Problem::new(direction);
        let mut variables: BTreeMap<(Option<usize>, i32, Measure), Variable> = BTreeMap::new();
        for (line, _) in &printed {
            for cell in cells(line) {
                let weight = if aim.contains(&cell) { 1.0 } else { 0.0 };
                variables
                    .entry(cell)
                    .or_insert_with(|| problem.add_var(weight, (0.0, 1_000.0)));
            }
        }
        for (line, measure) in &printed {
            if let Some(count) = line.cell(*measure).count() {
                let sum: Vec<_> = parts(line, *measure)
                    .iter()
                    .map(|c| (variables[c], 1.0))
                    .collect();
                problem.add_constraint(sum, ComparisonOp::Eq, count as f64);
            }
        }
        problem.solve().unwrap().objective()
    };
    let hidden = printed
        .iter()
        .filter(|(line, measure)| line.cell(*measure) == Cell::Suppressed);
    hidden
        .map(|(line, measure)| {
            let aim = parts(line, *measure);
            let name = format!("{:?} {} {}", line.team, line.span, measure.name());
            let least = bound(&aim, OptimizationDirection::Minimize);
            (name, least, bound(&aim, OptimizationDirection::Maximize))
        })
        .collect()
}

fn counts() -> impl Strategy<Value = Counts> {
    (1usize..4).prop_flat_map(counts_of)
}

fn counts_of(teams: usize) -> impl Strategy<Value = Counts> {
    let small = prop_oneof![4 => Just(0u64), 3 => 1u64..5, 2 => 5u64..12, 1 => 12u64..60];
    let month = [5u64..40, 0u64..1, 0u64..1, 0u64..1]
        .prop_flat_map(move |_| [small.clone(), small.clone(), small.clone(), small.clone()]);
    proptest::collection::vec(proptest::array::uniform6(month), teams)
}

/// How many random tables are tried, and `COREWATCH_PUBLISH_TABLES` for a longer run.
fn tables() -> u32 {
    let asked = std::env::var("COREWATCH_PUBLISH_TABLES").ok();
    asked.and_then(|number| number.parse().ok()).unwrap_or(12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(tables()))]

    #[test]
    fn nothing_that_is_kept_back_can_be_worked_out(counts in counts()) {
        let mut report = report(&counts);
        publish(&mut report, &Published::new());
        for line in &report.lines {
            for cell in line.cells {
                prop_assert!(!cell.count().is_some_and(|count| (1..FEWEST).contains(&count)));
            }
        }
        for (name, least, most) in attack(&[&report]) {
            prop_assert!(most - least > 0.5, "{name} is between {least} and {most}");
        }
    }

    #[test]
    fn what_was_kept_back_once_stays_so_and_what_was_shown_is_not_taken_to_hide_it(
        counts in counts(),
    ) {
        let mut first = report(&counts);
        let published = publish(&mut first, &Published::new());
        // The same again, from records that have not changed: the same is shown.
        let mut second = report(&counts);
        prop_assert_eq!(&publish(&mut second, &published), &published);
        prop_assert_eq!(first, second);
    }

}

proptest! {
    // Each is worked out several times over.
    #![proptest_config(ProptestConfig::with_cases(tables().div_ceil(3)))]

    #[test]
    fn a_quarters_paper_and_the_next_with_its_series_give_nothing_away_together(
        counts in counts(),
    ) {
        let mut first = report_of(&counts, 0..3, 0..3);
        let published = publish(&mut first, &Published::new());
        let mut second = report_of(&counts, 3..6, 0..6);
        publish(&mut second, &published);
        for (name, least, most) in attack(&[&first, &second]) {
            prop_assert!(most - least > 0.5, "{name} is between {least} and {most}");
        }
    }

    #[test]
    fn a_paper_of_corrected_records_keeps_back_what_it_must_whatever_was_shown_before(
        (before, after) in (2usize..4).prop_flat_map(|teams| (counts_of(teams), counts_of(teams))),
        corrected in proptest::array::uniform6(proptest::bool::weighted(0.4)),
    ) {
        let published = publish(&mut report(&before), &Published::new());
        let mut counts = before;
        for (team, months) in counts.iter_mut().enumerate() {
            for month in (0..6).filter(|month| corrected[*month]) {
                months[month] = after[team][month];
            }
        }
        let mut later = report(&counts);
        publish(&mut later, &published);
        for line in later.lines.iter() {
            for cell in line.cells {
                prop_assert!(!cell.count().is_some_and(|count| (1..FEWEST).contains(&count)));
            }
        }
        for (name, least, most) in attack(&[&later]) {
            prop_assert!(most - least > 0.5, "{name} is between {least} and {most}");
        }
    }
}

fn whole(report: &AuthorityReport, team: Option<usize>, measure: Measure) -> Cell {
    let line = report
        .lines
        .iter()
        .find(|l| l.team == team && l.span == Span::Whole);
    line.unwrap().cell(measure)
}

#[test]
fn a_single_small_count_takes_what_would_give_it_away_with_it() {
    let mut north = [[20, 0, 0, 0]; 6];
    north[0] = [20, 3, 0, 0];
    let south = [[30, 10, 0, 0]; 6];
    let mut made = report(&vec![north, south]);
    publish(&mut made, &Published::new());
    assert_eq!(whole(&made, Some(0), Measure::MetLate), Cell::Suppressed);
    assert_eq!(whole(&made, Some(0), Measure::OnTime), Cell::Suppressed);
    assert_eq!(
        whole(&made, Some(0), Measure::LongestOver),
        Cell::Suppressed
    );
    // Either the other team's or the sum of both is kept back with it.
    let beside = [Some(1), None].map(|team| whole(&made, team, Measure::MetLate));
    assert!(beside.contains(&Cell::Suppressed));
}

#[test]
fn where_all_around_a_count_is_public_everything_is_kept_back() {
    let system = protect::System {
        values: vec![10, 3, 7],
        relations: vec![protect::Relation {
            total: 0,
            parts: vec![1, 2],
        }],
        kept_back_before: vec![false; 3],
        shown_before: vec![true, false, true],
    };
    assert_eq!(system.protect(), [true; 3]);
}

#[test]
fn large_counts_are_all_shown() {
    let made = report(&vec![[[20, 10, 0, 5]; 6]; 2]);
    let mut published = made.clone();
    publish(&mut published, &Published::new());
    for measure in [
        Measure::Due,
        Measure::Met,
        Measure::OnTimeLow,
        Measure::MedianOver,
    ] {
        for (line, before) in published.lines.iter().zip(&made.lines) {
            assert_eq!(line.cell(measure), before.cell(measure));
        }
    }
}

#[test]
fn a_count_that_has_grown_since_it_was_kept_back_is_not_shown() {
    let mut counts = vec![[[20, 10, 0, 5]; 6]; 2];
    counts[0][2] = [20, 4, 0, 5];
    let before = publish(&mut report(&counts), &Published::new());
    counts[0][2] = [20, 6, 0, 5];
    let mut later = report(&counts);
    publish(&mut later, &before);
    let span = Span::Month(Month(FIRST + 2));
    let line = later
        .lines
        .iter()
        .find(|l| l.team == Some(0) && l.span == span)
        .unwrap();
    assert_eq!(line.cell(Measure::MetLate), Cell::Suppressed);
}

#[test]
fn the_months_of_these_tests_are_two_whole_quarters() {
    let first = Month(FIRST);
    assert_eq!(first.period().from, Day::from_ymd(2026, 4, 1).unwrap());
    assert_eq!(Quarter(first.quarter().0 + 1).months()[2], Month(FIRST + 5));
}
