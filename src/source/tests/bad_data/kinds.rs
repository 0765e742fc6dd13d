//! Rows that go wrong, each with what becomes of it.

use super::Way;

/// What becomes of a row.
#[derive(Debug, Clone, Copy)]
pub(super) enum Becomes {
    /// It goes to quarantine for this reason.
    Quarantined(&'static str),
    /// It is taken: its line in the copy, and what that means.
    Taken(&'static str, &'static str),
}

use Becomes::{Quarantined, Taken};

/// A row, and what becomes of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Made {
    /// The statement that puts it there.
    pub(super) sql: &'static str,
    pub(super) becomes: Becomes,
}

/// A way in which a row goes wrong.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    /// What is wrong.
    pub(super) what: &'static str,
    /// The query that reads it.
    pub(super) query: Query,
    /// How the quarantine names it.
    pub(super) key: &'static str,
    /// By database; `None` where the database does not let such a row in.
    made: [Option<Made>; 3],
    /// What becomes of it by ODBC, where that differs.
    by_odbc: [Option<Becomes>; 3],
}

/// The queries of the tests' source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Query {
    Children,
    Plan,
    Variation,
    Visit,
    Meeting,
    Contact,
    People,
    Teams,
}

impl Query {
    /// Its name, as the source file makes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Query::Children => "children",
            Query::Plan => "periods plan",
            Query::Variation => "periods variation",
            Query::Visit => "events visit",
            Query::Meeting => "events",
            Query::Contact => "events contact",
            Query::People => "people",
            Query::Teams => "teams",
        }
    }
}

impl Kind {
    /// The row on a database, where it can be there, as it is read natively or by ODBC.
    pub(super) fn made(&self, way: Way, odbc: bool) -> Option<Made> {
        let place = way as usize;
        let made = self.made[place]?;
        let becomes = match self.by_odbc[place] {
            Some(other) if odbc => other,
            _ => made.becomes,
        };
        Some(Made { becomes, ..made })
    }

    /// What becomes of it by ODBC, where that differs.
    pub(super) fn by_odbc(&self, way: Way) -> Option<Becomes> {
        self.by_odbc[way as usize]
    }

    const fn odbc(mut self, by_odbc: [Option<Becomes>; 3]) -> Kind {
        self.by_odbc = by_odbc;
        self
    }
}

/// A row that all databases take alike.
const fn row(
    what: &'static str,
    query: Query,
    key: &'static str,
    sql: &'static str,
    becomes: Becomes,
) -> Kind {
    let made = Some(Made { sql, becomes });
    Kind {
        what,
        query,
        key,
        made: [made, made, made],
        by_odbc: [None, None, None],
    }
}

/// A row that is made in a way of its own in SQLite, PostgreSQL and MariaDB.
const fn each(
    what: &'static str,
    query: Query,
    key: &'static str,
    made: [Option<Made>; 3],
) -> Kind {
    Kind {
        what,
        query,
        key,
        made,
        by_odbc: [None, None, None],
    }
}

const fn made(sql: &'static str, becomes: Becomes) -> Option<Made> {
    Some(Made { sql, becomes })
}

const NO_DAY: Becomes = Quarantined("no day: neither occurred nor scheduled");
const AHEAD: Becomes = Quarantined("occurred later than the day of the reading");
const UNREADABLE: Becomes = Quarantined("unreadable day in column `occurred`");
const NUL_IN_WORDS: Becomes = Quarantined("a NUL character in column `words`");
const TOO_LONG: Becomes = Quarantined("text too long in column `words`");
const WITHOUT_END: Becomes = Quarantined("column `occurred` holds a day or time without an end");
const NO_EVERY: Becomes = Quarantined("a variation without a readable `every`");
const TWICE: Becomes = Quarantined("its id comes twice");
const UNKNOWN: Becomes = Quarantined("unknown child: its child_id is not among the children");
const NO_NUMBER: &str = "null: the rest of the row is taken";

