//! A pass that looks only where something may have changed, held against one that looks at everybody:
//! the same messages, alerts, figures, over random histories of changes and days.

use fastrand::Rng;

use super::site::{LADDERS, PACK, QUERIES, Site};
use crate::calendar::{Instant, Zone};
use crate::daemon::{AuthorityOutcome, PassEnd, figures, pass};
use crate::metrics::Counts;
use crate::store::{Store, StoreError};

/// Histories that are lived through, unless `COREWATCH_TEST_HISTORIES` says otherwise.
const HISTORIES: u64 = 2;
/// Passes of each.
const PASSES: usize = 30;
/// Children at the start of each.
const CHILDREN: u32 = 24;

/// More shapes: what is due again and again, ahead of a booking, at all times; on a ladder or not.
const MORE_RULES: &str = r#"
[[rule]]
id = "seen"
title = "Seen every two weeks"
clause = "2"
severity = "critical"
remind = "3 days"
[rule.interval]
every = "2 weeks"
require = { event = "visit" }
[[rule]]
id = "report"
title = "A report before each conference"
clause = "3"
severity = "low"
remind = "2 working days"
[rule.ahead]
of = { event = "conference" }
by = "3 days"
require = { event = "report" }
[[rule]]
id = "worker"
title = "Always a key worker"
clause = "4"
severity = "high"
ladder = "standard"
[rule.cover]
by = "key_worker"
grace = "2 days"
"#;

/// Rows of the kinds that these rules ask for: one that there is none of is not measured.
const RECORDS: &str = "INSERT INTO events VALUES ('visit', 'V', 'C1', '2026-10-02', NULL),
    ('report', 'R', 'C1', '2026-10-02', NULL)";

/// What can be seen of a pass from outside.
#[derive(Debug, PartialEq)]
struct Seen {
    mails: Vec<String>,
    held: usize,
    next: Option<Instant>,
    troubles: Vec<String>,
    alerts: Vec<String>,
    counts: Counts,
}

struct Twin {
    site: Site,
    store: Store,
    evaluated: usize,
}

impl Twin {
    async fn new() -> Twin {
        let site = Site::new().await;
        site.write("pack.toml", &format!("{PACK}{MORE_RULES}"));
        let with_bookings = QUERIES.replace("occurred", "occurred, booked AS scheduled");
        let source = "[source]\nurl = \"sqlite:cases.db\"\nshrink = \"100 %\"\n";
        site.write("source.toml", &format!("{source}{with_bookings}"));
        site.sql("ALTER TABLE events ADD COLUMN booked TEXT").await;
        let store = site.store().await;
        Twin {
            site,
            store,
            evaluated: 0,
        }
    }

