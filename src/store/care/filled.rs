//! Filled stores for the tests of care: rows that nobody has thought of in particular.

use std::collections::BTreeMap;

use super::forms::{Form, KEPT};
use super::restore::go_on_counting;
use super::tables::{Kind, Table, carry, tables};
use crate::calendar::Day;
use crate::case::TimelineBuilder;
use crate::store::{Arg, Backend, Store};

/// What these tests take for a page of a register.
pub(super) fn reads_page(page: &[u8]) -> bool {
    page.starts_with(b"page")
}

fn day(row: i64) -> Day {
    "2026-11-01".parse::<Day>().unwrap().plus(row)
}

/// A value of a form that can be read.
fn readable(form: Form, row: i64) -> Arg {
    match form {
        Form::Timeline => TimelineBuilder::new(&format!("C{row}")).encode().into(),
        Form::Page => format!("page {row}").into_bytes().into(),
        Form::RowDigests => [row as u32, row as u32 + 1]
            .map(u32::to_le_bytes)
            .concat()
            .into(),
        Form::Message => format!("Message-ID: <{row}>\r\n\r\nText\r\n")
            .into_bytes()
            .into(),
        Form::Standing | Form::Json => "{}".into(),
        Form::Columns => "[\"child_id\"]".into(),
        Form::Count => "met".into(),
        Form::Day => day(row).into(),
        Form::Instant => format!("{}T09:00:00.000000Z", day(row)).into(),
    }
}

/// A value of this form that cannot be read.
pub(super) fn unreadable(form: Form) -> Arg {
    match form {
        Form::Timeline | Form::Message => vec![0xff; 3].into(),
        Form::Page => b"nonsense".to_vec().into(),
        Form::RowDigests => [2u32, 1].map(u32::to_le_bytes).concat().into(),
        Form::Standing | Form::Json => "{".into(),
        Form::Columns => "[1]".into(),
        Form::Count => "meat".into(),
        Form::Day => "2026-02-30".into(),
        Form::Instant => "yesterday".into(),
    }
}

/// The form of a column, where it has one of its own.
pub(super) fn form_of(table: &str, column: &str) -> Option<Form> {
    let kept = KEPT.iter().find(|kept| kept.table == table)?;
    let of_column = kept.columns.iter().find(|(name, _)| *name == column);
    of_column.map(|(_, form)| *form)
}

/// Fills every table of the schema, as it is at some step, with as many rows as are asked for, that
/// agree where they refer to one another.
pub(super) async fn fill(store: &Store, rows: i64) {
    let mut tx = store.begin().await.unwrap();
    let all = tables(&mut tx).await.unwrap();
    for table in &all {
        if ["pass_lease", "retention", "alert"].contains(&table.name.as_str()) {
            continue;
        }
        let value = |(name, kind): &(String, Kind), row: i64| match form_of(&table.name, name) {
            Some(form) => readable(form, row),
            None if *kind == Kind::Int => Arg::from(row),
            None => Arg::from(format!("{name} {row}")),
        };
        let values = |row: i64| table.columns.iter().map(move |column| value(column, row));
        let filled: Vec<Vec<Arg>> = (1..=rows).map(|row| values(row).collect()).collect();
        let overriding = match store.backend() {
            Backend::Sqlite => "",
            Backend::Postgres => " OVERRIDING SYSTEM VALUE",
        };
        let into = format!("\"{}\" ({}){overriding}", table.name, names(table));
        tx.insert_rows(&into, "", filled).await.unwrap();
    }
    if all.iter().any(|table| table.name == "alert") {
        // Of obligations told, the one of each row of `alert_told`; and what the last pass has seen.
        for row in 1..=rows {
            tx.execute(
                "INSERT INTO alert (id, authority, rule, child, case_ref, team, period, anchor,
                    opened, due, closed_reason, closed_day, overdue, hold, standing)
                 VALUES ($1, 'ashmere', 'visit', $1, 'REF', NULL, 'P', 'A', '2026-01-01',
                    '2026-02-01', NULL, NULL, 1, NULL, '{}')",
                [Arg::from(format!("obligation {row}"))],
            )
            .await
            .unwrap();
        }
        tx.execute(
            "UPDATE pass_lease SET last_at = '2026-11-20T09:00:00.000000Z'",
            [],
        )
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
}

fn names(table: &Table) -> String {
    let names = table.columns.iter().map(|(name, _)| format!("\"{name}\""));
    names.collect::<Vec<_>>().join(", ")
}

/// Every row of every table, as text that can be compared across databases.
pub(super) async fn contents(store: &Store) -> BTreeMap<String, Vec<String>> {
    let mut tx = store.snapshot().await.unwrap();
    let all = tables(&mut tx).await.unwrap();
    drop(tx);
    contents_of(store, &all).await
}

/// Every row of these tables, by these columns of theirs.
pub(super) async fn contents_of(store: &Store, all: &[Table]) -> BTreeMap<String, Vec<String>> {
    let mut tx = store.snapshot().await.unwrap();
    let mut contents = BTreeMap::new();
    for table in all {
        let sql = format!("SELECT {} FROM \"{}\"", names(table), table.name);
        let rows = tx.rows_of(sql, []).await.unwrap();
        let said = |row: &crate::store::Row| -> String {
            let columns = table.columns.iter().enumerate();
            let values = columns.map(|(place, (_, kind))| match kind {
                Kind::Text => format!("{:?}", row.optional_text(place).unwrap()),
                Kind::Int => format!("{:?}", row.optional_int(place).unwrap()),
                Kind::Bytes => format!("{:?}", row.optional_bytes(place).unwrap()),
            });
            values.collect::<Vec<_>>().join(" | ")
        };
        let mut lines: Vec<String> = rows.iter().map(said).collect();
        lines.sort();
        contents.insert(table.name.clone(), lines);
    }
    contents
}

/// What a store of an earlier step of the schema holds.
pub(crate) struct Earlier {
    tables: Vec<Table>,
    contents: BTreeMap<String, Vec<String>>,
}

impl Earlier {
    /// Makes the schema of a step in the empty store `to`, and fills it with what `from` holds of it:
    /// what the corewatch of that step would have left.
    pub(crate) async fn of(from: &Store, to: &Store, step: i64) -> Earlier {
        to.migrate_to(step).await.unwrap();
        let mut tx = to.begin().await.unwrap();
        let tables = tables(&mut tx).await.unwrap();
        let mut rows = from.snapshot().await.unwrap();
        for table in tables.iter().rev() {
            // A migration has put rows in.
            let sql = format!("DELETE FROM \"{}\"", table.name);
            tx.execute_of(sql, []).await.unwrap();
        }
        for table in &tables {
            carry(&mut rows, &mut tx, table).await.unwrap();
        }
        if to.backend() == Backend::Postgres {
            go_on_counting(&mut tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        let contents = contents_of(to, &tables).await;
        Earlier { tables, contents }
    }

    /// Fails unless a store, brought up to date, holds every value of every row still.
    pub(crate) async fn is_kept_by(&self, store: &Store) {
        assert_eq!(contents_of(store, &self.tables).await, self.contents);
    }
}
