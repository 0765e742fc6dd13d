//! Random children: periods that abut, overlap and share days; events that collide.

use chrono::{Datelike, Days, NaiveDate};
use fastrand::Rng;

use super::{EVENTS, Flavour, Holds, PERIODS, Stretch, one_in, pick};
use crate::calendar::DaysOff;
use crate::model::{Attributes, Case, EventRow, PeriodRow, Val, When};

pub fn case(
    rng: &mut Rng,
    stretch: &Stretch,
    flavour: &Flavour,
    days_off: &DaysOff,
    n: usize,
) -> Case {
    let mut case = Case {
        child: format!("child-{n}"),
        born: birth(rng, stretch),
        periods: Vec::new(),
        events: Vec::new(),
    };
    for _ in 0..*pick(rng, &[1, 1, 1, 2, 2, 3]) {
        period(rng, stretch, "plan", &mut case);
    }
    for _ in 0..rng.usize(..5) {
        period(rng, stretch, "key_worker", &mut case);
    }
    for _ in 0..rng.usize(..4) {
        period(rng, stretch, "variation", &mut case);
    }
    for _ in 0..rng.usize(3..16) {
        event(rng, stretch, flavour, days_off, &mut case);
    }
    let event_ids: Vec<String> = case.events.iter().map(|e| e.id.clone()).collect();
    for row in &mut case.events {
        let likely = if row.kind == "report" { 70 } else { 25 };
        if rng.u32(..100) < likely {
            row.about = Some(pick(rng, &event_ids).clone());
        }
    }
    case
}

fn birth(rng: &mut Rng, stretch: &Stretch) -> Option<NaiveDate> {
    match rng.u32(..10) {
        0 => None,
        1..=5 => Some(stretch.day(rng)),
        6 => Some(stretch.first + Days::new(stretch.length + 10)),
        7 => Some(stretch.first - Days::new(rng.u64(..30))),
        _ => {
            // So that a birthday falls into the stretch.
            let day = stretch.day(rng);
            let year = day.year() - rng.i32(1..4);
            NaiveDate::from_ymd_opt(year, day.month(), day.day())
                .or(NaiveDate::from_ymd_opt(2024, 2, 29))
        }
    }
}

/// Unique in its kind, in an order that is not that of making; sometimes of two digits, so that
/// order by bytes differs from order by number; sometimes that of a row of another kind.
fn id(rng: &mut Rng, case: &Case, kind: &str) -> String {
    loop {
        let letter = *pick(rng, &['A', 'B', 'C']);
        let id = format!("{letter}{}", rng.u32(..30));
        let of_another_kind = one_in(rng, 10);
        let taken = case
            .events
            .iter()
            .any(|e| e.id == id && (e.kind == kind || !of_another_kind))
            || case.periods.iter().any(|p| p.id == id && p.kind == kind);
        if !taken {
            return id;
        }
    }
}

fn period(rng: &mut Rng, stretch: &Stretch, kind: &str, case: &mut Case) {
    let mut from = stretch.day(rng);
    let same_kind: Vec<&PeriodRow> = case.periods.iter().filter(|p| p.kind == kind).collect();
    let last_to = same_kind.last().and_then(|p| p.to);
    if let Some(to) = last_to {
        // The day after, the same day, with a gap.
        match rng.u32(..4) {
            0 => from = to + Days::new(1),
            1 => from = to,
            2 => from = to + Days::new(rng.u64(..9)),
            _ => {}
        }
    }
    if kind == "plan" && same_kind.is_empty() && !one_in(rng, 3) {
        from = stretch.first + Days::new(rng.u64(..5));
    }
    let to = match rng.u32(..5) {
        0 => None,
        1 => Some(from),
        2 => Some(stretch.day(rng)).filter(|to| *to >= from),
        _ => Some(from + Days::new(rng.u64(..=stretch.length))),
    };
    let mut attributes = attributes(rng, kind, PERIODS);
    if kind == "variation" {
        let topic = *pick(rng, &["visits", "visits", "visits", "other"]);
        let every = *pick(
            rng,
            &[
                "0 days",
                "1 day",
                "2 days",
                "5 days",
                "1 week",
                "3 weeks",
                "2 working days",
                "7 working days",
                "1 month",
                "36 hours",
            ],
        );
        attributes.insert("topic".to_owned(), Val::Text(topic.to_owned()));
        attributes.insert("every".to_owned(), Val::Text(every.to_owned()));
        attributes.remove("authorised_by");
        if !one_in(rng, 3) {
            attributes.insert("authorised_by".to_owned(), Val::Text("Ann".to_owned()));
        }
    }
    case.periods.push(PeriodRow {
        kind: kind.to_owned(),
        id: id(rng, case, kind),
        from,
        to,
        attributes,
    });
}

