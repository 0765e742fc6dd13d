//! A report made fit for publication (SPEC 8): a count from 1 to 4 is kept back, and so is what would
//! give it away: a total or another part of one, by team, by month or by outcome, a share, a median,
//! or what an earlier publication kept back.
//!
//! What is published: how many fell due, were met, met late, missed, are still overdue; the share on
//! time with its range; the median days over. All else is kept back everywhere, and what is overdue
//! by age, and the list for supervision, are left out.
//!
//! `protect` chooses, by `steps`, `reader` tries what somebody who has the publication could work out, over the
//! counts and sums of a `table`.

#[cfg(test)]
mod attack;
mod echelon;
mod protect;
mod reader;
mod steps;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::measure::{Cell, MEASURES, Measure};
use super::model::{AuthorityReport, Line};
use super::period::Period;
use protect::{Before, protect};
pub use reader::Bounds;
use reader::Sight;
use table::{Place, Table};

/// The fewest that may be shown, besides none.
pub const FEWEST: u64 = 5;

/// A count that a publication has shown or kept back, by names that outlast a report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublishedKey {
    /// The rule, by id.
    pub rule: String,
    /// The team, by id; none for all of them.
    pub team: Option<String>,
    /// The due days.
    pub days: Period,
    /// Which count: a [`Measure::name`], or `not_on_time`.
    pub count: &'static str,
}

/// What a publication tells of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// The count itself.
    Shown(u64),
    /// That it is kept back, and between what bounds it lies.
    KeptBack(Bounds),
}

/// Of a count nothing is said.
const UNSAID: Bounds = Bounds {
    least: 0,
    most: None,
};

/// What publications have told.
pub type Published = BTreeMap<PublishedKey, Told>;

/// Shares that are said in part are said to a thousandth, as all are for people.
const THOUSAND: f64 = 1_000.0;

/// The counts that are published of a line. What was not on time is not printed, and follows from
/// what is.
const COUNTS: [Count; 6] = [
    Count::Due,
    Count::Met,
    Count::NotOnTime,
    Count::MetLate,
    Count::Missed,
    Count::Overdue,
];

/// A published count's name as [`PublishedKey`] holds it, where there is such a count.
pub fn count_named(name: &str) -> Option<&'static str> {
    COUNTS
        .into_iter()
        .map(Count::name)
        .find(|known| *known == name)
}

/// Numbered as they stand in [`COUNTS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Count {
    Due,
    Met,
    NotOnTime,
    MetLate,
    Missed,
    Overdue,
}

impl Count {
    /// The measure that prints it, where one does.
    fn measure(self) -> Option<Measure> {
        match self {
            Count::Due => Some(Measure::Due),
            Count::Met => Some(Measure::Met),
            Count::NotOnTime => None,
            Count::MetLate => Some(Measure::MetLate),
            Count::Missed => Some(Measure::Missed),
            Count::Overdue => Some(Measure::Overdue),
        }
    }

    /// The count that a measure prints, where it is one.
    fn of(measure: Measure) -> Option<Count> {
        let mut counts = COUNTS.into_iter();
        counts.find(|count| count.measure() == Some(measure))
    }

    fn name(self) -> &'static str {
        self.measure().map_or("not_on_time", Measure::name)
    }

    /// Its number, in the place of that number.
    fn number(self, place: usize) -> usize {
        place * COUNTS.len() + self as usize
    }

    fn value(self, line: &Line) -> u64 {
        let count = |measure| line.cell(measure).count().unwrap_or(0);
        match self.measure() {
            Some(measure) => count(measure),
            None => count(Measure::Due) - count(Measure::Met),
        }
    }
}

