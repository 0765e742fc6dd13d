//! The data of `config/calendars/` against the rules that make a bank holiday: Easter, first and
//! last Mondays, fixed days with their substitutes, and the one-off days as a list.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use super::{HOLIDAYS, day};
use crate::calendar::{BankHolidays, Day, Nation};

const SUBSTITUTE: &str = " (substitute day)";
const YEARS: std::ops::RangeInclusive<i32> = 2012..=2028;

/// Days that no rule gives, by nation (none: all three), with the regular day that each replaces,
/// where it does.
const ONE_OFFS: [(Option<Nation>, &str, &str, Option<&str>); 10] = [
    (
        None,
        "2012-06-04",
        "Spring bank holiday",
        Some("2012-05-28"),
    ),
    (None, "2012-06-05", "Queen’s Diamond Jubilee", None),
    (
        None,
        "2020-05-08",
        "Early May bank holiday (VE day)",
        Some("2020-05-04"),
    ),
    (
        None,
        "2022-06-02",
        "Spring bank holiday",
        Some("2022-05-30"),
    ),
    (None, "2022-06-03", "Platinum Jubilee bank holiday", None),
    (
        None,
        "2022-09-19",
        "Bank Holiday for the State Funeral of Queen Elizabeth II",
        None,
    ),
    (
        None,
        "2023-05-08",
        "Bank holiday for the coronation of King Charles III",
        None,
    ),
    (
        Some(Nation::Scotland),
        "2026-06-15",
        "World Cup bank holiday",
        None,
    ),
    // Where two substitutes follow each other gov.uk names them in the order of what they stand
    // for, as it does for Christmas; only their names hang on it, not their days.
    (
        Some(Nation::Scotland),
        "2023-01-02",
        "New Year’s Day",
        Some("2023-01-02"),
    ),
    (
        Some(Nation::Scotland),
        "2023-01-03",
        "2nd January",
        Some("2023-01-03"),
    ),
];

fn ymd(year: i32, month: u32, of_month: u32) -> Day {
    Day::from_ymd(year, month, of_month).unwrap()
}

/// Easter Sunday by Gauss's rule for the Gregorian calendar.
fn easter(year: i32) -> Day {
    let century = year / 100;
    let m = (15 - (13 + 8 * century) / 25 + century - century / 4).rem_euclid(30);
    let n = (4 + century - century / 4).rem_euclid(7);
    let d = (19 * (year % 19) + m).rem_euclid(30);
    let e = (2 * (year % 4) + 4 * (year % 7) + 6 * d + n).rem_euclid(7);
    let after = match (d, e) {
        (29, 6) => 28,
        (28, 6) if (11 * m + 11).rem_euclid(30) < 19 => 27,
        _ => d + e,
    };
    ymd(year, 3, 22).plus(i64::from(after))
}

fn monday(year: i32, month: u32, last: bool) -> Day {
    let mondays: Vec<Day> = (1..=31)
        .filter_map(|of_month| NaiveDate::from_ymd_opt(year, month, of_month))
        .filter(|date| date.weekday() == chrono::Weekday::Mon)
        .map(Day::from)
        .collect();
    if last {
        mondays[mondays.len() - 1]
    } else {
        mondays[0]
    }
}

/// The holidays of a fixed day of the year.
fn fixed(nation: Nation, year: i32) -> Vec<(Day, &'static str)> {
    let mut days = vec![(ymd(year, 1, 1), "New Year’s Day")];
    match nation {
        Nation::EnglandAndWales => {}
        Nation::Scotland => {
            days.push((ymd(year, 1, 2), "2nd January"));
            days.push((ymd(year, 11, 30), "St Andrew’s Day"));
        }
        Nation::NorthernIreland => {
            days.push((ymd(year, 3, 17), "St Patrick’s Day"));
            days.push((ymd(year, 7, 12), "Battle of the Boyne (Orangemen’s Day)"));
        }
    }
    days.push((ymd(year, 12, 25), "Christmas Day"));
    days.push((ymd(year, 12, 26), "Boxing Day"));
    days
}

