//! Every way that a row goes wrong: what happens to it is in the quarantine, and nothing else is lost.

use super::*;

on_every_database! {
    every_bad_row_is_told_and_the_good_ones_arrive,
}

/// Rows that cannot be used, each with what the quarantine says of it. All are made in SQL that every
/// database understands.
const BAD: &[(&str, &str)] = &[
    (
        "INSERT INTO child VALUES (NULL, '2015-01-01', 'X', NULL)",
        "children (line 4): row N: no child_id",
    ),
    (
        "INSERT INTO child VALUES ('', '2015-01-01', 'X', NULL)",
        "children (line 4): row N: no child_id",
    ),
    (
        "INSERT INTO child VALUES ('C1', '2011-11-11', 'LU-2', 'T1')",
        "children (line 4): C1: its id comes twice",
    ),
    (
        "INSERT INTO child VALUES ('C3', '28.02.2015', NULL, NULL)",
        "children (line 4): C3: unreadable day in column `born`",
    ),
    (
        "INSERT INTO plan VALUES (NULL, 'C1', '2026-01-01', NULL, NULL)",
        "periods plan (line 7): row N: no period_id",
    ),
    (
        "INSERT INTO plan VALUES ('P2', 'C1', NULL, '2026-01-01', NULL)",
        "periods plan (line 7): P2: no from_date",
    ),
    (
        "INSERT INTO plan VALUES ('P3', 'C1', '', NULL, NULL)",
        "periods plan (line 7): P3: no from_date",
    ),
    (
        "INSERT INTO plan VALUES ('P4', 'C1', '2026-02-30', NULL, NULL)",
        "periods plan (line 7): P4: unreadable day in column `from_date`",
    ),
    (
        "INSERT INTO plan VALUES ('P5', 'C1', '2026-02-02', '2026-02-01', NULL)",
        "periods plan (line 7): P5: its to_date lies before its from_date",
    ),
    (
        "INSERT INTO plan VALUES ('P7', 'C9', '2026-02-02', NULL, NULL)",
        "periods plan (line 7): P7: unknown child: its child_id is not among the children",
    ),
    (
        "INSERT INTO plan VALUES ('P8', NULL, '2026-02-02', NULL, NULL)",
        "periods plan (line 7): P8: no child_id",
    ),
    (
        "INSERT INTO visit VALUES (NULL, 'C1', '2026-04-01', NULL, NULL, 'Y')",
        "events visit (line 10): row N: no event_id",
    ),
    (
        "INSERT INTO visit VALUES ('W1', 'C1', NULL, NULL, NULL, 'Y')",
        "events visit (line 10): W1: no day: neither occurred nor scheduled",
    ),
    (
        "INSERT INTO visit VALUES ('W2', 'C1', '2026-05-02', NULL, NULL, 'Y')",
        "events visit (line 10): W2: occurred later than the day of the reading",
    ),
    (
        "INSERT INTO visit VALUES ('W3', 'C1', '2026-05-01T23:30:00Z', NULL, NULL, 'Y')",
        "events visit (line 10): W3: occurred later than the day of the reading",
    ),
    (
        "INSERT INTO visit VALUES ('W4', 'C1', '0000-06-01', NULL, NULL, 'Y')",
        "events visit (line 10): W4: unreadable day in column `occurred`",
    ),
    (
        "INSERT INTO visit VALUES ('W5', 'C1', '2026-04-01', 'next week', NULL, 'Y')",
        "events visit (line 10): W5: unreadable day in column `scheduled`",
    ),
    (
        "INSERT INTO visit VALUES ('W6', 'C1', '2026-04-01', NULL, '10:30', 'Y')",
        "events visit (line 10): W6: unreadable day in column `recorded`",
    ),
    (
        "INSERT INTO visit VALUES ('W7', '', '2026-04-01', NULL, NULL, 'Y')",
        "events visit (line 10): W7: no child_id",
    ),
    (
        "INSERT INTO visit VALUES ('W8', 'C3', '2026-04-01', NULL, NULL, 'Y')",
        "events visit (line 10): W8: unknown child: its child_id is not among the children",
    ),
    (
        "INSERT INTO visit VALUES ('V1', 'C2', '2026-04-01', NULL, NULL, 'Y')",
        "events visit (line 10): V1: its id comes twice",
    ),
    (
        "INSERT INTO visit VALUES ('W9', 'C1', '20260401', NULL, NULL, 'Y')",
        "events visit (line 10): W9: unreadable day in column `occurred`",
    ),
    (
        "INSERT INTO meeting VALUES ('M3', 'C1', '2026-04-03', NULL, NULL)",
        "events (line 12): M3: no kind",
    ),
    (
        "INSERT INTO meeting VALUES ('M4', 'C1', '2026-04-03', '', NULL)",
        "events (line 12): M4: no kind",
    ),
    (
        "INSERT INTO worker VALUES (NULL, 'Cid Example', NULL, NULL, NULL)",
        "people (line 14): row N: no person_id",
    ),
    (
        "INSERT INTO worker VALUES ('7', 'Dee Example', NULL, NULL, NULL)",
        "people (line 14): 7: its id comes twice",
    ),
    (
        "INSERT INTO team VALUES ('', 'Nowhere', NULL, NULL)",
        "teams (line 16): row N: no team_id",
    ),
];

