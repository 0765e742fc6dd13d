//! The one clock: everything else is told the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::Utc;

use crate::calendar::Instant;

/// What says which instant it is.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's.
    Machine,
    /// One that stands still until it is moved: microseconds since 1970.
    Movable(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at` until it is moved.
    pub fn standing_at(at: Instant) -> Self {
        Clock::Movable(Arc::new(AtomicI64::new(at.0)))
    }

    /// The instant it is.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one clock that the others are told by"
    )]
    pub fn now(&self) -> Instant {
        match self {
            Clock::Machine => Instant::from(Utc::now()),
            Clock::Movable(at) => Instant(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a movable clock to `at`; the machine's goes by itself.
    pub fn move_to(&self, at: Instant) {
        if let Clock::Movable(current) = self {
            current.store(at.0, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_movable_clock_stands_until_it_is_moved() {
        let clock = Clock::standing_at(Instant(5));
        let same = clock.clone();
        clock.move_to(Instant(7));
        assert_eq!((clock.now(), same.now()), (Instant(7), Instant(7)));
    }

    #[test]
    fn the_machines_clock_cannot_be_moved() {
        let before = Clock::Machine.now();
        Clock::Machine.move_to(Instant(0));
        assert!(Clock::Machine.now() >= before);
    }
}
