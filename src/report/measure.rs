//! The figures that a report prints, each by name, and the cells that hold them.

use serde::{Serialize, Serializer};

/// A figure of a [`super::Line`]. What each counts, what it is a share of and what it leaves out is
/// said at [`super::Figures`], and in words in `docs/report.md` and in every form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// How many fell due.
    Due,
    /// How many of them were met.
    Met,
    /// How many of them were met late.
    MetLate,
    /// How many of them were missed.
    Missed,
    /// How many of them are overdue still.
    Overdue,
    /// The share of them that was met on time.
    OnTime,
    /// The lower end of its 95 % interval.
    OnTimeLow,
    /// The upper end of its 95 % interval.
    OnTimeHigh,
    /// The middle of the days over of those not met on time.
    MedianOver,
    /// The most days over among them.
    LongestOver,
    /// How many were met on time and written up after the due day.
    WrittenUpLate,
    /// For how many answers it is known when they were written up.
    LagKnown,
    /// The middle of the days from doing to writing up.
    MedianLag,
    /// The most days from doing to writing up.
    LongestLag,
    /// How many agreed variations ran.
    Variations,
    /// How many variations ran that name nobody who agreed.
    VariationsUnsigned,
    /// How many are due in the period and had not fallen due.
    NotYetDue,
    /// How many ended before they were overdue.
    Cancelled,
}

/// How many figures a line has.
pub const MEASURES: usize = 18;

/// What a figure is a number of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A count.
    Count,
    /// A share between 0 and 1.
    Share,
    /// Days.
    Days,
}

impl Measure {
    /// All of them, in the order in which forms print them.
    pub const ALL: [Measure; MEASURES] = [
        Measure::Due,
        Measure::Met,
        Measure::MetLate,
        Measure::Missed,
        Measure::Overdue,
        Measure::OnTime,
        Measure::OnTimeLow,
        Measure::OnTimeHigh,
        Measure::MedianOver,
        Measure::LongestOver,
        Measure::WrittenUpLate,
        Measure::LagKnown,
        Measure::MedianLag,
        Measure::LongestLag,
        Measure::Variations,
        Measure::VariationsUnsigned,
        Measure::NotYetDue,
        Measure::Cancelled,
    ];

    /// Its name in files that machines read, and of its words in the catalogue.
    pub fn name(self) -> &'static str {
        match self {
            Measure::Due => "due",
            Measure::Met => "met",
            Measure::MetLate => "met_late",
            Measure::Missed => "missed",
            Measure::Overdue => "still_overdue",
            Measure::OnTime => "share_on_time",
            Measure::OnTimeLow => "share_on_time_low",
            Measure::OnTimeHigh => "share_on_time_high",
            Measure::MedianOver => "median_days_over",
            Measure::LongestOver => "longest_days_over",
            Measure::WrittenUpLate => "met_written_up_late",
            Measure::LagKnown => "recording_known",
            Measure::MedianLag => "median_days_to_record",
            Measure::LongestLag => "longest_days_to_record",
            Measure::Variations => "agreed_variations",
            Measure::VariationsUnsigned => "variations_without_agreement",
            Measure::NotYetDue => "not_yet_due",
            Measure::Cancelled => "cancelled",
        }
    }

    /// What it is a number of.
    pub fn unit(self) -> Unit {
        match self {
            Measure::OnTime | Measure::OnTimeLow | Measure::OnTimeHigh => Unit::Share,
            Measure::MedianOver
            | Measure::LongestOver
            | Measure::MedianLag
            | Measure::LongestLag => Unit::Days,
            _ => Unit::Count,
        }
    }
}

/// One figure as it is printed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    /// A count.
    Count(u64),
    /// A share between 0 and 1.
    Share(f64),
    /// Days; of a median perhaps half a day.
    Days(f64),
    /// There is nothing to divide by or to choose from.
    Nothing,
    /// Kept back, because a small count would show or could be reckoned.
    Suppressed,
    /// A share between 0 and 1, of which no more is said than that it is not less.
    AtLeast(f64),
    /// A share between 0 and 1, of which no more is said than that it is not more.
    AtMost(f64),
}

impl Cell {
    /// The number, where it is one that is printed.
    pub fn number(self) -> Option<f64> {
        match self {
            Cell::Count(count) => Some(count as f64),
            Cell::Share(number) | Cell::Days(number) => Some(number),
            Cell::Nothing | Cell::Suppressed | Cell::AtLeast(_) | Cell::AtMost(_) => None,
        }
    }

    /// The count, where it is one that is printed.
    pub fn count(self) -> Option<u64> {
        match self {
            Cell::Count(count) => Some(count),
            _ => None,
        }
    }
}

/// A number, `null` for nothing, `"suppressed"` for what is kept back, `">=0.95"` or `"<=0.05"` where no
/// more is said.
impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Cell::Count(count) => serializer.serialize_u64(*count),
            Cell::Share(number) | Cell::Days(number) => serializer.serialize_f64(*number),
            Cell::Nothing => serializer.serialize_none(),
            Cell::Suppressed => serializer.serialize_str("suppressed"),
            Cell::AtLeast(share) => serializer.collect_str(&format_args!(">={share}")),
            Cell::AtMost(share) => serializer.collect_str(&format_args!("<={share}")),
        }
    }
}
