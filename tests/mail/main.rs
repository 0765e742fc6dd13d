//! Mail from the queue to a server: against a faulty one of the tests' own, and a real one.

mod delivery;
mod fake_server;
mod faults;
mod queue;
mod real_server;
mod support;
