//! The report as PDF/UA-1: a document that can be read aloud, with a title, a language, headings, heads
//! of tables and words for every picture. Typst lays it out and refuses what would not be accessible.

use std::sync::LazyLock;

use chrono::{Datelike as _, Timelike as _};
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::FormError;
use crate::report::Report;
use crate::report::page::page;
use crate::report::words::Words;

/// The library and the fonts, the same for every document.
struct Shop {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

static SHOP: LazyLock<Shop> = LazyLock::new(|| {
    let fonts: Vec<Font> = typst_assets::fonts()
        .flat_map(|bytes| Font::iter(Bytes::new(bytes)))
        .collect();
    Shop {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
    }
});

/// One document: its layout and its data, and nothing of the machine.
struct Desk {
    layout: Source,
    data: (FileId, Bytes),
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &SHOP.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &SHOP.book
    }

    fn main(&self) -> FileId {
        self.layout.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.layout.id() {
            Ok(self.layout.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data.0 {
            Ok(self.data.1.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        SHOP.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// The report as PDF.
///
/// # Errors
/// Where the language lacks a phrase, a chart cannot be drawn, or the document would not be
/// accessible.
pub fn write(report: &Report, words: &Words) -> Result<Vec<u8>, FormError> {
    let page = page(report, words)?;
    let data = serde_json::to_vec(&page).map_err(|error| FormError::made("pdf", error))?;
    let made = report.made_at.utc();
    let written = lay_out(data, &made);
    // What typst remembers of a document is of no use to the next, and grows without end.
    typst::comemo::evict(0);
    written
}

fn lay_out(data: Vec<u8>, made: &chrono::DateTime<chrono::Utc>) -> Result<Vec<u8>, FormError> {
    let layout = include_str!("templates/report.typ");
    let desk = Desk {
        layout: Source::new(file("report.typ")?, layout.to_owned()),
        data: (file("report.json")?, Bytes::new(data)),
    };
    let document = typst::compile::<PagedDocument>(&desk).output;
    let document = document.map_err(|faults| wrong(&faults))?;
    let standards = PdfStandards::new(&[PdfStandard::Ua_1]);
    let made = Datetime::from_ymd_hms(
        made.year(),
        made.month() as u8,
        made.day() as u8,
        made.hour() as u8,
        made.minute() as u8,
        made.second() as u8,
    );
    let options = PdfOptions {
        creator: Smart::Custom(Some("corewatch".to_owned())),
        timestamp: made.map(Timestamp::new_utc),
        standards: standards.map_err(|error| FormError::made("pdf", format!("{error:?}")))?,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|faults| wrong(&faults))
}

fn file(name: &str) -> Result<FileId, FormError> {
    let path =
        VirtualPath::new(name).map_err(|error| FormError::made("pdf", format!("{error:?}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn wrong(faults: &[SourceDiagnostic]) -> FormError {
    let lines: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
    FormError::made("pdf", lines.join("; "))
}
