//! What is told and what arrives: whole passes against a model and through a year, crashes and several
//! instances, and mail from the queue to a faulty server and a real one. `docs/testing.md` says more.
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
