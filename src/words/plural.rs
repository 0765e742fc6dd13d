//! The plural forms of a language: which of a phrase's forms goes with a number. The rules are CLDR's
//! for whole numbers; two languages need these few lines, and no library with the tables of two
//! hundred.

use serde::Deserialize;

use super::language::Language;

/// A plural form, named as CLDR names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are CLDR's")]
pub enum Form {
    Zero,
    One,
    Two,
    Few,
    Many,
    Other,
}

impl Form {
    /// The form that goes with a whole number. In Welsh 2 mutates what follows it, and 3 and 6 have
    /// forms of their own.
    pub fn of(language: Language, number: i64) -> Form {
        match (language, number) {
            (Language::English | Language::Welsh, 1) => Form::One,
            (Language::Welsh, 0) => Form::Zero,
            (Language::Welsh, 2) => Form::Two,
            (Language::Welsh, 3) => Form::Few,
            (Language::Welsh, 6) => Form::Many,
            (Language::English | Language::Welsh, _) => Form::Other,
        }
    }
}

/// A phrase in the plural forms of its language; a form that is not there is said as `other`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are CLDR's")]
pub struct Plural {
    pub zero: Option<String>,
    pub one: Option<String>,
    pub two: Option<String>,
    pub few: Option<String>,
    pub many: Option<String>,
    pub other: String,
}

impl Plural {
    /// The keys of the forms in a file.
    pub const FORMS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

    /// The phrase in one form.
    pub fn form(&self, form: Form) -> &str {
        let own = match form {
            Form::Zero => &self.zero,
            Form::One => &self.one,
            Form::Two => &self.two,
            Form::Few => &self.few,
            Form::Many => &self.many,
            Form::Other => &None,
        };
        own.as_deref().unwrap_or(&self.other)
    }

    /// All forms that are there.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        let some = [&self.zero, &self.one, &self.two, &self.few, &self.many];
        let some = some.into_iter().filter_map(Option::as_deref);
        some.chain([self.other.as_str()])
    }
}
