//! A faulty mail server: nothing lost, nothing given up early, nothing marked sent that was not.

use std::time::{Duration, Instant as Stopwatch};

use corewatch::config;
use corewatch::mail::{DeliveryOutcome, Limits, deliver_within};
use corewatch::store::Store;

use crate::fake_server::{FakeServer, Manner, Point};
use crate::support::*;

/// One message, one try; what the server did and what is thought of it.
async fn one_try(manner: Manner) -> (DeliveryOutcome, FakeServer, Store, tempfile::TempDir) {
    one_try_as(manner, &plain(0)).await
}

/// The same, with settings of its own but for the port.
async fn one_try_as(
    manner: Manner,
    mail: &config::Mail,
) -> (DeliveryOutcome, FakeServer, Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    let server = FakeServer::start([manner.clone()]).await;
    put(&store, &[letter("one", "priya@example.org")]).await;
    let route = route(&config::Mail {
        port: Some(server.port),
        ..mail.clone()
    });
    let limits = match &manner {
        Manner::Mute(_) | Manner::HalfAnAnswer(_) | Manner::EndlessAnswer(_) => short_limits(),
        _ => Limits::default(),
    };
    let outcome = deliver_within(&store, &route, morning(), &limits).await;
    (outcome.unwrap(), server, store, folder)
}

/// After a fault that is for now, the message waits, is sent at the next try that is due, and is the
/// same message.
async fn is_for_now(manner: Manner) {
    let said = format!("{manner:?}");
    let patient = Limits::default();
    let (outcome, server, store, _folder) = one_try(manner).await;
    assert_eq!(
        (outcome.sent, outcome.deferred),
        (0, 1),
        "{said}: {outcome:?}"
    );
    let figures = figures_of(&store).await;
    assert_eq!((figures.waiting, figures.sent), (1, 0), "{said}");
    assert!(figures.last_error.is_some(), "{said}");

    let route = route(&plain(server.port));
    let at_once = deliver_within(&store, &route, morning(), &patient).await;
    assert_eq!(
        at_once.unwrap(),
        DeliveryOutcome::default(),
        "{said}: not tried again at once"
    );
    let later = deliver_within(&store, &route, minutes_later(2), &patient).await;
    assert_eq!(later.unwrap().sent, 1, "{said}");
    assert_eq!(figures_of(&store).await.waiting, 0, "{said}");
    let arrived = server.arrived();
    assert_eq!(server.taken().len(), 1, "{said}");
    assert!(
        arrived
            .iter()
            .all(|message| message.bytes == arrived[0].bytes),
        "{said}: the same message, with the same Message-ID"
    );
}

#[tokio::test]
async fn a_server_that_greylists_fills_up_or_is_busy_is_tried_again() {
    for (point, answer) in [
        (Point::Rcpt, "451 4.7.1 greylisted, come again"),
        (Point::Rcpt, "452 4.2.2 mailbox full"),
        (Point::Mail, "452 4.3.1 disk full"),
        (Point::Data, "451 4.3.0 later"),
        (Point::Content, "451 4.3.0 later"),
        (Point::Content, "452 4.3.1 disk full"),
        (Point::Greeting, "421 too busy"),
        (Point::Hello, "421 too busy"),
    ] {
        is_for_now(Manner::Answer(point, answer)).await;
    }
}

#[tokio::test]
async fn a_refusal_that_is_not_of_the_address_or_the_message_is_for_now() {
    for (point, answer) in [
        (Point::Greeting, "554 no service here"),
        (Point::Hello, "550 who are you"),
        (Point::Mail, "553 5.1.8 sender refused"),
        (Point::Mail, "530 5.7.0 log in first"),
    ] {
        is_for_now(Manner::Answer(point, answer)).await;
    }
}

#[tokio::test]
async fn an_answer_out_of_turn_is_not_a_yes() {
    for (point, answer) in [
        (Point::Content, "354 go on"),
        (Point::Data, "250 ok"),
        (Point::Content, "what?"),
    ] {
        is_for_now(Manner::Answer(point, answer)).await;
    }
}

#[tokio::test]
async fn a_server_that_goes_mute_at_any_point_holds_nothing_up_and_loses_nothing() {
    for point in [
        Point::Greeting,
        Point::Hello,
        Point::Mail,
        Point::Rcpt,
        Point::Data,
        Point::Content,
    ] {
        is_for_now(Manner::Mute(point)).await;
    }
}

/// The points of a conversation without TLS or a login.
const POINTS: [Point; 6] = [
    Point::Greeting,
    Point::Hello,
    Point::Mail,
    Point::Rcpt,
    Point::Data,
    Point::Content,
];

#[tokio::test]
async fn an_answer_that_never_ends_is_not_waited_for_and_is_no_yes() {
    for point in POINTS {
        is_for_now(Manner::HalfAnAnswer(point)).await;
    }
    is_for_now(Manner::EndlessAnswer(Point::Content)).await;
}

