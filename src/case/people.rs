//! Staff and teams: who may be told, and who stands above them.

use std::collections::BTreeMap;

/// A member of staff, as `[[source.people]]` gives them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// The source's id.
    pub person_id: String,
    /// Their name, for the text of a mail to colleagues; never in a log or a metric.
    pub name: Option<String>,
    /// Where they read mail.
    pub email: Option<String>,
    /// What they are.
    pub role: Option<String>,
    /// Their team.
    pub team_id: Option<String>,
    /// Their manager's `person_id`.
    pub manager_id: Option<String>,
    /// The language that they want to read, as the source writes it.
    pub language: Option<String>,
}

/// A team, as `[[source.teams]]` gives it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Team {
    /// The source's id.
    pub team_id: String,
    /// Its name.
    pub name: Option<String>,
    /// The team above it.
    pub parent_id: Option<String>,
    /// Its manager's `person_id`.
    pub manager_id: Option<String>,
}

/// All staff and teams of one authority, by id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Staff {
    /// By `person_id`.
    pub people: BTreeMap<String, Person>,
    /// By `team_id`.
    pub teams: BTreeMap<String, Team>,
}
