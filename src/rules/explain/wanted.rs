//! What would answer an obligation that is open, and by when.

use super::super::model::{CheckOn, Shape};
use super::super::obligation::State;
use super::super::wording::{a, describe, long, spoken};
use super::View;

pub(super) fn would_answer(view: &View<'_, '_, '_>) -> Option<String> {
    let obligation = view.obligation;
    if !obligation.state.is_open() {
        return None;
    }
    let by = match obligation.state {
        State::Overdue => format!("now; it was due by {}", long(obligation.due)),
        _ => format!("by {}", long(obligation.due)),
    };
    let what = what(view);
    let what = match &view.rule.asked {
        Some(asked) => format!("{asked} ({what})"),
        None => what,
    };
    let mut text = format!("{what}, {by}");
    if let Some(booked) = obligation.booked {
        let late = if booked > obligation.due {
            ", which is too late"
        } else {
            ""
        };
        text.push_str(&format!("; one is booked for {}{late}", long(booked)));
    }
    Some(text + ".")
}

fn what(view: &View<'_, '_, '_>) -> String {
    let anchor = view.obligation.anchor;
    let (require, linked) = match &view.rule.shape {
        Shape::Deadline {
            require, linked, ..
        }
        | Shape::Ahead {
            require, linked, ..
        } => (require, *linked),
        Shape::Interval { require, .. } | Shape::Between { require, .. } => (require, false),
        Shape::Run { require, .. } if !require.is_empty() => (require, false),
        Shape::Run { over, failing, .. } => {
            let kind = spoken(&over.event);
            return format!("the next {kind}, unless {}", failing.expr);
        }
        Shape::Check { on, that, .. } => {
            let kind = match on {
                CheckOn::Events(selector) => spoken(&selector.event),
                CheckOn::Periods { period, .. } => spoken(period),
            };
            return format!(
                "the record of the {kind} {anchor} put right, so that {}",
                that.expr
            );
        }
        Shape::Cover { by, matching, .. } => {
            let on_record = format!("{} on record", a(&spoken(by)));
            return match matching {
                None => on_record,
                Some(matching) => format!("{on_record} where {}", matching.expr),
            };
        }
    };
    let wanted: Vec<String> = require.iter().map(describe).collect();
    let about = if linked {
        format!(", about the {} {anchor}", view.anchor_kind())
    } else {
        String::new()
    };
    format!("{}{about}", wanted.join(", or "))
}
