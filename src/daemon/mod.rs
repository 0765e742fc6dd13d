//! What runs an installation: the clock, the schedule kept in the store, the loop that asks it, the
//! service manager.

mod clock;
mod evaluation;
mod installation;
mod lease;
mod notify;
mod operations;
mod pass;
mod round;
mod schedule;
mod stale;
mod watch_round;

pub use clock::Clock;
pub use evaluation::{Cases, EvaluationError};
pub use installation::{Authority, Installation};
pub use lease::LeaseError;
pub use notify::ServiceManager;
pub use pass::{AuthorityOutcome, PassEnd, PassError, PassOutcome, pass};
pub use round::{Ended, Round, metronome};
pub use schedule::Job;
pub use watch_round::RoundOutcome;
