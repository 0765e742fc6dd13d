//! What runs an installation: the clock, what it has loaded.

mod clock;

pub use clock::Clock;
