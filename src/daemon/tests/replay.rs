//! A past stretch lived through again: what would have been told, and nothing sent.

use super::site::{Site, instant};
use crate::calendar::Day;
use crate::daemon::Replay;
use crate::store::alerts as table;

#[tokio::test]
async fn a_replay_tells_what_the_passes_of_those_days_would_have_told_and_sends_nothing() {
    let mut site = Site::new().await;
    site.sql("INSERT INTO events VALUES ('core_group', 'G1', 'C1', '2026-11-18')")
        .await;
    assert_eq!(site.pass("12-01 09:00").await, [""; 0]);
    let (installation, store) = (site.installation(), site.store().await);
    let folder = tempfile::tempdir().unwrap();
    let authority = &installation.authorities[0];
    let mut replay = Replay::prepare(&installation, authority, &store, folder.path())
        .await
        .unwrap();
    let mut told = Vec::new();
    let mut day: Day = "2026-11-10".parse().unwrap();
    while day <= "2026-11-19".parse().unwrap() {
        let lived = replay.live(day).await.unwrap();
        told.extend(lived.told.iter().map(|telling| {
            let what = match (telling.step, telling.closed.as_deref()) {
                (Some(step), _) => format!("step {step}"),
                (None, reason) => format!("closed {}", reason.unwrap_or("?")),
            };
            let overdue: usize = lived.overdue.values().sum();
            format!("{day} {}: {what}, {overdue} overdue", telling.recipient)
        }));
        day = day.next();
    }
    replay.end().await;
    assert_eq!(
        told,
        [
            "2026-11-11 anna@example.org: step 1, 0 overdue",
            "2026-11-17 anna@example.org: step 2, 1 overdue",
            "2026-11-17 tom@example.org: step 2, 1 overdue",
            "2026-11-18 anna@example.org: closed met_late, 0 overdue",
            "2026-11-18 tom@example.org: closed met_late, 0 overdue",
        ]
    );
    // The site itself has told nobody, and its clock stands where it stood.
    assert_eq!(site.told(), [""; 0]);
    let mut tx = store.snapshot().await.unwrap();
    assert_eq!(table::listed(&mut tx).await.unwrap(), []);
    let last = table::last_pass(&mut tx).await.unwrap();
    assert_eq!(last, Some(instant("12-01 09:00")));
}
