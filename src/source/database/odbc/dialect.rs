//! What each database behind a driver needs: to be read-only, in one snapshot, within time, and as its
//! rows come.

use std::borrow::Cow;

use odbc_api::handles::ColumnDescription;

use super::super::{Limits, mysql, postgres};
use super::values::Reader;
use crate::calendar::Zone;
use crate::source::profile::odbc::attributes;

/// Whose database it is, as far as it makes a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    SqlServer,
    Oracle,
    Postgres,
    MySql,
    Sqlite,
    /// Any other: nothing is asked of it but to hold one transaction.
    Other,
}

impl Dialect {
    /// SQL Server: whether this database allows snapshots; 1 where it does.
    pub(super) const ALLOWS_SNAPSHOT: &'static str =
        "SELECT snapshot_isolation_state FROM sys.databases WHERE database_id = DB_ID()";

    /// By the name that the driver gives of its database.
    pub(super) fn of(name: &str) -> Dialect {
        let name = name.to_lowercase();
        [
            ("sql server", Dialect::SqlServer),
            ("oracle", Dialect::Oracle),
            ("postgres", Dialect::Postgres),
            ("mysql", Dialect::MySql),
            ("mariadb", Dialect::MySql),
            ("sqlite", Dialect::Sqlite),
        ]
        .into_iter()
        .find(|(part, _)| name.contains(part))
        .map_or(Dialect::Other, |(_, dialect)| dialect)
    }

    /// The connection string with what the driver needs besides, where it needs anything: of a key
    /// that stands twice the first counts, so that the site's own stays.
    pub(super) fn connection_string(self, given: &str) -> Option<String> {
        let more: Cow<'_, str> = match self {
            // Rows as they come, yes and no as such, and long text in full.
            Dialect::Postgres => format!(
                "UseDeclareFetch=1;Fetch=1000;BoolsAsChar=0;MaxVarcharSize={longest};\
                 MaxLongVarcharSize={longest}",
                longest = super::values::LONGEST
            )
            .into(),
            Dialect::MySql => "CHARSET=utf8mb4".into(),
            _ => return None,
        };
        Some(format!("{};{more}", given.trim_end().trim_end_matches(';')))
    }

    /// Sets the zone by which SQL of the site's own turns instants into days.
    pub(super) fn zone(self, zone: Zone) -> Option<String> {
        let zone = zone.0.name();
        match self {
            Dialect::Postgres => Some(format!("SET TIME ZONE '{zone}'")),
            Dialect::MySql => Some(format!("SET SESSION time_zone = '{zone}'")),
            Dialect::Oracle => Some(format!("ALTER SESSION SET TIME_ZONE = '{zone}'")),
            Dialect::SqlServer | Dialect::Sqlite | Dialect::Other => None,
        }
    }

    /// What makes a session read-only and limits it, before its transaction begins.
    pub(super) fn session(self, limits: Limits) -> Vec<String> {
        let Limits {
            statement, lock, ..
        } = limits;
        match self {
            Dialect::SqlServer => vec![format!("SET LOCK_TIMEOUT {}", lock.as_millis())],
            Dialect::Postgres => vec![
                "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
                    .to_owned(),
                format!("SET statement_timeout = {}", statement.as_millis()),
                format!("SET lock_timeout = {}", lock.as_millis()),
            ],
            Dialect::MySql => vec![
                // As the native connection has it: the same SQL means the same by both ways.
                "SET SESSION sql_mode = CONCAT(@@sql_mode, ',PIPES_AS_CONCAT')".to_owned(),
                format!("SET SESSION lock_wait_timeout = {}", lock.as_secs()),
                "SET SESSION TRANSACTION READ ONLY".to_owned(),
                "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ".to_owned(),
            ],
            Dialect::Sqlite => vec![
                format!("PRAGMA busy_timeout = {}", lock.as_millis()),
                "PRAGMA query_only = ON".to_owned(),
            ],
            Dialect::Oracle | Dialect::Other => Vec::new(),
        }
    }

    /// How a transaction of SQL Server sees its tables: as of its beginning where the database allows
    /// it, else what was read stays as it was.
    pub(super) fn isolation(snapshot: bool) -> &'static str {
        if snapshot {
            "SET TRANSACTION ISOLATION LEVEL SNAPSHOT"
        } else {
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
        }
    }

    /// What comes first in the transaction.
    pub(super) fn begin(self) -> &'static [&'static str] {
        match self {
            Dialect::Oracle => &["SET TRANSACTION READ ONLY"],
            Dialect::MySql => &["START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"],
            _ => &[],
        }
    }

    /// Whether the time of a statement is limited through the driver: the others are told above, or
    /// have no such limit.
    pub(super) fn limits_by_statement(self) -> bool {
        matches!(self, Dialect::SqlServer | Dialect::Oracle | Dialect::MySql)
    }

    /// How to read the columns of a query.
    pub(super) fn reader(self, descriptions: &[ColumnDescription]) -> Reader {
        Reader::new(self, descriptions)
    }

    /// The query that tells whether the account could write.
    pub(super) fn asks_could_write(self) -> Option<&'static str> {
        match self {
            Dialect::Postgres => Some(postgres::COULD_WRITE),
            Dialect::MySql => Some(mysql::GRANTS),
            Dialect::SqlServer => Some(
                "SELECT CASE WHEN EXISTS (SELECT 1 FROM sys.tables t WHERE \
                 HAS_PERMS_BY_NAME(QUOTENAME(SCHEMA_NAME(t.schema_id)) + '.' + QUOTENAME(t.name), \
                 'OBJECT', 'INSERT') = 1) THEN '1' ELSE '0' END AS could_write",
            ),
            Dialect::Oracle => Some(
                "SELECT CASE WHEN EXISTS (SELECT 1 FROM user_tables) OR EXISTS (SELECT 1 FROM \
                 session_privs WHERE privilege IN ('INSERT ANY TABLE', 'UPDATE ANY TABLE', \
                 'DELETE ANY TABLE')) OR EXISTS (SELECT 1 FROM user_tab_privs_recd WHERE privilege \
                 IN ('INSERT', 'UPDATE', 'DELETE')) THEN '1' ELSE '0' END AS could_write FROM dual",
            ),
            Dialect::Sqlite | Dialect::Other => None,
        }
    }

    /// What the answer to that means.
    pub(super) fn could_write(self, answer: &[String]) -> bool {
        match self {
            Dialect::MySql => mysql::may_write(answer),
            _ => answer.iter().any(|text| matches!(text.as_str(), "1" | "t")),
        }
    }
}

