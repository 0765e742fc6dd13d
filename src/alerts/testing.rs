//! What the tests of this room share: a calendar, days, and one made-up child with staff.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use super::recipients::{Directory, Recipients, StaffKinds};
use crate::calendar::{BankHolidays, Calendar, Day, Instant, Nation, Zone};
use crate::case::{PeriodRow, Person, Staff, Symbols, Team, Timeline, TimelineBuilder, Value};

/// Christmas 2026, closed on the 28th in lieu of the 26th.
pub fn calendar() -> Calendar {
    static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| {
        let christmas = [day("2026-12-25"), day("2026-12-28")];
        Calendar::new(
            Zone::LONDON,
            Nation::EnglandAndWales,
            Arc::new(BankHolidays::default()),
            &christmas,
        )
    });
    CALENDAR.clone()
}

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub fn instant(text: &str) -> Instant {
    text.parse().unwrap()
}

/// One child with key worker Anna of team North, whose manager is Tom; Nora manages North, Sara the
/// service above, Hugo all of it.
pub struct Case {
    pub team: Option<String>,
    pub periods: Vec<(String, String, Day, Option<Day>, String)>,
    pub staff: Staff,
    pub roles: BTreeMap<String, Vec<String>>,
    pub unusable: BTreeSet<String>,
}

fn person(id: &str, name: &str, team: &str, manager: Option<&str>) -> (String, Person) {
    let person = Person {
        person_id: id.to_owned(),
        name: Some(name.to_owned()),
        email: Some(format!("{id}@example.org")),
        team_id: Some(team.to_owned()),
        manager_id: manager.map(str::to_owned),
        ..Person::default()
    };
    (id.to_owned(), person)
}

fn team(id: &str, parent: Option<&str>, manager: &str) -> (String, Team) {
    let team = Team {
        team_id: id.to_owned(),
        name: Some(format!("Team {id}")),
        parent_id: parent.map(str::to_owned),
        manager_id: Some(manager.to_owned()),
    };
    (id.to_owned(), team)
}

impl Case {
    pub fn standard() -> Case {
        let people = [
            person("anna", "Anna Archer", "north", Some("tom")),
            person("ben", "Ben Baker", "north", None),
            person("carol", "Carol Cooper", "north", None),
            person("tom", "Tom Turner", "north", None),
            person("nora", "Nora Norris", "north", None),
            person("sara", "Sara Smith", "service", None),
            person("hugo", "Hugo Hill", "all", None),
        ];
        let teams = [
            team("north", Some("service"), "nora"),
            team("service", Some("all"), "sara"),
            team("all", None, "hugo"),
        ];
        let mut case = Case {
            team: Some("north".into()),
            periods: Vec::new(),
            staff: Staff {
                people: people.into(),
                teams: teams.into(),
            },
            roles: BTreeMap::new(),
            unusable: BTreeSet::new(),
        };
        case.period("key_worker", "K1", "2026-01-01", None, "anna");
        case
    }

    pub fn period(&mut self, kind: &str, id: &str, from: &str, to: Option<&str>, person: &str) {
        self.periods.push((
            kind.into(),
            id.into(),
            day(from),
            to.map(day),
            person.into(),
        ));
    }

    pub fn with_recipients<T>(&self, on: Day, read: impl FnOnce(&Recipients<'_, '_>) -> T) -> T {
        let mut symbols = Symbols::default();
        let person_id = symbols.intern("person_id");
        let mut builder = TimelineBuilder::new("child-1");
        builder.team_id = self.team.as_deref().map(Into::into);
        for (kind, id, from, to, person) in &self.periods {
            let kind = symbols.intern(kind);
            let person = [(person_id, Value::Text(person))];
            builder
                .periods
                .push(PeriodRow::new(kind, id, *from, *to, person));
        }
        let bytes = builder.encode();
        let timeline = Timeline::decode(&bytes).unwrap();
        let directory = Directory {
            staff: &self.staff,
            kinds: StaffKinds::of(&symbols),
            roles: &self.roles,
            unusable: &self.unusable,
        };
        read(&Recipients::new(&directory, &timeline, on))
    }
}
