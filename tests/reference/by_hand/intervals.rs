//! SPEC 3, shape 2.

use super::ByHand;

const VISITS: &str = r#"
[rule.interval]
every = "10 days"
require = { event = "visit", where = "seen" }
"#;

const VARIED: &str = r#"
[rule.interval]
every = "10 days"
vary = "visits"
require = { event = "visit" }
"#;

pub const CASES: &[ByHand] = &[
    ByHand {
        sentence: "A chain of cycles: opens on the period's first day, answered on or after its \
                   opening day for the first cycle, later than it for the others; the next cycle \
                   opens on that day",
        rule: VISITS,
        rows: "plan P 2026-09-01..\nvisit A 2026-09-01 seen='Y'\nvisit B 2026-09-01T10:00 seen='Y'\n\
               visit C 2026-09-05 seen='N'\nvisit D 2026-09-12 seen='Y'",
        t: "2026-09-15",
        lines: &[
            "P A 2026-09-01 2026-09-11 met_late closed=2026-09-12 over=1 [D]",
            "P P 2026-09-01 2026-09-11 met closed=2026-09-01 [A]",
            "P D 2026-09-12 2026-09-22 pending",
        ],
    },
    ByHand {
        sentence: "The first opens on the day of the first counting event that matches `from`",
        rule: r#"
            [rule.interval]
            every = "10 days"
            from = { event = "core_group" }
            require = { event = "core_group" }"#,
        rows: "plan P 2026-09-01..\ncore_group G 2026-09-05\ncore_group H 2026-09-14",
        t: "2026-09-15",
        lines: &[
            "P G 2026-09-05 2026-09-15 met closed=2026-09-14 [H]",
            "P H 2026-09-14 2026-09-24 pending",
        ],
    },
    ByHand {
        sentence: "(none yet: no cycle)",
        rule: r#"
            [rule.interval]
            every = "10 days"
            from = { event = "core_group" }
            require = { event = "core_group" }"#,
        rows: "plan P 2026-09-01..\ncore_group G 2026-08-31\ncore_group H booked 2026-09-14",
        t: "2026-09-15",
        lines: &[],
    },
    ByHand {
        sentence: "the event that opens an obligation never answers it; another of its day does",
        rule: r#"
            [rule.interval]
            every = "10 days"
            from = { event = "core_group" }
            require = [{ event = "core_group" }, { event = "visit" }]"#,
        rows: "plan P 2026-09-01..\ncore_group G 2026-09-05\nvisit V 2026-09-05",
        t: "2026-09-06",
        lines: &[
            "P G 2026-09-05 2026-09-15 met closed=2026-09-05 [V]",
            "P V 2026-09-05 2026-09-15 pending",
        ],
    },
    ByHand {
        sentence: "with `born`, on the birth if that is later (the anchor stays)",
        rule: r#"
            born = true
            [rule.interval]
            every = "10 days"
            require = { event = "visit" }"#,
        rows: "born 2026-09-08\nplan P 2026-09-01..\nvisit A 2026-09-03\nvisit B 2026-09-08",
        t: "2026-09-08",
        lines: &[
            "P B 2026-09-08 2026-09-18 pending",
            "P P 2026-09-08 2026-09-18 met closed=2026-09-08 [B]",
        ],
    },
    ByHand {
        sentence: "The chain ends with the period; its last day still answers",
        rule: VISITS,
        rows: "plan P 2026-09-01..2026-09-20\nvisit A 2026-09-08 seen='Y'\nvisit B 2026-09-20 seen=1",
        t: "2026-09-30",
        lines: &[
            "P P 2026-09-01 2026-09-11 met closed=2026-09-08 [A]",
            "P A 2026-09-08 2026-09-18 met_late closed=2026-09-20 over=2 [B]",
        ],
    },
    ByHand {
        sentence: "no cycle opens on the day on which the chain ends: a plan of one day has none",
        rule: VISITS,
        rows: "plan P 2026-09-01..2026-09-01\nvisit A 2026-09-01 seen='Y'",
        t: "2026-09-01",
        lines: &[],
    },
    ByHand {
        sentence: "or on the day of the first counting event that matches `until`, whose own day \
                   still answers",
        rule: r#"
            [rule.interval]
            every = "10 days"
            until = { event = "assessment" }
            require = { event = "visit" }"#,
        rows: "plan P 2026-09-01..\nassessment S 2026-09-12T09:00\nvisit A 2026-09-12T11:00\n\
               visit B 2026-09-20",
        t: "2026-09-30",
        lines: &["P P 2026-09-01 2026-09-11 met_late closed=2026-09-12 over=1 [A]"],
    },
    ByHand {
        sentence: "`lead` does not reach `until`",
        rule: r#"
            lead = "10 days"
            [rule.interval]
            every = "10 days"
            until = { event = "assessment", nth = 1 }
            require = { event = "visit" }"#,
        rows: "plan P 2026-09-01..\nassessment S 2026-08-30\nassessment R 2026-09-06\n\
               visit A 2026-08-31",
        t: "2026-09-30",
        lines: &["P P 2026-09-01 2026-09-11 cancelled closed=2026-09-06"],
    },
    ByHand {
        sentence: "`first` for the first cycle, where set",
        rule: r#"
            [rule.interval]
            every = "6 months"
            first = "3 months"
            require = { event = "conference" }"#,
        rows: "plan P 2026-01-31..\nconference C 2026-04-30",
        t: "2026-10-31",
        lines: &[
            "P P 2026-01-31 2026-04-30 met closed=2026-04-30 [C]",
            "P C 2026-04-30 2026-10-30 overdue over=1",
        ],
    },
    ByHand {
        sentence: "`target`: due_soon from this long after the opening, instead of `remind`",
        rule: r#"
            remind = "9 days"
            [rule.interval]
            every = "10 days"
            target = "5 days"
            require = { event = "visit" }"#,
        rows: "plan P 2026-09-01..\nvisit A 2020-09-12",
        t: "2026-09-05",
        lines: &["P P 2026-09-01 2026-09-11 pending"],
    },
    ByHand {
        sentence: "`target`: due_soon from this long after the opening",
        rule: r#"
            [rule.interval]
            every = "10 days"
            target = "5 days"
            require = { event = "visit" }"#,
        rows: "plan P 2026-09-01..\nvisit A 2020-09-12",
        t: "2026-09-06",
        lines: &["P P 2026-09-01 2026-09-11 due_soon"],
    },
    ByHand {
        sentence: "that of the latest-starting `variation` period with that `topic` that runs on \
                   that day: a shorter one needs no authority, and is due at once where its time is \
                   up",
        rule: VARIED,
        rows: "plan P 2026-09-01..\nvisit A 2020-09-12\n\
               variation X 2026-09-08.. topic='visits' every='5~days'\n\
               variation Y 2026-09-07.. topic='other' every='1~day'",
        t: "2026-09-09",
        lines: &["P P 2026-09-01 2026-09-08 overdue over=1"],
    },
    ByHand {
        sentence: "One that is longer is in force only where its `authorised_by` is not empty; one \
                   that is not in force is passed over",
        rule: VARIED,
        rows: "plan P 2026-09-01..\nvisit A 2020-09-12\n\
               variation X 2026-09-02.. topic='visits' every='20~days' authorised_by='Ann'\n\
               variation Y 2026-09-03.. topic='visits' every='30~days'",
        t: "2026-09-09",
        lines: &["P P 2026-09-01 2026-09-21 pending"],
    },
    ByHand {
        sentence: "that runs on that day: a longer one that has ended leaves the cycle due",
        rule: VARIED,
        rows: "plan P 2026-09-01..\nvisit A 2020-09-12\n\
               variation X 2026-09-02..2026-09-14 topic='visits' every='20~days' authorised_by='A'",
        t: "2026-09-14",
        lines: &["P P 2026-09-01 2026-09-15 pending"],
    },
    ByHand {
        sentence: "of several that start on one day, the last by id",
        rule: VARIED,
        rows: "plan P 2026-09-01..\nvisit A 2020-09-12\n\
               variation V9 2026-09-02.. topic='visits' every='3~days'\n\
               variation V10 2026-09-02.. topic='visits' every='5~days'",
        t: "2026-09-02",
        lines: &["P P 2026-09-01 2026-09-04 pending"],
    },
    ByHand {
        sentence: "(For `vary` alone, `variation` periods are read with all the days recorded for \
                   them, future ones too.)",
        rule: VARIED,
        rows: "plan P 2026-09-01..\nvisit A 2020-09-12\n\
               variation X 2026-09-08..2026-09-08 topic='visits' every='5~days'",
        t: "2026-09-01",
        lines: &["P P 2026-09-01 2026-09-08 pending"],
    },
    ByHand {
        sentence: "A variation that starts before the period's first day, or after the cycle was \
                   answered, does not count for it",
        rule: VARIED,
        rows: "plan P 2026-09-01..\nvisit A 2026-09-06\n\
               variation X 2026-08-31.. topic='visits' every='2~days'\n\
               variation Y 2026-09-07.. topic='visits' every='3~days'",
        t: "2026-09-06",
        lines: &[
            "P P 2026-09-01 2026-09-11 met closed=2026-09-06 [A]",
            "P A 2026-09-06 2026-09-09 pending",
        ],
    },
    ByHand {
        sentence: "booked: a booking that, held, would end the chain on the opening day answers \
                   nothing: no cycle opens on the day on which the chain ends",
        rule: r#"
            [rule.interval]
            every = "10 days"
            until = { event = "visit" }
            require = { event = "visit" }"#,
        rows: "plan P 2026-09-01..\nvisit A booked 2026-09-01\nvisit B booked 2026-09-04",
        t: "2026-09-01",
        lines: &["P P 2026-09-01 2026-09-11 pending booked=2026-09-04"],
    },
    ByHand {
        sentence: "booked: a booking that, held, would be the opener answers nothing",
        rule: r#"
            [rule.interval]
            every = "10 days"
            from = { event = "core_group" }
            require = { event = "core_group" }"#,
        rows: "plan P 2026-09-01..\ncore_group B 2026-09-02\ncore_group A booked 2026-09-02",
        t: "2026-09-02",
        lines: &["P B 2026-09-02 2026-09-12 pending"],
    },
    ByHand {
        sentence: "with `born`, on the birth if that is later: a booking on that day comes after the \
                   opener and answers",
        rule: r#"
            born = true
            [rule.interval]
            every = "10 days"
            from = { event = "core_group" }
            require = { event = "core_group" }"#,
        rows: "born 2026-09-03\nplan P 2026-09-01..\ncore_group B 2026-09-02\n\
               core_group A booked 2026-09-03",
        t: "2026-09-03",
        lines: &["P B 2026-09-03 2026-09-13 pending booked=2026-09-03"],
    },
];