    async fn forget_evaluations(&self) {
        let mut tx = self.store.begin().await.unwrap();
        tx.execute("DELETE FROM evaluation", []).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn pass(&mut self, now: Instant) -> Seen {
        let installation = self.site.installation();
        let ended = pass(&installation, &self.store, now).await.unwrap();
        let PassEnd::Ran(mut outcome) = ended else {
            panic!("no other pass runs");
        };
        let (_, AuthorityOutcome::Decided(_, decided)) = outcome.authorities.remove(0) else {
            panic!("the source is sound");
        };
        self.evaluated += decided.evaluated;
        let figures = figures(&installation, &self.store, &[], now).await.unwrap();
        let authority = &figures.authorities[0];
        let mut troubles: Vec<String> = (decided.troubles.iter())
            .map(|trouble| format!("{:?} {} {}", trouble.kind, trouble.item, trouble.line))
            .collect();
        troubles.sort();
        Seen {
            mails: self.site.texts(),
            held: decided.held,
            next: outcome.next,
            troubles,
            alerts: self.alerts().await.unwrap(),
            counts: authority.counts.clone(),
        }
    }

    async fn alerts(&self) -> Result<Vec<String>, StoreError> {
        let mut tx = self.store.snapshot().await?;
        let rows = tx
            .rows(
                "SELECT id || ' ' || rule || ' ' || case_ref || ' ' || due || ' '
                    || coalesce(closed_reason, '-') || ' ' || coalesce(closed_day, '-') || ' '
                    || overdue || ' ' || coalesce(hold, '-') || ' ' || standing
                 FROM alert ORDER BY id",
                [],
            )
            .await?;
        rows.iter().map(|row| row.text(0)).collect()
    }
}

/// A change of the case database, as a case system would make it.
fn change(random: &mut Rng, today: &str, number: usize) -> String {
    let child = random.u32(1..CHILDREN + 4);
    let ahead = random.u32(1..25);
    match random.u8(0..14) {
        0..4 => format!(
            "INSERT INTO events VALUES ('visit', 'V{number}', 'C{child}', '{today}', NULL)"
        ),
        4 | 5 => format!(
            "INSERT INTO events VALUES ('core_group', 'G{number}', 'C{child}', '{today}', NULL)"
        ),
        6 => format!(
            "INSERT INTO events VALUES ('conference', 'N{number}', 'C{child}', NULL, date('{today}', '+{ahead} days'))"
        ),
        7 => format!(
            "UPDATE events SET held = booked WHERE booked <= '{today}' AND child = 'C{child}'"
        ),
        8 => format!(
            "INSERT INTO events VALUES ('report', 'R{number}', 'C{child}', '{today}', NULL)"
        ),
        9 => format!(
            "UPDATE periods SET last = date('{today}', '+{ahead} days') WHERE child = 'C{child}' AND kind = 'key_worker'"
        ),
        10 => format!(
            "UPDATE periods SET last = date('{today}', '+{ahead} days') WHERE child = 'C{child}' AND kind = 'plan'"
        ),
        11 => format!(
            "UPDATE periods SET last = NULL WHERE child = 'C{child}'; UPDATE children SET team = 'service' WHERE id = 'C{child}'"
        ),
        12 => format!(
            "DELETE FROM events WHERE id = (SELECT max(id) FROM events WHERE child = 'C{child}' AND id NOT LIKE 'E%')"
        ),
        _ => format!(
            "UPDATE people SET email = 'person{number}@example.org' WHERE id = 'ben';
             INSERT INTO periods VALUES ('absence', 'A{number}', 'C{child}', date('{today}', '+1 day'), date('{today}', '+{ahead} days'), 'anna'),
                ('cover', 'B{number}', 'C{child}', date('{today}', '+1 day'), NULL, 'ben')"
        ),
    }
}

/// The case database without a child.
fn without(number: u32) -> String {
    [
        "events WHERE child",
        "periods WHERE child",
        "children WHERE id",
    ]
    .map(|of| format!("DELETE FROM {of} = 'C{number}';"))
    .concat()
}

async fn live_through(seed: u64) {
    let mut random = Rng::with_seed(seed);
    let mut quick = Twin::new().await;
    let mut whole = Twin::new().await;
    for number in 2..=CHILDREN {
        let day = format!("2026-{:02}-{:02}", random.u8(8..11), random.u8(1..29));
        for twin in [&quick, &whole] {
            twin.site.child_with_bookings(number, &day).await;
            if number % 5 > 0 {
                let sql = format!(
                    "INSERT INTO events VALUES ('core_group', 'F{number}', 'C{number}', date('{day}', '+3 days'), NULL)"
                );
                twin.site.sql(&sql).await;
            }
        }
    }
    quick.site.sql(RECORDS).await;
    whole.site.sql(RECORDS).await;
    let mut now: Instant = "2026-10-05T08:30:00Z".parse().unwrap();
    for number in 0..PASSES {
        now = match random.u8(0..6) {
            0 | 1 => now.plus_hours(1),
            2 => now.plus_hours(9),
            3 | 4 => now.plus_hours(24),
            _ => now.plus_hours(random.i64(24..140)),
        };
        let today = Zone::LONDON.day_of(now).to_string();
        if number % 11 == 10 {
            let ladders = LADDERS.replace("due + 1 day", &format!("due + {number} days"));
            quick.site.write("ladders.toml", &ladders);
            whole.site.write("ladders.toml", &ladders);
        }
        for place in 0..random.usize(0..4) {
            let sql = change(&mut random, &today, number * 10 + place);
            quick.site.sql(&sql).await;
            whole.site.sql(&sql).await;
        }
        if number == PASSES / 2 {
            quick.site.sql(&without(5)).await;
            whole.site.sql(&without(5)).await;
        }
        whole.forget_evaluations().await;
        let (seen, expected) = (quick.pass(now).await, whole.pass(now).await);
        pretty(
            &seen,
            &expected,
            &format!("seed {seed}, pass {number} at {now}"),
        );
    }
    assert!(
        quick.evaluated * 2 < whole.evaluated,
        "{} of {} evaluations",
        quick.evaluated,
        whole.evaluated
    );
}

fn pretty(seen: &Seen, expected: &Seen, when: &str) {
    assert_eq!(seen.mails, expected.mails, "{when}: mails");
    assert_eq!(seen.alerts, expected.alerts, "{when}: alerts");
    assert_eq!(seen.troubles, expected.troubles, "{when}: troubles");
    assert_eq!(seen.counts, expected.counts, "{when}: counts");
    assert_eq!(seen, expected, "{when}");
}

#[tokio::test]
async fn looking_only_where_something_changed_tells_and_counts_the_same() {
    let histories = std::env::var("COREWATCH_TEST_HISTORIES").ok();
    let histories = histories.map_or(HISTORIES, |number| number.parse().unwrap());
    for seed in 0..histories {
        live_through(seed).await;
    }
}

#[tokio::test]
async fn a_register_of_an_earlier_corewatch_is_made_anew_and_a_quiet_pass_reads_none() {
    let mut twin = Twin::new().await;
    for number in 2..=CHILDREN {
        twin.site.child_with_bookings(number, "2026-09-28").await;
    }
    let store = twin.store.clone();
    let sql = async |statement: &'static str| {
        let mut tx = store.begin().await.unwrap();
        tx.execute(statement, []).await.unwrap();
        tx.commit().await.unwrap();
    };
    let now: Instant = "2026-10-05T08:30:00Z".parse().unwrap();
    let before = twin.pass(now).await;
    // What version 0.1.0 left: pages of another form, and nothing about everybody together.
    sql("UPDATE evaluation SET basis = 'd1:d2', open = NULL, begun = NULL, next_change = NULL")
        .await;
    sql("UPDATE evaluation_page SET page = x'0100044331'").await;
    sql("DELETE FROM evaluation_outlook").await;
    let looked_at = twin.evaluated;
    let after = twin.pass(now).await;
    assert_eq!(twin.evaluated - looked_at, looked_at);
    assert_eq!(after.counts, before.counts);
    // Nobody's day or step has come. A damaged page would be told, were it read.
    sql("UPDATE evaluation SET begun = 0, wake = NULL, next_change = '2026-10-06'").await;
    sql("UPDATE alert SET attention = 0").await;
    sql("UPDATE evaluation_page SET page = x'00'").await;
    sql("UPDATE evaluation_outlook SET page = x'00'").await;
    let installation = twin.site.installation();
    let quiet = pass(&installation, &store, now.plus_hours(1)).await;
    assert!(matches!(quiet.unwrap(), PassEnd::Ran(_)));
}

