//! Who is told: the roles of a ladder resolved through the child's key worker, staff and teams, with
//! the reason for each (SPEC 7, Who).

use std::collections::{BTreeMap, BTreeSet};

use super::ladder::{Ladder, To};
use crate::calendar::Day;
use crate::case::{Period, Person, Staff, Symbol, Symbols, Team, Timeline, Value};
use crate::mail::{Address, Role, Why};

/// The kinds and the attribute that say who has a case, who is away and who stands in.
#[derive(Debug, Clone, Copy, Default)]
pub struct StaffKinds {
    key_worker: Option<Symbol>,
    absence: Option<Symbol>,
    cover: Option<Symbol>,
    person_id: Option<Symbol>,
}

impl StaffKinds {
    /// Their numbers in an authority's symbols.
    pub fn of(symbols: &Symbols) -> Self {
        StaffKinds {
            key_worker: symbols.get("key_worker"),
            absence: symbols.get("absence"),
            cover: symbols.get("cover"),
            person_id: symbols.get("person_id"),
        }
    }
}

/// What recipients are resolved through: one for an authority and a day.
#[derive(Debug, Clone, Copy)]
pub struct Directory<'a> {
    /// Staff and teams.
    pub staff: &'a Staff,
    /// How the copy numbers the kinds.
    pub kinds: StaffKinds,
    /// The roles that the site names itself: `mailto:` addresses and person ids.
    pub roles: &'a BTreeMap<String, Vec<String>>,
    /// Addresses that nothing may be sent to now, as [`key_of`] writes them.
    pub unusable: &'a BTreeSet<String>,
}

/// One recipient of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// Where they are told.
    pub address: Address,
    /// Their name, where the people table has one.
    pub name: Option<String>,
    /// Why they are told.
    pub why: Why,
}

/// Whom a step reaches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepPeople {
    /// Each address once, with the first reason.
    pub reached: Vec<Reached>,
    /// The roles and addresses of the step that reach nobody.
    pub empty: Vec<To>,
}

/// An address for comparing: two that differ in case only are one mailbox.
pub fn key_of(address: &str) -> String {
    address.trim().to_ascii_lowercase()
}

/// A person of a role: known to the people table or not, reachable or not.
struct Candidate<'a> {
    person_id: &'a str,
    covering: Option<String>,
}

/// One child's recipients on a day.
pub struct Recipients<'a, 't> {
    directory: &'a Directory<'a>,
    timeline: &'a Timeline<'t>,
    day: Day,
    // By first day, latest last; their persons' ids with them.
    key_workers: Vec<String>,
    away: BTreeSet<String>,
    covers: Vec<String>,
}

impl<'a, 't> Recipients<'a, 't> {
    /// The recipients for one child on `day`.
    pub fn new(directory: &'a Directory<'a>, timeline: &'a Timeline<'t>, day: Day) -> Self {
        let mut recipients = Recipients {
            directory,
            timeline,
            day,
            key_workers: Vec::new(),
            away: BTreeSet::new(),
            covers: Vec::new(),
        };
        let kinds = &directory.kinds;
        recipients.key_workers = recipients.persons(kinds.key_worker);
        recipients.away = recipients.persons(kinds.absence).into_iter().collect();
        recipients.covers = recipients.persons(kinds.cover);
        recipients
    }

    fn persons(&self, kind: Option<Symbol>) -> Vec<String> {
        let Some(kind) = kind else { return Vec::new() };
        // Periods of a kind are ordered by first day and id already.
        let running = self.timeline.periods_of(kind).iter();
        let mut persons = Vec::new();
        for period in running.filter(|period| period.runs_on(self.day)) {
            if let Some(person) = self.person_of(period) {
                // Who has several stands where the latest of them does.
                persons.retain(|known| *known != person);
                persons.push(person);
            }
        }
        persons
    }

    fn person_of(&self, period: &Period<'_>) -> Option<String> {
        Some(
            match period.attributes.get(self.directory.kinds.person_id?)? {
                Value::Text(id) => id.to_owned(),
                Value::Int(id) => id.to_string(),
                Value::Float(id) => id.to_string(),
                Value::Bool(_) => return None,
            },
        )
    }

    /// Who has the case, for people to read: names, or ids where the people table has none.
    pub fn key_worker_names(&self) -> Vec<String> {
        let name = |id: &String| self.person(id).and_then(|p| p.name.clone());
        self.key_workers
            .iter()
            .map(|id| name(id).unwrap_or_else(|| id.clone()))
            .collect()
    }

    /// Whom each step of a ladder reaches, in the order of their numbers.
    pub fn of_ladder(&self, ladder: &Ladder) -> Vec<StepPeople> {
        ladder
            .steps
            .iter()
            .map(|step| self.of_step(&step.to))
            .collect()
    }

    /// Whom a step reaches.
    pub fn of_step(&self, to: &[To]) -> StepPeople {
        let mut people = StepPeople::default();
        for to in to {
            let mut any = false;
            for reached in self.of_role(to) {
                any = true;
                let key = key_of(reached.address.as_str());
                if !people
                    .reached
                    .iter()
                    .any(|r| key_of(r.address.as_str()) == key)
                {
                    people.reached.push(reached);
                }
            }
            if !any {
                people.empty.push(to.clone());
            }
        }
        people
    }

