//! A year in a small authority, as the messages that people had tell it: two siblings on a plan, a key
//! worker's month of leave with a colleague standing in, Christmas, both changes of the clocks, the end
//! of one plan and a second registration, and a summer in which nobody came.

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::London;
use corewatch::calendar::Instant;
use corewatch::daemon::{Installation, PassEnd, pass};
use corewatch::store::Store;
use mail_parser::MessageParser;

use crate::fake_server::{Arrived, FakeServer};
use crate::site::{Site, in_memory, to_server};
use crate::support::{header, headers};

const PACK: &str = r#"
[pack]
id = "local"
title = "Core groups and visits"
source = "Child protection procedures (made up)"
cy = { source = "Gweithdrefnau amddiffyn plant (gwneud)" }
[[rule]]
id = "first-core-group"
title = "First core group within ten working days of the conference"
cy = { title = "Y grŵp craidd cyntaf o fewn 10 diwrnod gwaith i'r gynhadledd" }
clause = "1.2"
severity = "high"
ladder = "standard"
[rule.deadline]
after = { event = "conference" }
within = "10 working days"
require = { event = "core_group" }
[[rule]]
id = "core-group"
title = "Core group every six weeks"
cy = { title = "Grŵp craidd bob chwe wythnos" }
clause = "1.3"
severity = "medium"
ladder = "standard"
[rule.interval]
from = { event = "core_group" }
every = "6 weeks"
require = { event = "core_group" }
[[rule]]
id = "visit"
title = "Child visited every ten working days"
asked = "visit the child, and see them alone"
cy = { title = "Ymweliad â'r plentyn bob 10 diwrnod gwaith", asked = "ymweld â'r plentyn, a'i weld ar ei ben ei hun" }
clause = "2.1"
severity = "critical"
ladder = "standard"
[rule.interval]
every = "10 working days"
require = { event = "visit" }
"#;

const LADDERS: &str = r#"
[[ladder]]
id = "standard"
[[ladder.step]]
at = "due - 2 working days"
to = ["key_worker"]
[[ladder.step]]
at = "due + 1 day"
to = ["key_worker", "team_manager"]
[[ladder.step]]
at = "due + 5 working days"
to = ["service_manager"]
send = "now"
[[ladder.step]]
at = "due + 10 working days"
to = ["head_of_service"]
repeat = "5 working days"
"#;

/// What is put on record, and on which day.
const STORY: [(&str, &str); 18] = [
    (
        "2026-09-07",
        "INSERT INTO children VALUES ('elm', NULL, 'REF-elm', 'north'),
            ('oak', NULL, 'REF-oak', 'north');
         INSERT INTO periods VALUES ('plan', 'P1', 'elm', '2026-09-07', NULL, NULL),
            ('plan', 'P2', 'oak', '2026-09-07', NULL, NULL),
            ('key_worker', 'K1', 'elm', '2026-09-07', NULL, 'anna'),
            ('key_worker', 'K2', 'oak', '2026-09-07', NULL, 'anna');
         INSERT INTO events VALUES ('conference', 'E1', 'elm', '2026-09-07'),
            ('conference', 'E2', 'oak', '2026-09-07');",
    ),
    ("2026-09-18", "core group"),
    ("2026-10-23", "core group"),
    // Anna is away for the whole of November, and Ben stands in.
    (
        "2026-11-02",
        "INSERT INTO periods VALUES
            ('absence', 'A1', 'elm', '2026-11-02', '2026-11-30', 'anna'),
            ('absence', 'A2', 'oak', '2026-11-02', '2026-11-30', 'anna'),
            ('cover', 'V1', 'elm', '2026-11-02', '2026-11-30', 'ben'),
            ('cover', 'V2', 'oak', '2026-11-02', '2026-11-30', 'ben');",
    ),
    ("2026-12-02", "core group"),
    ("2027-01-19", "core group"),
    // Oak's plan ends.
    (
        "2027-02-12",
        "UPDATE periods SET last = '2027-02-12' WHERE id IN ('P2', 'K2');",
    ),
    ("2027-02-26", "core group"),
    ("2027-03-25", "core group"),
    // A second registration; its first core group is late.
    (
        "2027-05-04",
        "INSERT INTO periods VALUES ('plan', 'P3', 'oak', '2027-05-04', NULL, NULL),
            ('key_worker', 'K3', 'oak', '2027-05-04', NULL, 'cara');
         INSERT INTO events VALUES ('conference', 'E3', 'oak', '2027-05-04');",
    ),
    ("2027-05-05", "core group of elm"),
    ("2027-05-24", "core group"),
    ("2027-06-28", "core group"),
    ("2027-08-02", "core group"),
    // A visit that was put down to the wrong child, and is put right.
    (
        "2027-04-12",
        "UPDATE events SET child = 'past' WHERE id = 'visit elm 2027-04-09';",
    ),
    (
        "2027-04-30",
        "UPDATE events SET child = 'elm' WHERE id = 'visit elm 2027-04-09';",
    ),
    // Cara leaves, and has no address any more.
    (
        "2027-07-01",
        "UPDATE people SET email = NULL WHERE id = 'cara';",
    ),
    (
        "2027-07-20",
        "UPDATE people SET email = 'cara@example.org' WHERE id = 'cara';",
    ),
];

