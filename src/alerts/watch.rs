//! From an evaluation to what alerts look at: of millions of obligations only those that are open and
//! overdue or on a ladder that has begun, and those that something is remembered of.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::alert::{Alert, Duty, RuleFacts};
use super::falls::{Span, falls};
use super::hours::next_sending_time;
use super::ladder::{Ladder, Ladders};
use super::recipients::{Directory, Recipients, StepPeople};
use crate::calendar::{Calendar, Day, Instant};
use crate::case::Timeline;
use crate::config::Hours;
use crate::mail::Asked;
use crate::rules::{Obligation, RuleSet, State};

/// What alerts need of the rules of an authority, in the order of [`RuleSet::rules`], and what they
/// name that is not there.
#[derive(Debug, Clone, Default)]
pub struct RuleBook {
    /// The rules.
    pub facts: Vec<Arc<RuleFacts>>,
    /// The ids of those that the copy cannot judge.
    pub unmeasured: BTreeMap<String, Vec<String>>,
    /// Rules whose ladder is not in the site's file, with the ladder's name.
    pub without_ladder: Vec<(String, String)>,
}

impl RuleBook {
    /// The rules of an authority; `known` are the packs and rules that a pass has read before.
    pub fn new(rules: &RuleSet, ladders: &Ladders, known: &BTreeSet<(String, String)>) -> RuleBook {
        let mut book = RuleBook::default();
        for rule in &rules.rules {
            let ladder = rule
                .ladder
                .as_deref()
                .and_then(|id| ladders.get(id))
                .cloned();
            if let (Some(name), None) = (&rule.ladder, &ladder) {
                book.without_ladder.push((rule.id.clone(), name.clone()));
            }
            let document_in = |language| rule.procedure.source_in(language).map(str::to_owned);
            book.facts.push(Arc::new(RuleFacts {
                id: rule.id.clone(),
                pack: rule.pack.clone(),
                title: rule.title.clone(),
                clause: rule.clause.clone(),
                document: rule.procedure.source.clone(),
                asked: Asked {
                    words: rule.asked.clone(),
                    kinds: rule.answered_by().into_iter().map(str::to_owned).collect(),
                    shape: rule.shape.name(),
                },
                translations: rule
                    .translations
                    .iter()
                    .map(|words| (words.clone(), document_in(words.language)))
                    .collect(),
                severity: rule.severity,
                ladder,
                new: !known.contains(&(rule.pack.clone(), rule.id.clone())),
            }));
        }
        for unmeasured in &rules.unmeasured {
            if let Some(rule) = rules.rules.get(unmeasured.rule) {
                book.unmeasured
                    .insert(rule.id.clone(), unmeasured.reasons.clone());
            }
        }
        book
    }

    /// The rule of an id.
    pub fn rule(&self, id: &str) -> Option<&Arc<RuleFacts>> {
        self.facts.iter().find(|rule| rule.id == id)
    }
}

/// What every child of one authority is looked at with.
#[derive(Debug)]
pub struct Watch<'a> {
    /// The authority's id.
    pub authority: &'a str,
    /// The rules that were evaluated.
    pub rules: &'a RuleSet,
    /// What alerts need of them.
    pub book: &'a RuleBook,
    /// Who is who.
    pub directory: &'a Directory<'a>,
    /// Working days and the local clock.
    pub calendar: &'a Calendar,
    /// Sending hours.
    pub hours: Hours,
    /// The pass's instant.
    pub now: Instant,
    /// What is remembered, by the obligation's short name.
    pub alerts: &'a HashMap<String, Alert>,
    /// The children that something is remembered of.
    pub remembered: HashSet<&'a str>,
}

/// What was found, of some children or of all.
#[derive(Debug, Default)]
pub struct Watched {
    /// What alerts look at, by the obligation's short name.
    pub duties: HashMap<String, Duty>,
    /// How many obligations are open of rules that this is no baseline for: what the flood guard
    /// measures by.
    pub open: usize,
    /// When the next step falls, in sending hours where its ladder keeps to them.
    pub next: Option<Instant>,
    /// When the next step falls, whatever the hours: until then nothing falls of itself.
    pub wake: Option<Instant>,
    /// Whether a step has fallen for anything that is open.
    pub begun: bool,
}

impl Watched {
    /// What was found, all of it.
    pub fn of(parts: impl IntoIterator<Item = Watched>) -> Watched {
        let mut all = Watched::default();
        parts.into_iter().for_each(|part| all.add(part));
        all
    }

