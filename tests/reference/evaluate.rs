//! All obligations of one rule for one child as of T, with their states.

use chrono::NaiveDate;

use crate::asking::{Asking, booked, cancelled};
use crate::calendar::{DaysOff, Limit};
use crate::model::{Anchor, Case, EventRow, Line, PeriodRow, Rule, Shape, When};
use crate::shapes;

/// An obligation before it has a state.
#[derive(Debug, Clone)]
pub struct Found {
    pub anchor: Anchor,
    pub opened: When,
    pub limit: Limit,
    pub outcome: Outcome,
    /// What is told as evidence besides the answer: the ids of a run's failing events, and their
    /// kind.
    pub run: Vec<(String, String)>,
    /// "`target`: due_soon from this long after the opening, instead of `remind`"
    pub soon_from: Option<NaiveDate>,
}

#[derive(Debug, Clone)]
pub enum Outcome {
    Answered(Answer),
    /// Unanswered when its period or window ended, on that day.
    Ended(NaiveDate),
    /// "the thing can no longer be done (between, ahead: the next mark or the target was held)"
    BeyondDoing(NaiveDate),
    Open,
}

#[derive(Debug, Clone)]
pub struct Answer {
    /// Of an event or of a period.
    pub id: String,
    /// Of an event.
    pub kind: String,
    pub when: When,
    /// "met, however late"
    pub always_met: bool,
}

/// All lines of a rule that can be judged for one child.
pub fn evaluate(days_off: &DaysOff, case: &Case, rule: &Rule, t: NaiveDate) -> Vec<Line> {
    let mut lines = Vec::new();
    for period in &case.periods {
        let asking = Asking {
            days_off,
            case,
            rule,
            period,
            t,
        };
        for found in obligations(&asking) {
            lines.push(line(&asking, &found));
        }
    }
    sort(&mut lines);
    lines
}

// "sorted by authority, rule, child, period, opened, anchor, the anchor's kind"
pub fn sort(lines: &mut [Line]) {
    lines.sort_by(|a, b| {
        let key = |l: &Line| {
            (
                l.rule.clone(),
                l.child.clone(),
                l.period.clone(),
                l.opened.day,
                l.anchor.clone(),
            )
        };
        key(a).cmp(&key(b))
    });
}

fn obligations(asking: &Asking<'_>) -> Vec<Found> {
    // "`during`: the kind of period that it runs in"; "before its first day it is not there"
    if asking.period.kind != asking.rule.during || asking.period.from > asking.t {
        return Vec::new();
    }
    // "`applies`: optional, CEL over that period's attributes"
    if !asking.period_predicate(asking.rule.applies.as_ref(), asking.period) {
        return Vec::new();
    }
    let mut found = shapes::obligations(asking);
    // "An obligation that opens later than T is not given out."
    found.retain(|f| f.opened.day <= asking.t);
    found
}

fn line(asking: &Asking<'_>, found: &Found) -> Line {
    let t = asking.t;
    let due = found.limit.due;
    let mut evidence: Vec<String> = found.run.iter().map(|(id, _)| id.clone()).collect();
    let mut answer_booked = None;
    let (state, closed) = match &found.outcome {
        Outcome::Answered(answer) => {
            // "its failing events in order and then the answering event, where it is not among them"
            if !found
                .run
                .contains(&(answer.id.clone(), answer.kind.clone()))
            {
                evidence.push(answer.id.clone());
            }
            // "met: answered on or before the due day", "met_late: answered after it"
            let late = !answer.always_met && asking.days_off.is_after(answer.when, found.limit);
            (if late { "met_late" } else { "met" }, Some(answer.when.day))
        }
        Outcome::BeyondDoing(day) => ("missed", Some(*day)),
        // "missed: unanswered when its period or window ended, and the due day was past";
        // "cancelled: unanswered when its period or window ended on or before the due day"
        Outcome::Ended(day) => (if *day > due { "missed" } else { "cancelled" }, Some(*day)),
        Outcome::Open => {
            // "`booked`: for an open deadline, interval or run"
            if matches!(
                asking.rule.shape,
                Shape::Deadline { .. } | Shape::Interval { .. } | Shape::Run { .. }
            ) {
                answer_booked = earliest_booked_answer(asking, found);
            }
            (open_state(asking, found, answer_booked), None)
        }
    };
    // "days from the due day to `closed`, or to T while open; 0 where not positive, and 0 for what
    // is `met`"
    let days_over = match state {
        "met" => 0,
        _ => (closed.unwrap_or(t) - due).num_days().max(0),
    };
    Line {
        rule: asking.rule.id.clone(),
        child: asking.case.child.clone(),
        period: asking.period.id.clone(),
        anchor: found.anchor.clone(),
        opened: found.opened,
        due,
        due_at: found.limit.at,
        state,
        booked: answer_booked,
        closed,
        days_over,
        evidence,
    }
}

fn open_state(
    asking: &Asking<'_>,
    found: &Found,
    answer_booked: Option<NaiveDate>,
) -> &'static str {
    let t = asking.t;
    let due = found.limit.due;
    // "overdue: unanswered, T later than the due day"
    if t > due {
        return "overdue";
    }
    // "`remind`: due_soon from this long before the due day, both days included"
    let remind = asking.rule.remind;
    let reminder = remind.map(|remind| asking.days_off.before(due, remind));
    let soon_from = found.soon_from.or(reminder);
    // "due_soon: unanswered, due day not past, and T in the reminder window, or what would answer it
    // is booked for after the due day"
    if soon_from.is_some_and(|from| t >= from) || answer_booked.is_some_and(|day| day > due) {
        return "due_soon";
    }
    "pending"
}

// "the earliest day from T on for which an event is booked that would answer it if held then, all
// else as it is known on T": so hold it then, let nothing else happen, and see what answers.
fn earliest_booked_answer(asking: &Asking<'_>, found: &Found) -> Option<NaiveDate> {
    let mut days = Vec::new();
    for row in &asking.case.events {
        if let Some(when) = booked(row, asking.t)
            && !cancelled(row)
            && when.day >= asking.t
            && would_answer(asking, found, row, when)
        {
            days.push(when.day);
        }
    }
    days.into_iter().min()
}

fn would_answer(asking: &Asking<'_>, found: &Found, row: &EventRow, when: When) -> bool {
    let mut case = asking.case.clone();
    for event in &mut case.events {
        if event.kind == row.kind && event.id == row.id {
            event.occurred = Some(when);
        } else if event.occurred.is_some_and(|o| o.day > asking.t) {
            event.occurred = None;
        }
    }
    let period = PeriodRow {
        to: None,
        ..asking.period.clone()
    };
    let then = Asking {
        case: &case,
        period: &period,
        t: when.day,
        ..*asking
    };
    obligations(&then).iter().any(|f| {
        f.anchor == found.anchor
            && matches!(&f.outcome, Outcome::Answered(answer)
                if answer.id == row.id && answer.kind == row.kind)
    })
}
