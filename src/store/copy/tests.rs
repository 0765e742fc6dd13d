//! The copy keeps what it is given, the same on both databases.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::calendar::{Day, Instant};
use crate::case::{Catalogue, Class, KindFacts, Person, Staff, Symbols, Team};
use crate::store::testing::{postgres, sqlite};
use crate::store::{Store, StoreError};

macro_rules! on_both {
    ($($contract:ident),* $(,)?) => {
        mod in_sqlite {$(
            #[tokio::test]
            async fn $contract() {
                let folder = tempfile::tempdir().unwrap();
                super::$contract(super::sqlite(folder.path()).await).await;
            }
        )*}
        mod in_postgres {$(
            #[tokio::test]
            #[ignore = "needs PostgreSQL; tests/run starts it"]
            async fn $contract() {
                super::$contract(super::postgres().await).await;
            }
        )*}
    };
}

on_both! {
    timelines_come_in_the_order_of_their_bytes,
    names_keep_their_numbers,
    what_is_known_by_kind_is_kept,
    staff_are_kept,
    readings_are_remembered,
    what_is_not_committed_is_not_true,
}

fn stored(id: &str, bytes: &[u8]) -> StoredTimeline {
    StoredTimeline {
        child_id: id.to_owned(),
        bytes: bytes.to_vec(),
    }
}

async fn all(store: &Store, authority: &str) -> Vec<Vec<u8>> {
    let mut tx = store.snapshot().await.unwrap();
    let mut found = Vec::new();
    each_timeline::<StoreError>(&mut tx, authority, |bytes| {
        found.push(bytes.to_vec());
        Ok(())
    })
    .await
    .unwrap();
    found
}

async fn timelines_come_in_the_order_of_their_bytes(store: Store) {
    // Collations of a language would put these in another order.
    let ids = ["a-1", "B", "a1", "A", "é", "10", "9", "a"];
    let mut tx = store.begin().await.unwrap();
    let timelines = ids.iter().map(|id| stored(id, id.as_bytes())).collect();
    put_timelines(&mut tx, "luton", timelines).await.unwrap();
    put_timelines(&mut tx, "rochdale", vec![stored("a", b"other")])
        .await
        .unwrap();
    put_timelines(&mut tx, "luton", vec![stored("B", b"Bnew")])
        .await
        .unwrap();
    delete_timelines(&mut tx, "luton", &["9".to_owned()])
        .await
        .unwrap();
    let page = timelines_after(&mut tx, "luton", "A", 2).await.unwrap();
    assert_eq!(page, [stored("B", b"Bnew"), stored("a", b"a")]);
    let one = timeline(&mut tx, "rochdale", "a").await.unwrap();
    assert_eq!(one.as_deref(), Some(&b"other"[..]));
    assert_eq!(timeline(&mut tx, "rochdale", "B").await.unwrap(), None);
    tx.commit().await.unwrap();
    let wanted: [&[u8]; 7] = [b"10", b"A", b"Bnew", b"a", b"a-1", b"a1", "é".as_bytes()];
    assert_eq!(all(&store, "luton").await, wanted);
}

async fn names_keep_their_numbers(store: Store) {
    let mut tx = store.begin().await.unwrap();
    let mut names = Symbols::from_names(["visit".to_owned(), "child_seen".to_owned()]);
    add_symbols(&mut tx, "luton", &names, 0).await.unwrap();
    names.intern("plan");
    add_symbols(&mut tx, "luton", &names, 2).await.unwrap();
    let known = symbols(&mut tx, "luton").await.unwrap();
    assert_eq!(known.names(), ["visit", "child_seen", "plan"]);
    assert_eq!(symbols(&mut tx, "other").await.unwrap().names().len(), 0);
    let mut clash = Symbols::default();
    clash.intern("conference");
    assert!(add_symbols(&mut tx, "luton", &clash, 0).await.is_err());
}

