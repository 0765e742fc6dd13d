//! Counting on and back: months, working days, closures, hours as days, ages.

use super::{calendar, calendar_closed, day};
use crate::calendar::{Duration, Nation};

fn duration(text: &str) -> Duration {
    text.parse().unwrap()
}

/// Counting on from a day: nation, start, duration, where it must arrive.
fn counts(nation: Nation, cases: &[(&str, &str, &str)]) {
    let calendar = calendar(nation);
    for (from, by, to) in cases {
        let arrived = calendar.after(day(from), duration(by));
        assert_eq!(arrived, day(to), "{nation}: {from} + {by}");
    }
}

fn counts_back(nation: Nation, cases: &[(&str, &str, &str)]) {
    let calendar = calendar(nation);
    for (from, by, to) in cases {
        let arrived = calendar.before(day(from), duration(by));
        assert_eq!(arrived, day(to), "{nation}: {from} - {by}");
    }
}

#[test]
fn ten_days_from_the_first_end_on_the_eleventh() {
    counts(
        Nation::EnglandAndWales,
        &[
            ("2026-06-01", "10 days", "2026-06-11"),
            ("2026-06-01", "4 weeks", "2026-06-29"),
            ("2026-06-01", "1 day", "2026-06-02"),
        ],
    );
}

#[test]
fn nothing_of_anything_is_the_day_itself_even_on_a_sunday() {
    for from in ["2026-06-01", "2026-06-07", "2026-12-25", "2028-02-29"] {
        for unit in ["hours", "days", "working days", "weeks", "months"] {
            let none = format!("0 {unit}");
            counts(Nation::Scotland, &[(from, &none, from)]);
            counts_back(Nation::Scotland, &[(from, &none, from)]);
        }
    }
}

#[test]
fn months_from_the_29th_of_february() {
    counts(
        Nation::EnglandAndWales,
        &[
            ("2028-02-29", "12 months", "2029-02-28"),
            ("2028-02-29", "48 months", "2032-02-29"),
            ("2028-02-29", "1 month", "2028-03-29"),
            ("2028-02-28", "1 day", "2028-02-29"),
            ("2028-02-28", "1 working day", "2028-02-29"),
            ("2028-02-29", "1 working day", "2028-03-01"),
            ("2028-02-22", "1 week", "2028-02-29"),
        ],
    );
    counts_back(
        Nation::EnglandAndWales,
        &[
            ("2028-02-29", "12 months", "2027-02-28"),
            ("2028-03-31", "1 month", "2028-02-29"),
            ("2028-03-01", "1 day", "2028-02-29"),
        ],
    );
}

#[test]
fn months_from_the_31st_end_on_the_last_day_where_there_is_no_31st() {
    counts(
        Nation::EnglandAndWales,
        &[
            ("2026-01-31", "1 month", "2026-02-28"),
            ("2028-01-31", "1 month", "2028-02-29"),
            ("2026-01-31", "3 months", "2026-04-30"),
            ("2026-08-31", "6 months", "2027-02-28"),
            ("2026-03-31", "6 months", "2026-09-30"),
            ("2026-10-31", "2 months", "2026-12-31"),
            ("2026-11-30", "3 months", "2027-02-28"),
        ],
    );
    counts_back(
        Nation::EnglandAndWales,
        &[
            ("2026-05-31", "3 months", "2026-02-28"),
            ("2026-12-31", "1 month", "2026-11-30"),
            ("2026-03-30", "1 month", "2026-02-28"),
        ],
    );
}

#[test]
fn months_are_counted_from_the_start_and_do_not_drift() {
    // Two months at once from the 31st keep the 31st; two steps of one month lose it.
    let start = day("2026-01-31");
    assert_eq!(start.plus_months(2), day("2026-03-31"));
    assert_eq!(start.plus_months(1).plus_months(1), day("2026-03-28"));
}

#[test]
fn christmas_to_new_year_in_each_nation() {
    // Friday 18 December 2026; Boxing Day falls on a Saturday, so the 28th stands for it.
    let from = "2026-12-18";
    counts(
        Nation::EnglandAndWales,
        &[
            (from, "4 working days", "2026-12-24"),
            (from, "5 working days", "2026-12-29"),
            (from, "7 working days", "2026-12-31"),
            (from, "8 working days", "2027-01-04"),
            (from, "10 working days", "2027-01-06"),
        ],
    );
    counts(
        Nation::NorthernIreland,
        &[(from, "10 working days", "2027-01-06")],
    );
    // 2 January 2027 is a Saturday: in Scotland Monday the 4th stands for it.
    counts(
        Nation::Scotland,
        &[
            (from, "7 working days", "2026-12-31"),
            (from, "8 working days", "2027-01-05"),
            (from, "10 working days", "2027-01-07"),
        ],
    );
    // 2021: Christmas on a Saturday, Boxing Day on a Sunday, New Year on a Saturday.
    counts(
        Nation::EnglandAndWales,
        &[
            ("2021-12-24", "1 working day", "2021-12-29"),
            ("2021-12-31", "1 working day", "2022-01-04"),
        ],
    );
    counts(
        Nation::Scotland,
        &[
            ("2021-12-24", "1 working day", "2021-12-29"),
            ("2021-12-31", "1 working day", "2022-01-05"),
        ],
    );
}

