//! Random tables are published, and nothing of them can be worked out; and what a board asks for first
//! is shown.

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use super::attack::{OUTCOMES, Unknown, attack, sums_of_less_than_five};
use super::*;
use crate::calendar::Day;
use crate::report::figures::Figures;
use crate::report::model::{RuleTitle, TeamTitle};
use crate::report::period::{Month, Quarter, Span};
use crate::report::tally::Tally;
use crate::rules::Severity;

/// Met, met late, missed, overdue, of each team in each month.
type Counts = Vec<Vec<[u64; 4]>>;

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
    report_of(counts, 0..counts[0].len(), 0..0)
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
            document: "P".into(),
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

fn counts() -> impl Strategy<Value = Counts> {
    (1usize..4).prop_flat_map(counts_of)
}

fn counts_of(teams: usize) -> impl Strategy<Value = Counts> {
    let small = prop_oneof![4 => Just(0u64), 3 => 1u64..5, 2 => 5u64..12, 1 => 12u64..60];
    let month = [5u64..40, 0u64..1, 0u64..1, 0u64..1]
        .prop_flat_map(move |_| [small.clone(), small.clone(), small.clone(), small.clone()]);
    proptest::collection::vec(proptest::collection::vec(month, 6), teams)
}

/// Every count that is kept back could be two numbers at least, and no sum of several is less than five.
fn nothing_comes_out(
    papers: &[(&AuthorityReport, &Published)],
    counts: &Counts,
) -> Result<(), TestCaseError> {
    let truth = |unknown: &Unknown| {
        let (team, month, outcome) = *unknown;
        let place = OUTCOMES.iter().position(|known| *known == outcome);
        counts[team][(month - FIRST) as usize][place.unwrap()]
    };
    for (name, least, most) in attack(papers, &truth) {
        prop_assert!(most - least > 0.999, "{name} is between {least} and {most}");
    }
    let reports: Vec<&AuthorityReport> = papers.iter().map(|(report, _)| *report).collect();
    let small = sums_of_less_than_five(&reports);
    prop_assert!(small.is_empty(), "{small:?}");
    Ok(())
}

/// How many random tables are tried, and `COREWATCH_PUBLISH_TABLES` for a longer run.
fn tables() -> u32 {
    let asked = std::env::var("COREWATCH_PUBLISH_TABLES").ok();
    asked.and_then(|number| number.parse().ok()).unwrap_or(8)
}

/// So many, after those that once failed: they are kept beside this file.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("seeds"))),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases(tables()))]

    #[test]
    fn nothing_that_is_kept_back_can_be_worked_out(counts in counts()) {
        let mut report = report(&counts);
        let published = publish(&mut report, &Published::new());
        for line in &report.lines {
            for cell in line.cells {
                prop_assert!(!cell.count().is_some_and(|count| (1..FEWEST).contains(&count)));
            }
        }
        nothing_comes_out(&[(&report, &published)], &counts)?;
    }

    #[test]
    fn what_was_kept_back_once_stays_so_and_what_was_shown_is_not_taken_to_hide_it(
        counts in counts(),
    ) {
        let mut first = report(&counts);
        let published = publish(&mut first, &Published::new());
        // The same again, from records that have not changed: the same is shown.
        let mut second = report(&counts);
        let again = publish(&mut second, &published);
        let differs = again.iter().find(|(key, told)| published[key] != **told);
        prop_assert_eq!(differs, None);
        prop_assert!(first == second);
    }

}

