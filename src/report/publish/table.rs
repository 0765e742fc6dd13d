//! The counts of one rule as a publication has them, each once however often it is printed, and the
//! sums that tie them together.

use rustc_hash::FxHashMap;

use super::{COUNTS, Count};
use crate::report::model::Line;
use crate::report::period::{Period, Span};

/// A total and the parts that it is the sum of, by their numbers.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    pub(super) total: usize,
    pub(super) parts: Vec<usize>,
}

impl Relation {
    /// The total and the parts.
    pub(super) fn all(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().copied().chain([self.total])
    }
}

/// How long the days of a place are; where they are several things at once, the longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Length {
    Whole,
    Quarter,
    Month,
}

/// Where counts stand: of which team, or all of them, over which days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) team: Option<usize>,
    pub(super) days: Period,
    pub(super) length: Length,
    /// All that it is: the whole of a report may be a month, too.
    lengths: [bool; 3],
}

/// All counts of one rule.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) places: Vec<Place>,
    /// [`COUNTS`] of each place, one place after the other.
    pub(super) values: Vec<u64>,
    pub(super) relations: Vec<Relation>,
    /// The relations that each count stands in.
    pub(super) relations_of: Vec<Vec<usize>>,
    at: FxHashMap<(Option<usize>, Period), usize>,
}

impl Table {
    /// The table of a rule's lines.
    pub(super) fn of<'l>(lines: impl Iterator<Item = &'l Line>) -> Table {
        let mut table = Table::default();
        for line in lines {
            table.add(line);
        }
        for place in 0..table.places.len() {
            table.relate(place);
        }
        table.relate_days();
        table.relate_teams();
        table.relations_of = vec![Vec::new(); table.values.len()];
        for (place, relation) in table.relations.iter().enumerate() {
            for number in relation.all() {
                table.relations_of[number].push(place);
            }
        }
        table
    }

    /// Where a line's counts are.
    pub(super) fn place(&self, line: &Line) -> Option<usize> {
        self.at.get(&(line.team, line.days)).copied()
    }

    fn add(&mut self, line: &Line) {
        let length = match line.span {
            Span::Whole => Length::Whole,
            Span::Quarter(_) => Length::Quarter,
            Span::Month(_) => Length::Month,
        };
        let next = self.places.len();
        let at = *self.at.entry((line.team, line.days)).or_insert(next);
        if at < next {
            let known = &mut self.places[at];
            known.length = length.min(known.length);
            known.lengths[length as usize] = true;
            return;
        }
        let mut lengths = [false; 3];
        lengths[length as usize] = true;
        self.places.push(Place {
            team: line.team,
            days: line.days,
            length,
            lengths,
        });
        self.values.extend(COUNTS.map(|count| count.value(line)));
    }

    /// What fell due is what was met and what was not; what was not is late, missed or overdue.
    fn relate(&mut self, place: usize) {
        let not = [Count::MetLate, Count::Missed, Count::Overdue];
        let due = [Count::Met, Count::NotOnTime];
        for (total, parts) in [(Count::Due, &due[..]), (Count::NotOnTime, &not)] {
            self.relations.push(Relation {
                total: total.number(place),
                parts: parts.iter().map(|count| count.number(place)).collect(),
            });
        }
    }

    /// Longer days are the sum of the quarters that they are made of, and of the months.
    fn relate_days(&mut self) {
        for total in 0..self.places.len() {
            for shorter in [Length::Quarter, Length::Month] {
                let whole = self.places[total];
                if whole.length >= shorter {
                    continue;
                }
                let parts: Vec<usize> = (0..self.places.len())
                    .filter(|number| {
                        let part = self.places[*number];
                        *number != total
                            && part.team == whole.team
                            && part.lengths[shorter as usize]
                            && part.days.and(whole.days) == Some(part.days)
                    })
                    .collect();
                let days = |place: usize| self.places[place].days;
                let long = |days: Period| days.to.since(days.from) + 1;
                let covered: i64 = parts.iter().map(|part| long(days(*part))).sum();
                if covered == long(whole.days) {
                    self.add_up(total, &parts);
                }
            }
        }
    }

    /// All teams together are the sum of the teams.
    fn relate_teams(&mut self) {
        let mut teams: FxHashMap<Period, Vec<usize>> = FxHashMap::default();
        for (number, place) in self.places.iter().enumerate() {
            if place.team.is_some() {
                teams.entry(place.days).or_default().push(number);
            }
        }
        for total in 0..self.places.len() {
            if self.places[total].team.is_none()
                && let Some(parts) = teams.get(&self.places[total].days)
            {
                self.add_up(total, parts);
            }
        }
    }

    /// Each count of a place is the sum of those of others.
    fn add_up(&mut self, total: usize, parts: &[usize]) {
        for count in COUNTS {
            self.relations.push(Relation {
                total: count.number(total),
                parts: parts.iter().map(|part| count.number(*part)).collect(),
            });
        }
    }
}
