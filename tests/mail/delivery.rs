//! From the queue: each message once, claims, and what is held against addresses.

use std::time::Duration;

use corewatch::calendar::Instant;
use corewatch::config;
use corewatch::mail::{
    AddressBook, Letter, LetterKind, Limits, Notice, Phase, deliver_within, queue, stranded,
    unreachable,
};
use corewatch::store::mail::{Verdict, claim_next, settle};
use corewatch::store::{Holder, Store};

use crate::fake_server::{FakeServer, Manner, Point};
use crate::support::*;

const PRIYA: &str = "Priya@example.org";

async fn unreachable_at(store: &Store, book: &AddressBook, now: Instant) -> Vec<String> {
    let mut tx = store.begin().await.unwrap();
    let addresses = unreachable(&mut tx, AUTHORITY, book, now).await.unwrap();
    tx.commit().await.unwrap();
    addresses.into_iter().collect()
}

async fn put_with(store: &Store, book: &AddressBook, letter: &Letter) {
    let mut tx = store.begin().await.unwrap();
    queue(&mut tx, &writer(), book, letter).await.unwrap();
    tx.commit().await.unwrap();
}

async fn stranded_at(store: &Store, now: Instant) -> Vec<(String, bool)> {
    let mut tx = store.begin().await.unwrap();
    let rows = stranded(&mut tx, AUTHORITY, now).await.unwrap();
    rows.into_iter()
        .map(|row| (row.obligation, row.refused.is_some()))
        .collect()
}

/// Claims the next message for a holder, as one that then dies or is paused has done.
async fn claim_for(store: &Store, holder: &str) {
    let mut tx = store.begin().await.unwrap();
    let until = morning().plus_seconds(90);
    let claimed = claim_next(&mut tx, holder, morning(), until).await.unwrap();
    assert!(claimed.is_some());
    tx.commit().await.unwrap();
}

/// This process's entry in a claim, with some of its five words changed.
fn holder(changed: &[(usize, &str)]) -> String {
    let this = Holder::this_process().to_string();
    let mut words: Vec<&str> = this.split(' ').collect();
    for (place, word) in changed {
        words[*place] = word;
    }
    words.join(" ")
}

async fn sent_at(store: &Store, server: &FakeServer, now: Instant) -> u64 {
    let route = route(&plain(server.port));
    let outcome = deliver_within(store, &route, now, &Limits::default()).await;
    outcome.unwrap().sent
}

