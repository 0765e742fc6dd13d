//! Which counting gave an obligation its due day.

use crate::calendar::{Day, Duration, Moment};
use crate::case::Event;

use super::super::model::Shape;
use super::super::scope::one_a_day;
use super::super::shapes::interval;
use super::super::wording::{long, spoken};
use super::View;
use super::counting::{Counting, backwards, fixed, onwards};

pub(super) fn reckon(view: &View<'_, '_, '_>) -> Counting {
    let (calendar, obligation) = (view.scope.calendar, view.obligation);
    let opened = obligation.opened;
    match &view.rule.shape {
        Shape::Deadline { within, .. } | Shape::Run { within, .. } => {
            onwards(calendar, opened, *within)
        }
        Shape::Check { grace, .. } | Shape::Cover { grace, .. } => {
            onwards(calendar, Moment::day(opened.day), *grace)
        }
        Shape::Interval { .. } => cycle(view),
        Shape::Between { latest, .. } => between(view, latest),
        Shape::Ahead { by, .. } => {
            let target = view
                .anchor_event()
                .and_then(|event| event.held(view.scope.today).or(event.scheduled))
                .map_or(obligation.due, |moment| moment.day);
            backwards(calendar, target, *by)
        }
    }
}

/// The frequency of a cycle where nothing varies it.
pub(super) fn usual(view: &View<'_, '_, '_>) -> Option<Duration> {
    let Shape::Interval { every, first, .. } = &view.rule.shape else {
        return None;
    };
    Some(first.filter(|_| view.is_first_cycle()).unwrap_or(*every))
}

fn cycle(view: &View<'_, '_, '_>) -> Counting {
    let obligation = view.obligation;
    let from = Moment::day(obligation.opened.day);
    let usual = usual(view).unwrap_or(Duration::ZERO);
    let counting = onwards(view.scope.calendar, from, usual);
    if counting.due == obligation.due {
        counting
    } else {
        varied(view, usual, counting.due)
    }
}

/// The counting of a cycle whose frequency is varied.
fn varied(view: &View<'_, '_, '_>, usual: Duration, usual_due: Day) -> Counting {
    let (scope, obligation) = (view.scope, view.obligation);
    let (opened, due) = (obligation.opened.day, obligation.due);
    let answered = obligation
        .closed
        .filter(|_| !obligation.evidence.is_empty());
    let topic = match &view.rule.shape {
        Shape::Interval { vary, .. } => vary.as_deref(),
        _ => None,
    };
    let variations =
        topic.map(|topic| interval::variations_in_force(scope, topic, opened, usual_due, answered));
    let running = variations.into_iter().flatten();
    let running = running.filter(|v| v.from <= due && v.to.is_none_or(|to| due <= to));
    let Some(variation) = running.max_by_key(|v| (v.from, v.id)) else {
        let how = format!("another frequency, agreed until then, ran in place of {usual}");
        return fixed(opened, due, how);
    };
    let agreed = format!(
        "agreed in place of {usual} (variation {}, from {})",
        variation.id,
        long(variation.from)
    );
    let counting = onwards(scope.calendar, Moment::day(opened), variation.every);
    if counting.due == due {
        let how = format!("{}, {agreed}", counting.how);
        Counting { how, ..counting }
    } else {
        let how = format!("{}, {agreed}, had gone by on that day", variation.every);
        fixed(opened, due, how)
    }
}

/// To the next mark, held or booked, else by the longest time.
fn between(view: &View<'_, '_, '_>, latest: &[Duration]) -> Counting {
    let (scope, obligation) = (view.scope, view.obligation);
    let due = obligation.due;
    let mark = view
        .anchor_event()
        .and_then(|event| event.held(scope.today));
    let mark = mark.map_or(obligation.opened.day, |moment| moment.day);
    let Shape::Between { marks, .. } = &scope.rule.shape else {
        return fixed(mark, due, String::new());
    };
    let kind = spoken(scope.rules.name(marks.event));
    let next = |what: &str, event: &Event<'_>| {
        let how = format!("the day {what} the next {kind}, {}", event.id);
        fixed(mark, due, how)
    };
    let held = scope.counting(marks);
    if let Some(held) = held.iter().find(|next| next.day() == due && due > mark) {
        return next("of", held.event);
    }
    let mut booked = scope.booked_anywhere(marks);
    let booked = booked.find(|booked| booked.day() == due && due > mark);
    if let Some(booked) = booked.filter(|_| marks.nth.is_none()) {
        return next("booked for", booked.event);
    }
    let marks = one_a_day(held);
    let place = marks
        .iter()
        .position(|one| one.event.id == obligation.anchor);
    let latest = latest.get(place.unwrap_or(0)).or(latest.last());
    match latest {
        Some(latest) => onwards(scope.calendar, Moment::day(mark), *latest),
        None => fixed(mark, due, format!("the day of the next {kind}")),
    }
}
