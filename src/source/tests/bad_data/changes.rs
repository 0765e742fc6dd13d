//! Tables and columns that change under a source file.

use super::Way;

/// What a reading makes of it.
#[derive(Debug, Clone, Copy)]
pub(super) enum After {
    /// It is refused with these words, natively and by ODBC.
    Refused(&'static str, &'static str),
    /// It gives what the one before gave.
    AsBefore,
}

use After::{AsBefore, Refused};

/// A change, and how it is undone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Done {
    pub(super) sql: &'static str,
    pub(super) undone: &'static str,
    pub(super) after: After,
}

/// A way in which a table changes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    /// What changes.
    pub(super) what: &'static str,
    /// By database; `None` where it cannot be so.
    made: [Option<Done>; 3],
}

impl Change {
    pub(super) fn made(&self, way: Way) -> Option<Done> {
        self.made[way as usize]
    }
}

const fn done(sql: &'static str, undone: &'static str, after: After) -> Option<Done> {
    Some(Done { sql, undone, after })
}

const fn alike(what: &'static str, done: Option<Done>) -> Change {
    Change {
        what,
        made: [done, done, done],
    }
}

/// All of them.
pub(super) const CHANGES: &[Change] = &[
    alike(
        "a table that is gone",
        done(
            "ALTER TABLE visit RENAME TO visit_of_before",
            "ALTER TABLE visit_of_before RENAME TO visit",
            Refused("visit", "visit"),
        ),
    ),
    alike(
        "a column that is gone or has another name",
        done(
            "ALTER TABLE visit RENAME COLUMN happened TO happened_on",
            "ALTER TABLE visit RENAME COLUMN happened_on TO happened",
            Refused("happened", "happened"),
        ),
    ),
    alike(
        "a table that is empty, or far shorter than last time",
        done(
            "CREATE TABLE kept AS SELECT * FROM visit; DELETE FROM visit",
            "INSERT INTO visit SELECT * FROM kept; DROP TABLE kept",
            Refused("0 rows where there were 2", "0 rows where there were 2"),
        ),
    ),
    Change {
        what: "a column of text that holds bytes now",
        made: [
            None,
            done(
                "ALTER TABLE visit ALTER seen TYPE bytea USING convert_to(seen, 'UTF8')",
                "ALTER TABLE visit ALTER seen TYPE varchar(64) USING convert_from(seen, 'UTF8')",
                Refused(
                    "of type bytea, which cannot be read",
                    "of type bytes, which cannot be read",
                ),
            ),
            None,
        ],
    },
    Change {
        what: "a column of text that holds places now (geometry)",
        made: [
            None,
            None,
            done(
                "ALTER TABLE visit RENAME COLUMN seen TO kept; ALTER TABLE visit ADD seen POINT",
                "ALTER TABLE visit DROP seen; ALTER TABLE visit RENAME COLUMN kept TO seen",
                Refused(
                    "of type geometry, which cannot be read",
                    "which cannot be read",
                ),
            ),
        ],
    },
    Change {
        what: "days that were text and are of a type for them now",
        made: [
            None,
            done(
                "ALTER TABLE visit ALTER happened TYPE timestamp USING happened::timestamp",
                "ALTER TABLE visit ALTER happened TYPE varchar(64)",
                AsBefore,
            ),
            done(
                "ALTER TABLE visit MODIFY happened DATETIME",
                "ALTER TABLE visit MODIFY happened VARCHAR(64)",
                AsBefore,
            ),
        ],
    },
    Change {
        what: "ids that were text and are numbers now",
        made: [
            None,
            done(
                "ALTER TABLE worker ALTER id TYPE integer USING id::integer",
                "ALTER TABLE worker ALTER id TYPE varchar(64)",
                AsBefore,
            ),
            done(
                "ALTER TABLE worker MODIFY id INT",
                "ALTER TABLE worker MODIFY id VARCHAR(64)",
                AsBefore,
            ),
        ],
    },
    Change {
        what: "a value in the middle of a result at which the query itself fails",
        made: [
            None,
            done(
                "ALTER TABLE visit RENAME TO kept; CREATE VIEW visit AS SELECT id, child, happened, \
                 booked, written, (1 / (CASE id WHEN 'V2' THEN 0 ELSE 1 END))::text AS seen FROM kept",
                "DROP VIEW visit; ALTER TABLE kept RENAME TO visit",
                Refused("division by zero", "division by zero"),
            ),
            None,
        ],
    },
];
