//! Each value in a form of its own that cannot be read is named by its table and key.

use super::filled::{fill, form_of, reads_page, unreadable};
use super::forms::{Form, KEPT, read_forms};
use super::tables::{Kind, tables};
use crate::store::testing::{postgres_database, sqlite};
use crate::store::{Arg, Backend, Store};

/// Damages one value after the other in a filled store.
async fn every_damage_is_named(store: Store) {
    fill(&store, 3).await;
    for kept in KEPT {
        for (column, form) in kept.columns {
            let mut tx = store.begin().await.unwrap();
            let all = tables(&mut tx).await.unwrap();
            let sound = read_forms(&mut tx, &all, reads_page).await.unwrap();
            assert_eq!(sound, (Vec::new(), 3));
            // The record of acknowledgements cannot be edited, but for this.
            if kept.table == "alert_audit" {
                let off = match store.backend() {
                    Backend::Sqlite => "DROP TRIGGER alert_audit_no_update",
                    Backend::Postgres => "ALTER TABLE alert_audit DISABLE TRIGGER USER",
                };
                tx.execute(off, []).await.unwrap();
            }
            let names = |name: &&str| format!("CAST(\"{name}\" AS TEXT)");
            let keys: Vec<String> = kept.key.iter().map(names).collect();
            let table = kept.table;
            let sql = format!("SELECT {} FROM \"{table}\"", keys.join(", "));
            let row = tx.rows_of(sql, []).await.unwrap().remove(0);
            let mut key: Vec<String> = (0..keys.len()).map(|i| row.text(i).unwrap()).collect();
            let is_it = keys.iter().enumerate();
            let is_it = is_it.map(|(place, key)| format!("{key} = ${}", place + 2));
            let is_it: Vec<String> = is_it.collect();
            let sql = format!(
                "UPDATE \"{table}\" SET \"{column}\" = $1 WHERE {}",
                is_it.join(" AND ")
            );
            let bad = unreadable(*form);
            let args = [bad.clone()].into_iter().chain(key.iter().map(Arg::from));
            assert_eq!(tx.execute_of(sql, args).await.unwrap(), 1);
            if let (Some(place), Arg::Text(Some(bad))) =
                (kept.key.iter().position(|name| name == column), bad)
            {
                key[place] = bad;
            }
            let (faults, _) = read_forms(&mut tx, &all, reads_page).await.unwrap();
            let named = format!("{table} ({}): `{column}` cannot be read; ", key.join(", "));
            assert!(
                faults.len() == 1 && faults[0].starts_with(&named),
                "{named}\n{faults:?}"
            );
        }
    }
}

#[tokio::test]
async fn every_damaged_value_is_named_by_table_and_key() {
    let folder = tempfile::tempdir().unwrap();
    every_damage_is_named(sqlite(folder.path()).await).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn every_damaged_value_is_named_by_table_and_key_on_postgres() {
    every_damage_is_named(Store::open(&postgres_database().await).await.unwrap()).await;
}

#[tokio::test]
async fn the_first_few_damaged_rows_are_named_and_the_others_counted() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    fill(&store, 9).await;
    let mut tx = store.begin().await.unwrap();
    tx.execute("UPDATE evaluation_page SET page = x'00'", [])
        .await
        .unwrap();
    let all = tables(&mut tx).await.unwrap();
    let (faults, _) = read_forms(&mut tx, &all, reads_page).await.unwrap();
    assert_eq!(faults.len(), 6);
    assert!(faults[5].starts_with("evaluation_page: `page` of 4 more rows cannot be read"));
}

/// What a later migration adds is not forgotten: every column of bytes, and every column that is named
/// as days and instants are.
#[tokio::test]
async fn every_column_with_a_form_of_its_own_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    let mut tx = store.snapshot().await.unwrap();
    let all = tables(&mut tx).await.unwrap();
    let is_time = |name: &str| {
        ["day", "at", "due", "since", "until", "begun"].contains(&name)
            || ["_at", "_day", "_until", "_due"]
                .iter()
                .any(|end| name.ends_with(end))
    };
    for table in &all {
        for (column, kind) in &table.columns {
            let form = form_of(&table.name, column);
            let is_known = match kind {
                Kind::Bytes => form.is_some_and(Form::is_bytes),
                Kind::Text if is_time(column) => matches!(form, Some(Form::Day | Form::Instant)),
                Kind::Text | Kind::Int => true,
            };
            assert!(
                is_known,
                "{} has a column {column} that verify does not read",
                table.name
            );
        }
    }
    for kept in KEPT {
        let table = all.iter().find(|table| table.name == kept.table);
        let columns = &table.expect(kept.table).columns;
        let named = kept.columns.iter().map(|(column, _)| column);
        for name in named.chain(kept.key) {
            assert!(columns.iter().any(|(column, _)| column == name), "{name}");
        }
    }
}
