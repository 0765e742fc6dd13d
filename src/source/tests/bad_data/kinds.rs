//! What is said of a kind of bad row: what is wrong, how it is made on each database, and what becomes of
//! it.

use super::Way;

/// What becomes of a row.
#[derive(Debug, Clone, Copy)]
pub(super) enum Becomes {
    /// It goes to quarantine for this reason.
    Quarantined(&'static str),
    /// It is taken: its line in the copy, and what that means.
    Taken(&'static str, &'static str),
}

/// A row, and what becomes of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Made {
    /// The statement that puts it there.
    pub(super) sql: &'static str,
    pub(super) becomes: Becomes,
}

/// A way in which a row goes wrong.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    /// What is wrong.
    pub(super) what: &'static str,
    /// The query that reads it.
    pub(super) query: Query,
    /// How the quarantine names it.
    pub(super) key: &'static str,
    /// By database; `None` where the database does not let such a row in.
    made: [Option<Made>; 3],
    /// What becomes of it by ODBC, where that differs.
    by_odbc: [Option<Becomes>; 3],
}

/// The queries of the tests' source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Query {
    Children,
    Plan,
    Variation,
    Visit,
    Meeting,
    Contact,
    People,
    Teams,
}

impl Query {
    /// Its name, as the source file makes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Query::Children => "children",
            Query::Plan => "periods plan",
            Query::Variation => "periods variation",
            Query::Visit => "events visit",
            Query::Meeting => "events",
            Query::Contact => "events contact",
            Query::People => "people",
            Query::Teams => "teams",
        }
    }
}

impl Kind {
    /// The row on a database, where it can be there, as it is read natively or by ODBC.
    pub(super) fn made(&self, way: Way, odbc: bool) -> Option<Made> {
        let place = way as usize;
        let made = self.made[place]?;
        let becomes = match self.by_odbc[place] {
            Some(other) if odbc => other,
            _ => made.becomes,
        };
        Some(Made { becomes, ..made })
    }

    /// What becomes of it by ODBC, where that differs.
    pub(super) fn by_odbc(&self, way: Way) -> Option<Becomes> {
        self.by_odbc[way as usize]
    }

    pub(super) const fn odbc(mut self, by_odbc: [Option<Becomes>; 3]) -> Kind {
        self.by_odbc = by_odbc;
        self
    }
}

/// A row that all databases take alike.
pub(super) const fn row(
    what: &'static str,
    query: Query,
    key: &'static str,
    sql: &'static str,
    becomes: Becomes,
) -> Kind {
    let made = Some(Made { sql, becomes });
    Kind {
        what,
        query,
        key,
        made: [made, made, made],
        by_odbc: [None, None, None],
    }
}

/// A row that is made in a way of its own in SQLite, PostgreSQL and MariaDB.
pub(super) const fn each(
    what: &'static str,
    query: Query,
    key: &'static str,
    made: [Option<Made>; 3],
) -> Kind {
    Kind {
        what,
        query,
        key,
        made,
        by_odbc: [None, None, None],
    }
}

pub(super) const fn made(sql: &'static str, becomes: Becomes) -> Option<Made> {
    Some(Made { sql, becomes })
}

/// How the quarantine names a row without a readable id.
pub(super) const BY_NUMBER: &str = "row N";
