//! The made-up authority of Ashmere: what `corewatch demo` shows, and what benchmarks read.
//!
//! [`made_up`] makes its case database, deterministic by seed and day; nobody in it is real. To add
//! a duty to the story: write its rows in the file of what it belongs to (`visits.rs`,
//! `meetings.rs`, …), and, where no table of `schema.sql` fits, add one there, to `tables.rs` and
//! to `site/source.toml`.

mod chance;
mod conferences;
mod families;
mod folder;
mod left_open;
mod meetings;
mod names;
mod progress;
mod staff;
mod stages;
mod steps;
mod summary;
mod tables;
mod unusable;
mod visits;
mod workers;
mod world;

pub use folder::{DemoError, Folder, latest_office_hour, prepare};
pub use progress::{Bar, Progress};
pub use summary::Summary;
pub use tables::Tables;
pub use world::Wish;

use crate::calendar::Calendar;
use world::World;

/// The case database of an authority as wished, that works by `calendar`; `made` is told how many
/// children there are so far.
pub fn made_up(wish: Wish, calendar: Calendar, made: impl Fn(usize)) -> Tables {
    let mut world = World::new(wish, calendar);
    let mut children = world.stages();
    while children < wish.children {
        children += world.family();
        made(children);
    }
    world.unusable_rows();
    world.absences();
    world.tables
}

#[cfg(test)]
mod tests;
