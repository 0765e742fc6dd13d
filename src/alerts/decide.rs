//! One authority's pass: every alert advanced, closed or left as it is, the flood guard and the
//! baseline applied. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::advance::{Hole, Marks, Telling, Tick, Unreached, advance, close};
use super::alert::{Alert, Duty, Hold, Phase, Standing};
use super::flood::is_flood;
use super::limit::{Limit, SentAtOnce, put_off};
use super::look::next_digest;
use super::watch::{RuleBook, Watched};
use crate::calendar::{Day, Instant};
use crate::config::{Alerts, Share};
use crate::mail::Closing;
use crate::rules::State;

/// What is known beside the obligations and the alerts.
#[derive(Debug, Default)]
pub struct Knowledge {
    /// Until which day an obligation is acknowledged.
    pub acknowledged: HashMap<String, Day>,
    /// Steps that were told and have reached nobody.
    pub unreached: HashMap<String, Vec<Unreached>>,
    /// The addresses that refused every message about an obligation.
    pub refused: HashMap<String, BTreeSet<String>>,
    /// How many messages each recipient was sent at once within the last hour.
    pub sent_at_once: SentAtOnce,
}

/// What becomes of an alert in a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Its obligation is open and on a ladder.
    Open,
    /// Its rule cannot be judged: it stays as it is.
    Frozen,
    /// It is over.
    Ended(Closing, Day),
    /// Nobody was told of it and it is on no ladder: only whether it is overdue is remembered.
    Unladdered,
}

/// What became of an alert.
pub fn fate(alert: &Alert, duty: Option<&Duty>, book: &RuleBook, today: Day) -> Fate {
    let rule = book.rule(&alert.rule);
    if rule.is_none_or(|rule| rule.ladder.is_none()) {
        return if alert.standing == Standing::default() {
            Fate::Unladdered
        } else {
            Fate::Ended(Closing::SwitchedOff, today)
        };
    }
    if book.unmeasured.contains_key(&alert.rule) {
        return Fate::Frozen;
    }
    let Some(duty) = duty else {
        return Fate::Ended(Closing::Withdrawn, today);
    };
    let reason = match duty.state {
        State::Met => Closing::Met,
        State::MetLate => Closing::MetLate,
        State::Missed => Closing::Missed,
        State::Cancelled => Closing::Cancelled,
        State::Pending | State::DueSoon | State::Overdue => return Fate::Open,
    };
    Fate::Ended(reason, duty.closed.unwrap_or(today))
}

/// What a pass decides for one authority.
#[derive(Debug, Default)]
pub struct Decision {
    /// What to remember, where it has changed.
    pub changed: BTreeMap<String, Alert>,
    /// What to forget.
    pub dropped: Vec<String>,
    /// What to tell, by obligation.
    pub tellings: Vec<(String, Telling)>,
    /// Steps and roles that reach nobody, by obligation.
    pub holes: Vec<(String, Hole)>,
    /// What the flood guard holds, from this pass or an earlier one.
    pub held: BTreeSet<String>,
    /// How many tellings join a digest, since their recipient was told too much at once.
    pub put_off: usize,
    /// When to look again, if nothing in the record changes.
    pub next: Option<Instant>,
}

