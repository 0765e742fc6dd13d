//! What is forgotten, and what is not.

use super::*;
use crate::calendar::Day;
use crate::store::copy::{Reading, StoredTimeline};
use crate::store::testing::{postgres_database, sqlite};
use crate::store::{Store, copy, history, mail};

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
        ..Keep::default()
    };
    let today = day("2026-11-22");
    let forgotten = forget(&store, keep, today).await.unwrap();
    let expected = Forgotten {
        obligations: 1,
        told: 4,
        messages: 4,
        audit: 4,
        ..Forgotten::default()
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

/// A reading of an authority's source: on a day, accepted where it was not refused.
fn reading(on: &str, accepted: bool, whole: bool) -> Reading {
    Reading {
        at: format!("{on}T09:00:00Z").parse().unwrap(),
        day: day(on),
        refused: (!accepted).then(|| "the source did not answer".to_owned()),
        rows: 10,
        quarantined: 1,
        children: 3,
        changed: 1,
        milliseconds: 20,
        whole,
    }
}

/// Two readings a day, with now and then a refusal and something that changed, up to the day before
/// yesterday; then refusals.
async fn read_for_a_year(store: &Store, authority: &str) {
    let first = day("2025-11-22");
    let mut tx = store.begin().await.unwrap();
    for number in 0..365 {
        let on = first.plus(number);
        for turn in 0..2 {
            let accepted = number < 363 && (number * 2 + turn) % 7 != 3;
            let this = reading(&on.to_string(), accepted, turn == 0 && number % 5 == 0);
            copy::put_reading(&mut tx, authority, &this).await.unwrap();
            if !accepted {
                continue;
            }
            history::turn_to(&mut tx, authority, on).await.unwrap();
            let basis = format!("{{\"rules\":{}}}", number / 40);
            history::keep_basis(&mut tx, authority, on, &basis)
                .await
                .unwrap();
            let child = format!("C{}", number % 4);
            let there = StoredTimeline {
                child_id: child.clone(),
                bytes: format!("{child} on {on}, {turn}").into_bytes(),
            };
            if number % 11 == 7 {
                copy::delete_timelines(&mut tx, authority, &[child])
                    .await
                    .unwrap();
            } else if number % 3 != 1 {
                copy::put_timelines(&mut tx, authority, vec![there])
                    .await
                    .unwrap();
            }
        }
    }
    tx.commit().await.unwrap();
}

/// All that a report of each day asks of the store, from `from` on; and what a pass asks.
async fn asked(store: &Store, authority: &str, from: Day) -> Vec<String> {
    let mut tx = store.snapshot().await.unwrap();
    let mut answers = vec![
        format!("{:?}", copy::last_reading(&mut tx, authority).await),
        format!("{:?}", copy::last_accepted(&mut tx, authority).await),
        format!("{:?}", copy::last_whole(&mut tx, authority).await),
        format!("{:?}", copy::refused_since(&mut tx, authority).await),
    ];
    let mut on = from;
    while on <= day("2026-11-22") {
        let records = history::timelines_at(&mut tx, authority, on).await.unwrap();
        let read = copy::last_accepted_by(&mut tx, authority, on).await;
        let basis = history::basis_at(&mut tx, authority, on).await.unwrap();
        answers.push(format!("{on}: {records:?} {basis:?} {:?}", read.unwrap()));
        on = on.next();
    }
    answers
}

async fn counted(store: &Store, sql: &'static str) -> i64 {
    let mut tx = store.snapshot().await.unwrap();
    tx.row(sql, []).await.unwrap().unwrap().int(0).unwrap()
}

async fn keeps_past_days_answerable(store: Store) {
    read_for_a_year(&store, "ashmere").await;
    read_for_a_year(&store, "luton").await;
    let (kept_from, today) = (day("2026-05-23"), day("2026-11-22"));
    let before = asked(&store, "ashmere", kept_from).await;
    let readings = "SELECT COUNT(*) FROM copy_reading WHERE authority = 'ashmere'";
    let history_rows = "SELECT COUNT(*) FROM history_timeline";
    let (all_readings, all_history) = (
        counted(&store, readings).await,
        counted(&store, history_rows).await,
    );
    assert_eq!(all_readings, 730);

    // First the readings alone: every day that was known still is.
    let everything = asked(&store, "ashmere", day("2025-11-22")).await;
    let short = Keep {
        readings: Some(day("2026-10-22")),
        ..Keep::default()
    };
    let forgotten = forget(&store, short, today).await.unwrap().unwrap();
    assert_eq!(
        asked(&store, "ashmere", day("2025-11-22")).await,
        everything
    );
    let left = counted(&store, readings).await;
    assert_eq!(forgotten.readings, 2 * (all_readings - left) as u64);
    // One for each day, and all of the last month.
    assert!(left < 365 + 32, "{left} readings are left");

    // Then half of the past as well: the days from then on are as they were.
    let both = Keep {
        history: Some(kept_from),
        ..short
    };
    let forgotten = forget(&store, both, today.next()).await.unwrap().unwrap();
    assert_eq!(asked(&store, "ashmere", kept_from).await, before);
    assert!(counted(&store, readings).await < 183 + 32);
    assert_eq!(
        all_history - counted(&store, history_rows).await,
        forgotten.history as i64
    );
    assert!(forgotten.history as i64 > all_history / 3);
    let bases = "SELECT COUNT(*) FROM history_basis WHERE authority = 'luton'";
    assert!(counted(&store, bases).await < 7, "rules of before are kept");
    let mut tx = store.snapshot().await.unwrap();
    let begun = history::begun(&mut tx, "luton").await.unwrap();
    assert_eq!(begun, Some(kept_from), "a report says since when it knows");
    drop(tx);

    // A period that ends after the last accepted reading: what the copy is stays known, and goes on.
    let last = day("2026-11-19");
    let hardly = Keep {
        history: Some(today),
        readings: Some(today),
        ..Keep::default()
    };
    let known = asked(&store, "ashmere", last).await;
    forget(&store, hardly, today.plus(2)).await.unwrap();
    assert_eq!(asked(&store, "ashmere", last).await, known);
    assert_eq!(counted(&store, history_rows).await, 0);
    let mut tx = store.begin().await.unwrap();
    assert_eq!(
        history::begun(&mut tx, "ashmere").await.unwrap(),
        Some(last)
    );
    history::turn_to(&mut tx, "ashmere", today).await.unwrap();
    let now = StoredTimeline {
        child_id: "C1".to_owned(),
        bytes: b"changed today".to_vec(),
    };
    copy::put_timelines(&mut tx, "ashmere", vec![now])
        .await
        .unwrap();
    let then = history::timelines_at(&mut tx, "ashmere", last).await;
    assert_eq!(then.unwrap().len(), 1, "the past goes on from there");
}

#[tokio::test]
async fn past_days_within_the_period_stay_answerable() {
    let folder = tempfile::tempdir().unwrap();
    keeps_past_days_answerable(sqlite(folder.path()).await).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn past_days_within_the_period_stay_answerable_on_postgres() {
    keeps_past_days_answerable(Store::open(&postgres_database().await).await.unwrap()).await;
}
