//! One obligation put into words: where it stands, what is asked, why this person is told.

use serde::Serialize;

use super::letter::{Asked, Closing, Entry, LetterKind, Role, Section, Step, Tell, Why};
use super::view::{Teller, one_line};
use crate::calendar::Day;
use crate::rules::State;
use crate::words::CatalogueError;

/// One obligation, in words.
#[derive(Debug, Serialize)]
pub(super) struct EntryView {
    /// Whether it is only listed: told before, closed, or far down a long digest.
    pub(super) brief: bool,
    /// "Overdue 6 days".
    headline: String,
    tone: Tone,
    case: String,
    title: String,
    asked: Vec<String>,
    link: Option<Link>,
    facts: Vec<Fact>,
    why: Vec<String>,
    reference: String,
}

/// How urgent a headline looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Tone {
    Over,
    Soon,
    Closed,
}

#[derive(Debug, Serialize)]
struct Link {
    text: String,
    url: String,
}

#[derive(Debug, Serialize)]
struct Fact {
    label: String,
    value: String,
    /// Whether it is too long to stand beside its label on a phone.
    long: bool,
}

impl Teller<'_> {
    pub(super) fn entry(
        &self,
        entry: &Entry,
        kind: LetterKind,
    ) -> Result<EntryView, CatalogueError> {
        let case_ref = one_line(&entry.case_ref);
        Ok(EntryView {
            brief: entry.section != Section::New,
            headline: self.headline(entry)?,
            tone: match entry.state {
                _ if entry.section == Section::Closed => Tone::Closed,
                State::Overdue => Tone::Over,
                _ => Tone::Soon,
            },
            case: self.words.say("case", &[("case_ref", &case_ref)])?,
            title: one_line(&entry.title),
            asked: self.asked(entry)?,
            link: match entry.case_url.as_deref().filter(|url| is_link(url)) {
                Some(url) => Some(Link {
                    text: self.words.say("open_case", &[("case_ref", &case_ref)])?,
                    url: url.to_owned(),
                }),
                None => None,
            },
            facts: self.facts(entry, kind)?,
            why: self.why(entry)?,
            reference: self.words.say("reference", &[("id", &entry.obligation)])?,
        })
    }

    /// Where a duty stands in a few words: "Overdue 6 days".
    pub(super) fn headline(&self, entry: &Entry) -> Result<String, CatalogueError> {
        if let Some((reason, day)) = closing(entry) {
            return self.words.say(
                reason.name(),
                &[
                    ("days", &self.days(entry.days_over)?),
                    ("on", &self.words.on_date(day)?),
                    ("date", &self.words.date(day)?),
                    ("due", &self.words.date(entry.due)?),
                ],
            );
        }
        let left = entry.due.since(self.today);
        let headline = match left {
            ..0 => {
                let over = entry.days_over.max(-left);
                self.words.say("overdue", &[("days", &self.days(over)?)])?
            }
            0 => self.words.say("due_today", &[])?,
            1 => self.words.say("due_tomorrow", &[])?,
            _ => self.words.say("due_in", &[("days", &self.days(left)?)])?,
        };
        if entry
            .tells
            .iter()
            .any(|tell| matches!(tell, Tell::Reopened { .. }))
        {
            return self.words.say("reopened", &[("headline", &headline)]);
        }
        Ok(headline)
    }

    fn days(&self, n: i64) -> Result<String, CatalogueError> {
        self.words.say("days", &[("n", &n)])
    }

    /// What is asked of the reader; nothing of what is closed.
    fn asked(&self, entry: &Entry) -> Result<Vec<String>, CatalogueError> {
        if entry.section == Section::Closed {
            return Ok(Vec::new());
        }
        let by = self.words.moment(entry.due, entry.due_time)?;
        let key = match (is_for_others(entry), entry.state == State::Overdue) {
            (false, true) => "asked_overdue",
            (false, false) => "asked_due",
            (true, true) => "seen_to_overdue",
            (true, false) => "seen_to_due",
        };
        let what = one_line(&self.what_is_asked(&entry.asked)?);
        let mut said = vec![self.words.say(key, &[("asked", &what), ("date", &by)])?];
        if let Some(booked) = entry
            .booked
            .filter(|booked| entry.state != State::Overdue && *booked > entry.due)
        {
            let date = self.words.date(booked)?;
            said.push(self.words.say("asked_booked_late", &[("booked", &date)])?);
        }
        Ok(said)
    }

    /// What would meet it: in the rule's own words, else by the kinds that answer it, where all of them
    /// have words, else by its shape.
    fn what_is_asked(&self, asked: &Asked) -> Result<String, CatalogueError> {
        if let Some(words) = &asked.words {
            return Ok(words.trim().trim_end_matches('.').to_owned());
        }
        let keys: Vec<String> = asked
            .kinds
            .iter()
            .map(|kind| format!("do_{kind}"))
            .collect();
        if !keys.is_empty() && keys.iter().all(|key| self.words.has(key)) {
            let said = keys.iter().map(|key| self.words.say(key, &[]));
            let said = said.collect::<Result<Vec<_>, _>>()?;
            return match said.split_last() {
                Some((last, some)) if !some.is_empty() => {
                    let some = some.join(", ");
                    self.words.say("or", &[("some", &some), ("last", last)])
                }
                _ => Ok(said.concat()),
            };
        }
        let by_shape = format!("do_{}", asked.shape);
        let key = if self.words.has(&by_shape) {
            &by_shape
        } else {
            "do_duty"
        };
        self.words.say(key, &[])
    }

    fn facts(&self, entry: &Entry, kind: LetterKind) -> Result<Vec<Fact>, CatalogueError> {
        let words = self.words;
        let mut facts = Vec::new();
        let mut fact = |label: &str, value: String| -> Result<(), CatalogueError> {
            facts.push(Fact {
                label: words.say(label, &[])?,
                value: one_line(&value),
                long: label == "label_procedure",
            });
            Ok(())
        };
        let closed = entry.section == Section::Closed;
        let due = words.moment(entry.due, entry.due_time)?;
        if entry.state == State::Overdue && !closed {
            let over = words.say("working_days", &[("n", &entry.working_days_over)])?;
            fact(
                "label_was_due",
                words.say("due_and_over", &[("date", &due), ("working_days", &over)])?,
            )?;
        } else if !closed {
            fact("label_due", due)?;
        }
        if !closed {
            let who = match entry.key_workers.as_slice() {
                [] => words.say("no_key_worker", &[])?,
                some => words.list(some)?,
            };
            fact(
                "label_key_worker",
                match &entry.team {
                    None => who,
                    Some(team) => {
                        words.say("key_worker_of", &[("key_worker", &who), ("team", team)])?
                    }
                },
            )?;
        }
        if !closed {
            fact(
                "label_booked",
                match entry.booked {
                    None => words.say("nothing_booked", &[])?,
                    Some(day) => words.date(day)?,
                },
            )?;
            let severity = format!("severity_{}", entry.severity.name());
            fact("label_severity", words.say(&severity, &[])?)?;
        }
        if kind == LetterKind::Now {
            fact("label_opened", words.date(entry.opened)?)?;
        }
        if let Some(until) = entry.acknowledged.filter(|_| !closed) {
            fact(
                "label_acknowledged",
                words.say("acknowledged_until", &[("date", &words.date(until)?)])?,
            )?;
        }
        // A rule that was taken out of its pack has left none.
        if !entry.clause.is_empty() {
            fact(
                "label_procedure",
                words.say(
                    "clause_of",
                    &[("document", &entry.document), ("clause", &entry.clause)],
                )?,
            )?;
        }
        Ok(facts)
    }

    /// Why it is told, and why to this person: one line for each reason, steps of one reason together.
    fn why(&self, entry: &Entry) -> Result<Vec<String>, CatalogueError> {
        let mut said = Vec::new();
        let mut steps: Vec<(&Why, &str, Vec<&Step>)> = Vec::new();
        for tell in &entry.tells {
            match tell {
                Tell::Closed { .. } => said.push(self.words.say("why_closed", &[])?),
                Tell::Reopened { day } => {
                    let date = self.words.date(*day)?;
                    said.push(self.words.say("why_reopened", &[("date", &date)])?);
                }
                Tell::Step(step) => {
                    let known = steps
                        .iter_mut()
                        .find(|(why, ladder, _)| **why == step.why && *ladder == step.ladder);
                    match known {
                        Some((_, _, told)) => told.push(step),
                        None => steps.push((&step.why, &step.ladder, vec![step])),
                    }
                }
            }
        }
        let mut last_who = String::new();
        for (why, ladder, told) in steps {
            let who = self.who(why)?;
            let what = self.what_steps(why, ladder, &told)?;
            // Who is told of a step of their own and of one that came up to them is told once as whom.
            said.push(if who == last_who {
                what
            } else {
                format!("{who} {what}")
            });
            last_who = who;
        }
        Ok(said)
    }

    /// As whom the reader is told.
    fn who(&self, why: &Why) -> Result<String, CatalogueError> {
        let (name, role) = match &why.role {
            Role::KeyWorker => ("key_worker", String::new()),
            Role::TeamManager => ("team_manager", String::new()),
            Role::ServiceManager => ("service_manager", String::new()),
            Role::HeadOfService => ("head_of_service", String::new()),
            Role::Named(role) => ("named", one_line(&role.replace('_', " "))),
            Role::Address => return self.words.say("why_address", &[]),
        };
        match &why.covering {
            Some(covered) => self.words.say(
                &format!("cover_{name}"),
                &[("name", &one_line(covered)), ("role", &role)],
            ),
            None => self.words.say(&format!("you_{name}"), &[("role", &role)]),
        }
    }

    /// Which steps they are told of for one reason.
    fn what_steps(
        &self,
        why: &Why,
        ladder: &str,
        told: &[&Step],
    ) -> Result<String, CatalogueError> {
        let mut numbers: Vec<u32> = told.iter().map(|step| step.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let of = told.iter().map(|step| step.of).max().unwrap_or_default();
        let key = match (why.passed_up, numbers.len()) {
            (true, 1) => "why_passed_up",
            (true, _) => "why_passed_up_steps",
            (false, 1) if told.iter().any(|step| step.turn > 0) => "why_turn",
            (false, 1) => "why_step",
            (false, _) => "why_steps",
        };
        self.words.say(
            key,
            &[
                ("steps", &self.words.list(&numbers)?),
                ("of", &of),
                ("ladder", &one_line(ladder)),
            ],
        )
    }
}

/// Whether it is for others to do: the reader is told of no step as the key worker.
fn is_for_others(entry: &Entry) -> bool {
    !entry.tells.iter().any(|tell| match tell {
        Tell::Step(step) => step.why.role == Role::KeyWorker,
        Tell::Closed { .. } | Tell::Reopened { .. } => false,
    })
}

/// The closing that a message tells of an entry, if it tells one.
fn closing(entry: &Entry) -> Option<(Closing, Day)> {
    entry.tells.iter().find_map(|tell| match tell {
        Tell::Closed { reason, day } => Some((*reason, *day)),
        Tell::Step(_) | Tell::Reopened { .. } => None,
    })
}

/// Whether a link may stand in a message: http or https, without blanks or control characters.
fn is_link(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://"))
        && !url.contains(|c: char| c.is_whitespace() || c.is_control())
}
