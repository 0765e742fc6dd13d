//! What opened an obligation, in a sentence.

use crate::calendar::{Day, Moment};
use crate::case::Class;

use super::super::model::Shape;
use super::super::wording::{kind_where, long, spoken};
use super::View;

pub(super) fn opened_by(view: &View<'_, '_, '_>) -> String {
    let obligation = view.obligation;
    let kind = view.anchor_kind();
    let on = view.moment(obligation.opened);
    match (&view.rule.shape, obligation.anchor_class) {
        (Shape::Ahead { .. }, _) => ahead(view, &kind),
        (Shape::Cover { by, matching, .. }, _) => {
            let wanted = kind_where(by, matching.as_ref());
            let before = if view.scope.rules.name(obligation.anchor_kind) == by {
                let last = long(obligation.opened.day.previous());
                format!(": {}, the one before, ended on {last}", obligation.anchor)
            } else if obligation.opened.day == view.scope.period.from {
                format!(": the {kind} {} began without one", obligation.anchor)
            } else {
                String::new()
            };
            format!("From {on} on there was no {wanted}{before}.")
        }
        (Shape::Interval { .. }, Class::Event) if !view.is_first_cycle() => format!(
            "The {kind} {}, {on}, answered the one before, and opened this.",
            obligation.anchor
        ),
        (_, Class::Period) => format!("The {kind} {} opened it on {on}.", obligation.anchor),
        (_, Class::Event) => {
            let day = view.anchor_event().and_then(|event| event.occurred);
            if day.map(|moment| moment.day) == Some(obligation.opened.day) {
                let others = others_in_a_row(view);
                format!("The {kind} {}, {on}, opened it{others}.", obligation.anchor)
            } else {
                format!("It opened on {on}, after the {kind} {}.", obligation.anchor)
            }
        }
    }
}

/// Ahead of which event, and since when.
fn ahead(view: &View<'_, '_, '_>, kind: &str) -> String {
    let obligation = view.obligation;
    let target = view.anchor_event();
    let held = target.and_then(|event| event.held(view.scope.today));
    let booked = target.and_then(|event| event.scheduled);
    let when = match (held, booked) {
        (Some(held), _) => format!(", held on {}", long(held.day)),
        (None, Some(booked)) => format!(", booked for {}", long(booked.day)),
        (None, None) => String::new(),
    };
    let since = if obligation.opened == Moment::day(view.scope.period.from) {
        format!("with the {}", spoken(&view.scope.period_kind_name()))
    } else {
        format!("with the {kind} before it")
    };
    format!(
        "It looks ahead to the {kind} {}{when}; it opened {since}, on {}.",
        obligation.anchor,
        long(obligation.opened.day)
    )
}

/// Of a run, the failures before the one that completed it, and those after.
fn others_in_a_row(view: &View<'_, '_, '_>) -> String {
    let Shape::Run { failing, .. } = &view.scope.rule.shape else {
        return String::new();
    };
    let obligation = view.obligation;
    let events = view.scope.timeline.events_of(obligation.anchor_kind);
    let day_of = |id: &str| -> Option<Day> {
        let event = events.iter().find(|event| event.id == id)?;
        let day = event.held(view.scope.today)?.day;
        let fails = view.scope.holds(failing, event, day);
        fails.then_some(day)
    };
    // What answered it is told by itself, and may bear the id of a failure of another kind.
    let answer = view.answer();
    let of_another_kind = answer.is_some_and(|answer| answer.kind != obligation.anchor_kind);
    let told = obligation.evidence.len() - usize::from(of_another_kind);
    let failures: Vec<&str> = obligation.evidence[..told]
        .iter()
        .filter(|id| day_of(id).is_some())
        .copied()
        .collect();
    let place = failures.iter().position(|id| *id == obligation.anchor);
    let (before, from) = failures.split_at(place.unwrap_or(0));
    let list = |ids: &[&str]| {
        let one = |id: &&str| match day_of(id) {
            Some(day) => format!("{id} on {}", long(day)),
            None => (*id).to_owned(),
        };
        ids.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    let mut text = String::new();
    if !before.is_empty() {
        text.push_str(&format!(", in a row with {}", list(before)));
    }
    if let Some((_, after)) = from.split_first().filter(|(_, after)| !after.is_empty()) {
        text.push_str(&format!("; then followed {}", list(after)));
    }
    text
}