async fn what_is_known_by_kind_is_kept(store: Store) {
    let mut tx = store.begin().await.unwrap();
    let facts = KindFacts {
        rows: 3,
        columns: BTreeSet::from(["child_seen".to_owned(), "alone".to_owned()]),
        carried: BTreeMap::from([("child_seen".to_owned(), 2)]),
        about: 1,
    };
    let kinds = BTreeMap::from([
        ((Class::Event, "visit".to_owned()), facts),
        ((Class::Period, "visit".to_owned()), KindFacts::default()),
    ]);
    let known = Catalogue { kinds };
    put_catalogue(&mut tx, "luton", &known).await.unwrap();
    put_catalogue(&mut tx, "luton", &known).await.unwrap();
    assert_eq!(catalogue(&mut tx, "luton").await.unwrap(), known);
    assert_eq!(
        catalogue(&mut tx, "other").await.unwrap(),
        Catalogue::default()
    );
}

async fn staff_are_kept(store: Store) {
    let mut tx = store.begin().await.unwrap();
    let person = Person {
        person_id: "7".to_owned(),
        email: Some("ann@example.org".to_owned()),
        language: Some("cy".to_owned()),
        ..Person::default()
    };
    let team = Team {
        team_id: "T1".to_owned(),
        parent_id: Some("T0".to_owned()),
        ..Team::default()
    };
    let known = Staff {
        people: BTreeMap::from([("7".to_owned(), person)]),
        teams: BTreeMap::from([("T1".to_owned(), team)]),
    };
    put_staff(&mut tx, "luton", &known).await.unwrap();
    assert_eq!(staff(&mut tx, "luton").await.unwrap(), known);
    put_staff(&mut tx, "luton", &Staff::default())
        .await
        .unwrap();
    assert_eq!(staff(&mut tx, "luton").await.unwrap(), Staff::default());
}

async fn readings_are_remembered(store: Store) {
    let at = |hour: u32| -> Instant { format!("2026-05-01T{hour:02}:00:00Z").parse().unwrap() };
    let reading = |hour, refused: Option<&str>| Reading {
        at: at(hour),
        day: Day::from_ymd(2026, 5, 1).unwrap(),
        refused: refused.map(str::to_owned),
        rows: 10,
        quarantined: 1,
        children: 2,
        changed: 2,
        milliseconds: 5,
        whole: true,
    };
    let mut tx = store.begin().await.unwrap();
    assert_eq!(last_reading(&mut tx, "luton").await.unwrap(), None);
    let good = reading(8, None);
    for one in [&good, &reading(9, Some("down")), &reading(10, Some("down"))] {
        put_reading(&mut tx, "luton", one).await.unwrap();
    }
    put_reading(&mut tx, "other", &reading(11, None))
        .await
        .unwrap();
    let last = last_reading(&mut tx, "luton").await.unwrap().unwrap();
    assert_eq!((last.at, last.accepted()), (at(10), false));
    assert_eq!(last_accepted(&mut tx, "luton").await.unwrap(), Some(good));
    let since = refused_since(&mut tx, "luton").await.unwrap();
    assert_eq!(since, Some(at(9)));
    assert_eq!(refused_since(&mut tx, "other").await.unwrap(), None);
    let query = QueryReading {
        digest: "d".to_owned(),
        changes: "c".to_owned(),
        rows: 7,
        columns: BTreeSet::from(["child_id".to_owned()]),
    };
    let queries = BTreeMap::from([("children".to_owned(), query)]);
    put_query_readings(&mut tx, "luton", &queries)
        .await
        .unwrap();
    assert_eq!(query_readings(&mut tx, "luton").await.unwrap(), queries);
}

async fn what_is_not_committed_is_not_true(store: Store) {
    let mut tx = store.begin().await.unwrap();
    put_timelines(&mut tx, "luton", vec![stored("a", b"a")])
        .await
        .unwrap();
    drop(tx);
    assert_eq!(all(&store, "luton").await, Vec::<Vec<u8>>::new());
}
