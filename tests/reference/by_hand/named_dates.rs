//! Plans and births that lie awkwardly: a plan of one day, two that abut, a birth during the plan,
//! twins with different conferences. The awkward days of the calendar itself are tried in
//! `src/calendar/tests` and in `dates`.

use super::{ByHand, days_off, known};
use crate::engine::{self, World};
use crate::pack::Pack;
use crate::rows;

const SEEN: &str = r#"
[rule.interval]
every = "2 weeks"
require = { event = "visit" }
"#;

const CORE_GROUP: &str = r#"
[rule.deadline]
after = { event = "conference" }
within = "10 days"
require = { event = "core_group" }
"#;

pub const CASES: &[ByHand] = &[
    ByHand {
        sentence: "a plan that starts and ends on the same day: no cycle opens on the day on which \
                   the chain ends",
        rule: SEEN,
        rows: "plan P 2026-10-05..2026-10-05\nvisit A 2026-10-05",
        t: "2026-11-05",
        lines: &[],
    },
    ByHand {
        sentence: "a plan that starts and ends on the same day: what opened on it ended with it",
        rule: CORE_GROUP,
        rows: "plan P 2026-10-05..2026-10-05\nconference C 2026-10-05\ncore_group G 2026-10-06",
        t: "2026-11-05",
        lines: &["P C 2026-10-05 2026-10-15 cancelled closed=2026-10-05"],
    },
    ByHand {
        sentence: "two plans that abut: each day counts in its own",
        rule: SEEN,
        rows: "plan P 2026-09-21..2026-09-30\nplan Q 2026-10-01..\nvisit A 2026-09-30\n\
               visit B 2026-10-01",
        t: "2026-10-05",
        lines: &[
            "P P 2026-09-21 2026-10-05 met closed=2026-09-30 [A]",
            "Q B 2026-10-01 2026-10-15 pending",
            "Q Q 2026-10-01 2026-10-15 met closed=2026-10-01 [B]",
        ],
    },
    ByHand {
        sentence: "two plans that share a day: what is held on it counts in both",
        rule: SEEN,
        rows: "plan P 2026-09-21..2026-10-01\nplan Q 2026-10-01..\nvisit A 2026-10-01",
        t: "2026-10-05",
        lines: &[
            "P P 2026-09-21 2026-10-05 met closed=2026-10-01 [A]",
            "Q A 2026-10-01 2026-10-15 pending",
            "Q Q 2026-10-01 2026-10-15 met closed=2026-10-01 [A]",
        ],
    },
    ByHand {
        sentence: "a birth during the plan: the first cycle opens on the birth",
        rule: r#"
            born = true
            [rule.interval]
            every = "2 weeks"
            require = { event = "visit" }"#,
        rows: "born 2026-10-10\nplan P 2026-10-01..\nvisit A 2026-10-05\nvisit B 2026-10-15",
        t: "2026-10-20",
        lines: &[
            "P P 2026-10-10 2026-10-24 met closed=2026-10-15 [B]",
            "P B 2026-10-15 2026-10-29 pending",
        ],
    },
];

#[test]
fn twins_with_different_conferences_have_each_their_own_due_days() {
    let off = days_off();
    let rows = |conference: &str| {
        format!(
            "born 2020-02-29\nplan P{conference} 2026-10-01..\nconference C{conference} {conference}\ncore_group G{conference} 2020-01-01"
        )
    };
    let pack = Pack::read(&format!(
        "[[rule]]\nid = 'rule'\ntitle = 'Rule'\nclause = '1'\nseverity = 'high'\n{CORE_GROUP}"
    ));
    let world = World {
        cases: vec![
            rows::parse("anna", &rows("2026-10-05"), &off),
            rows::parse("ben", &rows("2026-10-12"), &off),
        ],
        rules: vec![pack.rule[0].clone()],
    };
    let calendar = engine::calendar(&off);
    let answers = engine::evaluate(&world, &known(), &calendar, &[rows::day("2026-10-16")]);
    let lines = answers.expect("a sound pack").lines.remove(0);
    let said: Vec<_> = lines
        .iter()
        .map(|line| format!("{} {} {}", line.child, line.due, line.state))
        .collect();
    assert_eq!(said, ["anna 2026-10-15 overdue", "ben 2026-10-22 pending"]);
}