/// What is kept of evaluations follows from the copy: where it is damaged one pass says so, and the next
/// makes it anew.
#[tokio::test]
async fn a_damaged_register_is_told_once_and_made_anew() {
    let mut twin = Twin::new().await;
    for number in 2..=CHILDREN {
        twin.site.child_with_bookings(number, "2026-10-05").await;
    }
    twin.site.sql(RECORDS).await;
    let mut now: Instant = "2026-10-05T08:30:00Z".parse().unwrap();
    twin.pass(now).await;
    let damages = [
        "UPDATE evaluation_outlook SET page = x'00'",
        "UPDATE evaluation_page SET page = x'00'",
        "DELETE FROM evaluation_outlook",
        "DELETE FROM evaluation_page",
    ];
    for (number, damage) in (2..).step_by(2).zip(damages) {
        now = now.plus_hours(3);
        // A page is added, to which the next change is added.
        twin.site.sql(&without(number)).await;
        let expected = twin.pass(now).await;
        let mut tx = twin.store.begin().await.unwrap();
        tx.execute(damage, []).await.unwrap();
        tx.commit().await.unwrap();
        twin.site.sql(&without(number + 1)).await;
        let installation = twin.site.installation();
        let told = pass(&installation, &twin.store, now.plus_hours(1)).await;
        let told = told.err().map(|error| error.to_string());
        let is_told = told
            .as_ref()
            .is_some_and(|told| told.contains("the store is damaged"));
        assert!(is_told, "{damage}: {told:?}");
        let looked_at = twin.evaluated;
        let healed = twin.pass(now.plus_hours(2)).await;
        let left = CHILDREN - number;
        assert_eq!(twin.evaluated - looked_at, left as usize, "{damage}");
        assert_eq!(healed.alerts, expected.alerts, "{damage}");
    }
}

/// Where nobody's day or step has come, only those whose record changed are looked at.
#[tokio::test]
async fn on_a_quiet_day_who_changed_came_and_went_is_all_that_is_looked_at() {
    let (mut quick, mut whole) = (Twin::new().await, Twin::new().await);
    let on_both = async |quick: &Twin, whole: &Twin, sql: &str| {
        quick.site.sql(sql).await;
        whole.site.sql(sql).await;
    };
    for number in 2..=CHILDREN {
        for twin in [&quick, &whole] {
            twin.site.child_with_bookings(number, "2026-10-05").await;
        }
    }
    on_both(&quick, &whole, RECORDS).await;
    let now: Instant = "2026-10-05T08:30:00Z".parse().unwrap();
    for hour in 0..6 {
        let number = 2 + 3 * hour;
        let (changed, gone, new) = (number, number + 1, number + 100);
        if hour > 0 {
            let visit = format!(
                "INSERT INTO events VALUES ('visit', 'V{hour}', 'C{changed}', '2026-10-05', NULL)"
            );
            on_both(&quick, &whole, &visit).await;
            on_both(&quick, &whole, &without(gone)).await;
            for twin in [&quick, &whole] {
                twin.site.child_with_bookings(new, "2026-10-05").await;
            }
        }
        let before = quick.evaluated;
        whole.forget_evaluations().await;
        let now = now.plus_hours(i64::from(hour));
        let (seen, expected) = (quick.pass(now).await, whole.pass(now).await);
        pretty(&seen, &expected, &format!("hour {hour}"));
        // The pass after a baseline looks at everybody once more.
        if hour > 1 {
            assert_eq!(quick.evaluated - before, 2, "hour {hour}");
        }
        let mut tx = quick.store.snapshot().await.unwrap();
        let head = tx.row("SELECT begun FROM evaluation", []).await.unwrap();
        assert!(
            !head.unwrap().boolean(0).unwrap(),
            "somebody is on a ladder"
        );
    }
}