#[test]
fn second_of_january_and_st_andrews_day_are_scottish() {
    // 2 January 2026 is a Friday; 30 November 2026 a Monday.
    for (nation, new_year, november) in [
        (Nation::EnglandAndWales, "2026-01-02", "2026-11-30"),
        (Nation::NorthernIreland, "2026-01-02", "2026-11-30"),
        (Nation::Scotland, "2026-01-05", "2026-12-01"),
    ] {
        counts(
            nation,
            &[
                ("2025-12-31", "1 working day", new_year),
                ("2026-11-27", "1 working day", november),
            ],
        );
    }
    // On a Saturday (2024) and on a Sunday (2025) the Monday after stands for it.
    counts(
        Nation::Scotland,
        &[
            ("2024-11-29", "1 working day", "2024-12-03"),
            ("2025-11-28", "1 working day", "2025-12-02"),
            ("2023-01-01", "1 working day", "2023-01-04"),
        ],
    );
}

#[test]
fn easter_monday_is_worked_in_scotland_alone() {
    for (nation, after_good_friday) in [
        (Nation::EnglandAndWales, "2026-04-07"),
        (Nation::NorthernIreland, "2026-04-07"),
        (Nation::Scotland, "2026-04-06"),
    ] {
        counts(
            nation,
            &[("2026-04-02", "1 working day", after_good_friday)],
        );
    }
}

#[test]
fn the_summer_holiday_is_the_first_monday_of_august_in_scotland_and_the_last_elsewhere() {
    counts(
        Nation::Scotland,
        &[
            ("2026-07-31", "1 working day", "2026-08-04"),
            ("2026-08-28", "1 working day", "2026-08-31"),
        ],
    );
    counts(
        Nation::EnglandAndWales,
        &[
            ("2026-07-31", "1 working day", "2026-08-03"),
            ("2026-08-28", "1 working day", "2026-09-01"),
        ],
    );
}

#[test]
fn the_twelfth_of_july_and_st_patricks_day_are_northern_irish() {
    // 12 July 2027 is a Monday, 12 July 2026 a Sunday, 12 July 2025 a Saturday.
    for (from, northern_ireland, elsewhere) in [
        ("2027-07-09", "2027-07-13", "2027-07-12"),
        ("2026-07-10", "2026-07-14", "2026-07-13"),
        ("2025-07-11", "2025-07-15", "2025-07-14"),
        ("2026-03-16", "2026-03-18", "2026-03-17"),
        ("2024-03-15", "2024-03-19", "2024-03-18"),
    ] {
        counts(
            Nation::NorthernIreland,
            &[(from, "1 working day", northern_ireland)],
        );
        counts(
            Nation::EnglandAndWales,
            &[(from, "1 working day", elsewhere)],
        );
    }
}

#[test]
fn the_fifteenth_of_june_2026_is_a_bank_holiday_in_scotland_only() {
    counts(
        Nation::Scotland,
        &[
            ("2026-06-12", "1 working day", "2026-06-16"),
            ("2026-06-12", "10 working days", "2026-06-29"),
        ],
    );
    for nation in [Nation::EnglandAndWales, Nation::NorthernIreland] {
        counts(
            nation,
            &[
                ("2026-06-12", "1 working day", "2026-06-15"),
                ("2026-06-12", "10 working days", "2026-06-26"),
            ],
        );
    }
}

#[test]
fn the_one_off_days_of_2022_and_2023() {
    for nation in Nation::ALL {
        counts(
            nation,
            &[
                // The jubilee: the spring holiday moved to Thursday, and Friday besides.
                ("2022-05-27", "1 working day", "2022-05-30"),
                ("2022-06-01", "1 working day", "2022-06-06"),
                // The state funeral, a Monday.
                ("2022-09-16", "1 working day", "2022-09-20"),
                ("2022-09-12", "10 working days", "2022-09-27"),
                // The coronation, a week after the early May holiday.
                ("2023-04-28", "5 working days", "2023-05-09"),
            ],
        );
    }
}

#[test]
fn working_days_backwards() {
    counts_back(
        Nation::EnglandAndWales,
        &[
            ("2026-11-23", "1 working day", "2026-11-20"),
            ("2026-11-22", "1 working day", "2026-11-20"),
            ("2027-01-04", "1 working day", "2026-12-31"),
            ("2026-12-29", "1 working day", "2026-12-24"),
            ("2026-04-07", "1 working day", "2026-04-02"),
            ("2026-04-07", "5 working days", "2026-03-27"),
        ],
    );
    counts_back(
        Nation::Scotland,
        &[
            ("2027-01-05", "1 working day", "2026-12-31"),
            ("2026-06-16", "1 working day", "2026-06-12"),
            ("2026-12-01", "1 working day", "2026-11-27"),
        ],
    );
}

