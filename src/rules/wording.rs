//! Small words: days, kinds, conditions and selectors as people write them, and lines that fit a page.

use crate::calendar::{Calendar, Day, Moment};

use super::model::Selector;
use super::predicate::Predicate;

/// A day as people write it.
pub(super) fn long(day: Day) -> String {
    day.date().format("%A %-d %B %Y").to_string()
}

/// A moment as people write it.
pub(super) fn time(calendar: &Calendar, moment: Moment) -> String {
    match moment.at {
        None => long(moment.day),
        Some(at) => format!(
            "{} on {}",
            calendar.zone.time_of(at).format("%H:%M"),
            long(moment.day)
        ),
    }
}

/// A kind as people read it.
pub(super) fn spoken(kind: &str) -> String {
    kind.replace('_', " ")
}

/// A kind with its article; what has been done takes none ("minutes circulated").
pub(super) fn a(noun: &str) -> String {
    let last = noun.rsplit(' ').next().unwrap_or(noun);
    let is_done = noun.contains(' ') && (last.ends_with("ed") || ["sent", "set"].contains(&last));
    if is_done || last.ends_with('s') {
        return noun.to_owned();
    }
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {noun}")
}

/// A kind, with the condition where there is one; without an article.
pub(super) fn kind_where(kind: &str, matching: Option<&Predicate>) -> String {
    let noun = spoken(kind);
    match matching {
        None => noun,
        Some(predicate) => format!("{noun} where {}", predicate.expr),
    }
}

/// A selector in words: "a visit where child seen is yes", "the first conference".
pub(super) fn describe(selector: &Selector<String, Predicate>) -> String {
    if let Some(nth) = selector.nth {
        let which = kind_where(&selector.event, selector.matching.as_ref());
        return format!("the {} {which}", ordinal(nth));
    }
    let kind = spoken(&selector.event);
    let text = kind_where(&selector.event, selector.matching.as_ref());
    text.replacen(&kind, &a(&kind), 1)
}

/// A number of days in words.
pub(super) fn days(count: i64) -> String {
    if count == 1 {
        "1 day".to_owned()
    } else {
        format!("{count} days")
    }
}

/// Which of several: "the first visit", "the third".
pub(super) fn ordinal(n: u32) -> String {
    let word = match n {
        1 => "first",
        2 => "second",
        3 => "third",
        4 => "fourth",
        5 => "fifth",
        n => return format!("{n}th"),
    };
    word.to_owned()
}

/// A clause with its document: a number is said to be a clause, a heading speaks for itself.
pub(super) fn cited(document: &str, clause: &str) -> String {
    if clause.starts_with(|first: char| first.is_ascii_digit()) {
        format!("{document}, clause {clause}")
    } else {
        format!("{document}: {clause}")
    }
}

/// The same with a capital.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// Columns of a page: what any terminal shows.
const WIDTH: usize = 80;

/// Text in lines that fit the page, each with the indent, and all but the first with two blanks more.
pub fn wrapped(indent: &str, text: &str) -> String {
    let mut lines = vec![indent.to_owned()];
    let mut empty = true;
    for word in text.split(' ') {
        let last = lines.last().map_or(0, |line| line.chars().count());
        if !empty && last + 1 + word.chars().count() > WIDTH {
            lines.push(format!("{indent}  "));
            empty = true;
        }
        if let Some(line) = lines.last_mut() {
            if !empty {
                line.push(' ');
            }
            line.push_str(word);
        }
        empty = false;
    }
    lines.join("\n")
}
