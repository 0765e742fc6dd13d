//! What is the driver's own when a source is read by way of ODBC.

use super::*;

/// The address by ODBC of a database that the tests made.
pub(super) fn url(address: &str) -> String {
    if let Some(file) = address.strip_prefix("sqlite:") {
        return format!("odbc:Driver={{SQLite3}};Database={file};NoCreat=1");
    }
    let (driver, server) = match address.strip_prefix("postgres://") {
        Some(_) => ("PostgreSQL Unicode", "Servername"),
        None => ("MariaDB Unicode", "Server"),
    };
    let address = address.split_once("://").unwrap().1;
    let (account, place) = address.split_once('@').unwrap();
    let (user, password) = account.split_once(':').unwrap();
    let (host, database) = place.split_once('/').unwrap();
    let (host, port) = host.split_once(':').unwrap();
    format!(
        "odbc:Driver={{{driver}}};{server}={host};Port={port};Database={database};UID={user};\
         PWD={password}"
    )
}

/// A source file with one query of events, whose attributes are tried.
fn file(sql: &str) -> String {
    format!(
        "[source]\n[[source.children]]\nquery = \"SELECT 'C1' AS child_id\"\n\
         [[source.events]]\nkind = 'e'\nquery = \"\"\"{sql}\"\"\"\n"
    )
}

