//! Case data on a PostgreSQL server.

use std::borrow::Cow;
use std::str::FromStr;

use chrono::NaiveDate;
use sqlx::postgres::{PgConnectOptions, PgStatement, PgTypeInfo, PgTypeKind, PgValueRef};
use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions, Decode, Executor, PgConnection, Row, SqlSafeStr,
    Statement as _, TypeInfo, ValueRef,
};

use super::super::cell::{instant, plain_decimal};
use super::{Asked, CONNECT, Cell, Column, Limits, More, ReadError, Since, places, walk};
use crate::calendar::Zone;

pub(in crate::source) struct Statement {
    prepared: PgStatement,
    /// How often `:since` is asked for, and what it is.
    since: Option<(usize, Since)>,
    kinds: Vec<Kind>,
    pub(super) columns: Vec<Column>,
}

/// How the values of a column are read.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Bool,
    Int2,
    Int4,
    Int8,
    Oid,
    Float4,
    Float8,
    Numeric,
    Text,
    /// `CHAR(n)`, which the server fills with blanks that mean nothing.
    Padded,
    Jsonb,
    Uuid,
    Date,
    Time,
    Timestamp,
    Timestamptz,
}

/// Days from 1970 to 2000, where PostgreSQL counts from.
const EPOCH_DAYS: i32 = 10_957;
const MICROS_A_DAY: i64 = 86_400_000_000;

pub(super) async fn open(url: &str, zone: Zone, limits: Limits) -> Result<PgConnection, ReadError> {
    let mut connection = PgConnectOptions::from_str(url)?
        .application_name("corewatch")
        .disable_statement_logging()
        .connect()
        .await?;
    let session = format!(
        "SET default_transaction_read_only = on; SET statement_timeout = {}; \
         SET lock_timeout = {}; SET TIME ZONE '{}'",
        limits.statement.as_millis(),
        limits.lock.as_millis(),
        zone.0.name(),
    );
    sqlx::raw_sql(AssertSqlSafe(session))
        .execute(&mut connection)
        .await?;
    connection.execute(BEGIN).await?;
    Ok(connection)
}

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Begins anew after an error.
pub(super) async fn recover(connection: &mut PgConnection) -> Result<(), ReadError> {
    let again = async {
        connection.execute("ROLLBACK").await?;
        connection.execute(BEGIN).await
    };
    tokio::time::timeout(CONNECT, again)
        .await
        .map_err(|_| ReadError::Silent(CONNECT))??;
    Ok(())
}