/// Makes an authority's figures fit for publication, given what was published of it before; says what
/// is now published. The report must be of whole months, all teams and all rules.
pub fn publish(report: &mut AuthorityReport, before: &Published) -> Published {
    let mut published = Published::new();
    for rule in 0..report.rules.len() {
        let of_rule = |line: &&Line| line.rule == rule;
        let table = Table::of(report.lines.iter().chain(&report.series).filter(of_rule));
        let keys = || {
            let each = table.places.iter().enumerate();
            each.flat_map(|(number, place)| {
                COUNTS.map(|count| (count.number(number), key(report, rule, place, count)))
            })
        };
        let mut known = Before {
            shown: vec![false; table.values.len()],
            kept_back: vec![None; table.values.len()],
        };
        for (number, key) in keys() {
            match before.get(&key) {
                None => {}
                Some(Told::KeptBack(bounds)) => {
                    let value = table.values[number];
                    let hold =
                        bounds.least <= value && bounds.most.is_none_or(|most| value <= most);
                    // What was said of records that have been corrected since is no longer so.
                    known.kept_back[number] = Some(if hold { *bounds } else { UNSAID });
                }
                Some(Told::Shown(value)) => known.shown[number] = *value == table.values[number],
            }
        }
        let sights = protect(&table, &known);
        for (number, key) in keys() {
            let told = match sights[number] {
                Sight::Shown => Told::Shown(table.values[number]),
                Sight::Hidden(bounds) => Told::KeptBack(bounds),
                Sight::Undecided => Told::KeptBack(UNSAID),
            };
            published.insert(key, told);
        }
        for line in report.lines.iter_mut().chain(&mut report.series) {
            if line.rule == rule
                && let Some(place) = table.place(line)
            {
                line.cells = shown(line, |count| sights[count.number(place)]);
            }
        }
    }
    report.backlog.clear();
    report.open = None;
    report.corrections = None;
    for row in &mut report.quarantined {
        if row.rows.count().is_some_and(|rows| rows < FEWEST) {
            row.rows = Cell::Suppressed;
        }
    }
    published
}

fn key(report: &AuthorityReport, rule: usize, place: &Place, count: Count) -> PublishedKey {
    PublishedKey {
        rule: report.rules[rule].id.clone(),
        team: place.team.map(|team| report.teams[team].id.clone()),
        days: place.days,
        count: count.name(),
    }
}

/// The cells of a line that may be shown.
fn shown(line: &Line, sight: impl Fn(Count) -> Sight) -> [Cell; MEASURES] {
    let are_shown = |counts: &[Count]| counts.iter().all(|count| sight(*count) == Sight::Shown);
    Measure::ALL.map(|measure| {
        let is_shown = match (measure, Count::of(measure)) {
            (_, Some(count)) => are_shown(&[count]),
            (Measure::OnTime | Measure::OnTimeLow | Measure::OnTimeHigh, _) => {
                are_shown(&[Count::Due, Count::Met])
            }
            // A median of halves tells that the count is even, and none that it is nought.
            (Measure::MedianOver, _) => are_shown(&[Count::NotOnTime]),
            // The longest is one child's.
            _ => false,
        };
        match (is_shown, measure) {
            (true, _) => line.cell(measure),
            (false, Measure::OnTime) => narrowed(line, sight(Count::Due), &sight),
            (false, _) => Cell::Suppressed,
        }
    })
}

/// What is said of the share on time where the number due is shown, and it is said that of those met
/// or of those not met there are from 1 to 4: no more than follows from that.
fn narrowed(line: &Line, due: Sight, sight: impl Fn(Count) -> Sight) -> Cell {
    let count = Count::Due.value(line) as f64;
    let is_small = |count| matches!(sight(count), Sight::Hidden(Bounds { most: Some(_), .. }));
    let most = (FEWEST - 1) as f64;
    if due != Sight::Shown {
        Cell::Suppressed
    } else if is_small(Count::NotOnTime) {
        Cell::AtLeast(((count - most) / count * THOUSAND).floor() / THOUSAND)
    } else if is_small(Count::Met) {
        Cell::AtMost((most / count * THOUSAND).ceil() / THOUSAND)
    } else {
        Cell::Suppressed
    }
}
