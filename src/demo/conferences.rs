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

/// A review conference as it went, or will go.
struct Outcome {
    day: Day,
    /// The last day on time.
    due: Day,
    continues: bool,
}

impl World {
    /// The reviews of a plan: those held, and the next one in the diary. Sets when the plan ended.
    pub(super) fn reviews(&mut self, plan: &mut Plan) {
        let late = self.habits(plan.team).late;
        let moves = plan.drift.is_none() && self.chance.happens(ENDS_BETWEEN);
        let moved_away = moves.then(|| {
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
            if let Some(drift) = plan.drift.filter(|drift| drift.from <= day) {
                plan.end = drift.ended;
                return;
            }
            let due = self.chance.calendar.after(last, limit);
            let ends = plan.drift.is_none() && self.chance.happens(ENDS);
            let outcome = Outcome {
                day,
                due,
                continues: !ends,
            };
            self.review(plan, last, &outcome);
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

    /// One review with a row for each child, and its entries in the diary.
    fn review(&mut self, plan: &Plan, last: Day, review: &Outcome) {
        let held = review.day <= self.today;
        let meeting = self.id("M");
        let time = self.chance.meeting_time();
        let quorate = self.chance.happens(96);
        // The date is set at the conference before, and a few are forgotten. What is held late was
        // mostly in the diary for a day on time, and was moved.
        let forgotten = self.chance.happens(6);
        let on_time = self.chance.calendar.working_days_before(review.due, 3);
        let moved = review.day > review.due && self.chance.happens(80);
        let moved_on = self.chance.calendar.working_days_before(review.due, 5);
        for (child, id) in plan.children.iter().zip(&plan.ids) {
            let row = self.id("RC");
            self.tables.reviews.push(row![
                &row,
                &child.id,
                id,
                midnight(review.due),
                held.then(|| at(review.day, time)),
                &meeting,
                held.then(|| flag(review.continues)),
                held.then(|| flag(quorate)),
            ]);
            if forgotten {
                continue;
            }
            let moved = moved && moved_on <= self.today;
            let first = if moved { on_time } else { review.day };
            let mut entries = vec![(last, first)];
            if moved {
                entries.push((moved_on, review.day));
            }
            let latest = entries.len() - 1;
            for (number, (set_on, for_day)) in entries.into_iter().enumerate() {
                let entry = self.id("DI");
                self.tables.review_diary.push(row![
                    entry,
                    &child.id,
                    &row,
                    midnight(set_on),
                    at(for_day, time),
                    flag(for_day <= review.due),
                    flag(number == latest),
                ]);
            }
        }
    }
}
