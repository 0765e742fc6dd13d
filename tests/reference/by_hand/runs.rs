//! SPEC 3, shape 5.

use super::ByHand;

const NO_ACCESS: &str = r#"
[rule.run]
over = { event = "visit" }
failing = "seen == false"
count = 2
within = "3 days"
require = { event = "meeting" }
"#;

const UNTIL_SEEN: &str = r#"
[rule.run]
over = { event = "visit" }
failing = "seen == false"
count = 2
within = "3 days"
"#;

pub const CASES: &[ByHand] = &[
    ByHand {
        sentence: "When a run reaches `count` an obligation opens on that day; longer runs open no \
                   other, but are told as evidence: its failing events in order and then the \
                   answering event",
        rule: NO_ACCESS,
        rows: "plan P 2026-09-01..\nvisit A 2026-09-02 seen='N'\nvisit B 2026-09-03 seen='N'\n\
               visit C 2026-09-05 seen='N'\nmeeting M 2026-09-04",
        t: "2026-09-06",
        lines: &["P B 2026-09-03 2026-09-06 met closed=2026-09-04 [A] [B] [C] [M]"],
    },
    ByHand {
        sentence: "unanswered: a run: its failing events",
        rule: NO_ACCESS,
        rows: "plan P 2026-09-01..\nvisit A 2026-09-02 seen='N'\nvisit B 2026-09-03 seen='N'\n\
               meeting M booked 2026-09-07",
        t: "2026-09-04",
        lines: &["P B 2026-09-03 2026-09-06 due_soon booked=2026-09-07 [A] [B]"],
    },
    ByHand {
        sentence: "each that is `failing` adds one to the run, any other ends it",
        rule: NO_ACCESS,
        rows: "plan P 2026-09-01..\nvisit A 2026-09-02 seen='N'\nvisit B 2026-09-03\n\
               visit C 2026-09-05 seen='N'\nmeeting M 2020-09-04",
        t: "2026-09-06",
        lines: &[],
    },
    ByHand {
        sentence: "a failing one more than `gap` after the last failing one starts a run of one",
        rule: r#"
            [rule.run]
            over = { event = "visit" }
            failing = "seen == false"
            count = 2
            within = "3 days"
            gap = "24 hours"
            require = { event = "meeting" }"#,
        rows: "plan P 2026-09-01..\nvisit A 2026-09-02T09:00 seen=0\nvisit B 2026-09-03T09:01 seen=0\n\
               visit C 2026-09-04T09:01 seen=0\nmeeting M 2020-09-04",
        t: "2026-09-06",
        lines: &["P C 2026-09-04 2026-09-07 pending [B] [C]"],
    },
    ByHand {
        sentence: "An answer does not end a run; its window ends on the day on which the next run \
                   reaches `count`",
        rule: NO_ACCESS,
        rows: "plan P 2026-09-01..\nvisit A 2026-09-02 seen='N'\nvisit B 2026-09-03 seen='N'\n\
               visit C 2026-09-04 seen='Y'\nvisit D 2026-09-05 seen='N'\nvisit E 2026-09-07 seen='N'\n\
               meeting M 2026-09-07",
        t: "2026-09-08",
        lines: &[
            "P B 2026-09-03 2026-09-06 missed closed=2026-09-07 over=1 [A] [B]",
            "P E 2026-09-07 2026-09-10 met closed=2026-09-07 [D] [E] [M]",
        ],
    },
    ByHand {
        sentence: "where `require` is not given, the first event that ends the run answers",
        rule: UNTIL_SEEN,
        rows: "plan P 2026-09-01..\nvisit A 2026-09-02 seen='N'\nvisit B 2026-09-03 seen='N'\n\
               visit C 2026-09-07 seen='Y'",
        t: "2026-09-08",
        lines: &["P B 2026-09-03 2026-09-06 met_late closed=2026-09-07 over=1 [A] [B] [C]"],
    },
    ByHand {
        sentence: "or cannot be judged: only a `run` goes on without its `require`",
        rule: NO_ACCESS,
        rows: "plan P 2026-09-01..\nvisit A 2026-09-02 seen='N'\nvisit B 2026-09-03 seen='N'\n\
               visit C 2026-09-05 seen='Y'",
        t: "2026-09-08",
        lines: &["P B 2026-09-03 2026-09-06 met closed=2026-09-05 [A] [B] [C]"],
    },
];
