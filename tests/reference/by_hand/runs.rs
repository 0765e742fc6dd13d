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
    ByHand {
        sentence: "nth = 1: only the first counts, so that a booking of another cannot end the run",
        rule: r#"
            [rule.run]
            over = { event = "visit", nth = 1 }
            failing = "seen == false"
            count = 1
            within = "3 days""#,
        rows: "plan P 2026-09-01..\nvisit A 2026-09-02 seen='N'\nvisit B booked 2026-09-07",
        t: "2026-09-03",
        lines: &["P A 2026-09-02 2026-09-05 pending [A]"],
    },
    ByHand {
        sentence: "a booking on the anchor's day that comes before it in order does not end its run",
        rule: r#"
            [rule.run]
            over = { event = "visit" }
            failing = "seen == false"
            count = 1
            within = "3 days""#,
        rows: "plan P 2026-09-01..\nvisit B4 2026-09-02 seen='N'\nvisit B27 booked 2026-09-02\n\
               visit B5 booked 2026-09-03",
        t: "2026-09-02",
        lines: &["P B4 2026-09-02 2026-09-05 pending booked=2026-09-03 [B4]"],
    },
    ByHand {
        sentence: "Several that complete a run on one day are one, the first in order",
        rule: r#"
            [rule.run]
            over = { event = "visit" }
            failing = "seen == false"
            count = 1
            within = "3 days""#,
        rows: "plan P 2026-09-01..\nvisit A 2026-09-02T09:00 seen='N'\n\
               visit B 2026-09-02T10:00 seen='Y'\nvisit C 2026-09-02T11:00 seen='N'",
        t: "2026-09-03",
        lines: &["P A 2026-09-02 2026-09-05 met closed=2026-09-02 [A] [B]"],
    },
    ByHand {
        sentence: "every other event on or after the next run's day answers the next",
        rule: r#"
            [rule.run]
            over = { event = "visit" }
            failing = "seen == false"
            count = 1
            within = "5 days"
            gap = "48 hours""#,
        rows: "plan P 2026-08-01..\nvisit A 2026-08-28 seen='N'\nvisit B 2026-09-10 seen='N'\n\
               visit C 2026-09-10 seen='Y'",
        t: "2026-09-20",
        lines: &[
            "P A 2026-08-28 2026-09-02 missed closed=2026-09-10 over=8 [A]",
            "P B 2026-09-10 2026-09-15 met closed=2026-09-10 [B] [C]",
        ],
    },
];