/// The values of a connection string that are passwords or the like.
pub(super) fn secrets(connection_string: &str) -> Vec<String> {
    attributes(connection_string)
        .into_iter()
        .filter(|(key, value)| {
            let key = key.to_lowercase();
            !value.is_empty()
                && ["pwd", "pass", "secret", "token", "key"]
                    .iter()
                    .any(|part| key.contains(part))
        })
        .map(|(_, value)| value)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_database_it_is_goes_by_the_drivers_own_words() {
        for (name, dialect) in [
            ("Microsoft SQL Server", Dialect::SqlServer),
            ("Oracle", Dialect::Oracle),
            ("PostgreSQL", Dialect::Postgres),
            ("MariaDB", Dialect::MySql),
            ("SQLite", Dialect::Sqlite),
            ("DB2/LINUXX8664", Dialect::Other),
        ] {
            assert_eq!(Dialect::of(name), dialect, "{name}");
        }
    }

    #[test]
    fn what_the_site_has_set_comes_first() {
        let given = "DSN=ssd;BoolsAsChar=1;";
        let better = Dialect::Postgres.connection_string(given).unwrap();
        assert!(
            better.starts_with("DSN=ssd;BoolsAsChar=1;UseDeclareFetch=1;"),
            "{better}"
        );
        assert_eq!(Dialect::SqlServer.connection_string(given), None);
    }

    #[test]
    fn secrets_are_found_whatever_they_are_called_and_however_they_are_quoted() {
        assert_eq!(
            secrets("Driver={x};UID=reader;Pwd={a;b}}c};SSLKeyPassphrase=p ; Password = q"),
            ["a;b}c", "p", "q"]
        );
    }
}
