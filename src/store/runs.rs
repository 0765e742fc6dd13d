//! Many runs of bytes read as one row: a row costs the driver, its thread and its channel more than a
//! timeline costs the database.

use super::{Row, StoreError};

/// Byte values one after the other, in the order of their key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Run {
    /// All of them.
    pub bytes: Vec<u8>,
    /// Where each ends.
    pub ends: Vec<usize>,
}

impl Run {
    /// The run of one value.
    pub fn of_one(bytes: Vec<u8>) -> Run {
        Run {
            ends: vec![bytes.len()],
            bytes,
        }
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let one = &self.bytes[start..*end];
            start = *end;
            one
        })
    }
}

/// The statement of a backend that reads, as one row, the column `$bytes` of what `$from` yields in the
/// order of `$key`: the bytes, the length of each, the last key, and the columns `$more`. SQLite keeps the
/// order of a query that `group_concat` reads, so that it need not sort once more ("Omit ORDER BY on
/// subqueries" in its optimizer overview), and hands bytes through it as they are.
macro_rules! in_one_row {
    ($backend:expr, $key:ident, $bytes:ident, $from:literal) => {
        in_one_row!(
            $backend,
            $key,
            $bytes,
            sqlite("", $from),
            postgres("", $from)
        )
    };
    ($backend:expr, $key:ident, $bytes:ident,
     sqlite($more_sqlite:literal, $from_sqlite:literal),
     postgres($more_postgres:literal, $from_postgres:literal)) => {
        match $backend {
            $crate::store::Backend::Sqlite => concat!(
                "SELECT CAST(group_concat(",
                stringify!($bytes),
                ", '') AS BLOB), group_concat(size, ','), max(",
                stringify!($key),
                ")",
                $more_sqlite,
                " FROM (SELECT ",
                stringify!($key),
                ", ",
                stringify!($bytes),
                ", length(",
                stringify!($bytes),
                ") AS size ",
                $from_sqlite,
                ") AS run"
            ),
            $crate::store::Backend::Postgres => concat!(
                "SELECT string_agg(",
                stringify!($bytes),
                ", ''::bytea ORDER BY ",
                stringify!($key),
                "), string_agg(length(",
                stringify!($bytes),
                ")::text, ',' ORDER BY ",
                stringify!($key),
                "), max(",
                stringify!($key),
                ")",
                $more_postgres,
                " FROM (SELECT ",
                stringify!($key),
                ", ",
                stringify!($bytes),
                " ",
                $from_postgres,
                ") AS run"
            ),
        }
    };
}
pub(super) use in_one_row;

/// What a row of [`in_one_row`] holds; nothing where there was nothing to read.
pub(super) fn run(row: &Row) -> Result<Option<Run>, StoreError> {
    let Some(sizes) = row.optional_text(1)? else {
        return Ok(None);
    };
    let damaged = || StoreError::Damaged("bytes of another length than was said".to_owned());
    let mut beyond: usize = 0;
    let ends = sizes.split(',').map(|size| {
        let size: usize = size.parse().map_err(|_| damaged())?;
        beyond += size;
        Ok(beyond)
    });
    let ends = ends.collect::<Result<Vec<usize>, StoreError>>()?;
    let bytes = row.bytes(0)?;
    if bytes.len() != beyond {
        return Err(damaged());
    }
    Ok(Some(Run { bytes, ends }))
}
