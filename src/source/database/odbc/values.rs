//! From what a driver writes into its buffers to cells that are the same as from every other database.

use chrono::{NaiveDate, NaiveDateTime};
use odbc_api::DataType;
use odbc_api::buffers::{AnyColumnBufferSlice, BufferDesc, ColumnarDynBuffer};
use odbc_api::handles::ColumnDescription;
use odbc_api::sys::Timestamp;

use super::super::super::cell::{LONGEST_TEXT, plain_decimal};
use super::super::super::iso::{self, Written};
use super::super::{Cell, Column};
use super::dialect::Dialect;

/// The longest text that is fetched, in units of its encoding: one more than is ever taken, so that
/// what was cut is known to be too long.
pub(super) const LONGEST: usize = LONGEST_TEXT + 1;
/// The longest number, time or offset, written out.
const SHORT: usize = 128;

/// Types of SQL Server that ODBC itself does not know.
mod sql_server {
    pub(super) const VARIANT: i16 = -150;
    pub(super) const XML: i16 = -152;
    pub(super) const TIME2: i16 = -154;
    pub(super) const TIMESTAMP_OFFSET: i16 = -155;
}
const GUID: i16 = -11;
/// Spans of time, from years to minutes and seconds.
const INTERVALS: std::ops::RangeInclusive<i16> = 101..=113;

/// How the values of a column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bool,
    Number,
    Text,
    /// `CHAR(n)`, which the server fills with blanks that mean nothing.
    Padded,
    Date,
    Timestamp,
    /// A timestamp with its offset, as text.
    Offset,
}

#[derive(Debug, Clone, Copy)]
enum Encoding {
    Utf8,
    Utf16,
}

#[derive(Debug, Clone, Copy)]
struct Field {
    kind: Kind,
    /// Units of text, or `None` for a timestamp.
    units: Option<usize>,
}

/// How the rows of a query are read.
pub(super) struct Reader {
    encoding: Encoding,
    dialect: Dialect,
    fields: Vec<Field>,
    pub(super) columns: Vec<Column>,
}

impl Reader {
    pub(super) fn new(dialect: Dialect, descriptions: &[ColumnDescription]) -> Reader {
        // The SQLite driver makes UTF-16 of anything; as bytes, what is no text can be told.
        let encoding = match dialect {
            Dialect::Sqlite => Encoding::Utf8,
            _ => Encoding::Utf16,
        };
        let mut fields = Vec::new();
        let mut columns = Vec::new();
        for description in descriptions {
            let (kind, unreadable) = match kind(dialect, description.data_type) {
                Ok(kind) => (kind, None),
                Err(of_type) => (Kind::Text, Some(of_type)),
            };
            columns.push(Column {
                name: String::from_utf16_lossy(&description.name).to_lowercase(),
                unreadable,
            });
            fields.push(Field {
                kind,
                units: units(dialect, kind, description.data_type),
            });
        }
        Reader {
            encoding,
            dialect,
            fields,
            columns,
        }
    }

