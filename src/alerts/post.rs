//! From what is told to letters: one for each obligation that is told now, one digest for each
//! recipient, siblings and what is still open beside it (SPEC 7, Digest or now).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::advance::{Mode, Telling, Tick};
use super::alert::{Alert, Duty, Item, Phase, RuleFacts};
use super::decide::Decision;
use super::readers::Readers;
use super::recipients::key_of;
use super::watch::{RuleBook, Watched};
use crate::calendar::Day;
use crate::mail::{
    Asked, Closing, Entry, Letter, LetterKind, Recipient, Section, Sender, Step, Tell,
};
use crate::rules::{Severity, State};
use crate::words::Language;

/// A letter with what it puts on the record.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// What is sent.
    pub letter: Letter,
    /// What it tells, a line each in the record.
    pub records: Vec<Record>,
}

/// One thing that is told of an obligation, as the record keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The obligation's short name.
    pub obligation: String,
    /// The due day that it is told for.
    pub due: Day,
    /// The address.
    pub recipient: String,
    /// What is told.
    pub what: Recorded,
}

/// What is told, as the record keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// A step.
    Step {
        /// Its number.
        step: u32,
        /// 0 for the step itself, then counted up.
        repeat: u32,
    },
    /// The closing.
    Closed(Closing),
    /// That it is open again.
    Reopened,
}

/// What letters are written from.
#[derive(Debug)]
pub struct Desk<'a> {
    /// On whose behalf.
    pub sender: &'a Sender,
    /// A link to a case, `{case_ref}` standing for the reference.
    pub case_url: Option<&'a str>,
    /// Who reads at which address.
    pub readers: &'a Readers,
    /// The pass.
    pub tick: &'a Tick<'a>,
    /// The rules.
    pub book: &'a RuleBook,
    /// Rules that are switched off, by id.
    pub former: &'a BTreeMap<String, Arc<RuleFacts>>,
    /// What was looked at.
    pub watched: &'a Watched,
    /// What was remembered before the pass.
    pub alerts: &'a HashMap<String, Alert>,
    /// Until which day an obligation is acknowledged.
    pub acknowledged: &'a HashMap<String, Day>,
    /// What was decided.
    pub decision: &'a Decision,
}

