//! A catalogue of phrases in one language: `{name}` in a phrase is filled in, and a phrase with
//! plural forms is chosen by `{n}`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use chrono::{Datelike, NaiveTime};
use serde::Deserialize;

use super::language::Language;
use super::plural::{Form, Plural};
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
#[derive(Debug, Clone)]
pub struct Catalogue {
    language: Language,
    weekdays: [String; 7],
    months: [String; 12],
    phrases: BTreeMap<String, Phrase>,
}

/// The words that all rooms have in common.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Common {
    weekdays: [String; 7],
    months: [String; 12],
    phrase: BTreeMap<String, Phrase>,
}

/// The words of one room.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    phrase: BTreeMap<String, Phrase>,
}

/// A phrase of a catalogue.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Phrase {
    /// One form for all numbers.
    Plain(String),
    /// A form for each kind of number.
    Plural(Plural),
}

impl Phrase {
    /// The names that it has filled in; what is no name for want of a `}` is given as it stands.
    pub fn names(&self) -> BTreeSet<String> {
        let names = |pattern: &str| -> Vec<String> {
            let after = pattern.split('{').skip(1);
            after
                .map(|rest| rest.split_once('}').map_or(rest, |(name, _)| name))
                .map(str::to_owned)
                .collect()
        };
        match self {
            Phrase::Plain(pattern) => names(pattern).into_iter().collect(),
            Phrase::Plural(plural) => plural.all().flat_map(names).collect(),
        }
    }
}

/// What fills a `{name}` of a phrase.
pub type Filling<'a> = (&'a str, &'a dyn Display);

impl Catalogue {
    /// The words of a language: those that all rooms have in common, under the words of a room's own
    /// file.
    ///
    /// # Errors
    /// Where the file is not one of phrases.
    pub fn of(language: Language, own: &str) -> Result<Catalogue, CatalogueError> {
        let common: Common = toml::from_str(match language {
            Language::English => include_str!("common/english.toml"),
            Language::Welsh => include_str!("common/welsh.toml"),
        })?;
        let own: Own = toml::from_str(own)?;
        let mut catalogue = Catalogue {
            language,
            weekdays: common.weekdays,
            months: common.months,
            phrases: common.phrase,
        };
        catalogue.phrases.extend(own.phrase);
        Ok(catalogue)
    }

    /// Which language it is.
    pub fn language(&self) -> Language {
        self.language
    }

    /// All its phrases, by key.
    pub fn phrases(&self) -> &BTreeMap<String, Phrase> {
        &self.phrases
    }

    /// Has other words for a key, or words for a new one.
    pub fn put(&mut self, key: String, phrase: Phrase) {
        self.phrases.insert(key, phrase);
    }

    /// Whether it has words for a key.
    pub fn has(&self, key: &str) -> bool {
        self.phrases.contains_key(key)
    }

