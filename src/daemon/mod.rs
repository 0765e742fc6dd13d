//! What runs an installation: the clock, the schedule kept in the store, the loop that asks it, the
//! service manager.

mod clock;
mod notify;
mod round;
mod schedule;

pub use clock::Clock;
pub use notify::ServiceManager;
pub use round::{Ended, Round, metronome};
pub use schedule::Job;
