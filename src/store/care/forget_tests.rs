//! What is forgotten, and what is not.

use super::*;
use crate::calendar::Day;
use crate::store::testing::{postgres_database, sqlite};
use crate::store::{Store, mail};

/// An obligation that was told of, as the passes leave it: `closed` on a day, with its closing told
/// where `told`; of a child that the copy holds where `held`.
struct Case {
    id: &'static str,
    closed: Option<&'static str>,
    told: bool,
    held: bool,
}

const CASES: [Case; 5] = [
    Case {
        id: "gone",
        closed: Some("2024-01-10"),
        told: true,
        held: false,
    },
    Case {
        id: "held",
        closed: Some("2024-01-10"),
        told: true,
        held: true,
    },
    Case {
        id: "open",
        closed: None,
        told: false,
        held: true,
    },
    Case {
        id: "untold",
        closed: Some("2024-01-10"),
        told: false,
        held: false,
    },
    Case {
        id: "recent",
        closed: Some("2026-10-10"),
        told: true,
        held: false,
    },
];

async fn fill(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    for case in CASES {
        tx.execute(
            "INSERT INTO alert (id, authority, rule, child, case_ref, team, period, anchor, opened,
                due, closed_reason, closed_day, overdue, hold, standing)
             VALUES ($1, 'ashmere', 'visit', $1, 'REF', NULL, 'P', 'A', '2024-01-01', '2024-01-04',
                $2, $3, 0, NULL, '{}')",
            [
                case.id.into(),
                case.closed.map(|_| "met").into(),
                case.closed.into(),
            ],
        )
        .await
        .unwrap();
        if case.held {
            tx.execute(
                "INSERT INTO copy_timeline (authority, child_id, timeline) VALUES ('ashmere', $1, $2)",
                [case.id.into(), vec![0u8].into()],
            )
            .await
            .unwrap();
        }
        let kinds = [Some("step"), case.told.then_some("closed")];
        for kind in kinds.into_iter().flatten() {
            let message_id = format!("<{}-{kind}@example.org>", case.id);
            tx.execute(
                "INSERT INTO alert_told (authority, obligation, kind, step, due, repeat, recipient,
                    message_id, queued, reason)
                 VALUES ('ashmere', $1, $2, 1, '2024-01-04', 0, 'a@example.org', $3,
                    '2024-01-11T09:00:00.000000Z', NULL)",
                [case.id.into(), kind.into(), (&message_id).into()],
            )
            .await
            .unwrap();
            let rows = tx
                .rows(
                    "INSERT INTO message (message_id, authority, kind, recipient, standing, subject,
                        urgent, tells_closing, queued_at, next_try_at, tries, sent_at)
                     VALUES ($1, 'ashmere', 'now', 'a@example.org', '', '', 0, 0,
                        '2024-01-11T09:00:00.000000Z', '2024-01-11T09:00:00.000000Z', 1,
                        '2024-01-11T09:00:00.000000Z') RETURNING id",
                    [message_id.into()],
                )
                .await
                .unwrap();
            tx.execute(
                "INSERT INTO message_obligation (message, obligation) VALUES ($1, $2)",
                [rows[0].int(0).unwrap().into(), case.id.into()],
            )
            .await
            .unwrap();
        }
        tx.execute(
            "INSERT INTO alert_audit (at, action, authority, obligation, who, reason, until)
             VALUES ('2024-01-08T09:00:00.000000Z', 'ack', 'ashmere', $1, 'Tom', 'booked',
                '2024-01-09')",
            [case.id.into()],
        )
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
}

async fn listed(store: &Store, sql: &'static str) -> Vec<String> {
    let mut tx = store.snapshot().await.unwrap();
    let rows = tx.rows(sql, []).await.unwrap();
    rows.iter().map(|row| row.text(0).unwrap()).collect()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

async fn forgets(store: Store) {
    fill(&store).await;
    let sent = async || {
        let mut tx = store.snapshot().await.unwrap();
        mail::figures(&mut tx).await.unwrap().sent
    };
    let before = sent().await;
    assert_eq!(before, 8);
    let keep = Keep {
        closed: Some(day("2025-11-22")),
        messages: Some(day("2025-11-22")),
        audit: Some(day("2025-11-22")),
    };
    let today = day("2026-11-22");
    let forgotten = forget(&store, keep, today).await.unwrap();
    let expected = Forgotten {
        obligations: 1,
        told: 4,
        messages: 4,
        audit: 4,
    };
    assert_eq!(forgotten, Some(expected));
    // Of a child that the copy holds the obligation is remembered, so that nothing is told twice.
    let alerts = listed(&store, "SELECT id FROM alert ORDER BY id").await;
    assert_eq!(alerts, ["held", "open", "recent", "untold"]);
    let told = listed(&store, "SELECT obligation FROM alert_told ORDER BY number").await;
    assert_eq!(told, ["open", "untold", "recent", "recent"]);
    let audit = listed(&store, "SELECT obligation FROM alert_audit").await;
    assert_eq!(audit, ["open"]);
    assert_eq!(sent().await, before, "a counter has fallen");
    // Once on a day, and the record can be edited by nobody else.
    assert_eq!(forget(&store, keep, today).await.unwrap(), None);
    let mut tx = store.begin().await.unwrap();
    let edited = tx.execute("DELETE FROM alert_audit", []).await;
    assert!(edited.unwrap_err().to_string().contains("cannot be edited"));
    drop(tx);
    let again = forget(&store, keep, today.next()).await.unwrap();
    assert_eq!(again, Some(Forgotten::default()));
}

#[tokio::test]
async fn what_need_not_be_kept_is_forgotten_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    forgets(sqlite(folder.path()).await).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn what_need_not_be_kept_is_forgotten_on_postgres() {
    forgets(Store::open(&postgres_database().await).await.unwrap()).await;
}
