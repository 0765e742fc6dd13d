//! What the copy was is known day by day, the same on both databases.

use super::*;
use crate::store::Store;
use crate::store::copy::{StoredTimeline, delete_timelines, put_timelines};
use crate::store::testing::{postgres, sqlite};

async fn write(store: &Store, day: &str, timelines: &[(&str, &str)], gone: &[&str]) {
    let mut tx = store.begin().await.unwrap();
    turn_to(&mut tx, "luton", day.parse().unwrap())
        .await
        .unwrap();
    let stored = |(id, bytes): &(&str, &str)| StoredTimeline {
        child_id: (*id).to_owned(),
        bytes: bytes.as_bytes().to_vec(),
    };
    put_timelines(&mut tx, "luton", timelines.iter().map(stored).collect())
        .await
        .unwrap();
    let gone: Vec<String> = gone.iter().map(|id| (*id).to_owned()).collect();
    delete_timelines(&mut tx, "luton", &gone).await.unwrap();
    tx.commit().await.unwrap();
}

/// What differed at the end of a day from what is there now: `a=old b=-`.
async fn then(store: &Store, day: &str) -> String {
    let mut tx = store.snapshot().await.unwrap();
    let then = timelines_at(&mut tx, "luton", day.parse().unwrap())
        .await
        .unwrap();
    let said = then.iter().map(|(child, bytes)| {
        let bytes = bytes
            .as_ref()
            .map(|bytes| String::from_utf8(bytes.clone()).unwrap());
        format!("{child}={}", bytes.unwrap_or_else(|| "-".to_owned()))
    });
    said.collect::<Vec<_>>().join(" ")
}

async fn each_day_is_known_as_it_ended(store: Store) {
    write(&store, "2026-11-01", &[("a", "a1"), ("b", "b1")], &[]).await;
    write(&store, "2026-11-01", &[("a", "a1 again")], &[]).await;
    write(&store, "2026-11-03", &[("a", "a2"), ("c", "c1")], &[]).await;
    write(&store, "2026-11-03", &[("a", "a3"), ("c", "c2")], &[]).await;
    write(&store, "2026-11-05", &[("a", "a4")], &["b", "c"]).await;
    write(&store, "2026-11-07", &[("b", "b2")], &[]).await;
    assert_eq!(then(&store, "2026-11-01").await, "a=a1 again b=b1 c=-");
    assert_eq!(then(&store, "2026-11-02").await, "a=a1 again b=b1 c=-");
    assert_eq!(then(&store, "2026-11-03").await, "a=a3 b=b1 c=c2");
    assert_eq!(then(&store, "2026-11-04").await, "a=a3 b=b1 c=c2");
    assert_eq!(then(&store, "2026-11-06").await, "b=-");
    assert_eq!(then(&store, "2026-11-07").await, "");
    let mut tx = store.snapshot().await.unwrap();
    let first = begun(&mut tx, "luton").await.unwrap().unwrap();
    assert_eq!(first.to_string(), "2026-11-01");
    assert_eq!(begun(&mut tx, "rochdale").await.unwrap(), None);
}

#[tokio::test]
async fn each_day_is_known_as_it_ended_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    each_day_is_known_as_it_ended(sqlite(folder.path()).await).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn each_day_is_known_as_it_ended_in_postgres() {
    each_day_is_known_as_it_ended(postgres().await).await;
}