/// What the rules and the one-offs give for a year.
fn expected(nation: Nation, year: i32) -> BTreeMap<Day, String> {
    let mut days = BTreeMap::new();
    let (weekend, own): (Vec<_>, Vec<_>) = fixed(nation, year)
        .into_iter()
        .partition(|(day, _)| day.is_weekend());
    for (day, name) in own {
        days.insert(day, name.to_owned());
    }
    for (day, name) in weekend {
        let mut substitute = day;
        while substitute.is_weekend() || days.contains_key(&substitute) {
            substitute = substitute.next();
        }
        days.insert(substitute, format!("{name}{SUBSTITUTE}"));
    }
    let easter = easter(year);
    days.insert(easter.plus(-2), "Good Friday".to_owned());
    if nation != Nation::Scotland {
        days.insert(easter.plus(1), "Easter Monday".to_owned());
    }
    let summer = match nation {
        Nation::Scotland => monday(year, 8, false),
        _ => monday(year, 8, true),
    };
    for (day, name) in [
        (monday(year, 5, false), "Early May bank holiday"),
        (monday(year, 5, true), "Spring bank holiday"),
        (summer, "Summer bank holiday"),
    ] {
        days.insert(day, name.to_owned());
    }
    for (only, held, name, replaces) in ONE_OFFS {
        if only.is_none_or(|only| only == nation) && day(held).year() == year {
            let replaced = replaces.and_then(|replaced| days.remove(&day(replaced)));
            assert_eq!(
                replaced.is_some(),
                replaces.is_some(),
                "{held} replaces nothing"
            );
            let substitute = replaces == Some(held);
            let mark = if substitute { SUBSTITUTE } else { "" };
            days.insert(day(held), format!("{name}{mark}"));
        }
    }
    days
}

#[test]
fn every_year_is_what_the_rules_and_the_one_off_days_give() {
    let holidays = &*HOLIDAYS;
    for nation in Nation::ALL {
        for year in YEARS {
            let held: BTreeMap<Day, String> = holidays
                .of(nation)
                .filter(|(day, _)| day.year() == year)
                .map(|(day, name)| (day, name.to_owned()))
                .collect();
            assert_eq!(held, expected(nation, year), "{nation} {year}");
        }
    }
}

#[test]
fn the_data_cover_2012_to_2028_and_no_weekend() {
    let holidays = &*HOLIDAYS;
    for nation in Nation::ALL {
        let years: BTreeSet<i32> = holidays.of(nation).map(|(day, _)| day.year()).collect();
        assert_eq!(years, YEARS.collect(), "{nation}");
        assert_eq!(holidays.last_year(nation), Some(2028), "{nation}");
        for (day, name) in holidays.of(nation) {
            assert!(!day.is_weekend(), "{nation} {day} {name}");
        }
    }
}

#[test]
fn each_year_has_its_number_of_bank_holidays() {
    let holidays = &*HOLIDAYS;
    let regular = |nation| match nation {
        Nation::EnglandAndWales => 8,
        Nation::Scotland => 9,
        Nation::NorthernIreland => 10,
    };
    for nation in Nation::ALL {
        for year in YEARS {
            let more = match (year, nation) {
                (2012 | 2023, _) | (2026, Nation::Scotland) => 1,
                (2022, _) => 2,
                _ => 0,
            };
            let count = holidays
                .of(nation)
                .filter(|(day, _)| day.year() == year)
                .count();
            assert_eq!(count, regular(nation) + more, "{nation} {year}");
        }
    }
}

#[test]
fn easter_lies_where_the_almanac_says() {
    for (year, sunday) in [
        (2012, "2012-04-08"),
        (2018, "2018-04-01"),
        (2019, "2019-04-21"),
        (2024, "2024-03-31"),
        (2025, "2025-04-20"),
        (2026, "2026-04-05"),
        (2027, "2027-03-28"),
        (2028, "2028-04-16"),
    ] {
        assert_eq!(easter(year), day(sunday));
    }
}

