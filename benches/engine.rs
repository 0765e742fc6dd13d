//! The engine alone: eight rules over encoded timelines in memory, without a database.
//!
//! `cargo bench --bench engine`; `COREWATCH_BENCH_CHILDREN` sets the size (100,000 unless set).
//! Prints figures, asserts nothing.

use std::time::Instant;

use corewatch::calendar::{BankHolidays, Calendar, Day, Moment, Nation, Zone};
use corewatch::case::{EventRow, PeriodRow, Symbols, Timeline, TimelineBuilder, Value};
use corewatch::document::Document;
use corewatch::rules::{Evaluator, RuleSet, parse_pack};

/// The eight rules of issue 3.
const PACK: &str = r#"
[pack]
id = "bench"
title = "Bench"
source = "The eight rules of the benchmark"
[attributes]
visit = ["child_seen", "seen_alone", "bedroom_seen", "no_access"]
conference = ["kind"]
[[rule]]
id = "child-seen"
title = "Child seen"
clause = "1"
severity = "critical"
remind = "5 days"
[rule.interval]
every = "4 weeks"
require = { event = "visit", where = "child_seen" }
[[rule]]
id = "seen-alone"
title = "Seen alone"
clause = "1"
severity = "high"
[rule.interval]
every = "6 weeks"
require = { event = "visit", where = "child_seen && seen_alone && age >= 2" }
[[rule]]
id = "bedroom"
title = "Bedroom"
clause = "1"
severity = "medium"
[rule.between]
marks = { event = "conference" }
require = { event = "visit", where = "bedroom_seen" }
latest = ["3 months", "6 months"]
[[rule]]
id = "review-3"
title = "First review"
clause = "1"
severity = "high"
[rule.deadline]
after = { event = "conference", where = "kind == 'initial'" }
within = "3 months"
require = { event = "conference", where = "kind == 'review'" }
[[rule]]
id = "review-6"
title = "Later reviews"
clause = "1"
severity = "high"
[rule.deadline]
after = { event = "conference", where = "kind == 'review'" }
within = "6 months"
require = { event = "conference", where = "kind == 'review'" }
[[rule]]
id = "first-core-group"
title = "First core group"
clause = "1"
severity = "high"
[rule.deadline]
after = { event = "conference", where = "kind == 'initial'" }
within = "10 working days"
require = { event = "core_group" }
[[rule]]
id = "core-group"
title = "Core group"
clause = "1"
severity = "high"
[rule.interval]
every = "6 weeks"
from = { event = "core_group", nth = 1 }
require = { event = "core_group" }
[[rule]]
id = "minutes"
title = "Minutes"
clause = "1"
severity = "low"
[rule.deadline]
after = { event = "core_group" }
within = "5 working days"
require = { event = "minutes_circulated" }
linked = true
[[rule]]
id = "no-access"
title = "No access"
clause = "1"
severity = "critical"
[rule.run]
over = { event = "visit" }
failing = "!child_seen"
count = 2
within = "1 working day"
require = { event = "action_agreed" }
gap = "14 days"
"#;

