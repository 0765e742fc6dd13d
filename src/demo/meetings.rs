//! Core groups, and the papers that follow each of them.

use super::steps::Step;
use super::tables::{at, flag, midnight, row};
use super::world::{Plan, World};
use crate::calendar::{Day, Duration, Unit};

/// From the initial conference to the first core group.
const FIRST: Duration = Duration::new(10, Unit::WorkingDay);
/// From one core group to the next.
const NEXT: Duration = Duration::new(6, Unit::Week);
/// From a core group to its notes, and from them to the signed agreement.
const PAPERS: Duration = Duration::new(5, Unit::WorkingDay);

/// A frequency of core groups that was agreed for a case.
struct Agreed {
    from: Day,
    every: Duration,
}

impl World {
    /// All core groups of a plan: held, cancelled, and the next one in the diary.
    pub(super) fn core_groups(&mut self, plan: &Plan) {
        let habits = self.habits(plan.team);
        let agreed = self.agreed_frequency(plan);
        let mut last = None;
        loop {
            let from = last.unwrap_or(plan.start);
            let every = match &agreed {
                _ if last.is_none() => FIRST,
                Some(agreed) if agreed.from <= from => agreed.every,
                _ => NEXT,
            };
            let done = self.chance.done(from, every, habits);
            // One that is left out altogether: the next is the one after it.
            let day = done.unwrap_or_else(|| self.chance.calendar.after(from, NEXT).plus(20));
            let day = self.chance.working_day(day);
            if !plan.is_worked_on(day) {
                return;
            }
            if day > self.today {
                if self.chance.happens(75) {
                    self.core_group(plan, last, day, None);
                }
                return;
            }
            if self.chance.happens(6) {
                self.cancelled_core_group(plan, day);
            }
            self.core_group(plan, last, day, Some(day));
            last = Some(day);
        }
    }

    /// One core group, with a row for each child, and its papers where it was held.
    fn core_group(&mut self, plan: &Plan, last: Option<Day>, booked: Day, held: Option<Day>) {
        let meeting = self.id("M");
        let time = self.chance.meeting_time();
        let written_up = held.map(|day| self.written_up(day));
        let chair = if self.chance.happens(if last.is_none() { 88 } else { 20 }) {
            "manager"
        } else {
            "key_worker"
        };
        let after_conference = plan
            .conferences
            .iter()
            .any(|day| *day <= booked && last.is_none_or(|last| last < *day));
        let dates_set = self.chance.happens(95);
        let habits = self.habits(plan.team);
        let notes = held.and_then(|day| self.chance.done(day, PAPERS, habits));
        let agreement = notes.and_then(|day| self.chance.done(day, PAPERS, habits));
        for child in &plan.children {
            let id = self.id("CG");
            self.tables.core_groups.push(row![
                &id,
                &meeting,
                &child.id,
                at(booked, time),
                held.map(|day| at(day, time)),
                written_up.map(midnight),
                flag(false),
                held.map(|_| chair),
                held.map(|_| flag(after_conference)),
                held.map(|_| flag(dates_set)),
            ]);
            let notes_id = self.paper(plan, &child.id, "minutes_circulated", notes, &id);
            if let Some(notes_id) = notes_id {
                self.paper(plan, &child.id, "agreement_returned", agreement, &notes_id);
            }
        }
    }

    /// A paper, if it was sent by today and within the plan: its id.
    fn paper(
        &mut self,
        plan: &Plan,
        child: &str,
        kind: &str,
        day: Option<Day>,
        about: &str,
    ) -> Option<String> {
        let day = day.filter(|day| *day <= self.today && plan.is_worked_on(*day))?;
        let id = self.id("D");
        self.tables
            .papers
            .push(row![&id, child, kind, midnight(day), about]);
        Some(id)
    }

    /// A core group that was called off, a few days before the one that was held in its stead.
    fn cancelled_core_group(&mut self, plan: &Plan, held: Day) {
        let back = self.chance.between(2, 6);
        let booked = self.chance.calendar.working_days_before(held, back);
        let called_off = self.chance.calendar.working_days_before(booked, 1);
        if called_off <= plan.start {
            return;
        }
        let meeting = self.id("M");
        let time = self.chance.meeting_time();
        for child in &plan.children {
            let id = self.id("CG");
            self.tables.core_groups.push(row![
                &id,
                &meeting,
                &child.id,
                at(booked, time),
                None::<&str>,
                None::<&str>,
                flag(true),
                None::<&str>,
                None::<&str>,
                None::<&str>,
            ]);
            let moved = Step::about("core_group_rescheduled", &id);
            if let Some(moved) = self.step(plan, child, called_off, moved) {
                let confirmed = Step::about("reschedule_confirmed", &moved);
                self.answer(plan, child, called_off, 2, confirmed);
            }
        }
    }

    /// Another frequency of core groups than the procedure's, in some cases.
    fn agreed_frequency(&mut self, plan: &Plan) -> Option<Agreed> {
        if !self.chance.happens(14) {
            return None;
        }
        let from = plan.start.plus(i64::from(self.chance.between(5, 60)));
        let weeks = *self.chance.pick(&[2, 3, 4, 4, 8]);
        let every = Duration::new(weeks, Unit::Week);
        let authorised_by = self.authorised_by(plan, weeks > 6);
        self.frequency(plan, &["core_group"], every, from, authorised_by);
        Some(Agreed { from, every })
    }
}