/// Days from which and to which nobody visited: the leave, Christmas, the summer.
const NOBODY_CAME: [(&str, &str); 3] = [
    ("2026-11-04", "2026-11-23"),
    ("2026-12-17", "2027-01-06"),
    ("2027-07-05", "2027-08-12"),
];
/// Otherwise the children are visited so often.
const VISITED_EVERY_DAYS: i64 = 7;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// What is put on record on a day.
fn recorded(today: NaiveDate) -> String {
    let mut sql = String::new();
    let came = |from: &&(&str, &str)| today >= day(from.0) && today <= day(from.1);
    let visits = (today - day("2026-09-11")).num_days() % VISITED_EVERY_DAYS == 0;
    let on_plan =
        |child: &str| child == "elm" || today <= day("2027-02-12") || today >= day("2027-05-04");
    for child in ["elm", "oak"].into_iter().filter(|child| on_plan(child)) {
        let mut event = |kind: &str| {
            sql.push_str(&format!(
                "INSERT INTO events VALUES ('{kind}', '{kind} {child} {today}', '{child}', '{today}');"
            ));
        };
        if visits && today > day("2026-09-07") && !NOBODY_CAME.iter().any(|gap| came(&gap)) {
            event("visit");
        }
        for (_, what) in STORY.iter().filter(|(on, _)| day(on) == today) {
            if *what == "core group" || *what == format!("core group of {child}") {
                event("core_group");
            }
        }
    }
    for (_, what) in STORY.iter().filter(|(on, _)| day(on) == today) {
        if !what.starts_with("core group") {
            sql.push_str(what);
        }
    }
    sql
}

/// A message as a few lines: when and to whom, what its headers tell, and its text without rules,
/// blank lines and what is the same in all of them.
fn told(at: DateTime<Utc>, message: &Arrived) -> String {
    let when = at.with_timezone(&London).format("%a %d %b %Y %H:%M %Z");
    let to = message.to.split('@').next().unwrap();
    let subject = header(&message.bytes, "Subject");
    let mut lines = vec![format!("== {when} to {to}: {subject}")];
    for alert in headers(&message.bytes, "Corewatch-Alert") {
        let (alert, _) = alert.rsplit_once("; id=").unwrap();
        lines.push(format!("   > {alert}"));
    }
    let message = MessageParser::default().parse(&message.bytes).unwrap();
    let text = message.body_text(0).unwrap();
    let said = text
        .lines()
        .take_while(|line| {
            !line.starts_with("Sent by corewatch") && !line.starts_with("Anfonwyd gan corewatch")
        })
        .filter(|line| {
            !line.is_empty()
                && !line.starts_with("--")
                && !line.starts_with("Reference")
                && !line.starts_with("Cyfeirnod")
        })
        .skip(1);
    lines.extend(said.map(|line| format!("   {line}")));
    lines.join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_as_the_messages_tell_it() {
    let folder = in_memory();
    let server = FakeServer::start([]).await;
    let mail = to_server(server.port);
    let site = Site::make(folder.path(), "sqlite:corewatch.db", &mail, LADDERS).await;
    site.write("pack.toml", PACK);
    site.sql("INSERT INTO events VALUES ('visit', 'past-visit', 'past', '2025-01-10')")
        .await;
    // Tom reads Welsh.
    site.sql("UPDATE people SET language = 'cy' WHERE id = 'tom'")
        .await;
    let installation = Installation::load(&folder.path().join("corewatch.toml")).unwrap();
    let store = Store::open(&installation.settings.store.url).await.unwrap();
    let mut story = Vec::new();
    let mut today = day("2026-09-01");
    while today < day("2027-09-01") {
        // Early, and once more in the afternoon, where the day's work is on record by then.
        let work = recorded(today);
        for (hour, minute) in [(8, 15), (16, 45)] {
            if hour > 12 {
                if work.is_empty() {
                    continue;
                }
                site.sql(&work).await;
            }
            let local = today.and_hms_opt(hour, minute, 0).unwrap();
            let at = London.from_local_datetime(&local).unwrap().to_utc();
            let ended = pass(&installation, &store, Instant::from(at)).await;
            let PassEnd::Ran(outcome) = ended.unwrap() else {
                panic!("another pass runs");
            };
            assert!(outcome.is_well(), "{today}: {outcome:?}");
            let mut messages = server.take_arrived();
            messages.sort_by(|a, b| a.to.cmp(&b.to));
            story.extend(messages.iter().map(|message| told(at, message)));
        }
        today += TimeDelta::days(1);
    }
    insta::assert_snapshot!(story.join("\n\n"));
}
