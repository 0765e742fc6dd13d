//! What runs an installation: the clock, the schedule kept in the store, the loop that asks it, the
//! service manager.

mod clock;
mod evaluation;
mod figures;
mod installation;
mod notify;
mod round;
mod schedule;

pub use clock::Clock;
pub use evaluation::{Cases, EvaluationError};
pub use figures::figures;
pub use installation::{Authority, Examined, Installation};
pub use notify::ServiceManager;
pub use round::{Ended, Round, metronome};
pub use schedule::Job;
