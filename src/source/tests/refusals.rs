//! Readings that change nothing: a broken source, a missing column, a drop that looks broken.

use super::*;

on_every_database! {
    far_fewer_rows_than_last_time_change_nothing,
    half_of_the_rows_is_still_taken,
    a_column_of_the_contract_that_is_missing_is_told_with_what_came,
    a_column_that_is_gone_changes_nothing,
    bad_sql_is_told_with_its_line,
    a_query_is_one_statement,
    a_source_cannot_be_written_to,
    all_queries_see_the_same_moment,
}

/// What a refused reading said.
async fn refusal(site: &Site) -> Refusal {
    match site.sync().await {
        Err(SourceError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

async fn far_fewer_rows_than_last_time_change_nothing(mut site: Site) {
    site.sync().await.unwrap();
    let before = site.copy().await;
    site.run("DELETE FROM visit").await;
    site.now = site.now.plus_hours(1);
    let refused = refusal(&site).await;
    assert_eq!(refused.kind, RefusalKind::Shrunk);
    insta::allow_duplicates! {
        insta::assert_snapshot!(refused, @"source of luton: sources/test.toml:10:9: events visit: 0 rows where there were 2, a drop of more than shrink = \"50 %\"; if it is meant, let it through with `corewatch sync --accept`");
    }
    assert_eq!(site.copy().await, before);
    let reading = site.last_reading().await;
    assert_eq!(reading.refused.as_deref(), Some(refused.lines[0].as_str()));
    let mut tx = site.store.snapshot().await.unwrap();
    let since = copy::refused_since(&mut tx, "luton").await.unwrap();
    assert_eq!(since, Some(site.now));
    drop(tx);
    site.accept = true;
    site.sync().await.unwrap();
    assert!(!site.copy().await.contains("visit"));
    let mut tx = site.store.snapshot().await.unwrap();
    assert_eq!(copy::refused_since(&mut tx, "luton").await.unwrap(), None);
    drop(tx);
    site.accept = false;
    site.sync().await.unwrap();
}

async fn half_of_the_rows_is_still_taken(site: Site) {
    site.sync().await.unwrap();
    site.run("DELETE FROM visit WHERE id = 'V1'").await;
    site.sync().await.unwrap();
}

async fn a_column_of_the_contract_that_is_missing_is_told_with_what_came(mut site: Site) {
    site.file(
        "[source]\n[[source.children]]\nquery = 'SELECT id AS child FROM child'\n\
         [[source.events]]\nkind = 'visit'\n\
         query = 'SELECT id AS event_id, child AS child_id, seen FROM visit'\n",
    );
    let refused = refusal(&site).await;
    assert_eq!(refused.kind, RefusalKind::Contract);
    assert_eq!(
        refused.lines,
        [
            "sources/test.toml:3:9: children: does not yield the column `child_id` (it yields child); \
             is `child` meant? Then write `child AS child_id`",
            "sources/test.toml:6:9: events visit: does not yield the column `occurred` (it yields \
             event_id, child_id, seen); name the column that holds it `AS occurred`",
        ]
    );
}

async fn a_column_that_is_gone_changes_nothing(mut site: Site) {
    site.file(&FILE.replace(
        "SELECT id AS child_id, dob AS born, ref AS case_ref, team AS team_id FROM child",
        "SELECT c.id AS child_id, d.* FROM child c LEFT JOIN more d ON d.of_child = c.id",
    ));
    site.run(
        "CREATE TABLE more (of_child VARCHAR(9), born VARCHAR(10), colour VARCHAR(9)); \
         INSERT INTO more VALUES ('C1', '2015-01-01', 'blue')",
    )
    .await;
    site.sync().await.unwrap();
    site.run("DROP TABLE more; CREATE TABLE more (of_child VARCHAR(9), colour VARCHAR(9))")
        .await;
    let refused = refusal(&site).await;
    assert_eq!(refused.kind, RefusalKind::ColumnGone);
    assert!(
        refused.lines[0].contains("the column `born` is gone"),
        "{refused}"
    );
    assert!(site.copy().await.contains("born=2015-01-01"));
    site.accept = true;
    site.sync().await.unwrap();
    assert!(site.copy().await.contains("C1 ref=C1 born= team="));
}

async fn bad_sql_is_told_with_its_line(mut site: Site) {
    site.sync().await.unwrap();
    let before = site.copy().await;
    site.file(&FILE.replace("FROM visit", "FROM visits"));
    let refused = refusal(&site).await;
    assert_eq!(refused.kind, RefusalKind::Failed);
    let line = &refused.lines[0];
    assert!(
        line.starts_with("sources/test.toml:10:9: events visit: ") && line.contains("visits"),
        "{line}"
    );
    assert_eq!(site.copy().await, before);
}

async fn a_query_is_one_statement(mut site: Site) {
    site.file(&FILE.replace("ORDER BY id\"", "ORDER BY id;\""));
    site.sync().await.unwrap();
    let before = site.copy().await;
    let two = "FROM visit; SELECT id AS event_id, child, held, what, agreed, id FROM meeting";
    site.file(&FILE.replace("FROM visit", two));
    assert_eq!(refusal(&site).await.kind, RefusalKind::Failed);
    assert_eq!(site.copy().await, before);
}

async fn a_source_cannot_be_written_to(mut site: Site) {
    site.file(
        "[source]\n[[source.children]]\n\
         query = \"INSERT INTO child (id) VALUES ('C9') RETURNING id AS child_id\"\n",
    );
    // The ODBC driver of SQLite sees no columns in such a statement, which is refused unrun.
    let kind = refusal(&site).await.kind;
    assert!(matches!(kind, RefusalKind::Failed | RefusalKind::Contract));
    site.file(FILE);
    site.sync().await.unwrap();
    assert!(!site.copy().await.contains("C9"));
}

#[tokio::test]
async fn a_source_that_is_not_there_is_told_without_its_password() {
    let mut site = Site::sqlite().await;
    site.sync().await.unwrap();
    for (address, wanted) in [
        (
            "sqlite:nowhere.db",
            "sqlite:sources/nowhere.db cannot be opened",
        ),
        (
            "postgres://reader:s3cret@127.0.0.1:1/cases",
            "postgres://reader@127.0.0.1:1/cases cannot be opened",
        ),
        (
            "mysql://reader:s3cret@127.0.0.1:1/cases",
            "mysql://reader@127.0.0.1:1/cases cannot be opened",
        ),
    ] {
        site.profile = profile(FILE, address);
        let refused = refusal(&site).await;
        assert_eq!(refused.kind, RefusalKind::Unreachable);
        let text = refused.to_string();
        assert!(text.contains(wanted) && !text.contains("s3cret"), "{text}");
    }
}

#[tokio::test]
async fn a_reading_can_be_handed_to_another_thread() {
    let site = Site::sqlite().await;
    let outcome = tokio::spawn(async move { site.sync().await })
        .await
        .unwrap();
    assert_eq!(outcome.unwrap().children, 2);
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn a_connection_that_dies_half_way_changes_nothing() {
    let mut site = Site::postgres().await;
    site.sync().await.unwrap();
    let before = site.copy().await;
    site.run("UPDATE visit SET seen = 'N'").await;
    site.file(&FILE.replace(
        "what AS kind",
        "CASE WHEN id = 'M2' THEN pg_terminate_backend(pg_backend_pid())::text END AS x, what AS kind",
    ));
    let refused = refusal(&site).await;
    assert_eq!(refused.kind, RefusalKind::Failed);
    assert!(
        refused.lines[0].starts_with("sources/test.toml:12:9: events: "),
        "{refused}"
    );
    assert_eq!(site.copy().await, before);
    // The next pass puts it right without help.
    site.file(FILE);
    assert_eq!(site.sync().await.unwrap().changed, ["C1"]);
}

/// What others change meanwhile is not seen: the nightly reload empties a table before it fills it.
async fn all_queries_see_the_same_moment(site: Site) {
    use super::super::database::{Database, Limits, More};
    if site.address.starts_with("sqlite:") {
        site.run("PRAGMA journal_mode = WAL").await;
    }
    let address = site.profile.need_address().unwrap();
    let mut database = Database::open(address, Zone::LONDON, Limits::of(site.profile.timeout))
        .await
        .unwrap();
    let mut seen = Vec::new();
    for round in 0..2 {
        let prepared = database
            .prepare("SELECT id FROM visit", None)
            .await
            .unwrap();
        let mut rows = 0;
        database
            .each_row(&prepared, &mut |_| {
                rows += 1;
                More::Yes
            })
            .await
            .unwrap();
        seen.push(rows);
        if round == 0 {
            site.run("DELETE FROM visit").await;
        }
    }
    assert_eq!(seen, [2, 2]);
    database.close().await;
}
