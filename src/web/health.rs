//! Whether the daemon is alive, and whether it does its work, with reasons.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::calendar::Instant;
use crate::daemon::Clock;

/// How long the daemon's loop may be silent before it counts as stuck: it beats every minute, so
/// that five are four too many.
const SILENCE_SECONDS: i64 = 5 * 60;

/// The health of the daemon: a handle that is cheap to clone.
#[derive(Clone)]
pub struct Health {
    clock: Clock,
    state: Arc<RwLock<State>>,
}

struct State {
    beat: Instant,
    /// Why it is not ready; `None` where it is.
    waiting: Option<String>,
    /// What is amiss though it is ready, by what it is about.
    amiss: BTreeMap<String, String>,
}

/// Whether the daemon does its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// It passes on its schedule.
    pub ready: bool,
    /// Why it does not; or what is amiss though it does.
    pub reasons: Vec<String>,
}

impl Health {
    /// Of a daemon that has just begun to start.
    pub fn starting(clock: Clock) -> Self {
        let state = State {
            beat: clock.now(),
            waiting: Some("starting".to_owned()),
            amiss: BTreeMap::new(),
        };
        Health {
            clock,
            state: Arc::new(RwLock::new(state)),
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The loop goes round.
    pub fn beat(&self) {
        self.write().beat = self.clock.now();
    }

    /// It is ready.
    pub fn ready(&self) {
        self.write().waiting = None;
    }

    /// It is not ready, for this reason.
    pub fn waiting(&self, reason: &str) {
        self.write().waiting = Some(reason.to_owned());
    }

    /// What is amiss with `subject`, or nothing.
    pub fn amiss(&self, subject: &str, reason: Option<String>) {
        let mut state = self.write();
        match reason {
            Some(reason) => state.amiss.insert(subject.to_owned(), reason),
            None => state.amiss.remove(subject),
        };
    }

    /// Why the loop counts as stuck, where it does.
    pub fn stuck(&self) -> Option<String> {
        let silent = self.clock.now().seconds_since(self.read().beat);
        (silent > SILENCE_SECONDS)
            .then(|| format!("the daemon's loop has been silent for {silent} seconds"))
    }

    /// Whether it is ready.
    pub fn readiness(&self) -> Readiness {
        let state = self.read();
        let amiss = state
            .amiss
            .iter()
            .map(|(subject, reason)| format!("{subject}: {reason}"));
        Readiness {
            ready: state.waiting.is_none(),
            reasons: state.waiting.iter().cloned().chain(amiss).collect(),
        }
    }
}
