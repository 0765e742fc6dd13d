//! Key workers: who a child's is, when they change, when they are away, and who stands in.

use super::staff::team_id;
use super::tables::{midnight, row};
use super::world::{Child, KeyWorker, Plan, World};
use crate::calendar::Day;

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
            // A few workers leave, and nobody is named for the rest of the plan.
            let leaves = (to == plan.end && self.chance.happens(9)).then(|| {
                let days = self.chance.between(1, 12);
                plan.end.unwrap_or(self.today).plus(-i64::from(days))
            });
            let to = leaves.filter(|day| *day > from).or(to);
            self.involve(plan.team, &plan.children, (&worker, from, to));
            if leaves.is_some() {
                return;
            }
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

    /// Who the children are allocated to from the enquiry until their plan, if one follows.
    pub(super) fn allocate(
        &mut self,
        team: usize,
        children: &[Child],
        from: Day,
        conference: Option<Day>,
    ) {
        let worker = self.staff.worker(team, &mut self.chance);
        let to = conference.map(Day::previous);
        self.involve(team, children, (&worker, from, to));
    }

    fn involve(
        &mut self,
        team: usize,
        children: &[Child],
        (worker, from, to): (&str, Day, Option<Day>),
    ) {
        for child in children {
            let id = self.id("I");
            self.tables.involvements.push(row![
                id,
                worker,
                "KEY_WORKER",
                team_id(team),
                &child.id,
                midnight(from),
                to.map(midnight),
                None::<&str>,
            ]);
            self.key_workers.push(KeyWorker {
                worker: worker.to_owned(),
                team,
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
            absence,
            &case.child,
            &case.worker,
            midnight(from),
            midnight(to),
        ]);
        self.tell_of_absence(case, from);
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
}
