//! Case data on a MySQL or MariaDB server.

use std::borrow::Cow;
use std::str::FromStr;

use chrono::{NaiveDate, NaiveDateTime};
use sqlx::error::BoxDynError;
use sqlx::mysql::{MySqlConnectOptions, MySqlStatement, MySqlValueRef};
use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions, Decode, Executor, MySql, MySqlConnection, Row,
    SqlSafeStr, Statement as _, TypeInfo, ValueRef,
};

use super::super::cell::plain_decimal;
use super::{Cell, Column, Limits, More, ReadError, Since, places, walk};
use crate::calendar::Instant;

pub(in crate::source) struct Statement {
    prepared: MySqlStatement,
    since: Vec<NaiveDateTime>,
    kinds: Vec<Kind>,
    pub(super) columns: Vec<Column>,
}

/// How the values of a column are read.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Null,
    /// `TINYINT(1)`, which holds 0 and 1 for no and yes, and other numbers too.
    Bool,
    Int,
    Unsigned,
    Float,
    Decimal,
    Text,
    Date,
    Datetime,
    /// Kept as an instant; the session's zone is UTC, so that it arrives as one.
    Timestamp,
    Time,
}

pub(super) async fn open(url: &str, limits: Limits) -> Result<MySqlConnection, ReadError> {
    // sqlx asks for UTC of its own accord: what a TIMESTAMP is read by below.
    let url = url.replacen("mariadb://", "mysql://", 1);
    let mut connection = MySqlConnectOptions::from_str(&url)?
        .disable_statement_logging()
        .connect()
        .await?;
    let of_statements = [
        format!(
            "SET SESSION max_statement_time = {}",
            limits.statement.as_secs()
        ),
        format!(
            "SET SESSION max_execution_time = {}",
            limits.statement.as_millis()
        ),
    ];
    let mut limited = false;
    for limit in of_statements {
        // MariaDB knows the first of the two, MySQL the second.
        limited |= sqlx::raw_sql(AssertSqlSafe(limit))
            .execute(&mut connection)
            .await
            .is_ok();
    }
    if !limited {
        tracing::debug!("the source knows no limit on the time of a statement");
    }
    let session = format!(
        "SET SESSION lock_wait_timeout = {}; SET SESSION TRANSACTION READ ONLY; \
         SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        limits.lock.as_secs()
    );
    sqlx::raw_sql(AssertSqlSafe(session))
        .execute(&mut connection)
        .await?;
    connection
        .execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        .await?;
    Ok(connection)
}

pub(super) async fn prepare(
    connection: &mut MySqlConnection,
    sql: &str,
    since: Option<Since>,
) -> Result<Statement, ReadError> {
    let (sql, since) = match since {
        None => (sql.to_owned(), Vec::new()),
        Some(since) => {
            let (sql, asked) = places(sql, |_, _| "?".to_owned());
            (sql, asked.into_iter().map(|a| since.naive(a)).collect())
        }
    };
    let prepared = connection
        .prepare(AssertSqlSafe(sql).into_sql_str())
        .await?;
    let mut kinds = Vec::new();
    let mut columns = Vec::new();
    for column in prepared.columns() {
        let name = column.type_info().name();
        let kind = kind(name);
        columns.push(Column {
            name: column.name().to_lowercase(),
            unreadable: match kind {
                Some(_) => None,
                None => Some(name.to_lowercase()),
            },
        });
        kinds.push(kind.unwrap_or(Kind::Text));
    }
    Ok(Statement {
        prepared,
        since,
        kinds,
        columns,
    })
}

fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "NULL" => Kind::Null,
        "BOOLEAN" => Kind::Bool,
        "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "BIGINT" => Kind::Int,
        "TINYINT UNSIGNED" | "SMALLINT UNSIGNED" | "MEDIUMINT UNSIGNED" | "INT UNSIGNED"
        | "BIGINT UNSIGNED" | "YEAR" | "BIT" => Kind::Unsigned,
        "FLOAT" | "DOUBLE" => Kind::Float,
        "DECIMAL" => Kind::Decimal,
        "DATE" => Kind::Date,
        "DATETIME" => Kind::Datetime,
        "TIMESTAMP" => Kind::Timestamp,
        "TIME" => Kind::Time,
        "GEOMETRY" => return None,
        // Text with a binary collation arrives under the names of bytes.
        _ => Kind::Text,
    })
}

pub(super) async fn each_row(
    connection: &mut MySqlConnection,
    statement: &Statement,
    each: &mut (dyn FnMut(&[Cell<'_>]) -> More + Send),
) -> Result<(), ReadError> {
    let mut query = statement.prepared.query();
    for time in &statement.since {
        query = query.bind(*time);
    }
    let rows = query.fetch(connection);
    walk!(rows, row => {
        statement.kinds.iter().enumerate()
            .map(|(i, kind)| {
                row.try_get_raw(i)
                    .map_or(Cell::Unreadable("no such column"), |value| cell(value, *kind))
            })
            .collect()
    }, each)
}

fn read<'r, T: Decode<'r, MySql>>(value: MySqlValueRef<'r>) -> Result<T, BoxDynError> {
    T::decode(value)
}

fn cell(value: MySqlValueRef<'_>, kind: Kind) -> Cell<'_> {
    // The driver takes the zero date of MySQL for null, as it is meant.
    if value.is_null() {
        return Cell::Null;
    }
    let decoded = match kind {
        Kind::Null => Ok(Cell::Null),
        Kind::Bool => read::<i8>(value).map(|number| match number {
            0 => Cell::Bool(false),
            1 => Cell::Bool(true),
            other => Cell::Int(other.into()),
        }),
        Kind::Int => read(value).map(Cell::Int),
        Kind::Unsigned => read::<u64>(value).map(|number| {
            i64::try_from(number).map_or_else(|_| Cell::Decimal(number.to_string()), Cell::Int)
        }),
        Kind::Float => read(value).map(Cell::Float),
        Kind::Decimal => read::<&str>(value).map(|text| {
            plain_decimal(text).map_or(Cell::Unreadable("a number that is none"), Cell::Decimal)
        }),
        Kind::Text => read::<&str>(value)
            .map(|text| Cell::Text(Cow::Borrowed(text)))
            .or(Ok(Cell::Unreadable("bytes that are not text"))),
        Kind::Date => read::<NaiveDate>(value).map(Cell::Date),
        Kind::Datetime => read::<NaiveDateTime>(value).map(Cell::Local),
        Kind::Timestamp => {
            read::<NaiveDateTime>(value).map(|utc| Cell::Zoned(Instant::from(utc.and_utc())))
        }
        Kind::Time => read::<sqlx::mysql::types::MySqlTime>(value)
            .map(|time| Cell::Text(time.to_string().into())),
    };
    decoded.unwrap_or(Cell::Unreadable("a value out of its type's range"))
}

/// Asks for the rights of the account.
pub(super) const GRANTS: &str = "SHOW GRANTS";

/// Whether the account holds a right to change anything.
pub(super) async fn could_write(connection: &mut MySqlConnection) -> Result<bool, ReadError> {
    let grants: Vec<String> = sqlx::query_scalar(GRANTS).fetch_all(connection).await?;
    Ok(may_write(&grants))
}

/// Whether one of the rights that [`GRANTS`] lists is to change anything.
pub(super) fn may_write(grants: &[String]) -> bool {
    grants.iter().any(|grant| {
        let rights = grant.split(" ON ").next().unwrap_or(grant).to_uppercase();
        ["ALL PRIVILEGES", "INSERT", "UPDATE", "DELETE", "DROP"]
            .iter()
            .any(|right| rights.contains(right))
    })
}
