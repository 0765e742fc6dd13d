//! SPEC 2: days, durations, hours, clocks, as of.

use super::ByHand;

const CORE_GROUP: &str = r#"
[rule.deadline]
after = { event = "conference" }
within = "10 days"
require = { event = "core_group" }
"#;

const HOURS: &str = r#"
[rule.deadline]
after = { event = "conference" }
within = "24 hours"
require = { event = "core_group" }
"#;

/// A core group of long ago, in no period: it makes the rule measured.
pub const CASES: &[ByHand] = &[
    ByHand {
        sentence: "\"Within ten days of the 1st\" is on time on the 11th",
        rule: CORE_GROUP,
        rows: "plan P 2026-09-01..\nconference C 2026-09-01\ncore_group G 2026-09-11",
        t: "2026-09-20",
        lines: &["P C 2026-09-01 2026-09-11 met closed=2026-09-11 [G]"],
    },
    ByHand {
        sentence: "and overdue from 00:00 on the 12th: not yet on the 11th",
        rule: CORE_GROUP,
        rows: "plan P 2026-09-01..\nconference C 2026-09-01\ncore_group G 2020-01-01",
        t: "2026-09-11",
        lines: &["P C 2026-09-01 2026-09-11 pending"],
    },
    ByHand {
        sentence: "and overdue from 00:00 on the 12th",
        rule: CORE_GROUP,
        rows: "plan P 2026-09-01..\nconference C 2026-09-01\ncore_group G 2020-01-01",
        t: "2026-09-12",
        lines: &["P C 2026-09-01 2026-09-11 overdue over=1"],
    },
    ByHand {
        sentence: "0 of anything is the day itself",
        rule: r#"
            [rule.deadline]
            after = { event = "conference" }
            within = "0 working days"
            require = { event = "core_group" }"#,
        rows: "plan P 2026-09-01..\nconference C 2026-09-05\ncore_group G 2026-09-05",
        t: "2026-09-20",
        lines: &["P C 2026-09-05 2026-09-05 met closed=2026-09-05 [G]"],
    },
    ByHand {
        sentence: "n months: same day of the month, or the month's last day where it has none such",
        rule: r#"
            [rule.deadline]
            after = { event = "conference" }
            within = "6 months"
            require = { event = "core_group" }"#,
        rows: "plan P 2026-08-01..\nconference C 2026-08-31\ncore_group G 2020-01-01",
        t: "2027-03-01",
        lines: &["P C 2026-08-31 2027-02-28 overdue over=1"],
    },
    ByHand {
        sentence: "n working days leave out Saturday, Sunday, bank holidays and closure days",
        rule: r#"
            [rule.deadline]
            after = { event = "conference" }
            within = "5 working days"
            require = { event = "core_group" }"#,
        // Thu 24; Fri 25 and Mon 28 bank holidays; Tue 29 closed; Wed 30, Thu 31; Fri 1 Jan bank
        // holiday; Mon 4, Tue 5, Wed 6.
        rows: "plan P 2026-12-01..\nconference C 2026-12-24\ncore_group G 2020-01-01",
        t: "2026-12-25",
        lines: &["P C 2026-12-24 2027-01-06 pending"],
    },
    ByHand {
        sentence: "(strictly before it, counting backwards)",
        rule: r#"
            remind = "3 working days"
            [rule.deadline]
            after = { event = "conference" }
            within = "10 days"
            require = { event = "core_group" }"#,
        // Due Tue 7 April; Easter Monday 6th and Good Friday 3rd are off: 2, 1, 31 March.
        rows: "plan P 2026-03-01..\nconference C 2026-03-28\ncore_group G 2020-01-01",
        t: "2026-03-31",
        lines: &["P C 2026-03-28 2026-04-07 due_soon"],
    },
    ByHand {
        sentence: "remind: due_soon from this long before the due day; not a day earlier",
        rule: r#"
            remind = "3 working days"
            [rule.deadline]
            after = { event = "conference" }
            within = "10 days"
            require = { event = "core_group" }"#,
        rows: "plan P 2026-03-01..\nconference C 2026-03-28\ncore_group G 2020-01-01",
        t: "2026-03-30",
        lines: &["P C 2026-03-28 2026-04-07 pending"],
    },
    ByHand {
        sentence: "wherever the start has a time of day the limit is an instant, and an answer after \
                   the instant is met_late even on that day",
        rule: HOURS,
        rows: "plan P 2026-09-01..\nconference C 2026-09-01T10:00\ncore_group G 2026-09-02T10:01",
        t: "2026-09-20",
        lines: &["P C 2026-09-01 2026-09-02 met_late closed=2026-09-02 [G]"],
    },
    ByHand {
        sentence: "n hours are elapsed hours: 24 over the end of summer time end an hour earlier by \
                   the clock",
        rule: HOURS,
        rows: "plan P 2026-10-01..\nconference C 2026-10-24T10:00\ncore_group G 2026-10-25T09:30",
        t: "2026-11-20",
        lines: &["P C 2026-10-24 2026-10-25 met_late closed=2026-10-25 [G]"],
    },
    ByHand {
        sentence: "n hours are elapsed hours: 24 over the start of summer time end an hour later by \
                   the clock, and may reach the next day",
        rule: HOURS,
        rows: "plan P 2026-03-01..\nconference C 2026-03-28T23:30\ncore_group G 2026-03-30T00:20",
        t: "2026-04-20",
        lines: &["P C 2026-03-28 2026-03-30 met closed=2026-03-30 [G]"],
    },
    ByHand {
        sentence: "A local time that occurs twice is the first",
        rule: r#"
            [rule.deadline]
            after = { event = "conference" }
            within = "1 hour"
            require = { event = "core_group" }"#,
        // 01:30 is the first, 00:30 UTC; 01:40 UTC lies 70 minutes later.
        rows: "plan P 2026-10-01..\nconference C 2026-10-25T01:30\ncore_group G 2026-10-25T01:40Z",
        t: "2026-11-20",
        lines: &["P C 2026-10-25 2026-10-25 met_late closed=2026-10-25 [G]"],
    },
    ByHand {
        sentence: "one that does not occur is moved forward by the hour",
        rule: r#"
            [rule.deadline]
            after = { event = "conference" }
            within = "1 hour"
            require = { event = "core_group" }"#,
        // 01:30 becomes 02:30, 01:30 UTC; 03:20 local is 02:20 UTC.
        rows: "plan P 2026-03-01..\nconference C 2026-03-29T01:30\ncore_group G 2026-03-29T03:20",
        t: "2026-04-20",
        lines: &["P C 2026-03-29 2026-03-29 met closed=2026-03-29 [G]"],
    },
    ByHand {
        sentence: "Where the start has only a day, the last day on time is that day plus n/24 days, \
                   rounded up",
        rule: r#"
            [rule.deadline]
            after = { event = "conference" }
            within = "36 hours"
            require = { event = "core_group" }"#,
        rows: "plan P 2026-09-01..\nconference C 2026-09-01\ncore_group G 2026-09-03T23:59",
        t: "2026-09-20",
        lines: &["P C 2026-09-01 2026-09-03 met closed=2026-09-03 [G]"],
    },
    ByHand {
        sentence: "where only the answering event lacks a time, it counts as at the start of its day",
        rule: HOURS,
        rows: "plan P 2026-09-01..\nconference C 2026-09-01T10:00\ncore_group G 2026-09-02",
        t: "2026-09-20",
        lines: &["P C 2026-09-01 2026-09-02 met closed=2026-09-02 [G]"],
    },
    ByHand {
        sentence: "the limit is an instant (0 hours too)",
        rule: r#"
            [rule.deadline]
            after = { event = "conference" }
            within = "0 hours"
            require = { event = "core_group" }"#,
        rows: "plan P 2026-09-01..\nconference C 2026-09-01T10:00\ncore_group G 2026-09-01T10:01",
        t: "2026-09-20",
        lines: &["P C 2026-09-01 2026-09-01 met_late closed=2026-09-01 [G]"],
    },
    ByHand {
        sentence: "overdue still goes by the day",
        rule: HOURS,
        rows: "plan P 2026-09-01..\nconference C 2026-09-01T10:00\ncore_group G 2020-01-01",
        t: "2026-09-02",
        lines: &["P C 2026-09-01 2026-09-02 pending"],
    },
    ByHand {
        sentence: "what occurred on or before T has happened, what is dated later has not",
        rule: CORE_GROUP,
        rows: "plan P 2026-09-01..\nconference C 2026-09-01\ncore_group G 2026-09-10",
        t: "2026-09-09",
        lines: &["P C 2026-09-01 2026-09-11 pending"],
    },
    ByHand {
        sentence: "As of a T before its last day a period is open",
        rule: CORE_GROUP,
        rows: "plan P 2026-09-01..2026-09-08\nconference C 2026-09-01\ncore_group G 2020-01-01",
        t: "2026-09-07",
        lines: &["P C 2026-09-01 2026-09-11 pending"],
    },
    ByHand {
        sentence: "A period's end counts once it lies on or before T",
        rule: CORE_GROUP,
        rows: "plan P 2026-09-01..2026-09-08\nconference C 2026-09-01\ncore_group G 2020-01-01",
        t: "2026-09-08",
        lines: &["P C 2026-09-01 2026-09-11 cancelled closed=2026-09-08"],
    },
    ByHand {
        sentence: "before its first day it is not there",
        rule: r#"
            lead = "7 days"
            [rule.deadline]
            after = { event = "conference" }
            within = "10 days"
            require = { event = "core_group" }"#,
        rows: "plan P 2026-09-05..\nconference C 2026-09-01\ncore_group G 2020-01-01",
        t: "2026-09-04",
        lines: &[],
    },
    ByHand {
        sentence: "lead: events up to this long before the period's first day count too",
        rule: r#"
            lead = "7 days"
            [rule.deadline]
            after = { event = "conference" }
            within = "10 days"
            require = { event = "core_group" }"#,
        rows: "plan P 2026-09-08..\nconference A 2026-08-31\nconference C 2026-09-01\n\
               core_group G 2020-01-01",
        t: "2026-09-08",
        lines: &["P C 2026-09-01 2026-09-11 pending"],
    },
];
