//! What is counted and what is left out, on cases small enough to count by hand.

use super::*;
use crate::calendar::{BankHolidays, Calendar, Day, Moment, Nation, Zone};
use crate::case::{EventRow, PeriodRow, Symbols, Timeline, TimelineBuilder, Value};
use crate::document::Document;
use crate::rules::{Evaluator, RuleSet, parse_pack};

const PACK: &str = r#"
[pack]
id = "p"
title = "P"
source = "none"
[[rule]]
id = "visit"
title = "Seen every ten days"
clause = "1"
severity = "high"
[rule.interval]
every = "10 days"
require = { event = "visit" }
vary = "visits"
"#;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A child of a team: the plan's days, and each visit's day with the day of its writing up.
struct Child {
    team: &'static str,
    plan: (&'static str, Option<&'static str>),
    visits: &'static [(&'static str, &'static str)],
    variation: Option<(&'static str, &'static str)>,
}

fn encoded(children: &[Child], symbols: &mut Symbols) -> Vec<Vec<u8>> {
    let [plan, visit, variation, topic, every, authorised_by] = [
        "plan",
        "visit",
        "variation",
        "topic",
        "every",
        "authorised_by",
    ]
    .map(|n| symbols.intern(n));
    let encode = |(number, child): (usize, &Child)| {
        let mut builder = TimelineBuilder::new(&format!("c{number}"));
        builder.team_id = (!child.team.is_empty()).then(|| child.team.into());
        let to = child.plan.1.map(day);
        builder
            .periods
            .push(PeriodRow::new(plan, "P", day(child.plan.0), to, []));
        if let Some((from, by)) = child.variation {
            let mut attributes = vec![
                (topic, Value::Text("visits")),
                (every, Value::Text("20 days")),
            ];
            if !by.is_empty() {
                attributes.push((authorised_by, Value::Text(by)));
            }
            builder
                .periods
                .push(PeriodRow::new(variation, "W", day(from), None, attributes));
        }
        for (place, (occurred, recorded)) in child.visits.iter().enumerate() {
            let mut row = EventRow::new(visit, &format!("V{place}"), []);
            row.occurred = Some(Moment::day(day(occurred)));
            row.recorded = (!recorded.is_empty()).then(|| Moment::day(day(recorded)));
            builder.events.push(row);
        }
        builder.encode()
    };
    children.iter().enumerate().map(encode).collect()
}

/// The lines of these children's report of a period as of a day.
fn lines(children: &[Child], period: (&str, &str), as_at: &str, team: Option<&str>) -> Vec<Line> {
    let mut symbols = Symbols::default();
    let timelines = encoded(children, &mut symbols);
    let pack = parse_pack(&Document::new("p.toml", PACK)).unwrap();
    let rules = RuleSet::bind_all_measured(&[pack], &mut symbols).unwrap();
    let holidays = BankHolidays::default().into();
    let calendar = Calendar::new(Zone::LONDON, Nation::EnglandAndWales, holidays, &[]);
    let evaluator = Evaluator::new(&rules, &calendar);
    let period = Period {
        from: day(period.0),
        to: day(period.1),
    };
    let reckoner = Reckoner::new(&rules, day(as_at), period, team, None);
    let mut all = Book::default();
    for bytes in &timelines {
        let timeline = Timeline::decode(bytes).unwrap();
        let mut obligations = Vec::new();
        evaluator.evaluate(&timeline, day(as_at), &mut obligations);
        let mut book = Book::default();
        reckoner.add(&mut book, &timeline, &obligations);
        all.join(book);
    }
    let teams = all.teams();
    reckoner.lines(&all, &teams)
}

fn counts(line: &Line) -> [u64; 6] {
    [
        Measure::Due,
        Measure::Met,
        Measure::MetLate,
        Measure::Overdue,
        Measure::NotYetDue,
        Measure::Cancelled,
    ]
    .map(|measure| line.cell(measure).count().unwrap())
}

fn seen_in_june() -> Vec<Child> {
    vec![
        Child {
            team: "north",
            // Due 11 June (met on the 8th), 18 (met late on the 20th), 30 (overdue since).
            plan: ("2026-06-01", None),
            visits: &[("2026-06-08", "2026-06-15"), ("2026-06-20", "2026-06-20")],
            variation: None,
        },
        Child {
            team: "south",
            // Due 25 June; the plan ended on the 24th.
            plan: ("2026-06-15", Some("2026-06-24")),
            visits: &[],
            variation: None,
        },
        Child {
            team: "",
            // Due 20 days later by agreement: 25 June, met that day.
            plan: ("2026-06-05", None),
            visits: &[("2026-06-25", "")],
            variation: Some(("2026-06-05", "the panel")),
        },
    ]
}