/// How the quarantine names a row without a readable id.
pub(super) const BY_NUMBER: &str = "row N";

/// All of them. In the tests' authority it is 1 May 2026, 9 o'clock.
pub(super) const KINDS: &[Kind] = &[
    row("a child without an id", Query::Children, BY_NUMBER,
        "INSERT INTO child VALUES (NULL, '2015-01-01', 'X', NULL)", Quarantined("no child_id")),
    row("a child whose id is empty text", Query::Children, BY_NUMBER,
        "INSERT INTO child VALUES ('', '2015-01-01', 'X', NULL)", Quarantined("no child_id")),
    row("a second child with the id of one that is known, and other content", Query::Children, "C1",
        "INSERT INTO child VALUES ('C1', '2011-11-11', 'LU-2', 'T1')", TWICE),
    row("a date of birth in another form", Query::Children, "C3",
        "INSERT INTO child VALUES ('C3', '28.02.2015', NULL, NULL)",
        Quarantined("unreadable day in column `born`")),
    row("a date of birth to come", Query::Children, "C4",
        "INSERT INTO child VALUES ('C4', '2026-12-24', NULL, NULL)",
        Taken("C4 ref=C4 born=2026-12-24 team=", "a child that is not born yet")),
    row("a date of birth of long ago", Query::Children, "C5",
        "INSERT INTO child VALUES ('C5', '1776-07-04', NULL, NULL)",
        Taken("C5 ref=C5 born=1776-07-04 team=", "as it is written")),
    row("a child of a team that is nowhere", Query::Children, "C6",
        "INSERT INTO child VALUES ('C6', NULL, NULL, 'T99')",
        Taken("C6 ref=C6 born= team=T99", "`check` names the steps that reach nobody")),
    row("a period without an id", Query::Plan, BY_NUMBER,
        "INSERT INTO plan VALUES (NULL, 'C1', '2026-01-01', NULL, NULL)",
        Quarantined("no period_id")),
    row("a period without a first day", Query::Plan, "P2",
        "INSERT INTO plan VALUES ('P2', 'C1', NULL, '2026-01-01', NULL)",
        Quarantined("no from_date")),
    row("a period whose first day is empty text", Query::Plan, "P3",
        "INSERT INTO plan VALUES ('P3', 'C1', '', NULL, NULL)", Quarantined("no from_date")),
    row("a day that no calendar has", Query::Plan, "P4",
        "INSERT INTO plan VALUES ('P4', 'C1', '2026-02-30', NULL, NULL)",
        Quarantined("unreadable day in column `from_date`")),
    row("a period that ends before it begins", Query::Plan, "P5",
        "INSERT INTO plan VALUES ('P5', 'C1', '2026-02-02', '2026-02-01', NULL)",
        Quarantined("its to_date lies before its from_date")),
    row("a period whose end is words", Query::Plan, "P6",
        "INSERT INTO plan VALUES ('P6', 'C1', '2026-02-02', 'ongoing', NULL)",
        Quarantined("unreadable day in column `to_date`")),
    row("a period of nobody's child", Query::Plan, "P7",
        "INSERT INTO plan VALUES ('P7', 'C9', '2026-02-02', NULL, NULL)", UNKNOWN),
    row("a period without a child", Query::Plan, "P8",
        "INSERT INTO plan VALUES ('P8', NULL, '2026-02-02', NULL, NULL)",
        Quarantined("no child_id")),
    row("a second period with the id of one that is known, the same in everything", Query::Plan, "P1",
        "INSERT INTO plan VALUES ('P1', 'C1', '2026-04-01', NULL, 'neglect')", TWICE),
    row("a period whose end is 9999-12-31", Query::Plan, "P9",
        "INSERT INTO plan VALUES ('P9', 'C2', '2026-02-02', '9999-12-31', NULL)",
        Taken("plan P9 2026-02-02..9999-12-31", "open, as it is meant")),
    row("a variation without a frequency", Query::Variation, "R1",
        "INSERT INTO agreed VALUES ('R1', 'C1', '2026-04-01', NULL)", NO_EVERY),
    row("a variation whose frequency is a word", Query::Variation, "R2",
        "INSERT INTO agreed VALUES ('R2', 'C1', '2026-04-01', 'monthly')", NO_EVERY),
    row("a variation whose frequency is a number alone", Query::Variation, "R3",
        "INSERT INTO agreed VALUES ('R3', 'C1', '2026-04-01', '6')", NO_EVERY),
    row("an event without an id", Query::Visit, BY_NUMBER,
        "INSERT INTO visit VALUES (NULL, 'C1', '2026-04-01', NULL, NULL, 'Y')",
        Quarantined("no event_id")),
    row("an event without any day", Query::Visit, "W1",
        "INSERT INTO visit VALUES ('W1', 'C1', NULL, NULL, NULL, 'Y')", NO_DAY),
    row("an event that occurred tomorrow", Query::Visit, "W2",
        "INSERT INTO visit VALUES ('W2', 'C1', '2026-05-02', NULL, NULL, 'Y')", AHEAD),
    row("an event of today by UTC that is of tomorrow by local time", Query::Visit, "W3",
        "INSERT INTO visit VALUES ('W3', 'C1', '2026-05-01T23:30:00Z', NULL, NULL, 'Y')", AHEAD),
    row("an event of the far future that is said to have occurred", Query::Visit, "W4",
        "INSERT INTO visit VALUES ('W4', 'C1', '2206-04-01', NULL, NULL, 'Y')", AHEAD),
    row("a booking for the far future", Query::Visit, "W5",
        "INSERT INTO visit VALUES ('W5', 'C1', NULL, '2206-04-01', NULL, NULL)",
        Taken("visit W5 scheduled=2206-04-01", "as it is written")),
    row("an event of the far past", Query::Visit, "W6",
        "INSERT INTO visit VALUES ('W6', 'C1', '0206-04-01', NULL, NULL, NULL)",
        Taken("visit W6 occurred=0206-04-01", "as it is written: before every plan")),
    row("a day of the year 0", Query::Visit, "W7",
        "INSERT INTO visit VALUES ('W7', 'C1', '0000-06-01', NULL, NULL, 'Y')", UNREADABLE),
    row("a booking in words", Query::Visit, "W8",
        "INSERT INTO visit VALUES ('W8', 'C1', '2026-04-01', 'next week', NULL, 'Y')",
        Quarantined("unreadable day in column `scheduled`")),
    row("a time without a day", Query::Visit, "W9",
        "INSERT INTO visit VALUES ('W9', 'C1', '2026-04-01', NULL, '10:30', 'Y')",
        Quarantined("unreadable day in column `recorded`")),
    row("an event whose child is empty text", Query::Visit, "W10",
        "INSERT INTO visit VALUES ('W10', '', '2026-04-01', NULL, NULL, 'Y')",
        Quarantined("no child_id")),
    row("an event of a child that is itself in quarantine", Query::Visit, "W11",
        "INSERT INTO visit VALUES ('W11', 'C3', '2026-04-01', NULL, NULL, 'Y')", UNKNOWN),
    row("an event of another child with the id of one that is known", Query::Visit, "V1",
        "INSERT INTO visit VALUES ('V1', 'C2', '2026-04-01', NULL, NULL, 'Y')", TWICE),
    row("a day without its dashes", Query::Visit, "W12",
        "INSERT INTO visit VALUES ('W12', 'C1', '20260401', NULL, NULL, 'Y')", UNREADABLE),
    row("a day with its month in the middle or first, nobody knows", Query::Visit, "W13",
        "INSERT INTO visit VALUES ('W13', 'C1', '01/04/2026', NULL, NULL, 'Y')", UNREADABLE),
    row("a year of two digits", Query::Visit, "W14",
        "INSERT INTO visit VALUES ('W14', 'C1', '26-04-01', NULL, NULL, 'Y')", UNREADABLE),
    row("an hour that no day has", Query::Visit, "W15",
        "INSERT INTO visit VALUES ('W15', 'C1', '2026-04-01 25:00:00', NULL, NULL, 'Y')", UNREADABLE),
    row("a zone that no place has", Query::Visit, "W16",
        "INSERT INTO visit VALUES ('W16', 'C1', '2026-04-01T10:00:00+25:00', NULL, NULL, 'Y')",
        UNREADABLE),
    row("a zone by its name", Query::Visit, "W17",
        "INSERT INTO visit VALUES ('W17', 'C1', '2026-04-01 10:00:00 GMT', NULL, NULL, 'Y')",
        UNREADABLE),
    row("a blank for a day", Query::Visit, "W18",
        "INSERT INTO visit VALUES ('W18', 'C1', ' ', NULL, NULL, 'Y')", UNREADABLE),
    row("blanks around a day", Query::Visit, "W19",
        "INSERT INTO visit VALUES ('W19', 'C1', ' 2026-04-01 ', NULL, NULL, NULL)",
        Taken("visit W19 occurred=2026-04-01", "without them")),
    row("a time in the hour that spring leaves out", Query::Visit, "W20",
        "INSERT INTO visit VALUES ('W20', 'C1', '2026-03-29 01:30:00', NULL, NULL, NULL)",
        Taken("visit W20 occurred=2026-03-29@2026-03-29T01:30:00.000000Z", "an hour later")),
    row("a time in the hour that autumn has twice", Query::Visit, "W21",
        "INSERT INTO visit VALUES ('W21', 'C1', '2025-10-26 01:30:00', NULL, NULL, NULL)",
        Taken("visit W21 occurred=2025-10-26@2025-10-26T00:30:00.000000Z", "the first of the two")),
    row("a yes or no in a form that is neither", Query::Visit, "W22",
        "INSERT INTO visit VALUES ('W22', 'C1', '2026-04-01', NULL, NULL, 'maybe')",
        Taken("visit W22 occurred=2026-04-01 child_seen=\"maybe\"",
            "null where a rule asks for yes or no: neither seen nor not seen")),
    row("a yes as a number", Query::Visit, "W23",
        "INSERT INTO visit VALUES ('W23', 'C1', '2026-04-01', NULL, NULL, '1')",
        Taken("visit W23 occurred=2026-04-01 child_seen=\"1\"", "yes where a rule asks for it")),
    row("an id that begins with zeros", Query::Visit, "007",
        "INSERT INTO visit VALUES ('007', 'C1', '2026-04-01', NULL, NULL, NULL)",
        Taken("visit 007 occurred=2026-04-01", "text: 7 is another id")),
    row("an id with blanks at its end", Query::Visit, "W24 ",
        "INSERT INTO visit VALUES ('W24 ', 'C1', '2026-04-01', NULL, NULL, NULL)",
        Taken("visit W24  occurred=2026-04-01", "text, byte by byte")),
    row("an event whose kind is missing", Query::Meeting, "M3",
        "INSERT INTO meeting VALUES ('M3', 'C1', '2026-04-03', NULL, NULL)", Quarantined("no kind")),
    row("an event whose kind is empty text", Query::Meeting, "M4",
        "INSERT INTO meeting VALUES ('M4', 'C1', '2026-04-03', '', NULL)", Quarantined("no kind")),
    row("an event about one that is nowhere", Query::Meeting, "M5",
        "INSERT INTO meeting VALUES ('M5', 'C1', '2026-04-03', 'minutes_circulated', 'M99')",
        Taken("minutes_circulated M5 occurred=2026-04-03 about=M99", "it answers nothing that is linked")),
    each("an id with control characters", Query::Contact, "a\u{fffd}\u{fffd}b",
        [
            made("INSERT INTO contact (id, child) VALUES ('a' || char(9) || char(10) || 'b', 'C1')", NO_DAY),
            made("INSERT INTO contact (id, child) VALUES ('a' || chr(9) || chr(10) || 'b', 'C1')", NO_DAY),
            made("INSERT INTO contact (id, child) VALUES (CONCAT('a', CHAR(9), CHAR(10), 'b'), 'C1')", NO_DAY),
        ]),
    each("an id of 10,000 characters", Query::Contact, BY_NUMBER,
        [
            made("INSERT INTO contact (id, child, happened) VALUES (hex(zeroblob(5000)), 'C1', '2026-04-01')",
                Quarantined("text too long in column `event_id`")),
            made("INSERT INTO contact (id, child, happened) VALUES (repeat('x', 10000), 'C1', '2026-04-01')",
                Quarantined("text too long in column `event_id`")),
            made("INSERT INTO contact (id, child, happened) VALUES (repeat('x', 10000), 'C1', '2026-04-01')",
                Quarantined("text too long in column `event_id`")),
        ]),
    each("10 MB of text", Query::Contact, "X1",
        [
            made("INSERT INTO contact (id, child, happened, words) VALUES ('X1', 'C1', '2026-04-01', hex(zeroblob(5242880)))", TOO_LONG),
            made("INSERT INTO contact (id, child, happened, words) VALUES ('X1', 'C1', '2026-04-01', repeat('x', 10485760))", TOO_LONG),
            made("INSERT INTO contact (id, child, happened, words) VALUES ('X1', 'C1', '2026-04-01', repeat('x', 10485760))", TOO_LONG),
        ]),
    each("a NUL in a text", Query::Contact, "X2",
        [
            made("INSERT INTO contact (id, child, happened, words) VALUES ('X2', 'C1', '2026-04-01', 'a' || char(0) || 'b')", NUL_IN_WORDS),
            None,
            made("INSERT INTO contact (id, child, happened, words) VALUES ('X2', 'C1', '2026-04-01', CONCAT('a', CHAR(0), 'b'))", NUL_IN_WORDS),
        ])
        .odbc([
            Some(Taken("contact X2 occurred=2026-04-01 words=\"a\"", "the driver ends the text there")),
            None,
            None,
        ]),
    each("a NUL in an id", Query::Contact, BY_NUMBER,
        [
            made("INSERT INTO contact (id, child, happened) VALUES ('X3' || char(0) || 'b', 'C1', '2026-04-01')",
                Quarantined("a NUL character in column `event_id`")),
            None,
            made("INSERT INTO contact (id, child, happened) VALUES (CONCAT('X3', CHAR(0), 'b'), 'C1', '2026-04-01')",
                Quarantined("a NUL character in column `event_id`")),
        ])
        .odbc([
            Some(Taken("contact X3 occurred=2026-04-01", "the driver ends the id there")),
            None,
            None,
        ]),
    each("text that is not UTF-8", Query::Contact, "X4",
        [
            made("INSERT INTO contact (id, child, happened, words) VALUES ('X4', 'C1', '2026-04-01', CAST(x'ff' AS TEXT))",
                Quarantined("column `words` holds text that is not UTF-8")),
            None,
            None,
        ]),
    each("bytes in a column of text", Query::Contact, "X5",
        [
            made("INSERT INTO contact (id, child, happened, words) VALUES ('X5', 'C1', '2026-04-01', x'00ff')",
                Quarantined("column `words` holds bytes that are not text")),
            None,
            None,
        ]),
    each("a number in a column of days", Query::Contact, "X6",
        [
            made("INSERT INTO contact (id, child, happened) VALUES ('X6', 'C1', 20260401)", UNREADABLE),
            None,
            None,
        ]),
    each("text in a column of numbers", Query::Contact, "X7",
        [
            made("INSERT INTO contact (id, child, happened, amount) VALUES ('X7', 'C1', '2026-04-01', 'three')",
                Taken("contact X7 occurred=2026-04-01 amount=\"three\"", "text")),
            None,
            None,
        ]),
    each("a number that is none (NaN)", Query::Contact, "X8",
        [
            None,
            made("INSERT INTO contact (id, child, happened, amount) VALUES ('X8', 'C1', '2026-04-01', 'NaN')",
                Taken("contact X8 occurred=2026-04-01", NO_NUMBER)),
            None,
        ]),
    each("a number without an end", Query::Contact, "X9",
        [
            made("INSERT INTO contact (id, child, happened, amount) VALUES ('X9', 'C1', '2026-04-01', 9e999)",
                Taken("contact X9 occurred=2026-04-01", NO_NUMBER)),
            made("INSERT INTO contact (id, child, happened, amount) VALUES ('X9', 'C1', '2026-04-01', 'Infinity')",
                Taken("contact X9 occurred=2026-04-01", NO_NUMBER)),
            None,
        ]),
    each("a time without an end ('infinity')", Query::Contact, "X10",
        [
            made("INSERT INTO contact (id, child, happened) VALUES ('X10', 'C1', 'infinity')", UNREADABLE),
            made("INSERT INTO contact (id, child, happened) VALUES ('X10', 'C1', 'infinity')", WITHOUT_END),
            None,
        ]),
    each("a time of the year 0", Query::Contact, "X11",
        [
            None,
            made("INSERT INTO contact (id, child, happened) VALUES ('X11', 'C1', '0001-06-01 BC')", UNREADABLE),
            None,
        ]),
    each("a time after the year 9999", Query::Contact, "X12",
        [
            made("INSERT INTO contact (id, child, happened) VALUES ('X12', 'C1', '12026-04-01')", UNREADABLE),
            made("INSERT INTO contact (id, child, happened) VALUES ('X12', 'C1', '12026-04-01')", UNREADABLE),
            None,
        ]),
    each("the zero date", Query::Contact, "X13",
        [
            made("INSERT INTO contact (id, child, happened) VALUES ('X13', 'C1', '0000-00-00')", UNREADABLE),
            None,
            made("INSERT INTO contact (id, child, happened) VALUES ('X13', 'C1', '0000-00-00')", NO_DAY),
        ]),
    each("a day of which only the month is known", Query::Contact, "X14",
        [
            made("INSERT INTO contact (id, child, happened) VALUES ('X14', 'C1', '2026-04-00')", UNREADABLE),
            None,
            made("INSERT INTO contact (id, child, happened) VALUES ('X14', 'C1', '2026-04-00')",
                Quarantined("column `occurred` holds a value out of its type's range")),
        ]),
    each("a yes or no that is 2", Query::Contact, "X15",
        [
            made("INSERT INTO contact (id, child, happened, flag) VALUES ('X15', 'C1', '2026-04-01', 2)",
                Taken("contact X15 occurred=2026-04-01 flag=2", "null where a rule asks for yes or no")),
            None,
            made("INSERT INTO contact (id, child, happened, flag) VALUES ('X15', 'C1', '2026-04-01', 2)",
                Taken("contact X15 occurred=2026-04-01 flag=2", "null where a rule asks for yes or no")),
        ]),
    row("a member of staff without an id", Query::People, BY_NUMBER,
        "INSERT INTO worker VALUES (NULL, 'Cid Example', NULL, NULL, NULL)", Quarantined("no person_id")),
    row("a second member of staff with the id of one that is known", Query::People, "7",
        "INSERT INTO worker VALUES ('7', 'Dee Example', NULL, NULL, NULL)", TWICE),
    row("a team whose id is empty text", Query::Teams, BY_NUMBER,
        "INSERT INTO team VALUES ('', 'Nowhere', NULL, NULL)", Quarantined("no team_id")),
    row("a second team with the id of one that is known", Query::Teams, "T1",
        "INSERT INTO team VALUES ('T1', 'South', NULL, NULL)", TWICE),
];
