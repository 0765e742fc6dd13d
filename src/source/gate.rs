//! What is refused because it looks broken: far fewer rows than last time, or a column that is gone
//! (SPEC 4). Pure: what came is weighed against what came last.

use super::error::RefusalKind;
use super::profile::{Profile, Query};
use crate::case::Catalogue;
use crate::document::Fault;
use crate::store::copy::QueryReading;

use super::columns::{class, contract};

/// Why a reading is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Objection {
    pub(super) kind: RefusalKind,
    pub(super) fault: Fault,
}

impl Objection {
    /// An objection to a query, at its place in the source file.
    pub(super) fn to(
        query: &Query,
        kind: RefusalKind,
        what: impl std::fmt::Display,
        remedy: &str,
    ) -> Self {
        let what = format!("{}: {what}", query.name);
        Objection {
            kind,
            fault: Fault::new(query.place.clone(), what, remedy),
        }
    }
}

/// What speaks against one query's rows: more than the share that may be gone is gone. There is no
/// least number: one row that becomes none is a drop of 100 %.
pub(super) fn shrunk(
    profile: &Profile,
    query: &Query,
    before: &QueryReading,
    rows: u64,
) -> Option<Objection> {
    let least = before.rows as f64 * (1.0 - profile.shrink.percent / 100.0);
    if rows as f64 >= least {
        return None;
    }
    Some(Objection::to(
        query,
        RefusalKind::Shrunk,
        format_args!(
            "{rows} rows where there were {}, a drop of more than shrink = \"{}\"",
            before.rows, profile.shrink
        ),
        "if it is meant, let it through with `corewatch sync --accept`",
    ))
}

/// What speaks against one query's columns: one that rows carried is gone, although the query is the
/// same. A query that somebody changed may drop what it likes.
pub(super) fn columns_gone(
    query: &Query,
    before: &QueryReading,
    now: &QueryReading,
    catalogue: &Catalogue,
) -> Vec<Objection> {
    if before.digest != now.digest {
        return Vec::new();
    }
    before
        .columns
        .difference(&now.columns)
        .filter(|column| mattered(query, column, catalogue))
        .map(|column| {
            Objection::to(
                query,
                RefusalKind::ColumnGone,
                format_args!("the column `{column}` is gone, and rows had it at the last reading"),
                "bring it back, or let it go with `corewatch sync --accept`",
            )
        })
        .collect()
}

fn mattered(query: &Query, column: &str, catalogue: &Catalogue) -> bool {
    if contract(query.subject)
        .iter()
        .any(|(name, _)| *name == column)
    {
        return true;
    }
    let Some(class) = class(query.subject) else {
        return false;
    };
    catalogue
        .kinds
        .iter()
        .filter(|((c, kind), _)| {
            *c == class && query.kind.as_ref().is_none_or(|fixed| fixed == kind)
        })
        .any(|(_, facts)| facts.carried.contains_key(column))
}
