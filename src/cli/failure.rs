//! How a command ends that did not end well: plain lines and an exit status.

use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::document::Faults;
use crate::store::StoreError;

/// It ran, and found what it was asked to look for.
const FOUND: u8 = 1;
/// The call or the configuration is wrong.
const WRONG: u8 = 2;

/// Why a command ended as it did: lines of what, where and what to do, and the exit status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    status: u8,
    lines: Vec<String>,
}

impl Failure {
    /// The call or the configuration is wrong: exit status 2. One line for each line of `what`.
    pub fn wrong(what: impl ToString) -> Self {
        Failure {
            status: WRONG,
            lines: what.to_string().lines().map(str::to_owned).collect(),
        }
    }

    /// It ran and found what it was asked to look for: exit status 1. One line for each line of
    /// `what`; none where all was said on standard output.
    pub fn found(what: impl ToString) -> Self {
        Failure {
            status: FOUND,
            ..Failure::wrong(what)
        }
    }

    /// It did what it was asked to, and has something to say besides: exit status 0.
    pub fn aside(what: impl ToString) -> Self {
        Failure {
            status: 0,
            ..Failure::wrong(what)
        }
    }

    /// Whoever read the output wanted no more of it.
    fn unread() -> Self {
        Failure {
            status: 0,
            lines: Vec::new(),
        }
    }

    /// Says the lines on standard error, and gives the exit status.
    pub fn tell(self) -> ExitCode {
        let mut error = io::stderr().lock();
        for line in &self.lines {
            if writeln!(error, "corewatch: {line}").is_err() {
                break;
            }
        }
        ExitCode::from(self.status)
    }
}

impl From<Faults> for Failure {
    fn from(faults: Faults) -> Self {
        Failure::wrong(faults)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Failure::wrong(error)
    }
}

/// Of standard output: a reader that has gone (`corewatch evaluate | head`) is no error.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Failure::unread()
        } else {
            Failure::wrong(format!(
                "standard output cannot be written ({error}); check where it leads"
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Fault, Place};

    #[test]
    fn each_fault_is_a_line() {
        let fault = |line| {
            Fault::plain(
                Place {
                    file: "f.toml".into(),
                    line,
                    column: 1,
                },
                "wrong",
            )
        };
        let failure = Failure::from(Faults(vec![fault(1), fault(2)]));
        assert_eq!(failure.lines, ["f.toml:1:1: wrong", "f.toml:2:1: wrong"]);
        assert_eq!(failure.status, 2);
    }

    #[test]
    fn a_reader_that_has_gone_is_no_error() {
        let gone = Failure::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!(gone, Failure::unread());
        let full = Failure::from(io::Error::from(io::ErrorKind::StorageFull));
        assert_eq!(full.status, 2);
    }
}
