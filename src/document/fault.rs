//! One thing wrong with what somebody wrote: where it is, what it is, what to do about it.

use std::fmt;

/// Where a fault lies. Lines and columns count from 1; 0 means the whole file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// The file as the user named it, or what else is at fault (`COREWATCH__MAIL__HOST`).
    pub file: String,
    /// Line, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// Column in characters, from 1; 0 where the whole line is meant.
    pub column: usize,
}

impl Place {
    /// A whole file, or a thing that is not a file at all.
    pub fn whole(file: impl Into<String>) -> Self {
        Place {
            file: file.into(),
            line: 0,
            column: 0,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
            if self.column > 0 {
                write!(f, ":{}", self.column)?;
            }
        }
        Ok(())
    }
}

/// One fault: printed as `where: what; what to do`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where it is.
    pub place: Place,
    /// What is wrong, without a full stop.
    pub what: String,
    /// What to do about it, where that is not plain from `what`.
    pub remedy: Option<String>,
}

impl Fault {
    /// A fault with something to do about it.
    pub fn new(place: Place, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Fault {
            place,
            what: what.into(),
            remedy: Some(remedy.into()),
        }
    }

    /// A fault whose remedy is plain from what it says.
    pub fn plain(place: Place, what: impl Into<String>) -> Self {
        Fault {
            place,
            what: what.into(),
            remedy: None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)?;
        if let Some(remedy) = &self.remedy {
            write!(f, "; {remedy}")?;
        }
        Ok(())
    }
}

/// Everything wrong with one or more files, told at once: one line a fault.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    /// `value` where nothing was found, else all the faults, in the order of the files.
    pub fn or<T>(mut self, value: T) -> Result<T, Faults> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            self.0.sort();
            self.0.dedup();
            Err(self)
        }
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Faults(vec![fault])
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Fault {}
impl std::error::Error for Faults {}

/// The known name that `given` was most likely meant to be, if any is near.
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| {
            let a = given.to_lowercase();
            let b = name.to_lowercase();
            (strsim::damerau_levenshtein(&a, &b), name)
        })
        .filter(|(distance, name)| *distance <= 1 + name.len().max(given.len()) / 3)
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_near() {
        assert_eq!(
            nearest("child_sen", ["child_seen", "alone"]),
            Some("child_seen")
        );
        assert_eq!(nearest("Alone", ["child_seen", "alone"]), Some("alone"));
        assert_eq!(nearest("zebra", ["child_seen", "alone"]), None);
    }

    #[test]
    fn a_fault_says_where_what_and_what_to_do() {
        let place = Place {
            file: "packs/local.toml".into(),
            line: 3,
            column: 7,
        };
        assert_eq!(
            Fault::new(place, "unknown key `titel`", "did you mean `title`?").to_string(),
            "packs/local.toml:3:7: unknown key `titel`; did you mean `title`?"
        );
    }
}
