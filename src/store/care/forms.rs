//! Values that are kept in a form of their own (bytes, JSON, days, instants), and whether each can be
//! read: a pass, a report or a message would fail on one that cannot.
//!
//! To add one: its column in [`KEPT`]. A column of bytes that is missing there fails a test.

use std::collections::BTreeSet;

use super::ReadsPage;
use super::tables::Table;
use crate::alerts::Standing;
use crate::calendar::{Day, Instant};
use crate::case::Timeline;
use crate::report::publish::count_named;
use crate::store::copy::RECENT;
use crate::store::{Row, StoreError, Transaction};

/// Rows that are named of each column; the others are counted.
const NAMED: usize = 5;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A child's timeline.
    Timeline,
    /// A page of a register of evaluations.
    Page,
    /// Digests of rows' ids, sorted in every bucket but the one of what came last.
    RowDigests,
    /// A message as it leaves.
    Message,
    /// JSON: where an obligation stands on its ladder.
    Standing,
    /// JSON: the columns of a query.
    Columns,
    /// JSON of any shape.
    Json,
    /// The name of a count of reports.
    Count,
    Day,
    Instant,
}

/// Columns of a table with their forms, and the columns that name a row.
pub(super) struct Kept {
    pub(super) table: &'static str,
    pub(super) key: &'static [&'static str],
    pub(super) columns: &'static [(&'static str, Form)],
    /// What follows where one of them cannot be read, and what to do.
    remedy: &'static str,
}

/// Nothing that makes it anew.
const RESTORE: &str = "put a backup back";

/// A register of evaluations follows from the copy.
const MADE_ANEW: &str = "the pass that next needs it fails, and the one after makes it anew";