async fn refused(site: &Site) -> Refusal {
    match site.sync().await {
        Err(SourceError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL and its ODBC driver; tests/run starts it"]
async fn the_types_of_postgres_arrive_as_they_do_without_odbc() {
    let sql = "SELECT 7.00::numeric AS event_id, 'C1'::char(5) AS child_id,
             timestamp '2026-07-01 09:30:00.25' AS occurred, date '2026-08-01' AS scheduled,
             true AS b, false AS no, 1::int2 AS i2, 2::int4 AS i4, 3::int8 AS i8, 0.1::float4 AS f4,
             2.0::float8 AS f8, 'NaN'::float8 AS nan, 12.50::numeric AS num, 120000::numeric AS big,
             -0.025::numeric AS small, 'Zoë 😀'::varchar AS v, repeat('x', 60000) AS long,
             '{\\\"a\\\": 1}'::jsonb AS jb, time '10:30' AS t, '' AS empty, NULL AS missing,
             '00000000-0000-0000-0000-000000000007'::uuid AS u, date '9999-12-31' AS far,
             timestamp '2026-07-01 09:30:00' AS ts,
             timestamptz '2026-07-01 23:30:00+00'::date AS local_day";
    let mut site = Site::postgres().await;
    site.now = "2026-08-01T08:00:00Z".parse().unwrap();
    site.file(&file(sql));
    site.sync().await.unwrap();
    let native = site.copy().await;
    assert!(native.contains("i8=3") && native.contains("local_day=\"2026-07-02\""));
    let mut site = Site::postgres().await.by_odbc();
    site.now = "2026-08-01T08:00:00Z".parse().unwrap();
    site.file(&file(sql));
    site.sync().await.unwrap();
    assert_eq!(site.copy().await, native);
}

#[tokio::test]
#[ignore = "needs MariaDB and its ODBC driver; tests/run starts it"]
async fn the_types_of_mariadb_arrive_as_they_do_without_odbc() {
    let table = "SET sql_mode = '';
         CREATE TABLE t (id INT(6) ZEROFILL, at DATETIME(6), sch DATE, i INT, u BIGINT UNSIGNED,
             f FLOAT, d DECIMAL(8,3), v VARCHAR(9) CHARACTER SET utf8mb4, bin VARCHAR(9) COLLATE
             utf8mb4_bin, e ENUM('red'), tm TIME, y YEAR, j JSON, z TEXT, flag CHAR(1), small TINYINT);
         INSERT INTO t VALUES (7, '2026-07-01 09:30:00.25', '2026-08-01', -3, 18446744073709551615,
             1.5, 12.500, 'Zoë', 'bin', 'red', '10:30', 2026, '{}', '', 'Y', 3),
             (8, '0000-00-00', '2026-08-01', 0, 0, 0, 0, '', '', 'red', NULL, NULL, NULL, NULL, '', 0)";
    let sql = "SELECT id AS event_id, 'C1' AS child_id, at AS occurred, sch AS scheduled, i, u, f, d, v,
             bin, e, tm, y, j, z, flag, small, at AS ts, 'a' || 'b' AS joined, NULL AS missing FROM t";
    let mut copies = Vec::new();
    for by_odbc in [false, true] {
        let mut site = Site::mariadb().await;
        if by_odbc {
            site = site.by_odbc();
        }
        site.now = "2026-08-01T08:00:00Z".parse().unwrap();
        site.run(table).await;
        site.file(&file(sql));
        site.sync().await.unwrap();
        copies.push(site.copy().await);
    }
    assert!(copies[0].contains("joined=\"ab\"") && copies[0].contains("e 8 scheduled="));
    assert_eq!(copies[1], copies[0]);
}

#[tokio::test]
#[ignore = "needs PostgreSQL and its ODBC driver; tests/run starts it"]
async fn a_value_that_is_too_long_is_told_and_the_rest_arrives() {
    let mut site = Site::postgres().await.by_odbc();
    site.file(&file(
        "SELECT g AS event_id, 'C1' AS child_id, date '2026-04-01' AS occurred,
             repeat('é', CASE WHEN g = 7 THEN 10000000 ELSE g END) AS words
         FROM generate_series(1, 9) g",
    ));
    site.sync().await.unwrap();
    assert_eq!(
        site.quarantine().await,
        ["events e (line 6): 7: text too long in column `words`"]
    );
    assert!(
        site.copy()
            .await
            .contains("e 9 occurred=2026-04-01 words=\"ééééééééé\"")
    );
}

#[tokio::test]
#[ignore = "needs PostgreSQL and its ODBC driver; tests/run starts it"]
async fn what_is_wrong_is_told_in_plain_words_without_a_value() {
    let mut site = Site::postgres().await.by_odbc();
    site.run("UPDATE visit SET happened = 'Mon with Aunt May' WHERE id = 'V1'")
        .await;
    site.file(&file(
        "SELECT id AS event_id, child AS child_id, happened::date AS occurred FROM visit",
    ));
    let place = "sources/test.toml:6:9: events e:";
    assert_eq!(
        refused(&site).await.lines,
        [format!(
            "{place} invalid input syntax for type date; check the query"
        )]
    );
    site.file(&file("SELECT 1 AS event_id FROM nothere"));
    assert_eq!(
        refused(&site).await.lines,
        [format!(
            "{place} relation \"nothere\" does not exist; check the query"
        )]
    );
    site.file(&file("SELECT 1 AS event_id; DROP TABLE visit"));
    assert_eq!(
        refused(&site).await.lines,
        [format!(
            "{place} more than one statement stands in the query; write one statement a query"
        )]
    );
    site.file(&file(
        "SELECT 1 AS event_id, 'C1' AS child_id, date '2026-04-01' AS occurred, '\\\\x00'::bytea AS p",
    ));
    assert_eq!(
        refused(&site).await.lines,
        [format!(
            "{place} yields column `p` of type bytes, which cannot be read; cast it to text, a \
             number or a date"
        )]
    );
}

#[tokio::test]
#[ignore = "needs PostgreSQL and its ODBC driver; tests/run starts it"]
async fn a_server_that_goes_away_in_the_middle_is_told_and_found_again() {
    let mut site = Site::postgres().await.by_odbc();
    site.sync().await.unwrap();
    let before = site.copy().await;
    site.file(&file(
        "SELECT g AS event_id, 'C1' AS child_id, date '2026-04-01' AS occurred,
             CASE WHEN g = 5000 THEN pg_terminate_backend(pg_backend_pid()) END AS gone
         FROM generate_series(1, 9000) g",
    ));
    let refusal = refused(&site).await;
    assert_eq!(refusal.kind, RefusalKind::Failed, "{refusal}");
    assert_eq!(site.copy().await, before);
    site.file(FILE);
    site.sync().await.unwrap();
    assert_eq!(site.copy().await, before);
}

#[tokio::test]
#[ignore = "needs PostgreSQL and its ODBC driver; tests/run starts it"]
async fn what_cannot_be_connected_to_is_told_without_its_password() {
    let mut site = Site::postgres().await;
    let wrong = url(&site.address).replace("PWD=", "PWD=s3cret");
    for (given, shown) in [
        (
            "odbc:Driver={No Such Driver};Server=db;UID=a;PWD=s3cret".to_owned(),
            "No Such Driver;Server=db",
        ),
        (
            "odbc:Driver={PostgreSQL Unicode};Servername=127.0.0.1;Port=1;UID=a;PWD=s3cret"
                .to_owned(),
            "Servername=127.0.0.1;Port=1",
        ),
        (wrong, "Driver=PostgreSQL Unicode;Servername=127.0.0.1"),
    ] {
        site.profile = site.profile.with_url(&given).unwrap();
        let refusal = refused(&site).await;
        assert_eq!(refusal.kind, RefusalKind::Unreachable);
        let told = refusal.to_string();
        assert!(
            told.contains(shown) && told.contains("cannot be opened"),
            "{told}"
        );
        assert!(
            !told.contains("s3cret") && !told.contains("[unixODBC]"),
            "{told}"
        );
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL, MariaDB and their ODBC drivers; tests/run starts them"]
async fn an_account_that_could_write_is_noticed() {
    for site in [Site::postgres().await, Site::mariadb().await] {
        let site = site.by_odbc();
        let probe = probe(&site.profile, Zone::LONDON, site.now, 1).await;
        assert_eq!(probe.faults, [], "{}", site.url);
        assert_eq!(probe.could_write, Some(true), "{}", site.url);
        assert_eq!(probe.queries.len(), 6);
    }
}

#[test]
fn an_address_names_a_driver_or_a_data_source() {
    let profile = profile(FILE, "sqlite:cases.db");
    let fault = profile
        .clone()
        .with_url("odbc:Server=db;PWD=s3cret")
        .unwrap_err();
    assert!(
        fault
            .to_string()
            .contains("neither a driver nor a data source"),
        "{fault}"
    );
    assert!(!fault.to_string().contains("s3cret"), "{fault}");
    assert!(profile.with_url("odbc:DSN=ssd").is_ok());
}
