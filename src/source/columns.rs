//! What each column of a query is: one of the contract (SPEC 4), or an attribute of its own name.

use super::database::Column;
use super::profile::{Query, Subject};
use crate::case::{Class, Symbol, Symbols};
use crate::document::nearest;

/// Where each column of the contract stands in [`Layout::contract`].
pub(super) mod at {
    pub(crate) const ID: usize = 0;
    /// Of periods and events.
    pub(crate) const CHILD: usize = 1;
    pub(crate) const KIND: usize = 2;
    pub(crate) const FROM: usize = 3;
    pub(crate) const TO: usize = 4;
    pub(crate) const OCCURRED: usize = 3;
    pub(crate) const SCHEDULED: usize = 4;
    pub(crate) const RECORDED: usize = 5;
    pub(crate) const ABOUT: usize = 6;
    /// Of children.
    pub(crate) const BORN: usize = 1;
    pub(crate) const CASE_REF: usize = 2;
    pub(crate) const CHILD_TEAM: usize = 3;
    /// Of people and teams.
    pub(crate) const NAME: usize = 1;
    pub(crate) const MANAGER: usize = 2;
    pub(crate) const EMAIL: usize = 3;
    pub(crate) const ROLE: usize = 4;
    pub(crate) const STAFF_TEAM: usize = 5;
    pub(crate) const LANGUAGE: usize = 6;
    pub(crate) const PARENT: usize = 3;
}

/// The columns of the contract in the order of [`at`], each with whether it must be there.
pub(super) fn contract(subject: Subject) -> &'static [(&'static str, bool)] {
    match subject {
        Subject::Children => &[
            ("child_id", true),
            ("born", false),
            ("case_ref", false),
            ("team_id", false),
        ],
        Subject::Periods => &[
            ("period_id", true),
            ("child_id", true),
            ("kind", true),
            ("from_date", true),
            ("to_date", false),
        ],
        Subject::Events => &[
            ("event_id", true),
            ("child_id", true),
            ("kind", true),
            ("occurred", false),
            ("scheduled", false),
            ("recorded", false),
            ("about", false),
        ],
        Subject::People => &[
            ("person_id", true),
            ("name", false),
            ("manager_id", false),
            ("email", false),
            ("role", false),
            ("team_id", false),
            ("language", false),
        ],
        Subject::Teams => &[
            ("team_id", true),
            ("name", false),
            ("manager_id", false),
            ("parent_id", false),
        ],
    }
}

/// The name of a column of the contract.
pub(super) fn contract_name(subject: Subject, place: usize) -> &'static str {
    contract(subject)[place].0
}

/// The class of a subject's rows, where they belong to a child's timeline.
pub(super) fn class(subject: Subject) -> Option<Class> {
    match subject {
        Subject::Periods => Some(Class::Period),
        Subject::Events => Some(Class::Event),
        Subject::Children | Subject::People | Subject::Teams => None,
    }
}

/// A further column of a period or event.
#[derive(Debug, Clone, Copy)]
pub(super) struct AttributeColumn {
    /// Where it stands in a row.
    pub(super) column: usize,
    /// Its name.
    pub(super) name: Symbol,
    /// Whether it is an id (`person_id`), which is text whatever type it has.
    pub(super) is_id: bool,
}

/// How the rows of a query are laid out.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// Where each column of the contract stands in a row.
    pub(super) contract: Vec<Option<usize>>,
    /// In the order of their symbols.
    pub(super) attributes: Vec<AttributeColumn>,
}

impl Layout {
    /// Makes out the columns of a query.
    ///
    /// # Errors
    /// What is wrong with them, each with what to do about it.
    pub(super) fn of(
        query: &Query,
        columns: &[Column],
        symbols: &mut Symbols,
    ) -> Result<Layout, Vec<(String, String)>> {
        let mut wrong = Vec::new();
        let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
        for (i, name) in names.iter().enumerate() {
            if names[..i].contains(name) {
                wrong.push((
                    format!("yields two columns named `{name}`"),
                    "give each a name of its own".to_owned(),
                ));
            }
        }
        for column in columns {
            if let Some(of_type) = &column.unreadable {
                wrong.push((
                    format!(
                        "yields column `{}` of type {of_type}, which cannot be read",
                        column.name
                    ),
                    "cast it to text, a number or a date".to_owned(),
                ));
            }
        }
        let mut attributes: Vec<usize> = (0..names.len()).collect();
        let mut places = Vec::new();
        for (place, (name, mandatory)) in contract(query.subject).iter().enumerate() {
            if place == at::KIND && query.kind.is_some() {
                places.push(None);
                continue;
            }
            let found = names.iter().position(|n| n == name);
            attributes.retain(|i| Some(*i) != found);
            if found.is_none() && *mandatory {
                wrong.push(missing(name, &names));
            }
            places.push(found);
        }
        if query.subject == Subject::Events
            && places[at::OCCURRED].is_none()
            && places[at::SCHEDULED].is_none()
        {
            wrong.push(missing("occurred", &names));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let mut attributes: Vec<AttributeColumn> = match class(query.subject) {
            None => Vec::new(),
            Some(_) => attributes
                .into_iter()
                .map(|column| AttributeColumn {
                    column,
                    name: symbols.intern(names[column]),
                    is_id: names[column] == "person_id",
                })
                .collect(),
        };
        attributes.sort_by_key(|attribute| attribute.name);
        Ok(Layout {
            contract: places,
            attributes,
        })
    }
}

fn missing(name: &str, names: &[&str]) -> (String, String) {
    let what = format!(
        "does not yield the column `{name}` (it yields {})",
        names.join(", ")
    );
    let remedy = match nearest(name, names.iter().copied()) {
        Some(near) => format!("is `{near}` meant? Then write `{near} AS {name}`"),
        None => format!("name the column that holds it `AS {name}`"),
    };
    (what, remedy)
}
