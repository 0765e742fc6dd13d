//! From obligations to lines: every obligation is tallied once, under its rule, team and month, and
//! every figure of every line is made of those tallies.

use rustc_hash::FxHashMap;

use crate::calendar::Day;
use crate::case::{Symbol, Timeline};
use crate::rules::{Obligation, RuleSet, State};

use super::backlog::{AGE_BANDS, Backlog, band};
use super::figures::Figures;
use super::lag::{answering_kinds, lag};
use super::measure::Cell;
use super::model::Line;
use super::period::{Month, Period, Quarter, Span};
use super::tally::Tally;
use super::variations::{self, Variation, VariationFinder};

/// How many months a series goes back, the last one included: two years, so that a chart has points
/// enough to tell chance from change.
const SERIES_MONTHS: i32 = 24;
/// How many quarters: this one against the last four.
const SERIES_QUARTERS: i32 = 5;

/// What is counted of which obligations, as of which day.
#[derive(Debug)]
pub struct Reckoner<'r> {
    rules: &'r RuleSet,
    /// The day as of which the obligations are.
    as_at: Day,
    /// The days of the report.
    period: Period,
    /// The one team asked for.
    team: Option<&'r str>,
    /// The one rule asked for.
    rule: Option<usize>,
    /// The first due day that any line or series needs.
    first: Day,
    answers: Vec<Vec<Symbol>>,
    variations: VariationFinder<'r>,
}

/// Under what an obligation is tallied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    rule: usize,
    team: u32,
    month: Month,
    /// Whether its due day lies in the days of the report.
    inside: bool,
}

/// Tallies of some children: books are kept apart while many are counted at once, and then joined.
#[derive(Debug, Default)]
pub struct Book {
    /// Ids of teams in the order met; empty for no team.
    teams: Vec<String>,
    tallies: FxHashMap<Key, Tally>,
    backlog: FxHashMap<(usize, u32), [u64; AGE_BANDS.len()]>,
    variations: Vec<Variation>,
}

impl Book {
    fn team(&mut self, id: &str) -> u32 {
        let place = self.teams.iter().position(|known| known == id);
        place.unwrap_or_else(|| {
            self.teams.push(id.to_owned());
            self.teams.len() - 1
        }) as u32
    }

    /// Adds what another book counted.
    pub fn join(&mut self, other: Book) {
        let teams: Vec<u32> = other.teams.iter().map(|id| self.team(id)).collect();
        let here = |team: u32| teams[team as usize];
        for (key, tally) in other.tallies {
            let team = here(key.team);
            self.tallies
                .entry(Key { team, ..key })
                .or_default()
                .join(&tally);
        }
        for ((rule, team), bands) in other.backlog {
            let mine = self.backlog.entry((rule, here(team))).or_default();
            for (mine, theirs) in mine.iter_mut().zip(bands) {
                *mine += theirs;
            }
        }
        self.variations
            .extend(other.variations.into_iter().map(|variation| Variation {
                team: here(variation.team),
                ..variation
            }));
    }

    /// The ids of the teams that anything was counted for, sorted; empty for no team.
    pub fn teams(&self) -> Vec<String> {
        let mut teams = self.teams.clone();
        teams.sort();
        teams
    }
}

impl<'r> Reckoner<'r> {
    /// A reckoner of these rules as of a day, for a report of these days, of one team or of all, of
    /// one rule (by its place) or of all.
    pub fn new(
        rules: &'r RuleSet,
        as_at: Day,
        period: Period,
        team: Option<&'r str>,
        rule: Option<usize>,
    ) -> Self {
        let months = Month::of(period.to).0 - SERIES_MONTHS + 1;
        let quarters = Quarter::of(period.to).0 - SERIES_QUARTERS + 1;
        let first = Month(months).period().from;
        let first = first.min(Quarter(quarters).period().from).min(period.from);
        Reckoner {
            rules,
            as_at,
            period,
            team,
            rule,
            first,
            answers: answering_kinds(rules),
            variations: VariationFinder::new(rules),
        }
    }

