//! A made-up authority's Standard Safeguarding Dataset, in SQL that PostgreSQL, MariaDB and SQLite take
//! alike, with what such data is like: unborn children, twins, transfers in, visits without a plan or a
//! day, other authorities' plans, teams that change, involvements that ended.

use std::fmt::Display;

use corewatch::calendar::Day;

/// Its tables.
pub const SSD_TABLES: &str = include_str!("../../ssd/tables.sql");

/// How many children it has.
const SSD_CHILDREN: i64 = 60;

/// The last day on which anything was recorded.
const LAST: &str = "2026-11-19";

/// Rows, as the statements that insert them.
struct Rows {
    sql: String,
    last: Day,
}

/// A text, or null where there is none.
fn text(value: impl Display) -> String {
    let value = value.to_string();
    if value == "-" {
        "NULL".to_owned()
    } else {
        format!("'{value}'")
    }
}

impl Rows {
    fn put(&mut self, table: &str, values: &[String]) {
        let row = format!("INSERT INTO {table} VALUES ({});\n", values.join(", "));
        self.sql.push_str(&row);
    }

    /// A day at midnight, as the dataset has it; null where it had not come yet.
    fn day(&self, day: Day) -> String {
        if day > self.last {
            return "NULL".to_owned();
        }
        format!("'{day} 00:00:00'")
    }

    fn at(&self, day: Day, time: &str) -> String {
        if day > self.last {
            return "NULL".to_owned();
        }
        format!("'{day} {time}'")
    }
}

/// All rows of the dataset.
pub fn ssd_rows() -> String {
    let mut rows = Rows {
        sql: String::new(),
        last: LAST.parse().expect("a day"),
    };
    staff(&mut rows);
    for child in 0..SSD_CHILDREN {
        put_child(&mut rows, child);
    }
    rows.sql
}

fn staff(rows: &mut Rows) {
    for worker in 0..6 {
        // One is not registered.
        let registration = if worker == 5 { "" } else { "SW" };
        rows.put(
            "ssd_professionals",
            &[
                text(format!("w{worker}")),
                text(100 + worker),
                text(format!("Zoë Example {worker}")),
                text(registration),
                text("Social Worker"),
                text(format!("t{}", worker % 3)),
            ],
        );
    }
    let officer = [
        "iro",
        "200",
        "Ira Example",
        "SW9",
        "Independent Reviewing Officer",
        "t9",
    ];
    rows.put("ssd_professionals", &officer.map(text));
    for team in 0..3 {
        let name = format!("Team {team}");
        let row = [
            format!("t{team}"),
            name,
            "d0".to_owned(),
            "Children".to_owned(),
        ];
        rows.put("ssd_department", &row.map(text));
    }
    rows.put("ssd_department", &["d0", "Children", "-", "-"].map(text));
}

fn put_child(rows: &mut Rows, i: i64) {
    let person = format!("p{i:03}");
    // Two in eight are twins: everything of theirs is on the same days.
    let family = if i % 8 == 5 { i - 1 } else { i };
    let first: Day = "2026-01-05".parse().expect("a day");
    let began = first.plus(family * 4);
    let conference = began.plus(12 + family % 13);
    let null = || "NULL".to_owned();
    let (born, expected) = match i % 8 {
        7 => (null(), text("2026-12-24 00:00:00")),
        6 => (
            rows.day(conference.plus(20)),
            text(format!("{} 00:00:00", conference.plus(30))),
        ),
        _ => (
            text(format!("{} 00:00:00", began.plus(-400 * (1 + family % 15)))),
            null(),
        ),
    };
    let died = if i == 41 {
        rows.day(conference.plus(90))
    } else {
        null()
    };
    rows.put("ssd_person", &[text(&person), born, expected, died]);

    let transferred = i % 10 == 3;
    let no_further_action = i % 9 == 2;
    if !transferred {
        put_enquiry(rows, &person, 1, began, no_further_action);
    }
    put_assessment(rows, &person, i, began);
    put_involvements(rows, &person, i, began);
    if no_further_action {
        return;
    }
    let held = i % 11 != 5;
    rows.put(
        "ssd_initial_cp_conference",
        &[
            text(format!("i{person}")),
            text(format!("m{family}")),
            if transferred {
                null()
            } else {
                text(format!("s{person}-1"))
            },
            text(&person),
            text(format!("c{person}")),
            text(if transferred { "Y" } else { "N" }),
            rows.day(began.plus(21)),
            if held { rows.day(conference) } else { null() },
            text(if held { "Y" } else { "" }),
            text("t0"),
            text("iro"),
        ],
    );
    if !held {
        return;
    }
    let ended = (i % 6 == 0).then(|| conference.plus(170 + i));
    rows.put(
        "ssd_cp_plans",
        &[
            text(format!("c{person}")),
            text(format!("i{person}")),
            text(&person),
            rows.day(conference),
            ended.map_or_else(null, |day| rows.day(day)),
            text(if i % 12 == 1 { "Y" } else { "N" }),
            text("NEG"),
            text(if i % 3 == 0 { "" } else { "EMO" }),
        ],
    );
    if i % 5 == 0 {
        // A second enquiry, while the child is on the plan.
        put_enquiry(rows, &person, 2, conference.plus(60), false);
    }
    put_visits(rows, &person, i, conference);
    put_reviews(rows, &person, i, conference);
}

