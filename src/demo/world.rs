//! The made-up authority as it is made: what all parts of the story write to and draw from.

use super::chance::{Chance, Habits};
use super::staff::{self, Staff};
use super::tables::Tables;
use crate::calendar::{Calendar, Day};

/// What is wanted of the made-up authority.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// The same seed on the same day makes the same authority.
    pub seed: u64,
    /// How many children there are rows for, at least: families are not cut in two.
    pub children: usize,
    /// How many months back the first case begins.
    pub months: u32,
    /// The last day that has happened.
    pub today: Day,
}

/// A child of the story.
#[derive(Debug, Clone)]
pub(super) struct Child {
    pub id: String,
    /// The day of birth; may lie ahead of today.
    pub born: Day,
}

/// A plan that covers all children of a family.
pub(super) struct Plan {
    pub team: usize,
    pub children: Vec<Child>,
    /// The plan ids, child by child.
    pub ids: Vec<String>,
    pub start: Day,
    /// Its last day, if it ended by today.
    pub end: Option<Day>,
    /// The days of its conferences, the initial one first.
    pub conferences: Vec<Day>,
    /// Where the case drifts.
    pub drift: Option<Drift>,
}

/// A case that drifts: nothing more is done, and nobody notices.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drift {
    /// The first day on which nothing is done.
    pub from: Day,
    /// The plan's last day, if it ended all the same.
    pub ended: Option<Day>,
}

impl Plan {
    /// Whether something on `day` is within the plan.
    pub fn runs_on(&self, day: Day) -> bool {
        self.start <= day && self.end.is_none_or(|end| day <= end)
    }

    /// Whether something is done on `day`: within the plan, and before the case drifts.
    pub fn is_worked_on(&self, day: Day) -> bool {
        self.runs_on(day) && self.drift.is_none_or(|drift| day < drift.from)
    }
}

/// A child's key worker from one day to another.
pub(super) struct KeyWorker {
    pub worker: String,
    pub team: usize,
    pub child: String,
    pub from: Day,
    pub to: Option<Day>,
}

/// All that the parts of the story share.
pub(super) struct World {
    pub chance: Chance,
    pub tables: Tables,
    pub staff: Staff,
    pub today: Day,
    pub first_day: Day,
    /// Every key worker there was, for their absences.
    pub key_workers: Vec<KeyWorker>,
    /// How many plans there have been, so that what is rare goes round.
    pub plans: usize,
    /// Whose turn it is to be left open: in plans that run, and in plans that ended.
    pub turns: [usize; 2],
    last_number: u32,
}

impl World {
    /// An authority with its staff, and no child yet.
    pub fn new(wish: Wish, calendar: Calendar) -> World {
        let seed = wish.seed ^ u64::from(wish.today.0.unsigned_abs()).rotate_left(32);
        let mut chance = Chance::new(seed, calendar);
        let mut tables = Tables::default();
        let staff = staff::hire(wish.children, &mut chance, &mut tables);
        World {
            chance,
            tables,
            staff,
            today: wish.today,
            first_day: wish.today.minus_months(wish.months),
            key_workers: Vec::new(),
            plans: 0,
            turns: [0; 2],
            last_number: 100_000,
        }
    }

    /// An id that nothing else has.
    pub fn id(&mut self, prefix: &str) -> String {
        self.last_number += 1;
        format!("{prefix}{}", self.last_number)
    }

    /// How a team keeps to its timescales.
    pub fn habits(&self, team: usize) -> Habits {
        staff::habits(team)
    }

    /// A day from `low` to `high` working days after `day`.
    pub fn working_days_on(&mut self, day: Day, low: u32, high: u32) -> Day {
        let days = self.chance.between(low, high);
        self.chance.calendar.working_days_after(day, days)
    }

    /// The day on which something was written up: mostly soon, now and then weeks later; never
    /// after today.
    pub fn written_up(&mut self, day: Day) -> Day {
        let wait = if self.chance.happens(6) {
            self.chance.between(10, 25)
        } else {
            self.chance.between(0, 4)
        };
        day.plus(i64::from(wait)).min(self.today)
    }
}
