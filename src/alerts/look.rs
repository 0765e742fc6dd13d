//! When an alert wants to be looked at again, if nothing in the record changes: the next instant at
//! which something of it could be told (SPEC 7, When). Pure.

use super::advance::{Marks, Tick};
use super::alert::{Alert, Hold, Item, Phase};
use super::falls::{Fall, turns};
use super::hours::{next_opening, next_sending_time};
use super::ladder::Ladder;
use crate::calendar::Instant;

/// The next instant at which something could be told of an open obligation, by what its alert is after
/// this pass: a step or a turn that falls, an acknowledgement that lapses, sending hours that begin, a
/// digest of the next day. None while only people or the record can move it on.
pub fn next_look(
    alert: &Alert,
    ladder: &Ladder,
    falls: &[Fall],
    marks: &Marks<'_>,
    tick: &Tick<'_>,
) -> Option<Instant> {
    if alert.hold == Some(Hold::Flood) {
        return None;
    }
    let zone = tick.calendar.zone;
    let acknowledged = marks.acknowledged.filter(|until| *until >= tick.today);
    let from = acknowledged.map_or(tick.now, |until| zone.start_of(until.plus(1)));
    let at_any_hour = ladder.always && alert.hold != Some(Hold::Baseline);
    let mut next = Earliest::after(tick.now);
    if alert.hold == Some(Hold::Baseline) {
        next.or(next_sending_time(tick.hours, from, tick.calendar));
    }
    let mut falls_at = |at: Instant| {
        let at = at.max(from);
        if at_any_hour {
            next.or(at);
        } else if at <= tick.now {
            // It has fallen, and nobody can be told today any more.
            next.or(next_digest(tick));
        } else {
            next.or(next_sending_time(tick.hours, at, tick.calendar));
        }
    };
    for (step, fall) in (1..=ladder.last()).zip(falls) {
        if !alert.standing.told.contains(&step) {
            falls_at(fall.at);
        }
    }
    if let (Some(fall), Some(repeat)) = (falls.last(), ladder.steps.last().and_then(|s| s.repeat)) {
        let (fallen, day) = turns(fall.day, repeat, tick.today.max(fall.day), tick.calendar);
        falls_at(zone.start_of(day));
        if fallen > alert.standing.turn {
            falls_at(fall.at);
        }
    }
    if !alert.standing.owed.is_empty() {
        falls_at(tick.now);
    }
    let steps_wait = |item: &Item| matches!(item, Item::Step { .. });
    let waiting = &alert.standing.waiting;
    if waiting.iter().any(|w| !steps_wait(&w.item)) {
        next.or(next_digest(tick));
    }
    if waiting.iter().any(|w| steps_wait(&w.item)) {
        next.or(match acknowledged {
            Some(_) => next_sending_time(tick.hours, from, tick.calendar),
            None => next_digest(tick),
        });
    }
    next.at
}

/// The next instant at which something could be told of what is closed.
pub fn next_look_at_closed(alert: &Alert, tick: &Tick<'_>) -> Option<Instant> {
    let is_closed = matches!(alert.phase, Phase::Closed { .. });
    let mut waiting = alert.standing.waiting.iter();
    let waits = waiting.any(|waiting| !matches!(waiting.item, Item::Step { .. }));
    (is_closed && waits).then(|| next_digest(tick))
}

/// When who cannot have a digest in this pass can have one.
pub(super) fn next_digest(tick: &Tick<'_>) -> Instant {
    match tick.in_hours {
        true => next_opening(tick.hours, tick.today, tick.calendar),
        false => next_sending_time(tick.hours, tick.now, tick.calendar),
    }
}

/// The earliest instant of those that lie ahead.
struct Earliest {
    now: Instant,
    at: Option<Instant>,
}

impl Earliest {
    fn after(now: Instant) -> Self {
        Earliest { now, at: None }
    }

    fn or(&mut self, at: Instant) {
        if at > self.now {
            self.at = Some(self.at.map_or(at, |earliest| earliest.min(at)));
        }
    }
}