/// A child on a plan for a year: visits, core groups with their minutes, conferences.
fn child(symbols: &mut Symbols, random: &mut fastrand::Rng, number: usize) -> Vec<u8> {
    let start = Day(20_000 + random.i32(0..600));
    let mut builder = TimelineBuilder::new(&format!("{number:07}"));
    builder.born = Some(start.plus(-random.i64(100..6000)));
    let plan = symbols.intern("plan");
    let end = random.bool().then(|| start.plus(random.i64(200..420)));
    let id = format!("P{number}");
    builder
        .periods
        .push(PeriodRow::new(plan, &id, start, end, []));
    let mut event = |name: &str, id: String, day: Day, about: Option<String>, flags: &[&str]| {
        let attributes: Vec<_> = flags
            .iter()
            .map(|flag| match flag.split_once('=') {
                Some((name, value)) => (symbols.intern(name), Value::Text(value)),
                None => {
                    let yes = if random.u8(0..10) == 0 { "N" } else { "Y" };
                    (symbols.intern(flag), Value::Text(yes))
                }
            })
            .collect();
        let mut row = EventRow::new(symbols.intern(name), &id, attributes);
        row.occurred = Some(Moment::day(day));
        row.recorded = Some(Moment::day(day.plus(2)));
        row.about = about.map(Into::into);
        builder.events.push(row);
    };
    event(
        "conference",
        format!("C{number}-0"),
        start,
        None,
        &["kind=initial"],
    );
    event(
        "conference",
        format!("C{number}-1"),
        start.plus(88),
        None,
        &["kind=review"],
    );
    event(
        "conference",
        format!("C{number}-2"),
        start.plus(268),
        None,
        &["kind=review"],
    );
    for i in 0..13i64 {
        let flags = ["child_seen", "seen_alone", "bedroom_seen"];
        event(
            "visit",
            format!("V{number}-{i}"),
            start.plus(6 + 27 * i),
            None,
            &flags,
        );
    }
    for i in 0..5i64 {
        let day = start.plus(9 + 41 * i);
        let id = format!("G{number}-{i}");
        event("core_group", id.clone(), day, None, &[]);
        event(
            "minutes_circulated",
            format!("M{number}-{i}"),
            day.plus(4),
            Some(id),
            &[],
        );
    }
    builder.encode()
}

fn main() {
    let children: usize = std::env::var("COREWATCH_BENCH_CHILDREN")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(100_000);
    let mut symbols = Symbols::default();
    let mut random = fastrand::Rng::with_seed(7);
    let copy: Vec<Vec<u8>> = (0..children)
        .map(|n| child(&mut symbols, &mut random, n))
        .collect();
    let rows = children * 27;
    let bytes: usize = copy.iter().map(Vec::len).sum();
    let pack = parse_pack(&Document::new("bench", PACK)).unwrap_or_else(|f| panic!("{f}"));
    let rules = RuleSet::bind_all_measured(&[pack], &mut symbols).unwrap_or_else(|f| panic!("{f}"));
    let holidays = BankHolidays::shipped().unwrap_or_else(|f| panic!("{f}"));
    let calendar = Calendar::new(Zone::LONDON, Nation::EnglandAndWales, holidays, &[]);
    let today = Day(20_700);
    println!(
        "{children} children, {rows} rows, {:.1} MB encoded",
        bytes as f64 / 1e6
    );

    let start = Instant::now();
    let mut timeline = Timeline::default();
    let mut events = 0;
    for bytes in &copy {
        timeline
            .decode_into(bytes)
            .unwrap_or_else(|e| panic!("{e}"));
        events += timeline.events.len();
    }
    report("decode, one thread", start, events);

    for threads in [1, 2] {
        let start = Instant::now();
        let counts: Vec<usize> = std::thread::scope(|scope| {
            let workers: Vec<_> = copy
                .chunks(children.div_ceil(threads))
                .map(|chunk| {
                    let evaluator = Evaluator::new(&rules, &calendar);
                    scope.spawn(move || {
                        let (mut timeline, mut out, mut count) = (Timeline::default(), vec![], 0);
                        for bytes in chunk {
                            timeline
                                .decode_into(bytes)
                                .unwrap_or_else(|e| panic!("{e}"));
                            out.clear();
                            evaluator.evaluate(&timeline, today, &mut out);
                            count += out.len();
                        }
                        count
                    })
                })
                .collect();
            workers.into_iter().map(|w| w.join().unwrap_or(0)).collect()
        });
        let name = format!("decode and evaluate, {threads} thread(s)");
        report(&name, start, counts.iter().sum());
    }
}

fn report(what: &str, start: Instant, count: usize) {
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{what:36} {seconds:7.3} s  {count:9} ({:.0} a second)",
        count as f64 / seconds
    );
}
