//! Single steps of casework: who was told what, what was agreed, and other frequencies.

use super::tables::{flag, midnight, row};
use super::world::{Child, KeyWorker, Plan, World};
use crate::calendar::{Day, Duration, Unit};

/// A step of casework, before it has a day.
#[derive(Clone, Copy)]
pub(super) struct Step<'a> {
    kind: &'a str,
    about: Option<&'a str>,
    reason: Option<&'a str>,
    by: Option<[bool; 3]>,
}

impl<'a> Step<'a> {
    /// A step of a kind.
    pub fn new(kind: &'a str) -> Self {
        Step {
            kind,
            about: None,
            reason: None,
            by: None,
        }
    }

    /// A step that names what it is about.
    pub fn about(kind: &'a str, about: &'a str) -> Self {
        Step {
            about: Some(about),
            ..Step::new(kind)
        }
    }

    /// A step with its reason.
    pub fn because(kind: &'a str, reason: &'a str) -> Self {
        Step {
            reason: Some(reason),
            ..Step::new(kind)
        }
    }

    /// Who agreed to it: the manager, the police, the other agency.
    pub fn by(self, by: [bool; 3]) -> Self {
        Step {
            by: Some(by),
            ..self
        }
    }
}

impl World {
    /// A step, if it was taken by today and within the plan: its id.
    pub(super) fn step(
        &mut self,
        plan: &Plan,
        child: &Child,
        day: Day,
        step: Step<'_>,
    ) -> Option<String> {
        plan.is_worked_on(day)
            .then(|| self.write_step(&child.id, day, step))
            .flatten()
    }

    /// A step that has to be taken within so many working days of `day`, and mostly is.
    pub(super) fn answer(
        &mut self,
        plan: &Plan,
        child: &Child,
        day: Day,
        within: u32,
        step: Step<'_>,
    ) {
        let habits = self.habits(plan.team);
        let limit = Duration::new(within, Unit::WorkingDay);
        if let Some(day) = self.chance.done(day, limit, habits) {
            self.step(plan, child, day, step);
        }
    }

    /// The core group is told that the key worker is away.
    pub(super) fn tell_of_absence(&mut self, case: &KeyWorker, from: Day) {
        let reported = self.write_step(&case.child, from, Step::new("absence_reported"));
        let Some(reported) = reported else { return };
        let habits = self.habits(case.team);
        let limit = Duration::new(2, Unit::WorkingDay);
        if let Some(told) = self.chance.done(from, limit, habits) {
            let told_of = Step {
                about: Some(&reported),
                ..Step::because("core_group_informed", "absence")
            };
            self.write_step(&case.child, told, told_of);
        }
    }

    /// Members of the core group disagree about some plans; mostly they settle it.
    pub(super) fn disagreement(&mut self, plan: &Plan) {
        if !self.chance.happens(25) {
            return;
        }
        let wait = self.chance.between(20, 120);
        let day = self.chance.working_day(plan.start.plus(i64::from(wait)));
        for child in &plan.children {
            let known = self.step(plan, child, day, Step::new("disagreement"));
            if let Some(known) = known {
                let settled = Step::about("disagreement_resolved", &known);
                self.answer(plan, child, day, 10, settled);
            }
        }
    }

    pub(super) fn write_step(&mut self, child: &str, day: Day, step: Step<'_>) -> Option<String> {
        if day > self.today {
            return None;
        }
        let id = self.id("ST");
        let written_up = self.written_up(day);
        let [manager, police, agency] = step
            .by
            .map_or([None; 3], |by| by.map(|yes| Some(flag(yes))));
        self.tables.case_steps.push(row![
            &id,
            child,
            step.kind,
            midnight(day),
            midnight(written_up),
            step.about,
            step.reason,
            manager,
            police,
            agency,
        ]);
        Some(id)
    }

    /// Who authorised another frequency: the manager, though some that need it were never authorised.
    pub(super) fn authorised_by(&mut self, plan: &Plan, needed: bool) -> Option<String> {
        let authorised = !needed || self.chance.happens(90);
        authorised.then(|| self.staff.manager(plan.team).to_owned())
    }

    /// Another frequency, in weeks, that was agreed for all children of a plan, topic by topic.
    pub(super) fn frequency(
        &mut self,
        plan: &Plan,
        topics: &[&str],
        every: Duration,
        from: Day,
        authorised_by: Option<String>,
    ) {
        let days = self.chance.between(80, 260);
        let less_frequent = every.count > 4;
        for child in &plan.children {
            for topic in topics {
                let id = self.id("FR");
                self.tables.frequencies.push(row![
                    id,
                    &child.id,
                    *topic,
                    every.to_string(),
                    midnight(from),
                    midnight(from.plus(i64::from(days))),
                    authorised_by.as_deref(),
                    flag(less_frequent),
                ]);
            }
        }
    }
}
