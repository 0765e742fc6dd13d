//! The forms of a report: each writes one [`super::Report`] in the words of one language.
//!
//! To add one: a file here with `pub fn write(report: &Report, words: &Words) -> Result<Vec<u8>,
//! FormError>`, and a format of `corewatch report`.

pub mod csv;
pub mod dictionary;
pub mod html;
pub mod json;
pub mod xlsx;

use crate::words::CatalogueError;

/// What cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// The words fail.
    #[error("{0}")]
    Words(#[from] CatalogueError),
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
