//! Whole passes over a case database in SQLite, with messages as files: SPEC 7.

mod backends;
mod change;
mod ends;
mod limit;
mod operations;
mod replay;
mod report;
mod site;
mod standing;
mod steps;
mod wakes;