proptest! {
    // Each is worked out several times over.
    #![proptest_config(cases(tables().div_ceil(3)))]

    #[test]
    fn a_quarters_paper_and_the_next_with_its_series_give_nothing_away_together(
        counts in counts(),
    ) {
        let mut first = report_of(&counts, 0..3, 0..3);
        let published = publish(&mut first, &Published::new());
        let mut second = report_of(&counts, 3..6, 0..6);
        let again = publish(&mut second, &published);
        nothing_comes_out(&[(&first, &published), (&second, &again)], &counts)?;
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
        let again = publish(&mut later, &published);
        for line in later.lines.iter() {
            for cell in line.cells {
                prop_assert!(!cell.count().is_some_and(|count| (1..FEWEST).contains(&count)));
            }
        }
        nothing_comes_out(&[(&later, &again)], &counts)?;
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
    let mut north = vec![[20, 0, 0, 0]; 6];
    north[0] = [20, 3, 0, 0];
    let south = vec![[30, 10, 0, 0]; 6];
    let mut made = report(&vec![north, south]);
    publish(&mut made, &Published::new());
    assert_eq!(whole(&made, Some(0), Measure::MetLate), Cell::Suppressed);
    assert_eq!(whole(&made, Some(0), Measure::Met), Cell::Suppressed);
    assert_eq!(
        whole(&made, Some(0), Measure::LongestOver),
        Cell::Suppressed
    );
    // The other team's is kept back with it, and the sum of both is shown.
    assert_eq!(whole(&made, Some(1), Measure::MetLate), Cell::Suppressed);
    assert_eq!(whole(&made, None, Measure::MetLate), Cell::Count(63));
}

#[test]
fn where_all_around_a_count_is_public_everything_of_it_is_kept_back() {
    let counts = vec![vec![[40, 7, 0, 0]; 3], vec![[40, 3, 0, 0]; 3]];
    let mut made = report(&counts);
    // As an earlier corewatch might have published it: all but one small month.
    let mut before = Published::new();
    let line = |team: Option<&str>, days, count, value| {
        let key = PublishedKey {
            rule: "r".into(),
            team: team.map(str::to_owned),
            days,
            count,
        };
        (key, Told::Shown(value))
    };
    let quarter = Quarter(Month(FIRST).quarter().0).period();
    before.extend([
        line(None, quarter, "due", 270),
        line(None, quarter, "met", 240),
        line(None, quarter, "not_on_time", 30),
        line(None, Month(FIRST).period(), "not_on_time", 10),
        line(Some("t0"), Month(FIRST).period(), "not_on_time", 7),
        line(None, Month(FIRST).period(), "due", 90),
        line(Some("t0"), Month(FIRST).period(), "due", 47),
    ]);
    publish(&mut made, &before);
    assert!(
        made.lines
            .iter()
            .all(|line| line.cell(Measure::Due) == Cell::Suppressed)
    );
}

#[test]
fn what_is_not_on_time_by_a_few_is_said_as_a_share_that_follows_from_that() {
    let counts = vec![vec![[40, 1, 0, 0], [40, 0, 0, 0], [40, 0, 1, 0]]; 2];
    let mut made = report(&counts);
    publish(&mut made, &Published::new());
    assert_eq!(whole(&made, None, Measure::Due), Cell::Count(244));
    assert_eq!(whole(&made, None, Measure::Met), Cell::Suppressed);
    assert_eq!(whole(&made, None, Measure::OnTime), Cell::AtLeast(0.983));
    assert_eq!(whole(&made, None, Measure::OnTimeLow), Cell::Suppressed);
}

#[test]
fn two_fours_that_would_follow_from_their_sum_are_not_said_to_be_few() {
    let counts = vec![vec![[20, 4, 0, 0], [20, 0, 0, 0], [20, 0, 0, 0]]; 2];
    let mut made = report(&counts);
    publish(&mut made, &Published::new());
    assert_eq!(whole(&made, None, Measure::Met), Cell::Count(120));
    let said = [0, 1].map(|team| whole(&made, Some(team), Measure::OnTime));
    assert_eq!(said, [Cell::Suppressed; 2]);
}

/// A duty of an authority of some three hundred children and four to six teams, that comes often or
/// seldom, over a quarter or a year.
fn of_usual_size() -> impl Strategy<Value = Counts> {
    let months = prop_oneof![Just(3usize), Just(12)];
    (4usize..7, months, 1u64..40, 1u64..8).prop_flat_map(|(teams, months, often, late)| {
        let seldom = |share: u64| 0..late / share + 1;
        let month = [0..often, seldom(1), seldom(3), seldom(4)];
        proptest::collection::vec(proptest::collection::vec(month, months), teams)
    })
}

proptest! {
    #![proptest_config(cases(tables()))]

    #[test]
    fn a_publication_tells_a_board_what_it_asks_for_first(
        counts in of_usual_size(),
    ) {
        let made = report(&counts);
        let mut published = made.clone();
        publish(&mut published, &Published::new());
        let counted = |measure| whole(&made, None, measure).count().unwrap();
        let (due, met) = (counted(Measure::Due), counted(Measure::Met));
        let is_small = |count| (1..FEWEST).contains(&count);
        if !is_small(due) {
            prop_assert_eq!(whole(&published, None, Measure::Due), Cell::Count(due));
        }
        if !is_small(due) && !is_small(met) && !is_small(due - met) {
            for measure in [Measure::Met, Measure::OnTime, Measure::OnTimeLow, Measure::MedianOver] {
                prop_assert_eq!(whole(&published, None, measure), whole(&made, None, measure));
            }
        } else if due > 8 {
            let said = whole(&published, None, Measure::OnTime);
            prop_assert!(matches!(said, Cell::AtLeast(_) | Cell::AtMost(_)), "{:?}", said);
        }
    }
}

#[test]
fn large_counts_are_all_shown() {
    let made = report(&vec![vec![[20, 10, 0, 5]; 6]; 2]);
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
    let mut counts = vec![vec![[20, 10, 0, 5]; 6]; 2];
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
