//! What holds for every day, nation and set of closures.

use chrono::{Datelike, NaiveDate};
use proptest::prelude::*;

use super::{Day, HOLIDAYS, Nation};
use crate::calendar::{Calendar, Duration, Unit, Zone};

prop_compose! {
    fn any_calendar()(
        nation in prop::sample::select(Nation::ALL.to_vec()),
        closures in prop::collection::vec(any_day(), 0..40),
    ) -> Calendar {
        Calendar::new(Zone::LONDON, nation, HOLIDAYS.clone(), &closures)
    }
}

/// From 1985 to 2065: on both sides of the data, and of the range that is looked up at once.
fn any_day() -> impl Strategy<Value = Day> {
    (5_479..34_698i32).prop_map(Day)
}

fn any_unit() -> impl Strategy<Value = Unit> {
    prop::sample::select(vec![
        Unit::Hour,
        Unit::Day,
        Unit::WorkingDay,
        Unit::Week,
        Unit::Month,
    ])
}

/// Whether people work on a day, asked the slow way.
fn is_worked(calendar: &Calendar, day: Day) -> bool {
    let weekday = day.date().weekday().num_days_from_monday();
    weekday < 5 && calendar.bank_holiday(day).is_none() && !calendar.is_closure(day)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_working_day_is_none_of_weekend_bank_holiday_and_closure(
        calendar in any_calendar(), start in any_day(),
    ) {
        for offset in 0..60 {
            let day = start.plus(offset);
            prop_assert_eq!(calendar.is_working(day), is_worked(&calendar, day), "{}", day);
        }
    }

    #[test]
    fn the_nth_working_day_after_is_one_and_has_n_of_them_up_to_it(
        calendar in any_calendar(), start in any_day(), n in 1u32..60,
    ) {
        let end = calendar.working_days_after(start, n);
        prop_assert!(end > start && calendar.is_working(end));
        prop_assert_eq!(calendar.working_days_between(start, end), i64::from(n));
        let worked = (1..=end.since(start)).filter(|&d| is_worked(&calendar, start.plus(d))).count();
        prop_assert_eq!(worked as u32, n);
    }

    #[test]
    fn counting_back_undoes_counting_on(
        calendar in any_calendar(), start in any_day(), n in 1u32..60,
    ) {
        let end = calendar.working_days_after(start, n);
        let back = calendar.working_days_before(end, n);
        // From a day off one arrives at the last working day before it.
        let last_worked = if calendar.is_working(start) {
            start
        } else {
            calendar.working_days_before(start, 1)
        };
        prop_assert_eq!(back, last_worked);
        prop_assert_eq!(calendar.working_days_after(back, n), end);
    }

    #[test]
    fn counting_on_in_two_steps_is_counting_on_in_one(
        calendar in any_calendar(), start in any_day(), a in 0u32..30, b in 0u32..30,
    ) {
        let at_once = calendar.working_days_after(start, a + b);
        let in_steps = calendar.working_days_after(calendar.working_days_after(start, a), b);
        prop_assert_eq!(at_once, in_steps);
    }

    #[test]
    fn months_keep_the_day_of_the_month_or_take_the_last_and_never_spill_over(
        start in any_day(), months in 0u32..240,
    ) {
        for (end, ahead) in [(start.plus_months(months), 1), (start.minus_months(months), -1)] {
            let (from, to) = (start.date(), end.date());
            let index = |d: NaiveDate| d.year() * 12 + d.month0() as i32;
            prop_assert_eq!(index(to), index(from) + ahead * months as i32);
            let is_last = end.next().date().month() != to.month();
            prop_assert!(to.day() == from.day() || (to.day() < from.day() && is_last));
        }
    }

    #[test]
    fn a_longer_duration_never_ends_earlier_and_none_is_the_day_itself(
        calendar in any_calendar(), start in any_day(), unit in any_unit(), n in 0u32..100,
    ) {
        let end = |count| calendar.after(start, Duration::new(count, unit));
        let begin = |count| calendar.before(start, Duration::new(count, unit));
        prop_assert_eq!(end(0), start);
        prop_assert_eq!(begin(0), start);
        prop_assert!(end(n) <= end(n + 1) && begin(n) >= begin(n + 1));
        prop_assert!(end(n + 24) > start && begin(n + 24) < start);
    }

    #[test]
    fn a_later_start_never_ends_earlier(
        calendar in any_calendar(), start in any_day(), unit in any_unit(), n in 0u32..100,
    ) {
        let duration = Duration::new(n, unit);
        prop_assert!(calendar.after(start, duration) <= calendar.after(start.next(), duration));
        prop_assert!(calendar.before(start, duration) <= calendar.before(start.next(), duration));
    }

    #[test]
    fn a_duration_reads_back_as_it_is_written(count in 0u32..100_000, unit in any_unit()) {
        let duration = Duration::new(count, unit);
        prop_assert_eq!(duration.to_string().parse::<Duration>(), Ok(duration));
    }

    #[test]
    fn a_day_reads_back_as_it_is_written(day in any_day()) {
        prop_assert_eq!(day.to_string().parse::<Day>(), Ok(day));
        prop_assert_eq!(day.is_weekend(), day.date().weekday().num_days_from_monday() >= 5);
    }

    #[test]
    fn a_local_time_falls_on_its_own_day(day in any_day(), second in 0u32..86_400) {
        let time = chrono::NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap();
        let at = Zone::LONDON.instant(day.date().and_time(time));
        prop_assert_eq!(Zone::LONDON.day_of(at), day);
        prop_assert!(Zone::LONDON.start_of(day) <= at && at < Zone::LONDON.start_of(day.next()));
    }

    #[test]
    fn a_child_is_a_year_older_on_each_birthday(born in any_day(), years in 1u32..18) {
        let birthday = born.plus_months(12 * years);
        // Who was born on 29 February has it on 1 March in other years.
        let birthday = if birthday.date().day() < born.date().day() { birthday.next() } else { birthday };
        prop_assert_eq!(birthday.age(born), i64::from(years));
        prop_assert_eq!(birthday.previous().age(born), i64::from(years) - 1);
    }
}
