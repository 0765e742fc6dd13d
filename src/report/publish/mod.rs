//! A report made fit for publication (SPEC 8): a count from 1 to 4 is kept back, and so is what would
//! give it away: a total or another part of one, by team, by month or by outcome, a share, a median,
//! or what an earlier publication kept back.
//!
//! What is published: how many fell due, were met, met late, missed, are still overdue; the share on
//! time with its range; the median days over. All else is kept back everywhere, and what is overdue
//! by age, and the list for supervision, are left out.

mod protect;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::measure::{Cell, Measure};
use super::model::{AuthorityReport, Line};
use super::period::{Period, Span};
use protect::{Relation, System};

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

/// What publications have shown (with the number) or kept back (without).
pub type Published = BTreeMap<PublishedKey, Option<u64>>;

/// The counts that are published of a line. What was not on time is not printed, and follows from
/// what is.
const COUNTS: [Count; 6] = [
    Count::Of(Measure::Due),
    Count::Of(Measure::Met),
    Count::NotOnTime,
    Count::Of(Measure::MetLate),
    Count::Of(Measure::Missed),
    Count::Of(Measure::Overdue),
];

/// A published count's name as [`PublishedKey`] holds it, where there is such a count.
pub fn count_named(name: &str) -> Option<&'static str> {
    COUNTS
        .into_iter()
        .map(Count::name)
        .find(|known| *known == name)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Count {
    Of(Measure),
    NotOnTime,
}

impl Count {
    fn name(self) -> &'static str {
        match self {
            Count::Of(measure) => measure.name(),
            Count::NotOnTime => "not_on_time",
        }
    }

    fn value(self, line: &Line) -> u64 {
        let count = |measure| line.cell(measure).count().unwrap_or(0);
        match self {
            Count::Of(measure) => count(measure),
            Count::NotOnTime => count(Measure::Due) - count(Measure::Met),
        }
    }
}

/// Where a count stands: of which team, over which days.
type Place = (Option<usize>, Period, Count);

/// The counts of one rule, each once however often it is printed, and what ties them together.
#[derive(Default)]
struct Table {
    numbers: FxHashMap<Place, usize>,
    system: System,
}

impl Table {
    fn of<'l>(lines: impl Iterator<Item = &'l Line>) -> Table {
        let mut table = Table::default();
        let mut months: Vec<(Option<usize>, Period)> = Vec::new();
        let mut longer: Vec<(Option<usize>, Period)> = Vec::new();
        for line in lines {
            let place = (line.team, line.days);
            let known = match line.span {
                Span::Month(_) => &mut months,
                Span::Whole | Span::Quarter(_) => &mut longer,
            };
            if !known.contains(&place) {
                known.push(place);
            }
            for count in COUNTS {
                let next = table.system.values.len();
                let at = *table
                    .numbers
                    .entry((line.team, line.days, count))
                    .or_insert(next);
                if at == next {
                    table.system.values.push(count.value(line));
                }
            }
        }
        for (team, days) in months.iter().chain(&longer) {
            table.relate((*team, *days), &[Count::Of(Measure::Met), Count::NotOnTime]);
        }
        for (team, days) in &longer {
            let parts = months
                .iter()
                .filter(|(of, month)| of == team && month.and(*days) == Some(*month));
            let parts: Vec<_> = parts.copied().filter(|(_, month)| month != days).collect();
            table.add_up((*team, *days), &parts);
        }
        let places: Vec<_> = months.iter().chain(&longer).copied().collect();
        for (_, days) in places.iter().filter(|(team, _)| team.is_none()) {
            let parts = places
                .iter()
                .filter(|(team, of)| team.is_some() && of == days);
            let mut parts: Vec<_> = parts.copied().collect();
            parts.sort_unstable();
            parts.dedup();
            table.add_up((None, *days), &parts);
        }
        table
    }

    fn number(&self, (team, days): (Option<usize>, Period), count: Count) -> usize {
        self.numbers[&(team, days, count)]
    }

    /// What fell due is what was met and what was not; what was not is late, missed or overdue.
    fn relate(&mut self, place: (Option<usize>, Period), due: &[Count]) {
        let not = [Measure::MetLate, Measure::Missed, Measure::Overdue].map(Count::Of);
        for (total, parts) in [(Count::Of(Measure::Due), due), (Count::NotOnTime, &not)] {
            let parts = parts
                .iter()
                .map(|count| self.number(place, *count))
                .collect();
            let total = self.number(place, total);
            self.system.relations.push(Relation { total, parts });
        }
    }

    /// Each count of a place is the sum of those of others.
    fn add_up(&mut self, total: (Option<usize>, Period), parts: &[(Option<usize>, Period)]) {
        if parts.is_empty() {
            return;
        }
        for count in COUNTS {
            let parts = parts.iter().map(|part| self.number(*part, count)).collect();
            let total = self.number(total, count);
            self.system.relations.push(Relation { total, parts });
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
        let key = |(team, days, count): &Place| PublishedKey {
            rule: report.rules[rule].id.clone(),
            team: team.map(|team| report.teams[team].id.clone()),
            days: *days,
            count: count.name(),
        };
        let mut system = table.system;
        system.kept_back_before = vec![false; system.values.len()];
        system.shown_before = vec![false; system.values.len()];
        for (place, number) in &table.numbers {
            match before.get(&key(place)) {
                None => {}
                Some(None) => system.kept_back_before[*number] = true,
                Some(Some(value)) => {
                    system.shown_before[*number] = *value == system.values[*number];
                }
            }
        }
        let kept_back = system.protect();
        for (place, number) in &table.numbers {
            let shown = (!kept_back[*number]).then_some(system.values[*number]);
            published.insert(key(place), shown);
        }
        let is_kept_back =
            |line: &Line, count: Count| kept_back[table.numbers[&(line.team, line.days, count)]];
        for line in report.lines.iter_mut().chain(&mut report.series) {
            if line.rule == rule {
                line.cells = shown(line, &is_kept_back);
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

/// The cells of a line that may be shown.
fn shown(
    line: &Line,
    is_kept_back: &impl Fn(&Line, Count) -> bool,
) -> [Cell; super::measure::MEASURES] {
    let kept_back = |counts: &[Count]| counts.iter().any(|count| is_kept_back(line, *count));
    Measure::ALL.map(|measure| {
        let withheld = match measure {
            Measure::Due | Measure::Met | Measure::MetLate | Measure::Missed | Measure::Overdue => {
                kept_back(&[Count::Of(measure)])
            }
            Measure::OnTime | Measure::OnTimeLow | Measure::OnTimeHigh => {
                kept_back(&[Count::Of(Measure::Due), Count::Of(Measure::Met)])
            }
            // A median of halves tells that the count is even, and none that it is nought.
            Measure::MedianOver => kept_back(&[Count::NotOnTime]),
            // The longest is one child's.
            _ => true,
        };
        if withheld {
            Cell::Suppressed
        } else {
            line.cell(measure)
        }
    })
}
