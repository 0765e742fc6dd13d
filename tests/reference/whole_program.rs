//! The same comparison from the outside: a made-up authority's rows go through a source file, a pass
//! and `corewatch evaluate`, and its lines are held against the reference, in their order.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use chrono::DateTime;
use serde_json::{Value, json};

use crate::calendar::DaysOff;
use crate::compare::{number_from_env, reference};
use crate::engine::World;
use crate::generate::{self, known};
use crate::model::{Attributes, Line, Val, When};
use crate::pack::Pack;

/// Worlds taken through the whole program, unless `COREWATCH_REFERENCE_WHOLE` says otherwise.
const WORLDS: usize = 12;
/// Seeds of these worlds lie apart from those of the other comparisons.
const FIRST_SEED: u64 = 1 << 41;
/// A pass after everything that is made up has happened.
const PASS_AT: &str = "2030-01-02T12:00:00Z";

#[test]
fn the_program_prints_what_the_reference_says() {
    let mut printed = 0;
    for seed in 0..number_from_env("COREWATCH_REFERENCE_WHOLE", WORLDS) as u64 {
        let seed = FIRST_SEED + seed;
        let days_off = generate::days_off(seed as usize % 4);
        let (world, days) = generate::world(seed, &days_off);
        let world = as_a_database_has_it(world);
        let site = tempfile::tempdir().expect("a folder");
        write_site(site.path(), &world, &days_off);
        run(
            site.path(),
            &["cycle", "--config", "corewatch.toml", "--at", PASS_AT],
        );
        for t in &days[..3] {
            let day = t.to_string();
            let out = run(
                site.path(),
                &[
                    "evaluate",
                    "--config",
                    "corewatch.toml",
                    "--as-of",
                    &day,
                    "--format",
                    "ndjson",
                ],
            );
            let lines: Vec<Value> = out
                .lines()
                .map(|line| serde_json::from_str(line).expect("a line of JSON"))
                .map(without_id)
                .collect();
            let expected: Vec<Value> = reference(&days_off, &world, *t).iter().map(json).collect();
            assert_eq!(
                lines,
                expected,
                "seed {seed}, as of {t}, {}",
                std::fs::read_to_string(site.path().join("pack.toml")).expect("the pack")
            );
            printed += lines.len();
        }
    }
    assert!(printed > 0);
    println!("{printed} lines printed as the reference says");
}

fn without_id(mut line: Value) -> Value {
    let id = line.as_object_mut().and_then(|line| line.remove("id"));
    assert!(id.is_some_and(|id| id.is_string()), "{line}");
    line
}

fn json(line: &Line) -> Value {
    json!({
        "authority": "made-up",
        "pack": "reference",
        "rule": line.rule,
        "child": line.child,
        "period": line.period,
        "anchor": line.anchor.id,
        "opened": line.opened.day,
        "due": line.due,
        "state": line.state,
        "booked": line.booked,
        "closed": line.closed,
        "days_over": line.days_over,
        "evidence": line.evidence,
    })
}

/// SQLite has no booleans, and an id is unique in an authority: so the world that is asked about has
/// text for the one, and the child's number in the other.
fn as_a_database_has_it(mut world: World) -> World {
    let as_text = |attributes: &mut Attributes| {
        for value in attributes.values_mut() {
            if let Val::Bool(yes) = value {
                *value = Val::Text(if *yes { "true" } else { "false" }.to_owned());
            }
        }
    };
    for (n, case) in world.cases.iter_mut().enumerate() {
        for row in &mut case.periods {
            row.id = format!("{}-{n}", row.id);
            as_text(&mut row.attributes);
        }
        for row in &mut case.events {
            row.id = format!("{}-{n}", row.id);
            row.about = row.about.as_ref().map(|about| format!("{about}-{n}"));
            as_text(&mut row.attributes);
        }
        // A row that is neither held nor booked is of no day: a source would not give it.
        case.events
            .retain(|row| row.occurred.is_some() || row.scheduled.is_some());
    }
    world
}

fn run(site: &Path, arguments: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_corewatch"))
        .args(arguments)
        .current_dir(site)
        .output()
        .expect("the program runs");
    let errors = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(out.stdout).expect("text")
}

