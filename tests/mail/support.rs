//! A store of its own for each test, made-up letters, and what is in the queue.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use corewatch::calendar::{Day, Instant};
use corewatch::case::{Person, Staff};
use corewatch::config;
use corewatch::mail::{
    AddressBook, Asked, Closing, Entry, Letter, LetterKind, Limits, Recipient, Role, Route,
    Section, Sender, Stationery, Step, Tell, Why, Writer, queue,
};
use corewatch::rules::{Severity, State};
use corewatch::store::Store;
use corewatch::store::mail::{QueueFigures, figures};
use corewatch::words::Language;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// The authority of every letter.
pub const AUTHORITY: &str = "ashmere";

/// Runs the same check on a store in a file, and on one in PostgreSQL.
macro_rules! on_both_stores {
    ($(async fn $name:ident($store:ident) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn check($store: &corewatch::store::Store) $body

            #[tokio::test]
            async fn in_a_file() {
                let folder = tempfile::tempdir().unwrap();
                check(&$crate::support::sqlite(folder.path()).await).await;
            }

            #[tokio::test]
            #[ignore = "needs PostgreSQL; tests/run starts it"]
            async fn in_postgres() {
                check(&$crate::support::postgres().await).await;
            }
        }
    )*};
}
pub(crate) use on_both_stores;

pub async fn sqlite(folder: &std::path::Path) -> Store {
    let url = format!("sqlite:{}", folder.join("corewatch.db").display());
    Store::open(&url).await.unwrap()
}

/// A store in a new database on the server of `tests/run`.
pub async fn postgres() -> Store {
    Store::open(&postgres_database().await).await.unwrap()
}

/// The address of a new database on the server of `tests/run`.
pub async fn postgres_database() -> String {
    database("").await
}

/// The address of a new database that holds what one that nobody uses now holds.
#[cfg(feature = "crash-points")]
pub async fn copy_of_database(url: &str) -> String {
    let (_, original) = url.rsplit_once('/').unwrap();
    database(&format!(" TEMPLATE {original}")).await
}

async fn database(template: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("COREWATCH_TEST_POSTGRES").expect("tests/run names a server");
    let name = format!(
        "mail_{}_{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    );
    let mut connection = PgConnection::connect(&server).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}{template}")))
        .execute(&mut connection)
        .await
        .unwrap();
    let (place, _) = server.rsplit_once('/').unwrap();
    format!("{place}/{name}")
}

/// Eight in the morning, local time, of a Thursday.
pub fn morning() -> Instant {
    "2026-06-04T07:00:00Z".parse().unwrap()
}

pub fn minutes_later(minutes: i64) -> Instant {
    morning().plus_seconds(minutes * 60)
}

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Limits under which a mute server costs a test no half minute.
pub fn short_limits() -> Limits {
    Limits {
        message: Duration::from_secs(1),
        silence: Duration::from_millis(4500),
        goodbye: Duration::from_millis(100),
        ..Limits::default()
    }
}

/// A step of an obligation, told at once.
pub fn letter(obligation: &str, to: &str) -> Letter {
    Letter {
        authority: Sender {
            id: AUTHORITY.to_owned(),
            name: "Ashmere".to_owned(),
        },
        to: Recipient {
            address: to.parse().unwrap(),
            name: None,
        },
        kind: LetterKind::Now,
        language: Language::English,
        written: morning(),
        today: day("2026-06-04"),
        entries: vec![entry(obligation)],
        notices: Vec::new(),
    }
}

pub fn entry(obligation: &str) -> Entry {
    Entry {
        obligation: obligation.to_owned(),
        rule: "child-seen-4-weeks".to_owned(),
        title: "Child seen every four weeks".to_owned(),
        clause: "4.2".to_owned(),
        document: "Procedures".to_owned(),
        severity: Severity::High,
        case_ref: format!("CASE-{obligation}"),
        case_url: None,
        family: None,
        team: None,
        key_workers: Vec::new(),
        opened: day("2026-05-01"),
        due: day("2026-05-29"),
        due_time: None,
        days_over: 6,
        working_days_over: 4,
        state: State::Overdue,
        booked: None,
        asked: Asked::default(),
        section: Section::New,
        acknowledged: None,
        tells: vec![Tell::Step(Step {
            number: 1,
            of: 3,
            ladder: "standard".to_owned(),
            turn: 0,
            why: Why {
                role: Role::KeyWorker,
                covering: None,
                passed_up: false,
            },
        })],
    }
}

/// An obligation whose end is told.
pub fn closed(obligation: &str) -> Entry {
    Entry {
        state: State::MetLate,
        section: Section::Closed,
        tells: vec![Tell::Closed {
            reason: Closing::MetLate,
            day: day("2026-06-03"),
        }],
        ..entry(obligation)
    }
}

pub fn writer() -> Writer {
    static STATIONERY: LazyLock<Arc<Stationery>> =
        LazyLock::new(|| Arc::new(Stationery::built_in().unwrap()));
    Writer::new("Timescales <timescales@example.org>", STATIONERY.clone()).unwrap()
}

/// Staff with one person at each address.
pub fn book(addresses: &[(&str, &str)]) -> AddressBook {
    let mut staff = Staff::default();
    for (person_id, email) in addresses {
        let person = Person {
            person_id: (*person_id).to_owned(),
            email: Some((*email).to_owned()),
            ..Person::default()
        };
        staff.people.insert((*person_id).to_owned(), person);
    }
    AddressBook::of(&staff)
}

/// Queues letters, and gives their Message-IDs.
pub async fn put(store: &Store, letters: &[Letter]) -> Vec<String> {
    let mut tx = store.begin().await.unwrap();
    let mut ids = Vec::new();
    for letter in letters {
        let queued = queue(&mut tx, &writer(), &AddressBook::default(), letter).await;
        ids.push(queued.unwrap().message_id);
    }
    tx.commit().await.unwrap();
    ids
}

pub async fn figures_of(store: &Store) -> QueueFigures {
    let mut tx = store.snapshot().await.unwrap();
    figures(&mut tx).await.unwrap()
}

/// `[mail]` for a server on this machine, without protection.
pub fn plain(port: u16) -> config::Mail {
    config::Mail {
        transport: config::Transport::Smtp,
        directory: None,
        host: Some("127.0.0.1".to_owned()),
        port: Some(port),
        tls: config::Tls::None,
        username: None,
        password: None,
        ca: None,
        from: "Timescales <timescales@example.org>".to_owned(),
        operations: Vec::new(),
        language: Language::English,
        templates: None,
    }
}

pub fn route(mail: &config::Mail) -> Route {
    Route::new(mail).unwrap()
}

/// The value of a header of a message that arrived.
pub fn header(message: &[u8], name: &str) -> String {
    let mut values = headers(message, name);
    assert!(!values.is_empty(), "the header {name} is there");
    values.swap_remove(0)
}

/// The values of all headers of a name.
pub fn headers(message: &[u8], name: &str) -> Vec<String> {
    let text = String::from_utf8(message.to_vec()).unwrap();
    let prefix = format!("{name}: ");
    let lines = text.lines().take_while(|line| !line.is_empty());
    let values = lines.filter_map(|line| line.strip_prefix(&prefix));
    values.map(str::to_owned).collect()
}