impl Desk<'_> {
    /// All letters of the pass, in the order of their recipients.
    pub fn write(&self) -> Vec<Post> {
        let mut now = Vec::new();
        let mut digests: BTreeMap<String, Vec<(&str, &Telling)>> = BTreeMap::new();
        for (id, telling) in &self.decision.tellings {
            if telling.mode == Mode::Now {
                now.push(self.post(LetterKind::Now, &[(id, telling)], &[]));
            } else {
                let key = key_of(telling.address.as_str());
                digests.entry(key).or_default().push((id, telling));
            }
        }
        let still_open = self.still_open(&digests);
        let digests = digests.iter().map(|(key, tellings)| {
            let is_baseline = tellings.iter().any(|(_, t)| t.mode == Mode::Baseline);
            let kind = if is_baseline {
                LetterKind::Baseline
            } else {
                LetterKind::Digest
            };
            let still_open = still_open.get(key.as_str()).map_or(&[][..], Vec::as_slice);
            self.post(kind, tellings, still_open)
        });
        now.into_iter().chain(digests).flatten().collect()
    }

    fn alert(&self, id: &str) -> Option<&Alert> {
        let changed = self.decision.changed.get(id);
        changed.or_else(|| self.alerts.get(id))
    }

    /// What each recipient of a digest was told of before and is still open, without what a message of
    /// its own tells them in this pass.
    fn still_open<'d>(
        &self,
        digests: &'d BTreeMap<String, Vec<(&str, &Telling)>>,
    ) -> HashMap<&'d str, Vec<&Duty>> {
        let told_now: HashSet<(&str, String)> = (self.decision.tellings.iter())
            .filter(|(_, telling)| telling.mode == Mode::Now)
            .map(|(id, telling)| (id.as_str(), key_of(telling.address.as_str())))
            .collect();
        let mut still_open: HashMap<&str, Vec<&Duty>> = HashMap::new();
        for duty in self.watched.duties.values().filter(|d| d.state.is_open()) {
            let Some(alert) = self.alert(&duty.id) else {
                continue;
            };
            for address in &alert.standing.addresses {
                let told = (duty.id.as_str(), key_of(address.as_str()));
                let Some((key, tellings)) = digests.get_key_value(&told.1) else {
                    continue;
                };
                if !tellings.iter().any(|(id, _)| *id == duty.id) && !told_now.contains(&told) {
                    still_open.entry(key).or_default().push(duty);
                }
            }
        }
        for duties in still_open.values_mut() {
            duties.sort_by(|a, b| a.id.cmp(&b.id));
        }
        still_open
    }

    /// A letter to one recipient; none where nothing of it is known any more.
    fn post(
        &self,
        kind: LetterKind,
        tellings: &[(&str, &Telling)],
        still_open: &[&Duty],
    ) -> Option<Post> {
        let (_, first) = tellings.first()?;
        let reader = self.readers.at(&first.address);
        let mut entries = Vec::new();
        let mut records = Vec::new();
        for (id, telling) in tellings {
            let Some(alert) = self.alert(id) else {
                continue;
            };
            entries.push(self.entry(alert, &telling.items, reader.language));
            records.extend(telling.items.iter().filter_map(|item| {
                Some(Record {
                    obligation: (*id).to_owned(),
                    due: alert.due,
                    recipient: first.address.as_str().to_owned(),
                    what: recorded(item, alert)?,
                })
            }));
        }
        for duty in still_open {
            let alert = self.alert(&duty.id);
            entries.extend(alert.map(|alert| self.entry(alert, &[], reader.language)));
        }
        let mut names = tellings
            .iter()
            .filter_map(|(_, telling)| telling.name.as_ref());
        let name = names.next().or(reader.name.as_ref()).cloned();
        Some(Post {
            letter: Letter {
                authority: self.sender.clone(),
                to: Recipient {
                    address: first.address.clone(),
                    name,
                },
                kind,
                language: reader.language,
                written: self.tick.now,
                today: self.tick.today,
                entries,
                notices: Vec::new(),
            },
            records,
        })
    }

    fn entry(&self, alert: &Alert, items: &[Item], language: Language) -> Entry {
        let duty = self.watched.duties.get(&alert.id);
        let rule = self.book.rule(&alert.rule);
        let rule = rule.or_else(|| self.former.get(&alert.rule));
        let until = match alert.phase {
            Phase::Open => self.tick.today,
            Phase::Closed { day, .. } => day,
        };
        let days_over = duty.map_or_else(|| until.since(alert.due).max(0), |duty| duty.days_over);
        let acknowledged = self.acknowledged.get(&alert.id).copied();
        let acknowledged = acknowledged.filter(|until| *until >= self.tick.today);
        let ladder = rule.and_then(|rule| rule.ladder.as_deref());
        let tells = items
            .iter()
            .filter_map(|item| self.tell(item, alert, ladder));
        Entry {
            obligation: alert.id.clone(),
            rule: alert.rule.clone(),
            title: rule
                .map_or(alert.rule.as_str(), |rule| rule.title_in(language))
                .to_owned(),
            clause: rule
                .map(|rule| rule.clause_in(language).to_owned())
                .unwrap_or_default(),
            document: rule
                .map(|rule| rule.document_in(language).to_owned())
                .unwrap_or_default(),
            severity: rule.map_or(Severity::Medium, |rule| rule.severity),
            case_ref: alert.case_ref.clone(),
            case_url: self.case_url.map(|url| link(url, &alert.case_ref)),
            family: Some(alert.case_ref.clone()),
            team: alert.team.clone(),
            key_workers: duty
                .map(|duty| duty.key_workers.clone())
                .unwrap_or_default(),
            opened: alert.opened,
            due: alert.due,
            due_time: duty
                .and_then(|duty| duty.span.due_at)
                .map(|at| self.tick.calendar.zone.time_of(at)),
            days_over,
            working_days_over: if days_over > 0 {
                self.tick.calendar.working_days_between(alert.due, until)
            } else {
                0
            },
            state: duty.map_or_else(|| state_of(alert), |duty| duty.state),
            booked: duty.and_then(|duty| duty.booked),
            asked: rule.map_or_else(Asked::default, |rule| rule.asked_in(language)),
            section: match (alert.phase, items.is_empty(), acknowledged) {
                (Phase::Closed { .. }, ..) => Section::Closed,
                (Phase::Open, _, Some(_)) => Section::Acknowledged,
                (Phase::Open, true, None) => Section::Continuing,
                (Phase::Open, false, None) => Section::New,
            },
            acknowledged,
            tells: tells.collect(),
        }
    }

    fn tell(
        &self,
        item: &Item,
        alert: &Alert,
        ladder: Option<&super::ladder::Ladder>,
    ) -> Option<Tell> {
        Some(match item {
            // The number of the repeat, not of its turn, so that no two of them are one message.
            Item::Step {
                step, repeat, why, ..
            } => Tell::Step(Step {
                number: *step,
                of: ladder.map_or(*step, |ladder| ladder.last()),
                ladder: ladder.map(|ladder| ladder.id.clone()).unwrap_or_default(),
                turn: *repeat,
                why: why.clone(),
            }),
            Item::Closed => {
                let Phase::Closed { reason, day } = alert.phase else {
                    return None;
                };
                Tell::Closed { reason, day }
            }
            Item::Reopened => Tell::Reopened {
                day: self.tick.today,
            },
        })
    }
}

fn recorded(item: &Item, alert: &Alert) -> Option<Recorded> {
    Some(match (item, alert.phase) {
        (Item::Step { step, repeat, .. }, _) => Recorded::Step {
            step: *step,
            repeat: *repeat,
        },
        (Item::Closed, Phase::Closed { reason, .. }) => Recorded::Closed(reason),
        (Item::Closed, Phase::Open) => return None,
        (Item::Reopened, _) => Recorded::Reopened,
    })
}

/// The state of what the evaluation no longer gives out: as it was closed.
fn state_of(alert: &Alert) -> State {
    match alert.phase {
        Phase::Open if alert.overdue => State::Overdue,
        Phase::Open => State::Pending,
        Phase::Closed { reason, .. } => match reason {
            Closing::Met => State::Met,
            Closing::MetLate => State::MetLate,
            Closing::Missed => State::Missed,
            Closing::Cancelled | Closing::Withdrawn | Closing::SwitchedOff => State::Cancelled,
        },
    }
}

/// The site's link with the case reference in it, percent-encoded.
fn link(template: &str, case_ref: &str) -> String {
    let mut encoded = String::with_capacity(case_ref.len());
    for byte in case_ref.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    template.replace("{case_ref}", &encoded)
}

#[cfg(test)]
mod tests {
    use super::link;

    #[test]
    fn a_case_reference_is_encoded_in_a_link() {
        assert_eq!(
            link("https://cases.example/{case_ref}/plan", "A/12 b"),
            "https://cases.example/A%2F12%20b/plan"
        );
    }
}
