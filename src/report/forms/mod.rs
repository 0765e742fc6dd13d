//! The forms of a report: each writes one [`super::Report`] in the words of one language.
//!
//! To add one: a file here with `pub fn write(report: &Report, words: &Words) -> Result<Vec<u8>,
//! FormError>`, and a variant of [`Form`].

pub mod csv;
pub mod dictionary;
pub mod html;
pub mod json;
#[cfg(feature = "pdf")]
pub mod pdf;
pub mod xlsx;

use std::fmt;
use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::str::FromStr;

use tempfile::NamedTempFile;

use super::{Report, Words};
use crate::words::CatalogueError;

/// The forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// One page that holds all it needs.
    Html,
    /// A document for print and for screen readers, where this program was built with it.
    Pdf,
    /// A workbook.
    Xlsx,
    /// Comma-separated.
    Csv,
    /// The data dictionary of the CSV.
    Dictionary,
    /// One document for programs.
    Json,
}

impl Form {
    /// All of them.
    pub const ALL: [Form; 6] = [
        Form::Html,
        Form::Pdf,
        Form::Xlsx,
        Form::Csv,
        Form::Dictionary,
        Form::Json,
    ];

    /// Its name on the command line and in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Form::Html => "html",
            Form::Pdf => "pdf",
            Form::Xlsx => "xlsx",
            Form::Csv => "csv",
            Form::Dictionary => "dictionary",
            Form::Json => "json",
        }
    }

    /// How the name of its file ends, after the dot.
    pub fn ending(self) -> &'static str {
        match self {
            Form::Dictionary => "csv",
            form => form.name(),
        }
    }

    /// What it is in a message.
    pub fn media_type(self) -> &'static str {
        match self {
            Form::Html => "text/html; charset=utf-8",
            Form::Pdf => "application/pdf",
            Form::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Form::Csv | Form::Dictionary => "text/csv; charset=utf-8",
            Form::Json => "application/json",
        }
    }

    /// The form that the ending of a file asks for.
    pub fn of_ending(ending: &str) -> Option<Form> {
        match ending {
            "htm" => Some(Form::Html),
            ending => Form::ALL
                .into_iter()
                .find(|form| form.name() == ending && form.ending() == ending),
        }
    }

    /// Whether this program was built with it.
    ///
    /// # Errors
    /// [`FormError::NotBuiltIn`] where it was not.
    pub fn built_in(self) -> Result<(), FormError> {
        if self == Form::Pdf && !cfg!(feature = "pdf") {
            return Err(FormError::NotBuiltIn);
        }
        Ok(())
    }

    /// The report in this form.
    ///
    /// # Errors
    /// Where the language lacks a phrase, or the form cannot be put together.
    pub fn write(self, report: &Report, words: &Words) -> Result<Vec<u8>, FormError> {
        match self {
            Form::Html => html::write(report, words),
            #[cfg(feature = "pdf")]
            Form::Pdf => pdf::write(report, words),
            #[cfg(not(feature = "pdf"))]
            Form::Pdf => Err(FormError::NotBuiltIn),
            Form::Xlsx => xlsx::write(report, words),
            Form::Csv => csv::write(report, words),
            Form::Dictionary => dictionary::write(words),
            Form::Json => json::write(report, words),
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Form {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Form::ALL.into_iter().find(|form| form.name() == text);
        known.ok_or_else(|| {
            let names = Form::ALL.map(Form::name).join(", ");
            format!("`{text}` is not a form of a report; it is one of {names}")
        })
    }
}

/// What cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// The words fail.
    #[error("{0}")]
    Words(#[from] CatalogueError),
    /// This program was built without the form.
    #[error(
        "pdf: this corewatch was built without PDF; build it with `cargo build --release --features \
         pdf`, or take html, which prints well"
    )]
    NotBuiltIn,
    /// The form cannot be put together.
    #[error("the report cannot be put together as {form}: {cause}")]
    Made {
        /// The form.
        form: &'static str,
        /// What stands in the way.
        cause: String,
    },
}

impl FormError {
    /// That a form cannot be put together, with what stands in the way.
    pub fn made(form: &'static str, cause: impl ToString) -> Self {
        FormError::Made {
            form,
            cause: cause.to_string(),
        }
    }
}

/// Writes a file whole or not at all.
///
/// # Errors
/// What the file system says.
pub fn put(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut file = unfinished(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Whether files could be put into a folder, which is there: one is made, and taken away.
///
/// # Errors
/// What the file system says.
pub fn probe(folder: &Path) -> std::io::Result<()> {
    unfinished(folder).map(drop)
}

/// A file that goes away unless it is given its name. Who may read it is for the umask to say.
fn unfinished(folder: &Path) -> std::io::Result<NamedTempFile> {
    tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)
}