    fn of_role(&self, to: &To) -> Vec<Reached> {
        let (role, addresses, persons) = match to {
            To::Address(address) => (Role::Address, vec![address.clone()], Vec::new()),
            To::KeyWorker => {
                let persons = self.key_workers.iter().map(String::as_str).collect();
                (Role::KeyWorker, Vec::new(), persons)
            }
            To::TeamManager => (Role::TeamManager, Vec::new(), one(self.team_manager())),
            To::ServiceManager => {
                let manager = self.above_team(1).and_then(|team| self.manager_of(team));
                (Role::ServiceManager, Vec::new(), one(manager))
            }
            To::HeadOfService => {
                let manager = self.above_team(2).and_then(|team| self.manager_of(team));
                (Role::HeadOfService, Vec::new(), one(manager))
            }
            To::Named(name) => {
                let (addresses, persons) = self.named(name);
                (Role::Named(name.clone()), addresses, persons)
            }
        };
        let mut reached: Vec<Reached> = addresses
            .into_iter()
            .filter(|address| self.usable(address))
            .map(|address| Reached {
                name: None,
                why: why(role.clone(), None),
                address,
            })
            .collect();
        for candidate in self.with_covers(persons) {
            let Some(person) = self.person(candidate.person_id) else {
                continue;
            };
            let address = person.email.as_deref().and_then(|email| email.parse().ok());
            if let Some(address) = address.filter(|address| self.usable(address)) {
                reached.push(Reached {
                    address,
                    name: person.name.clone(),
                    why: why(role.clone(), candidate.covering),
                });
            }
        }
        reached
    }

    /// The persons, and, where one of them is away, everyone who stands in.
    fn with_covers<'s>(&'s self, persons: Vec<&'s str>) -> Vec<Candidate<'s>> {
        let mut candidates: Vec<Candidate<'s>> = Vec::new();
        for person_id in persons {
            candidates.push(Candidate {
                person_id,
                covering: None,
            });
            if !self.away.contains(person_id) {
                continue;
            }
            let name = self.person(person_id).and_then(|p| p.name.clone());
            for cover in &self.covers {
                candidates.push(Candidate {
                    person_id: cover,
                    covering: Some(name.clone().unwrap_or_else(|| person_id.to_owned())),
                });
            }
        }
        candidates
    }

    fn usable(&self, address: &Address) -> bool {
        !self.directory.unusable.contains(&key_of(address.as_str()))
    }

    fn person(&self, id: &str) -> Option<&'a Person> {
        self.directory.staff.people.get(id)
    }

    fn team(&self, id: Option<&str>) -> Option<&'a Team> {
        self.directory.staff.teams.get(id?)
    }

    /// The latest starting key worker, where the people table knows them.
    fn key_worker(&self) -> Option<&'a Person> {
        self.person(self.key_workers.last()?)
    }

    fn known<'p>(&self, person_id: Option<&'p String>) -> Option<&'p str> {
        person_id
            .map(String::as_str)
            .filter(|id| self.person(id).is_some())
    }

    fn manager_of(&self, team: &'a Team) -> Option<&'a str> {
        self.known(team.manager_id.as_ref())
    }

    fn team_manager(&self) -> Option<&'a str> {
        let key_worker = self.key_worker();
        let own = key_worker.and_then(|person| self.known(person.manager_id.as_ref()));
        let of_team = |id: Option<&str>| self.team(id).and_then(|team| self.manager_of(team));
        own.or_else(|| of_team(key_worker.and_then(|person| person.team_id.as_deref())))
            .or_else(|| of_team(self.timeline.child.team_id))
    }

    /// The team so many levels above the key worker's, else above the child's.
    fn above_team(&self, levels: usize) -> Option<&'a Team> {
        let key_worker = self
            .key_worker()
            .and_then(|person| person.team_id.as_deref());
        let mut team = self
            .team(key_worker)
            .or_else(|| self.team(self.timeline.child.team_id))?;
        for _ in 0..levels {
            team = self.team(team.parent_id.as_deref())?;
        }
        Some(team)
    }

    fn named(&self, name: &str) -> (Vec<Address>, Vec<&'a str>) {
        let mut addresses = Vec::new();
        let mut persons = Vec::new();
        for entry in self.directory.roles.get(name).into_iter().flatten() {
            match entry.strip_prefix("mailto:") {
                Some(address) => addresses.extend(address.parse()),
                None => persons.push(entry.as_str()),
            }
        }
        (addresses, persons)
    }
}

fn one(person: Option<&str>) -> Vec<&str> {
    person.into_iter().collect()
}

fn why(role: Role, covering: Option<String>) -> Why {
    Why {
        role,
        covering,
        passed_up: false,
    }
}

#[cfg(test)]
#[path = "recipients_tests.rs"]
mod tests;