/// All that is kept in a form of its own.
pub(super) const KEPT: &[Kept] = &[
    Kept {
        table: "copy_timeline",
        key: &["authority", "child_id"],
        columns: &[("timeline", Form::Timeline)],
        remedy: "the next reading of everything makes it anew",
    },
    Kept {
        table: "copy_query",
        key: &["authority", "query"],
        columns: &[("columns", Form::Columns)],
        remedy: RESTORE,
    },
    Kept {
        table: "copy_reading",
        key: &["authority", "number"],
        columns: &[("read_at", Form::Instant), ("day", Form::Day)],
        remedy: RESTORE,
    },
    Kept {
        table: "copy_quarantine",
        key: &["authority", "number"],
        columns: &[("since", Form::Instant), ("waits_for_day", Form::Day)],
        remedy: RESTORE,
    },
    Kept {
        table: "copy_row_digest",
        key: &["authority", "bucket"],
        columns: &[("digests", Form::RowDigests)],
        remedy: "the next reading of everything makes it anew",
    },
    Kept {
        table: "alert",
        key: &["authority", "id"],
        columns: &[
            ("opened", Form::Day),
            ("due", Form::Day),
            ("closed_day", Form::Day),
            ("standing", Form::Standing),
        ],
        remedy: RESTORE,
    },
    Kept {
        table: "alert_told",
        key: &["authority", "number"],
        columns: &[("due", Form::Day), ("queued", Form::Instant)],
        remedy: RESTORE,
    },
    Kept {
        table: "alert_digest",
        key: &["authority", "recipient"],
        columns: &[("day", Form::Day)],
        remedy: RESTORE,
    },
    Kept {
        table: "alert_audit",
        key: &["authority", "number"],
        columns: &[("at", Form::Instant), ("until", Form::Day)],
        remedy: RESTORE,
    },
    Kept {
        table: "operations_trouble",
        key: &["kind", "authority", "item"],
        columns: &[("begun", Form::Day), ("told", Form::Day)],
        remedy: RESTORE,
    },
    Kept {
        table: "pass_lease",
        key: &["name"],
        columns: &[("held_until", Form::Instant), ("last_at", Form::Instant)],
        remedy: RESTORE,
    },
    Kept {
        table: "head_told",
        key: &["authority", "recipient"],
        columns: &[("since", Form::Instant)],
        remedy: RESTORE,
    },
    Kept {
        table: "message",
        key: &["authority", "message_id"],
        columns: &[
            ("queued_at", Form::Instant),
            ("next_try_at", Form::Instant),
            ("first_failed_at", Form::Instant),
            ("claimed_until", Form::Instant),
            ("sent_at", Form::Instant),
            ("withdrawn_at", Form::Instant),
            ("failed_at", Form::Instant),
        ],
        remedy: RESTORE,
    },
    Kept {
        table: "message_body",
        key: &["message"],
        columns: &[("body", Form::Message)],
        remedy: RESTORE,
    },
    Kept {
        table: "address",
        key: &["authority", "address"],
        columns: &[
            ("refused_at", Form::Instant),
            ("failing_since", Form::Instant),
        ],
        remedy: RESTORE,
    },
    Kept {
        table: "daemon_job",
        key: &["name"],
        columns: &[
            ("next_due", Form::Instant),
            ("ended", Form::Instant),
            ("ended_well", Form::Instant),
        ],
        remedy: RESTORE,
    },
    Kept {
        table: "evaluation",
        key: &["authority"],
        columns: &[
            ("day", Form::Day),
            ("next_change", Form::Day),
            ("wake", Form::Instant),
            ("next_step", Form::Instant),
        ],
        remedy: RESTORE,
    },
    Kept {
        table: "evaluation_outlook",
        key: &["authority", "number"],
        columns: &[("page", Form::Page)],
        remedy: MADE_ANEW,
    },
    Kept {
        table: "evaluation_page",
        key: &["authority", "number"],
        columns: &[("page", Form::Page)],
        remedy: MADE_ANEW,
    },
    Kept {
        table: "history_day",
        key: &["authority"],
        columns: &[("begun", Form::Day), ("day", Form::Day)],
        remedy: RESTORE,
    },
    Kept {
        table: "history_basis",
        key: &["authority", "from_day"],
        columns: &[("from_day", Form::Day), ("basis", Form::Json)],
        remedy: "reports as at that time are judged by the rules of now; put a backup back",
    },
    Kept {
        table: "history_timeline",
        key: &["authority", "child_id", "before_day"],
        columns: &[("before_day", Form::Day), ("timeline", Form::Timeline)],
        remedy: "no report can be made as at a day before it; put a backup back",
    },
    Kept {
        table: "report_published",
        key: &[
            "authority",
            "rule",
            "level",
            "team",
            "from_day",
            "to_day",
            "figure",
        ],
        columns: &[
            ("from_day", Form::Day),
            ("to_day", Form::Day),
            ("figure", Form::Count),
            ("published_at", Form::Instant),
        ],
        remedy: RESTORE,
    },
    Kept {
        table: "standing_report",
        key: &["report", "fell_at"],
        columns: &[
            ("fell_at", Form::Instant),
            ("from_day", Form::Day),
            ("to_day", Form::Day),
            ("queued_at", Form::Instant),
        ],
        remedy: RESTORE,
    },
    Kept {
        table: "retention",
        key: &["name"],
        columns: &[("last_day", Form::Day), ("audit_before", Form::Day)],
        remedy: RESTORE,
    },
];

impl Form {
    /// Whether it is bytes, and not text.
    pub(super) fn is_bytes(self) -> bool {
        matches!(
            self,
            Form::Timeline | Form::Page | Form::RowDigests | Form::Message
        )
    }

    /// Whether these bytes, of the row that `key` names, can be read.
    fn reads_bytes(self, bytes: &[u8], key: &[String], reads_page: ReadsPage) -> bool {
        match self {
            Form::Timeline => Timeline::decode(bytes).is_ok(),
            Form::Page => reads_page(bytes),
            Form::RowDigests => {
                let is_recent = key
                    .last()
                    .is_some_and(|bucket| *bucket == RECENT.to_string());
                let (sorted, rest) = bytes.as_chunks();
                let sorted = sorted.iter().map(|chunk| u32::from_le_bytes(*chunk));
                rest.is_empty()
                    && (is_recent && bytes.len().is_multiple_of(8)
                        || !is_recent && sorted.is_sorted())
            }
            Form::Message => std::str::from_utf8(bytes).is_ok_and(|text| {
                let head = text.split_once("\r\n\r\n").map(|(head, _)| head);
                head.is_some_and(|head| head.lines().any(|line| line.starts_with("Message-ID: ")))
            }),
            _ => false,
        }
    }

