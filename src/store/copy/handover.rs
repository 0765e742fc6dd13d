//! An authority's copy handed to another store: what a trial works on, so that the real one stays
//! untouched.

use crate::store::{Arg, StoreError, Transaction};

/// Rows written by one statement's worth of memory.
const ROWS_AT_ONCE: usize = 2_000;

/// A column of a table, by what the store keeps in it.
#[derive(Clone, Copy)]
enum Column {
    Text,
    Int,
    Bytes,
}

use Column::{Bytes, Int, Text};

/// A table of the copy: where it goes, how it is read, what its columns are.
struct Table {
    into: &'static str,
    from: &'static str,
    columns: &'static [Column],
}

/// What an evaluation and its alerts read.
const TABLES: [Table; 6] = [
    Table {
        into: "copy_symbol (authority, number, name)",
        from: "SELECT authority, number, name FROM copy_symbol WHERE authority = $1",
        columns: &[Text, Int, Text],
    },
    Table {
        into: "copy_timeline (authority, child_id, timeline)",
        from: "SELECT authority, child_id, timeline FROM copy_timeline WHERE authority = $1",
        columns: &[Text, Text, Bytes],
    },
    Table {
        into: "copy_kind (authority, class, kind, rows, about)",
        from: "SELECT authority, class, kind, rows, about FROM copy_kind WHERE authority = $1",
        columns: &[Text, Text, Text, Int, Int],
    },
    Table {
        into: "copy_attribute (authority, class, kind, attribute, rows)",
        from: "SELECT authority, class, kind, attribute, rows FROM copy_attribute \
               WHERE authority = $1",
        columns: &[Text, Text, Text, Text, Int],
    },
    Table {
        into: "copy_person (authority, person_id, name, email, role, team_id, manager_id)",
        from: "SELECT authority, person_id, name, email, role, team_id, manager_id \
               FROM copy_person WHERE authority = $1",
        columns: &[Text, Text, Text, Text, Text, Text, Text],
    },
    Table {
        into: "copy_team (authority, team_id, name, parent_id, manager_id)",
        from: "SELECT authority, team_id, name, parent_id, manager_id FROM copy_team \
               WHERE authority = $1",
        columns: &[Text, Text, Text, Text, Text],
    },
];

/// Writes what an evaluation of an authority reads from one store into another, that holds nothing of
/// it yet.
///
/// # Errors
/// What either database says.
pub async fn hand_over(
    from: &mut Transaction,
    to: &mut Transaction,
    authority: &str,
) -> Result<(), StoreError> {
    for table in TABLES {
        let mut rows: Vec<Vec<Arg>> = Vec::new();
        from.each_row(table.from, [authority.into()], |row| {
            let cells = table.columns.iter().enumerate().map(|(i, column)| {
                Ok(match column {
                    Text => row.optional_text(i)?.into(),
                    Int => row.optional_int(i)?.into(),
                    Bytes => row.optional_bytes(i)?.into(),
                })
            });
            rows.push(cells.collect::<Result<_, StoreError>>()?);
            Ok::<(), StoreError>(())
        })
        .await?;
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(ROWS_AT_ONCE));
            to.insert_many(table.into, "", std::mem::replace(&mut rows, rest))
                .await?;
        }
    }
    Ok(())
}
