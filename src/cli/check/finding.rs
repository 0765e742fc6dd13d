//! What a check has found, and how it is told: lines for people, or JSON for programs (docs/check.md).

use std::collections::BTreeSet;
use std::fmt;
use std::io::Write;
use std::path::Path;

use serde::Serialize;

use crate::cli::Failure;
use crate::config::AuthoritySettings;
use crate::document::{Fault, Place};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Severity {
    /// It stops something from working.
    Fault,
    /// It works, but perhaps not as it is meant.
    Warning,
    /// What was looked at, and is as it should be.
    Note,
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Area {
    Configuration,
    Rules,
    Source,
    Store,
    Mail,
    Recipients,
    Clock,
    Files,
}

/// One thing found. The names of its fields are those of the JSON, and stay.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Finding {
    severity: Severity,
    area: Area,
    /// The authority that it is about, where it is about one.
    authority: Option<String>,
    /// The file, or what stands in place of one: a variable, a credential, a setting.
    file: Option<String>,
    /// From 1.
    line: Option<usize>,
    /// From 1, in characters.
    column: Option<usize>,
    what: String,
    remedy: Option<String>,
}

impl Finding {
    fn new(severity: Severity, area: Area, fault: Fault) -> Finding {
        let Place { file, line, column } = fault.place;
        // A fault of a value says what to do in the same words.
        let (what, remedy) = match fault.remedy {
            None if line > 0 => {
                let Fault { what, remedy, .. } = in_words(fault.what);
                (what, remedy)
            }
            remedy => (fault.what, remedy),
        };
        Finding {
            severity,
            area,
            authority: None,
            file: (!file.is_empty()).then_some(file),
            line: (line > 0).then_some(line),
            column: (column > 0).then_some(column),
            what,
            remedy,
        }
    }

    fn of(mut self, authority: Option<&AuthoritySettings>) -> Finding {
        self.authority = authority.map(|authority| authority.id.clone());
        self
    }
}

/// As `authority luton: where: what; what to do`.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(authority) = &self.authority {
            write!(f, "authority {authority}: ")?;
        }
        if let Some(file) = &self.file {
            let place = Place {
                file: file.clone(),
                line: self.line.unwrap_or(0),
                column: self.column.unwrap_or(0),
            };
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.what)?;
        match &self.remedy {
            Some(remedy) => write!(f, "; {remedy}"),
            None => Ok(()),
        }
    }
}

/// An error in the words of the house, `what; what to do`, as a fault without a place.
pub(super) fn in_words(error: impl ToString) -> Fault {
    let line = error.to_string().replace('\n', " ");
    match line.rsplit_once("; ") {
        Some((what, remedy)) => Fault::new(Place::default(), what, remedy),
        None => Fault::plain(Place::default(), line),
    }
}

/// A finding that has no file: what, and what to do.
pub(super) fn said(what: impl Into<String>, remedy: impl Into<String>) -> Fault {
    Fault::new(Place::default(), what, remedy)
}

/// All that was found, and what it is looking at now.
#[derive(Debug, Default)]
pub(super) struct Findings {
    all: Vec<Finding>,
    authority: Option<AuthoritySettings>,
}

impl Findings {
    /// What is found from here on is about this authority, or about none.
    pub(super) fn about(&mut self, authority: Option<&AuthoritySettings>) {
        self.authority = authority.cloned();
    }

    pub(super) fn fault(&mut self, area: Area, fault: Fault) {
        self.add(Severity::Fault, area, fault);
    }

    pub(super) fn warning(&mut self, area: Area, fault: Fault) {
        self.add(Severity::Warning, area, fault);
    }

    pub(super) fn note(&mut self, area: Area, what: impl Into<String>) {
        self.add(Severity::Note, area, Fault::plain(Place::default(), what));
    }

    /// Whether nothing was found in an area.
    pub(super) fn is_empty_of(&self, area: Area) -> bool {
        self.all.iter().all(|finding| finding.area != area)
    }

    /// A fault of a file that several authorities may share: it is told once, by the file.
    pub(super) fn shared_fault(&mut self, area: Area, fault: Fault) {
        self.all.push(Finding::new(Severity::Fault, area, fault));
    }

    fn add(&mut self, severity: Severity, area: Area, fault: Fault) {
        let finding = Finding::new(severity, area, fault).of(self.authority.as_ref());
        self.all.push(finding);
    }

    fn of(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        let of = move |finding: &&Finding| finding.severity == severity;
        self.all.iter().filter(of)
    }

    /// Tells it to people: notes, warnings and how many there are on standard output; the faults are
    /// how the command ends.
    pub(super) fn tell(mut self, config: &Path, out: &mut impl Write) -> Result<(), Failure> {
        self.once();
        for note in self.of(Severity::Note) {
            writeln!(out, "note: {note}")?;
        }
        for warning in self.of(Severity::Warning) {
            writeln!(out, "warning: {warning}")?;
        }
        let faults: Vec<String> = self.of(Severity::Fault).map(Finding::to_string).collect();
        writeln!(
            out,
            "{}: {}, {}",
            config.display(),
            counted(faults.len(), "fault"),
            counted(self.of(Severity::Warning).count(), "warning")
        )?;
        match faults.is_empty() {
            true => Ok(()),
            false => Err(Failure::found(faults.join("\n"))),
        }
    }

    /// Tells it to programs: one JSON list.
    pub(super) fn tell_json(mut self, out: &mut impl Write) -> Result<(), Failure> {
        self.once();
        serde_json::to_writer_pretty(&mut *out, &self.all).map_err(std::io::Error::from)?;
        writeln!(out)?;
        match self.of(Severity::Fault).next() {
            None => Ok(()),
            Some(_) => Err(Failure::found("")),
        }
    }

    /// What both the source and the copy of it show is one finding.
    fn once(&mut self) {
        let mut told = BTreeSet::new();
        self.all.retain(|finding| {
            let mut told_as = finding.clone();
            told_as.area = Area::Configuration;
            told.insert(told_as)
        });
    }
}

pub(super) fn counted(count: usize, noun: &str) -> String {
    match count {
        _ if noun.ends_with('s') => format!("{count} {noun}"),
        0 => format!("no {noun}"),
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
