//! The counting from an opening to a due day, with every day that was left out and why.

use serde::Serialize;

use crate::calendar::{Calendar, Day, Duration, Moment, Unit};

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

/// A day that does not count as a working day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The day.
    pub day: Day,
    /// Why.
    pub why: String,
}

/// More days than these, counted one by one, help nobody.
const MOST_LEFT_OUT: usize = 60;

/// The counting of a duration onwards.
pub(super) fn onwards(calendar: &Calendar, from: Moment, duration: Duration) -> Counting {
    let limit = calendar.limit(from, duration);
    let how = match (duration.unit, limit.at) {
        (_, None) if duration.count == 0 => {
            format!("{} itself is the last day on time", long(from.day))
        }
        (_, Some(at)) => format!(
            "{duration} of the clock after {}, to {}",
            time(calendar, from),
            calendar.zone.time_of(at).format("%H:%M")
        ),
        (Unit::Hour, None) => format!(
            "{duration} from a day without a time are {} from {}",
            days(limit.due.since(from.day)),
            long(from.day)
        ),
        (Unit::WorkingDay, None) => format!(
            "{duration} after {}, which is day 0, weekends, bank holidays and closures left out",
            long(from.day)
        ),
        (Unit::Month, None) => format!(
            "{duration} after {}: the same day of the month, or its last",
            long(from.day)
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

/// The counting of a duration backwards, from a day that something must be done ahead of.
pub(super) fn backwards(calendar: &Calendar, target: Day, duration: Duration) -> Counting {
    let due = calendar.before(target, duration);
    Counting {
        from: target,
        duration: Some(duration),
        due,
        due_time: None,
        how: format!("{duration} before {}", long(target)),
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
            Some("weekend".to_owned())
        } else {
            None
        };
        days.extend(why.map(|why| LeftOut { day, why }));
        day = day.next();
    }
    days
}

/// A day as people write it.
pub(super) fn long(day: Day) -> String {
    day.date().format("%A %-d %B %Y").to_string()
}

/// A moment as people write it.
pub(super) fn time(calendar: &Calendar, moment: Moment) -> String {
    match moment.at {
        None => long(moment.day),
        Some(at) => format!(
            "{} on {}",
            calendar.zone.time_of(at).format("%H:%M"),
            long(moment.day)
        ),
    }
}

/// A noun with its article.
pub(super) fn a(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {noun}")
}

/// A number of days in words.
pub(super) fn days(count: i64) -> String {
    if count == 1 {
        "1 day".to_owned()
    } else {
        format!("{count} days")
    }
}
