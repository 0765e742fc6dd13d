//! What is counted of obligations, before anything is divided: tallies can be added up.

use crate::calendar::Day;
use crate::rules::State;

use super::lag::Lag;

/// Obligations counted together, as of a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Met, fallen due.
    pub met: u64,
    /// Met late, fallen due.
    pub met_late: u64,
    /// Missed, fallen due.
    pub missed: u64,
    /// Overdue, so fallen due.
    pub overdue: u64,
    /// Whose due day is not over, or that are not overdue yet: no part of any share.
    pub not_yet_due: u64,
    /// That ended, unanswered, before they were overdue: no part of any share.
    pub cancelled: u64,
    /// Met, fallen due, and written up after the due day.
    pub written_up_late: u64,
    /// Days over of each that was met late or missed or is overdue, in any order.
    pub over: Vec<u32>,
    /// Days from the doing to the writing up, of each answered one where both are known.
    pub lags: Vec<u32>,
}

impl Tally {
    /// Counts one obligation, as it stands as of `as_at`.
    pub fn add(&mut self, state: State, due: Day, days_over: i64, lag: Option<Lag>, as_at: Day) {
        if state == State::Cancelled {
            self.cancelled += 1;
            return;
        }
        // Until the due day is over, those still open would be left out and those met early not: the
        // share would be too good.
        if due >= as_at || matches!(state, State::Pending | State::DueSoon) {
            self.not_yet_due += 1;
            return;
        }
        match state {
            State::Met => self.met += 1,
            State::MetLate => self.met_late += 1,
            State::Missed => self.missed += 1,
            _ => self.overdue += 1,
        }
        if state != State::Met {
            self.over.push(u32::try_from(days_over).unwrap_or(0));
        }
        if let Some(lag) = lag {
            self.lags.push(lag.days());
            self.written_up_late += u64::from(state == State::Met && lag.recorded > due);
        }
    }

    /// Adds what another one counted.
    pub fn join(&mut self, other: &Tally) {
        self.met += other.met;
        self.met_late += other.met_late;
        self.missed += other.missed;
        self.overdue += other.overdue;
        self.not_yet_due += other.not_yet_due;
        self.cancelled += other.cancelled;
        self.written_up_late += other.written_up_late;
        self.over.extend_from_slice(&other.over);
        self.lags.extend_from_slice(&other.lags);
    }
}
