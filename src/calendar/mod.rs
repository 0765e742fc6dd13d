//! Days, durations, working days and the local clock: SPEC 2, pure and without a clock of its own.

mod bank_holidays;
mod day;
mod duration;
mod moment;
#[cfg(test)]
mod tests;
mod working_days;

pub use bank_holidays::{BankHolidays, Nation};
pub use day::Day;
pub use duration::{Duration, Unit};
pub use moment::{Instant, Moment, Zone};
pub use working_days::{Calendar, Limit};
