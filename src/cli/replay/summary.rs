//! A stretch that was lived through, in figures: what was overdue by rule, and who had how many mails.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::so_many;
use crate::calendar::Day;
use crate::daemon::ReplayedDay;

/// What the days lived so far come to.
#[derive(Debug, Default)]
pub(super) struct Summary {
    days: Vec<Day>,
    mails: usize,
    told: usize,
    rules: BTreeMap<String, Overdue>,
    recipients: BTreeMap<String, Mails>,
}

/// Overdue duties of one rule.
#[derive(Debug, Default)]
struct Overdue {
    first: usize,
    last: usize,
    most: usize,
}

/// What one person would have had.
#[derive(Debug, Default)]
struct Mails {
    mails: usize,
    most_a_day: usize,
    told: usize,
}

impl Summary {
    /// Takes in a day; days come in order.
    pub(super) fn add(&mut self, lived: &ReplayedDay) {
        let is_first = self.days.is_empty();
        self.days.push(lived.day);
        self.mails += lived.mails();
        self.told += lived.told.len();
        for overdue in self.rules.values_mut() {
            overdue.last = 0;
        }
        for (rule, count) in &lived.overdue {
            let overdue = self.rules.entry(rule.clone()).or_default();
            overdue.last = *count;
            overdue.most = overdue.most.max(*count);
            if is_first {
                overdue.first = *count;
            }
        }
        let mut messages: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for telling in &lived.told {
            messages
                .entry(&telling.recipient)
                .or_default()
                .insert(&telling.message);
            self.recipients
                .entry(telling.recipient.clone())
                .or_default()
                .told += 1;
        }
        for (recipient, messages) in messages {
            let mails = self.recipients.entry(recipient.to_owned()).or_default();
            mails.mails += messages.len();
            mails.most_a_day = mails.most_a_day.max(messages.len());
        }
    }

    /// Writes it, most first.
    pub(super) fn write(&self, authority: &str, out: &mut impl Write) -> io::Result<()> {
        let (Some(first), Some(last)) = (self.days.first(), self.days.last()) else {
            return Ok(());
        };
        writeln!(out)?;
        writeln!(
            out,
            "{authority}, {} to {}: {} told in {}, to {}",
            day(*first),
            day(*last),
            so_many(self.told, "thing"),
            so_many(self.mails, "mail"),
            so_many(self.recipients.len(), "recipient"),
        )?;
        if !self.rules.is_empty() {
            let mut rules: Vec<(&String, &Overdue)> = self.rules.iter().collect();
            rules.sort_by(|a, b| (b.1.last, b.1.most, a.0).cmp(&(a.1.last, a.1.most, b.0)));
            writeln!(out)?;
            let heads = ("overdue by rule", "first day", "last day", "most");
            writeln!(
                out,
                "{:<48}{:>10}{:>10}{:>10}",
                heads.0, heads.1, heads.2, heads.3
            )?;
            for (rule, overdue) in rules {
                let Overdue { first, last, most } = overdue;
                writeln!(out, "  {rule:<46}{first:>10}{last:>10}{most:>10}")?;
            }
        }
        if !self.recipients.is_empty() {
            let mut recipients: Vec<(&String, &Mails)> = self.recipients.iter().collect();
            recipients.sort_by(|a, b| (b.1.mails, b.1.told, a.0).cmp(&(a.1.mails, a.1.told, b.0)));
            writeln!(out)?;
            let heads = ("mails by recipient", "mails", "most a day", "told");
            writeln!(
                out,
                "{:<48}{:>10}{:>12}{:>8}",
                heads.0, heads.1, heads.2, heads.3
            )?;
            for (recipient, had) in recipients {
                let Mails {
                    mails,
                    most_a_day,
                    told,
                } = had;
                writeln!(out, "  {recipient:<46}{mails:>10}{most_a_day:>12}{told:>8}")?;
            }
        }
        Ok(())
    }
}

fn day(day: Day) -> String {
    day.date().format("%-d %b %Y").to_string()
}
