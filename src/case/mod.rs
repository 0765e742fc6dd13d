//! A child's case as the rules see it: the child, the periods, the events, and their attributes.
//!
//! A [`Timeline`] is decoded from one compact run of bytes (the copy keeps one a child), borrows from
//! it, and is always in the same order whatever order the rows came in.

mod builder;
mod catalogue;
mod encoding;
mod people;
mod rows;
mod symbols;
mod timeline;
mod value;

pub use builder::{EventRow, PeriodRow, TimelineBuilder};
pub use catalogue::{Catalogue, Class, KindFacts};
pub use encoding::{put_uint, take_uint};
pub use people::{Person, Staff, Team};
pub use rows::{AttributeBuffer, RowBuffer, encode_timeline};
pub use symbols::{Symbol, Symbols};
pub use timeline::{Child, Event, Period, Timeline, TimelineError, UNNUMBERED};
pub use value::{Attributes, Value, reads_as_number, reads_as_yes_or_no};
