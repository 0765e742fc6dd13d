//! One section of the configuration file with what is laid over it: asked for a key, it says what
//! stands in the overlay, else in the file, and where.

use std::cell::RefCell;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::Overlay;
use crate::document::{Fault, Place, Table, Text};

/// What all sections of one reading share.
pub(super) struct Reading<'r> {
    /// The configuration file as a place.
    pub(super) file: Place,
    pub(super) overlay: &'r Overlay,
    pub(super) faults: RefCell<Vec<Fault>>,
}

/// A section: its table, where the file has it, under the overlay.
pub(super) struct Section<'s, 'd> {
    table: Option<&'s mut Table<'d>>,
    /// Its name, with which its keys begin in the overlay; empty for what cannot be laid over.
    name: &'s str,
    reading: &'s Reading<'s>,
}

impl<'s, 'd> Section<'s, 'd> {
    /// A table of the file that nothing can be laid over.
    pub(super) fn of_file(table: &'s mut Table<'d>, reading: &'s Reading<'s>) -> Self {
        Section {
            table: Some(table),
            name: "",
            reading,
        }
    }

    /// Reads the section `name`, where the file or the overlay has it.
    pub(super) fn read<T>(
        top: &mut Table<'d>,
        name: &str,
        reading: &Reading<'_>,
        read: impl FnOnce(&mut Section<'_, 'd>) -> T,
    ) -> Option<T> {
        if top.has(name) {
            top.table(name, |table| {
                Some(read(&mut Section {
                    table: Some(table),
                    name,
                    reading,
                }))
            })
        } else if reading.overlay.reaches(name) {
            Some(read(&mut Section {
                table: None,
                name,
                reading,
            }))
        } else {
            None
        }
    }

    /// The table in the file, if there is one.
    pub(super) fn table(&mut self) -> Option<&mut Table<'d>> {
        self.table.as_deref_mut()
    }

    /// Where the section begins.
    pub(super) fn place(&self) -> Place {
        self.table
            .as_ref()
            .map_or_else(|| self.reading.file.clone(), |table| table.place())
    }

    /// Reports something wrong.
    pub(super) fn fault(&self, place: Place, what: impl Into<String>, remedy: impl Into<String>) {
        let fault = Fault::new(place, what, remedy);
        self.reading.faults.borrow_mut().push(fault);
    }

    fn overlaid(&self, key: &str) -> Option<Text> {
        if self.name.is_empty() {
            return None;
        }
        self.reading.overlay.get(&format!("{}.{key}", self.name))
    }

    /// Text, where it is given.
    pub(super) fn text(&mut self, key: &str) -> Option<Text> {
        let overlaid = self.overlaid(key);
        // The file is asked too: a key that is overlaid is no less known there.
        let written = self.table.as_mut().and_then(|table| table.text(key));
        overlaid.or(written)
    }

    /// Text that must be given and not be empty.
    pub(super) fn need_text(&mut self, key: &str) -> Option<Text> {
        let written = self.table.as_mut().is_some_and(|table| table.has(key));
        let text = self.text(key);
        match &text {
            Some(text) if text.value.trim().is_empty() => {
                self.fault(
                    text.place.clone(),
                    format!("`{key}` is empty"),
                    "fill it in",
                );
                return None;
            }
            None if !written => self.missing(key),
            _ => {}
        }
        text
    }

    fn missing(&self, key: &str) {
        let remedy = if self.name.is_empty() {
            "it is mandatory here".to_owned()
        } else {
            format!(
                "write it in [{0}], or set COREWATCH__{1}__{2}",
                self.name,
                self.name.to_uppercase(),
                key.to_uppercase()
            )
        };
        self.fault(self.place(), format!("`{key}` is missing"), remedy);
    }

    /// Text in a form that `T` reads; what it says of text it cannot read becomes the fault.
    pub(super) fn parsed<T: FromStr>(&mut self, key: &str) -> Option<T>
    where
        T::Err: Display,
    {
        let text = self.text(key)?;
        self.parse(key, &text)
    }

    /// As [`Section::parsed`], for a key that must be given.
    pub(super) fn need_parsed<T: FromStr>(&mut self, key: &str) -> Option<T>
    where
        T::Err: Display,
    {
        let text = self.need_text(key)?;
        self.parse(key, &text)
    }

    /// Parses text already read from `key`.
    pub(super) fn parse<T: FromStr>(&self, key: &str, text: &Text) -> Option<T>
    where
        T::Err: Display,
    {
        match text.value.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                let fault = Fault::plain(text.place.clone(), format!("`{key}`: {error}"));
                self.reading.faults.borrow_mut().push(fault);
                None
            }
        }
    }

    /// A port: a whole number from 1 to 65535.
    pub(super) fn port(&mut self, key: &str) -> Option<u16> {
        let number = self.whole_number(key, 1..=i64::from(u16::MAX), "a port")?;
        u16::try_from(number).ok()
    }

    /// A whole number of a range, that makes it what it is to be.
    pub(super) fn whole_number(
        &mut self,
        key: &str,
        range: RangeInclusive<i64>,
        what: &str,
    ) -> Option<i64> {
        let (number, place) = match self.overlaid(key) {
            Some(text) => (text.value.trim().parse::<i64>().ok(), text.place),
            None => {
                let table = self.table.as_mut()?;
                let number = table.integer(key)?;
                (Some(number), table.place_of(key))
            }
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            self.fault(
                place,
                format!("`{key}` is not {what}"),
                format!(
                    "it must be a whole number from {} to {}",
                    range.start(),
                    range.end()
                ),
            );
        }
        number
    }

    /// A list of texts; in the overlay with commas between them.
    pub(super) fn texts(&mut self, key: &str) -> Option<Vec<Text>> {
        let overlaid = self.overlaid(key);
        let written = self.table.as_mut().and_then(|table| table.texts(key));
        let Some(text) = overlaid else {
            return written;
        };
        let parts = text.value.split(',').map(str::trim);
        Some(
            parts
                .filter(|part| !part.is_empty())
                .map(|part| Text {
                    value: part.to_owned(),
                    place: text.place.clone(),
                })
                .collect(),
        )
    }
}
