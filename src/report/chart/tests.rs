//! Control charts against figures worked by hand, and their rules one by one.

use proptest::prelude::*;

use super::*;

/// Months of a hundred cases each, of which so many were on time.
fn hundreds(on_time: &[u64]) -> Vec<Observation> {
    let of = |part: &u64| Observation {
        part: *part,
        whole: 100,
    };
    on_time.iter().map(of).collect()
}

fn signals(on_time: &[u64]) -> Vec<(Cause, Direction, usize, usize)> {
    let found = control(&hundreds(on_time)).unwrap().signals;
    found
        .iter()
        .map(|s| (s.cause, s.direction, s.first, s.last))
        .collect()
}

#[test]
fn eleven_months_are_too_few_for_limits() {
    assert_eq!(control(&hundreds(&[80; 11])), None);
    assert!(control(&hundreds(&[80; 12])).is_some());
}

#[test]
fn limits_come_of_the_mean_moving_range() {
    // Mean 80 %, eleven moves of 4 points each: 2.66 times 4 is 10.64.
    let chart = control(&hundreds(&[82, 78, 82, 78, 82, 78, 82, 78, 82, 78, 82, 78])).unwrap();
    assert_eq!(chart.method, Method::MovingRange);
    assert!((chart.mean - 0.80).abs() < 1e-9);
    let (low, high) = chart.limits[5];
    assert!((low - 0.6936).abs() < 1e-9 && (high - 0.9064).abs() < 1e-9);
    assert!(chart.signals.is_empty());
}

#[test]
fn limits_of_few_cases_come_of_their_number() {
    let mut points = hundreds(&[80; 12]);
    points[3] = Observation { part: 4, whole: 5 };
    let chart = control(&points).unwrap();
    assert_eq!(chart.method, Method::Cases);
    // Three times the root of 0.8 × 0.2 / n: 12 points for a hundred, 54 for five.
    assert!((chart.limits[0].0 - 0.68).abs() < 1e-9);
    assert!((chart.limits[3].0 - (0.8 - 0.536_656_3)).abs() < 1e-6);
    assert_eq!(chart.limits[3].1, 1.0);
}

#[test]
fn one_month_beyond_a_limit_is_a_signal() {
    assert_eq!(
        signals(&[82, 80, 81, 80, 82, 81, 40, 82, 80, 81, 80, 82]),
        [(Cause::Beyond, Direction::Worse, 6, 6)]
    );
}

#[test]
fn seven_in_a_row_on_one_side_of_the_mean_are_a_signal_and_six_are_none() {
    let shifted = signals(&[70, 74, 70, 74, 70, 74, 80, 84, 80, 84, 80, 84, 80, 84]);
    assert!(shifted.contains(&(Cause::Shift, Direction::Better, 6, 13)));
    let six = signals(&[70, 74, 70, 74, 70, 74, 80, 84, 80, 84, 80, 84]);
    assert!(six.iter().all(|(cause, ..)| *cause != Cause::Shift));
}

#[test]
fn seven_in_a_row_that_fall_are_a_signal() {
    let falling = signals(&[80, 82, 80, 83, 82, 81, 80, 79, 78, 77, 80, 82, 80, 82]);
    assert!(falling.contains(&(Cause::Trend, Direction::Worse, 3, 9)));
    let six = signals(&[80, 82, 80, 82, 81, 80, 79, 78, 77, 80, 82, 80, 82, 80]);
    assert!(six.iter().all(|(cause, ..)| *cause != Cause::Trend));
}

#[test]
fn two_of_three_near_a_limit_are_a_signal_and_the_one_between_is_not_marked() {
    // Mean 80, mean move 5.6, limits 15 away, two thirds of that 10.
    let months = [80, 82, 78, 82, 78, 80, 91, 82, 91, 76, 74, 78, 76, 72];
    let chart = control(&hundreds(&months)).unwrap();
    let near = chart.signals.iter().find(|s| s.cause == Cause::NearLimit);
    let near = near.unwrap();
    assert_eq!(
        (near.direction, near.first, near.last),
        (Direction::Better, 6, 8)
    );
    assert_eq!(chart.marks[6], Some(Direction::Better));
    assert_eq!(chart.marks[7], None);
}

#[test]
fn months_that_never_move_have_no_signal() {
    assert!(signals(&[80; 24]).is_empty());
    assert!(signals(&[100; 24]).is_empty());
}

