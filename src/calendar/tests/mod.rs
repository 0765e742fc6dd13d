//! Dates by name: the days on which procedures and clocks go wrong, and what holds for all of them.

mod bank_holidays;
mod clock;
mod counting;
mod properties;

use std::sync::{Arc, LazyLock};

use super::{BankHolidays, Calendar, Day, Nation, Zone};

/// The shipped data, read once.
static HOLIDAYS: LazyLock<Arc<BankHolidays>> = LazyLock::new(|| BankHolidays::shipped().unwrap());

/// A day written as people write it here.
fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// The calendar of an authority in `nation` that closes on `closures` besides.
fn calendar_closed(nation: Nation, closures: &[&str]) -> Calendar {
    let closures: Vec<Day> = closures.iter().copied().map(day).collect();
    Calendar::new(Zone::LONDON, nation, HOLIDAYS.clone(), &closures)
}

/// The calendar of an authority in `nation` without closures.
fn calendar(nation: Nation) -> Calendar {
    calendar_closed(nation, &[])
}
