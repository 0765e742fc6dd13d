//! `:since` in a site's SQL: from when on changes are asked for, put as the database wants it.
//!
//! `:since` is a local time of the source's zone, `:since_utc` the same instant in UTC, for columns
//! that hold UTC without saying so. Never later than meant: a time that is written without a zone
//! goes back an hour when summer ends, and is asked for from the earlier hour on.

use chrono::{NaiveDateTime, Offset, TimeDelta, TimeZone, Timelike};

use crate::calendar::{Instant, Zone};

const LOCAL: &str = ":since";
const UTC: &str = ":since_utc";

/// From when on changes are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Since {
    /// The instant.
    pub(super) at: Instant,
    /// The same as a clock of the source's zone shows it, to the second.
    pub(super) local: NaiveDateTime,
    /// The same in UTC, to the second.
    pub(super) utc: NaiveDateTime,
}

/// Which of the two a statement asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Local,
    Utc,
}

impl Since {
    /// The instant `at`, asked for at `now`.
    pub(super) fn new(at: Instant, now: Instant, zone: Zone) -> Since {
        let utc = at.utc().naive_utc();
        let utc = utc.with_nanosecond(0).unwrap_or(utc);
        let ahead = |instant: Instant| {
            let offset = zone.0.offset_from_utc_datetime(&instant.utc().naive_utc());
            offset.fix().local_minus_utc()
        };
        let shift = TimeDelta::seconds(ahead(at).min(ahead(now)).into());
        Since {
            at,
            local: utc.checked_add_signed(shift).unwrap_or(utc),
            utc,
        }
    }

    /// What a statement asks for, as a time without a zone.
    pub(super) fn naive(self, asked: Asked) -> NaiveDateTime {
        match asked {
            Asked::Local => self.local,
            Asked::Utc => self.utc,
        }
    }
}

/// Whether a statement names `:since` or `:since_utc`, outside of texts, names in quotes and comments.
pub(super) fn is_named_in(sql: &str) -> bool {
    !places(sql, |_, _| String::new()).1.is_empty()
}

/// The statement with each `:since` as `placeholder` has it (of its number from 1, and what it asks
/// for), and what is asked for in the order of the placeholders.
pub(super) fn places(
    sql: &str,
    placeholder: impl Fn(usize, Asked) -> String,
) -> (String, Vec<Asked>) {
    let mut out = String::with_capacity(sql.len() + 32);
    let mut asked = Vec::new();
    let mut rest = sql;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '\'' | '"' | '`' => quoted(rest, first.len_utf8(), &first.to_string()),
            '-' if rest.starts_with("--") => quoted(rest, 2, "\n"),
            '/' if rest.starts_with("/*") => quoted(rest, 2, "*/"),
            ':' if before != ':' => {
                let found = [(UTC, Asked::Utc), (LOCAL, Asked::Local)]
                    .into_iter()
                    .find(|(name, _)| rest.starts_with(name) && ends_a_word(&rest[name.len()..]));
                if let Some((name, what)) = found {
                    asked.push(what);
                    out.push_str(&placeholder(asked.len(), what));
                    rest = &rest[name.len()..];
                    before = 'e';
                    continue;
                }
                1
            }
            _ => first.len_utf8(),
        };
        out.push_str(&rest[..taken]);
        before = rest[..taken].chars().next_back().unwrap_or(' ');
        rest = &rest[taken..];
    }
    (out, asked)
}

fn ends_a_word(rest: &str) -> bool {
    !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// How long what begins here is, up to and including `end`.
fn quoted(rest: &str, begins: usize, end: &str) -> usize {
    rest[begins..]
        .find(end)
        .map_or(rest.len(), |at| begins + at + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(sql: &str) -> (String, Vec<Asked>) {
        places(sql, |number, _| format!("<{number}>"))
    }

    #[test]
    fn since_is_found_where_it_is_meant() {
        use Asked::{Local, Utc};
        for (sql, wanted, asked) in [
            ("a >= :since", "a >= <1>", vec![Local]),
            (
                "a>:since_utc OR b>:since;",
                "a><1> OR b><2>;",
                vec![Utc, Local],
            ),
            (
                "x::since, :since_x, ':since', \":since\"",
                "x::since, :since_x, ':since', \":since\"",
                vec![],
            ),
            (
                "1 -- :since\n/* :since */ + date(:since)",
                "1 -- :since\n/* :since */ + date(<1>)",
                vec![Local],
            ),
            ("'it''s' || :since", "'it''s' || <1>", vec![Local]),
            ("'é' :since 'open", "'é' <1> 'open", vec![Local]),
        ] {
            assert_eq!(shown(sql), (wanted.to_owned(), asked), "{sql}");
        }
    }

    #[test]
    fn a_local_time_is_never_later_than_meant() {
        let at = |text: &str| text.parse::<Instant>().unwrap();
        let shown = |since: &str, now: &str| {
            let since = Since::new(at(since), at(now), Zone::LONDON);
            (since.local.to_string(), since.utc.to_string())
        };
        let both = |local: &str, utc: &str| (local.to_owned(), utc.to_owned());
        // Within the summer, and within the winter.
        assert_eq!(
            shown("2026-07-01T08:30:00.7Z", "2026-07-01T10:00:00Z"),
            both("2026-07-01 09:30:00", "2026-07-01 08:30:00")
        );
        assert_eq!(
            shown("2026-12-01T08:30:00Z", "2026-12-01T10:00:00Z"),
            both("2026-12-01 08:30:00", "2026-12-01 08:30:00")
        );
        // Summer ends between: what was written at the second half past one comes too.
        assert_eq!(
            shown("2026-10-25T00:40:00Z", "2026-10-25T01:40:00Z").0,
            "2026-10-25 00:40:00"
        );
        // Summer begins between.
        assert_eq!(
            shown("2026-03-29T00:40:00Z", "2026-03-29T01:40:00Z").0,
            "2026-03-29 00:40:00"
        );
    }
}
