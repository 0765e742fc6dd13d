//! A letter put into words: what the templates lay out, most urgent first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::entry::EntryView;
use super::letter::{Entry, Letter, LetterKind, Notice, Phase, Section};
use crate::calendar::Day;
use crate::rules::State;
use crate::words::{Catalogue, CatalogueError};

/// The most that a digest says in full under one heading; the rest is listed, so that a long one can
/// still be read on a phone, and is not cut off by a mail program.
const MOST_IN_FULL: usize = 12;

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
    let entries = in_reading_order(letter);
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
            LetterKind::Operations => {
                Some(words.say("operations_intro", &[("on", &words.on_date(letter.today)?)])?)
            }
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

/// What a letter tells, in the order in which it is read.
pub(super) fn in_reading_order(letter: &Letter) -> Vec<&Entry> {
    let mut entries: Vec<&Entry> = letter.entries.iter().collect();
    order(&mut entries);
    entries.sort_by_key(|entry| entry.section);
    entries
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

/// Says things of entries, as of a day.
pub(super) struct Teller<'w> {
    pub(super) words: &'w Catalogue,
    pub(super) today: Day,
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
                if letter.authority.id.is_empty() {
                    return self.words.say("subject_operations_all", &[("what", &what)]);
                }
                let place = &letter.authority.id;
                self.words
                    .say("subject_operations", &[("where", place), ("what", &what)])
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
                let mut view = self.entry(entry, kind)?;
                view.brief |= views.len() >= MOST_IN_FULL;
                views.push(view);
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

    fn notices(&self, notices: &[Notice]) -> Result<Vec<NoticeView>, CatalogueError> {
        let mut views = Vec::with_capacity(notices.len());
        for notice in in_order(notices) {
            let since = self.words.date(notice.since)?;
            views.push(NoticeView {
                phase: match notice.phase {
                    Phase::Began => self.words.say("operations_began", &[])?,
                    Phase::Lasts => self.words.say("operations_lasts", &[("date", &since)])?,
                    Phase::Over => {
                        let on = self.words.on_date(notice.since)?;
                        self.words
                            .say("operations_over", &[("on", &on), ("date", &since)])?
                    }
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
