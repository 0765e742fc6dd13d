//! What keeps a reading from being taken.

use crate::store::StoreError;

/// What a reading of a source came to grief on.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The reading was refused: the copy stays as it was, and the refusal is in the history.
    #[error("{0}")]
    Refused(Refusal),
    /// The program's own store failed; the copy stays as it was.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SourceError {
    /// The refusal, where it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            SourceError::Refused(refusal) => Some(refusal),
            SourceError::Store(_) => None,
        }
    }
}

/// Why a reading was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// No connection came about: down, not found, wrong password.
    Unreachable,
    /// A query failed, or the connection broke while rows came.
    Failed,
    /// A query lacks a column of the contract, or yields one that cannot be read.
    Contract,
    /// So much less came than last time that the source looks broken.
    Shrunk,
    /// A column that was there is gone.
    ColumnGone,
    /// Another reading of the same source changed the copy meanwhile.
    Overtaken,
}

impl RefusalKind {
    /// A short name for a metric's label.
    pub fn name(self) -> &'static str {
        match self {
            RefusalKind::Unreachable => "unreachable",
            RefusalKind::Failed => "failed",
            RefusalKind::Contract => "contract",
            RefusalKind::Shrunk => "shrunk",
            RefusalKind::ColumnGone => "column_gone",
            RefusalKind::Overtaken => "overtaken",
        }
    }

    /// Why, in words that tell nothing of what the source holds.
    pub fn words(self) -> &'static str {
        match self {
            RefusalKind::Unreachable => "the case database cannot be reached",
            RefusalKind::Failed => "a query of the source file failed",
            RefusalKind::Contract => "a query lacks a column, or yields one that cannot be read",
            RefusalKind::Shrunk => "so much less came than last time that it looks broken",
            RefusalKind::ColumnGone => "a column that was there is gone",
            RefusalKind::Overtaken => "another reading changed the copy meanwhile",
        }
    }
}

/// A refused reading, told in plain lines: where, what, what to do; without a password and without
/// any value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Whose source.
    pub authority: String,
    /// Why.
    pub kind: RefusalKind,
    /// One line a reason.
    pub lines: Vec<String>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, line) in self.lines.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "source of {}: {line}", self.authority)?;
        }
        Ok(())
    }
}