#[tokio::test]
async fn a_server_that_hangs_up_after_its_last_yes_has_taken_the_message() {
    let (outcome, server, store, _folder) = one_try(Manner::AnswerAndHangUp(Point::Content)).await;
    assert_eq!(outcome.sent, 1, "{outcome:?}");
    let figures = figures_of(&store).await;
    assert_eq!((figures.waiting, figures.sent), (0, 1));
    put(&store, &[letter("two", "priya@example.org")]).await;
    let route = route(&plain(server.port));
    let next = deliver_within(&store, &route, morning(), &short_limits()).await;
    assert_eq!(next.unwrap().sent, 1);
    assert_eq!(server.taken().len(), 2, "each message once");
}

#[tokio::test]
async fn a_server_that_hangs_up_after_an_earlier_yes_is_tried_again() {
    for point in [
        Point::Greeting,
        Point::Hello,
        Point::Mail,
        Point::Rcpt,
        Point::Data,
    ] {
        is_for_now(Manner::AnswerAndHangUp(point)).await;
    }
}

#[tokio::test]
async fn a_message_is_never_sent_past_a_protection_or_a_login_that_fails() {
    let protected = config::Mail {
        tls: config::Tls::Starttls,
        ..plain(0)
    };
    let with_login = config::Mail {
        username: Some("corewatch".to_owned()),
        password: Some("of-the-tests".to_owned().into()),
        ..plain(0)
    };
    let at_starttls = Point::Starttls;
    for (mail, manner) in [
        // Not offered at all.
        (&protected, Manner::Accept),
        (&protected, Manner::Answer(at_starttls, "454 4.7.0 not now")),
        (&protected, Manner::Answer(at_starttls, "501 what?")),
        // Agreed to, and then no TLS is spoken, or nothing at all.
        (
            &protected,
            Manner::Answer(at_starttls, "220 go on\r\n220 not really"),
        ),
        (&protected, Manner::AnswerAndHangUp(at_starttls)),
        (&protected, Manner::HangUp(at_starttls)),
        (&protected, Manner::Mute(at_starttls)),
        (&with_login, Manner::Accept),
        (&with_login, Manner::Answer(Point::Login, "535 5.7.8 no")),
        (&with_login, Manner::Answer(Point::Login, "454 4.7.0 later")),
        (&with_login, Manner::HangUp(Point::Login)),
        (&with_login, Manner::Mute(Point::Login)),
    ] {
        let said = format!("{manner:?}");
        let (outcome, server, store, _folder) = one_try_as(manner, mail).await;
        assert_eq!(
            (outcome.sent, outcome.deferred),
            (0, 1),
            "{said}: {outcome:?}"
        );
        assert!(server.arrived().is_empty(), "{said}");
        let figures = figures_of(&store).await;
        assert_eq!((figures.waiting, figures.sent), (1, 0), "{said}");
        let line = figures.last_error.unwrap();
        assert!(!line.contains("of-the-tests"), "{said}: {line}");
    }
}

#[tokio::test]
async fn a_server_that_says_it_is_full_is_believed_by_where_it_says_so() {
    // By then the address and the message are the server's to refuse for good.
    for (point, addresses, messages) in [(Point::Rcpt, 1, 0), (Point::Content, 0, 1)] {
        let too_big = Manner::Answer(point, "552 5.3.4 too big");
        let (outcome, ..) = one_try(too_big).await;
        let refused = (outcome.refused_addresses, outcome.refused_messages);
        assert_eq!(refused, (addresses, messages), "{point:?}");
    }
    is_for_now(Manner::Answer(Point::Mail, "552 5.3.4 too big")).await;
}

