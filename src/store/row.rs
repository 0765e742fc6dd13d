//! What is handed to a statement, and what comes back, whichever database it runs in.

use std::str::FromStr;

use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use super::StoreError;
use crate::calendar::{Day, Instant};

/// A value handed to a statement.
#[derive(Debug, Clone)]
pub enum Arg {
    /// TEXT.
    Text(Option<String>),
    /// BIGINT.
    Int(Option<i64>),
    /// BLOB or BYTEA.
    Bytes(Option<Vec<u8>>),
}

macro_rules! arg_from {
    ($($from:ty => $variant:ident, $value:ident => $convert:expr;)*) => {$(
        impl From<$from> for Arg {
            fn from($value: $from) -> Self { Arg::$variant(Some($convert)) }
        }
        impl From<Option<$from>> for Arg {
            fn from(value: Option<$from>) -> Self { Arg::$variant(value.map(|$value| $convert)) }
        }
    )*};
}

arg_from! {
    &str => Text, v => v.to_owned();
    String => Text, v => v;
    &String => Text, v => v.clone();
    Day => Text, v => v.to_string();
    Instant => Text, v => v.to_string();
    i64 => Int, v => v;
    u32 => Int, v => i64::from(v);
    bool => Int, v => i64::from(v);
    Vec<u8> => Bytes, v => v;
    &[u8] => Bytes, v => v.to_vec();
}

/// A row of a result; columns are counted from 0.
pub enum Row {
    /// Of SQLite.
    Sqlite(SqliteRow),
    /// Of PostgreSQL.
    Postgres(PgRow),
}

macro_rules! column {
    ($($name:ident, $optional:ident: $of:ty;)*) => {$(
        #[doc = concat!("The column, that must not be null, as `", stringify!($of), "`.")]
        ///
        /// # Errors
        /// Where the column is null, missing or of another type.
        pub fn $name(&self, column: usize) -> Result<$of, StoreError> {
            Ok(match self {
                Row::Sqlite(row) => row.try_get(column)?,
                Row::Postgres(row) => row.try_get(column)?,
            })
        }
        #[doc = concat!("The column, that may be null, as `", stringify!($of), "`.")]
        ///
        /// # Errors
        /// Where the column is missing or of another type.
        pub fn $optional(&self, column: usize) -> Result<Option<$of>, StoreError> {
            Ok(match self {
                Row::Sqlite(row) => row.try_get(column)?,
                Row::Postgres(row) => row.try_get(column)?,
            })
        }
    )*};
}

impl Row {
    column! {
        text, optional_text: String;
        int, optional_int: i64;
        bytes, optional_bytes: Vec<u8>;
    }

    /// The column as bytes, without a copy.
    ///
    /// # Errors
    /// Where the column is null, missing or of another type.
    pub fn slice(&self, column: usize) -> Result<&[u8], StoreError> {
        Ok(match self {
            Row::Sqlite(row) => row.try_get(column)?,
            Row::Postgres(row) => row.try_get(column)?,
        })
    }

    /// A yes or no, kept as 0 or 1.
    ///
    /// # Errors
    /// Where the column is null, missing or of another type.
    pub fn boolean(&self, column: usize) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    /// A value that is kept as text: a day, an instant, a state.
    ///
    /// # Errors
    /// Where the column is null or does not read as one.
    pub fn parsed<T: FromStr>(&self, column: usize) -> Result<T, StoreError> {
        let text = self.text(column)?;
        text.parse()
            .map_err(|_| StoreError::Damaged(format!("column {column} holds `{text}`")))
    }

    /// As [`Row::parsed`], for a column that may be null.
    ///
    /// # Errors
    /// Where the column does not read as one.
    pub fn optional_parsed<T: FromStr>(&self, column: usize) -> Result<Option<T>, StoreError> {
        match self.optional_text(column)? {
            None => Ok(None),
            Some(_) => self.parsed(column).map(Some),
        }
    }
}