    /// What the driver is given to write a row into.
    pub(super) fn buffers(&self) -> impl Iterator<Item = BufferDesc> + '_ {
        self.fields
            .iter()
            .map(|field| match (field.units, self.encoding) {
                (None, _) => BufferDesc::Timestamp { nullable: true },
                (Some(max_str_len), Encoding::Utf8) => BufferDesc::Text { max_str_len },
                (Some(max_str_len), Encoding::Utf16) => BufferDesc::WText { max_str_len },
            })
    }

    /// Bytes that a row takes there.
    pub(super) fn row_bytes(&self) -> usize {
        self.buffers().map(|buffer| buffer.bytes_per_row()).sum()
    }

    /// The rows that the driver has written, one after the other.
    pub(super) fn cells(&self, filled: &ColumnarDynBuffer) -> Vec<Cell<'static>> {
        let rows = filled.num_rows();
        let width = self.fields.len();
        let mut cells = Vec::new();
        cells.resize(rows * width, Cell::Null);
        for (i, field) in self.fields.iter().enumerate() {
            let column = filled.column(i);
            for row in 0..rows {
                cells[row * width + i] = self.cell(field, column, row);
            }
        }
        cells
    }

    fn cell(&self, field: &Field, column: AnyColumnBufferSlice<'_>, row: usize) -> Cell<'static> {
        let Some(units) = field.units else {
            let timestamps = column.as_nullable_slice::<Timestamp>();
            return match timestamps.and_then(|all| all.get(row).copied()) {
                None => Cell::Null,
                Some(at) => self.timestamp(at, field.kind),
            };
        };
        let text = match self.encoding {
            Encoding::Utf8 => {
                let Some(bytes) = column.as_text().and_then(|all| all.get(row)) else {
                    return Cell::Null;
                };
                if is_cut(bytes.len(), units) {
                    return Cell::Unreadable(CUT);
                }
                match std::str::from_utf8(bytes) {
                    Ok(text) => text.to_owned(),
                    Err(_) if bytes.len() > LONGEST_TEXT => "?".repeat(LONGEST),
                    Err(_) => return Cell::Unreadable("text that is not UTF-8"),
                }
            }
            Encoding::Utf16 => {
                let Some(wide) = column.as_wide_text().and_then(|all| all.get(row)) else {
                    return Cell::Null;
                };
                if is_cut(wide.len(), units) {
                    return Cell::Unreadable(CUT);
                }
                match String::from_utf16(wide) {
                    Ok(text) => text,
                    Err(_) if wide.len() > LONGEST_TEXT => "?".repeat(LONGEST),
                    Err(_) => return Cell::Unreadable("text that is not UTF-16"),
                }
            }
        };
        self.of_text(text, field.kind)
    }

    fn of_text(&self, text: String, kind: Kind) -> Cell<'static> {
        match kind {
            Kind::Bool => match text.trim() {
                "1" | "\u{1}" => Cell::Bool(true),
                "0" | "\0" | "" => Cell::Bool(false),
                _ => Cell::Text(text.into()),
            },
            Kind::Number => number(text),
            Kind::Padded => Cell::Text(text.trim_end_matches(' ').to_owned().into()),
            Kind::Offset => match iso::read(&text) {
                Some(Written::Zoned(at)) => Cell::Zoned(at),
                _ => Cell::Text(text.into()),
            },
            Kind::Text | Kind::Date | Kind::Timestamp => Cell::Text(text.into()),
        }
    }

    fn timestamp(&self, at: Timestamp, kind: Kind) -> Cell<'static> {
        // The zero date of MySQL is null, as it is meant.
        if self.dialect == Dialect::MySql && (at.year, at.month, at.day) == (0, 0, 0) {
            return Cell::Null;
        }
        let day = NaiveDate::from_ymd_opt(at.year.into(), at.month.into(), at.day.into());
        let read = day.and_then(|day| match kind {
            Kind::Date => Some(Cell::Date(day)),
            _ => day
                .and_hms_nano_opt(
                    at.hour.into(),
                    at.minute.into(),
                    at.second.into(),
                    at.fraction,
                )
                .map(to_micros)
                .map(Cell::Local),
        });
        read.unwrap_or(Cell::Unreadable("a day or time that no calendar has"))
    }
}

const CUT: &str = "text longer than its column says";

/// Whether a text fills its buffer wholly, which has room for more than its column says: then it may
/// have been cut. One as long as [`LONGEST`] is told as too long anyhow.
fn is_cut(length: usize, units: usize) -> bool {
    length >= units && units < LONGEST
}

/// No finer than the other databases have it.
fn to_micros(at: NaiveDateTime) -> NaiveDateTime {
    use chrono::Timelike;
    at.with_nanosecond(at.nanosecond() / 1000 * 1000)
        .unwrap_or(at)
}

fn number(text: String) -> Cell<'static> {
    let plain = text.trim();
    if let Ok(number) = plain.parse() {
        return Cell::Int(number);
    }
    if let Some(digits) = plain_decimal(plain) {
        return Cell::Decimal(digits);
    }
    match plain.parse() {
        Ok(number) => Cell::Float(number),
        // SQLite has text in columns of numbers too.
        Err(_) => Cell::Text(text.into()),
    }
}

