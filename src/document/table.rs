//! A TOML table that remembers where each key stands and which keys were asked for.

use std::cell::RefCell;
use std::fmt::Display;
use std::ops::Range;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Document, Fault, Faults, Place, nearest};

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
    pub(super) fn new(
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

    /// Whether the key is there, with a table; asking makes it known.
    pub fn is_table(&mut self, key: &str) -> bool {
        self.entry(key)
            .is_some_and(|(value, _)| matches!(value.get_ref(), DeValue::Table(_)))
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
        self.fault(self.lacks(key));
    }

    fn lacks(&self, key: &str) -> Fault {
        Fault::new(
            self.place(),
            format!("`{key}` is missing"),
            "it is mandatory here",
        )
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

    /// Reports every key that nobody asked for, with the nearest one that is known: a mandatory key
    /// that is only misspelt is not reported as missing besides.
    pub(super) fn finish(&mut self) {
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
            let near = nearest(name, self.asked.iter().map(String::as_str));
            if let Some(near) = near {
                let lacks = self.lacks(near);
                self.faults.borrow_mut().retain(|fault| *fault != lacks);
            }
            self.faults.borrow_mut().push(match near {
                Some(near) => Fault::new(place, what, format!("did you mean `{near}`?")),
                None => Fault::new(
                    place,
                    what,
                    format!("the keys known here are {}", self.asked.join(", ")),
                ),
            });
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
