//! A TOML table that remembers where each key stands and which keys were asked for.

use std::cell::RefCell;
use std::fmt::Display;
use std::ops::Range;
use std::path::Path;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Fault, Faults, Place, nearest};

/// One file as it was written, named as the user named it.
#[derive(Debug, Clone)]
pub struct Document {
    name: String,
    text: String,
    /// The byte offset at which each line begins: a place is asked for at every key.
    lines: Vec<usize>,
}

/// A single value of a kind that the file does not fix.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Scalar {
    Bool(bool),
    Int(i64),
    Text(String),
}

/// A piece of text with the place it was written at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What was written.
    pub value: String,
    /// Where its first character stands.
    pub place: Place,
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
    fn place(&self, offset: usize) -> Place {
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

/// One table of a document: asked for its keys one by one, it collects what is wrong with them.
pub struct Table<'d> {
    document: &'d Document,
    entries: &'d DeTable<'d>,
    span: Range<usize>,
    faults: &'d RefCell<Vec<Fault>>,
    asked: Vec<String>,
    open: bool,
}

impl<'d> Table<'d> {
    fn new(
        document: &'d Document,
        entries: &'d DeTable<'d>,
        span: Range<usize>,
        faults: &'d RefCell<Vec<Fault>>,
    ) -> Self {
        Table {
            document,
            entries,
            span,
            faults,
            asked: Vec::new(),
            open: false,
        }
    }

    fn entry(&mut self, key: &str) -> Option<(&'d Spanned<DeValue<'d>>, Place)> {
        if !self.asked.iter().any(|k| k == key) {
            self.asked.push(key.to_owned());
        }
        let value = self.entries.get(key)?;
        Some((value, self.document.place(value.span().start)))
    }

    fn wrong(&self, place: Place, key: &str, wanted: &str, value: &DeValue<'_>) {
        self.faults.borrow_mut().push(Fault::new(
            place,
            format!(
                "`{key}` is {} {}",
                article(value.type_str()),
                value.type_str()
            ),
            format!("it must be {wanted}"),
        ));
    }

    /// Where the table begins.
    pub fn place(&self) -> Place {
        self.document.place(self.span.start)
    }

    /// Where the value of `key` stands, or the table where there is none.
    pub fn place_of(&self, key: &str) -> Place {
        match self.entries.get(key) {
            Some(value) => self.document.place(value.span().start),
            None => self.place(),
        }
    }

