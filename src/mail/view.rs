//! A letter put into words: what the templates lay out, most urgent first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::catalogue::{Catalogue, CatalogueError};
use super::letter::{
    Closing, Entry, Letter, LetterKind, Notice, Phase, Role, Section, Step, Tell, Why,
};
use crate::calendar::Day;
use crate::rules::State;

/// A whole message, in words.
#[derive(Debug, Serialize)]
pub(super) struct View {
    pub(super) subject: String,
    lang: String,
    /// Where and when: "Luton, Thu 4 June 2026".
    place: String,
    greeting: Option<String>,
    intro: Option<String>,
    /// "3 overdue, 2 due soon".
    counts: Option<String>,
    sections: Vec<SectionView>,
    notices: Vec<NoticeView>,
    foot: Vec<String>,
}

/// Entries under one heading.
#[derive(Debug, Serialize)]
struct SectionView {
    heading: String,
    entries: Vec<EntryView>,
}

/// One obligation, in words.
#[derive(Debug, Serialize)]
struct EntryView {
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
}

#[derive(Debug, Serialize)]
struct NoticeView {
    phase: String,
    over: bool,
    what: String,
    detail: Vec<String>,
    remedy: String,
}

/// Puts a letter into words.
pub(super) fn view(letter: &Letter, words: &Catalogue) -> Result<View, CatalogueError> {
    let teller = Teller {
        words,
        today: letter.today,
    };
    let mut entries: Vec<&Entry> = letter.entries.iter().collect();
    order(&mut entries);
    let counts = teller.counts(&entries)?;
    let date = words.date(letter.today)?;
    let authority = if letter.authority.id.is_empty() {
        words.say("whole_installation", &[])?
    } else {
        letter.authority.name.clone()
    };
    Ok(View {
        subject: one_line(&teller.subject(letter, &entries, &counts)?),
        lang: words.say("lang", &[])?,
        place: words.say("on_day", &[("authority", &authority), ("date", &date)])?,
        greeting: match &letter.to.name {
            Some(name) if letter.kind != LetterKind::Operations => {
                Some(words.say("greeting", &[("name", &one_line(name))])?)
            }
            _ => None,
        },
        intro: match letter.kind {
            LetterKind::Baseline => Some(words.say("intro_baseline", &[])?),
            LetterKind::Operations => Some(words.say("operations_intro", &[("date", &date)])?),
            LetterKind::Now | LetterKind::Digest => None,
        },
        sections: teller.sections(letter.kind, &entries)?,
        counts: (!counts.is_empty()).then_some(counts),
        notices: teller.notices(&letter.notices)?,
        foot: match letter.kind {
            LetterKind::Operations => vec![words.say("foot_no_reply", &[])?],
            _ => vec![
                words.say("foot_sent", &[("authority", &authority)])?,
                words.say("foot_explain", &[])?,
                words.say("foot_no_reply", &[])?,
            ],
        },
    })
}

/// Most urgent first (severity, days over, due day), children of one family together at the place
/// of the most urgent of them.
fn order(entries: &mut Vec<&Entry>) {
    let urgency = |entry: &Entry| {
        (
            Reverse(entry.severity),
            Reverse(entry.days_over),
            entry.due,
            entry.case_ref.clone(),
            entry.rule.clone(),
            entry.obligation.clone(),
        )
    };
    entries.sort_by_key(|entry| urgency(entry));
    let mut place: BTreeMap<(Section, &str), usize> = BTreeMap::new();
    let mut keyed: Vec<(usize, usize, &Entry)> = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let first = match &entry.family {
            Some(family) => *place.entry((entry.section, family)).or_insert(index),
            None => index,
        };
        keyed.push((first, index, entry));
    }
    keyed.sort_by_key(|(first, index, _)| (*first, *index));
    *entries = keyed.into_iter().map(|(_, _, entry)| entry).collect();
}

/// What begins before what lasts before what is over.
fn in_order(notices: &[Notice]) -> Vec<&Notice> {
    let mut ordered: Vec<&Notice> = notices.iter().collect();
    ordered.sort_by_key(|notice| notice.phase);
    ordered
}

