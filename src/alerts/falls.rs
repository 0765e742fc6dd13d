//! When the steps of a ladder fall for an obligation, and the turns of its repeat (SPEC 7, When).

use super::ladder::{At, Base, Ladder, Side, days_between_turns};
use crate::calendar::{Calendar, Day, Duration, Instant, Moment, Unit};

/// What a ladder counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// When the obligation opened.
    pub opened: Moment,
    /// Its last day on time.
    pub due: Day,
    /// Its last instant on time, where the limit is one.
    pub due_at: Option<Instant>,
}

/// When a step falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fall {
    /// Its local day, from which repeats are counted.
    pub day: Day,
    /// From when on it may be told: the start of that day, or its instant.
    pub at: Instant,
}

/// When a step falls: at the start of its day, or at its instant where hours are counted from one;
/// never before the obligation opened.
pub fn fall(at: At, span: &Span, calendar: &Calendar) -> Fall {
    let base = match at.base {
        Base::Opened => span.opened,
        Base::Due => Moment {
            day: span.due,
            at: span.due_at,
        },
    };
    let fall = match at.offset {
        None => start_of(base.day, calendar),
        Some((side, duration)) => offset(base, side, duration, calendar),
    };
    let opened = match span.opened.at {
        Some(at) => Fall {
            day: span.opened.day,
            at,
        },
        None => start_of(span.opened.day, calendar),
    };
    if fall.at < opened.at { opened } else { fall }
}

fn start_of(day: Day, calendar: &Calendar) -> Fall {
    Fall {
        day,
        at: calendar.zone.start_of(day),
    }
}

fn offset(base: Moment, side: Side, duration: Duration, calendar: &Calendar) -> Fall {
    if let (Unit::Hour, Some(at)) = (duration.unit, base.at) {
        let hours = i64::from(duration.count);
        let at = at.plus_hours(match side {
            Side::Before => -hours,
            Side::After => hours,
        });
        return Fall {
            day: calendar.zone.day_of(at),
            at,
        };
    }
    let day = match side {
        Side::Before => calendar.before(base.day, duration),
        Side::After => calendar.after(base.day, duration),
    };
    start_of(day, calendar)
}

/// When each step of a ladder falls, in the order of their numbers.
pub fn falls(ladder: &Ladder, span: &Span, calendar: &Calendar) -> Vec<Fall> {
    ladder
        .steps
        .iter()
        .map(|step| fall(step.at, span, calendar))
        .collect()
}

/// How many turns of a repeat have fallen by `today`, counted every `repeat` from the step's day, and
/// the day of the next one.
pub fn turns(step_day: Day, repeat: Duration, today: Day, calendar: &Calendar) -> (u32, Day) {
    if let Some(days) = days_between_turns(repeat) {
        let turns = today.since(step_day).max(0) / days.max(1);
        let next = step_day.plus((turns + 1).saturating_mul(days));
        return (u32::try_from(turns).unwrap_or(u32::MAX), next);
    }
    let mut turns = 0;
    let mut day = step_day;
    loop {
        // Months are counted from the step's day, so that one on the 31st stays on month ends.
        day = match repeat.unit {
            Unit::Month => step_day.plus_months(repeat.count.saturating_mul(turns + 1)),
            _ => calendar.after(day, repeat),
        };
        if day > today || turns == u32::MAX - 1 {
            return (turns, day);
        }
        turns += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alerts::testing::{calendar, day, instant};

    fn falls_at(at: &str, span: Span) -> String {
        let fall = fall(at.parse().unwrap(), &span, &calendar());
        format!("{} {}", fall.day, calendar().zone.time_of(fall.at))
    }

    fn days(opened: &str, due: &str) -> Span {
        Span {
            opened: Moment::day(day(opened)),
            due: day(due),
            due_at: None,
        }
    }

    #[test]
    fn steps_fall_at_the_start_of_their_day() {
        // 25 and 28 December 2026 are bank holidays, and 26 and 27 a weekend.
        let span = days("2026-12-01", "2026-12-24");
        for (at, falls) in [
            ("opened", "2026-12-01 00:00:00"),
            ("opened + 2 weeks", "2026-12-15 00:00:00"),
            ("due - 5 working days", "2026-12-17 00:00:00"),
            ("due", "2026-12-24 00:00:00"),
            ("due + 1 day", "2026-12-25 00:00:00"),
            ("due + 1 working day", "2026-12-29 00:00:00"),
            ("due + 1 month", "2027-01-24 00:00:00"),
        ] {
            assert_eq!(falls_at(at, span), falls, "{at}");
        }
    }

    #[test]
    fn never_before_the_obligation_opened() {
        let span = days("2026-10-05", "2026-10-07");
        assert_eq!(
            falls_at("due - 5 working days", span),
            "2026-10-05 00:00:00"
        );
        let opened = instant("2026-10-05T13:30:00Z");
        let span = Span {
            opened: Moment {
                day: day("2026-10-05"),
                at: Some(opened),
            },
            ..span
        };
        assert_eq!(
            falls_at("due - 5 working days", span),
            "2026-10-05 14:30:00"
        );
        assert_eq!(falls_at("opened", span), "2026-10-05 14:30:00");
    }

    #[test]
    fn hours_are_exact_where_there_is_an_instant_and_days_where_there_is_none() {
        let span = Span {
            opened: Moment {
                day: day("2026-10-24"),
                at: Some(instant("2026-10-24T20:00:00Z")),
            },
            due: day("2026-10-25"),
            due_at: Some(instant("2026-10-25T20:00:00Z")),
        };
        // The clocks go back in that night: four elapsed hours after 21:00 and before 20:00 local.
        assert_eq!(falls_at("opened + 6 hours", span), "2026-10-25 02:00:00");
        assert_eq!(falls_at("due - 4 hours", span), "2026-10-25 16:00:00");
        assert_eq!(falls_at("due + 0 hours", span), "2026-10-25 20:00:00");
        assert_eq!(falls_at("due", span), "2026-10-25 00:00:00");
        let span = days("2026-10-01", "2026-10-05");
        assert_eq!(falls_at("opened + 4 hours", span), "2026-10-02 00:00:00");
        assert_eq!(falls_at("opened + 48 hours", span), "2026-10-03 00:00:00");
        assert_eq!(falls_at("due - 25 hours", span), "2026-10-03 00:00:00");
        assert_eq!(falls_at("due + 0 hours", span), "2026-10-05 00:00:00");
    }

    #[test]
    fn turns_fall_every_so_often_from_the_steps_day() {
        let cases = [
            ("2 days", "2026-12-21", "2026-12-22", 0, "2026-12-23"),
            ("2 days", "2026-12-21", "2026-12-23", 1, "2026-12-25"),
            (
                "2 working days",
                "2026-12-21",
                "2026-12-23",
                1,
                "2026-12-29",
            ),
            (
                "2 working days",
                "2026-12-21",
                "2026-12-29",
                2,
                "2026-12-31",
            ),
            ("1 month", "2026-08-31", "2026-10-01", 1, "2026-10-31"),
            ("1 week", "2026-12-21", "2026-12-20", 0, "2026-12-28"),
            ("30 hours", "2026-12-21", "2026-12-25", 2, "2026-12-27"),
        ];
        for (repeat, step, today, fallen, next) in cases {
            assert_eq!(
                turns(day(step), repeat.parse().unwrap(), day(today), &calendar()),
                (fallen, day(next)),
                "{repeat} from {step} on {today}"
            );
        }
    }
}
