//! An explanation as a page for people.

use std::fmt;

use super::super::obligation::State;
use super::super::wording::{capital, cited, days, long, wrapped};
use super::counting::WEEKEND;
use super::{Explanation, LeftOut};

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", wrapped("", &self.title))?;
        writeln!(f, "Case {}, as of {}", self.case_ref, long(self.as_of))?;
        writeln!(f, "{}", wrapped("", &cited(&self.document, &self.clause)))?;
        writeln!(f, "Rule {}", self.rule)?;
        writeln!(f)?;
        writeln!(f, "{}", wrapped("", &self.headline()))?;
        writeln!(f)?;
        writeln!(f, "What opened it")?;
        writeln!(f, "{}", wrapped("  ", &self.opened_by))?;
        writeln!(f)?;
        writeln!(f, "How the due day was counted")?;
        let (how, due) = (capital(&self.counting.how), long(self.counting.due));
        let due = match &self.counting.due_time {
            Some(time) => format!("by {time} on {due}"),
            None => format!("by the end of {due}"),
        };
        // Nothing was counted, and the day is said but once.
        if self.counting.is_same_day() {
            writeln!(f, "{}", wrapped("  ", &format!("{how}, {due}.")))?;
        } else {
            writeln!(f, "{}", wrapped("  ", &format!("{how}.")))?;
        }
        for left_out in together(&self.counting.left_out) {
            writeln!(f, "{}", wrapped("  ", &format!("left out: {left_out}")))?;
        }
        if !self.counting.is_same_day() {
            writeln!(f, "  Due {due}.")?;
        }
        if let Some(target) = &self.target {
            let day = long(target.day);
            writeln!(f, "  The target is {}: {day}.", target.duration)?;
        }
        if let Some(text) = self.answered_by.as_ref().or(self.ended.as_ref()) {
            writeln!(f)?;
            writeln!(f, "How it ended")?;
            writeln!(f, "{}", wrapped("  ", text))?;
        }
        if !self.looked_at.is_empty() {
            writeln!(f)?;
            writeln!(f, "What was looked at and did not answer it")?;
            for one in &self.looked_at {
                let day = one.day.map_or_else(|| "no day".to_owned(), long);
                writeln!(
                    f,
                    "{}",
                    wrapped(
                        "  ",
                        &format!("{} {}, {day}: {}", one.kind, one.id, one.why)
                    )
                )?;
            }
        }
        if let Some(text) = &self.would_answer {
            writeln!(f)?;
            writeln!(f, "What would answer it")?;
            writeln!(f, "{}", wrapped("  ", &capital(text)))?;
        }
        Ok(())
    }
}

impl Explanation {
    fn headline(&self) -> String {
        let over = days(self.days_over);
        let due = long(self.due);
        match self.state {
            State::Met => "Met in time.".to_owned(),
            State::MetLate if self.days_over == 0 => "Met late, on the day it was due.".to_owned(),
            State::MetLate => format!("Met, {over} late."),
            State::Pending => format!("Open, due by {due}."),
            State::DueSoon if self.booked.is_some_and(|booked| booked > self.due) => {
                format!("Due by {due}, and what is booked comes later.")
            }
            State::DueSoon => format!("Due soon, by {due}."),
            State::Overdue => format!("Overdue by {over}."),
            State::Missed if self.days_over == 0 => "Missed.".to_owned(),
            State::Missed => format!("Missed; it was {over} over when it ended."),
            State::Cancelled if self.closed == Some(self.due) => {
                "Ended on the day it was due.".to_owned()
            }
            State::Cancelled => "Ended before it was due.".to_owned(),
        }
    }
}

/// The days left out, a Saturday and the Sunday after it as one weekend.
fn together(left_out: &[LeftOut]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = left_out;
    while let Some((first, others)) = rest.split_first() {
        rest = others;
        let sunday = others.first().filter(|next| {
            first.why == WEEKEND && next.why == WEEKEND && next.day == first.day.next()
        });
        lines.push(match sunday {
            Some(sunday) => {
                rest = &others[1..];
                format!("{} and {}, a weekend", short(first), long(sunday.day))
            }
            None => format!("{}, {}", long(first.day), first.why),
        });
    }
    lines
}

/// A day whose year is said right after it.
fn short(left_out: &LeftOut) -> String {
    left_out.day.date().format("%A %-d %B").to_string()
}