    /// The phrase `key`, with its names filled in.
    ///
    /// # Errors
    /// Where the language has no such phrase, or `with` lacks a name of it.
    pub fn say(&self, key: &str, with: &[Filling<'_>]) -> Result<String, CatalogueError> {
        let missing = |what: String| CatalogueError::Missing(format!("{key}: {what}"));
        let phrase = self
            .phrases
            .get(key)
            .ok_or_else(|| CatalogueError::Missing(key.to_owned()))?;
        let pattern = match phrase {
            Phrase::Plain(pattern) => pattern,
            Phrase::Plural(plural) => {
                let n = with.iter().find(|(name, _)| *name == "n");
                let n = n.and_then(|(_, value)| value.to_string().parse().ok());
                let n = n.ok_or_else(|| missing("{n}".to_owned()))?;
                plural.form(Form::of(self.language, n))
            }
        };
        let mut said = String::with_capacity(pattern.len() + 32);
        let mut rest: &str = pattern;
        while let Some((before, after)) = rest.split_once('{') {
            said.push_str(before);
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| missing("`}`".to_owned()))?;
            let (_, value) = with
                .iter()
                .find(|(given, _)| *given == name)
                .ok_or_else(|| missing(format!("{{{name}}}")))?;
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

    /// A day as the phrase `date` writes it: "Thu 4 June 2026", "dydd Iau 4 Mehefin 2026".
    ///
    /// # Errors
    /// As [`Catalogue::say`].
    pub fn date(&self, day: Day) -> Result<String, CatalogueError> {
        self.day("date", day)
    }

    /// When something was, in a sentence: "on Thu 4 June 2026", "ddydd Iau 4 Mehefin 2026", since
    /// Welsh mutates the day there.
    ///
    /// # Errors
    /// As [`Catalogue::say`].
    pub fn on_date(&self, day: Day) -> Result<String, CatalogueError> {
        self.day("on_date", day)
    }

    /// "4 June".
    ///
    /// # Errors
    /// As [`Catalogue::say`].
    pub fn short_date(&self, day: Day) -> Result<String, CatalogueError> {
        self.day("short_date", day)
    }

    fn day(&self, key: &str, day: Day) -> Result<String, CatalogueError> {
        let date = day.date();
        self.say(
            key,
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

    /// "Thu 4 June 2026, 14:30", or the date alone where there is no time.
    ///
    /// # Errors
    /// As [`Catalogue::say`].
    pub fn moment(&self, day: Day, time: Option<NaiveTime>) -> Result<String, CatalogueError> {
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
    ///
    /// # Errors
    /// As [`Catalogue::say`].
    pub fn list<T: Display>(&self, items: &[T]) -> Result<String, CatalogueError> {
        let texts: Vec<String> = items.iter().map(ToString::to_string).collect();
        match texts.split_last() {
            None => Ok(String::new()),
            Some((last, [])) => Ok(last.clone()),
            Some((last, some)) => {
                let key = if begins_with_vowel(last) {
                    "and_before_vowel"
                } else {
                    "and"
                };
                self.say(key, &[("some", &some.join(", ")), ("last", last)])
            }
        }
    }
}

/// Whether a word, or a figure read aloud in Welsh (un, wyth, un ar ddeg), begins with a Welsh vowel.
fn begins_with_vowel(text: &str) -> bool {
    let is_vowel = |c: char| "aeiouwyâêîôûŵŷáéíóúàèìòùäëïöü".contains(c);
    let first = text.chars().flat_map(char::to_lowercase).next();
    first.is_some_and(is_vowel) || ["1", "8", "11"].contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAYS: &str = r#"
[phrase]
days = { one = "{n} day", other = "{n} days" }
case = "Case {case_ref}"
"#;

    fn english() -> Catalogue {
        Catalogue::of(Language::English, DAYS).unwrap()
    }

    #[test]
    fn days_are_said_as_people_say_them() {
        let words = english();
        let day = "2026-06-04".parse().unwrap();
        assert_eq!(words.date(day).unwrap(), "Thu 4 June 2026");
        assert_eq!(words.on_date(day).unwrap(), "on Thu 4 June 2026");
        assert_eq!(words.short_date(day).unwrap(), "4 June");
        let time = NaiveTime::from_hms_opt(14, 30, 0);
        assert_eq!(words.moment(day, time).unwrap(), "Thu 4 June 2026, 14:30");
        assert_eq!(words.say("days", &[("n", &1)]).unwrap(), "1 day");
        assert_eq!(words.say("days", &[("n", &6)]).unwrap(), "6 days");
        assert_eq!(words.list(&[1, 2, 3]).unwrap(), "1, 2 and 3");
    }

    #[test]
    fn welsh_has_its_own_forms() {
        let six = r#"
[phrase]
cats = { zero = "{n} cathod", one = "{n} gath", two = "{n} gath", few = "{n} cath", many = "{n} chath", other = "{n} cath" }
"#;
        let words = Catalogue::of(Language::Welsh, six).unwrap();
        let day = "2026-06-04".parse().unwrap();
        assert_eq!(words.date(day).unwrap(), "dydd Iau 4 Mehefin 2026");
        assert_eq!(words.on_date(day).unwrap(), "ddydd Iau 4 Mehefin 2026");
        // The examples that CLDR gives for Welsh.
        let said: Vec<String> = [0, 1, 2, 3, 4, 5, 6, 7, 11, 12]
            .into_iter()
            .map(|n| words.say("cats", &[("n", &n)]).unwrap())
            .collect();
        assert_eq!(
            said.join(", "),
            "0 cathod, 1 gath, 2 gath, 3 cath, 4 cath, 5 cath, 6 chath, 7 cath, 11 cath, 12 cath"
        );
        assert_eq!(words.list(&["Siân", "Tomos"]).unwrap(), "Siân a Tomos");
        assert_eq!(words.list(&["Siân", "Ŵyn"]).unwrap(), "Siân ac Ŵyn");
        assert_eq!(words.list(&[7, 8]).unwrap(), "7 ac 8");
    }

    #[test]
    fn what_a_language_lacks_is_named_and_what_is_filled_in_is_not_read_again() {
        let words = english();
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
