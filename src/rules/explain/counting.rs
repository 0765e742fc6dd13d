//! The counting from an opening to a due day, with every day that was left out and why.

use serde::Serialize;

use crate::calendar::{Calendar, Day, Duration, Instant, Moment, Unit};

use super::super::wording::{days, long, time};

/// How a due day was reckoned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counting {
    /// The day that was counted from: day 0.
    pub from: Day,
    /// What was counted.
    pub duration: Option<Duration>,
    /// The last day on time.
    pub due: Day,
    /// The local time of that day after which it is late, where hours were counted.
    pub due_time: Option<String>,
    /// How it was counted, in a sentence.
    pub how: String,
    /// Days left out of working days, each with the reason.
    pub left_out: Vec<LeftOut>,
}

impl Counting {
    /// Whether no time is given beyond the day itself.
    pub(super) fn is_same_day(&self) -> bool {
        self.due_time.is_none() && self.duration.is_some_and(|duration| duration.count == 0)
    }
}

/// A day that does not count as a working day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The day.
    pub day: Day,
    /// Why.
    pub why: String,
}

/// Why a Saturday or a Sunday is left out.
pub(super) const WEEKEND: &str = "weekend";
/// More days than these, counted one by one, help nobody.
const MOST_LEFT_OUT: usize = 60;

/// The counting of a duration onwards.
pub(super) fn onwards(calendar: &Calendar, from: Moment, duration: Duration) -> Counting {
    let limit = calendar.limit(from, duration);
    let how = match (duration.unit, limit.at) {
        (_, None) if duration.count == 0 => "due on the day itself".to_owned(),
        (_, Some(at)) => format!(
            "{duration} after {}{}",
            time(calendar, from),
            clocks_changed(calendar, from, duration, at)
        ),
        (Unit::Hour, None) => format!(
            "{duration} from a day without a time: {} after {}",
            days(limit.due.since(from.day)),
            long(from.day)
        ),
        (Unit::WorkingDay, None) => format!(
            "{duration} after {}, which is day 0; weekends, bank holidays and closures do not count",
            long(from.day)
        ),
        (Unit::Month, None) => format!(
            "{duration} after {}: {}",
            long(from.day),
            month_end(from.day, limit.due)
        ),
        _ => format!("{duration} after {}, which is day 0", long(from.day)),
    };
    Counting {
        from: from.day,
        duration: Some(duration),
        due: limit.due,
        due_time: limit
            .at
            .map(|at| calendar.zone.time_of(at).format("%H:%M").to_string()),
        how,
        left_out: left_out(calendar, duration, from.day, limit.due),
    }
}

/// That whole days of hours came to another time of day, where the clocks changed between.
fn clocks_changed(
    calendar: &Calendar,
    from: Moment,
    duration: Duration,
    to: Instant,
) -> &'static str {
    let times = from
        .at
        .map(|from| (calendar.zone.time_of(from), calendar.zone.time_of(to)));
    match times {
        Some((from, to)) if duration.count.is_multiple_of(24) && from != to => {
            ", over the change of the clocks"
        }
        _ => "",
    }
}

/// Which day of the month it came to.
fn month_end(from: Day, due: Day) -> &'static str {
    use chrono::Datelike;
    if from.date().day() == due.date().day() {
        "the same day of the month"
    } else {
        "the last day of the month, which is shorter"
    }
}

/// The counting of a duration backwards, from a day that something must be done ahead of.
pub(super) fn backwards(calendar: &Calendar, target: Day, duration: Duration) -> Counting {
    let due = calendar.before(target, duration);
    let apart = match duration.unit {
        Unit::WorkingDay => "; weekends, bank holidays and closures do not count",
        _ => "",
    };
    Counting {
        from: target,
        duration: Some(duration),
        due,
        due_time: None,
        how: format!("{duration} before {}{apart}", long(target)),
        left_out: left_out(calendar, duration, due.previous(), target.previous()),
    }
}

/// A due day that is another event's day.
pub(super) fn fixed(from: Day, due: Day, how: String) -> Counting {
    Counting {
        from,
        duration: None,
        due,
        due_time: None,
        how,
        left_out: Vec::new(),
    }
}

fn left_out(calendar: &Calendar, duration: Duration, after: Day, to: Day) -> Vec<LeftOut> {
    if duration.unit != Unit::WorkingDay {
        return Vec::new();
    }
    let mut days = Vec::new();
    let mut day = after.next();
    while day <= to && days.len() < MOST_LEFT_OUT {
        let why = if let Some(name) = calendar.bank_holiday(day) {
            Some(name.to_owned())
        } else if calendar.is_closure(day) {
            Some("the authority is closed".to_owned())
        } else if day.is_weekend() {
            Some(WEEKEND.to_owned())
        } else {
            None
        };
        days.extend(why.map(|why| LeftOut { day, why }));
        day = day.next();
    }
    days
}
