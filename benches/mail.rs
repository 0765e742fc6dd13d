//! Messages queued, and sent: to a sink in this process, and to the mail server of `tests/run` where it
//! runs; the store in a file, and in PostgreSQL where that runs. Beside it the floor: what the same
//! server takes of the same messages over one connection when nothing is written down. First a few, then
//! many: whether the most memory of the delivery grows with the queue. What is queued is queued by a
//! process of its own, so that its memory does not count.
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
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use corewatch::config::{Mail, Tls};
use corewatch::mail::{Letter, Limits, deliver_within, queue_all};
use corewatch::store::Store;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{self, Data, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

#[path = "big/memory.rs"]
mod memory;
#[path = "../tests/mail/support.rs"]
mod support;

use support::{book, letter, morning, plain, postgres_database, route, writer};

/// Messages of the first round.
const FEW: usize = 1_000;
/// Messages queued in one transaction, as a pass of an authority does.
const AT_ONCE: usize = 1_000;
/// Tells this program to queue so many messages (`STORE NUMBER`), and no more.
const TO_QUEUE: &str = "COREWATCH_BENCH_TO_QUEUE";

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

/// What `tests/run` says of its mail server.
fn setting(name: &str) -> Option<String> {
    std::env::var(format!("COREWATCH_TEST_SMTP{name}")).ok()
}

/// The mail server of `tests/run`, with STARTTLS and a login.
fn exim() -> Option<Mail> {
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

fn letters(numbers: std::ops::Range<usize>) -> Vec<Letter> {
    numbers
        .map(|number| letter(&format!("o{number}"), "priya@example.org"))
        .collect()
}

/// Queues so many messages.
async fn fill(store: &str, messages: usize) {
    let store = Store::open(store).await.unwrap();
    let (writer, book) = (writer(), book(&[]));
    for first in (0..messages).step_by(AT_ONCE) {
        let letters = Arc::new(letters(first..messages.min(first + AT_ONCE)));
        let mut tx = store.begin().await.unwrap();
        queue_all(&mut tx, &writer, &book, &letters).await.unwrap();
        tx.commit().await.unwrap();
    }
    store.close().await;
}

/// How many messages a second a server takes over one connection, when nothing is written down.
async fn floor(mail: &Mail, messages: usize) -> f64 {
    let host = mail.host.clone().unwrap();
    let hello = ClientId::Domain("localhost".to_owned());
    let place = (&*host, mail.port.unwrap());
    let mut connection = AsyncSmtpConnection::connect_tokio1(place, None, &hello, None, None)
        .await
        .unwrap();
    if let Some(ca) = &mail.ca {
        let issuer = Certificate::from_pem(&std::fs::read(ca).unwrap()).unwrap();
        let tls = TlsParameters::builder(host.clone()).add_root_certificate(issuer);
        let tls = tls.build_rustls().unwrap();
        connection.starttls(tls, &hello).await.unwrap();
        let password = setting("_PASSWORD").unwrap();
        let login = Credentials::new(mail.username.clone().unwrap(), password);
        connection.auth(&[Mechanism::Plain], &login).await.unwrap();
    }
    let writer = writer();
    let written: Vec<String> = letters(0..messages)
        .iter()
        .map(|letter| String::from_utf8(writer.write(letter).unwrap().bytes).unwrap())
        .collect();
    let from: lettre::Address = "timescales@example.org".parse().unwrap();
    let to: lettre::Address = "priya@example.org".parse().unwrap();
    let begun = Instant::now();
    for message in &written {
        let envelope = commands::Mail::new(Some(from.clone()), Vec::new());
        connection.command(envelope).await.unwrap();
        let recipient = Rcpt::new(to.clone(), Vec::new());
        connection.command(recipient).await.unwrap();
        connection.command(Data).await.unwrap();
        let whole = format!("{message}\r\n.\r\n");
        connection.command(whole).await.unwrap();
    }
    messages as f64 / begun.elapsed().as_secs_f64()
}

/// Has the most memory that this process has had be what it has now.
fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Has so many messages queued, and sends them.
async fn round(mail: &Mail, store: &str, messages: usize) {
    let queueing = Command::new(std::env::current_exe().unwrap())
        .env(TO_QUEUE, format!("{store} {messages}"))
        .status();
    assert!(queueing.unwrap().success());
    let floor = floor(mail, FEW).await;
    let store = Store::open(store).await.unwrap();
    let route = route(mail);
    forget_peak();
    let begun = Instant::now();
    let outcome = deliver_within(&store, &route, morning(), &Limits::default()).await;
    let outcome = outcome.unwrap();
    let rate = outcome.sent as f64 / begun.elapsed().as_secs_f64();
    println!(
        "  {}: {rate:.0} a second, {:.2} of the floor of {floor:.0}; {} MB at most",
        outcome.sent,
        rate / floor,
        memory::peak_megabytes(),
    );
}

/// A few messages and many, over stores of their own.
async fn rounds(mail: &Mail, many: usize) {
    for messages in [FEW, many] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("corewatch.db");
        println!("  store in a file");
        round(mail, &format!("sqlite:{}", file.display()), messages).await;
        if std::env::var("COREWATCH_TEST_POSTGRES").is_ok() {
            println!("  store in PostgreSQL");
            round(mail, &postgres_database().await, messages).await;
        }
    }
}

#[tokio::main]
async fn main() {
    if let Ok(wish) = std::env::var(TO_QUEUE) {
        let (store, messages) = wish.split_once(' ').unwrap();
        return fill(store, messages.parse().unwrap()).await;
    }
    let many: usize = std::env::var("COREWATCH_BENCH_MESSAGES")
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(20_000);
    println!("to a sink, without TLS");
    rounds(&plain(sink().await), many).await;
    if let Some(exim) = exim() {
        println!("to Exim, with STARTTLS and a login");
        rounds(&exim, many / 4).await;
    }
}