pub(super) async fn prepare(
    connection: &mut PgConnection,
    sql: &str,
    since: Option<Since>,
) -> Result<Statement, ReadError> {
    let (sql, since) = match since {
        None => (sql.to_owned(), None),
        Some(since) => {
            let (sql, asked) = places(sql, |number, asked| match asked {
                Asked::Local => format!("(${number}::timestamptz)"),
                Asked::Utc => format!("(${number}::timestamptz AT TIME ZONE 'UTC')"),
            });
            (sql, Some((asked.len(), since)))
        }
    };
    let prepared = connection
        .prepare(AssertSqlSafe(sql).into_sql_str())
        .await?;
    let mut kinds = Vec::new();
    let mut columns = Vec::new();
    for column in prepared.columns() {
        let kind = kind(column.type_info());
        columns.push(Column {
            name: column.name().to_lowercase(),
            unreadable: match kind {
                Some(_) => None,
                None => Some(column.type_info().name().to_lowercase()),
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

fn kind(of: &PgTypeInfo) -> Option<Kind> {
    Some(match of.name() {
        "BOOL" => Kind::Bool,
        "INT2" => Kind::Int2,
        "INT4" => Kind::Int4,
        "INT8" => Kind::Int8,
        "OID" => Kind::Oid,
        "FLOAT4" => Kind::Float4,
        "FLOAT8" => Kind::Float8,
        "NUMERIC" => Kind::Numeric,
        "CHAR" => Kind::Padded,
        "TEXT" | "VARCHAR" | "\"CHAR\"" | "NAME" | "UNKNOWN" | "JSON" | "citext" => Kind::Text,
        "JSONB" => Kind::Jsonb,
        "UUID" => Kind::Uuid,
        "DATE" => Kind::Date,
        "TIME" => Kind::Time,
        "TIMESTAMP" => Kind::Timestamp,
        "TIMESTAMPTZ" => Kind::Timestamptz,
        _ => match of.kind() {
            PgTypeKind::Enum(_) => Kind::Text,
            PgTypeKind::Domain(base) => return kind(base),
            _ => return None,
        },
    })
}

pub(super) async fn each_row(
    connection: &mut PgConnection,
    statement: &Statement,
    each: &mut (dyn FnMut(&[Cell<'_>]) -> More + Send),
) -> Result<(), ReadError> {
    let mut query = statement.prepared.query();
    if let Some((times, since)) = statement.since {
        for _ in 0..times {
            query = query.bind(since.at.utc());
        }
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

/// The bytes of a value of so many bytes, in the order of the network.
fn fixed<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

fn text(bytes: &[u8]) -> Cell<'_> {
    std::str::from_utf8(bytes).map_or(Cell::Unreadable("text that is not UTF-8"), |text| {
        Cell::Text(Cow::Borrowed(text))
    })
}

fn without_padding(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., b' '] = bytes {
        bytes = rest;
    }
    bytes
}

fn cell(value: PgValueRef<'_>, kind: Kind) -> Cell<'_> {
    if value.is_null() {
        return Cell::Null;
    }
    let Ok(bytes) = value.as_bytes() else {
        return Cell::Unreadable("a value that did not arrive");
    };
    let read = match kind {
        Kind::Bool => fixed::<1>(bytes).map(|[b]| Cell::Bool(b != 0)),
        Kind::Int2 => fixed(bytes).map(|b| Cell::Int(i16::from_be_bytes(b).into())),
        Kind::Int4 => fixed(bytes).map(|b| Cell::Int(i32::from_be_bytes(b).into())),
        Kind::Int8 => fixed(bytes).map(|b| Cell::Int(i64::from_be_bytes(b))),
        Kind::Oid => fixed(bytes).map(|b| Cell::Int(u32::from_be_bytes(b).into())),
        Kind::Float4 => fixed(bytes).map(|b| Cell::Float(short_float(f32::from_be_bytes(b)))),
        Kind::Float8 => fixed(bytes).map(|b| Cell::Float(f64::from_be_bytes(b))),
        Kind::Numeric => {
            return match numeric(bytes) {
                Some(digits) => Cell::Decimal(digits),
                None => Cell::Unreadable("a number that is none"),
            };
        }
        Kind::Text => Some(text(bytes)),
        Kind::Padded => Some(text(without_padding(bytes))),
        // A byte for the version of the form comes first.
        Kind::Jsonb => bytes.get(1..).map(text),
        Kind::Uuid => <sqlx::types::Uuid as Decode<sqlx::Postgres>>::decode(value)
            .ok()
            .map(|uuid| Cell::Text(uuid.to_string().into())),
        Kind::Date => fixed(bytes).map(|b| {
            i32::from_be_bytes(b)
                .checked_add(EPOCH_DAYS)
                .and_then(NaiveDate::from_epoch_days)
                .map_or(Cell::Unreadable(BEYOND), Cell::Date)
        }),
        Kind::Time => fixed(bytes).map(|b| {
            let micros = i64::from_be_bytes(b);
            let time = instant(micros).map(|at| at.utc().time().format("%H:%M:%S%.f").to_string());
            match time {
                Some(time) if micros < MICROS_A_DAY => Cell::Text(time.into()),
                _ => Cell::Unreadable(BEYOND),
            }
        }),
        Kind::Timestamp => fixed(bytes).map(|b| match timestamp(b) {
            Some(at) => Cell::Local(at.utc().naive_utc()),
            None => Cell::Unreadable(BEYOND),
        }),
        Kind::Timestamptz => fixed(bytes).map(|b| match timestamp(b) {
            Some(at) => Cell::Zoned(at),
            None => Cell::Unreadable(BEYOND),
        }),
    };
    read.unwrap_or(Cell::Unreadable("a value of an unexpected length"))
}

const BEYOND: &str = "a day or time without an end";

fn timestamp(bytes: [u8; 8]) -> Option<crate::calendar::Instant> {
    i64::from_be_bytes(bytes)
        .checked_add(i64::from(EPOCH_DAYS) * MICROS_A_DAY)
        .and_then(instant)
}

/// A single float as the number that was written, not as its nearest double: 0.1, not 0.10000000149.
fn short_float(number: f32) -> f64 {
    number.to_string().parse().unwrap_or(f64::from(number))
}

/// PostgreSQL's numeric: groups of four digits, the first worth 10000 to the power of `weight`.
fn numeric(bytes: &[u8]) -> Option<String> {
    let word = |i: usize| fixed::<2>(bytes.get(2 * i..2 * i + 2)?);
    let groups = i16::from_be_bytes(word(0)?);
    let weight = i16::from_be_bytes(word(1)?);
    let sign = u16::from_be_bytes(word(2)?);
    if sign & 0x8000 != 0 {
        return None;
    }
    let mut text = String::new();
    if sign == 0x4000 {
        text.push('-');
    }
    let group = |i: i32| -> Option<u16> {
        match usize::try_from(i) {
            Ok(i) if i < groups as usize => word(4 + i).map(u16::from_be_bytes),
            _ => Some(0),
        }
    };
    for i in 0..=i32::from(weight) {
        text.push_str(&format!("{:04}", group(i)?));
    }
    text.push('.');
    for i in i32::from(weight) + 1..i32::from(groups).max(i32::from(weight) + 1) {
        text.push_str(&format!("{:04}", group(i)?));
    }
    if text.ends_with('.') {
        text.push('0');
    }
    plain_decimal(&text)
}

/// Asks whether the account owns or may change any table that it can see.
pub(super) const COULD_WRITE: &str = "SELECT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
               WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') \
               AND n.nspname NOT LIKE 'pg\\_%' \
               AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))";

/// Whether the account could write.
pub(super) async fn could_write(connection: &mut PgConnection) -> Result<bool, ReadError> {
    Ok(sqlx::query_scalar(COULD_WRITE)
        .fetch_one(connection)
        .await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[u16]) -> Vec<u8> {
        words.iter().flat_map(|w| w.to_be_bytes()).collect()
    }

    #[test]
    fn numerics_of_any_length_are_read_as_they_were_written() {
        let table: [(&[u16], Option<&str>); 8] = [
            (&[0, 0, 0, 2], Some("0")),
            (&[1, 0, 0, 2, 7], Some("7")),
            (&[1, 1, 0, 0, 12], Some("120000")),
            (&[2, 0, 0, 2, 7, 5000], Some("7.5")),
            (&[1, 0xffff, 0x4000, 4, 25], Some("-0.0025")),
            (&[1, 0xfffe, 0, 8, 25], Some("0.00000025")),
            (
                &[8, 7, 0, 0, 12, 3456, 7890, 1234, 5678, 9012, 3456, 7890],
                Some("123456789012345678901234567890"),
            ),
            (&[0, 0, 0xc000, 0], None),
        ];
        for (given, wanted) in table {
            assert_eq!(numeric(&words(given)).as_deref(), wanted, "{given:?}");
        }
    }
}