proptest! {
    /// Turning the shares round turns the directions round, and changes nothing else.
    #[test]
    fn better_and_worse_mirror_each_other(months in prop::collection::vec(0_u64..=100, 12..30)) {
        let mirrored: Vec<u64> = months.iter().map(|part| 100 - part).collect();
        let turned = |(cause, direction, first, last)| {
            let direction = match direction {
                Direction::Better => Direction::Worse,
                Direction::Worse => Direction::Better,
            };
            (cause, direction, first, last)
        };
        let mut one: Vec<_> = signals(&months).into_iter().map(turned).collect();
        let mut other = signals(&mirrored);
        let key = |s: &(Cause, Direction, usize, usize)| (s.2, s.0, s.3, s.1 == Direction::Worse);
        one.sort_by_key(key);
        other.sort_by_key(key);
        prop_assert_eq!(one, other);
    }

    /// Every point that a signal names but for one between two near a limit is marked; no other is.
    #[test]
    fn what_is_marked_is_part_of_a_signal(months in prop::collection::vec(0_u64..=100, 12..30)) {
        let chart = control(&hundreds(&months)).unwrap();
        for (place, mark) in chart.marks.iter().enumerate() {
            let named = chart.signals.iter().any(|s| s.first <= place && place <= s.last);
            prop_assert!(mark.is_none() || named);
            let sure = chart.signals.iter().any(|s| {
                s.cause != Cause::NearLimit && s.first <= place && place <= s.last
            });
            prop_assert!(mark.is_some() || !sure);
        }
        for (low, high) in &chart.limits {
            prop_assert!(0.0 <= *low && *low <= chart.mean + 1e-9 && chart.mean <= *high + 1e-9 && *high <= 1.0);
        }
    }
}

const CAPTION: Caption<'static> = Caption {
    id: "visits",
    title: "Seen every four weeks",
    description: "81 % on time on average; seven months in a row from December were better.",
};

/// Where a test leaves a chart for a person to look at, if they ask for it.
fn look_at(name: &str, svg: &str) {
    if let Ok(folder) = std::env::var("COREWATCH_CHARTS") {
        std::fs::write(format!("{folder}/{name}.svg"), svg).unwrap();
    }
}

fn months(cases: &[Option<Observation>]) -> Vec<MonthPoint> {
    let name = |place: usize| format!("{:02}/{}", place % 12 + 1, 2025 + place / 12);
    let each = cases.iter().enumerate();
    each.map(|(place, cases)| MonthPoint {
        name: name(place),
        cases: *cases,
    })
    .collect()
}

#[test]
fn a_control_chart_marks_what_is_more_than_chance_by_shape() {
    let shares = [
        72, 69, 75, 70, 74, 71, 75, 70, 73, 40, 72, 78, 82, 84, 81, 83, 82, 80, 84, 82,
    ];
    let cases = hundreds(&shares);
    let control = control(&cases).unwrap();
    let mut shown: Vec<Option<Observation>> = cases.into_iter().map(Some).collect();
    shown.insert(4, None);
    let words = ControlWords {
        mean: "average",
        limits: "limits of chance",
        better: "better",
        worse: "worse",
    };
    let svg = control_chart(CAPTION, &months(&shown), Some(&control), words).unwrap();
    look_at("control", &svg);
    // Each point once, a month that is kept back not at all, and the shapes of the legend.
    let worse = control
        .marks
        .iter()
        .filter(|m| **m == Some(Direction::Worse));
    let better = control
        .marks
        .iter()
        .filter(|m| **m == Some(Direction::Better));
    assert_eq!(svg.matches("#c2410c").count(), worse.count() + 1);
    assert_eq!(svg.matches("#0b5fa5").count(), better.count() + 1);
    let ordinary = control.marks.iter().filter(|m| m.is_none()).count();
    assert_eq!(svg.matches("<circle").count(), ordinary);
    assert_eq!(svg.matches("<polyline").count(), 2);
    assert!(svg.contains("aria-labelledby=\"visits-title visits-desc\""));
}

#[test]
fn a_chart_says_nothing_that_is_not_text() {
    let caption = Caption {
        title: "Seen <script> & \"seen\"",
        ..CAPTION
    };
    let rows = [AgeRow {
        name: "1 to 7 days".into(),
        count: Some(3),
        label: "3".into(),
    }];
    let svg = age_chart(caption, &rows).unwrap();
    assert!(!svg.contains("<script>"), "{svg}");
    look_at("ages-1", &svg);
}

#[test]
fn quarters_and_ages_are_drawn_to_scale() {
    let quarter = |name: &str, share: Option<(f64, f64, f64)>, label: &str| QuarterBar {
        name: [name.into(), "2026/27".into()],
        share,
        label: label.into(),
    };
    let bars = [
        quarter("Q1", Some((0.5, 0.4, 0.6)), "50%"),
        quarter("Q2", None, "none due"),
        quarter("Q3", Some((1.0, 0.95, 1.0)), "100%"),
        quarter("Q4", Some((0.82, 0.79, 0.85)), "82%"),
        quarter("Q1", Some((0.91, 0.88, 0.93)), "91%"),
    ];
    let svg = quarter_chart(CAPTION, &bars).unwrap();
    look_at("quarters", &svg);
    // The scale is 168 units high.
    for high in ["84.0", "168.0"] {
        assert!(svg.contains(&format!("height=\"{high}\"")), "{svg}");
    }
    let row = |name: &str, count: Option<u64>, label: &str| AgeRow {
        name: name.into(),
        count,
        label: label.into(),
    };
    let rows = [
        row("1 to 7 days", Some(40), "40"),
        row("8 to 28 days", Some(20), "20"),
        row("29 to 91 days", Some(0), "0"),
        row("92 days and more", None, "kept back"),
    ];
    let svg = age_chart(CAPTION, &rows).unwrap();
    look_at("ages", &svg);
    assert!(
        svg.contains("width=\"176.0\"") && svg.contains("width=\"88.0\""),
        "{svg}"
    );
}