fn event(rng: &mut Rng, stretch: &Stretch, flavour: &Flavour, days_off: &DaysOff, case: &mut Case) {
    let kind = *pick(rng, &flavour.events);
    let (occurred, scheduled) = match rng.u32(..10) {
        0..=5 => (true, false),
        6..=7 => (false, true),
        8 => (true, true),
        _ => (true, one_in(rng, 2)),
    };
    let bounds: Vec<NaiveDate> = case
        .periods
        .iter()
        .flat_map(|p| [Some(p.from), p.to])
        .flatten()
        .collect();
    let when = |rng: &mut Rng| {
        let mut day = stretch.day(rng);
        if one_in(rng, 4) {
            // On a boundary, or a day beside it.
            day = *pick(rng, &bounds) - Days::new(1) + Days::new(rng.u64(..3));
        }
        time(rng, day, days_off)
    };
    let mut row = EventRow {
        kind: kind.to_owned(),
        id: id(rng, case, kind),
        occurred: occurred.then(|| when(rng)),
        scheduled: scheduled.then(|| when(rng)),
        about: None,
        attributes: attributes(rng, kind, EVENTS),
    };
    if one_in(rng, 9) {
        let values = [
            Val::Bool(true),
            Val::Text("Y".to_owned()),
            Val::Int(1),
            Val::Bool(false),
            Val::Text("maybe".to_owned()),
        ];
        let value = pick(rng, &values);
        row.attributes.insert("cancelled".to_owned(), value.clone());
    }
    case.events.push(row);
}

fn time(rng: &mut Rng, day: NaiveDate, days_off: &DaysOff) -> When {
    if !one_in(rng, 3) {
        return When { day, at: None };
    }
    let (hour, minute) = *pick(
        rng,
        &[
            (0, 30),
            (1, 30),
            (1, 40),
            (9, 0),
            (9, 0),
            (12, 0),
            (23, 30),
            (23, 59),
        ],
    );
    let mut at = days_off.instant(day.and_hms_opt(hour, minute, 0).expect("a time"));
    if one_in(rng, 8) && days_off.local_day(at + 3_600_000_000) == day {
        // An hour on: on the day the clocks go back, the second of two that read alike.
        at += 3_600_000_000;
    }
    When { day, at: Some(at) }
}

fn attributes(rng: &mut Rng, kind: &str, vocabulary: super::Vocabulary) -> Attributes {
    let mut found = Attributes::new();
    for (name, of) in vocabulary {
        if *name != kind {
            continue;
        }
        for (name, holds) in *of {
            if !one_in(rng, 5) {
                found.insert((*name).to_owned(), value(rng, *holds));
            }
        }
    }
    found
}

fn value(rng: &mut Rng, holds: Holds) -> Val {
    let text = |text: &str| Val::Text(text.to_owned());
    if one_in(rng, 12) {
        let odd = [
            text("maybe"),
            Val::Int(2),
            Val::Float(1.0),
            text("1"),
            Val::Bool(true),
        ];
        return pick(rng, &odd).clone();
    }
    match holds {
        Holds::YesOrNo => match rng.u32(..10) {
            0..=2 => Val::Bool(true),
            3..=4 => Val::Bool(false),
            5 => text("Y"),
            6 => text("no"),
            7 => text("TRUE"),
            8 => Val::Int(1),
            _ => Val::Int(0),
        },
        Holds::Number => match rng.u32(..6) {
            0..=2 => Val::Int(rng.i64(0..4)),
            3 => text(pick::<&str>(rng, &["1", "2", "10", "2.5"])),
            4 => Val::Float(2.5),
            _ => Val::Int(-1),
        },
        Holds::Word => text(pick::<&str>(rng, &["x", "x", "y", "Y", "10"])),
    }
}

/// Sometimes a kind has no row, an attribute is carried by none, or nothing is about anything.
pub fn leave_out(rng: &mut Rng, cases: &mut [Case]) {
    if !one_in(rng, 6) {
        return;
    }
    let (kind, attributes) = pick(rng, EVENTS);
    let (period_kind, period_attributes) = pick(rng, PERIODS);
    let (name, _) = *pick(rng, attributes);
    let (period_name, _) = *pick(rng, period_attributes);
    let what = rng.u32(..5);
    for case in cases {
        match what {
            0 => case.events.retain(|row| row.kind != *kind),
            1 => {
                for row in case.events.iter_mut().filter(|row| row.kind == *kind) {
                    row.attributes.remove(name);
                }
            }
            2 => {
                for row in case.events.iter_mut().filter(|row| row.kind == *kind) {
                    row.about = None;
                }
            }
            3 => case.periods.retain(|row| row.kind != *period_kind),
            _ if *period_kind != "variation" => {
                let of_kind = case.periods.iter_mut().filter(|r| r.kind == *period_kind);
                for row in of_kind {
                    row.attributes.remove(period_name);
                }
            }
            _ => {}
        }
    }
}
