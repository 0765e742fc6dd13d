//! Which language.

use std::fmt;
use std::str::FromStr;

/// A language that people are written to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Language {
    /// British English.
    #[default]
    English,
    /// Welsh.
    Welsh,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 2] = [Language::English, Language::Welsh];

    /// Its code, as settings and the command line write it: `en`, `cy`.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Welsh => "cy",
        }
    }

    /// The language that a case system's record names, however it writes it: by code (`cy`, `cy-GB`,
    /// `CYM`) or by name, in English or in Welsh. `None` for any other.
    pub fn understood(text: &str) -> Option<Language> {
        let text = text.trim().to_lowercase();
        let code = text.split(['-', '_']).next().unwrap_or_default();
        match code {
            "en" | "eng" | "english" | "saesneg" => Some(Language::English),
            "cy" | "cym" | "wel" | "welsh" | "cymraeg" => Some(Language::Welsh),
            _ => None,
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Language::ALL
            .into_iter()
            .find(|language| language.code() == text)
            .ok_or_else(|| format!("`{text}` is not a language; it is en or cy"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_understood_however_a_case_system_writes_it() {
        for text in ["cy", "CY", " cy-GB ", "cym", "Welsh", "Cymraeg"] {
            assert_eq!(Language::understood(text), Some(Language::Welsh), "{text}");
        }
        for text in ["en", "en_GB", "English", "Saesneg"] {
            assert_eq!(
                Language::understood(text),
                Some(Language::English),
                "{text}"
            );
        }
        assert_eq!(Language::understood("Polish"), None);
        assert!("welsh".parse::<Language>().is_err());
    }
}
