//! A case and an answer as lines of text: what by-hand cases are written in, and what a
//! disagreement is printed in.
//!
//! ```text
//! born 2026-01-01
//! plan P1 2026-01-05..2026-06-01 category='neglect'
//! visit V1 2026-01-10T09:30 child_seen='Y'
//! visit V2 booked 2026-02-01 about=C1
//! ```
//! Times are local, or UTC where `Z` follows; `~` in a text stands for a blank.

use std::fmt::Write;

use chrono::{DateTime, NaiveDate, NaiveDateTime};

use crate::calendar::DaysOff;
use crate::model::{Attributes, Case, EventRow, Line, PeriodRow, Val, When};

pub fn parse(child: &str, text: &str, days_off: &DaysOff) -> Case {
    let mut case = Case {
        child: child.to_owned(),
        born: None,
        periods: Vec::new(),
        events: Vec::new(),
    };
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words[0] == "born" {
            case.born = Some(day(words[1]));
        } else if let Some((from, to)) = words[2].split_once("..") {
            case.periods.push(PeriodRow {
                kind: words[0].to_owned(),
                id: words[1].to_owned(),
                from: day(from),
                to: (!to.is_empty()).then(|| day(to)),
                attributes: words[3..].iter().map(|word| attribute(word)).collect(),
            });
        } else {
            case.events.push(event(&words, days_off));
        }
    }
    case
}

fn event(words: &[&str], days_off: &DaysOff) -> EventRow {
    let mut row = EventRow {
        kind: words[0].to_owned(),
        id: words[1].to_owned(),
        occurred: None,
        scheduled: None,
        about: None,
        attributes: Attributes::new(),
    };
    let mut is_booking = false;
    for word in &words[2..] {
        if *word == "booked" {
            is_booking = true;
        } else if let Some(about) = word.strip_prefix("about=") {
            row.about = Some(about.to_owned());
        } else if word.contains('=') {
            row.attributes.extend([attribute(word)]);
        } else if is_booking {
            row.scheduled = Some(when(word, days_off));
        } else {
            row.occurred = Some(when(word, days_off));
        }
    }
    row
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_else(|_| panic!("no day: {text}"))
}

fn when(text: &str, days_off: &DaysOff) -> When {
    if let Some(utc) = text.strip_suffix('Z') {
        let at = NaiveDateTime::parse_from_str(utc, "%Y-%m-%dT%H:%M")
            .unwrap_or_else(|_| panic!("no instant: {text}"))
            .and_utc()
            .timestamp_micros();
        return When {
            day: days_off.local_day(at),
            at: Some(at),
        };
    }
    match NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M") {
        Ok(local) => {
            let at = days_off.instant(local);
            When {
                day: days_off.local_day(at),
                at: Some(at),
            }
        }
        Err(_) => When {
            day: day(text),
            at: None,
        },
    }
}

fn attribute(word: &str) -> (String, Val) {
    let (name, value) = word.split_once('=').expect("name=value");
    let value = match value {
        "true" => Val::Bool(true),
        "false" => Val::Bool(false),
        quoted if quoted.starts_with('\'') => {
            Val::Text(quoted.trim_matches('\'').replace('~', " "))
        }
        number => match number.parse() {
            Ok(whole) => Val::Int(whole),
            Err(_) => Val::Float(number.parse().expect("a number")),
        },
    };
    (name.to_owned(), value)
}

pub fn print(case: &Case) -> String {
    let mut out = String::new();
    if let Some(born) = case.born {
        let _ = writeln!(out, "born {born}");
    }
    for row in &case.periods {
        let to = row.to.map_or(String::new(), |to| to.to_string());
        let _ = write!(out, "{} {} {}..{to}", row.kind, row.id, row.from);
        print_attributes(&mut out, &row.attributes);
    }
    for row in &case.events {
        let _ = write!(out, "{} {}", row.kind, row.id);
        if let Some(occurred) = row.occurred {
            let _ = write!(out, " {}", print_when(occurred));
        }
        if let Some(scheduled) = row.scheduled {
            let _ = write!(out, " booked {}", print_when(scheduled));
        }
        if let Some(about) = &row.about {
            let _ = write!(out, " about={about}");
        }
        print_attributes(&mut out, &row.attributes);
    }
    out
}

fn print_when(when: When) -> String {
    match when.at.and_then(DateTime::from_timestamp_micros) {
        Some(at) => at.format("%Y-%m-%dT%H:%MZ").to_string(),
        None => when.day.to_string(),
    }
}

fn print_attributes(out: &mut String, attributes: &Attributes) {
    for (name, value) in attributes {
        let _ = match value {
            Val::Bool(value) => write!(out, " {name}={value}"),
            Val::Int(value) => write!(out, " {name}={value}"),
            Val::Float(value) => write!(out, " {name}={value:?}"),
            Val::Text(value) => write!(out, " {name}='{}'", value.replace(' ', "~")),
        };
    }
    out.push('\n');
}

/// `PERIOD ANCHOR OPENED DUE STATE` and then what there is of `booked=`, `closed=`, `over=`, and the
/// evidence.
pub fn print_line(line: &Line) -> String {
    let mut out = format!(
        "{} {} {} {} {}",
        line.period, line.anchor.id, line.opened.day, line.due, line.state
    );
    if let Some(booked) = line.booked {
        let _ = write!(out, " booked={booked}");
    }
    if let Some(closed) = line.closed {
        let _ = write!(out, " closed={closed}");
    }
    if line.days_over != 0 {
        let _ = write!(out, " over={}", line.days_over);
    }
    for id in &line.evidence {
        let _ = write!(out, " [{id}]");
    }
    out
}

/// As [`print_line`], with what tells two lines apart that read alike.
pub fn print_whole_line(line: &Line) -> String {
    let class = if line.anchor.is_period {
        "period"
    } else {
        "event"
    };
    format!(
        "{}/{}: {} (a {class}, {}; opened at {}; due at {})",
        line.rule,
        line.child,
        print_line(line),
        line.anchor.kind,
        print_when(line.opened),
        line.due_at
            .and_then(DateTime::from_timestamp_micros)
            .map_or("-".to_owned(), |at| at.to_rfc3339()),
    )
}
