//! SPEC 3: predicates, selectors, unmeasured rules.

use super::ByHand;

/// A check of visits: what is so is met.
pub const CASES: &[ByHand] = &[
    ByHand {
        sentence: "`== null` and `!= null` test for null; every other comparison with a null, `!=` \
                   included, is false",
        rule: r#"
            [rule.check]
            on = { event = "visit", where = "purpose == null" }
            that = "purpose != 'x' || score != 1""#,
        rows: "plan P 2026-09-01..\nvisit A 2026-09-02\nvisit B 2026-09-03 purpose='y'\n\
               visit Z 2020-01-01 score=2",
        t: "2026-09-04",
        lines: &["P A 2026-09-02 2026-09-02 overdue over=2"],
    },
    ByHand {
        sentence: "a bare null is false and its `!` true",
        rule: r#"
            [rule.check]
            on = { event = "visit" }
            that = "!seen""#,
        rows: "plan P 2026-09-01..\nvisit A 2026-09-02\nvisit B 2026-09-03 seen='Y'\n\
               visit C 2026-09-04 seen='maybe'\nvisit D 2026-09-05 seen=0",
        t: "2026-09-05",
        lines: &[
            "P A 2026-09-02 2026-09-02 met closed=2026-09-02 [A]",
            "P B 2026-09-03 2026-09-03 overdue over=2",
            "P C 2026-09-04 2026-09-04 met closed=2026-09-04 [C]",
            "P D 2026-09-05 2026-09-05 met closed=2026-09-05 [D]",
        ],
    },
    ByHand {
        sentence: "compared with `true` or `false` a value is read as yes or no; one that is neither \
                   is null there",
        rule: r#"
            [rule.check]
            on = { event = "visit" }
            that = "seen != true""#,
        rows: "plan P 2026-09-01..\nvisit A 2026-09-02 seen='No'\nvisit B 2026-09-03 seen='TRUE'\n\
               visit C 2026-09-04 seen='maybe'\nvisit D 2026-09-04 seen=1",
        t: "2026-09-04",
        lines: &[
            "P A 2026-09-02 2026-09-02 met closed=2026-09-02 [A]",
            "P B 2026-09-03 2026-09-03 overdue over=1",
            "P C 2026-09-04 2026-09-04 pending",
            "P D 2026-09-04 2026-09-04 pending",
        ],
    },
    ByHand {
        sentence: "text that reads as a number is one where it is compared with a number; any other \
                   comparison of values of different types is false",
        rule: r#"
            [rule.check]
            on = { event = "visit" }
            that = "score > 9""#,
        rows: "plan P 2026-09-01..\nvisit A 2026-09-02 score='10'\nvisit B 2026-09-03 score='ten'\n\
               visit C 2026-09-04 score=9.5\nvisit D 2026-09-05 score=true",
        t: "2026-09-05",
        lines: &[
            "P A 2026-09-02 2026-09-02 met closed=2026-09-02 [A]",
            "P B 2026-09-03 2026-09-03 overdue over=2",
            "P C 2026-09-04 2026-09-04 met closed=2026-09-04 [C]",
            "P D 2026-09-05 2026-09-05 pending",
        ],
    },
    ByHand {
        sentence: "elsewhere it stays the number or text that it is",
        rule: r#"
            [rule.check]
            on = { event = "visit" }
            that = "seen == 'Y'""#,
        rows: "plan P 2026-09-01..\nvisit A 2026-09-02 seen='Y'\nvisit B 2026-09-03 seen=true\n\
               visit C 2026-09-04 seen='y'",
        t: "2026-09-04",
        lines: &[
            "P A 2026-09-02 2026-09-02 met closed=2026-09-02 [A]",
            "P B 2026-09-03 2026-09-03 overdue over=1",
            "P C 2026-09-04 2026-09-04 pending",
        ],
    },
    ByHand {
        sentence: "`age` is the child's age in whole years on the event's day; who was born on 29 \
                   February turns on 1 March in other years; -1 before the birth",
        rule: r#"
            [rule.check]
            on = { event = "visit" }
            that = "age >= 2 || age == -1""#,
        rows: "born 2024-02-29\nplan P 2024-01-01..\nvisit A 2026-02-28\nvisit B 2026-03-01\n\
               visit C 2024-02-28",
        t: "2026-03-01",
        lines: &[
            "P C 2024-02-28 2024-02-28 met closed=2024-02-28 [C]",
            "P A 2026-02-28 2026-02-28 overdue over=1",
            "P B 2026-03-01 2026-03-01 met closed=2026-03-01 [B]",
        ],
    },
    ByHand {
        sentence: "`age` is null without a date of birth",
        rule: r#"
            [rule.check]
            on = { event = "visit" }
            that = "age == null""#,
        rows: "plan P 2026-01-01..\nvisit A 2026-02-28",
        t: "2026-03-01",
        lines: &["P A 2026-02-28 2026-02-28 met closed=2026-02-28 [A]"],
    },
    ByHand {
        sentence: "applies: CEL over that period's attributes, `age` on the period's first day",
        rule: r#"
            applies = "category == 'neglect' && age < 2"
            [rule.check]
            on = { event = "visit" }
            that = "age >= 0""#,
        rows: "born 2024-01-05\nplan P 2026-01-04.. category='neglect'\n\
               plan Q 2026-01-05.. category='neglect'\nplan R 2026-01-04.. category='other'\n\
               visit A 2026-02-28",
        t: "2026-03-01",
        lines: &["P A 2026-02-28 2026-02-28 met closed=2026-02-28 [A]"],
    },
    ByHand {
        sentence: "one whose `cancelled` is true counts nowhere, held or booked",
        rule: r#"
            [rule.deadline]
            after = { event = "conference" }
            within = "10 days"
            require = { event = "core_group" }"#,
        rows: "plan P 2026-09-01..\nconference B 2026-09-01 cancelled='Y'\nconference C 2026-09-02\n\
               core_group G 2026-09-03 cancelled=1\ncore_group H booked 2026-09-08 cancelled=true\n\
               core_group I booked 2026-09-09 cancelled='N'",
        t: "2026-09-05",
        lines: &["P C 2026-09-02 2026-09-12 pending booked=2026-09-09"],
    },
    ByHand {
        sentence: "nth = 1: of the counting events that match, only the first in order",
        rule: r#"
            [rule.deadline]
            after = { event = "conference", where = "kind == 'initial'", nth = 1 }
            within = "10 days"
            require = { event = "core_group" }"#,
        rows: "plan P 2026-09-01..\nconference A 2026-09-02 kind='review'\n\
               conference C 2026-09-03T10:00 kind='initial'\n\
               conference D 2026-09-03 kind='initial'\nconference E 2026-09-04 kind='initial'\n\
               core_group G 2026-09-05",
        t: "2026-09-05",
        lines: &["P D 2026-09-03 2026-09-13 met closed=2026-09-05 [G]"],
    },
    ByHand {
        sentence: "reads an attribute that no row of its kind in the authority's copy carries: \
                   unmeasured, it gives no obligations",
        rule: r#"
            [rule.deadline]
            after = { event = "conference" }
            within = "10 days"
            require = [{ event = "core_group" }, { event = "visit", where = "seen" }]"#,
        rows: "plan P 2026-09-01..\nconference C 2026-09-03 seen=true\ncore_group G 2026-09-05\n\
               visit V 2026-09-05",
        t: "2026-09-05",
        lines: &[],
    },
    ByHand {
        sentence: "or a kind of which the copy holds no row",
        rule: r#"
            [rule.deadline]
            after = { event = "conference" }
            within = "10 days"
            require = { event = "core_group" }"#,
        rows: "plan P 2026-09-01..\nconference C 2026-09-03",
        t: "2026-09-05",
        lines: &[],
    },
    ByHand {
        sentence: "`linked` reads `about`",
        rule: r#"
            [rule.deadline]
            after = { event = "conference" }
            within = "10 days"
            linked = true
            require = { event = "core_group" }"#,
        rows: "plan P 2026-09-01..\nconference C 2026-09-03 about=X\ncore_group G 2026-09-03",
        t: "2026-09-05",
        lines: &[],
    },
    ByHand {
        sentence: "(not null in any row, whatever its day)",
        rule: r#"
            [rule.check]
            on = { event = "visit" }
            that = "seen""#,
        rows: "plan P 2026-09-01..\nvisit A 2026-09-02\nvisit B booked 2030-01-01 seen=false",
        t: "2026-09-03",
        lines: &["P A 2026-09-02 2026-09-02 overdue over=1"],
    },
];