/// Decides for one authority whose source was read.
pub fn decide(
    watched: &Watched,
    alerts: &HashMap<String, Alert>,
    book: &RuleBook,
    knowledge: &Knowledge,
    settings: &Alerts,
    tick: &Tick<'_>,
) -> Decision {
    let mut decision = Decision::default();
    let flooded = flood(watched, alerts, settings.flood);
    let mut ids: Vec<&String> = watched.duties.keys().collect();
    ids.extend(alerts.keys().filter(|id| !watched.duties.contains_key(*id)));
    ids.sort_unstable();
    for id in ids {
        let duty = watched.duties.get(id);
        let before = alerts.get(id);
        let alert = match (before, duty) {
            (Some(alert), _) => alert.clone(),
            (None, Some(duty)) => Alert::new(duty),
            (None, None) => continue,
        };
        let unreached = knowledge.unreached.get(id).map_or(&[][..], Vec::as_slice);
        let marks = Marks {
            acknowledged: knowledge.acknowledged.get(id).copied(),
            unreached,
            refused: knowledge.refused.get(id),
        };
        let fate = fate(&alert, duty, book, tick.today);
        let ladder = book
            .rule(&alert.rule)
            .and_then(|rule| rule.ladder.as_deref());
        let after = match (fate, duty, ladder) {
            (Fate::Open, Some(duty), Some(ladder)) => {
                let alert = hold(alert, before, duty, flooded.contains(id.as_str()));
                let outcome = advance(duty, ladder, Some(alert), &marks, tick);
                let holes = outcome.holes.into_iter().map(|hole| (id.clone(), hole));
                decision.holes.extend(holes);
                decision.tell(id, outcome.tellings);
                decision.look_at(outcome.next);
                outcome.alert
            }
            (Fate::Ended(reason, day), ..) => {
                let outcome = close(alert, (reason, day), duty, &marks, ladder, tick);
                decision.tell(id, outcome.tellings);
                decision.look_at(outcome.next);
                outcome.alert
            }
            (Fate::Unladdered, ..) => Alert {
                overdue: duty.is_some_and(|duty| duty.state == State::Overdue),
                hold: None,
                ..alert
            },
            _ => alert,
        };
        if after.hold == Some(Hold::Flood) {
            decision.held.insert(id.clone());
        }
        decision.remember(before, after);
    }
    let limit = Limit {
        most: settings.now_per_hour.0,
        sent: &knowledge.sent_at_once,
    };
    decision.put_off = put_off(&mut decision, limit, watched, alerts, tick);
    if decision.put_off > 0 {
        decision.look_at(Some(next_digest(tick)));
    }
    decision.look_at(watched.next);
    decision
}

impl Decision {
    fn look_at(&mut self, at: Option<Instant>) {
        self.next = [self.next, at].into_iter().flatten().min();
    }

    fn tell(&mut self, id: &str, tellings: Vec<Telling>) {
        let tellings = tellings.into_iter().map(|telling| (id.to_owned(), telling));
        self.tellings.extend(tellings);
    }

    fn remember(&mut self, before: Option<&Alert>, after: Alert) {
        let was_told = !after.standing.addresses.is_empty();
        let is_over = matches!(after.phase, Phase::Closed { .. }) && !was_told;
        if is_over || !after.is_worth_keeping() {
            if before.is_some() {
                self.dropped.push(after.id);
            }
        } else if before != Some(&after) {
            self.changed.insert(after.id.clone(), after);
        }
    }
}

/// What turned overdue in this pass, where that is a flood.
fn flood<'w>(
    watched: &'w Watched,
    alerts: &HashMap<String, Alert>,
    share: Share,
) -> BTreeSet<&'w str> {
    let turned: BTreeSet<&str> = watched
        .duties
        .values()
        .filter(|duty| duty.state == State::Overdue && !duty.rule.new)
        .filter(|duty| !alerts.get(&duty.id).is_some_and(|alert| alert.overdue))
        .map(|duty| duty.id.as_str())
        .collect();
    if is_flood(share, turned.len(), watched.open) {
        turned
    } else {
        BTreeSet::new()
    }
}

/// Holds back what is a baseline or part of a flood.
fn hold(mut alert: Alert, before: Option<&Alert>, duty: &Duty, flooded: bool) -> Alert {
    if flooded {
        alert.hold = Some(Hold::Flood);
    } else if duty.rule.new && duty.state == State::Overdue {
        let held = before.and_then(|alert| alert.hold);
        alert.hold = held.or(Some(Hold::Baseline));
    }
    alert
}
