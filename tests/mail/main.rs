//! Mail from the queue to a server: against a faulty one of the tests' own, and a real one.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod crash;
#[cfg(feature = "crash-points")]
mod crash_points;
mod delivery;
mod fake_server;
mod faults;
mod instances;
mod model;
mod queue;
mod real_server;
mod site;
mod support;
mod year;