    /// Whether the key is there; asking makes it known.
    pub fn has(&mut self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// Every key that is there, in the order written; does not make them known.
    pub fn keys(&self) -> Vec<String> {
        self.entries
            .iter()
            .map(|(key, _)| key.get_ref().to_string())
            .collect()
    }

    /// Reports something wrong.
    pub fn fault(&self, fault: Fault) {
        self.faults.borrow_mut().push(fault);
    }

    /// How many things wrong with the document have been reported.
    pub fn fault_count(&self) -> usize {
        self.faults.borrow().len()
    }

    /// Reports several things wrong.
    pub fn faults(&self, faults: Faults) {
        self.faults.borrow_mut().extend(faults.0);
    }

    /// Reports that a mandatory key is missing.
    pub fn missing(&self, key: &str) {
        self.fault(Fault::new(
            self.place(),
            format!("`{key}` is missing"),
            "it is mandatory here",
        ));
    }

    /// Text, where the key is there.
    pub fn text(&mut self, key: &str) -> Option<Text> {
        let (value, place) = self.entry(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(Text {
                value: text.to_string(),
                place,
            }),
            other => {
                self.wrong(place, key, "text in quotes", other);
                None
            }
        }
    }

    /// Text that must be there and not be empty.
    pub fn need_text(&mut self, key: &str) -> Option<Text> {
        if !self.has(key) {
            self.missing(key);
            return None;
        }
        let text = self.text(key)?;
        if text.value.trim().is_empty() {
            self.fault(Fault::plain(text.place, format!("`{key}` is empty")));
            return None;
        }
        Some(text)
    }

    /// Text in a form that `T` reads; what it says of text it cannot read becomes the fault.
    pub fn parsed<T: FromStr>(&mut self, key: &str) -> Option<T>
    where
        T::Err: Display,
    {
        let text = self.text(key)?;
        match text.value.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault(Fault::plain(text.place, format!("`{key}`: {error}")));
                None
            }
        }
    }

    /// As [`Table::parsed`], for a key that must be there.
    pub fn need_parsed<T: FromStr>(&mut self, key: &str) -> Option<T>
    where
        T::Err: Display,
    {
        if !self.has(key) {
            self.missing(key);
        }
        self.parsed(key)
    }

    /// A yes or no.
    pub fn boolean(&mut self, key: &str) -> Option<bool> {
        let (value, place) = self.entry(key)?;
        match value.get_ref() {
            DeValue::Boolean(value) => Some(*value),
            other => {
                self.wrong(place, key, "true or false", other);
                None
            }
        }
    }

    /// A whole number.
    pub fn integer(&mut self, key: &str) -> Option<i64> {
        let (value, place) = self.entry(key)?;
        if let DeValue::Integer(number) = value.get_ref()
            && let Ok(number) = i64::from_str_radix(number.as_str(), number.radix())
        {
            return Some(number);
        }
        self.wrong(place, key, "a whole number", value.get_ref());
        None
    }

    /// A list of texts; a single text stands for a list of one.
    pub fn texts(&mut self, key: &str) -> Option<Vec<Text>> {
        let (value, place) = self.entry(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(vec![Text {
                value: text.to_string(),
                place,
            }]),
            DeValue::Array(items) => {
                let mut texts = Vec::new();
                for item in items.iter() {
                    let place = self.document.place(item.span().start);
                    match item.get_ref() {
                        DeValue::String(text) => texts.push(Text {
                            value: text.to_string(),
                            place,
                        }),
                        other => self.wrong(place, key, "a list of texts", other),
                    }
                }
                Some(texts)
            }
            other => {
                self.wrong(place, key, "a list of texts", other);
                None
            }
        }
    }

    /// A list in which each item is text that `T` reads.
    pub fn parsed_list<T: FromStr>(&mut self, key: &str) -> Option<Vec<T>>
    where
        T::Err: Display,
    {
        let texts = self.texts(key)?;
        let mut values = Vec::with_capacity(texts.len());
        for text in texts {
            match text.value.parse() {
                Ok(value) => values.push(value),
                Err(error) => {
                    self.fault(Fault::plain(text.place, format!("`{key}`: {error}")));
                }
            }
        }
        Some(values)
    }

    /// A single text, whole number or yes/no, whichever is there.
    pub fn scalar(&mut self, key: &str) -> Option<Scalar> {
        let (value, place) = self.entry(key)?;
        match value.get_ref() {
            DeValue::String(_) => self.text(key).map(|text| Scalar::Text(text.value)),
            DeValue::Boolean(value) => Some(Scalar::Bool(*value)),
            DeValue::Integer(_) => self.integer(key).map(Scalar::Int),
            other => {
                self.wrong(place, key, "text, a whole number, true or false", other);
                None
            }
        }
    }

    /// A table, read by `read`.
    pub fn table<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(&mut Table<'d>) -> Option<T>,
    ) -> Option<T> {
        let (value, place) = self.entry(key)?;
        match value.get_ref() {
            DeValue::Table(entries) => {
                let mut table = Table::new(self.document, entries, value.span(), self.faults);
                let result = read(&mut table);
                table.finish();
                result
            }
            other => {
                self.wrong(place, key, "a table", other);
                None
            }
        }
    }

    /// A list of tables (a single table stands for a list of one), each read by `read`. What could
    /// not be read is left out, and has left its faults.
    pub fn tables<T>(
        &mut self,
        key: &str,
        mut read: impl FnMut(&mut Table<'d>) -> Option<T>,
    ) -> Vec<T> {
        let Some((value, place)) = self.entry(key) else {
            return Vec::new();
        };
        let items: Vec<&'d Spanned<DeValue<'d>>> = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            DeValue::Table(_) => vec![value],
            other => {
                self.wrong(place, key, "a list of tables", other);
                return Vec::new();
            }
        };
        let mut results = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::Table(entries) => {
                    let mut table = Table::new(self.document, entries, item.span(), self.faults);
                    results.extend(read(&mut table));
                    table.finish();
                }
                other => self.wrong(
                    self.document.place(item.span().start),
                    key,
                    "a list of tables",
                    other,
                ),
            }
        }
        results
    }

    /// Accepts keys that were not asked for: for tables whose keys are names of the site's own.
    pub fn allow_any_key(&mut self) {
        self.open = true;
    }

    /// Reports every key that nobody asked for, with the nearest one that is known.
    fn finish(&mut self) {
        if self.open {
            return;
        }
        for (key, _) in self.entries.iter() {
            let name = key.get_ref();
            if self.asked.iter().any(|asked| asked == name) {
                continue;
            }
            let place = self.document.place(key.span().start);
            let what = format!("unknown key `{name}`");
            self.faults.borrow_mut().push(
                match nearest(name, self.asked.iter().map(String::as_str)) {
                    Some(near) => Fault::new(place, what, format!("did you mean `{near}`?")),
                    None => Fault::new(
                        place,
                        what,
                        format!("the keys known here are {}", self.asked.join(", ")),
                    ),
                },
            );
        }
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
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
