//! The words of messages, one file a language in `templates/`.
//!
//! To add a language: a file with the keys of `english.toml`, a variant of [`Language`], a line in
//! [`Catalogue::of`]; where it has more plural forms than one and other, a line in [`Plural::of`].

use std::collections::BTreeMap;
use std::fmt::Display;

use chrono::{Datelike, NaiveTime};
use serde::Deserialize;

use super::letter::Language;
use crate::calendar::Day;

/// What cannot be said.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The file of the language does not read.
    #[error("the words of messages do not read: {0}")]
    Unreadable(#[from] toml::de::Error),
    /// A key that the language has not.
    #[error("the words of messages lack `{0}`")]
    Missing(String),
}

/// All phrases of one language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    weekdays: [String; 7],
    months: [String; 12],
    phrase: BTreeMap<String, Phrase>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Phrase {
    Plain(String),
    Plural(Plural),
}

/// The forms that English has.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plural {
    one: String,
    other: String,
}

impl Plural {
    fn of(&self, n: &str) -> &str {
        if n == "1" { &self.one } else { &self.other }
    }
}

/// What fills a `{name}` of a phrase.
pub type Filling<'a> = (&'a str, &'a dyn Display);

impl Catalogue {
    /// The words of a language.
    pub(super) fn of(language: Language) -> Result<Catalogue, CatalogueError> {
        let text = match language {
            Language::English => include_str!("templates/english.toml"),
        };
        Catalogue::read(text)
    }

    /// The words of a file of phrases.
    ///
    /// # Errors
    /// Where it is not one.
    pub fn read(text: &str) -> Result<Catalogue, CatalogueError> {
        Ok(toml::from_str(text)?)
    }

    /// The phrase `key`, with its names filled in.
    ///
    /// # Errors
    /// Where the language has no such phrase, or `with` lacks a name of it.
    pub fn say(&self, key: &str, with: &[Filling<'_>]) -> Result<String, CatalogueError> {
        let phrase = self
            .phrase
            .get(key)
            .ok_or_else(|| CatalogueError::Missing(key.to_owned()))?;
        let pattern = match phrase {
            Phrase::Plain(pattern) => pattern,
            Phrase::Plural(plural) => {
                let n = with
                    .iter()
                    .find(|(name, _)| *name == "n")
                    .map(|(_, value)| value.to_string())
                    .ok_or_else(|| CatalogueError::Missing(format!("{key}: {{n}}")))?;
                plural.of(&n)
            }
        };
        let mut said = String::with_capacity(pattern.len() + 32);
        let mut rest: &str = pattern;
        while let Some((before, after)) = rest.split_once('{') {
            said.push_str(before);
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| CatalogueError::Missing(format!("{key}: `}}`")))?;
            let (_, value) = with
                .iter()
                .find(|(given, _)| *given == name)
                .ok_or_else(|| CatalogueError::Missing(format!("{key}: {{{name}}}")))?;
            said.push_str(&value.to_string());
            rest = after;
        }
        said.push_str(rest);
        Ok(said)
    }

    /// The name of a month, counted from 1.
    pub fn month(&self, number: u32) -> &str {
        let place = number.saturating_sub(1) as usize % self.months.len();
        &self.months[place]
    }

    /// A day as the file's phrase `date` writes it: "Thu 4 June 2026".
    ///
    /// # Errors
    /// As [`Catalogue::say`].
    pub fn date(&self, day: Day) -> Result<String, CatalogueError> {
        let date = day.date();
        self.say(
            "date",
            &[
                (
                    "weekday",
                    &self.weekdays[date.weekday().num_days_from_monday() as usize],
                ),
                ("day", &date.day()),
                ("month", &self.months[date.month0() as usize]),
                ("year", &date.year()),
            ],
        )
    }

    /// "4 June".
    pub(super) fn short_date(&self, day: Day) -> Result<String, CatalogueError> {
        let date = day.date();
        self.say(
            "short_date",
            &[
                ("day", &date.day()),
                ("month", &self.months[date.month0() as usize]),
            ],
        )
    }

    /// "Thu 4 June 2026, 14:30", or the date alone where there is no time.
    pub(super) fn moment(
        &self,
        day: Day,
        time: Option<NaiveTime>,
    ) -> Result<String, CatalogueError> {
        let date = self.date(day)?;
        match time {
            None => Ok(date),
            Some(time) => self.say(
                "at_time",
                &[("date", &date), ("time", &time.format("%H:%M"))],
            ),
        }
    }

    /// "a, b and c".
    pub(super) fn list<T: Display>(&self, items: &[T]) -> Result<String, CatalogueError> {
        let texts: Vec<String> = items.iter().map(ToString::to_string).collect();
        match texts.split_last() {
            None => Ok(String::new()),
            Some((last, [])) => Ok(last.clone()),
            Some((last, some)) => self.say("and", &[("some", &some.join(", ")), ("last", last)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_said_as_people_say_them() {
        let words = Catalogue::of(Language::English).unwrap();
        let day = "2026-06-04".parse().unwrap();
        assert_eq!(words.date(day).unwrap(), "Thu 4 June 2026");
        assert_eq!(words.short_date(day).unwrap(), "4 June");
        let time = NaiveTime::from_hms_opt(14, 30, 0);
        assert_eq!(words.moment(day, time).unwrap(), "Thu 4 June 2026, 14:30");
        assert_eq!(words.say("days", &[("n", &1)]).unwrap(), "1 day");
        assert_eq!(words.say("days", &[("n", &6)]).unwrap(), "6 days");
        assert_eq!(words.list(&[1, 2, 3]).unwrap(), "1, 2 and 3");
    }

    #[test]
    fn what_a_language_lacks_is_named_and_what_is_filled_in_is_not_read_again() {
        let words = Catalogue::of(Language::English).unwrap();
        let lacking = words.say("no_such_phrase", &[]).unwrap_err();
        assert_eq!(
            lacking.to_string(),
            "the words of messages lack `no_such_phrase`"
        );
        assert!(words.say("case", &[]).is_err());
        assert_eq!(
            words.say("case", &[("case_ref", &"{days}")]).unwrap(),
            "Case {days}"
        );
    }
}
