//! Key workers: who a child's is, when they change, when they are away, and who stands in.

use super::staff::team_id;
use super::tables::{midnight, row};
use super::world::{Child, KeyWorker, Plan, World};
use crate::calendar::{Day, Duration, Unit};

impl World {
    /// The key workers of a plan, one after the other.
    pub(super) fn key_worker(&mut self, plan: &Plan) {
        let mut from = if self.chance.happens(7) {
            self.working_days_on(plan.start, 1, 6)
        } else {
            plan.start
        };
        let mut worker = self.staff.worker(plan.team, &mut self.chance);
        while plan.runs_on(from) && from <= self.today {
            let changes = self.chance.happens(25).then(|| {
                let days = self.chance.between(40, 300);
                from.plus(i64::from(days))
            });
            let to = match changes {
                Some(day) if plan.runs_on(day) && day < self.today => Some(day),
                _ => plan.end,
            };
            self.involve(plan, &worker, from, to);
            let Some(to) = to.filter(|to| Some(*to) != plan.end) else {
                return;
            };
            // Most cases are handed over without a day between; some lie for a while.
            from = if self.chance.happens(30) {
                self.working_days_on(to, 2, 12)
            } else {
                to.next()
            };
            worker = self.staff.colleague(plan.team, &worker, &mut self.chance);
        }
    }

    fn involve(&mut self, plan: &Plan, worker: &str, from: Day, to: Option<Day>) {
        for child in &plan.children {
            let id = self.id("I");
            self.tables.involvements.push(row![
                id,
                worker,
                "KEY_WORKER",
                team_id(plan.team),
                &child.id,
                midnight(from),
                to.map(midnight),
                None::<&str>,
            ]);
            self.key_workers.push(KeyWorker {
                worker: worker.to_owned(),
                team: plan.team,
                child: child.id.clone(),
                from,
                to,
            });
        }
    }

    /// Leave and illness of all key workers, case by case, and who stands in.
    pub(super) fn absences(&mut self) {
        let workers: Vec<(usize, String)> = self
            .staff
            .all()
            .map(|(team, worker)| (team, worker.clone()))
            .collect();
        let key_workers = std::mem::take(&mut self.key_workers);
        for (team, worker) in workers {
            let cases: Vec<&KeyWorker> =
                key_workers.iter().filter(|k| k.worker == worker).collect();
            let mut from = self.first_day;
            loop {
                from = from.plus(i64::from(self.chance.between(50, 150)));
                let to = from.plus(i64::from(self.chance.between(4, 17)));
                if from > self.today {
                    break;
                }
                let stands_in = self.staff.colleague(team, &worker, &mut self.chance);
                let covered = self.chance.happens(88);
                let late = if self.chance.happens(12) {
                    self.chance.between(1, 5)
                } else {
                    0
                };
                for case in &cases {
                    if case.to.is_some_and(|end| end < from) || to < case.from {
                        continue;
                    }
                    self.absence(
                        case,
                        from.max(case.from),
                        to,
                        covered.then_some((&stands_in, late)),
                    );
                }
                from = to;
            }
        }
    }

    fn absence(&mut self, case: &KeyWorker, from: Day, to: Day, cover: Option<(&String, u32)>) {
        let absence = self.id("AB");
        self.tables.absences.push(row![
            &absence,
            &case.child,
            &case.worker,
            midnight(from),
            midnight(to),
        ]);
        let habits = self.habits(case.team);
        let told = self
            .chance
            .done(from, Duration::new(2, Unit::WorkingDay), habits);
        if let Some(told) = told.filter(|day| *day <= self.today) {
            let id = self.id("ST");
            self.tables.case_steps.push(row![
                id,
                &case.child,
                "absence_notified",
                midnight(told),
                midnight(told),
                &absence,
            ]);
        }
        let Some((stands_in, late)) = cover else {
            return;
        };
        let from = from.plus(i64::from(late));
        if from <= to {
            let cover = self.id("CO");
            self.tables.cover.push(row![
                cover,
                &case.child,
                stands_in,
                midnight(from),
                midnight(to),
            ]);
        }
    }

    /// A single step of casework, if it was taken by today and within the plan: its id.
    pub(super) fn step(
        &mut self,
        plan: &Plan,
        child: &Child,
        kind: &str,
        day: Day,
        about: &str,
    ) -> Option<String> {
        if day > self.today || !plan.runs_on(day) {
            return None;
        }
        let id = self.id("ST");
        let written_up = self.written_up(day);
        self.tables.case_steps.push(row![
            &id,
            &child.id,
            kind,
            midnight(day),
            midnight(written_up),
            Some(about).filter(|about| !about.is_empty()),
        ]);
        Some(id)
    }

    /// Another frequency that was agreed for all children of a plan.
    pub(super) fn frequency(
        &mut self,
        plan: &Plan,
        topic: &str,
        every: Duration,
        from: Day,
        authorised: bool,
    ) {
        let days = self.chance.between(80, 260);
        let by = authorised.then(|| team_id(plan.team));
        for child in &plan.children {
            let id = self.id("FR");
            self.tables.frequencies.push(row![
                id,
                &child.id,
                topic,
                every.to_string(),
                midnight(from),
                midnight(from.plus(i64::from(days))),
                by.as_deref(),
            ]);
        }
    }
}
