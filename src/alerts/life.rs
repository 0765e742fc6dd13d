//! What the tests of this room live through: one obligation, and what was told of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::testing::{calendar, day};
use super::*;
use crate::calendar::{Day, Instant, Moment};
use crate::config::Hours;
use crate::mail::{Asked, Closing, Role, Why};
use crate::rules::{Severity, State};

/// One obligation opened on 2 November 2026 (a Monday) and due on the 16th (a Monday), and what was
/// told of it.
#[derive(Clone)]
pub struct Life {
    pub ladder: Arc<Ladder>,
    pub span: Span,
    people: BTreeMap<String, Vec<String>>,
    pub acknowledged: Option<Day>,
    pub alert: Option<Alert>,
    pub digests: BTreeMap<String, Day>,
    pub unreached: Vec<Unreached>,
    pub refused: BTreeSet<String>,
}

pub const STANDARD: &str = r#"
[[ladder]]
id = "standard"
[[ladder.step]]
at = "due - 5 working days"
to = ["key_worker"]
[[ladder.step]]
at = "due + 1 day"
to = ["key_worker", "team_manager"]
[[ladder.step]]
at = "due + 5 working days"
to = ["service_manager"]
[[ladder.step]]
at = "due + 10 working days"
to = ["head_of_service"]
repeat = "5 working days"
"#;

pub fn ladder(text: &str) -> Arc<Ladder> {
    let ladders = Ladders::parse(&crate::document::Document::new("ladders.toml", text)).unwrap();
    Arc::clone(ladders.iter().next().unwrap())
}

impl Life {
    pub fn new(text: &str) -> Life {
        let people = [
            "key_worker",
            "team_manager",
            "service_manager",
            "head_of_service",
        ];
        Life {
            ladder: ladder(text),
            span: Span {
                opened: Moment::day(day("2026-11-02")),
                due: day("2026-11-16"),
                due_at: None,
            },
            people: people
                .map(|role| {
                    (
                        role.to_owned(),
                        vec![role.split('_').next().unwrap().to_owned()],
                    )
                })
                .into(),
            acknowledged: None,
            alert: None,
            digests: BTreeMap::new(),
            unreached: Vec::new(),
            refused: BTreeSet::new(),
        }
    }

    pub fn standard() -> Life {
        Life::new(STANDARD)
    }

    pub fn fill(&mut self, role: &str, people: &[&str]) {
        let people = people.iter().map(|p| (*p).to_owned()).collect();
        self.people.insert(role.to_owned(), people);
    }

    fn step_people(&self, step: &Step) -> StepPeople {
        let mut people = StepPeople::default();
        for to in &step.to {
            let filled = self
                .people
                .get(&to.to_string())
                .cloned()
                .unwrap_or_default();
            if filled.is_empty() {
                people.empty.push(to.clone());
            }
            for name in filled {
                people.reached.push(Reached {
                    address: format!("{name}@example.org").parse().unwrap(),
                    name: None,
                    why: Why {
                        role: Role::Named(to.to_string()),
                        covering: None,
                        passed_up: false,
                    },
                });
            }
        }
        people.reached.dedup_by(|a, b| a.address == b.address);
        people
    }

    pub fn duty(&self, today: Day) -> Duty {
        let over = today.since(self.span.due).max(0);
        Duty {
            id: "0123456789abc".into(),
            rule: Arc::new(RuleFacts {
                id: "core-group".into(),
                pack: "luton".into(),
                title: "Core group".into(),
                clause: "1.2.4".into(),
                document: "Guidance".into(),
                asked: Asked::default(),
                translations: Vec::new(),
                severity: Severity::High,
                ladder: Some(self.ladder.clone()),
                new: false,
            }),
            child: "C1".into(),
            case_ref: "REF-1".into(),
            team: None,
            key_workers: Vec::new(),
            period: "P1".into(),
            anchor: "E1".into(),
            span: self.span,
            state: if over > 0 {
                State::Overdue
            } else {
                State::Pending
            },
            booked: None,
            closed: None,
            days_over: over,
            people: self
                .ladder
                .steps
                .iter()
                .map(|s| self.step_people(s))
                .collect(),
        }
    }

    fn served(&self, today: Day) -> BTreeSet<String> {
        let today = self.digests.iter().filter(|(_, day)| **day == today);
        today.map(|(address, _)| address.clone()).collect()
    }

    pub fn outcome(&mut self, at: &str) -> Outcome {
        self.outcome_at(at_local(at))
    }

    pub fn outcome_at(&mut self, at: Instant) -> Outcome {
        let calendar = calendar();
        let served = self.served(calendar.zone.day_of(at));
        let tick = Tick::new(&calendar, Hours::default(), at, &served);
        let marks = Marks {
            acknowledged: self.acknowledged,
            unreached: &self.unreached,
            refused: Some(&self.refused),
        };
        let outcome = advance(
            &self.duty(tick.today),
            &self.ladder,
            self.alert.take(),
            &marks,
            &tick,
        );
        self.remember(&outcome, tick.today);
        outcome
    }

    fn remember(&mut self, outcome: &Outcome, today: Day) {
        self.alert = Some(outcome.alert.clone());
        for telling in &outcome.tellings {
            if telling.mode != Mode::Now {
                let key = key_of(telling.address.as_str());
                self.digests.insert(key, today);
            }
        }
    }

    /// A pass at a local time, while the obligation is open: who is told what, as
    /// `key: digest 1 2` and `head: now 4/1` for the first turn of step 4.
    pub fn pass(&mut self, at: &str) -> String {
        show(&self.outcome(at))
    }

    pub fn pass_closed(&mut self, at: &str, reason: Closing) -> String {
        show(&self.close_at(at_local(at), reason))
    }

    pub fn close_at(&mut self, at: Instant, reason: Closing) -> Outcome {
        let calendar = calendar();
        let served = self.served(calendar.zone.day_of(at));
        let tick = Tick::new(&calendar, Hours::default(), at, &served);
        let marks = Marks {
            refused: Some(&self.refused),
            ..Marks::default()
        };
        let alert = self.alert.take().unwrap();
        let duty = self.duty(tick.today);
        let ladder = Some(&*self.ladder);
        let outcome = close(
            alert,
            (reason, tick.today),
            Some(&duty),
            &marks,
            ladder,
            &tick,
        );
        self.remember(&outcome, tick.today);
        outcome
    }
}

/// `11-09 09:00` of 2026, in London.
pub fn at_local(text: &str) -> Instant {
    let local = chrono::NaiveDateTime::parse_from_str(&format!("2026-{text}"), "%Y-%m-%d %H:%M");
    calendar().zone.instant(local.unwrap())
}

pub fn show(outcome: &Outcome) -> String {
    let lines = outcome.tellings.iter().map(|telling| {
        let name = telling
            .address
            .as_str()
            .split('@')
            .next()
            .unwrap_or_default();
        let mode = match telling.mode {
            Mode::Now => "now",
            Mode::Digest => "digest",
            Mode::Baseline => "baseline",
        };
        let items: Vec<String> = telling
            .items
            .iter()
            .map(|item| match item {
                Item::Step {
                    step, turn, why, ..
                } => {
                    let up = if why.passed_up { "^" } else { "" };
                    match turn {
                        0 => format!("{step}{up}"),
                        turn => format!("{step}/{turn}{up}"),
                    }
                }
                Item::Closed => "closed".to_owned(),
                Item::Reopened => "reopened".to_owned(),
            })
            .collect();
        format!("{name}: {mode} {}", items.join(" "))
    });
    lines.collect::<Vec<_>>().join("; ")
}
