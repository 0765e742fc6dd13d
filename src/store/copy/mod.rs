//! The copy of each authority's cases: timelines, names, what is known by kind, staff, quarantine and
//! the history of readings. Written by one reading of the source at a time, in one transaction.

mod catalogue;
mod changes;
mod handover;
mod quarantine;
mod readings;
mod row_digests;
mod staff;
mod timelines;

#[cfg(test)]
mod tests;

pub use catalogue::{add_symbols, catalogue, put_catalogue, symbols};
pub use changes::{Changes, changes_since, forget_changes};
pub use handover::hand_over;
pub use quarantine::{QuarantinedRow, Unusable, put_quarantine, quarantine, unusable};
pub use readings::{
    QueryReading, Reading, last_accepted, last_accepted_by, last_reading, last_whole,
    put_query_readings, put_reading, query_readings, refused_since,
};
pub use row_digests::{RECENT, put_row_digests, row_digests};
pub use staff::{put_staff, staff};
pub use timelines::{
    RUN, StoredTimeline, children, delete_timelines, each_run, each_timeline, put_timelines,
    run_of, timeline, timelines_after, timelines_of,
};
