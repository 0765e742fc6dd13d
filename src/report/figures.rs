//! The figures of one line, each defined here and nowhere else.

use super::measure::{Cell, MEASURES, Measure};
use super::tally::Tally;
use super::wilson::wilson;

/// Figures of obligations whose due day lies in a line's days, as of a report's day.
///
/// An obligation has **fallen due** when its due day is over (the report's day is later than it) and
/// it is met, met late, missed or overdue. What is cancelled has not: its period or window ended
/// while there was still time. What is pending or due soon has not, nor has what was met ahead of a
/// due day that is still to come. What was withdrawn or switched off is not in the copy's
/// evaluation, and in no figure.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figures {
    /// Obligations that fell due: met, met late, missed and still overdue together.
    pub due: u64,
    /// Of them, answered on or before the due day (by the instant where the limit is in hours).
    pub met: u64,
    /// Of them, answered after it.
    pub met_late: u64,
    /// Of them, unanswered when their period or window ended, or past doing.
    pub missed: u64,
    /// Of them, unanswered and open on the report's day.
    pub overdue: u64,
    /// `met` of `due`, with its 95 % interval; none where nothing fell due.
    pub on_time: Option<OnTime>,
    /// Days from the due day to the answer, to the end, or to the report's day: the middle and the
    /// most, over `met_late`, `missed` and `overdue` together.
    pub over: Option<Spread>,
    /// Of `met`, those whose answer was recorded after the due day.
    pub written_up_late: u64,
    /// Of `met` and `met_late`, those whose answer says when it was recorded.
    pub lag_known: u64,
    /// Days from the answer to its recording, over `lag_known`.
    pub lag: Option<Spread>,
    /// Variations of the rule's topic with a name under who agreed, that ran on one of the days.
    pub variations: u64,
    /// Those without such a name.
    pub variations_unsigned: u64,
    /// Due in the days, and not fallen due by the report's day.
    pub not_yet_due: u64,
    /// Due in the days, and ended before they were overdue.
    pub cancelled: u64,
}

/// A share and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OnTime {
    /// Between 0 and 1.
    pub share: f64,
    /// The lower end of the 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The middle and the most of some days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// The middle one, or halfway between the two in the middle.
    pub median: f64,
    /// The most.
    pub longest: u32,
}

impl Spread {
    /// Of nothing there is none.
    fn of(days: &[u32]) -> Option<Spread> {
        let mut days = days.to_vec();
        days.sort_unstable();
        let longest = *days.last()?;
        let (low, high) = (days[(days.len() - 1) / 2], days[days.len() / 2]);
        Some(Spread {
            median: (f64::from(low) + f64::from(high)) / 2.0,
            longest,
        })
    }
}

impl Figures {
    /// The figures of what was counted, with the variations that ran (agreed, and unsigned).
    pub fn of(tally: &Tally, (variations, variations_unsigned): (u64, u64)) -> Figures {
        let due = tally.met + tally.met_late + tally.missed + tally.overdue;
        let on_time = wilson(tally.met, due).map(|(low, high)| OnTime {
            share: tally.met as f64 / due as f64,
            low,
            high,
        });
        Figures {
            due,
            met: tally.met,
            met_late: tally.met_late,
            missed: tally.missed,
            overdue: tally.overdue,
            on_time,
            over: Spread::of(&tally.over),
            written_up_late: tally.written_up_late,
            lag_known: tally.lags.len() as u64,
            lag: Spread::of(&tally.lags),
            variations,
            variations_unsigned,
            not_yet_due: tally.not_yet_due,
            cancelled: tally.cancelled,
        }
    }

    /// One figure as it is printed.
    pub fn cell(&self, measure: Measure) -> Cell {
        let share = |of: fn(&OnTime) -> f64| {
            self.on_time
                .as_ref()
                .map_or(Cell::Nothing, |on_time| Cell::Share(of(on_time)))
        };
        let days = |spread: Option<Spread>, of: fn(&Spread) -> f64| {
            spread
                .as_ref()
                .map_or(Cell::Nothing, |spread| Cell::Days(of(spread)))
        };
        match measure {
            Measure::Due => Cell::Count(self.due),
            Measure::Met => Cell::Count(self.met),
            Measure::MetLate => Cell::Count(self.met_late),
            Measure::Missed => Cell::Count(self.missed),
            Measure::Overdue => Cell::Count(self.overdue),
            Measure::OnTime => share(|on_time| on_time.share),
            Measure::OnTimeLow => share(|on_time| on_time.low),
            Measure::OnTimeHigh => share(|on_time| on_time.high),
            Measure::MedianOver => days(self.over, |over| over.median),
            Measure::LongestOver => days(self.over, |over| f64::from(over.longest)),
            Measure::WrittenUpLate => Cell::Count(self.written_up_late),
            Measure::LagKnown => Cell::Count(self.lag_known),
            Measure::MedianLag => days(self.lag, |lag| lag.median),
            Measure::LongestLag => days(self.lag, |lag| f64::from(lag.longest)),
            Measure::Variations => Cell::Count(self.variations),
            Measure::VariationsUnsigned => Cell::Count(self.variations_unsigned),
            Measure::NotYetDue => Cell::Count(self.not_yet_due),
            Measure::Cancelled => Cell::Count(self.cancelled),
        }
    }

    /// All of them as they are printed, in the order of [`Measure::ALL`].
    pub fn cells(&self) -> [Cell; MEASURES] {
        Measure::ALL.map(|measure| self.cell(measure))
    }

    /// Whether there is anything in it.
    pub fn is_empty(&self) -> bool {
        *self == Figures::default()
    }
}
