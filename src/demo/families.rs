//! Families: who they are, how they come to a conference, and whether a plan follows.

use super::chance::Habits;
use super::names::{CATEGORIES, CHILDREN, FAMILIES, STREETS};
use super::staff::team_id;
use super::tables::{at, flag, midnight, row};
use super::world::{Child, Drift, Plan, World};
use crate::calendar::{Day, Duration, Unit};

/// From the start of the section 47 enquiry to the conference.
const TO_CONFERENCE: Duration = Duration::new(15, Unit::WorkingDay);
/// From the start of the assessment to its end.
const TO_ASSESS: Duration = Duration::new(35, Unit::WorkingDay);
/// How many cases of a hundred drift: nothing more is done, and nobody notices.
const DRIFTS: u32 = 3;
/// How many times of a hundred the children of a family differ in that one has no recorded birth.
const NO_BIRTH_RECORDED: u32 = 1;

impl World {
    /// A family with its story until today: how many children it has.
    pub fn family(&mut self) -> usize {
        let team = self.team();
        let days = self.today.since(self.first_day) as u32;
        // More of them of late: what is new has most that is still to be done.
        let back = if self.chance.happens(25) {
            self.chance.between(0, days.min(70))
        } else {
            self.chance.between(0, days)
        };
        let enquiry = self.today.plus(-i64::from(back));
        let enquiry = self.chance.working_day(enquiry).min(self.today);
        let children = self.children(enquiry, false);
        let size = children.len();
        let ended_without_action = self.chance.happens(10);
        let ended = self.working_days_on(enquiry, 8, 24);
        let s47 = self.enquire(&children, (enquiry, ended), ended_without_action);
        let habits = self.habits(team);
        if ended_without_action {
            return size;
        }
        // A conference that should follow, and does not where nobody calls it.
        let conference = self.chance.done(enquiry, TO_CONFERENCE, habits);
        let held = conference.filter(|day| *day <= self.today);
        self.allocate(team, &children, enquiry, held);
        let Some(conference) = conference else {
            return size;
        };
        let makes_plan = !self.chance.happens(8);
        let ids = self.initial_conference(team, &children, (&s47, conference), makes_plan);
        if let Some(ids) = ids {
            let drift = self.chance.happens(DRIFTS).then(|| {
                let days = self.chance.between(1, 150);
                let from = conference.plus(i64::from(days));
                let ended = from.plus(i64::from(self.chance.between(60, 250)));
                Drift {
                    from,
                    ended: Some(ended).filter(|day| *day <= self.today),
                }
            });
            self.live(team, children, ids, conference, drift);
        }
        size
    }

    /// A team, any of them.
    pub(super) fn team(&mut self) -> usize {
        self.chance.between(0, self.staff.teams() as u32 - 1) as usize
    }

    /// A plan that has been made, from its conference to its end or until today.
    pub(super) fn live(
        &mut self,
        team: usize,
        children: Vec<Child>,
        ids: Vec<String>,
        start: Day,
        drift: Option<Drift>,
    ) {
        let mut plan = Plan {
            team,
            children,
            ids,
            start,
            end: None,
            conferences: vec![start],
            drift,
        };
        self.plans += 1;
        self.reviews(&mut plan);
        self.write_plans(&plan);
        self.key_worker(&plan);
        self.core_groups(&plan);
        self.visits(&plan);
        self.disagreement(&plan);
        self.left_open(&plan);
    }

    pub(super) fn children(&mut self, enquiry: Day, with_baby: bool) -> Vec<Child> {
        let size = *self.chance.pick(&[1, 1, 1, 2, 2, 2, 3, 3, 4]);
        let unborn = !with_baby && self.chance.happens(5);
        let surname = *self.chance.pick(&FAMILIES);
        let house = self.chance.between(2, 140);
        let street = *self.chance.pick(&STREETS);
        let mut children = Vec::new();
        for number in 0..size {
            let born = if unborn && number == 0 {
                enquiry.plus(i64::from(self.chance.between(30, 120)))
            } else if with_baby && number == 0 {
                enquiry.plus(-i64::from(self.chance.between(20, 120)))
            } else {
                enquiry.plus(-i64::from(self.chance.between(20, 5_900)))
            };
            let child = Child {
                id: self.id("P"),
                born,
            };
            let recorded = !self.chance.happens(NO_BIRTH_RECORDED);
            let known = (born <= self.today && recorded).then(|| midnight(born));
            let expected = (born > enquiry).then(|| midnight(born.plus(-3)));
            let forename = (born <= self.today).then(|| *self.chance.pick(&CHILDREN));
            self.tables.persons.push(row![
                &child.id,
                forename,
                surname,
                known,
                expected,
                None::<&str>
            ]);
            let address = self.id("AD");
            self.tables.addresses.push(row![
                address,
                &child.id,
                format!("{house} {street}"),
                midnight(enquiry.plus(-400)),
            ]);
            children.push(child);
        }
        children
    }

    /// An enquiry from its first day to its last, and the assessment: the ids of the enquiry, child by child.
    pub(super) fn enquire(
        &mut self,
        children: &[Child],
        (enquiry, ended): (Day, Day),
        nfa: bool,
    ) -> Vec<String> {
        let referral = self.id("R");
        let assessed = self
            .chance
            .done(enquiry, TO_ASSESS, Habits { late: 9, never: 2 });
        children
            .iter()
            .map(|child| {
                let id = self.id("E");
                self.tables.enquiries.push(row![
                    &id,
                    &child.id,
                    midnight(enquiry),
                    (ended <= self.today).then(|| midnight(ended)),
                    flag(nfa),
                ]);
                let assessment = self.id("A");
                self.tables.assessments.push(row![
                    assessment,
                    &child.id,
                    &referral,
                    midnight(enquiry),
                    assessed.filter(|day| *day <= self.today).map(midnight),
                    flag(child.born <= enquiry),
                ]);
                id
            })
            .collect()
    }

    /// The initial conference that follows some enquiries on a day: the plans' ids, child by child, where it was held and made plans.
    pub(super) fn initial_conference(
        &mut self,
        team: usize,
        children: &[Child],
        (enquiries, day): (&[String], Day),
        makes_plan: bool,
    ) -> Option<Vec<String>> {
        let held = day <= self.today;
        let plan = held && makes_plan;
        let meeting = self.id("M");
        let time = self.chance.meeting_time();
        let chair = self.staff.worker(team, &mut self.chance);
        let mut plans = Vec::new();
        for (child, enquiry) in children.iter().zip(enquiries) {
            let (conference, id) = (self.id("IC"), self.id("CP"));
            self.tables.initial_conferences.push(row![
                &conference,
                &meeting,
                enquiry,
                &child.id,
                plan.then_some(&id),
                flag(false),
                midnight(day),
                held.then(|| at(day, time)),
                flag(plan),
                team_id(team),
                &chair,
            ]);
            let date_set = flag(self.chance.happens(94));
            if plan {
                self.tables
                    .conference_forms
                    .push(row![&conference, date_set]);
            }
            plans.push(id);
        }
        plan.then_some(plans)
    }

    fn write_plans(&mut self, plan: &Plan) {
        let first = *self.chance.pick(&CATEGORIES);
        let latest = if self.chance.happens(15) {
            *self.chance.pick(&CATEGORIES)
        } else {
            first
        };
        for (child, id) in plan.children.iter().zip(&plan.ids) {
            self.tables.plans.push(row![
                id,
                None::<&str>,
                &child.id,
                midnight(plan.start),
                plan.end.map(midnight),
                flag(false),
                first,
                latest,
            ]);
        }
    }
}