#[test]
fn closures_are_no_working_days_and_are_the_authoritys_own() {
    let closed = calendar_closed(
        Nation::EnglandAndWales,
        &["2026-12-29", "2026-12-30", "2026-12-31"],
    );
    let from = day("2026-12-24");
    assert_eq!(closed.working_days_after(from, 1), day("2027-01-04"));
    assert_eq!(
        closed.working_days_before(day("2027-01-04"), 1),
        day("2026-12-24")
    );
    assert!(closed.is_closure(day("2026-12-29")) && !closed.is_working(day("2026-12-29")));
    assert!(closed.bank_holiday(day("2026-12-29")).is_none());
    let open = calendar(Nation::EnglandAndWales);
    assert_eq!(open.working_days_after(from, 1), day("2026-12-29"));
}

#[test]
fn a_closure_on_a_weekend_changes_nothing_and_one_given_twice_counts_once() {
    let closed = calendar_closed(
        Nation::EnglandAndWales,
        &["2026-11-21", "2026-11-23", "2026-11-23"],
    );
    assert_eq!(
        closed.working_days_after(day("2026-11-20"), 1),
        day("2026-11-24")
    );
}

#[test]
fn beyond_the_data_only_weekends_and_closures_are_left_out() {
    let closed = calendar_closed(Nation::EnglandAndWales, &["2030-12-27", "2071-06-02"]);
    assert_eq!(closed.known_until(), Some(day("2028-12-31")));
    // Christmas 2030 is a Wednesday, and no data say so.
    assert_eq!(
        closed.working_days_after(day("2030-12-24"), 3),
        day("2030-12-30")
    );
    // Far outside the range in which days are looked up at once.
    assert_eq!(
        closed.working_days_after(day("2071-06-01"), 1),
        day("2071-06-03")
    );
    assert_eq!(
        closed.working_days_before(day("1901-01-07"), 1),
        day("1901-01-04")
    );
}

#[test]
fn working_days_between_two_days() {
    let calendar = calendar(Nation::EnglandAndWales);
    for (from, to, count) in [
        ("2026-12-24", "2026-12-29", 1),
        ("2026-12-24", "2026-12-24", 0),
        ("2026-12-24", "2026-12-01", 0),
        ("2026-06-01", "2026-06-15", 10),
    ] {
        assert_eq!(
            calendar.working_days_between(day(from), day(to)),
            count,
            "{from} to {to}"
        );
    }
}

#[test]
fn hours_without_a_time_of_day_are_days_rounded_up() {
    counts(
        Nation::EnglandAndWales,
        &[
            ("2026-06-01", "1 hour", "2026-06-02"),
            ("2026-06-01", "24 hours", "2026-06-02"),
            ("2026-06-01", "25 hours", "2026-06-03"),
            ("2026-06-05", "48 hours", "2026-06-07"),
            ("2026-03-28", "24 hours", "2026-03-29"),
        ],
    );
    counts_back(
        Nation::EnglandAndWales,
        &[("2026-06-03", "25 hours", "2026-06-01")],
    );
}

#[test]
fn age_counts_birthdays_and_is_minus_one_before_the_birth() {
    for (born, on, age) in [
        ("2024-02-29", "2024-02-28", -1),
        ("2024-02-29", "2024-02-29", 0),
        ("2024-02-29", "2026-02-28", 1),
        ("2024-02-29", "2026-03-01", 2),
        ("2024-02-29", "2028-02-28", 3),
        ("2024-02-29", "2028-02-29", 4),
        ("2024-06-15", "2026-06-14", 1),
        ("2024-06-15", "2026-06-15", 2),
    ] {
        assert_eq!(day(on).age(day(born)), age, "born {born}, on {on}");
    }
}

#[test]
fn durations_are_a_number_a_blank_and_a_unit() {
    for (text, shown) in [
        ("1 working days", "1 working day"),
        ("10 working day", "10 working days"),
        ("6 weeks", "6 weeks"),
        ("0 days", "0 days"),
        ("3 months", "3 months"),
        ("24 hours", "24 hours"),
    ] {
        assert_eq!(duration(text).to_string(), shown);
    }
    for text in [
        "",
        "10",
        "days",
        "-1 days",
        "1.5 days",
        "+1 day",
        "10days",
        "10  days",
        "10 Days",
        "10 years",
        "10 working  days",
        " 10 days",
        "10 days ",
        "99999999999 days",
        "100001 days",
    ] {
        assert!(text.parse::<Duration>().is_err(), "{text:?}");
    }
}

#[test]
fn a_day_is_written_in_one_way_only() {
    use crate::calendar::Day;
    assert_eq!(day("2026-11-21").to_string(), "2026-11-21");
    for text in [
        "2026-02-29",
        "2026-13-01",
        "2026-1-01",
        "21/11/2026",
        "20261121",
        "2026-11-21 ",
        "2026- 1- 1",
        "+026-11-21",
        " 026-11-21",
        "2026-11-2١",
    ] {
        assert!(text.parse::<Day>().is_err(), "{text:?}");
    }
}
