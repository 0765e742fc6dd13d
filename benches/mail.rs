//! Messages queued, and sent: to a sink in this process, and to the mail server of `tests/run` where it
//! runs. First a few, then many: the memory of the second round shows whether it grows with the queue.
//!
//! `cargo bench --bench mail`, or `tests/run cargo bench --bench mail`; `COREWATCH_BENCH_MESSAGES` sets
//! the number (20,000 unless set). Prints figures, asserts nothing.
#![expect(
    clippy::unwrap_used,
    dead_code,
    unused_imports,
    unused_macros,
    reason = "a benchmark that cannot go on ends, and it uses a part of what the tests share"
)]

use std::path::PathBuf;
use std::time::Instant;

use corewatch::config::{Mail, Tls};
use corewatch::mail::{Limits, deliver_within, queue};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

#[path = "big/memory.rs"]
mod memory;
#[path = "../tests/mail/support.rs"]
mod support;

use support::{book, letter, morning, plain, route, sqlite, writer};

/// Messages of the first round.
const FEW: usize = 1_000;
/// Messages queued in one transaction, as a pass of an authority does.
const AT_ONCE: usize = 1_000;

/// A mail server that takes everything and keeps nothing; gives its port.
async fn sink() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(take(stream));
        }
    });
    port
}

async fn take(stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    let mut in_message = false;
    stream.get_mut().write_all(b"220 sink\r\n").await?;
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let answer: &[u8] = match (in_message, line.get(..4)) {
            (true, _) if line == b".\r\n" => {
                in_message = false;
                b"250 taken\r\n"
            }
            (true, _) => continue,
            (false, Some(b"DATA")) => {
                in_message = true;
                b"354 go on\r\n"
            }
            (false, _) => b"250 ok\r\n",
        };
        stream.get_mut().write_all(answer).await?;
    }
}

/// The mail server of `tests/run`, with STARTTLS and a login.
fn exim() -> Option<Mail> {
    let setting = |name: &str| std::env::var(format!("COREWATCH_TEST_SMTP{name}")).ok();
    let place = setting("")?;
    let (host, port) = place.rsplit_once(':')?;
    Some(Mail {
        host: Some(host.to_owned()),
        port: port.parse().ok(),
        tls: Tls::Starttls,
        username: setting("_USERNAME"),
        password: Some(setting("_PASSWORD")?.into()),
        ca: setting("_CA").map(PathBuf::from),
        ..plain(0)
    })
}

/// Queues so many messages and sends them.
async fn round(mail: &Mail, messages: usize) {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    let (writer, book) = (writer(), book(&[]));
    let begun = Instant::now();
    for first in (0..messages).step_by(AT_ONCE) {
        let mut tx = store.begin().await.unwrap();
        for number in first..messages.min(first + AT_ONCE) {
            let letter = letter(&format!("o{number}"), "priya@example.org");
            queue(&mut tx, &writer, &book, &letter).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    let queued = begun.elapsed().as_secs_f64();
    let route = route(mail);
    let begun = Instant::now();
    let outcome = deliver_within(&store, &route, morning(), &Limits::default()).await;
    let outcome = outcome.unwrap();
    let took = begun.elapsed().as_secs_f64();
    println!(
        "  {messages} queued in {queued:.2} s; {} sent in {took:.2} s, {:.0} a second; {} MB at most",
        outcome.sent,
        outcome.sent as f64 / took,
        memory::peak_megabytes(),
    );
}

#[tokio::main]
async fn main() {
    let many: usize = std::env::var("COREWATCH_BENCH_MESSAGES")
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(20_000);
    println!("to a sink, without TLS");
    let to_sink = plain(sink().await);
    for messages in [FEW, many] {
        round(&to_sink, messages).await;
    }
    if let Some(exim) = exim() {
        println!("to Exim, with STARTTLS and a login");
        for messages in [FEW, many / 4] {
            round(&exim, messages).await;
        }
    }
}
