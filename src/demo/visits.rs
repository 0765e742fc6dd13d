//! Visits to the children: seen or not, alone, at home, the bedroom; doors that stay shut.

use super::steps::Step;
use super::tables::{at, flag, midnight, row};
use super::world::{Plan, World};
use crate::calendar::{Day, Duration, Unit};

/// A visit as the family saw it.
struct Visit {
    day: Day,
    access: bool,
}

impl World {
    /// All visits of a plan: made, tried, and the next one in the diary.
    pub(super) fn visits(&mut self, plan: &Plan) {
        self.visit_frequency(plan);
        let lapses = self.habits(plan.team).late / 2;
        let mut last = plan.start;
        loop {
            let baby = plan.children.iter().any(|child| last.age(child.born) == 0);
            let day = if self.chance.happens(lapses) {
                self.working_days_on(last, 21, 34)
            } else if baby {
                self.working_days_on(last, 4, 9)
            } else {
                self.working_days_on(last, 6, 14)
            };
            if !plan.is_worked_on(day) {
                return;
            }
            if day > self.today {
                self.visit_booked(plan, day);
                return;
            }
            let access = !self.chance.happens(7);
            self.visit(plan, &Visit { day, access });
            last = if access {
                day
            } else {
                self.no_access(plan, day)
            };
        }
    }

    fn visit_booked(&mut self, plan: &Plan, day: Day) {
        if !self.chance.happens(70) {
            return;
        }
        for child in &plan.children {
            let id = self.id("B");
            self.tables
                .visit_diary
                .push(row![id, &child.id, midnight(day), flag(false)]);
        }
    }

    fn visit(&mut self, plan: &Plan, visit: &Visit) {
        let at_home = self.chance.happens(96);
        let hour = (self.chance.between(9, 17), 5 * self.chance.between(0, 11));
        let written_up = self.written_up(visit.day);
        for (child, plan_id) in plan.children.iter().zip(&plan.ids) {
            if child.born > visit.day {
                continue;
            }
            let seen = visit.access && !self.chance.happens(2);
            let older = visit.day.age(child.born) >= 2;
            let alone = seen && older && self.chance.happens(88);
            let awake = seen && !older && self.chance.happens(93);
            let refused = seen && older && !alone && self.chance.happens(45);
            let bedroom = visit.access && at_home && self.chance.happens(34);
            let reason = match (alone || awake, refused, visit.access) {
                (true, ..) => None,
                // A few records are left without the reason that they should give.
                _ if self.chance.happens(10) => None,
                (_, true, _) => Some("parents refuse"),
                (_, _, false) => Some("no answer"),
                _ => Some("with a parent throughout"),
            };
            // A few records are left without who was there.
            let present = !self.chance.happens(3);
            let id = self.id("V");
            // Many a visit carries no plan's id.
            let plan_id = (!self.chance.happens(30)).then_some(plan_id);
            self.tables.visits.push(row![
                &id,
                &child.id,
                plan_id,
                midnight(visit.day),
                flag(seen),
                flag(alone),
                flag(bedroom),
            ]);
            self.tables.visit_forms.push(row![
                &id,
                at(visit.day, hour),
                midnight(written_up),
                flag(at_home && visit.access),
                (!older).then(|| flag(awake)),
                flag(visit.access),
                flag(refused),
                present.then_some(if visit.access { "parent" } else { "nobody" }),
                flag(alone || awake),
                reason,
            ]);
            if refused {
                let told = Step::because("manager_informed", "alone_refused");
                self.answer(plan, child, visit.day, 1, told);
            }
        }
    }

    /// What follows a door that stayed shut: another try soon, and after the second in a row what
    /// is agreed about it. The day of the last try.
    fn no_access(&mut self, plan: &Plan, first: Day) -> Day {
        let mut last = first;
        for tries in 2..=4 {
            let again = self.working_days_on(last, 1, 2);
            if again > self.today || !plan.is_worked_on(again) {
                return last;
            }
            let access = self.chance.happens(45);
            last = again;
            self.visit(plan, &Visit { day: again, access });
            if access {
                return last;
            }
            if tries == 2 {
                self.difficulty(plan, again);
            }
        }
        last
    }

    /// Two visits in a row without access: who is told, and what is agreed.
    fn difficulty(&mut self, plan: &Plan, day: Day) {
        for child in &plan.children {
            let known = self.step(plan, child, day, Step::new("access_difficulty"));
            if known.is_none() {
                continue;
            }
            let manager = Step::because("manager_informed", "access");
            self.answer(plan, child, day, 1, manager);
            let others = Step::because("core_group_informed", "access");
            self.answer(plan, child, day, 1, others);
            let by_police = self.chance.happens(92);
            let agreed = Step::new("action_agreed").by([true, by_police, true]);
            self.answer(plan, child, day, 1, agreed);
            if self.chance.happens(70) {
                let recorded = self.chance.happens(80);
                let passed = Step::new("contact_passed").by([true, recorded, true]);
                self.answer(plan, child, day, 10, passed);
            }
        }
    }

    /// Another frequency of visits than the procedure's, in some cases.
    fn visit_frequency(&mut self, plan: &Plan) {
        if !self.chance.happens(24) {
            return;
        }
        let from = plan.start.plus(i64::from(self.chance.between(0, 50)));
        let weeks = *self.chance.pick(&[1, 2, 3, 6, 6, 8]);
        let every = Duration::new(weeks, Unit::Week);
        let topics = ["child_seen", "seen_at_home", "seen_alone"];
        let authorised_by = self.authorised_by(plan, weeks > 4);
        self.frequency(plan, &topics, every, from, authorised_by);
    }
}
