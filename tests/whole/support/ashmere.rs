//! The made-up authority of the demo, as it stood on a day that does not move.

use corewatch::calendar::{BankHolidays, Calendar, Day, Nation, Zone};
use corewatch::demo::{Tables, Wish, made_up};

/// The day on which it stands.
pub const TODAY: &str = "2026-11-20";

/// Its case database, with so many children.
pub fn ashmere(children: usize) -> Tables {
    let wish = Wish {
        seed: 1,
        children,
        months: 18,
        today: TODAY.parse::<Day>().expect("a day"),
    };
    let holidays = BankHolidays::shipped().expect("the calendars");
    let calendar = Calendar::new(Zone::LONDON, Nation::EnglandAndWales, holidays, &[]);
    made_up(wish, calendar, |_| ())
}
