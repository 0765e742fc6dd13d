//! Cases that stand at a chosen stage today, so that what seldom lies open at any moment can be seen
//! on every day: a first core group that is nearly due, a review that was never held.

use super::world::{Drift, World};
use crate::calendar::Day;

/// A case that drifts at a chosen time, in days.
struct Stage {
    /// How long before today its conference was.
    began: i64,
    /// How long after the conference nothing more was done.
    drifts: i64,
    /// How long after the conference the plan ended, if it did.
    ended: Option<i64>,
}

const fn stage(began: i64, drifts: i64, ended: Option<i64>) -> Stage {
    Stage {
        began,
        drifts,
        ended,
    }
}

/// The stages, one case each.
const STAGES: [Stage; 14] = [
    // The first core group: nearly due, overdue, never held.
    stage(12, 1, None),
    stage(24, 1, None),
    stage(200, 1, Some(45)),
    // The first review, and a later one: overdue, never held.
    stage(110, 60, None),
    stage(300, 60, Some(140)),
    stage(330, 150, None),
    stage(440, 150, Some(350)),
    // Visits: the last was so long ago that the next is nearly due, for a baby and for others.
    stage(120, 111, None),
    stage(140, 130, None),
    stage(150, 132, None),
    stage(160, 140, None),
    stage(170, 148, None),
    stage(180, 147, None),
    stage(190, 155, None),
];
/// Enquiries without a conference, by the working days since they began and those that they last:
/// nearly due, overdue, ended before the day (the family moved), ended after it.
const ENQUIRIES: [(u32, u32); 4] = [(12, 24), (19, 24), (40, 9), (50, 21)];
/// Working days from an enquiry to the conference, where nothing goes wrong.
const TO_CONFERENCE: u32 = 11;

impl World {
    /// One case at each stage that the months of the story reach back to: how many children they
    /// have.
    pub fn stages(&mut self) -> usize {
        let mut children = 0;
        for (began, lasted) in ENQUIRIES {
            children += self.without_conference(began, lasted);
        }
        for stage in &STAGES {
            let conference = self.chance.working_day(self.today.plus(-stage.began));
            if conference.minus_months(1) > self.first_day {
                children += self.at_stage(conference, stage);
            }
        }
        children
    }

    fn at_stage(&mut self, conference: Day, stage: &Stage) -> usize {
        let team = self.team();
        let before = |day, days| self.chance.calendar.working_days_before(day, days);
        let enquiry = before(conference, TO_CONFERENCE);
        let children = self.children(enquiry, true);
        let size = children.len();
        let s47 = self.enquire(&children, (enquiry, conference), false);
        self.allocate(team, &children, enquiry, Some(conference));
        let drift = Drift {
            from: conference.plus(stage.drifts),
            ended: stage.ended.map(|days| conference.plus(days)),
        };
        let ids = self.initial_conference(team, &children, (&s47, conference), true);
        if let Some(ids) = ids {
            self.live(team, children, ids, conference, Some(drift));
        }
        size
    }

    /// An enquiry that began so many working days ago and ended, or will, after so many.
    fn without_conference(&mut self, began: u32, lasted: u32) -> usize {
        let calendar = &self.chance.calendar;
        let enquiry = calendar.working_days_before(self.today, began);
        let ended = calendar.working_days_after(enquiry, lasted);
        let children = self.children(enquiry, true);
        self.enquire(&children, (enquiry, ended), false);
        let team = self.team();
        self.allocate(team, &children, enquiry, None);
        children.len()
    }
}
