//! How an obligation ended: what answered it, or what ended it unanswered.

use super::super::model::Shape;
use super::super::obligation::State;
use super::super::scope::{BoundSelector, Dated};
use super::super::wording::{days, long, spoken};
use super::View;

/// What answered it, in a sentence.
pub(super) fn answered_by(view: &View<'_, '_, '_>) -> Option<String> {
    let obligation = view.obligation;
    if !matches!(obligation.state, State::Met | State::MetLate) {
        return None;
    }
    let id = obligation.evidence.last()?;
    if let Shape::Check { .. } = &view.rule.shape {
        let lag = view.anchor_event().and_then(|event| view.lag(event));
        let text = format!(
            "The record of the {} {id} is as it must be",
            view.anchor_kind()
        );
        return Some(format!("{text}{}.", written_up(lag)));
    }
    let how = match obligation.state {
        State::Met => " in time".to_owned(),
        _ if obligation.days_over == 0 => ", after the time by which it was due".to_owned(),
        _ => format!(", {} late", days(obligation.days_over)),
    };
    if let Shape::Cover { by, .. } = &view.rule.shape {
        let since = obligation
            .closed
            .map_or_else(String::new, |closed| format!(", from {}", long(closed)));
        return Some(format!("The {} {id}{since}, answered it{how}.", spoken(by)));
    }
    let Some(event) = view.answer() else {
        return Some(format!("{id} answered it{how}."));
    };
    let kind = spoken(view.scope.rules.name(event.kind));
    let held = event.occurred.map(|held| view.moment(held));
    let on = held.map_or_else(String::new, |held| format!(", {held}"));
    let lag = written_up(view.lag(event));
    Some(format!("The {kind} {id}{on}, answered it{how}{lag}."))
}

/// That it was written up later, where it was.
fn written_up(lag: Option<i64>) -> String {
    lag.map_or_else(String::new, |lag| {
        format!("; it was written up {} later", days(lag))
    })
}

/// What ended it where nothing answered it, in a sentence.
pub(super) fn ended(view: &View<'_, '_, '_>) -> Option<String> {
    let obligation = view.obligation;
    let closed = obligation.closed?;
    let what = what_ended(view)?;
    match obligation.state {
        State::Missed => Some(format!("{what}, and nothing had answered this.")),
        State::Cancelled if closed == obligation.due => {
            Some(format!("{what}, the day on which this was due."))
        }
        State::Cancelled => Some(format!("{what}, before this was due.")),
        _ => None,
    }
}

fn what_ended(view: &View<'_, '_, '_>) -> Option<String> {
    let (scope, obligation) = (view.scope, view.obligation);
    let closed = obligation.closed?;
    let on = long(closed);
    let period_ended = || {
        let kind = spoken(&scope.period_kind_name());
        format!("The {kind} {} ended on {on}", scope.period.id)
    };
    let named = |event: &Dated<'_, '_>| {
        let kind = spoken(scope.rules.name(event.event.kind));
        format!("{kind} {}", event.event.id)
    };
    let of_that_day = |selector: &BoundSelector| {
        let events = scope.counting(selector).iter();
        events
            .filter(|event| event.day() == closed && event.event.id != obligation.anchor)
            .map(&named)
            .next()
    };
    let text = match &scope.rule.shape {
        // What can no longer be done: the mark or the target was held.
        Shape::Between { marks, .. } => {
            of_that_day(marks).map(|next| format!("The next one, the {next}, was held on {on}"))
        }
        Shape::Ahead { .. } if obligation.state == State::Missed => {
            let held = view
                .anchor_event()
                .and_then(|event| event.held(scope.today));
            let held = held.filter(|held| held.day == closed);
            held.map(|_| {
                let kind = view.anchor_kind();
                format!("The {kind} {} was held on {on}", obligation.anchor)
            })
        }
        _ if scope.end == Some(closed) => Some(period_ended()),
        Shape::Deadline { after, .. } => {
            of_that_day(after).map(|next| format!("The {next} of {on} opened the next one"))
        }
        Shape::Interval {
            until: Some(until), ..
        } => of_that_day(until).map(|last| format!("The {last} of {on} ended these")),
        Shape::Run { .. } => Some(format!("The next run was complete on {on}")),
        _ => None,
    };
    Some(text.unwrap_or_else(period_ended))
}