async fn every_bad_row_is_told_and_the_good_ones_arrive(site: Site) {
    site.sync().await.unwrap();
    let good = site.copy().await;
    for (sql, _) in BAD {
        site.run(sql).await;
    }
    let outcome = site.sync().await.unwrap();
    let mut told: Vec<String> = site
        .quarantine()
        .await
        .into_iter()
        .map(|line| match line.split_once("row ") {
            Some((before, after)) => {
                let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
                format!("{before}row N{after}")
            }
            None => line,
        })
        .collect();
    told.sort();
    let mut wanted: Vec<String> = BAD.iter().map(|(_, told)| (*told).to_owned()).collect();
    wanted.sort();
    assert_eq!(told, wanted);
    assert_eq!(outcome.quarantined, BAD.len() as u64);
    assert_eq!(site.copy().await, good);
}

#[tokio::test]
async fn what_only_sqlite_can_hold_is_told_too() {
    let site = Site::sqlite().await;
    let long = "x".repeat(10 * 1024 * 1024);
    for sql in [
        "INSERT INTO visit VALUES ('X1', 'C1', 20260401, NULL, NULL, 'Y')".to_owned(),
        "INSERT INTO visit VALUES ('X2', 'C1', x'323032362d30342d3031', NULL, NULL, 'Y')"
            .to_owned(),
        "INSERT INTO visit VALUES ('X3', 'C1', '2026-04-01', NULL, NULL, 'Y' || char(0) || 'Y')"
            .to_owned(),
        "INSERT INTO visit VALUES ('X4', 'C1', '2026-04-01', NULL, NULL, CAST(x'ff' AS TEXT))"
            .to_owned(),
        format!("INSERT INTO visit VALUES ('X5', 'C1', '2026-04-01', NULL, NULL, '{long}')"),
        format!("INSERT INTO visit VALUES ('{long}', 'C1', '2026-04-01', NULL, NULL, 'Y')"),
        "INSERT INTO visit VALUES ('X' || char(0), 'C1', '2026-04-01', NULL, NULL, 'Y')".to_owned(),
        "INSERT INTO visit VALUES (CAST(x'fe' AS TEXT), 'C1', '2026-04-01', NULL, NULL, 'Y')"
            .to_owned(),
    ] {
        site.run(&sql).await;
    }
    site.sync().await.unwrap();
    let mut told = site.quarantine().await;
    for line in &mut told {
        if let Some((before, after)) = line.split_once("row ") {
            let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
            *line = format!("{before}row N{after}");
        }
    }
    told.sort();
    let visit = "events visit (line 10)";
    assert_eq!(
        told,
        [
            format!("{visit}: X1: unreadable day in column `occurred`"),
            format!("{visit}: X2: column `occurred` holds bytes that are not text"),
            format!("{visit}: X3: a NUL character in column `child_seen`"),
            format!("{visit}: X4: column `child_seen` holds text that is not UTF-8"),
            format!("{visit}: X5: text too long in column `child_seen`"),
            format!("{visit}: row N: a NUL character in column `event_id`"),
            format!("{visit}: row N: column `event_id` holds text that is not UTF-8"),
            format!("{visit}: row N: text too long in column `event_id`"),
        ]
    );
    assert!(site.copy().await.contains("visit V1"));
}

#[tokio::test]
async fn a_variation_must_say_how_often() {
    let mut site = Site::sqlite().await;
    site.run(
        "CREATE TABLE variation (id TEXT, child TEXT, began TEXT, every TEXT);
         INSERT INTO variation VALUES ('A', 'C1', '2026-04-01', '6 weeks'),
             ('B', 'C1', '2026-04-01', 'monthly'), ('C', 'C1', '2026-04-01', NULL),
             ('D', 'C1', '2026-04-01', 6), ('E', 'C1', '2026-04-01', '10 working days')",
    )
    .await;
    site.file(&format!(
        "{FILE}[[source.periods]]\nkind = 'variation'\n\
         query = 'SELECT id AS period_id, child AS child_id, began AS from_date, every FROM variation'\n"
    ));
    site.sync().await.unwrap();
    let variation = "periods variation (line 19)";
    let reason = "a variation without a readable `every`";
    assert_eq!(
        site.quarantine().await,
        ["B", "C", "D"].map(|id| format!("{variation}: {id}: {reason}"))
    );
    let copy = site.copy().await;
    assert!(
        copy.contains("variation A 2026-04-01.. every=\"6 weeks\""),
        "{copy}"
    );
    assert!(copy.contains("variation E "), "{copy}");
}
