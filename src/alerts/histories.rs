//! Long random histories of one obligation: whatever happens to it, each step is told once for a due
//! day, and nothing is told after its closing but the closing.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use super::life::Life;
use super::*;
use crate::calendar::Instant;
use crate::mail::Closing;

/// What can happen between two passes.
#[derive(Debug, Clone)]
enum Event {
    /// So many hours go by, and a pass is made.
    Pass(u16),
    /// The due day moves by so many days.
    DueMoves(i8),
    /// It is closed, or open again.
    Closes,
    Opens,
    /// It is acknowledged for so many days.
    Acknowledged(u8),
    /// The people of a role change.
    Filled(u8, u8),
    /// The flood guard holds it, or lets it go.
    Held,
    Released,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        8 => (1u16..60).prop_map(Event::Pass),
        2 => (-15i8..15).prop_map(Event::DueMoves),
        1 => Just(Event::Closes),
        2 => Just(Event::Opens),
        1 => (0u8..10).prop_map(Event::Acknowledged),
        1 => (0u8..4, 0u8..3).prop_map(|(role, people)| Event::Filled(role, people)),
        1 => Just(Event::Held),
        2 => Just(Event::Released),
    ]
}

const ROLES: [&str; 4] = [
    "key_worker",
    "team_manager",
    "service_manager",
    "head_of_service",
];

/// A history as it goes, with all that was told.
struct History {
    life: Life,
    now: Instant,
    is_open: bool,
    told: BTreeSet<(u32, String, u32, String)>,
    closings: BTreeMap<String, i32>,
}

impl History {
    fn new(ladder: &str) -> History {
        History {
            life: Life::new(ladder),
            now: super::life::at_local("11-02 06:00"),
            is_open: true,
            told: BTreeSet::new(),
            closings: BTreeMap::new(),
        }
    }

    fn happens(&mut self, event: &Event) {
        match event {
            Event::Pass(hours) => {
                self.now = self.now.plus_hours(i64::from(*hours));
                self.pass();
            }
            Event::DueMoves(days) if self.is_open => {
                let due = self.life.span.due.plus(i64::from(*days));
                self.life.span.due = due.max(self.life.span.opened.day);
            }
            Event::Closes => self.is_open = false,
            Event::Opens => self.is_open = true,
            Event::Acknowledged(days) => {
                let today = testing::calendar().zone.day_of(self.now);
                self.life.acknowledged = Some(today.plus(i64::from(*days)));
            }
            Event::Filled(role, people) => {
                let people: Vec<String> = (0..*people).map(|n| format!("p{role}{n}")).collect();
                let people: Vec<&str> = people.iter().map(String::as_str).collect();
                self.life.fill(ROLES[usize::from(*role)], &people);
            }
            Event::Held | Event::Released => {
                let hold = if matches!(event, Event::Held) {
                    Hold::Flood
                } else {
                    Hold::Baseline
                };
                let alert = self.life.alert.as_mut();
                if let Some(alert) = alert.filter(|alert| alert.overdue) {
                    alert.hold = Some(hold);
                }
            }
            Event::DueMoves(_) => {}
        }
    }

    fn pass(&mut self) {
        let outcome = if self.is_open {
            self.life.outcome_at(self.now)
        } else if self.life.alert.is_some() {
            self.life.close_at(self.now, Closing::Met)
        } else {
            return;
        };
        self.nothing_is_told_before(outcome.next);
        let due = outcome.alert.due.to_string();
        for telling in &outcome.tellings {
            let address = telling.address.as_str().to_owned();
            for item in &telling.items {
                let closings = self.closings.entry(address.clone()).or_default();
                match item {
                    Item::Step { step, repeat, .. } => {
                        assert!(self.is_open, "a step after the closing");
                        let key = (*step, due.clone(), *repeat, address.clone());
                        assert!(self.told.insert(key.clone()), "told twice: {key:?}");
                    }
                    Item::Closed => *closings += 1,
                    Item::Reopened => *closings -= 1,
                }
                assert!(
                    (0..=1).contains(closings),
                    "closings and reopenings take turns"
                );
            }
        }
    }

    /// Where nothing happens, whoever looks before the instant that this pass named finds nothing to
    /// tell: waking by it misses nothing.
    fn nothing_is_told_before(&self, next: Option<Instant>) {
        let mut life = self.life.clone();
        let mut now = self.now;
        for _ in 0..5 {
            now = now.plus_hours(7);
            if next.is_some_and(|next| now >= next) {
                return;
            }
            let outcome = match self.is_open {
                true => life.outcome_at(now),
                false => life.close_at(now, Closing::Met),
            };
            assert_eq!(outcome.tellings, [], "told at {now}, to look at {next:?}");
        }
    }

    /// Ten quiet days with a pass in sending hours on each.
    fn settles(&mut self) {
        self.life.acknowledged = None;
        if let Some(alert) = &mut self.life.alert {
            alert.hold = None;
        }
        let calendar = testing::calendar();
        let mut day = calendar.zone.day_of(self.now);
        for _ in 0..10 {
            day = calendar.working_days_after(day, 1);
            self.now = calendar.zone.start_of(day).plus_hours(10);
            self.pass();
        }
    }
}

/// What must hold once nothing happens any more.
fn nothing_is_left(history: &History) {
    let Some(alert) = &history.life.alert else {
        return;
    };
    assert_eq!(alert.standing.waiting, []);
    if history.is_open {
        let calendar = testing::calendar();
        let falls = falls(&history.life.ladder, &history.life.span, &calendar);
        for (step, fall) in (1u32..).zip(falls) {
            if fall.at <= history.now {
                assert!(
                    alert.standing.told.contains(&step),
                    "step {step} was never told"
                );
            }
        }
    } else {
        for address in &alert.standing.addresses {
            let closings = history.closings.get(address.as_str());
            assert_eq!(closings, Some(&1), "{address} was not told of the closing");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("seeds"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn each_step_is_told_once_and_nothing_after_the_closing_but_the_closing(
        events in prop::collection::vec(event(), 1..80),
        always in any::<bool>(),
    ) {
        let text = if always {
            super::life::STANDARD.replace("id = \"standard\"", "id = \"x\"\nhours = \"always\"")
        } else {
            super::life::STANDARD.to_owned()
        };
        let mut history = History::new(&text);
        for event in &events {
            history.happens(event);
        }
        history.settles();
        nothing_is_left(&history);
    }
}
