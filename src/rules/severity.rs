//! How grave a breach of a rule is, as its pack says.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// The severity of a rule (SPEC 3), from the least to the gravest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A matter of record.
    Low,
    /// A matter of practice.
    Medium,
    /// A statutory timescale.
    High,
    /// A child may be unseen or unprotected.
    Critical,
}

impl Severity {
    /// All of them, from the least to the gravest.
    pub const ALL: [Severity; 4] = [
        Severity::Low,
        Severity::Medium,
        Severity::High,
        Severity::Critical,
    ];

    /// Its name in packs and in every output.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Severity::ALL
            .into_iter()
            .find(|severity| severity.name() == text)
            .ok_or_else(|| {
                format!("`{text}` is not a severity; write low, medium, high or critical")
            })
    }
}

impl Serialize for Severity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
