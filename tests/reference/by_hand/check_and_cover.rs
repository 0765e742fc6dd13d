//! SPEC 3, shapes 6 and 7.

use super::ByHand;

const KEY_WORKER: &str = r#"
[rule.cover]
by = "key_worker"
grace = "2 days"
"#;

pub const CASES: &[ByHand] = &[
    ByHand {
        sentence: "A `check` of zero grace that is not so is `overdue` from the day after",
        rule: r#"
            [rule.check]
            on = { event = "conference" }
            that = "quorate""#,
        rows: "plan P 2026-09-01..\nconference A 2026-09-02 quorate='N'\nconference B 2026-09-03",
        t: "2026-09-03",
        lines: &[
            "P A 2026-09-02 2026-09-02 overdue over=1",
            "P B 2026-09-03 2026-09-03 pending",
        ],
    },
    ByHand {
        sentence: "Due `grace` later; the period ended on or before the due day: cancelled, after \
                   it: missed",
        rule: r#"
            [rule.check]
            on = { event = "conference" }
            that = "quorate"
            grace = "2 days""#,
        rows: "plan P 2026-09-01..2026-09-05\nconference A 2026-09-02 quorate='N'\n\
               conference B 2026-09-03\nconference C 2026-09-05 quorate=true",
        t: "2026-09-10",
        lines: &[
            "P A 2026-09-02 2026-09-04 missed closed=2026-09-05 over=1",
            "P B 2026-09-03 2026-09-05 cancelled closed=2026-09-05",
            "P C 2026-09-05 2026-09-07 met closed=2026-09-05 [C]",
        ],
    },
    ByHand {
        sentence: "each period of that kind that overlaps this one, opened on the first day on which \
                   both run",
        rule: r#"
            [rule.check]
            on = { period = "key_worker", where = "role != 'student'" }
            that = "qualified""#,
        rows: "plan P 2026-09-05..2026-09-20\nkey_worker A 2026-09-01..2026-09-05 qualified='Y' role='s'\n\
               key_worker B 2026-09-07.. qualified='N' role='s'\n\
               key_worker C 2026-09-01..2026-09-04 qualified='Y' role='s'\n\
               key_worker D 2026-09-07.. qualified='Y' role='student'\n\
               key_worker E 2026-09-07.. qualified='Y'",
        t: "2026-09-08",
        lines: &[
            "P A 2026-09-05 2026-09-05 met closed=2026-09-05 [A]",
            "P B 2026-09-07 2026-09-07 overdue over=1",
        ],
    },
    ByHand {
        sentence: "Every gap of the period, up to T, in which no `by` period runs: opened on the \
                   gap's first day, due `grace` later, answered on the first day that is covered \
                   again; its anchor is the `by` period that ended the day before the gap, else the \
                   period itself",
        rule: KEY_WORKER,
        rows: "plan P 2026-09-01..\nkey_worker B 2026-09-04..2026-09-10\n\
               key_worker A 2026-09-06..2026-09-10\nkey_worker D 2026-09-12..2026-09-14\n\
               key_worker C 2026-09-12..2026-09-13",
        t: "2026-09-18",
        lines: &[
            "P P 2026-09-01 2026-09-03 met_late closed=2026-09-04 over=1 [B]",
            "P A 2026-09-11 2026-09-13 met closed=2026-09-12 [C]",
            "P D 2026-09-15 2026-09-17 overdue over=1",
        ],
    },
    ByHand {
        sentence: "(not set: `0 days`); a cover that begins after T is not there yet",
        rule: r#"
            [rule.cover]
            by = "key_worker""#,
        rows: "plan P 2026-09-01..\nkey_worker B 2026-09-03..",
        t: "2026-09-02",
        lines: &["P P 2026-09-01 2026-09-01 overdue over=1"],
    },
    ByHand {
        sentence: "(with `born`: from the birth)",
        rule: r#"
            born = true
            [rule.cover]
            by = "key_worker"
            where = "role == 'social_worker'"
            grace = "2 days""#,
        rows: "born 2026-09-05\nplan P 2026-09-01..\nkey_worker A 2026-09-03..2026-09-03 role='social_worker'\n\
               key_worker B 2026-09-06.. role='nurse'\nkey_worker C 2026-09-08.. role='social_worker'",
        t: "2026-09-18",
        lines: &["P P 2026-09-05 2026-09-07 met_late closed=2026-09-08 over=1 [C]"],
    },
    ByHand {
        sentence: "a gap that the period's end leaves open ends with it",
        rule: KEY_WORKER,
        rows: "plan P 2026-09-01..2026-09-08\nkey_worker A 2026-08-01..2026-09-05\n\
               key_worker B 2026-09-09..",
        t: "2026-09-18",
        lines: &["P A 2026-09-06 2026-09-08 cancelled closed=2026-09-08"],
    },
];
