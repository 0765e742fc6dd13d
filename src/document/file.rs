//! One file that people write, and where each character of it stands.

use std::cell::RefCell;
use std::path::Path;

use toml::de::DeTable;

use super::{Fault, Faults, Place, Table};

/// One file as it was written, named as the user named it.
#[derive(Debug, Clone)]
pub struct Document {
    name: String,
    text: String,
    /// The byte offset at which each line begins: a place is asked for at every key.
    lines: Vec<usize>,
}

impl Document {
    /// A document from text already in hand; `name` stands in every fault.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(after_breaks).collect();
        Document {
            name: name.into(),
            text,
            lines,
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// One fault, that names the file, where it cannot be read or is not UTF-8.
    pub fn read(path: &Path) -> Result<Self, Faults> {
        let name = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Document::new(name, text)),
            Err(error) => Err(Fault::new(
                Place::whole(name),
                format!("cannot be read ({error})"),
                "check the path and that corewatch may read it",
            )
            .into()),
        }
    }

    /// The name that stands in its faults.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Parses the document and hands its top table to `read`; every fault found is returned at once.
    ///
    /// # Errors
    /// All faults of syntax, or else all that `read` found, unknown keys among them.
    pub fn parse<T>(&self, read: impl FnOnce(&mut Table<'_>) -> Option<T>) -> Result<T, Faults> {
        let (root, errors) = DeTable::parse_recoverable(&self.text);
        if !errors.is_empty() {
            let faults = errors.iter().map(|error| {
                Fault::plain(
                    self.place(error.span().map_or(0, |span| span.start)),
                    format!(
                        "not valid TOML: {}",
                        error.message().trim().replace('\n', " ")
                    ),
                )
            });
            return Err(Faults(faults.collect()));
        }
        let faults = RefCell::new(Vec::new());
        let span = root.span();
        let mut table = Table::new(self, root.get_ref(), span, &faults);
        let value = read(&mut table);
        table.finish();
        let faults = faults.into_inner();
        match value {
            Some(value) => Faults(faults).or(value),
            None if faults.is_empty() => {
                Err(Fault::plain(Place::whole(&self.name), "cannot be used").into())
            }
            None => {
                let mut faults = Faults(faults);
                faults.0.sort();
                faults.0.dedup();
                Err(faults)
            }
        }
    }

    /// Line and column of a byte offset.
    pub(super) fn place(&self, offset: usize) -> Place {
        let offset = offset.min(self.text.len());
        let line = self.lines.partition_point(|&start| start <= offset);
        let before = &self.text.as_bytes()[self.lines[line - 1]..offset];
        let column = String::from_utf8_lossy(before).chars().count() + 1;
        Place {
            file: self.name.clone(),
            line,
            column,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(String, Vec<String>), Faults> {
        Document::new("f.toml", text).parse(|top| {
            let id = top.need_text("id");
            let names = top.tables("rule", |rule| rule.need_text("title").map(|t| t.value));
            Some((id?.value, names))
        })
    }

    #[test]
    fn reads_what_is_right() {
        let (id, names) = read("id = 'x'\n[[rule]]\ntitle = 'a'\n[[rule]]\ntitle = 'b'\n").unwrap();
        assert_eq!(
            (id.as_str(), names),
            ("x", vec!["a".to_owned(), "b".to_owned()])
        );
    }

    #[test]
    fn every_fault_is_told_at_once_with_its_line() {
        let faults = read("id = 3\n[[rule]]\ntitel = 'a'\n[[rule]]\ntitle = ''\n").unwrap_err();
        let lines: Vec<String> = faults.0.iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "f.toml:1:6: `id` is an integer; it must be text in quotes",
                "f.toml:2:1: `title` is missing; it is mandatory here",
                "f.toml:3:1: unknown key `titel`; did you mean `title`?",
                "f.toml:5:9: `title` is empty",
            ]
        );
    }

    #[test]
    fn broken_toml_is_told_with_its_line() {
        let faults = read("id = 'x'\n[[rule]\n").unwrap_err();
        assert_eq!(faults.0[0].place.line, 2);
    }
}
