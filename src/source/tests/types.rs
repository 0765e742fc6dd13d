//! Every usual type of each database, read as what it is.

use super::*;

/// A source file with one query of events, whose attributes are tried.
fn file(sql: &str) -> String {
    format!(
        "[source]\n[[source.children]]\nquery = \"SELECT 'C1' AS child_id\"\n\
         [[source.events]]\nkind = 'e'\nquery = \"\"\"{sql}\"\"\"\n"
    )
}

#[tokio::test]
async fn sqlite_has_types_by_value() {
    let mut site = Site::sqlite().await;
    site.file(&file(
        "SELECT 7 AS EVENT_ID, 'C1' AS Child_Id, '2026-04-01T09:30:00+01:00' AS occurred,
             1 AS whole, 1.5 AS part, 2.0 AS even, 'x' AS words, '' AS empty, NULL AS missing
         UNION ALL SELECT 'seven', 'C1', '2026-04-02', 'one', 1, 1, 2, 3, 4",
    ));
    site.sync().await.unwrap();
    insta::assert_snapshot!(site.copy().await, @r#"
    C1 ref=C1 born= team=
      e 7 occurred=2026-04-01@2026-04-01T08:30:00.000000Z even=2 part=1.5 whole=1 words="x"
      e seven occurred=2026-04-02 empty=3 even=1 missing=4 part=1 whole="one" words=2
    "#);
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn postgres_has_many_types() {
    let mut site = Site::postgres().await;
    site.now = "2026-08-01T08:00:00Z".parse().unwrap();
    site.run("CREATE TYPE colour AS ENUM ('red'); CREATE DOMAIN yes_no AS boolean")
        .await;
    site.file(&file(
        "SELECT 7.00::numeric AS event_id, 'C1'::char(2) AS child_id,
             timestamp '2026-07-01 09:30:00' AS occurred,
             timestamptz '2026-07-01 23:30:00+00' AS recorded, date '2026-08-01' AS scheduled,
             true AS b, true::yes_no AS domain_b, 1::int2 AS i2, 2::int4 AS i4, 3::int8 AS i8,
             0.1::float4 AS f4, 2.0::float8 AS f8, 'NaN'::float8 AS nan, 12.50::numeric AS num,
             120000::numeric AS big, -0.025::numeric AS small, 'v'::varchar AS v, 'n'::name AS n,
             'red'::colour AS en, '{\\\"a\\\": 1}'::jsonb AS jb, time '10:30' AS t,
             '00000000-0000-0000-0000-000000000007'::uuid AS u, date '9999-12-31' AS far,
             timestamp '2026-07-01 09:30:00' AS ts, timestamptz '2026-07-01 08:30:00+00' AS tz,
             timestamptz '2026-07-01 23:30:00+00'::date AS local_day, NULL AS missing
         UNION ALL SELECT 8, 'C1', 'infinity', NULL, NULL, false, false, 0, 0, 0, 0, 0, 0, 'NaN', 0, 0,
             '', '', 'red', '1', '00:00', '00000000-0000-0000-0000-000000000007', NULL, NULL, NULL,
             NULL, NULL",
    ));
    site.sync().await.unwrap();
    insta::assert_snapshot!(site.copy().await, @r#"
    C1 ref=C1 born= team=
      e 7 occurred=2026-07-01@2026-07-01T08:30:00.000000Z scheduled=2026-08-01 recorded=2026-07-02@2026-07-01T23:30:00.000000Z b=true big=120000 domain_b=true en="red" f4=0.1 f8=2 far="9999-12-31" i2=1 i4=2 i8=3 jb="{\"a\": 1}" local_day="2026-07-02" n="n" num=12.5 small=-0.025 t="10:30:00" ts="2026-07-01T09:30:00" tz="2026-07-01T09:30:00+01:00" u="00000000-0000-0000-0000-000000000007" v="v"
    "#);
    assert_eq!(
        site.quarantine().await,
        ["events e (line 6): 8: column `occurred` holds a day or time without an end"]
    );
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn a_column_that_cannot_be_read_is_told_before_anything_is() {
    let mut site = Site::postgres().await;
    site.file(&file(
        "SELECT 1 AS event_id, 'C1' AS child_id, date '2026-04-01' AS occurred,
             '\\\\x00'::bytea AS picture, ARRAY[1] AS list",
    ));
    let Err(SourceError::Refused(refusal)) = site.sync().await else {
        panic!("not refused");
    };
    insta::assert_snapshot!(refusal, @r"
    source of luton: sources/test.toml:6:9: events e: yields column `picture` of type bytea, which cannot be read; cast it to text, a number or a date
    source of luton: sources/test.toml:6:9: events e: yields column `list` of type int4[], which cannot be read; cast it to text, a number or a date
    ");
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn a_value_that_the_database_cannot_convert_is_not_told() {
    let mut site = Site::postgres().await;
    site.file(&file(
        "SELECT id AS event_id, child AS child_id, happened::date AS occurred FROM visit",
    ));
    site.run("UPDATE visit SET happened = 'Mon with Aunt May' WHERE id = 'V1'")
        .await;
    let Err(SourceError::Refused(refusal)) = site.sync().await else {
        panic!("not refused");
    };
    assert_eq!(
        refusal.lines,
        ["sources/test.toml:6:9: events e: invalid input syntax for type date; check the query"]
    );
}

#[tokio::test]
#[ignore = "needs MariaDB; tests/run starts it"]
async fn mariadb_has_types_of_its_own() {
    let mut site = Site::mariadb().await;
    site.now = "2026-08-01T08:00:00Z".parse().unwrap();
    site.run(
        "SET time_zone = '+00:00';
         CREATE TABLE t (id INT(6) ZEROFILL, at DATETIME, rec TIMESTAMP NULL, sch DATE, b TINYINT(1),
             b5 TINYINT(1), i INT, u BIGINT UNSIGNED, f FLOAT, d DECIMAL(8,3), v VARCHAR(9),
             bin VARCHAR(9) COLLATE utf8mb4_bin, e ENUM('red'), bits BIT(1), tm TIME, y YEAR,
             j JSON, z TEXT);
         SET sql_mode = '';
         INSERT INTO t VALUES (7, '2026-07-01 09:30:00', '2026-07-01 23:30:00', '2026-08-01', 1, 5,
             -3, 18446744073709551615, 1.5, 12.500, 'v', 'bin', 'red', b'1', '10:30', 2026,
             '{}', ''),
             (8, '0000-00-00', NULL, '2026-08-01', 0, 0, 0, 0, 0, 0, '', '', 'red', b'0', NULL,
             NULL, NULL, NULL)",
    )
    .await;
    site.file(&file(
        "SELECT id AS event_id, 'C1' AS child_id, at AS occurred, rec AS recorded, sch AS scheduled,
             b, b5, i, u, f, d, v, bin, e, bits, tm, y, j, z, at AS ts, NULL AS missing FROM t",
    ));
    site.sync().await.unwrap();
    insta::assert_snapshot!(site.copy().await, @r#"
    C1 ref=C1 born= team=
      e 7 occurred=2026-07-01@2026-07-01T08:30:00.000000Z scheduled=2026-08-01 recorded=2026-07-02@2026-07-01T23:30:00.000000Z b5=5 b=true bin="bin" bits=1 d=12.5 e="red" f=1.5 i=-3 j="{}" tm="10:30:00" ts="2026-07-01T09:30:00" u=1.8446744073709552e19 v="v" y=2026
      e 8 scheduled=2026-08-01 b5=false b=false bits=0 d=0 e="red" f=0 i=0 u=0
    "#);
    assert_eq!(site.quarantine().await, Vec::<String>::new());
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn times_without_a_zone_are_of_the_sources_zone() {
    let mut site = Site::postgres().await;
    let text =
        file("SELECT 1 AS event_id, 'C1' AS child_id, timestamp '2026-07-01 23:30:00' AS occurred");
    site.file(&text.replace("[source]\n", "[source]\ntimezone = 'UTC'\n"));
    site.now = "2026-08-01T08:00:00Z".parse().unwrap();
    site.sync().await.unwrap();
    let copy = site.copy().await;
    assert!(
        copy.contains("occurred=2026-07-02@2026-07-01T23:30:00.000000Z"),
        "{copy}"
    );
}

#[tokio::test]
async fn a_source_is_tried_without_touching_the_copy() {
    let mut site = Site::sqlite().await;
    site.run("INSERT INTO visit VALUES ('V3', 'C1', 'x', NULL, NULL, 'Y')")
        .await;
    site.file(&FILE.replace("FROM team", "FROM teams"));
    let probe = probe(&site.profile, Zone::LONDON, site.now, 100).await;
    assert_eq!(probe.faults.len(), 1, "{:?}", probe.faults);
    let fault = probe.faults[0].to_string();
    assert!(
        fault.starts_with("sources/test.toml:16:9: teams: no such table: teams"),
        "{fault}"
    );
    let visit = &probe.queries[2];
    assert_eq!(visit.query, "events visit (line 10)");
    assert_eq!(
        (visit.rows, visit.attributes.as_slice()),
        (3, &["child_seen".to_owned()][..])
    );
    assert_eq!(visit.unusable, ["V3: unreadable day in column `occurred`"]);
    assert_eq!(site.copy().await, "");
    let probe = super::super::probe(&site.profile, Zone::LONDON, site.now, 1).await;
    assert_eq!(probe.queries[2].rows, 1);
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn all_faults_of_a_source_are_told_at_once_and_whether_it_could_be_written_to() {
    let mut site = Site::postgres().await;
    site.file(
        &FILE
            .replace("FROM team", "FROM teams")
            .replace("FROM visit", "FROM visits"),
    );
    let probe = probe(&site.profile, Zone::LONDON, site.now, 100).await;
    assert_eq!(probe.faults.len(), 2, "{:?}", probe.faults);
    assert_eq!(probe.could_write, Some(true));
    assert_eq!(probe.queries.len(), 4);
}
