//! Until when what was said of a child stays so: the next day on which the passing of time alone may
//! change an obligation. A day too early costs one evaluation; a day too late is a child forgotten,
//! so what is not known exactly is taken to be tomorrow's or the next day that the record names.
//!
//! As of a day T the record is read by days alone: what is dated up to T has happened, what is dated
//! later has not. So besides the days that obligations themselves name (the due day passing, the
//! reminder window opening) only the days that stand in the record matter, and the days after them:
//! a booking that goes by, a period that ends and the gap that follows it. `age` is the age on a
//! row's own day and never changes.

use crate::calendar::{Calendar, Day};
use crate::case::Timeline;

use super::bind::RuleSet;
use super::model::Shape;
use super::obligation::Obligation;

/// The earliest of the days offered that lies after today.
struct Earliest {
    today: Day,
    day: Option<Day>,
}

impl Earliest {
    fn offer(&mut self, day: Day) {
        if day > self.today && self.day.is_none_or(|earliest| day < earliest) {
            self.day = Some(day);
        }
    }

    /// Offers a day of the record and the one after it.
    fn offer_with_next(&mut self, day: Option<Day>) {
        if let Some(day) = day.filter(|day| *day >= self.today) {
            self.offer(day);
            self.offer(day.next());
        }
    }
}

impl RuleSet {
    /// The next day on which the obligations of a child, given as they stand on `today`, may be others
    /// than these or stand otherwise (days over apart); `None` where only a change of the record can
    /// do that.
    pub fn next_change(
        &self,
        calendar: &Calendar,
        timeline: &Timeline<'_>,
        obligations: &[Obligation<'_>],
        today: Day,
    ) -> Option<Day> {
        let mut next = Earliest { today, day: None };
        next.offer_with_next(timeline.child.born);
        for period in &timeline.periods {
            next.offer_with_next(Some(period.from));
            next.offer_with_next(period.to);
        }
        for event in &timeline.events {
            next.offer_with_next(event.occurred.map(|occurred| occurred.day));
            next.offer_with_next(event.scheduled.map(|scheduled| scheduled.day));
        }
        for obligation in obligations.iter().filter(|o| o.state.is_open()) {
            next.offer_with_next(Some(obligation.due));
            let Some(rule) = self.bound.get(obligation.rule) else {
                continue;
            };
            if let Some(remind) = rule.remind {
                next.offer(calendar.before(obligation.due, remind));
            }
            if let Shape::Interval {
                target: Some(target),
                ..
            } = &rule.shape
            {
                next.offer(calendar.after(obligation.opened.day, *target));
            }
        }
        next.day
    }
}
