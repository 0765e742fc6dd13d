//! An explanation as a page for people.

use std::fmt;

use super::{Explanation, counting};

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        writeln!(
            f,
            "Case {}, as of {}",
            self.case_ref,
            counting::long(self.as_of)
        )?;
        writeln!(
            f,
            "Clause {} of {} (rule {})",
            self.clause, self.document, self.rule
        )?;
        writeln!(f)?;
        writeln!(f, "{}", self.headline())?;
        writeln!(f)?;
        writeln!(f, "What opened it")?;
        writeln!(f, "  {}", self.opened_by)?;
        writeln!(f)?;
        writeln!(f, "How the due day was counted")?;
        writeln!(f, "  {}.", self.counting.how)?;
        for left_out in &self.counting.left_out {
            writeln!(
                f,
                "  left out: {}, {}",
                counting::long(left_out.day),
                left_out.why
            )?;
        }
        let due = counting::long(self.counting.due);
        match &self.counting.due_time {
            Some(time) => writeln!(f, "  Due by {time} on {due}.")?,
            None => writeln!(f, "  Due by the end of {due}.")?,
        }
        if let Some(text) = self.answered_by.as_ref().or(self.ended.as_ref()) {
            writeln!(f)?;
            writeln!(f, "How it ended")?;
            writeln!(f, "  {text}")?;
        }
        if !self.looked_at.is_empty() {
            writeln!(f)?;
            writeln!(f, "What was looked at and did not answer it")?;
            for one in &self.looked_at {
                let day = one.day.map_or_else(|| "no day".to_owned(), counting::long);
                writeln!(f, "  {} {}, {day}: {}", one.kind, one.id, one.why)?;
            }
        }
        if let Some(text) = &self.would_answer {
            writeln!(f)?;
            writeln!(f, "What would answer it")?;
            writeln!(f, "  {}", capital(text))?;
        }
        Ok(())
    }
}

impl Explanation {
    fn headline(&self) -> String {
        use super::State;
        let over = counting::days(self.days_over);
        let due = counting::long(self.counting.due);
        match self.state {
            State::Met => "Met in time.".to_owned(),
            State::MetLate if self.days_over == 0 => "Met late, on the day.".to_owned(),
            State::MetLate => format!("Met, {over} late."),
            State::Pending => format!("Open, due by {due}."),
            State::DueSoon => format!("Due soon, by {due}."),
            State::Overdue => format!("Overdue by {over}."),
            State::Missed if self.days_over == 0 => "Missed.".to_owned(),
            State::Missed => format!("Missed; it was {over} over when it ended."),
            State::Cancelled => "Ended before it was due.".to_owned(),
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