on_both_stores! {
    async fn who_was_paused_past_a_claim_learns_with_the_first_message_that_others_go_on(store) {
        put_with(store, &book(&[]), &letter("one", PRIYA)).await;
        claim_for(store, "paused").await;
        let mut tx = store.begin().await.unwrap();
        let (now, until) = (minutes_later(3), minutes_later(5));
        let message = claim_next(&mut tx, "other", now, until).await.unwrap().unwrap();
        let sent = Verdict::Sent;
        assert!(settle(&mut tx, message.id, "paused", &sent, morning()).await.unwrap());
        assert!(!settle(&mut tx, message.id, "other", &sent, now).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(figures_of(store).await.waiting, 0);
    }

    async fn each_message_is_sent_once_and_what_is_urgent_first(store) {
        let server = FakeServer::start([]).await;
        let mut digest = letter("one", "a@example.org");
        digest.kind = LetterKind::Digest;
        let mut operations = letter("none", "oncall@example.org");
        operations.kind = LetterKind::Operations;
        operations.entries.clear();
        operations.notices.push(Notice {
            phase: Phase::Began,
            since: day("2026-06-04"),
            what: "a row is in quarantine".to_owned(),
            detail: Vec::new(),
            remedy: "mend it".to_owned(),
        });
        let ids = put(store, &[digest, letter("two", "b@example.org"), operations]).await;
        assert_eq!(sent_at(store, &server, morning()).await, 3);
        assert_eq!(sent_at(store, &server, minutes_later(600)).await, 0);
        let taken = server.taken();
        let to: Vec<_> = taken.iter().map(|message| message.to.as_str()).collect();
        assert_eq!(to, ["b@example.org", "oncall@example.org", "a@example.org"]);
        assert_eq!(header(&taken[2].bytes, "Message-ID"), ids[0]);
        assert_eq!(server.connections(), 1);
    }

    async fn several_at_once_send_each_message_once(store) {
        let server = FakeServer::start([]).await;
        let letters: Vec<_> = (0..40).map(|n| letter(&format!("o{n}"), "a@example.org")).collect();
        put(store, &letters).await;
        let route = route(&plain(server.port));
        let limits = Limits::default();
        let (one, two, three) = tokio::join!(
            deliver_within(store, &route, morning(), &limits),
            deliver_within(store, &route, morning(), &limits),
            deliver_within(store, &route, morning(), &limits),
        );
        assert_eq!(one.unwrap().sent + two.unwrap().sent + three.unwrap().sent, 40);
        let mut ids: Vec<_> = server
            .taken()
            .iter()
            .map(|message| header(&message.bytes, "Message-ID"))
            .collect();
        ids.sort();
        ids.dedup();
        assert_eq!((ids.len(), server.taken().len()), (40, 40));
    }

    async fn the_claim_of_a_process_that_died_here_is_free_at_once(store) {
        let server = FakeServer::start([]).await;
        put(store, &[letter("one", PRIYA)]).await;
        // A process of this number is there, and is another: it started at another time.
        claim_for(store, &holder(&[(4, "1")])).await;
        assert_eq!(sent_at(store, &server, morning()).await, 1);
    }

    async fn the_claim_of_another_machine_lapses_within_two_minutes(store) {
        let server = FakeServer::start([]).await;
        put(store, &[letter("one", PRIYA)]).await;
        claim_for(store, &holder(&[(0, "elsewhere"), (4, "1")])).await;
        assert_eq!(sent_at(store, &server, minutes_later(1)).await, 0);
        assert_eq!(sent_at(store, &server, minutes_later(2)).await, 1);
    }

    async fn the_claim_of_a_process_that_runs_is_left_to_it(store) {
        let server = FakeServer::start([]).await;
        put(store, &[letter("one", PRIYA)]).await;
        claim_for(store, &holder(&[])).await;
        assert_eq!(sent_at(store, &server, minutes_later(1)).await, 0);
    }

    async fn a_delivery_cut_off_after_the_message_was_taken_sends_it_again_as_the_same(store) {
        // The server takes it and answers late; the process dies in between.
        let late = Duration::from_secs(1);
        let server = FakeServer::start([Manner::Late(Point::Content, late)]).await;
        put(store, &[letter("one", PRIYA), letter("two", PRIYA)]).await;
        let route = route(&plain(server.port));
        let limits = Limits::default();
        let until = |is_so: fn(&FakeServer) -> bool| {
            let server = &server;
            async move {
                while !is_so(server) {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        };
        tokio::select! {
            _ = deliver_within(store, &route, morning(), &limits) => panic!("it was to be cut off"),
            () = until(|server| !server.arrived().is_empty()) => {}
        }
        until(|server| !server.taken().is_empty()).await;
        assert_eq!(sent_at(store, &server, minutes_later(2)).await, 2);
        let taken = server.taken();
        assert_eq!(taken.len(), 3);
        let first = header(&taken[0].bytes, "Message-ID");
        let copies = taken.iter().filter(|m| header(&m.bytes, "Message-ID") == first);
        assert_eq!(copies.count(), 2, "one message twice, with one Message-ID");
    }

    async fn an_address_refused_is_not_used_until_the_people_table_changes_it(store) {
        let server = FakeServer::start([]).await;
        server.answer_for(PRIYA, "550 no such mailbox");
        let before = book(&[("P1", PRIYA)]);
        put_with(store, &before, &letter("one", PRIYA)).await;
        assert_eq!(sent_at(store, &server, morning()).await, 0);
        assert_eq!(unreachable_at(store, &before, minutes_later(1)).await, ["priya@example.org"]);
        assert_eq!(stranded_at(store, morning()).await, [("one".to_owned(), true)]);
        let after = book(&[("P2", PRIYA)]);
        assert!(unreachable_at(store, &after, minutes_later(2)).await.is_empty());
    }

    async fn an_address_refused_is_used_again_after_a_week(store) {
        let server = FakeServer::start([]).await;
        server.answer_for(PRIYA, "550 no such mailbox");
        let book = book(&[("P1", PRIYA)]);
        put_with(store, &book, &letter("one", PRIYA)).await;
        sent_at(store, &server, morning()).await;
        let week = 7 * 24 * 60;
        assert_eq!(unreachable_at(store, &book, minutes_later(week - 1)).await.len(), 1);
        assert!(unreachable_at(store, &book, minutes_later(week)).await.is_empty());
    }

    async fn an_address_failing_for_a_day_is_not_used_and_its_message_is_still_tried(store) {
        let server = FakeServer::start([]).await;
        server.answer_for(PRIYA, "451 later");
        let book = book(&[("P1", PRIYA)]);
        put_with(store, &book, &letter("one", PRIYA)).await;
        let day = 24 * 60;
        for minutes in (0..day).step_by(120) {
            assert_eq!(sent_at(store, &server, minutes_later(minutes)).await, 0);
        }
        assert!(unreachable_at(store, &book, minutes_later(day - 1)).await.is_empty());
        assert!(stranded_at(store, minutes_later(day - 1)).await.is_empty());
        assert_eq!(unreachable_at(store, &book, minutes_later(day)).await, ["priya@example.org"]);
        assert_eq!(stranded_at(store, minutes_later(day)).await, [("one".to_owned(), false)]);
        // The mailbox works again: its message arrives, and nothing is held against it.
        server.answer_for(PRIYA, "250 ok");
        assert_eq!(sent_at(store, &server, minutes_later(day + 300)).await, 1);
        assert!(unreachable_at(store, &book, minutes_later(day + 301)).await.is_empty());
        assert!(stranded_at(store, minutes_later(day + 301)).await.is_empty());
    }

    async fn a_message_refused_clears_its_address(store) {
        let server = FakeServer::start([
            Manner::Answer(Point::Rcpt, "451 later"),
            Manner::Answer(Point::Content, "554 not that"),
        ])
        .await;
        let book = book(&[("P1", PRIYA)]);
        put_with(store, &book, &letter("one", PRIYA)).await;
        sent_at(store, &server, morning()).await;
        sent_at(store, &server, minutes_later(5)).await;
        assert_eq!(figures_of(store).await.refused_messages, 1);
        assert!(unreachable_at(store, &book, minutes_later(2 * 24 * 60)).await.is_empty());
    }

    async fn a_server_that_is_down_is_held_against_no_address(store) {
        let server = FakeServer::start((0..12).map(|_| Manner::Answer(Point::Hello, "421 busy"))).await;
        let book = book(&[("P1", PRIYA)]);
        put_with(store, &book, &letter("one", PRIYA)).await;
        let day = 24 * 60;
        for minutes in (0..day).step_by(240) {
            assert_eq!(sent_at(store, &server, minutes_later(minutes)).await, 0);
        }
        assert!(unreachable_at(store, &book, minutes_later(2 * day)).await.is_empty());
    }

    async fn waits_grow_and_never_beyond_four_hours(store) {
        let server = FakeServer::start((0..1000).map(|_| Manner::Answer(Point::Rcpt, "451 later"))).await;
        put(store, &[letter("one", PRIYA)]).await;
        let mut tried = Vec::new();
        for minutes in (0..3 * 24 * 60).step_by(3) {
            let before = server.connections();
            sent_at(store, &server, minutes_later(minutes)).await;
            if server.connections() > before {
                tried.push(minutes);
            }
        }
        let waits: Vec<i64> = tried.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(waits.len() > 15, "{waits:?}");
        assert!(waits[0] <= 3, "{waits:?}");
        assert!(waits.iter().all(|wait| *wait <= 4 * 60 + 3), "{waits:?}");
        assert!(waits.iter().rev().take(5).all(|wait| *wait >= 3 * 60), "{waits:?}");
    }

    async fn the_folder_takes_each_message_as_one_file(store) {
        let folder = tempfile::tempdir().unwrap();
        let outbox = folder.path().join("outbox");
        let mail = config::Mail {
            transport: config::Transport::Directory,
            directory: Some(outbox.clone()),
            ..plain(0)
        };
        let ids = put(store, &[letter("one", "a@example.org"), letter("two", "b@example.org")]).await;
        let route = route(&mail);
        let outcome = deliver_within(store, &route, morning(), &Limits::default()).await.unwrap();
        assert_eq!(outcome.sent, 2);
        let mut found: Vec<String> = std::fs::read_dir(&outbox)
            .unwrap()
            .map(|file| header(&std::fs::read(file.unwrap().path()).unwrap(), "Message-ID"))
            .collect();
        found.sort();
        let mut ids = ids;
        ids.sort();
        assert_eq!(found, ids);
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_said_and_the_messages_wait() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    let in_the_way = folder.path().join("file");
    std::fs::write(&in_the_way, "").unwrap();
    let mail = config::Mail {
        transport: config::Transport::Directory,
        directory: Some(in_the_way.join("outbox")),
        ..plain(0)
    };
    let letters: Vec<_> = (0..5).map(|n| letter(&format!("o{n}"), PRIYA)).collect();
    put(&store, &letters).await;
    let route = route(&mail);
    let outcome = deliver_within(&store, &route, morning(), &Limits::default())
        .await
        .unwrap();
    assert_eq!((outcome.sent, outcome.deferred), (0, 3));
    assert!(
        outcome
            .faults
            .keys()
            .any(|line| line.contains("[mail] directory"))
    );
    assert_eq!(figures_of(&store).await.waiting, 5);
}
