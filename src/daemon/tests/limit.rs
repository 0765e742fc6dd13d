//! A limit of messages told at once: what is beyond it joins the digest, and each step is told once.

use super::site::{LADDERS, Site};

/// Children whose core groups are due on Monday 16 November, told at once from the 17th on, and two
/// messages an hour.
async fn site(children: u32) -> Site {
    let mut site = Site::new().await;
    let now = LADDERS.replace(
        "to = [\"key_worker\", \"team_manager\"]",
        "to = [\"key_worker\"]\nsend = \"now\"",
    );
    site.write("ladders.toml", &now);
    site.configure("[alerts]\nnow_per_hour = 2\n");
    for number in 2..=children {
        site.child(number, "2026-11-02").await;
    }
    site.pass("11-10 09:00").await;
    site
}

fn told(lines: &[String], step: u32) -> usize {
    let what = format!("step={step}");
    lines.iter().filter(|line| line.ends_with(&what)).count()
}

#[tokio::test]
async fn what_is_beyond_the_limit_joins_the_digest_of_that_pass() {
    let mut site = site(5).await;
    assert_eq!(told(&site.pass("11-11 09:00").await, 1), 5);
    let outcome = site.outcome("11-17 09:00").await;
    assert_eq!(outcome.delivery.sent, 3, "two at once and one digest");
    assert_eq!(told(&site.told(), 2), 5);
    assert_eq!(site.pass("11-17 10:30").await, [""; 0]);
}

#[tokio::test]
async fn what_waits_for_a_digest_is_told_once_and_not_at_all_where_it_closes_first() {
    let mut site = site(1).await;
    site.child(6, "2026-11-06").await;
    site.pass("11-11 09:00").await;
    assert_eq!(
        site.pass("11-17 09:00").await,
        [
            "anna: core-group; REF-1; step=2",
            "anna: core-group; REF-6; step=1"
        ],
        "one at once, and the digest of the day"
    );
    // Written up late: all of them are overdue when they are first seen.
    for number in 11..=14 {
        site.child(number, "2026-11-02").await;
    }
    let outcome = site.outcome("11-17 09:30").await;
    assert_eq!(outcome.delivery.sent, 1, "one was left of this hour");
    assert_eq!(told(&site.told(), 2), 1);
    site.sql("INSERT INTO events SELECT 'core_group', 'G' || id, id, '2026-11-17' FROM children WHERE id = 'C14'")
        .await;
    assert_eq!(site.pass("11-17 11:00").await, [""; 0]);
    let outcome = site.outcome("11-18 09:00").await;
    assert_eq!(outcome.delivery.sent, 1, "one digest");
    let wednesday = site.told();
    assert_eq!(told(&wednesday, 1), 2, "{wednesday:?}");
    assert_eq!(told(&wednesday, 2), 2, "{wednesday:?}");
    assert!(
        !wednesday.iter().any(|line| line.contains("REF-14;")),
        "{wednesday:?}"
    );
    assert_eq!(site.pass("11-19 09:00").await, [""; 0]);
}

#[tokio::test]
async fn an_hour_later_there_is_room_again() {
    let mut site = site(2).await;
    site.child(6, "2026-11-06").await;
    site.pass("11-11 09:00").await;
    assert_eq!(site.pass("11-17 09:00").await.len(), 3);
    for number in 11..=12 {
        site.child(number, "2026-11-02").await;
    }
    let outcome = site.outcome("11-17 10:00").await;
    assert_eq!(outcome.delivery.sent, 2);
    assert_eq!(told(&site.told(), 2), 2);
}
