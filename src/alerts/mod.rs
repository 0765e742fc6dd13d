//! Who is told what, when (SPEC 7). Pure: what is known goes in, what is to be told comes out; the
//! pass in `daemon` reads, writes and sends.

mod advance;
mod alert;
mod climb;
mod decide;
#[cfg(test)]
mod ends_tests;
mod falls;
mod flood;
#[cfg(test)]
mod histories;
mod hours;
mod ladder;
mod ladder_file;
#[cfg(test)]
mod life;
mod limit;
mod look;
mod operations;
mod post;
mod readers;
mod recipients;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod watch;

pub use advance::{Hole, Instead, Marks, Mode, Outcome, Telling, Tick, Unreached, advance, close};
pub use alert::{
    Alert, Before, Duty, Hold, Item, Owed, Phase, RuleFacts, Standing, Waiting, is_among,
};
pub use decide::{Decision, Fate, Knowledge, decide, fate};
pub use falls::{Fall, Span, fall, falls, turns};
pub use hours::{is_sending_time, next_opening, next_sending_time};
pub use ladder::{At, Base, Ladder, Ladders, Send, Side, Step, To};
pub use ladder_file::load_ladders;
pub use limit::{Limit, SentAtOnce};
pub use operations::{Judged, KnownTrouble, Tidings, Trouble, TroubleKind, tidings};
pub use post::{Desk, Post, Record, Recorded};
pub use readers::{Reader, Readers};
pub use recipients::{Directory, Reached, Recipients, StaffKinds, StepPeople, key_of};
pub use watch::{RuleBook, Watch, Watched};
