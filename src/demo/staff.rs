//! Teams, their managers, and social workers.

use super::chance::{Chance, Habits};
use super::names::{SERVICES, STAFF_FIRST, STAFF_LAST, TEAMS};
use super::tables::{Tables, row};

/// The children that one social worker keeps, on average over all of them that there are rows for.
const CHILDREN_FOR_EACH: usize = 9;
/// One of so many staff is not a registered social worker, and yet may be named as key worker.
const UNREGISTERED: usize = 29;
/// The id of the team at the top.
const TOP: &str = "T-TOP";

/// Who works where.
pub(super) struct Staff {
    /// Social workers by team.
    workers: Vec<Vec<String>>,
    /// Managers by team.
    managers: Vec<String>,
}

/// Social workers and their teams for so many children, written to the tables.
pub(super) fn hire(children: usize, chance: &mut Chance, tables: &mut Tables) -> Staff {
    let mut office = Office { tables, hired: 0 };
    let head = office.hire("Head of Service", "T-TOP", None);
    office.open_team(TOP, "Children's Social Care", None, &head);
    let services: Vec<(String, String)> = (1..)
        .zip(SERVICES)
        .map(|(number, name)| {
            let id = format!("S-{number:02}");
            let manager = office.hire("Service Manager", &id, Some(&head));
            office.open_team(&id, name, Some(TOP), &manager);
            (id, manager)
        })
        .collect();
    let for_each_team = (children / CHILDREN_FOR_EACH / TEAMS.len()).max(3);
    let mut workers = Vec::new();
    let mut managers = Vec::new();
    for (number, (name, _)) in TEAMS.into_iter().enumerate() {
        let id = team_id(number);
        let (service, service_manager) = &services[number % services.len()];
        let manager = office.hire("Team Manager", &id, Some(service_manager));
        office.open_team(&id, name, Some(service), &manager);
        let size = for_each_team + usize::from(chance.happens(50));
        workers.push(
            (0..size)
                .map(|_| office.hire("Social Worker", &id, Some(&manager)))
                .collect(),
        );
        managers.push(manager);
    }
    Staff { workers, managers }
}

impl Staff {
    /// How many teams there are.
    pub fn teams(&self) -> usize {
        self.workers.len()
    }

    /// A social worker of a team.
    pub fn worker(&self, team: usize, chance: &mut Chance) -> String {
        chance.pick(&self.workers[team]).clone()
    }

    /// Another social worker of a team.
    pub fn colleague(&self, team: usize, of: &str, chance: &mut Chance) -> String {
        let others: Vec<&String> = self.workers[team].iter().filter(|id| *id != of).collect();
        (*chance.pick(&others)).clone()
    }

    /// The manager of a team.
    pub fn manager(&self, team: usize) -> &str {
        &self.managers[team]
    }

    /// All social workers, with their teams.
    pub fn all(&self) -> impl Iterator<Item = (usize, &String)> {
        let by_team = self.workers.iter().enumerate();
        by_team.flat_map(|(team, workers)| workers.iter().map(move |worker| (team, worker)))
    }
}

/// The id of a team.
pub(super) fn team_id(team: usize) -> String {
    format!("T-{:02}", team + 1)
}

/// How a team keeps to its timescales.
pub(super) fn habits(team: usize) -> Habits {
    let (_, slips) = TEAMS[team];
    Habits {
        late: slips - slips / 4,
        never: slips / 4,
    }
}

struct Office<'t> {
    tables: &'t mut Tables,
    hired: usize,
}

impl Office<'_> {
    fn hire(&mut self, title: &str, team: &str, manager: Option<&str>) -> String {
        let number = self.hired;
        self.hired += 1;
        let id = format!("W{:04}", 1001 + number);
        let first = STAFF_FIRST[number % STAFF_FIRST.len()];
        let last = STAFF_LAST[number % STAFF_LAST.len()];
        // The two lists are of lengths without a common divisor: names repeat after their product.
        let again = match number / (STAFF_FIRST.len() * STAFF_LAST.len()) {
            0 => String::new(),
            times => (times + 1).to_string(),
        };
        let email = format!("{first}.{last}{again}@ashmere.example").to_lowercase();
        let registered = number % UNREGISTERED != UNREGISTERED - 1;
        self.tables.professionals.push(row![
            &id,
            format!("ASH{:05}", 40_000 + number),
            format!("{first} {last}"),
            registered.then(|| format!("SW{:06}", 310_000 + number * 17)),
            title,
            team,
        ]);
        self.tables.staff.push(row![&id, email, team, manager]);
        id
    }

    fn open_team(&mut self, id: &str, name: &str, parent: Option<&str>, manager: &str) {
        self.tables
            .departments
            .push(row![id, name, parent, None::<&str>]);
        self.tables.team_managers.push(row![id, manager]);
    }
}