    /// Counts the obligations of one child, evaluated as of the report's day.
    pub fn add(&self, book: &mut Book, timeline: &Timeline<'_>, obligations: &[Obligation<'_>]) {
        let id = timeline.child.team_id.unwrap_or("");
        if self.team.is_some_and(|team| team != id) {
            return;
        }
        let team = book.team(id);
        let asked = |rule: usize| self.rule.is_none_or(|asked| asked == rule);
        for obligation in obligations.iter().filter(|o| asked(o.rule)) {
            if obligation.state == State::Overdue {
                let bands = book.backlog.entry((obligation.rule, team)).or_default();
                bands[band(obligation.days_over)] += 1;
            }
            let due = obligation.due;
            if due < self.first || due > self.period.to {
                continue;
            }
            let key = Key {
                rule: obligation.rule,
                team,
                month: Month::of(due),
                inside: self.period.contains(due),
            };
            let lag = lag(timeline, &self.answers[obligation.rule], obligation);
            let tally = book.tallies.entry(key).or_default();
            tally.add(obligation.state, due, obligation.days_over, lag, self.as_at);
        }
        self.variations
            .find(timeline, team, self.as_at, |variation| {
                if asked(variation.rule) {
                    book.variations.push(variation);
                }
            });
    }

    /// The rules asked for that the copy can judge, by place.
    fn measured(&self) -> impl Iterator<Item = usize> {
        let unmeasured = |rule: &usize| self.rules.unmeasured.iter().any(|u| u.rule == *rule);
        (0..self.rules.rules.len())
            .filter(|rule| self.rule.is_none_or(|asked| asked == *rule))
            .filter(move |rule| !unmeasured(rule))
    }

    /// The lines of the report: of each rule, for all teams together (unless one was asked for) and
    /// for each team that has anything of it; over all days, by quarter and by month. `teams` are
    /// the ids of the teams in the order of the report.
    pub fn lines(&self, book: &Book, teams: &[String]) -> Vec<Line> {
        let mut sums: FxHashMap<(usize, Option<usize>, Span), Tally> = FxHashMap::default();
        for (key, tally) in book.tallies.iter().filter(|(key, _)| key.inside) {
            for team in [None, place_of(book, teams, key.team)] {
                for span in [
                    Span::Whole,
                    Span::Quarter(key.month.quarter()),
                    Span::Month(key.month),
                ] {
                    sums.entry((key.rule, team, span)).or_default().join(tally);
                }
            }
        }
        let spans: Vec<Span> = [Span::Whole]
            .into_iter()
            .chain(self.period.quarters().map(Span::Quarter))
            .chain(self.period.months().map(Span::Month))
            .collect();
        let mut lines = Vec::new();
        for rule in self.measured() {
            let all = self.team.is_none().then_some(None);
            for team in all.into_iter().chain((0..teams.len()).map(Some)) {
                let made = spans.iter().filter_map(|span| {
                    let days = span.within(self.period)?;
                    let tally = sums.get(&(rule, team, *span));
                    Some((
                        *span,
                        days,
                        self.figures(book, teams, rule, team, days, tally),
                    ))
                });
                let made: Vec<(Span, Period, Figures)> = made.collect();
                if team.is_some() && made.iter().all(|(_, _, figures)| figures.is_empty()) {
                    continue;
                }
                lines.extend(made.into_iter().map(|(span, days, figures)| Line {
                    rule,
                    team,
                    span,
                    days,
                    is_cut: span.is_cut(self.period),
                    cells: figures.cells(),
                }));
            }
        }
        lines
    }

    /// What charts are drawn from: of each rule, for all teams (or the one asked for), the last two
    /// years by month and the last five quarters, up to the last day of the report. The first day of
    /// the report does not cut them.
    pub fn series(&self, book: &Book, teams: &[String]) -> Vec<Line> {
        let team = self.team.and_then(|id| teams.iter().position(|t| t == id));
        let last = (Month::of(self.period.to), Quarter::of(self.period.to));
        let until = Period {
            from: self.first,
            to: self.period.to,
        };
        let mut sums: FxHashMap<(usize, Span), Tally> = FxHashMap::default();
        for (key, tally) in &book.tallies {
            for span in [Span::Quarter(key.month.quarter()), Span::Month(key.month)] {
                sums.entry((key.rule, span)).or_default().join(tally);
            }
        }
        let quarters =
            (last.1.0 - SERIES_QUARTERS + 1..=last.1.0).map(|q| Span::Quarter(Quarter(q)));
        let months = (last.0.0 - SERIES_MONTHS + 1..=last.0.0).map(|m| Span::Month(Month(m)));
        let spans: Vec<Span> = quarters.chain(months).collect();
        let mut lines = Vec::new();
        for rule in self.measured() {
            for span in &spans {
                let Some(days) = span.within(until) else {
                    continue;
                };
                let tally = sums.get(&(rule, *span));
                lines.push(Line {
                    rule,
                    team,
                    span: *span,
                    days,
                    is_cut: span.is_cut(until),
                    cells: self.figures(book, teams, rule, team, days, tally).cells(),
                });
            }
        }
        lines
    }

    fn figures(
        &self,
        book: &Book,
        teams: &[String],
        rule: usize,
        team: Option<usize>,
        days: Period,
        tally: Option<&Tally>,
    ) -> Figures {
        let of_line = book.variations.iter().filter(|variation| {
            let same_team = || place_of(book, teams, variation.team) == team;
            variation.rule == rule && (team.is_none() || same_team())
        });
        let ran = variations::count(of_line, days);
        Figures::of(tally.unwrap_or(&Tally::default()), ran)
    }

    /// What is overdue on the report's day, whenever it was due: of each rule, for all teams together
    /// (unless one was asked for) and for each team that has any.
    pub fn backlog(&self, book: &Book, teams: &[String]) -> Vec<Backlog> {
        let mut backlog = Vec::new();
        for rule in self.measured() {
            let all = self.team.is_none().then_some(None);
            for team in all.into_iter().chain((0..teams.len()).map(Some)) {
                let mut bands = [0; AGE_BANDS.len()];
                for ((of, by), counts) in &book.backlog {
                    let same_team = team.is_none() || place_of(book, teams, *by) == team;
                    if *of == rule && same_team {
                        for (sum, count) in bands.iter_mut().zip(counts) {
                            *sum += count;
                        }
                    }
                }
                let total: u64 = bands.iter().sum();
                if team.is_none() || total > 0 {
                    backlog.push(Backlog {
                        rule,
                        team,
                        bands: bands.map(Cell::Count),
                        total: Cell::Count(total),
                    });
                }
            }
        }
        backlog
    }
}

/// Where a book's team stands in the report.
fn place_of(book: &Book, teams: &[String], team: u32) -> Option<usize> {
    let id = &book.teams[team as usize];
    teams.iter().position(|known| known == id)
}
