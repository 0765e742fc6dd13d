//! corewatch: every duty to a child on a child protection plan, worked out to the day.
//!
//! One pass walks one way: [`source`] rows become [`case`] timelines, [`rules`] turn them into
//! obligations, [`alerts`] decides who is told what, [`mail`] sends it. [`store`] keeps the state;
//! [`metrics`] and [`web`] read it. `docs/architecture.md` has the map.

/// A point at which a test kills the process; nothing without the feature `crash-points`.
#[cfg(feature = "crash-points")]
macro_rules! crash_point {
    ($point:ident) => {
        crate::crash::reached(crate::crash::Point::$point)
    };
}
#[cfg(not(feature = "crash-points"))]
macro_rules! crash_point {
    ($point:ident) => {};
}

pub mod alerts;
pub mod calendar;
pub mod case;
pub mod cli;
pub mod config;
#[cfg(feature = "crash-points")]
pub mod crash;
pub mod daemon;
pub mod demo;
pub mod document;
pub mod mail;
pub mod metrics;
pub mod report;
pub mod rules;
pub mod source;
pub mod store;
pub mod web;
pub mod words;