/// The kind of a type, or the name of one that cannot be read.
fn kind(dialect: Dialect, of: DataType) -> Result<Kind, String> {
    Ok(match of {
        // SQLite keeps yes and no as numbers.
        DataType::Bit if dialect == Dialect::Sqlite => Kind::Number,
        DataType::Bit => Kind::Bool,
        DataType::TinyInt
        | DataType::SmallInt
        | DataType::Integer
        | DataType::BigInt
        | DataType::Numeric { .. }
        | DataType::Decimal { .. }
        | DataType::Real
        | DataType::Float { .. }
        | DataType::Double => Kind::Number,
        // SQLite keeps days and times as text, and reads anything into a column of them.
        DataType::Date | DataType::Timestamp { .. } if dialect == Dialect::Sqlite => Kind::Text,
        DataType::Date => Kind::Date,
        DataType::Timestamp { .. } => Kind::Timestamp,
        DataType::Char { .. } | DataType::WChar { .. } => Kind::Padded,
        DataType::Varchar { .. }
        | DataType::WVarchar { .. }
        | DataType::LongVarchar { .. }
        | DataType::WLongVarchar { .. }
        | DataType::Time { .. }
        | DataType::Unknown => Kind::Text,
        DataType::Binary { .. } | DataType::Varbinary { .. } | DataType::LongVarbinary { .. } => {
            return Err("bytes".to_owned());
        }
        DataType::Other { data_type, .. } => match data_type.0 {
            sql_server::TIMESTAMP_OFFSET => Kind::Offset,
            sql_server::TIME2 | sql_server::XML | sql_server::VARIANT | GUID => Kind::Text,
            interval if INTERVALS.contains(&interval) => Kind::Text,
            other => return Err(format!("number {other} of the driver's own")),
        },
    })
}

/// The units of text that a column is given: one more than its values have, so that one that was cut
/// is noticed; `None` for a timestamp.
fn units(dialect: Dialect, kind: Kind, of: DataType) -> Option<usize> {
    let declared = match of {
        DataType::Char { length }
        | DataType::WChar { length }
        | DataType::Varchar { length }
        | DataType::WVarchar { length } => length,
        _ => None,
    };
    // The SQLite driver makes lengths up; an unknown database is not believed either.
    let believed = !matches!(dialect, Dialect::Sqlite | Dialect::Other);
    match (kind, declared) {
        (Kind::Date | Kind::Timestamp, _) => None,
        _ if !believed => Some(LONGEST),
        (Kind::Bool | Kind::Number | Kind::Offset, _) => Some(SHORT),
        // A character takes two units of UTF-16 at most.
        (_, Some(characters)) => {
            Some((characters.get().saturating_mul(2).saturating_add(1)).min(LONGEST))
        }
        (_, None) => Some(LONGEST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_plain_whatever_the_driver_writes() {
        for (written, wanted) in [
            ("000007", Cell::Int(7)),
            ("7.00", Cell::Decimal("7".into())),
            (".5", Cell::Decimal("0.5".into())),
            ("-.0250", Cell::Decimal("-0.025".into())),
            ("1.5E+300", Cell::Float(1.5e300)),
            ("abc", Cell::Text("abc".into())),
        ] {
            assert_eq!(number(written.to_owned()), wanted, "{written}");
        }
    }

    #[test]
    fn what_may_have_been_cut_is_noticed() {
        use std::num::NonZeroUsize;
        let short = DataType::WVarchar {
            length: NonZeroUsize::new(48),
        };
        let units_of = |of| units(Dialect::SqlServer, Kind::Text, of).unwrap();
        assert!(!is_cut(48, units_of(short)));
        assert!(!is_cut(96, units_of(short)));
        assert!(is_cut(97, units_of(short)));
        // VARCHAR(MAX): what fills the buffer is longer than any text that is taken.
        let long = units_of(DataType::LongVarchar { length: None });
        assert!(long > LONGEST_TEXT && !is_cut(long, long));
    }

    #[test]
    fn an_offset_is_kept_and_bytes_are_refused() {
        let other = |number| DataType::Other {
            data_type: odbc_api::sys::SqlDataType(number),
            column_size: None,
            decimal_digits: 0,
        };
        let offset = kind(Dialect::SqlServer, other(sql_server::TIMESTAMP_OFFSET));
        assert_eq!(offset, Ok(Kind::Offset));
        let reader = Reader::new(Dialect::SqlServer, &[]);
        assert_eq!(
            reader.of_text("2026-07-01 09:30:00.0000000 +01:00".into(), Kind::Offset),
            Cell::Zoned("2026-07-01T08:30:00Z".parse().unwrap())
        );
        assert!(kind(Dialect::SqlServer, DataType::Varbinary { length: None }).is_err());
        assert!(kind(Dialect::SqlServer, other(-151)).is_err());
    }
}
