//! `interval`: something again and again, at a frequency that may be varied for a time.

use crate::calendar::{Day, Duration, Moment};
use crate::case::Value;

use super::super::model::Shape;
use super::super::obligation::Obligation;
use super::super::scope::{Anchor, BoundSelector, Dated, Draft, End, Scope, by_day};

pub(in super::super) fn evaluate<'t>(scope: &Scope<'_, 't>, out: &mut Vec<Obligation<'t>>) {
    let Shape::Interval {
        every,
        require,
        from,
        until,
        first,
        target,
        vary,
    } = &scope.rule.shape
    else {
        return;
    };
    let (mut anchor, mut opened) = match from {
        None => (Anchor::period(scope.period), Moment::day(scope.period.from)),
        Some(from) => match scope.counting(from).first() {
            None => return,
            Some(event) => (Anchor::event(event.event), event.moment()),
        },
    };
    let opener = (opened, anchor.id);
    if let Some(birth) = scope.birth().filter(|birth| *birth > opened.day) {
        opened = Moment::day(birth);
    }
    let stop = chain_end(scope, until.as_ref());
    let answers = scope.counting_any(require);
    let mut is_first = true;
    // What answered one cycle lies behind the next.
    let mut ahead = &answers[..];
    while opened.day <= scope.today && stop.is_none_or(|stop| opened.day < stop) {
        let place = ahead.iter().position(|answer| {
            let late_enough = if is_first {
                answer.day() >= opened.day
            } else {
                answer.day() > opened.day
            };
            late_enough && stop.is_none_or(|stop| answer.day() <= stop) && !anchor.is(answer.event)
        });
        let answer = place.map(|place| &ahead[place]);
        let usual = first.filter(|_| is_first).unwrap_or(*every);
        let due = match vary {
            None => scope.calendar.after(opened.day, usual),
            Some(topic) => varied_due(scope, topic, opened.day, usual, answer.map(|a| a.day())),
        };
        let end = match (answer, stop) {
            (Some(answer), _) => End::Answered(answer.day(), answer.day() <= due),
            (None, Some(stop)) => End::Ended(stop),
            (None, None) => End::Open,
        };
        let booked = match end {
            End::Open => scope.earliest_booking(require, |booking| {
                booking.day() > opened.day
                    || (is_first
                        && booking.day() == opened.day
                        && !would_end_or_open(
                            scope,
                            booking,
                            until.as_ref(),
                            from.as_ref(),
                            opener,
                        ))
            }),
            _ => None,
        };
        out.push(scope.conclude(Draft {
            anchor,
            opened,
            limit: by_day(due),
            end,
            booked,
            evidence: answer.map(|answer| answer.event.id).into(),
            soon_from: target.map(|target| scope.calendar.after(opened.day, target)),
        }));
        let (Some(answer), Some(place)) = (answer, place) else {
            return;
        };
        ahead = &ahead[place + 1..];
        anchor = Anchor::event(answer.event);
        opened = answer.moment();
        is_first = false;
    }
}

/// The day on which the chain ends: with the period, or with the first counting `until` event, to
/// which `lead` does not reach.
fn chain_end<'e>(scope: &Scope<'e, '_>, until: Option<&'e BoundSelector>) -> Option<Day> {
    let until = until.and_then(|until| {
        let events = scope.counting_from(until, scope.period.from);
        events.first().map(|event| event.day())
    });
    until.into_iter().chain(scope.end).min()
}

/// Whether a booking for the opening day itself would, once held, end the chain before it opened, or
/// be what opens it.
fn would_end_or_open(
    scope: &Scope<'_, '_>,
    booking: &Dated<'_, '_>,
    until: Option<&BoundSelector>,
    from: Option<&BoundSelector>,
    opener: (Moment, &str),
) -> bool {
    until.is_some_and(|until| scope.fits(until, booking))
        || from.is_some_and(|from| {
            scope.fits(from, booking) && (booking.moment(), booking.event.id) < opener
        })
}

/// An agreed other frequency, and the days it runs.
pub(in super::super) struct Variation<'t> {
    pub(in super::super) from: Day,
    pub(in super::super) to: Option<Day>,
    pub(in super::super) id: &'t str,
    pub(in super::super) every: Duration,
    pub(in super::super) authorised: bool,
}

impl Variation<'_> {
    /// Whether it asks for less than the rule does in a cycle.
    pub(in super::super) fn is_longer(
        &self,
        scope: &Scope<'_, '_>,
        opened: Day,
        usual_due: Day,
    ) -> bool {
        scope.calendar.after(opened, self.every) > usual_due
    }
}

/// The first day on which the time since the opening has reached the frequency in force that day.
fn varied_due(
    scope: &Scope<'_, '_>,
    topic: &str,
    opened: Day,
    usual: Duration,
    answered: Option<Day>,
) -> Day {
    let calendar = scope.calendar;
    let usual_due = calendar.after(opened, usual);
    let variations = variations_in_force(scope, topic, opened, usual_due, answered);
    if variations.is_empty() {
        return usual_due;
    }
    let mut changes: Vec<Day> = variations
        .iter()
        .flat_map(|v| [Some(v.from), v.to.map(Day::next)])
        .flatten()
        .filter(|day| *day > opened)
        .chain([opened])
        .collect();
    changes.sort_unstable();
    changes.dedup();
    for (i, &start) in changes.iter().enumerate() {
        let running = variations
            .iter()
            .filter(|v| v.from <= start && v.to.is_none_or(|to| start <= to))
            .max_by_key(|v| (v.from, v.id));
        let reached = running.map_or(usual_due, |v| calendar.after(opened, v.every));
        let day = reached.max(start);
        if changes.get(i + 1).is_none_or(|next| day < *next) {
            return day;
        }
    }
    usual_due
}

/// The variations of a topic that count for a cycle: not from before the period (less `lead`), not
/// from after its answer; one that is longer than usual only where it is authorised.
pub(in super::super) fn variations_in_force<'t>(
    scope: &Scope<'_, 't>,
    topic: &str,
    opened: Day,
    usual_due: Day,
    answered: Option<Day>,
) -> Vec<Variation<'t>> {
    let counts = |variation: &Variation<'_>| {
        answered.is_none_or(|answered| variation.from <= answered)
            && (variation.authorised || !variation.is_longer(scope, opened, usual_due))
    };
    variations(scope, topic).filter(counts).collect()
}

/// The variations of a topic that do not start before the period (less `lead`).
pub(in super::super) fn variations<'e, 't>(
    scope: &Scope<'e, 't>,
    topic: &str,
) -> impl Iterator<Item = Variation<'t>> {
    let symbols = &scope.rules.variation;
    let periods = scope.timeline.periods_of(symbols.kind).iter();
    let of_period = periods.filter(|period| period.from >= scope.reach);
    of_period.filter_map(move |period| {
        let attributes = period.attributes;
        let of_topic = attributes
            .get(symbols.topic)
            .is_some_and(|v| reads(v, topic));
        if !of_topic {
            return None;
        }
        Some(Variation {
            from: period.from,
            to: period.to,
            id: period.id,
            every: attributes.get(symbols.every)?.text()?.parse().ok()?,
            authorised: attributes.get(symbols.authorised_by).is_some(),
        })
    })
}

fn reads(value: Value<'_>, text: &str) -> bool {
    match value {
        Value::Text(value) => value == text,
        Value::Int(value) => value.to_string() == text,
        Value::Bool(_) | Value::Float(_) => false,
    }
}
