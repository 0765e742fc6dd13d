//! Review conferences, and with them how long a plan lasts.

use super::chance::Habits;
use super::tables::{at, flag, midnight, row};
use super::world::{Plan, World};
use crate::calendar::{Day, Duration, Unit};

/// From the initial conference to the first review.
const FIRST: Duration = Duration::new(3, Unit::Month);
/// From one review to the next.
const NEXT: Duration = Duration::new(6, Unit::Month);
/// How many reviews of a hundred end the plan.
const ENDS: u32 = 38;
/// How many plans of a hundred end in between, with a move or a care order.
const ENDS_BETWEEN: u32 = 9;

impl World {
    /// The reviews of a plan: those held, and the next one in the diary. Sets when the plan ended.
    pub(super) fn reviews(&mut self, plan: &mut Plan) {
        let late = self.habits(plan.team).late;
        let moved_away = self.chance.happens(ENDS_BETWEEN).then(|| {
            let days = self.chance.between(12, 200);
            plan.start.plus(i64::from(days))
        });
        loop {
            let last = plan.conferences.last().copied().unwrap_or(plan.start);
            let limit = if plan.conferences.len() == 1 {
                FIRST
            } else {
                NEXT
            };
            let day = self
                .chance
                .done(last, limit, Habits { late, never: 0 })
                .unwrap_or(last);
            if let Some(moved) = moved_away.filter(|moved| *moved < day && *moved <= self.today) {
                plan.end = Some(moved);
                return;
            }
            // What is held late was mostly in the diary for a day on time, and was moved.
            let limit_day = self.chance.calendar.after(last, limit);
            let booked = if self.chance.happens(70) {
                day.min(self.chance.working_day(limit_day.plus(-7)))
            } else {
                day
            };
            let ends = self.chance.happens(ENDS);
            self.review(plan, booked, day, !ends);
            if day > self.today {
                return;
            }
            plan.conferences.push(day);
            if ends {
                plan.end = Some(day);
                return;
            }
        }
    }

    fn review(&mut self, plan: &Plan, booked: Day, day: Day, continues: bool) {
        let held = day <= self.today;
        if !held && self.chance.happens(12) {
            return;
        }
        let meeting = self.id("M");
        let time = self.chance.meeting_time();
        let quorate = self.chance.happens(96);
        for (child, id) in plan.children.iter().zip(&plan.ids) {
            let review = self.id("RC");
            self.tables.reviews.push(row![
                review,
                &child.id,
                id,
                midnight(booked),
                held.then(|| at(day, time)),
                &meeting,
                held.then(|| flag(continues)),
                held.then(|| flag(quorate)),
            ]);
        }
    }
}
