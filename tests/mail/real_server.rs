//! The mail server that `tests/run` starts: its certificate is from the site's own issuer, it asks
//! for a login, refuses `refused…@` for good and `later…@` for now.

use std::path::PathBuf;
use std::time::Duration;

use corewatch::config::{Mail, Tls};
use corewatch::mail::{Limits, Route, deliver, probe};
use corewatch::store::Store;

use crate::support::*;

fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name}: tests/run names it"))
}

fn mail(tls: Tls) -> Mail {
    let place = setting(match tls {
        Tls::Implicit => "COREWATCH_TEST_SMTP_IMPLICIT",
        Tls::Starttls | Tls::None => "COREWATCH_TEST_SMTP",
    });
    let (host, port) = place.rsplit_once(':').unwrap();
    Mail {
        host: Some(host.to_owned()),
        port: Some(port.parse().unwrap()),
        tls,
        username: Some(setting("COREWATCH_TEST_SMTP_USERNAME")),
        password: Some(setting("COREWATCH_TEST_SMTP_PASSWORD").into()),
        ca: Some(PathBuf::from(setting("COREWATCH_TEST_SMTP_CA"))),
        ..plain(0)
    }
}

/// The messages in the server's folder with this Message-ID, as soon as there is one.
async fn received(message_id: &str) -> Vec<Vec<u8>> {
    let folder = setting("COREWATCH_TEST_SMTP_RECEIVED");
    for _ in 0..100 {
        let files = std::fs::read_dir(&folder).unwrap();
        let mut found: Vec<Vec<u8>> = files
            .filter_map(|file| std::fs::read(file.unwrap().path()).ok())
            .collect();
        found.retain(|message| String::from_utf8_lossy(message).contains(message_id));
        if !found.is_empty() {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Vec::new()
}

async fn sends_one(store: &Store, tls: Tls, obligation: &str) {
    // Of this run and no other: the server's folder keeps what earlier tests sent.
    let obligation = format!("{obligation}-{}", std::process::id());
    let ids = put(store, &[letter(&obligation, "priya@example.org")]).await;
    let outcome = deliver(store, &route(&mail(tls)), morning()).await.unwrap();
    assert_eq!(outcome.sent, 1, "{:?}", outcome.faults);
    let received = received(&ids[0]).await;
    assert_eq!(received.len(), 1);
    assert!(header(&received[0], "Corewatch-Alert").contains(&obligation));
    assert_eq!(header(&received[0], "Auto-Submitted"), "auto-generated");
}

#[tokio::test]
#[ignore = "needs a mail server; tests/run starts it"]
async fn messages_arrive_by_starttls_and_by_tls_with_a_login() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    sends_one(&store, Tls::Starttls, "starttls").await;
    sends_one(&store, Tls::Implicit, "implicit").await;
}

#[tokio::test]
#[ignore = "needs a mail server; tests/run starts it"]
async fn what_the_server_says_of_an_address_is_believed() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    put(
        &store,
        &[
            letter("one", "refused@example.org"),
            letter("two", "later@example.org"),
        ],
    )
    .await;
    let outcome = deliver(&store, &route(&mail(Tls::Starttls)), morning())
        .await
        .unwrap();
    assert_eq!(
        (outcome.refused_addresses, outcome.deferred),
        (1, 1),
        "{outcome:?}"
    );
}

#[tokio::test]
#[ignore = "needs a mail server; tests/run starts it"]
async fn an_issuer_that_is_not_known_a_wrong_password_and_no_login_are_each_said() {
    let limits = Limits::default();
    let said = |mail: Mail| async move {
        let route: Route = route(&mail);
        probe(&route, &limits)
            .await
            .expect_err("the server is not to be used")
    };
    for tls in [Tls::Starttls, Tls::Implicit] {
        assert_eq!(probe(&route(&mail(tls)), &limits).await, Ok(()));
        let line = said(Mail {
            ca: None,
            ..mail(tls)
        })
        .await;
        assert!(
            line.contains("certificate") && line.contains("[mail]"),
            "{line}"
        );
    }
    let wrong = Mail {
        password: Some("wrong-and-secret".to_owned().into()),
        ..mail(Tls::Starttls)
    };
    let line = said(wrong).await;
    assert!(line.contains("did not accept the login (535)"), "{line}");
    assert!(!line.contains("secret"), "{line}");
}
