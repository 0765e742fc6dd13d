//! From an evaluation to what alerts look at: of millions of obligations only those that are open and
//! overdue or on a ladder that has begun, and those that something is remembered of.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::alert::{Alert, Duty, RuleFacts};
use super::falls::{Span, falls};
use super::hours::Hours;
use super::ladder::{Ladder, Ladders, To};
use super::recipients::{Directory, Recipients, StepPeople};
use crate::calendar::{Calendar, Day, Instant};
use crate::case::{Symbols, Timeline};
use crate::mail::Address;
use crate::rules::{Obligation, RuleSet, State, obligation_id};

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
            let ladder = rule.ladder.as_deref().and_then(|id| ladders.get(id)).cloned();
            if let (Some(name), None) = (&rule.ladder, &ladder) {
                book.without_ladder.push((rule.id.clone(), name.clone()));
            }
            let pack = rules.packs.iter().find(|pack| pack.id == rule.pack);
            let document = pack.map_or_else(
                || rule.pack.clone(),
                |pack| if pack.source.is_empty() { pack.title.clone() } else { pack.source.clone() },
            );
            book.facts.push(Arc::new(RuleFacts {
                id: rule.id.clone(),
                pack: rule.pack.clone(),
                title: rule.title.clone(),
                clause: rule.clause.clone(),
                document,
                severity: rule.severity,
                ladder,
                new: !known.contains(&(rule.pack.clone(), rule.id.clone())),
            }));
        }
        for unmeasured in &rules.unmeasured {
            if let Some(rule) = rules.rules.get(unmeasured.rule) {
                book.unmeasured.insert(rule.id.clone(), unmeasured.reasons.clone());
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
    /// The names of the copy's kinds.
    pub symbols: &'a Symbols,
    /// Who is who.
    pub directory: &'a Directory<'a>,
    /// Working days and the local clock.
    pub calendar: &'a Calendar,
    /// Sending hours.
    pub hours: &'a Hours,
    /// The pass's instant.
    pub now: Instant,
    /// What is remembered, by the obligation's short name.
    pub alerts: &'a HashMap<String, Alert>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Watched {
    /// What alerts look at, by the obligation's short name.
    pub duties: HashMap<String, Duty>,
    /// How many obligations are open of rules that this is no baseline for: what the flood guard
    /// measures by.
    pub open: usize,
    /// Every head of service.
    pub heads: BTreeSet<Address>,
    /// When the next step falls, in sending hours where its ladder keeps to them.
    pub next: Option<Instant>,
}

/// Looks at one child after the other.
#[derive(Debug)]
pub struct Watcher<'a> {
    watch: &'a Watch<'a>,
    today: Day,
    remembered_children: HashSet<&'a str>,
    watched: Watched,
}

impl<'a> Watcher<'a> {
    /// Begins to look.
    pub fn new(watch: &'a Watch<'a>) -> Self {
        Watcher {
            watch,
            today: watch.calendar.zone.day_of(watch.now),
            remembered_children: watch.alerts.values().map(|a| a.child.as_str()).collect(),
            watched: Watched::default(),
        }
    }

    /// What was found.
    pub fn finish(self) -> Watched {
        self.watched
    }

    /// Looks at one child and all its obligations as of the day of the pass.
    pub fn look(&mut self, timeline: &Timeline<'_>, obligations: &[Obligation<'_>]) {
        let remembered = self.remembered_children.contains(timeline.child.id);
        let mut child: Option<ChildPeople<'_, '_>> = None;
        for obligation in obligations {
            let Some(rule) = self.watch.book.facts.get(obligation.rule) else {
                continue;
            };
            let is_open = obligation.state.is_open();
            if is_open && !rule.new {
                self.watched.open += 1;
            }
            let span = Span {
                opened: obligation.opened,
                due: obligation.due,
                due_at: obligation.due_at,
            };
            let begun = is_open && self.has_begun(rule, &span);
            if !(begun || obligation.state == State::Overdue || remembered) {
                continue;
            }
            let id = self.id_of(timeline, rule, obligation);
            if !(begun
                || obligation.state == State::Overdue
                || self.watch.alerts.contains_key(&id))
            {
                continue;
            }
            let child = child.get_or_insert_with(|| {
                ChildPeople::new(self.watch.directory, timeline, self.today)
            });
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
            self.watched.duties.insert(id, duty);
        }
    }

    /// Remembers who is head of service for a child: they are told where nobody is being warned.
    pub fn look_up(&mut self, timeline: &Timeline<'_>) {
        let recipients = Recipients::new(self.watch.directory, timeline, self.today);
        let heads = recipients.of_step(&[To::HeadOfService]).reached;
        self.watched.heads.extend(heads.into_iter().map(|head| head.address));
    }

    /// Whether a step has fallen; remembers when the next one does.
    fn has_begun(&mut self, rule: &RuleFacts, span: &Span) -> bool {
        let Some(ladder) = &rule.ladder else {
            return false;
        };
        let mut begun = false;
        for fall in falls(ladder, span, self.watch.calendar) {
            if fall.at <= self.watch.now {
                begun = true;
            } else if self.watched.next.is_none_or(|next| fall.at < next) {
                let at = if ladder.always {
                    fall.at
                } else {
                    self.watch.hours.next(fall.at, self.watch.calendar)
                };
                self.watched.next = Some(self.watched.next.map_or(at, |next| next.min(at)));
            }
        }
        begun
    }

    fn id_of(&self, timeline: &Timeline<'_>, rule: &RuleFacts, obligation: &Obligation<'_>) -> String {
        let during = self.watch.rules.rules.get(obligation.rule);
        obligation_id(
            self.watch.authority,
            &rule.id,
            timeline.child.id,
            (during.map_or("", |rule| rule.during.as_str()), obligation.period),
            (
                obligation.anchor_class,
                self.watch.symbols.name(obligation.anchor_kind),
                obligation.anchor,
            ),
        )
    }

    fn team_of(&self, timeline: &Timeline<'_>) -> Option<String> {
        let id = timeline.child.team_id?;
        let team = self.watch.directory.staff.teams.get(id);
        Some(team.and_then(|team| team.name.clone()).unwrap_or_else(|| id.to_owned()))
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
