//! Duties that one step sets off and that are rare by themselves: here and there one is left open,
//! so that each can be seen before its day, after it, and at the end of a plan.

use super::steps::Step;
use super::tables::{at, flag, midnight, row};
use super::world::{Child, Plan, World};
use crate::calendar::{Day, Duration, Unit};

/// What sets off a duty, and the working days that the pack of Luton gives for it.
const DUTIES: [(Duty, u32); 7] = [
    (Duty::Reschedule, 2),
    (Duty::Refusal, 1),
    (Duty::Access, 2),
    (Duty::Absence, 2),
    (Duty::Disagreement, 10),
    (Duty::ContactPassed, 0),
    (Duty::Frequency, 0),
];

#[derive(Clone, Copy)]
enum Duty {
    Reschedule,
    Refusal,
    Access,
    Absence,
    Disagreement,
    ContactPassed,
    Frequency,
}

impl World {
    /// Leaves one of the duties open in every second plan, each in its turn.
    pub(super) fn left_open(&mut self, plan: &Plan) {
        if self.plans.is_multiple_of(2) || plan.drift.is_some() {
            return;
        }
        let ended = usize::from(plan.end.is_some());
        let turn = self.turns[ended];
        let (duty, within) = DUTIES[turn % DUTIES.len()];
        let in_time = (turn / DUTIES.len()).is_multiple_of(2);
        // On the eve of the end it is still in time; some days before, it is late.
        let back = if in_time {
            self.chance.between(0, within)
        } else {
            within + self.chance.between(2, 6)
        };
        let last = plan.end.unwrap_or(self.today);
        let last = self.chance.calendar.working_days_before(last.next(), 1);
        let day = self.chance.calendar.working_days_before(last, back);
        if day <= plan.start {
            return;
        }
        self.turns[ended] += 1;
        if let Duty::Frequency = duty {
            let every = Duration::new(6, Unit::Week);
            self.frequency(plan, &["child_seen"], every, day, None);
            return;
        }
        for child in &plan.children {
            self.set_off(plan, child, duty, day);
        }
    }

    fn set_off(&mut self, plan: &Plan, child: &Child, duty: Duty, day: Day) {
        match duty {
            Duty::Reschedule => {
                self.step(plan, child, day, Step::new("core_group_rescheduled"));
            }
            Duty::Refusal => self.odd_visit(child, day, true),
            Duty::Access => {
                self.odd_visit(
                    child,
                    self.chance.calendar.working_days_before(day, 1),
                    false,
                );
                self.odd_visit(child, day, false);
                self.step(plan, child, day, Step::new("access_difficulty"));
            }
            Duty::Absence => {
                self.step(plan, child, day, Step::new("absence_reported"));
                self.uncovered_absence(plan, child, day);
            }
            Duty::Disagreement => {
                self.step(plan, child, day, Step::new("disagreement"));
            }
            Duty::ContactPassed => {
                let passed = Step::new("contact_passed").by([true, false, true]);
                self.step(plan, child, day, passed);
            }
            // Of the whole plan, not of each child.
            Duty::Frequency => {}
        }
    }

    /// The key worker is away, and nobody stands in.
    fn uncovered_absence(&mut self, plan: &Plan, child: &Child, from: Day) {
        let worker = self.staff.worker(plan.team, &mut self.chance);
        let to = plan.end.unwrap_or(self.today.plus(4));
        let absence = self.id("AB");
        self.tables.absences.push(row![
            absence,
            &child.id,
            worker,
            midnight(from),
            midnight(to),
        ]);
    }

    /// A visit at which the child was seen with a parent only, or at which nobody came to the door.
    fn odd_visit(&mut self, child: &Child, day: Day, access: bool) {
        if child.born > day {
            return;
        }
        let id = self.id("V");
        self.tables.visits.push(row![
            &id,
            &child.id,
            None::<&str>,
            midnight(day),
            flag(access),
            flag(false),
            flag(false),
        ]);
        self.tables.visit_forms.push(row![
            &id,
            at(day, (16, 30)),
            midnight(day),
            flag(access),
            None::<&str>,
            flag(access),
            flag(access),
            if access { "parent" } else { "nobody" },
            flag(false),
            if access {
                "parents refuse"
            } else {
                "no answer"
            },
        ]);
    }
}
