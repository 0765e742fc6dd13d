//! Case data in a file of SQLite, where each value has a type of its own.

use std::borrow::Cow;
use std::path::Path;

use sqlx::error::BoxDynError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteStatement, SqliteValueRef};
use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions, Decode, Executor, Row, SqlSafeStr, Sqlite,
    SqliteConnection, Statement as _, TypeInfo, ValueRef,
};

use super::{Cell, Column, Limits, More, ReadError, Since, places, walk};

pub(in crate::source) struct Statement {
    prepared: SqliteStatement,
    since: Vec<String>,
    pub(super) columns: Vec<Column>,
}

pub(super) async fn open(path: &Path, limits: Limits) -> Result<SqliteConnection, ReadError> {
    let mut connection = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .create_if_missing(false)
        .busy_timeout(limits.lock)
        .pragma("query_only", "ON")
        .disable_statement_logging()
        .connect()
        .await?;
    connection.execute("BEGIN").await?;
    Ok(connection)
}

/// Whether the account could write the file: the rights of a file are all that there is.
pub(super) fn could_write(path: &Path) -> bool {
    // Root can open what nobody is meant to write.
    let is_meant = std::fs::metadata(path).is_ok_and(|file| !file.permissions().readonly());
    // To open it for appending changes nothing.
    is_meant && std::fs::OpenOptions::new().append(true).open(path).is_ok()
}

pub(super) async fn prepare(
    connection: &mut SqliteConnection,
    sql: &str,
    since: Option<Since>,
) -> Result<Statement, ReadError> {
    // SQLite would run a second statement too, and its rows would pass for the first one's.
    if has_more_than_one_statement(sql) {
        return Err(ReadError::Several);
    }
    let (sql, since) = match since {
        None => (sql.to_owned(), Vec::new()),
        Some(since) => {
            let (sql, asked) = places(sql, |_, _| "?".to_owned());
            let times = asked
                .into_iter()
                .map(|asked| since.naive(asked).to_string());
            (sql, times.collect())
        }
    };
    let prepared = connection
        .prepare(AssertSqlSafe(sql).into_sql_str())
        .await?;
    let columns = prepared
        .columns()
        .iter()
        .map(|column| Column {
            name: column.name().to_lowercase(),
            unreadable: None,
        })
        .collect();
    Ok(Statement {
        prepared,
        since,
        columns,
    })
}

pub(super) async fn each_row(
    connection: &mut SqliteConnection,
    statement: &Statement,
    each: &mut (dyn FnMut(&[Cell<'_>]) -> More + Send),
) -> Result<(), ReadError> {
    let mut query = statement.prepared.query();
    for time in &statement.since {
        query = query.bind(time);
    }
    let rows = query.fetch(connection);
    walk!(rows, row => {
        (0..row.len())
            .map(|i| row.try_get_raw(i).map_or(Cell::Unreadable("no such column"), cell))
            .collect()
    }, each)
}

fn cell(value: SqliteValueRef<'_>) -> Cell<'_> {
    if value.is_null() {
        return Cell::Null;
    }
    let decoded = match value.type_info().name() {
        "INTEGER" => read(value).map(Cell::Int),
        "REAL" => read(value).map(Cell::Float),
        "TEXT" => read::<&str>(value)
            .map(|text| Cell::Text(Cow::Borrowed(text)))
            .or(Ok(Cell::Unreadable("text that is not UTF-8"))),
        _ => Ok(Cell::Unreadable("bytes that are not text")),
    };
    decoded.unwrap_or(Cell::Unreadable("a value of no known type"))
}

fn read<'r, T: Decode<'r, Sqlite>>(value: SqliteValueRef<'r>) -> Result<T, BoxDynError> {
    T::decode(value)
}

/// Whether anything but blanks and comments follows a semicolon that ends a statement.
pub(super) fn has_more_than_one_statement(sql: &str) -> bool {
    let mut rest = sql;
    let mut ended = false;
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else {
            return false;
        };
        let after = |end: &str, from: usize| {
            rest[from..]
                .find(end)
                .map_or("", |at| &rest[from + at + end.len()..])
        };
        rest = match first {
            '-' if rest.starts_with("--") => after("\n", 2),
            '/' if rest.starts_with("/*") => after("*/", 2),
            ';' => {
                ended = true;
                &rest[1..]
            }
            _ if ended => return true,
            // A doubled quote within reads as one text after another.
            '\'' => after("'", 1),
            '"' => after("\"", 1),
            '`' => after("`", 1),
            '[' => after("]", 1),
            _ => &rest[first.len_utf8()..],
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_statement_is_noticed_and_a_semicolon_elsewhere_is_not() {
        for (sql, wanted) in [
            ("SELECT 1", false),
            ("SELECT 1;", false),
            ("SELECT 1 ; -- that is all; really\n /* yes; */ ", false),
            ("SELECT ';', \"a;b\", [c;d], `e;f`, 'it''s; so'", false),
            ("SELECT 1 -- one;\n, 2 /* ; */", false),
            ("SELECT 1; SELECT 2", true),
            ("SELECT ';'; DELETE FROM x", true),
            ("", false),
        ] {
            assert_eq!(has_more_than_one_statement(sql), wanted, "{sql}");
        }
    }
}