    /// Whether this text can be read.
    fn reads_text(self, text: &str) -> bool {
        match self {
            Form::Standing => serde_json::from_str::<Standing>(text).is_ok(),
            Form::Columns => serde_json::from_str::<BTreeSet<String>>(text).is_ok(),
            Form::Json => serde_json::from_str::<serde_json::Value>(text).is_ok(),
            Form::Count => count_named(text).is_some(),
            Form::Day => text.parse::<Day>().is_ok(),
            Form::Instant => text.parse::<Instant>().is_ok(),
            _ => false,
        }
    }
}

/// Reads every value of these tables that is kept in a form of its own: a line for each that cannot be
/// read, by table and key, and how many timelines the copy holds.
///
/// # Errors
/// What the database says.
pub(super) async fn read_forms(
    tx: &mut Transaction,
    tables: &[Table],
    reads_page: ReadsPage,
) -> Result<(Vec<String>, u64), StoreError> {
    let (mut faults, mut timelines) = (Vec::new(), 0);
    for kept in KEPT {
        // A backup of an earlier schema has fewer tables, and fewer columns.
        let Some(table) = tables.iter().find(|table| table.name == kept.table) else {
            continue;
        };
        let is_there = |name: &str| table.columns.iter().any(|(column, _)| column == name);
        let columns = kept.columns.iter().filter(|(name, _)| is_there(name));
        let columns: Vec<(&str, Form)> = columns.copied().collect();
        let rows = of_table(tx, kept, &columns, reads_page, &mut faults).await?;
        if kept.table == "copy_timeline" {
            timelines = rows;
        }
    }
    Ok((faults, timelines))
}

/// Reads these columns of a table; says how many rows it has.
async fn of_table(
    tx: &mut Transaction,
    kept: &Kept,
    columns: &[(&str, Form)],
    reads_page: ReadsPage,
    faults: &mut Vec<String>,
) -> Result<u64, StoreError> {
    let keys = kept
        .key
        .iter()
        .map(|name| format!("CAST(\"{name}\" AS TEXT)"));
    let values = columns.iter().map(|(name, _)| format!("\"{name}\""));
    let asked: Vec<String> = keys.chain(values).collect();
    let sql = format!("SELECT {} FROM \"{}\"", asked.join(", "), kept.table);
    let mut found: Vec<(usize, Vec<String>)> = vec![(0, Vec::new()); columns.len()];
    let mut rows = 0;
    tx.each_row_of(sql, [], |row| {
        rows += 1;
        let key: Vec<String> = (0..kept.key.len())
            .map(|place| row.text(place))
            .collect::<Result<_, _>>()?;
        for ((place, (_, form)), (count, named)) in columns.iter().enumerate().zip(&mut found) {
            if reads(&row, kept.key.len() + place, *form, &key, reads_page) {
                continue;
            }
            *count += 1;
            if named.len() < NAMED {
                named.push(key.join(", "));
            }
        }
        Ok::<(), StoreError>(())
    })
    .await?;
    for ((column, _), (count, named)) in columns.iter().zip(found) {
        let (table, remedy) = (kept.table, kept.remedy);
        let beyond = count - named.len();
        faults.extend(
            (named.iter())
                .map(|key| format!("{table} ({key}): `{column}` cannot be read; {remedy}")),
        );
        if beyond > 0 {
            faults.push(format!(
                "{table}: `{column}` of {beyond} more rows cannot be read; {remedy}"
            ));
        }
    }
    Ok(rows)
}

/// Whether a value is null or can be read; one of another type than its column's cannot.
fn reads(row: &Row, place: usize, form: Form, key: &[String], reads_page: ReadsPage) -> bool {
    if form.is_bytes() {
        let bytes = row.optional_bytes(place);
        bytes.is_ok_and(|bytes| bytes.is_none_or(|b| form.reads_bytes(&b, key, reads_page)))
    } else {
        let text = row.optional_text(place);
        text.is_ok_and(|text| text.is_none_or(|t| form.reads_text(&t)))
    }
}