#[test]
fn one_off_days_are_bank_holidays_and_what_they_replaced_is_not() {
    let holidays = &*HOLIDAYS;
    for nation in Nation::ALL {
        for held in [
            "2012-06-04",
            "2012-06-05",
            "2020-05-08",
            "2022-06-02",
            "2022-06-03",
            "2022-09-19",
            "2023-05-08",
        ] {
            assert!(
                holidays.name(nation, day(held)).is_some(),
                "{nation} {held}"
            );
        }
        for moved in ["2012-05-28", "2020-05-04", "2022-05-30"] {
            assert_eq!(holidays.name(nation, day(moved)), None, "{nation} {moved}");
        }
        assert_eq!(
            holidays.name(nation, day("2026-06-15")).is_some(),
            nation == Nation::Scotland
        );
    }
}

#[test]
fn substitutes_lie_on_the_days_that_were_proclaimed() {
    let holidays = &*HOLIDAYS;
    use Nation::{EnglandAndWales, NorthernIreland, Scotland};
    for (nation, held, name) in [
        (EnglandAndWales, "2016-12-26", "Boxing Day"),
        (
            EnglandAndWales,
            "2016-12-27",
            "Christmas Day (substitute day)",
        ),
        (
            EnglandAndWales,
            "2021-12-27",
            "Christmas Day (substitute day)",
        ),
        (EnglandAndWales, "2021-12-28", "Boxing Day (substitute day)"),
        (EnglandAndWales, "2026-12-28", "Boxing Day (substitute day)"),
        (Scotland, "2017-01-02", "2nd January"),
        (Scotland, "2017-01-03", "New Year’s Day (substitute day)"),
        (Scotland, "2021-01-04", "2nd January (substitute day)"),
        (Scotland, "2022-01-04", "2nd January (substitute day)"),
        (Scotland, "2024-12-02", "St Andrew’s Day (substitute day)"),
        (Scotland, "2025-12-01", "St Andrew’s Day (substitute day)"),
        (
            NorthernIreland,
            "2024-03-18",
            "St Patrick’s Day (substitute day)",
        ),
        (
            NorthernIreland,
            "2026-07-13",
            "Battle of the Boyne (Orangemen’s Day) (substitute day)",
        ),
    ] {
        assert_eq!(holidays.name(nation, day(held)), Some(name), "{held}");
    }
}

#[test]
fn a_folder_adds_a_year_and_replaces_one_without_a_new_build() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("ours.toml"),
        "nation = \"scotland\"\n\
         [[holiday]]\nday = \"2026-01-01\"\nname = \"New Year\"\n\
         [[holiday]]\nday = \"2029-01-01\"\nname = \"New Year\"\n",
    )
    .unwrap();
    let holidays = BankHolidays::with_folder(folder.path()).unwrap();
    let in_2026 = |nation| {
        holidays
            .of(nation)
            .filter(|(day, _)| day.year() == 2026)
            .count()
    };
    assert_eq!(in_2026(Nation::Scotland), 1);
    assert_eq!(in_2026(Nation::EnglandAndWales), 8);
    assert_eq!(holidays.last_year(Nation::Scotland), Some(2029));
}

#[test]
fn faults_of_every_file_in_the_folder_are_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        (
            "a.toml",
            "nation = \"scotland\"\n[[holiday]]\nday = \"30/11\"\nname = \"x\"\n",
        ),
        ("b.toml", "nation = \"wales\"\n"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let faults = BankHolidays::with_folder(folder.path()).unwrap_err();
    let told = faults.to_string();
    assert!(
        told.contains("a.toml:3:7") && told.contains("30/11"),
        "{told}"
    );
    assert!(
        told.contains("b.toml:1:10") && told.contains("wales"),
        "{told}"
    );
}