fn put_enquiry(rows: &mut Rows, person: &str, number: u8, began: Day, no_further_action: bool) {
    let row = [
        text(format!("s{person}-{number}")),
        text(person),
        rows.day(began),
        rows.day(began.plus(9)),
        text(if no_further_action { "Y" } else { "N" }),
    ];
    rows.put("ssd_s47_enquiry", &row);
}

fn put_assessment(rows: &mut Rows, person: &str, i: i64, began: Day) {
    let authorised = if i % 7 == 3 {
        "NULL".to_owned()
    } else {
        rows.day(began.plus(40 + i % 40))
    };
    let row = [
        text(format!("a{person}")),
        text(person),
        text(format!("r{person}")),
        rows.day(began),
        authorised,
        text(if i % 4 == 0 { "N" } else { "Y" }),
    ];
    rows.put("ssd_cin_assessments", &row);
}

fn put_involvements(rows: &mut Rows, person: &str, i: i64, began: Day) {
    let moved = began.plus(50);
    // With every fourth child some days pass before the next team takes over.
    let taken_over = moved.plus(if i % 4 == 0 { 8 } else { 1 });
    let (worker, next) = (format!("w{}", i % 6), format!("w{}", (i + 1) % 6));
    let (team, next_team) = (format!("t{}", i % 3), format!("t{}", (i + 1) % 3));
    let open = || "NULL".to_owned();
    for (number, worker, role, team, from, to) in [
        (1, worker.as_str(), "CW", team.as_str(), began, Some(moved)),
        (2, next.as_str(), "CW", next_team.as_str(), taken_over, None),
        (3, "iro", "IRO", "t9", began, None),
    ] {
        let row = [
            text(format!("n{person}-{number}")),
            text(worker),
            text(role),
            text(team),
            text(person),
            rows.day(from),
            to.map_or_else(open, |day| rows.day(day)),
            text(format!("r{person}")),
        ];
        rows.put("ssd_involvements", &row);
    }
}

fn put_visits(rows: &mut Rows, person: &str, i: i64, conference: Day) {
    let mut day = conference.plus(3);
    for number in 0.. {
        if day > rows.last {
            return;
        }
        let at = match number {
            2 if i % 13 == 2 => "NULL".to_owned(),
            n if n % 4 == 1 => rows.at(day, "14:30:00"),
            // A night on which the clocks go back has this time twice.
            n if n % 4 == 3 => rows.at(day, "01:30:00"),
            _ => rows.day(day),
        };
        let seen = ["Y", "Y", "N", "", "-"][(number + i as usize) % 5];
        let alone = ["Y", "N", "Y"][number % 3];
        let plan = if number % 3 == 0 {
            "-".to_owned()
        } else {
            format!("c{person}")
        };
        let row = [
            text(format!("v{person}-{number}")),
            text(person),
            text(plan),
            at,
            text(seen),
            text(alone),
            "NULL".to_owned(),
        ];
        rows.put("ssd_cp_visits", &row);
        day = day.plus(7 + (i + number as i64) % 6);
    }
}

fn put_reviews(rows: &mut Rows, person: &str, i: i64, conference: Day) {
    for (number, due, held) in [(1, 91, 85 + i % 14), (2, 275, 250 + i % 40)] {
        let row = [
            text(format!("r{person}-{number}")),
            text(person),
            text(if i % 2 == 0 {
                "-".to_owned()
            } else {
                format!("c{person}")
            }),
            text(format!("{} 00:00:00", conference.plus(due))),
            if i % 7 == 6 {
                "NULL".to_owned()
            } else {
                rows.day(conference.plus(held))
            },
            text(format!("m{person}-{number}")),
            text("Y"),
            text("Y"),
        ];
        rows.put("ssd_cp_reviews", &row);
    }
}