    /// Adds what was found of others.
    pub fn add(&mut self, part: Watched) {
        self.duties.extend(part.duties);
        self.open += part.open;
        self.begun |= part.begun;
        self.wake = [self.wake, part.wake].into_iter().flatten().min();
        self.next = [self.next, part.next].into_iter().flatten().min();
    }
}

impl Watch<'_> {
    /// Looks at one child and all its obligations as of the day of the pass.
    pub fn look(
        &self,
        found: &mut Watched,
        timeline: &Timeline<'_>,
        obligations: &[Obligation<'_>],
    ) {
        let today = self.calendar.zone.day_of(self.now);
        let remembered = self.remembered.contains(timeline.child.id);
        let mut child: Option<ChildPeople<'_, '_>> = None;
        for obligation in obligations {
            let Some(rule) = self.book.facts.get(obligation.rule) else {
                continue;
            };
            let is_open = obligation.state.is_open();
            if is_open && !rule.new {
                found.open += 1;
            }
            let span = Span {
                opened: obligation.opened,
                due: obligation.due,
                due_at: obligation.due_at,
            };
            let matters =
                is_open && self.has_begun(found, rule, &span) || obligation.state == State::Overdue;
            if !matters && !remembered {
                continue;
            }
            let child_id = timeline.child.id;
            let id = self
                .rules
                .obligation_id(self.authority, child_id, obligation);
            if !matters && !self.alerts.contains_key(&id) {
                continue;
            }
            let child =
                child.get_or_insert_with(|| ChildPeople::new(self.directory, timeline, today));
            let people = match &rule.ladder {
                Some(ladder) if is_open => child.of_ladder(ladder),
                _ => Vec::new(),
            };
            let duty = Duty {
                id: id.clone(),
                rule: rule.clone(),
                child: timeline.child.id.to_owned(),
                case_ref: timeline.child.case_ref.to_owned(),
                team: self.team_of(timeline),
                key_workers: child.recipients.key_worker_names(),
                period: obligation.period.to_owned(),
                anchor: obligation.anchor.to_owned(),
                span,
                state: obligation.state,
                booked: obligation.booked,
                closed: obligation.closed,
                days_over: obligation.days_over,
                people,
            };
            found.duties.insert(id, duty);
        }
    }

    /// Whether a step has fallen; remembers when the next one does.
    fn has_begun(&self, found: &mut Watched, rule: &RuleFacts, span: &Span) -> bool {
        let Some(ladder) = &rule.ladder else {
            return false;
        };
        let mut begun = false;
        for fall in falls(ladder, span, self.calendar) {
            if fall.at <= self.now {
                begun = true;
                continue;
            }
            found.wake = Some(found.wake.map_or(fall.at, |wake| wake.min(fall.at)));
            if found.next.is_none_or(|next| fall.at < next) {
                let at = if ladder.always {
                    fall.at
                } else {
                    next_sending_time(self.hours, fall.at, self.calendar)
                };
                found.next = Some(found.next.map_or(at, |next| next.min(at)));
            }
        }
        found.begun |= begun;
        begun
    }

    fn team_of(&self, timeline: &Timeline<'_>) -> Option<String> {
        let id = timeline.child.team_id?;
        let team = self.directory.staff.teams.get(id);
        Some(
            team.and_then(|team| team.name.clone())
                .unwrap_or_else(|| id.to_owned()),
        )
    }
}

/// One child's recipients, each ladder resolved once.
struct ChildPeople<'a, 't> {
    recipients: Recipients<'a, 't>,
    by_ladder: Vec<(String, Vec<StepPeople>)>,
}

impl<'a, 't> ChildPeople<'a, 't> {
    fn new(directory: &'a Directory<'a>, timeline: &'a Timeline<'t>, today: Day) -> Self {
        ChildPeople {
            recipients: Recipients::new(directory, timeline, today),
            by_ladder: Vec::new(),
        }
    }

    fn of_ladder(&mut self, ladder: &Ladder) -> Vec<StepPeople> {
        if let Some((_, people)) = self.by_ladder.iter().find(|(id, _)| *id == ladder.id) {
            return people.clone();
        }
        let people = self.recipients.of_ladder(ladder);
        self.by_ladder.push((ladder.id.clone(), people.clone()));
        people
    }
}