/// Without line breaks and other control characters, for what stands on one line.
pub(super) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The closing that a message tells of an entry, if it tells one.
fn closing(entry: &Entry) -> Option<(Closing, Day)> {
    entry.tells.iter().find_map(|tell| match tell {
        Tell::Closed { reason, day } => Some((*reason, *day)),
        Tell::Step(_) | Tell::Reopened { .. } => None,
    })
}

/// Says things of entries, as of a day.
struct Teller<'w> {
    words: &'w Catalogue,
    today: Day,
}

impl Teller<'_> {
    fn subject(
        &self,
        letter: &Letter,
        entries: &[&Entry],
        counts: &str,
    ) -> Result<String, CatalogueError> {
        let date = self.words.short_date(self.today)?;
        let digest = [("counts", &counts as _), ("date", &date as _)];
        match letter.kind {
            LetterKind::Now => match entries.first() {
                Some(entry) => self.words.say(
                    "subject_now",
                    &[
                        ("headline", &self.headline(entry)?),
                        ("title", &entry.title),
                    ],
                ),
                None => self.words.say("subject_digest", &digest),
            },
            LetterKind::Digest => self.words.say("subject_digest", &digest),
            LetterKind::Baseline => self.words.say("subject_baseline", &digest),
            LetterKind::Operations => {
                let what = match in_order(&letter.notices).as_slice() {
                    [] => String::new(),
                    [only] => only.what.clone(),
                    [first, more @ ..] => self
                        .words
                        .say("subject_more", &[("what", &first.what), ("n", &more.len())])?,
                };
                let place = if letter.authority.id.is_empty() {
                    self.words.say("whole_installation", &[])?
                } else {
                    letter.authority.id.clone()
                };
                self.words
                    .say("subject_operations", &[("where", &place), ("what", &what)])
            }
        }
    }

    fn counts(&self, entries: &[&Entry]) -> Result<String, CatalogueError> {
        let is_closed = |entry: &Entry| entry.section == Section::Closed;
        let closed = entries.iter().filter(|entry| is_closed(entry)).count();
        let open_in = |state: State| {
            let counted = |entry: &&&Entry| !is_closed(entry) && entry.state == state;
            entries.iter().filter(counted).count()
        };
        let mut parts = Vec::new();
        for (key, n) in [
            ("count_overdue", open_in(State::Overdue)),
            ("count_due_soon", open_in(State::DueSoon)),
            ("count_to_come", open_in(State::Pending)),
            ("count_closed", closed),
        ] {
            if n > 0 {
                parts.push(self.words.say(key, &[("n", &n)])?);
            }
        }
        Ok(parts.join(", "))
    }

    fn sections(
        &self,
        kind: LetterKind,
        entries: &[&Entry],
    ) -> Result<Vec<SectionView>, CatalogueError> {
        let mut sections = Vec::new();
        for (section, heading) in [
            (
                Section::New,
                match kind {
                    LetterKind::Baseline => "heading_baseline",
                    _ => "heading_new",
                },
            ),
            (Section::Continuing, "heading_continuing"),
            (Section::Acknowledged, "heading_acknowledged"),
            (Section::Closed, "heading_closed"),
        ] {
            let mut views = Vec::new();
            for entry in entries.iter().filter(|entry| entry.section == section) {
                views.push(self.entry(entry, kind)?);
            }
            if !views.is_empty() {
                sections.push(SectionView {
                    heading: self.words.say(heading, &[])?,
                    entries: views,
                });
            }
        }
        Ok(sections)
    }

    fn entry(&self, entry: &Entry, kind: LetterKind) -> Result<EntryView, CatalogueError> {
        let case_ref = one_line(&entry.case_ref);
        Ok(EntryView {
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
    fn headline(&self, entry: &Entry) -> Result<String, CatalogueError> {
        if let Some((reason, day)) = closing(entry) {
            return self.words.say(
                reason.name(),
                &[
                    ("days", &self.days(entry.days_over)?),
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
        let asked = one_line(entry.asked.as_ref().unwrap_or(&entry.title));
        let mut said = vec![if entry.state == State::Overdue {
            self.words.say("asked_overdue", &[("asked", &asked)])?
        } else {
            let by = self.words.moment(entry.due, entry.due_time)?;
            self.words
                .say("asked_due", &[("asked", &asked), ("date", &by)])?
        }];
        if let Some(booked) = entry
            .booked
            .filter(|booked| entry.state != State::Overdue && *booked > entry.due)
        {
            let date = self.words.date(booked)?;
            said.push(self.words.say("asked_booked_late", &[("booked", &date)])?);
        }
        Ok(said)
    }

    fn facts(&self, entry: &Entry, kind: LetterKind) -> Result<Vec<Fact>, CatalogueError> {
        let words = self.words;
        let mut facts = Vec::new();
        let mut fact = |label: &str, value: String| -> Result<(), CatalogueError> {
            facts.push(Fact {
                label: words.say(label, &[])?,
                value: one_line(&value),
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
        fact(
            "label_procedure",
            words.say(
                "clause",
                &[("document", &entry.document), ("clause", &entry.clause)],
            )?,
        )?;
        if let Some(until) = entry.acknowledged.filter(|_| !closed) {
            fact(
                "label_acknowledged",
                words.say("acknowledged_until", &[("date", &words.date(until)?)])?,
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
        for (why, ladder, told) in steps {
            said.push(self.why_steps(why, ladder, &told)?);
        }
        Ok(said)
    }

    fn why_steps(&self, why: &Why, ladder: &str, told: &[&Step]) -> Result<String, CatalogueError> {
        let role = match &why.role {
            Role::KeyWorker => self.words.say("role_key_worker", &[])?,
            Role::TeamManager => self.words.say("role_team_manager", &[])?,
            Role::ServiceManager => self.words.say("role_service_manager", &[])?,
            Role::HeadOfService => self.words.say("role_head_of_service", &[])?,
            Role::Named(role) => {
                let role = one_line(&role.replace('_', " "));
                self.words.say("role_named", &[("role", &role)])?
            }
            Role::Address => String::new(),
        };
        let who = match &why.covering {
            Some(name) => self.words.say(
                "why_covering",
                &[("name", &one_line(name)), ("role", &role)],
            )?,
            None if why.role == Role::Address => self.words.say("why_address", &[])?,
            None => self.words.say("why_role", &[("role", &role)])?,
        };
        let mut numbers: Vec<u32> = told.iter().map(|step| step.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let of = told.iter().map(|step| step.of).max().unwrap_or_default();
        let key = match (why.passed_up, numbers.len()) {
            (true, _) => "why_passed_up",
            (false, 1) if told.iter().any(|step| step.turn > 0) => "why_turn",
            (false, 1) => "why_step",
            (false, _) => "why_steps",
        };
        let what = self.words.say(
            key,
            &[
                ("steps", &self.words.list(&numbers)?),
                ("of", &of),
                ("ladder", &ladder),
            ],
        )?;
        Ok(format!("{who} {what}"))
    }

    fn notices(&self, notices: &[Notice]) -> Result<Vec<NoticeView>, CatalogueError> {
        let mut views = Vec::with_capacity(notices.len());
        for notice in in_order(notices) {
            let since = self.words.date(notice.since)?;
            views.push(NoticeView {
                phase: match notice.phase {
                    Phase::Began => self.words.say("operations_began", &[])?,
                    Phase::Lasts => self.words.say("operations_lasts", &[("date", &since)])?,
                    Phase::Over => self.words.say("operations_over", &[("date", &since)])?,
                },
                over: notice.phase == Phase::Over,
                what: one_line(&notice.what),
                detail: notice.detail.iter().map(|line| one_line(line)).collect(),
                remedy: match notice.phase {
                    Phase::Over => String::new(),
                    Phase::Began | Phase::Lasts => self.words.say(
                        "operations_remedy",
                        &[("remedy", &one_line(&notice.remedy))],
                    )?,
                },
            });
        }
        Ok(views)
    }
}

/// Whether a link may stand in a message: http or https, without blanks or control characters.
fn is_link(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://"))
        && !url.contains(|c: char| c.is_whitespace() || c.is_control())
}