fn write_site(site: &Path, world: &World, days_off: &DaysOff) {
    let write = |name: &str, text: &str| std::fs::write(site.join(name), text).expect("a file");
    let closures: Vec<String> = days_off
        .closures
        .iter()
        .map(|day| format!("\"{day}\""))
        .collect();
    write(
        "corewatch.toml",
        &format!(
            r#"
calendars = "calendars"
[store]
url = "sqlite:corewatch.db"
[[authority]]
id = "made-up"
nation = "england-and-wales"
timezone = "{}"
closures = [{}]
packs = ["pack.toml"]
source = "source.toml"
ladders = "ladders.toml"
[mail]
transport = "directory"
directory = "outbox"
from = "Timescales <timescales@example.gov.uk>"
operations = ["oncall@example.gov.uk"]
"#,
            days_off.zone,
            closures.join(", ")
        ),
    );
    write("ladders.toml", "");
    write("pack.toml", &Pack::new(&world.rules).text());
    let mut holidays = "nation = \"england-and-wales\"\n".to_owned();
    for day in &days_off.holidays {
        let _ = writeln!(
            holidays,
            "[[holiday]]\nday = \"{day}\"\nname = \"A day off\""
        );
    }
    std::fs::create_dir(site.join("calendars")).expect("a folder");
    write("calendars/days.toml", &holidays);
    write("cases.db", "");
    write("source.toml", &source(world));
}

/// Each query brings its rows itself.
fn source(world: &World) -> String {
    let mut out = "[source]\nurl = \"sqlite:cases.db\"\n".to_owned();
    let children: Vec<Vec<String>> = world
        .cases
        .iter()
        .map(|case| vec![quoted(&case.child), day(case.born)])
        .collect();
    query(&mut out, "children", None, &["child_id", "born"], &children);
    for ((is_period, kind), attributes) in known() {
        let mut columns = if is_period {
            vec!["period_id", "child_id", "from_date", "to_date"]
        } else {
            vec!["event_id", "child_id", "occurred", "scheduled", "about"]
        };
        columns.extend(&attributes);
        let mut rows = Vec::new();
        for case in &world.cases {
            for row in case.periods.iter().filter(|r| is_period && r.kind == kind) {
                let mut values = vec![quoted(&row.id), quoted(&case.child)];
                values.extend([day(Some(row.from)), day(row.to)]);
                values.extend(attributes.iter().map(|name| value(&row.attributes, name)));
                rows.push(values);
            }
            for row in case.events.iter().filter(|r| !is_period && r.kind == kind) {
                let mut values = vec![quoted(&row.id), quoted(&case.child)];
                values.extend([when(row.occurred), when(row.scheduled)]);
                values.push(row.about.as_deref().map_or("NULL".to_owned(), quoted));
                values.extend(attributes.iter().map(|name| value(&row.attributes, name)));
                rows.push(values);
            }
        }
        let class = if is_period { "periods" } else { "events" };
        query(&mut out, class, Some(kind), &columns, &rows);
    }
    out
}

fn query(
    out: &mut String,
    class: &str,
    kind: Option<&str>,
    columns: &[&str],
    rows: &[Vec<String>],
) {
    let _ = writeln!(out, "[[source.{class}]]");
    if let Some(kind) = kind {
        let _ = writeln!(out, "kind = \"{kind}\"");
    }
    let nothing = vec!["NULL".to_owned(); columns.len()];
    let names: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(n, name)| format!("column{} AS {name}", n + 1))
        .collect();
    let values: Vec<String> = rows
        .iter()
        .chain(rows.is_empty().then_some(&nothing))
        .map(|row| format!("({})", row.join(", ")))
        .collect();
    let only = if rows.is_empty() { " WHERE 0" } else { "" };
    let _ = writeln!(
        out,
        "query = \"SELECT {} FROM (VALUES {}){only}\"",
        names.join(", "),
        values.join(", ")
    );
}

fn quoted(text: &str) -> String {
    format!("'{text}'")
}

fn day(day: Option<chrono::NaiveDate>) -> String {
    day.map_or("NULL".to_owned(), |day| quoted(&day.to_string()))
}

fn when(when: Option<When>) -> String {
    let Some(when) = when else {
        return "NULL".to_owned();
    };
    match when.at.and_then(DateTime::from_timestamp_micros) {
        Some(at) => quoted(&at.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
        None => quoted(&when.day.to_string()),
    }
}

fn value(attributes: &Attributes, name: &str) -> String {
    match attributes.get(name) {
        None => "NULL".to_owned(),
        Some(Val::Bool(yes)) => i32::from(*yes).to_string(),
        Some(Val::Int(number)) => number.to_string(),
        Some(Val::Float(number)) => format!("{number:?}"),
        Some(Val::Text(text)) => quoted(text),
    }
}
