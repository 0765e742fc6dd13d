//! What is left to chance, the same for the same seed: days on which people get things done.

use crate::calendar::{Calendar, Day, Duration};

/// How well a team keeps to its timescales, in percent of all times.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habits {
    /// Done, but too late.
    pub late: u32,
    /// Not done at all.
    pub never: u32,
}

/// The most working days that something late is late by, but for the few that are twice as late.
const LATE_BY: u32 = 12;

/// Seeded chance, and the calendar by which the authority works.
pub(super) struct Chance {
    random: fastrand::Rng,
    /// By which the authority works.
    pub calendar: Calendar,
}

impl Chance {
    pub fn new(seed: u64, calendar: Calendar) -> Self {
        Chance {
            random: fastrand::Rng::with_seed(seed),
            calendar,
        }
    }

    /// Whether something happens that happens so many times of a hundred.
    pub fn happens(&mut self, percent: u32) -> bool {
        self.random.u32(0..100) < percent
    }

    /// A whole number from `low` to `high`, both included.
    pub fn between(&mut self, low: u32, high: u32) -> u32 {
        self.random.u32(low..=high)
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.random.usize(0..of.len())]
    }

    /// The first working day on or after `day`.
    pub fn working_day(&self, day: Day) -> Day {
        self.calendar.working_days_after(day.previous(), 1)
    }

    /// A time of day on which meetings begin.
    pub fn meeting_time(&mut self) -> (u32, u32) {
        (self.between(9, 15), 15 * self.between(0, 3))
    }

    /// The day on which something is done that has to be done within `limit` of `from`: on time,
    /// late, or never.
    pub fn done(&mut self, from: Day, limit: Duration, habits: Habits) -> Option<Day> {
        let due = self.calendar.after(from, limit);
        let fate = self.between(0, 99);
        if fate < habits.never {
            return None;
        }
        if fate < habits.never + habits.late {
            let mut by = self.between(1, LATE_BY);
            if self.happens(15) {
                by += self.between(1, LATE_BY);
            }
            return Some(self.calendar.working_days_after(due, by));
        }
        let span = u32::try_from(due.since(from)).unwrap_or(0);
        let day = from.plus(i64::from(self.between(span / 2, span)));
        let day = if self.calendar.is_working(day) {
            day
        } else {
            self.calendar.working_days_before(day, 1)
        };
        Some(day.max(from))
    }
}
