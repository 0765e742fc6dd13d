//! SPEC 3, shape 1, and the states.

use super::ByHand;

const CORE_GROUP: &str = r#"
[rule.deadline]
after = { event = "conference" }
within = "10 days"
require = { event = "core_group" }
"#;

const OWN_KIND: &str = r#"
[rule.deadline]
after = { event = "conference", where = "kind != 'other'" }
within = "10 days"
require = { event = "conference", where = "kind != 'initial'" }
"#;

pub const CASES: &[ByHand] = &[
    ByHand {
        sentence: "lies on or after that day, by the day, whatever the times",
        rule: CORE_GROUP,
        rows: "plan P 2026-09-01..\nconference C 2026-09-01T15:00\ncore_group G 2026-09-01T09:00",
        t: "2026-09-02",
        lines: &["P C 2026-09-01 2026-09-11 met closed=2026-09-01 [G]"],
    },
    ByHand {
        sentence: "(strictly after it, where it is of the anchor's own event kind)",
        rule: OWN_KIND,
        rows: "plan P 2026-09-01..\nconference C 2026-09-01T09:00 kind='initial'\n\
               conference D 2026-09-01T15:00 kind='other'\n\
               conference E 2026-09-02 kind='other'",
        t: "2026-09-02",
        lines: &["P C 2026-09-01 2026-09-11 met closed=2026-09-02 [E]"],
    },
    ByHand {
        sentence: "with `linked = true`, only by one whose `about` is the anchor's id",
        rule: r#"
            [rule.deadline]
            after = { event = "conference" }
            within = "10 days"
            linked = true
            require = { event = "minutes" }"#,
        rows: "plan P 2026-09-01..\nconference C 2026-09-01\nconference D 2026-09-05\n\
               minutes M 2026-09-06 about=D\nminutes N 2026-09-13 about=C",
        t: "2026-09-20",
        lines: &[
            "P C 2026-09-01 2026-09-11 met_late closed=2026-09-13 over=2 [N]",
            "P D 2026-09-05 2026-09-15 met closed=2026-09-06 [M]",
        ],
    },
    ByHand {
        sentence: "Without `linked` its window ends on the day of the rule's next anchor; cancelled: \
                   unanswered when its window ended on or before the due day",
        rule: CORE_GROUP,
        rows: "plan P 2026-09-01..\nconference C 2026-09-01\nconference D 2026-09-11\n\
               core_group G 2026-09-11",
        t: "2026-09-20",
        lines: &[
            "P C 2026-09-01 2026-09-11 cancelled closed=2026-09-11",
            "P D 2026-09-11 2026-09-21 met closed=2026-09-11 [G]",
        ],
    },
    ByHand {
        sentence: "missed: unanswered when its window ended, and the due day was past",
        rule: CORE_GROUP,
        rows: "plan P 2026-09-01..\nconference C 2026-09-01\nconference D 2026-09-12\n\
               core_group G 2026-09-13",
        t: "2026-09-20",
        lines: &[
            "P C 2026-09-01 2026-09-11 missed closed=2026-09-12 over=1",
            "P D 2026-09-12 2026-09-22 met closed=2026-09-13 [G]",
        ],
    },
    ByHand {
        sentence: "the next anchor itself still answers this one where it matches `require`",
        rule: OWN_KIND,
        rows: "plan P 2026-09-01..\nconference C 2026-09-01 kind='initial'\n\
               conference D 2026-09-08 kind='review'",
        t: "2026-09-10",
        lines: &[
            "P C 2026-09-01 2026-09-11 met closed=2026-09-08 [D]",
            "P D 2026-09-08 2026-09-18 pending",
        ],
    },
    ByHand {
        sentence: "or another event of its day and kind that matches `after` too; every other event \
                   on or after its day answers the next",
        rule: OWN_KIND,
        rows: "plan P 2026-09-01..\nconference C 2026-09-01 kind='initial'\n\
               conference D 2026-09-08T09:00 kind='initial'\n\
               conference E 2026-09-08T10:00 kind='other'\n\
               conference F 2026-09-08T11:00 kind='review'",
        t: "2026-09-10",
        lines: &[
            "P C 2026-09-01 2026-09-11 met closed=2026-09-08 [F]",
            "P D 2026-09-08 2026-09-18 pending",
        ],
    },
    ByHand {
        sentence: "Several that match `after` (unlinked) on one day are one, the first in order",
        rule: CORE_GROUP,
        rows: "plan P 2026-09-01..\nconference D 2026-09-01\nconference C 2026-09-01\n\
               conference A 2026-09-01T09:00\ncore_group G 2026-09-01",
        t: "2026-09-02",
        lines: &["P C 2026-09-01 2026-09-11 met closed=2026-09-01 [G]"],
    },
    ByHand {
        sentence: "Several that match are one only unlinked",
        rule: r#"
            [rule.deadline]
            after = { event = "conference" }
            within = "10 days"
            linked = true
            require = { event = "minutes" }"#,
        rows: "plan P 2026-09-01..\nconference C 2026-09-01\nconference D 2026-09-01\n\
               minutes M 2026-09-01 about=D",
        t: "2026-09-02",
        lines: &[
            "P C 2026-09-01 2026-09-11 pending",
            "P D 2026-09-01 2026-09-11 met closed=2026-09-01 [M]",
        ],
    },
    ByHand {
        sentence: "due_soon: what would answer it is booked for after the due day",
        rule: CORE_GROUP,
        rows: "plan P 2026-09-01..\nconference C 2026-09-01\ncore_group G booked 2026-09-12",
        t: "2026-09-02",
        lines: &["P C 2026-09-01 2026-09-11 due_soon booked=2026-09-12"],
    },
    ByHand {
        sentence: "booked: the earliest day from T on: a booking of the past does not count",
        rule: CORE_GROUP,
        rows: "plan P 2026-09-01..\nconference C 2026-09-01\ncore_group G booked 2026-09-04\n\
               core_group H 2026-09-20 booked 2026-09-04",
        t: "2026-09-05",
        lines: &["P C 2026-09-01 2026-09-11 pending"],
    },
    ByHand {
        sentence: "booked: an event that would answer it if held then",
        rule: r#"
            [rule.deadline]
            after = { event = "conference" }
            within = "10 days"
            linked = true
            require = { event = "minutes" }"#,
        rows: "plan P 2026-09-01..\nconference C 2026-09-01\nminutes M booked 2026-09-06 about=D\n\
               minutes N booked 2026-09-07 about=C",
        t: "2026-09-02",
        lines: &["P C 2026-09-01 2026-09-11 pending booked=2026-09-07"],
    },
    ByHand {
        sentence: "With `born`: what would open before the date of birth does not open",
        rule: r#"
            born = true
            [rule.deadline]
            after = { event = "conference" }
            within = "10 days"
            require = { event = "core_group" }"#,
        rows: "born 2026-09-05\nplan P 2026-09-01..\nconference C 2026-09-04\n\
               conference D 2026-09-05\ncore_group G 2026-09-06",
        t: "2026-09-06",
        lines: &["P D 2026-09-05 2026-09-15 met closed=2026-09-06 [G]"],
    },
    ByHand {
        sentence: "A child without a date of birth is not born yet",
        rule: r#"
            born = true
            [rule.deadline]
            after = { event = "conference" }
            within = "10 days"
            require = { event = "core_group" }"#,
        rows: "plan P 2026-09-01..\nconference C 2026-09-04\ncore_group G 2026-09-06",
        t: "2026-09-06",
        lines: &[],
    },
    ByHand {
        sentence: "its day lies in the period (both ends included): a shared day is in both",
        rule: CORE_GROUP,
        rows: "plan P 2026-09-01..2026-09-08\nplan Q 2026-09-08..\nconference C 2026-09-08\n\
               core_group G 2026-09-09",
        t: "2026-09-10",
        lines: &[
            "P C 2026-09-08 2026-09-18 cancelled closed=2026-09-08",
            "Q C 2026-09-08 2026-09-18 met closed=2026-09-09 [G]",
        ],
    },
];
