//! The words of the report, one file a language: names and definitions of the measures, labels, and
//! sentences. What they have in common with messages, and what fills them in, is in `words`.
//!
//! To add a language: a file with the keys of `english.toml`, and an arm in [`Words::of`].

use super::measure::{Cell, Measure, Unit};
use super::model::TeamTitle;
use super::period::{Month, Period, Span};
use crate::calendar::Day;
use crate::words::{Catalogue, CatalogueError, Filling, Language};

/// The words of one language.
#[derive(Debug, Clone)]
pub struct Words {
    catalogue: Catalogue,
}

impl Words {
    /// The words of a language.
    ///
    /// # Errors
    /// Where its file does not read, which a test rules out.
    pub fn of(language: Language) -> Result<Words, CatalogueError> {
        let text = match language {
            Language::English => include_str!("english.toml"),
            Language::Welsh => include_str!("welsh.toml"),
        };
        Ok(Words {
            catalogue: Catalogue::of(language, text)?,
        })
    }

    /// The phrase `key`, with its names filled in.
    ///
    /// # Errors
    /// Where the language lacks the phrase, or `with` lacks a name of it.
    pub fn say(&self, key: &str, with: &[Filling<'_>]) -> Result<String, CatalogueError> {
        self.catalogue.say(key, with)
    }

    /// What a measure is called: the head of its column.
    ///
    /// # Errors
    /// As [`Words::say`].
    pub fn name(&self, measure: Measure) -> Result<String, CatalogueError> {
        self.say(&format!("{}_name", measure.name()), &[])
    }

    /// What a measure counts, of what, and what it leaves out.
    ///
    /// # Errors
    /// As [`Words::say`].
    pub fn meaning(&self, measure: Measure) -> Result<String, CatalogueError> {
        self.say(&format!("{}_means", measure.name()), &[])
    }

    /// "30 April 2026".
    ///
    /// # Errors
    /// As [`Words::say`].
    pub fn day(&self, day: Day) -> Result<String, CatalogueError> {
        self.catalogue.date(day)
    }

    /// "April 2026", "Quarter 1 of 2026/27 (April to June)", or the days of the report.
    ///
    /// # Errors
    /// As [`Words::say`].
    pub fn span(&self, span: Span, period: Period) -> Result<String, CatalogueError> {
        match span {
            Span::Whole => self.say(
                "whole",
                &[
                    ("from", &self.day(period.from)?),
                    ("to", &self.day(period.to)?),
                ],
            ),
            Span::Month(month) => {
                let name = self.catalogue.month(month.number());
                self.say("month", &[("month", &name), ("year", &month.year())])
            }
            Span::Quarter(quarter) => {
                let [first, _, last] = quarter.months().map(|m| self.catalogue.month(m.number()));
                self.say(
                    "quarter",
                    &[
                        ("number", &quarter.number()),
                        ("year", &quarter.year_name()),
                        ("first", &first),
                        ("last", &last),
                    ],
                )
            }
        }
    }

    /// A month under a chart: "Apr 2026".
    ///
    /// # Errors
    /// As [`Words::say`].
    pub fn short_month(&self, month: Month) -> Result<String, CatalogueError> {
        let names = self.say("short_months", &[])?;
        let place = month.number().saturating_sub(1) as usize;
        let name = names.split(' ').nth(place).unwrap_or_default();
        self.say("short_month", &[("month", &name), ("year", &month.year())])
    }

    /// The name of a team, of all of them, or of none.
    ///
    /// # Errors
    /// As [`Words::say`].
    pub fn team(&self, team: Option<&TeamTitle>) -> Result<String, CatalogueError> {
        match team {
            None => self.say("all_teams", &[]),
            Some(team) if team.id.is_empty() => self.say("no_team", &[]),
            Some(team) => Ok(team.name.clone().unwrap_or_else(|| team.id.clone())),
        }
    }

    /// A figure for people: "72%", "3.5", "none", "kept back".
    ///
    /// # Errors
    /// As [`Words::say`].
    pub fn cell(&self, cell: Cell) -> Result<String, CatalogueError> {
        match cell {
            Cell::Count(count) => Ok(count.to_string()),
            Cell::Share(share) => self.say("percent", &[("number", &percent(share))]),
            Cell::Days(days) => Ok(days.to_string()),
            Cell::Nothing => self.say("nothing", &[]),
            Cell::Suppressed => self.say("suppressed", &[]),
            Cell::AtLeast(share) => self.say("at_least", &[("number", &percent(share))]),
            Cell::AtMost(share) => self.say("at_most", &[("number", &percent(share))]),
        }
    }

    /// What a unit is called.
    ///
    /// # Errors
    /// As [`Words::say`].
    pub fn unit(&self, unit: Unit) -> Result<String, CatalogueError> {
        let key = match unit {
            Unit::Count => "unit_count",
            Unit::Share => "unit_share",
            Unit::Days => "unit_days",
        };
        self.say(key, &[])
    }
}

/// A share in percent, to one decimal: 100 only where it is all, and 0 only where it is none.
fn percent(share: f64) -> String {
    let tenths = (share * 1000.0).round();
    let tenths = if share < 1.0 {
        tenths.min(999.0)
    } else {
        tenths
    };
    let tenths = if share > 0.0 { tenths.max(1.0) } else { tenths };
    format!("{:.1}", tenths / 10.0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn keys(text: &str) -> BTreeSet<(String, BTreeSet<String>)> {
        let file: toml::Table = text.parse().unwrap();
        let names = |phrase: &str| {
            let after = phrase.split('{').skip(1);
            after
                .filter_map(|rest| Some(rest.split_once('}')?.0.to_owned()))
                .collect()
        };
        let phrases = file["phrase"].as_table().unwrap();
        phrases
            .iter()
            .map(|(key, text)| (key.clone(), names(text.as_str().unwrap())))
            .collect()
    }

    #[test]
    fn both_languages_say_the_same_phrases_with_the_same_fillings() {
        let (english, welsh) = (include_str!("english.toml"), include_str!("welsh.toml"));
        assert_eq!(keys(english), keys(welsh));
    }

    #[test]
    fn every_measure_has_a_name_and_a_meaning_in_every_language() {
        for language in Language::ALL {
            let words = Words::of(language).unwrap();
            assert_eq!(words.say("lang", &[]).unwrap(), language.code());
            for measure in Measure::ALL {
                assert!(!words.name(measure).unwrap().is_empty());
                assert!(words.meaning(measure).unwrap().ends_with('.'));
            }
        }
    }

    #[test]
    fn the_documentation_says_what_the_report_says() {
        let words = Words::of(Language::English).unwrap();
        let page = include_str!("../../../docs/report.md");
        for measure in Measure::ALL {
            let (name, meaning) = (
                words.name(measure).unwrap(),
                words.meaning(measure).unwrap(),
            );
            let row = format!("| `{}` | {name} | {meaning} |", measure.name());
            assert!(page.contains(&row), "docs/report.md lacks: {row}");
        }
    }

    #[test]
    fn periods_are_said_as_a_board_says_them() {
        let period = Period {
            from: "2026-04-01".parse().unwrap(),
            to: "2026-06-30".parse().unwrap(),
        };
        let said = |language, span: &str| {
            let words = Words::of(language).unwrap();
            words.span(span.parse().unwrap(), period).unwrap()
        };
        assert_eq!(
            said(Language::English, "whole"),
            "1 April 2026 to 30 June 2026"
        );
        assert_eq!(
            said(Language::English, "2026/27 Q1"),
            "Quarter 1 of 2026/27 (April to June)"
        );
        assert_eq!(said(Language::Welsh, "2026-05"), "Mai 2026");
    }

    #[test]
    fn a_share_is_all_or_nothing_only_where_it_is() {
        assert_eq!(percent(0.9999), "99.9");
        assert_eq!(percent(1.0), "100.0");
        assert_eq!(percent(0.0001), "0.1");
        assert_eq!(percent(0.0), "0.0");
        assert_eq!(percent(0.125), "12.5");
    }
}