#[test]
fn what_fell_due_is_met_met_late_missed_or_overdue_and_nothing_else() {
    let june = lines(
        &seen_in_june(),
        ("2026-06-01", "2026-06-30"),
        "2026-07-03",
        None,
    );
    let all = &june[0];
    assert_eq!((all.rule, all.team, all.span), (0, None, Span::Whole));
    assert_eq!(counts(all), [4, 2, 1, 1, 0, 1]);
    assert_eq!(all.cell(Measure::OnTime), Cell::Share(0.5));
    // Two days over to the answer, three to the report's day.
    assert_eq!(all.cell(Measure::MedianOver), Cell::Days(2.5));
    assert_eq!(all.cell(Measure::LongestOver), Cell::Days(3.0));
    // Visited in time on the 8th, written up on the 15th when it was due on the 11th.
    assert_eq!(all.cell(Measure::WrittenUpLate), Cell::Count(1));
    assert_eq!(all.cell(Measure::LagKnown), Cell::Count(2));
    assert_eq!(all.cell(Measure::MedianLag), Cell::Days(3.5));
    assert_eq!(all.cell(Measure::LongestLag), Cell::Days(7.0));
    assert_eq!(all.cell(Measure::Variations), Cell::Count(1));
}

#[test]
fn what_is_due_on_the_reports_day_or_later_has_not_fallen_due_even_where_it_is_met() {
    let june = lines(
        &seen_in_june(),
        ("2026-06-01", "2026-06-30"),
        "2026-06-11",
        None,
    );
    assert_eq!(counts(&june[0]), [0, 0, 0, 0, 3, 0]);
    assert_eq!(june[0].cell(Measure::OnTime), Cell::Nothing);
    let june = lines(
        &seen_in_june(),
        ("2026-06-01", "2026-06-30"),
        "2026-06-12",
        None,
    );
    assert_eq!(counts(&june[0])[..2], [1, 1]);
}

#[test]
fn the_lines_of_the_teams_add_up_and_a_team_asked_for_stands_alone() {
    let all = lines(
        &seen_in_june(),
        ("2026-06-01", "2026-06-30"),
        "2026-07-03",
        None,
    );
    let whole: Vec<&Line> = all.iter().filter(|l| l.span == Span::Whole).collect();
    let by_team: Vec<(Option<usize>, [u64; 6])> =
        whole.iter().map(|l| (l.team, counts(l))).collect();
    assert_eq!(
        by_team,
        [
            (None, [4, 2, 1, 1, 0, 1]),
            (Some(0), [1, 1, 0, 0, 0, 0]),
            (Some(1), [3, 1, 1, 1, 0, 0]),
            (Some(2), [0, 0, 0, 0, 0, 1]),
        ]
    );
    let north = lines(
        &seen_in_june(),
        ("2026-06-01", "2026-06-30"),
        "2026-07-03",
        Some("north"),
    );
    assert_eq!(counts(&north[0]), [3, 1, 1, 1, 0, 0]);
    assert!(north.iter().all(|line| line.team == Some(0)));
}

#[test]
fn the_month_is_that_of_the_due_day() {
    let split = lines(
        &seen_in_june(),
        ("2026-05-15", "2026-07-31"),
        "2026-08-03",
        Some("north"),
    );
    let due = |span: &str| {
        let span: Span = span.parse().unwrap();
        let line = split.iter().find(|line| line.span == span).unwrap();
        (line.cell(Measure::Due), line.is_cut)
    };
    assert_eq!(due("2026-05"), (Cell::Count(0), true));
    assert_eq!(due("2026-06"), (Cell::Count(3), false));
    assert_eq!(due("2026-07"), (Cell::Count(0), false));
    assert_eq!(due("2026/27 Q1"), (Cell::Count(3), true));
    assert_eq!(due("whole"), (Cell::Count(3), false));
}

#[test]
fn a_variation_that_names_nobody_who_agreed_is_counted_apart() {
    let child = Child {
        team: "north",
        plan: ("2026-06-01", None),
        visits: &[],
        variation: Some(("2026-06-20", "")),
    };
    let months = lines(&[child], ("2026-05-01", "2026-07-31"), "2026-08-03", None);
    let ran: Vec<(String, Cell, Cell)> = months
        .iter()
        .filter(|line| line.team.is_none() && matches!(line.span, Span::Month(_)))
        .map(|line| {
            let cell = |measure| line.cell(measure);
            (
                line.span.to_string(),
                cell(Measure::Variations),
                cell(Measure::VariationsUnsigned),
            )
        })
        .collect();
    let (none, one) = (Cell::Count(0), Cell::Count(1));
    assert_eq!(
        ran,
        [
            ("2026-05".to_owned(), none, none),
            ("2026-06".to_owned(), none, one),
            ("2026-07".to_owned(), none, one)
        ]
    );
}

#[test]
fn each_measure_stands_at_its_own_place() {
    for (place, measure) in Measure::ALL.into_iter().enumerate() {
        assert_eq!(measure as usize, place, "{}", measure.name());
    }
}
