use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;
use crate::calendar::Instant;
use crate::daemon::Clock;

/// A served set of pages, with the clock that their health goes by.
struct Served {
    address: SocketAddr,
    pages: Pages,
    clock: Clock,
}

async fn serve_pages() -> Served {
    let clock = Clock::standing_at(Instant(0));
    let pages = Pages {
        metrics: Metrics::new().unwrap(),
        health: Health::starting(clock.clone()),
    };
    let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = pages.clone();
    tokio::spawn(async move { serve(listener, None, &Web::default(), served).await });
    Served {
        address,
        pages,
        clock,
    }
}

/// The whole answer to a GET of `path`.
async fn get_page(address: SocketAddr, path: &str) -> String {
    get_with(address, path, "").await
}

/// The whole answer to a GET of `path` with further header lines.
async fn get_with(address: SocketAddr, path: &str, lines: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: corewatch\r\nConnection: close\r\n{lines}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn metrics_are_served_as_prometheus_reads_them() {
    let served = serve_pages().await;
    let answer = get_page(served.address, "/metrics").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"));
    assert!(answer.contains("content-type: text/plain; version=0.0.4"));
    assert!(answer.contains("corewatch_build_info"));
}

#[tokio::test]
async fn openmetrics_are_served_to_whoever_asks_for_them() {
    let served = serve_pages().await;
    let asked = "Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n";
    let answer = get_with(served.address, "/metrics", asked).await;
    assert!(answer.contains("content-type: application/openmetrics-text; version=1.0.0"));
    assert!(answer.contains("# TYPE corewatch_build info\n"));
    assert!(answer.ends_with("# EOF\n"));
}

#[tokio::test]
async fn readiness_says_why_not() {
    let served = serve_pages().await;
    let answer = get_page(served.address, "/readyz").await;
    assert!(answer.starts_with("HTTP/1.1 503"));
    assert!(answer.ends_with(r#"{"ready":false,"reasons":["starting"]}"#));
    served.pages.health.ready();
    served
        .pages
        .health
        .amiss("luton", Some("the source was refused".to_owned()));
    let answer = get_page(served.address, "/readyz").await;
    assert!(answer.starts_with("HTTP/1.1 200"));
    assert!(answer.ends_with(r#"{"ready":true,"reasons":["luton: the source was refused"]}"#));
    served.pages.health.amiss("luton", None);
    let answer = get_page(served.address, "/readyz").await;
    assert!(answer.ends_with(r#"{"ready":true,"reasons":[]}"#));
}

#[tokio::test]
async fn a_loop_that_is_silent_is_not_alive() {
    let served = serve_pages().await;
    let answer = get_page(served.address, "/livez").await;
    assert!(answer.starts_with("HTTP/1.1 200"));
    served.clock.move_to(Instant(0).plus_seconds(301));
    let answer = get_page(served.address, "/livez").await;
    assert!(answer.starts_with("HTTP/1.1 503"));
    assert!(answer.contains("silent for 301 seconds"));
    served.pages.health.beat();
    let answer = get_page(served.address, "/livez").await;
    assert!(answer.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn an_address_that_is_taken_is_told() {
    let served = serve_pages().await;
    let error = listen(served.address).await.unwrap_err();
    assert!(error.contains("cannot be listened on"));
    assert!(error.contains("another program, or another corewatch, has it"));
}
