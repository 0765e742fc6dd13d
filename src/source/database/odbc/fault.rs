//! What a driver says when something fails: without the brackets of whom it went through, without a
//! password, and without a value of a row.

use odbc_api::Error;

/// A failure of a driver, or of the server behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::source) struct Failure {
    /// The SQLSTATE, empty where there is none.
    state: String,
    native: i32,
    /// In the driver's own words, on one line.
    pub(in crate::source) message: String,
}

/// SQLSTATEs of values that could not be converted: what is said of them shows the value.
const DATA_EXCEPTION: &str = "22";
const NO_PRIVILEGE: &str = "42501";
/// What SQL Server and MariaDB say by number of what the account may not read.
const NO_PRIVILEGE_NATIVE: [i32; 3] = [229, 1142, 1143];

impl Failure {
    pub(super) fn new(error: &Error, secrets: &[String]) -> Failure {
        let record = match error {
            Error::Diagnostics { record, .. }
            | Error::InvalidRowArraySize { record, .. }
            | Error::UnableToRepresentNull(record)
            | Error::UnsupportedOdbcApiVersion(record)
            | Error::OracleOdbcDriverDoesNotSupport64Bit(record) => record,
            other => return Failure::of_no_driver(&one_line(&other.to_string())),
        };
        let message = String::from_utf16_lossy(&record.message);
        Failure::said(
            record.state.as_str(),
            record.native_error,
            &message,
            secrets,
        )
    }

    /// A failure without a diagnostic record.
    pub(super) fn of_no_driver(message: &str) -> Failure {
        Failure {
            state: String::new(),
            native: 0,
            message: message.to_owned(),
        }
    }

    fn said(state: &str, native: i32, message: &str, secrets: &[String]) -> Failure {
        let mut message = one_line(message.trim_matches('\0'));
        for secret in secrets {
            message = message.replace(secret, "…");
        }
        let mut plain = message.as_str();
        while let Some((_, rest)) = plain
            .strip_prefix('[')
            .and_then(|inside| inside.split_once(']'))
        {
            plain = rest.trim_start();
        }
        plain = plain.strip_prefix("ERROR: ").unwrap_or(plain);
        // The PostgreSQL driver adds what it was doing.
        plain = plain.split("; ").next().unwrap_or(plain);
        if state.starts_with(DATA_EXCEPTION) {
            let end = plain.find([':', '"', '\'']).unwrap_or(plain.len());
            plain = &plain[..end];
        }
        Failure {
            state: state.to_owned(),
            native,
            message: plain.trim().trim_end_matches(';').to_owned(),
        }
    }

    /// What to do about a query that failed so.
    pub(in crate::source) fn remedy(&self) -> &'static str {
        if self.state == NO_PRIVILEGE || NO_PRIVILEGE_NATIVE.contains(&self.native) {
            "let the account read it (GRANT SELECT)"
        } else if self.state.is_empty() || self.state.starts_with("08") {
            "check that the database runs and can be reached"
        } else {
            "check the query"
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_driver_says_is_told_without_brackets_passwords_and_values() {
        let secrets = ["s3cr;et".to_owned()];
        let table = [
            (
                "42P01",
                "ERROR: relation \"nothere\" does not exist;\nError while executing the query",
                "relation \"nothere\" does not exist",
            ),
            (
                "22018",
                "[Microsoft][ODBC Driver 18 for SQL Server][SQL Server]Conversion failed when \
                 converting the varchar value 'Aunt May' to data type int.",
                "Conversion failed when converting the varchar value",
            ),
            (
                "22007",
                "ERROR: invalid input syntax for type date: \"Aunt May\";\nError while executing",
                "invalid input syntax for type date",
            ),
            (
                "HY000",
                "[SQLite]no such table: x (1)",
                "no such table: x (1)",
            ),
            (
                "28000",
                "[a] login with s3cr;et refused\0",
                "login with … refused",
            ),
        ];
        for (state, message, wanted) in table {
            let failure = Failure::said(state, 0, message, &secrets);
            assert_eq!(failure.message, wanted);
        }
    }

    #[test]
    fn what_to_do_goes_by_the_state() {
        let remedy = |state, native| Failure::said(state, native, "x", &[]).remedy();
        assert_eq!(remedy("42S02", 208), "check the query");
        assert!(remedy("42000", 229).contains("GRANT SELECT"));
        assert!(remedy("42501", 7).contains("GRANT SELECT"));
        assert!(remedy("08S01", 0).contains("can be reached"));
    }
}
