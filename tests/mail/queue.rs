//! Into the queue and out of it again.

use corewatch::mail::{LetterKind, Limits, deliver_within, withdraw};
use corewatch::store::Store;

use crate::fake_server::{FakeServer, Manner, Point};
use crate::support::*;

/// Withdraws what only tells of these obligations, all closed.
async fn withdraw_closed(store: &Store, closed: &[&str]) -> Vec<String> {
    let mut tx = store.begin().await.unwrap();
    let withdrawn = withdraw(&mut tx, AUTHORITY, |id| closed.contains(&id), morning()).await;
    tx.commit().await.unwrap();
    withdrawn.unwrap()
}

on_both_stores! {
    async fn the_same_step_is_queued_once_however_often_it_is_asked_for(store) {
        let first = put(store, &[letter("one", "priya@example.org")]).await;
        let mut again = letter("one", "priya@example.org");
        again.written = minutes_later(15);
        assert_eq!(put(store, &[again]).await, first);
        assert_eq!(figures_of(store).await.waiting, 1);
    }

    async fn what_is_rolled_back_is_not_queued(store) {
        let mut tx = store.begin().await.unwrap();
        let told = letter("one", "priya@example.org");
        corewatch::mail::queue(&mut tx, &writer(), &book(&[]), &told).await.unwrap();
        drop(tx);
        assert_eq!(figures_of(store).await.waiting, 0);
    }

    async fn a_message_whose_obligations_have_all_closed_is_withdrawn(store) {
        let mut digest = letter("one", "priya@example.org");
        digest.kind = LetterKind::Digest;
        digest.entries.push(entry("two"));
        // Listed as still open, and not told: it holds the message back from nothing.
        let mut listed = entry("three");
        listed.tells.clear();
        digest.entries.push(listed);
        let ids = put(store, &[digest]).await;
        assert!(withdraw_closed(store, &["one"]).await.is_empty());
        assert_eq!(withdraw_closed(store, &["one", "two"]).await, ids);
        let figures = figures_of(store).await;
        assert_eq!((figures.waiting, figures.withdrawn), (0, 1));
        let server = FakeServer::start([]).await;
        let route = route(&plain(server.port));
        let outcome = deliver_within(store, &route, morning(), &Limits::default()).await.unwrap();
        assert_eq!(outcome.sent, 0);
    }

    async fn a_message_that_tells_a_closing_is_never_withdrawn(store) {
        let mut digest = letter("one", "priya@example.org");
        digest.kind = LetterKind::Digest;
        digest.entries.push(closed("two"));
        put(store, &[digest]).await;
        assert!(withdraw_closed(store, &["one", "two"]).await.is_empty());
        assert_eq!(figures_of(store).await.waiting, 1);
    }

    async fn after_a_try_a_message_goes_out_as_it_is(store) {
        let server = FakeServer::start([Manner::Answer(Point::Rcpt, "451 later")]).await;
        put(store, &[letter("one", "priya@example.org")]).await;
        let route = route(&plain(server.port));
        let first = deliver_within(store, &route, morning(), &Limits::default()).await.unwrap();
        assert_eq!(first.deferred, 1);
        assert!(withdraw_closed(store, &["one"]).await.is_empty());
        let then = deliver_within(store, &route, minutes_later(5), &Limits::default()).await.unwrap();
        assert_eq!(then.sent, 1);
    }

    async fn what_was_withdrawn_and_falls_again_is_queued_again(store) {
        let told = letter("one", "priya@example.org");
        let first = put(store, std::slice::from_ref(&told)).await;
        assert_eq!(withdraw_closed(store, &["one"]).await, first);
        assert_eq!(put(store, &[told]).await, first);
        let figures = figures_of(store).await;
        assert_eq!((figures.waiting, figures.withdrawn), (1, 0));
    }
}
