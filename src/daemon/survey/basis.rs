//! What a register of evaluations is made with besides the record: rules, calendar, ladders, the program.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::alerts::RuleBook;
use crate::config::Hours;
use crate::daemon::Authority;
use crate::rules::RuleSet;

/// The form of a register's pages: another form is another basis, so that what was written in an
/// earlier one is evaluated again and never read.
const REGISTER: u32 = 3;

/// What a register is made with: one hash for what obligations follow from, one for what alerts need
/// besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    obligations: String,
    alerts: String,
}

/// Hashes whatever its parts say of themselves when debugged: a field that is added to one of them is
/// never forgotten here.
#[derive(Default)]
struct Hashed(Sha256);

impl Write for Hashed {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}

impl Hashed {
    fn of(parts: std::fmt::Arguments<'_>) -> String {
        let mut hashed = Hashed::default();
        // Writing to a hash cannot fail.
        let _ = hashed.write_fmt(parts);
        let digest = hashed.0.finalize();
        digest[..16].iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

impl Basis {
    /// What obligations follow from besides the record, and what alerts need to know of the rules.
    pub fn new(authority: &Authority, rules: &RuleSet, book: &RuleBook, hours: Hours) -> Basis {
        let baselines: Vec<&str> = book
            .facts
            .iter()
            .filter(|r| r.new)
            .map(|r| &*r.id)
            .collect();
        Basis {
            obligations: Self::of_obligations(authority, rules),
            alerts: Hashed::of(format_args!(
                "{:?} {hours:?} {baselines:?}",
                authority.ladders
            )),
        }
    }

    /// The half that obligations follow from.
    pub fn of_obligations(authority: &Authority, rules: &RuleSet) -> String {
        Hashed::of(format_args!(
            "{} {REGISTER} {rules:?} {:?}",
            env!("CARGO_PKG_VERSION"),
            authority.calendar
        ))
    }

    /// As the register's head has it.
    pub(super) fn stored(&self) -> String {
        format!("{}:{}", self.obligations, self.alerts)
    }
}
