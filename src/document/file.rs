//! One file that people write, and where each character of it stands.

use std::cell::RefCell;
use std::path::Path;
use std::string::FromUtf8Error;

use toml::de::DeTable;

use super::{Fault, Faults, Place, Table};

/// What word processors make of the quotes that are typed.
const CURLY_QUOTES: [char; 4] = ['“', '”', '‘', '’'];

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
        let bytes = std::fs::read(path).map_err(|error| {
            Fault::new(
                Place::whole(&name),
                format!("cannot be read ({error})"),
                "check the path and that corewatch may read it",
            )
        })?;
        String::from_utf8(bytes)
            .map(|text| Document::new(&name, text))
            .map_err(|error| not_utf8(&name, &error).into())
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
                let start = error.span().map_or(0, |span| span.start);
                let message = error.message().trim().replace('\n', " ");
                let what = format!("not valid TOML: {message}");
                match self.text.get(start..).and_then(|rest| rest.chars().next()) {
                    Some(quote) if CURLY_QUOTES.contains(&quote) => Fault::new(
                        self.place(start),
                        what,
                        format!(
                            "`{quote}` is a word processor's quote: write a straight one, `\"`"
                        ),
                    ),
                    _ => Fault::plain(self.place(start), what),
                }
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

/// The first character that is not UTF-8, and how to save the file so that it is.
fn not_utf8(name: &str, error: &FromUtf8Error) -> Fault {
    let bytes = error.as_bytes();
    let sound = &bytes[..error.utf8_error().valid_up_to()];
    let is_utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let place = if is_utf16 {
        Place::whole(name)
    } else {
        let sound = String::from_utf8_lossy(sound);
        Document::new(name, &*sound).place(sound.len())
    };
    let what = if is_utf16 {
        "the file is UTF-16"
    } else {
        "the file is not UTF-8 text from here on"
    };
    Fault::new(place, what, "save it as UTF-8 in the editor")
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
                "f.toml:3:1: unknown key `titel`; did you mean `title`?",
                "f.toml:5:9: `title` is empty",
            ]
        );
    }

    #[test]
    fn a_file_that_is_not_utf8_says_where_and_how_to_save_it() {
        let folder = tempfile::tempdir().unwrap();
        let told = |bytes: &[u8]| {
            let path = folder.path().join("f.toml");
            std::fs::write(&path, bytes).unwrap();
            let told = Document::read(&path).unwrap_err().to_string();
            told.replace(&format!("{}/", folder.path().display()), "")
        };
        assert_eq!(
            told(b"id = 'x'\ntitle = 'Caf\xe9'\n"),
            "f.toml:2:13: the file is not UTF-8 text from here on; save it as UTF-8 in the editor"
        );
        assert_eq!(
            told(b"\xff\xfei\0d\0"),
            "f.toml: the file is UTF-16; save it as UTF-8 in the editor"
        );
    }

    #[test]
    fn a_word_processors_quotes_are_named() {
        let faults = read("id = “x”\n").unwrap_err().to_string();
        assert!(
            faults.ends_with("`“` is a word processor's quote: write a straight one, `\"`"),
            "{faults}"
        );
    }

    #[test]
    fn broken_toml_is_told_with_its_line() {
        let faults = read("id = 'x'\n[[rule]\n").unwrap_err();
        assert_eq!(faults.0[0].place.line, 2);
    }
}
