//! What is so in the case system: children, their conferences and core groups, staff and who stands
//! in; and the same written into the case database.

use chrono::NaiveDate;

use super::days::{plus, working_days};
use crate::site::Site;

/// Children of a history: as many obligations.
pub const CHILDREN: usize = 8;
/// Key workers, and the managers above them.
pub const WORKERS: [&str; 3] = ["anna", "ben", "cara"];
pub const STAFF: [&str; 6] = ["anna", "ben", "cara", "tom", "sara", "hugo"];

/// How an obligation stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    Open,
    Closed(&'static str),
}

/// One child, on a plan from long before.
#[derive(Debug, Clone, Default)]
pub struct Child {
    pub worker: usize,
    /// The conference that its one obligation is anchored on.
    pub conference: Option<NaiveDate>,
    pub core_group: Option<NaiveDate>,
    pub plan_end: Option<NaiveDate>,
    /// Who is away, and which key worker stands in.
    pub away: Option<(&'static str, usize)>,
}

impl Child {
    /// The due day: ten working days after the conference.
    pub fn due(&self) -> Option<NaiveDate> {
        Some(working_days(self.conference?, 10))
    }

    /// How its obligation stands as of a day; closed as withdrawn where there is none.
    pub fn truth(&self, today: NaiveDate) -> Truth {
        let (Some(conference), Some(due)) = (self.conference, self.due()) else {
            return Truth::Closed("withdrawn");
        };
        let ended = self.plan_end.filter(|end| *end <= today);
        if ended.is_some_and(|end| conference > end) {
            return Truth::Closed("withdrawn");
        }
        let answers = |group: &NaiveDate| {
            *group >= conference && *group <= today && ended.is_none_or(|end| *group <= end)
        };
        match (self.core_group.filter(answers), ended) {
            (Some(group), _) if group <= due => Truth::Closed("met"),
            (Some(_), _) => Truth::Closed("met_late"),
            (None, Some(end)) if end > due => Truth::Closed("missed"),
            (None, Some(_)) => Truth::Closed("cancelled"),
            (None, None) => Truth::Open,
        }
    }
}

/// All that is so.
#[derive(Debug, Clone)]
pub struct World {
    pub children: Vec<Child>,
    /// Who of the staff has an address in the people table.
    pub addresses: [bool; STAFF.len()],
    /// Which of the ladders the site uses.
    pub ladder: usize,
}

impl World {
    pub fn new() -> World {
        let child = |number| Child {
            worker: number % WORKERS.len(),
            ..Child::default()
        };
        World {
            children: (0..CHILDREN).map(child).collect(),
            addresses: [true; STAFF.len()],
            ladder: 0,
        }
    }

    fn has_address(&self, person: &str) -> bool {
        STAFF
            .iter()
            .position(|p| *p == person)
            .is_some_and(|i| self.addresses[i])
    }

    /// The persons that a role reaches for a child, in any order.
    pub fn reached(&self, child: &Child, role: &str) -> Vec<&'static str> {
        let person = match role {
            "key_worker" => WORKERS[child.worker],
            "team_manager" => "tom",
            "service_manager" => "sara",
            _ => "hugo",
        };
        let mut persons = vec![person];
        if let Some((away, cover)) = child.away
            && away == person
        {
            persons.push(WORKERS[cover]);
        }
        persons.retain(|person| self.has_address(person));
        persons
    }

    /// Makes the case database say all this.
    pub async fn write(&self, site: &Site<'_>, begun: NaiveDate) {
        let mut sql = "BEGIN; DELETE FROM children WHERE id <> 'past'; \
            DELETE FROM periods WHERE child <> 'past'; DELETE FROM events WHERE child <> 'past';"
            .to_owned();
        let long_ago = plus(begun, -60);
        let quoted = |day: Option<NaiveDate>| day.map_or("NULL".to_owned(), |d| format!("'{d}'"));
        for (number, child) in self.children.iter().enumerate() {
            let worker = WORKERS[child.worker];
            sql.push_str(&format!(
                "INSERT INTO children VALUES ('C{number}', NULL, 'REF-C{number}', 'north');
                 INSERT INTO periods VALUES
                    ('plan', 'P{number}', 'C{number}', '{long_ago}', {}, NULL),
                    ('key_worker', 'K{number}', 'C{number}', '{long_ago}', NULL, '{worker}');",
                quoted(child.plan_end)
            ));
            for (kind, day) in [
                ("conference", child.conference),
                ("core_group", child.core_group),
            ] {
                if let Some(day) = day {
                    sql.push_str(&format!(
                        "INSERT INTO events VALUES ('{kind}', '{kind}{number}', 'C{number}', '{day}');"
                    ));
                }
            }
            if let Some((away, cover)) = child.away {
                let cover = WORKERS[cover];
                sql.push_str(&format!(
                    "INSERT INTO periods VALUES
                        ('absence', 'A{number}', 'C{number}', '{long_ago}', NULL, '{away}'),
                        ('cover', 'V{number}', 'C{number}', '{long_ago}', NULL, '{cover}');"
                ));
            }
        }
        for person in STAFF {
            let email = if self.has_address(person) {
                format!("'{person}@example.org'")
            } else {
                "NULL".to_owned()
            };
            sql.push_str(&format!(
                "UPDATE people SET email = {email} WHERE id = '{person}';"
            ));
        }
        sql.push_str("COMMIT;");
        site.sql(&sql).await;
    }
}
