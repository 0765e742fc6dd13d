//! SPEC 3, shapes 3 and 4.

use super::ByHand;

const BEDROOM: &str = r#"
[rule.between]
marks = { event = "conference" }
require = { event = "visit", where = "bedroom_seen" }
latest = ["3 months", "6 months"]
"#;

const REPORT: &str = r#"
[rule.ahead]
of = { event = "conference" }
by = "3 working days"
require = { event = "report" }
"#;

pub const CASES: &[ByHand] = &[
    ByHand {
        sentence: "answered by the first counting event that matches `require` after the mark's day, \
                   up to and including the next mark's day: met, however late",
        rule: BEDROOM,
        rows: "plan P 2026-01-05..\nconference A 2026-01-05\nvisit V 2026-01-05 bedroom_seen='Y'\n\
               conference B 2026-04-10\nvisit W 2026-04-10 bedroom_seen='Y'",
        t: "2026-04-10",
        lines: &[
            "P A 2026-01-05 2026-04-10 met closed=2026-04-10 [W]",
            "P B 2026-04-10 2026-10-10 pending",
        ],
    },
    ByHand {
        sentence: "the thing can no longer be done (the next mark was held): missed, where cancelled \
                   fits too",
        rule: BEDROOM,
        rows: "plan P 2026-01-05..\nconference A 2026-01-05\nconference B 2026-03-10\n\
               visit V 2020-01-05 bedroom_seen='Y'",
        t: "2026-03-10",
        lines: &[
            "P A 2026-01-05 2026-03-10 missed closed=2026-03-10",
            "P B 2026-03-10 2026-09-10 pending",
        ],
    },
    ByHand {
        sentence: "Due: the earliest day after the mark, in the period and not before T, for which an \
                   event that matches `marks` is booked",
        rule: BEDROOM,
        rows: "plan P 2026-01-05..\nconference A 2026-01-05\nconference B booked 2026-02-01\n\
               conference C booked 2026-03-01\nconference D booked 2026-05-01\n\
               visit V 2020-01-05 bedroom_seen='Y'",
        t: "2026-02-02",
        lines: &["P A 2026-01-05 2026-03-01 pending"],
    },
    ByHand {
        sentence: "(once it has closed: not before that day)",
        rule: BEDROOM,
        rows: "plan P 2026-01-05..\nconference A 2026-01-05\nconference B booked 2026-02-01\n\
               visit V 2026-01-20 bedroom_seen='Y'",
        t: "2026-03-02",
        lines: &["P A 2026-01-05 2026-02-01 met closed=2026-01-20 [V]"],
    },
    ByHand {
        sentence: "(with `nth` in `marks`, none)",
        rule: r#"
            [rule.between]
            marks = { event = "conference", nth = 1 }
            require = { event = "visit", where = "bedroom_seen" }
            latest = ["3 months"]"#,
        rows: "plan P 2026-01-05..\nconference A 2026-01-05\nconference B 2026-02-01\n\
               conference C booked 2026-03-01\nvisit V 2020-01-05 bedroom_seen='Y'",
        t: "2026-02-02",
        lines: &["P A 2026-01-05 2026-04-05 pending"],
    },
    ByHand {
        sentence: "With `born` a between opens on the birth instead, where that is before its end",
        rule: r#"
            born = true
            [rule.between]
            marks = { event = "conference" }
            require = { event = "visit", where = "bedroom_seen" }
            latest = ["3 months"]"#,
        rows: "born 2026-03-01\nplan P 2026-01-05..\nconference A 2026-01-05\n\
               conference B 2026-03-01\nconference C 2026-04-01\nvisit V 2020-01-05 bedroom_seen=1",
        t: "2026-04-02",
        lines: &[
            "P B 2026-03-01 2026-04-01 missed closed=2026-04-01",
            "P C 2026-04-01 2026-07-01 pending",
        ],
    },
    ByHand {
        sentence: "Due `by` before its day; opened on the day of the target before it in order, else \
                   on the period's first day",
        rule: REPORT,
        // Tue 7 April less three working days: Easter Monday and Good Friday are off.
        rows: "plan P 2026-03-02..\nconference A 2026-04-07\nconference B booked 2026-06-30\n\
               report R 2026-03-31",
        t: "2026-04-08",
        lines: &[
            "P A 2026-03-02 2026-03-31 met closed=2026-03-31 [R]",
            "P B 2026-04-07 2026-06-25 pending",
        ],
    },
    ByHand {
        sentence: "Answered by the earliest counting `require` event after the opening day and not \
                   after the target's day",
        rule: REPORT,
        rows: "plan P 2026-03-02..\nconference A 2026-04-07\nconference B 2026-06-30\n\
               report R 2026-04-07\nreport S 2026-06-30",
        t: "2026-07-08",
        lines: &[
            "P A 2026-03-02 2026-03-31 met_late closed=2026-04-07 over=7 [R]",
            "P B 2026-04-07 2026-06-25 met_late closed=2026-06-30 over=5 [S]",
        ],
    },
    ByHand {
        sentence: "(on or after the period's first day, for the first)",
        rule: r#"
            lead = "10 days"
            [rule.ahead]
            of = { event = "conference" }
            by = "1 day"
            require = { event = "report" }"#,
        rows: "plan P 2026-03-02..\nconference A 2026-03-05\nreport Q 2026-03-01\nreport R 2026-03-02",
        t: "2026-03-05",
        lines: &["P A 2026-03-02 2026-03-04 met closed=2026-03-02 [R]"],
    },
    ByHand {
        sentence: "the thing can no longer be done (the target was held): missed",
        rule: r#"
            [rule.ahead]
            of = { event = "conference" }
            by = "0 days"
            require = { event = "report" }"#,
        rows: "plan P 2026-03-02..\nconference A 2026-04-07\nreport R 2026-04-08",
        t: "2026-04-08",
        lines: &["P A 2026-03-02 2026-04-07 missed closed=2026-04-07"],
    },
    ByHand {
        sentence: "A booking for a day before T is no target where a later event in order that \
                   matches `of` is held or booked",
        rule: REPORT,
        rows: "plan P 2026-03-02..\nconference A booked 2026-04-07\nconference B booked 2026-06-30\n\
               report R 2020-04-07",
        t: "2026-04-08",
        lines: &["P B 2026-03-02 2026-06-25 pending"],
    },
    ByHand {
        sentence: "A booking for a day before T stays a target where nothing later is held or booked",
        rule: REPORT,
        rows: "plan P 2026-03-02..\nconference A booked 2026-04-07\nreport R 2020-04-07",
        t: "2026-04-08",
        lines: &["P A 2026-03-02 2026-03-31 overdue over=8"],
    },
    ByHand {
        sentence: "booked for a day before the first day of the child's next period of that kind",
        rule: REPORT,
        rows: "plan P 2026-03-02..2026-03-20\nplan Q 2026-03-23..\nconference A booked 2026-03-23\n\
               report R 2020-04-07",
        t: "2026-03-23",
        lines: &["Q A 2026-03-23 2026-03-18 overdue over=5"],
    },
    ByHand {
        sentence: "Where the period ends before the target's day, the obligation ends with the period",
        rule: REPORT,
        rows: "plan P 2026-03-02..2026-03-20\nconference A booked 2026-04-07\n\
               conference B booked 2026-04-20\nreport R 2020-04-07",
        t: "2026-03-23",
        lines: &["P A 2026-03-02 2026-03-31 cancelled closed=2026-03-20"],
    },
    ByHand {
        sentence: "`linked`: on or after the period's first day for every target, and only one whose \
                   `about` is the target",
        rule: r#"
            [rule.ahead]
            of = { event = "conference" }
            by = "5 days"
            linked = true
            require = { event = "report" }"#,
        rows: "plan P 2026-03-02..\nconference A 2026-04-07\nconference B booked 2026-06-30\n\
               report R 2026-03-31 about=B\nreport S 2026-04-03 about=A",
        t: "2026-04-08",
        lines: &[
            "P A 2026-03-02 2026-04-02 met_late closed=2026-04-03 over=1 [S]",
            "P B 2026-04-07 2026-06-25 met closed=2026-03-31 [R]",
        ],
    },
    ByHand {
        sentence: "An obligation that opens later than T is not given out",
        rule: REPORT,
        rows: "plan P 2026-03-02..\nconference A booked 2026-04-07\nconference B booked 2026-06-30\n\
               report R 2020-03-31",
        t: "2026-03-08",
        lines: &["P A 2026-03-02 2026-03-31 pending"],
    },
    ByHand {
        sentence: "Several that match `of` (unlinked) on one day are one, the held before the \
                   booked: and `nth` takes the first of these",
        rule: r#"
            [rule.ahead]
            of = { event = "conference", nth = 1 }
            by = "5 days"
            require = { event = "report" }"#,
        rows: "plan P 2026-03-02..\nconference A booked 2026-04-07\nconference B 2026-04-07\n\
               report R 2026-03-31",
        t: "2026-04-07",
        lines: &["P B 2026-03-02 2026-04-02 met closed=2026-03-31 [R]"],
    },
    ByHand {
        sentence: "the event that it is ahead of never answers it",
        rule: r#"
            [rule.ahead]
            of = { event = "conference" }
            by = "5 days"
            require = { event = "conference" }"#,
        rows: "plan P 2026-03-02..\nconference A 2026-04-07",
        t: "2026-04-07",
        lines: &["P A 2026-03-02 2026-04-02 missed closed=2026-04-07 over=5"],
    },
    ByHand {
        sentence: "`lead` reaches not the targets of `ahead`",
        rule: r#"
            lead = "10 days"
            [rule.ahead]
            of = { event = "conference" }
            by = "5 days"
            require = { event = "report" }"#,
        rows: "plan P 2026-03-02..\nconference A 2026-03-01\nconference B 2026-03-20\n\
               report R 2026-03-10",
        t: "2026-04-07",
        lines: &["P B 2026-03-02 2026-03-15 met closed=2026-03-10 [R]"],
    },
];