#[tokio::test]
async fn a_server_that_hangs_up_at_any_point_loses_nothing() {
    for point in [
        Point::Greeting,
        Point::Hello,
        Point::Mail,
        Point::Rcpt,
        Point::Data,
        Point::Content,
    ] {
        is_for_now(Manner::HangUp(point)).await;
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    let port = {
        let server = FakeServer::start([]).await;
        server.port
    };
    put(&store, &[letter("one", "priya@example.org")]).await;
    tokio::task::yield_now().await;
    let outcome = deliver_within(&store, &route(&plain(port)), morning(), &short_limits()).await;
    let outcome = outcome.unwrap();
    assert_eq!(outcome.deferred, 1);
    let line = outcome.faults.keys().next().unwrap();
    assert!(
        line.contains("cannot be reached") && line.contains("[mail] host"),
        "{line}"
    );
}

#[tokio::test]
async fn an_address_refused_is_refused_for_good_and_the_message_with_it() {
    let (outcome, server, store, _folder) = one_try(Manner::Answer(
        Point::Rcpt,
        "550 5.1.1 <priya@example.org>: unknown",
    ))
    .await;
    assert_eq!((outcome.refused_addresses, outcome.deferred), (1, 0));
    let line = outcome.faults.keys().next().unwrap();
    assert!(
        line.contains("550") && !line.contains("priya"),
        "no address is named: {line}"
    );
    let figures = figures_of(&store).await;
    assert_eq!((figures.waiting, figures.refused_addresses), (0, 1));
    let route = route(&plain(server.port));
    deliver_within(&store, &route, minutes_later(600), &short_limits())
        .await
        .unwrap();
    assert!(server.arrived().is_empty(), "it is not tried again");
}

#[tokio::test]
async fn a_message_refused_is_refused_for_good_and_its_address_is_not() {
    for point in [Point::Data, Point::Content] {
        let (outcome, server, store, _folder) =
            one_try(Manner::Answer(point, "554 5.7.1 not that")).await;
        assert_eq!(
            (outcome.refused_messages, outcome.refused_addresses),
            (1, 0)
        );
        put(&store, &[letter("two", "priya@example.org")]).await;
        let route = route(&plain(server.port));
        let next = deliver_within(&store, &route, morning(), &short_limits()).await;
        assert_eq!(
            next.unwrap().sent,
            1,
            "another message for the address is sent"
        );
    }
}

#[tokio::test]
async fn a_late_answer_is_never_taken_for_the_next_message() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    // The first is answered only after the time-out; the second is not taken.
    let late = Duration::from_millis(1500);
    let server = FakeServer::start([
        Manner::Late(Point::Content, late),
        Manner::Late(Point::Content, late),
    ])
    .await;
    put(
        &store,
        &[
            letter("one", "a@example.org"),
            letter("two", "b@example.org"),
        ],
    )
    .await;
    let route = route(&plain(server.port));
    let outcome = deliver_within(&store, &route, morning(), &short_limits())
        .await
        .unwrap();
    assert_eq!((outcome.sent, outcome.deferred), (0, 2));
    tokio::time::sleep(late).await;
    assert_eq!(figures_of(&store).await.sent, 0);
    assert_eq!(
        server.connections(),
        2,
        "a connection that timed out is not used again"
    );
}

#[tokio::test]
async fn after_three_in_a_row_without_an_answer_the_rest_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    let mute = || Manner::Mute(Point::Hello);
    let server = FakeServer::start((0..3).map(|_| mute())).await;
    let letters: Vec<_> = (0..10)
        .map(|n| letter(&format!("o{n}"), "priya@example.org"))
        .collect();
    put(&store, &letters).await;
    let route = route(&plain(server.port));
    let begun = Stopwatch::now();
    let outcome = deliver_within(&store, &route, morning(), &short_limits())
        .await
        .unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(outcome.deferred, 3);
    assert!(outcome.gave_up);
    assert_eq!(server.connections(), 3);
    // The next pass sends those that were left at once, and the three when their wait is over.
    let next = deliver_within(&store, &route, morning(), &short_limits())
        .await
        .unwrap();
    assert_eq!(next.sent, 7);
    let later = deliver_within(&store, &route, minutes_later(2), &short_limits()).await;
    assert_eq!(later.unwrap().sent, 3);
}

#[tokio::test]
async fn a_server_that_answers_every_other_message_is_waited_for_only_so_long() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    // Each connection goes mute at its second message: none three times in a row.
    let server = FakeServer::start((0..20).map(|_| Manner::Mute(Point::Content))).await;
    for n in 0..20 {
        server.answer_for(&format!("even{n}@example.org"), "451 later");
    }
    let letters: Vec<_> = (0..20)
        .map(|n| {
            let to = if n % 2 == 0 { "even" } else { "odd" };
            letter(&format!("o{n:02}"), &format!("{to}{n}@example.org"))
        })
        .collect();
    put(&store, &letters).await;
    let route = route(&plain(server.port));
    let outcome = deliver_within(&store, &route, morning(), &short_limits())
        .await
        .unwrap();
    assert!(outcome.gave_up, "{outcome:?}");
    // 4.5 s of silence hold four time-outs of a second.
    let silent = outcome
        .faults
        .iter()
        .filter(|(line, _)| line.contains("no answer"));
    assert_eq!(silent.map(|(_, n)| n).sum::<u64>(), 4);
}

#[tokio::test]
async fn a_server_that_takes_one_message_a_connection_gets_each_at_the_first_try() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    let server = FakeServer::start((0..5).map(|_| Manner::OneMessage)).await;
    let letters: Vec<_> = (0..5)
        .map(|n| letter(&format!("o{n}"), "priya@example.org"))
        .collect();
    put(&store, &letters).await;
    let route = route(&plain(server.port));
    let outcome = deliver_within(&store, &route, morning(), &short_limits())
        .await
        .unwrap();
    assert_eq!((outcome.sent, outcome.deferred), (5, 0));
    assert_eq!(server.connections(), 5);
}
