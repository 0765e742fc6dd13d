//! The nation with a ladder over it: every rule on the standard one (key worker, team manager, service
//! manager, head of service). What is over already is told at the first pass as a baseline, one digest a
//! recipient; nothing is delivered, for no mail server listens.

use std::path::Path;
use std::time::Instant;

use corewatch::calendar::Day;
use corewatch::case::{Person, Staff, Team};
use corewatch::daemon::{AuthorityOutcome, Due, Installation, PassEnd, pass_for};
use corewatch::store::Store;
use corewatch::store::copy::{self, Reading};

use super::data::{CHILDREN_OF_A_WORKER, TODAY};
use super::{CONFIG, peak_megabytes};

const CONFIGURED: &str = r#"
ladders = "ladders.toml"
[mail]
from = "Timescales <timescales@nation.example>"
operations = ["operations@nation.example"]
host = "127.0.0.1"
port = 1
tls = "none"
"#;
/// Key workers of a team, and teams of an area.
const WORKERS_OF_A_TEAM: usize = 8;
const TEAMS_OF_AN_AREA: usize = 25;
/// Passes made, one after the other: days after the first, and the time.
const PASSES: [(&str, i64, &str); 4] = [
    ("the first, a baseline", 0, "10:00"),
    ("a minute later", 0, "10:01"),
    ("the next working day", 3, "10:00"),
    ("a minute after that", 3, "10:01"),
];

/// Lays the ladder's site beside the other one, over a copy of its store, which nothing may write to
/// meanwhile.
pub async fn lay(folder: &Path, children: usize) {
    let store = folder.join("corewatch.db");
    for (name, text) in [
        (
            "ladder.toml",
            CONFIG
                .replace("corewatch.db", "ladder.db")
                .replace("pack.toml", "laddered.toml")
                + CONFIGURED,
        ),
        (
            "ladders.toml",
            include_str!("../../config/ladders/standard.toml").to_owned(),
        ),
        (
            "laddered.toml",
            include_str!("pack.toml").replace("severity =", "ladder = \"standard\"\nseverity ="),
        ),
    ] {
        std::fs::write(folder.join(name), text).expect("a folder to write in");
    }
    // Closed by its last user, it is one file.
    let whole = Store::open(&format!("sqlite:{}", store.display())).await;
    whole.expect("the store").close().await;
    std::fs::copy(store, folder.join("ladder.db")).expect("a copy of the store");
    let installation = load(folder);
    let store = Store::open(&installation.settings.store.url)
        .await
        .expect("the store");
    let mut tx = store.begin().await.expect("a transaction");
    copy::put_staff(&mut tx, "nation", &staff(children))
        .await
        .expect("staff kept");
    let day: Day = TODAY.parse().expect("a day");
    let reading = Reading {
        at: at(0, "09:00"),
        day,
        refused: None,
        rows: 0,
        quarantined: 0,
        children: children as u64,
        changed: children as u64,
        milliseconds: 0,
        whole: true,
    };
    copy::put_reading(&mut tx, "nation", &reading)
        .await
        .expect("the reading kept");
    tx.commit().await.expect("all kept");
    store.close().await;
}

/// Key workers in teams, teams in areas, and the department above them, each with a manager.
fn staff(children: usize) -> Staff {
    let mut staff = Staff::default();
    let mut person = |id: String, team: Option<String>| {
        let person = Person {
            person_id: id.clone(),
            email: Some(format!("{}@nation.example", id.to_lowercase())),
            team_id: team,
            ..Person::default()
        };
        staff.people.insert(id, person);
    };
    let mut team = |id: &str, parent: Option<String>, manager: String| {
        let team = Team {
            team_id: id.to_owned(),
            parent_id: parent,
            manager_id: Some(manager),
            ..Team::default()
        };
        staff.teams.insert(id.to_owned(), team);
    };
    let workers = children.div_ceil(CHILDREN_OF_A_WORKER);
    for worker in 0..workers {
        let of = format!("T{}", worker / WORKERS_OF_A_TEAM);
        person(format!("W{worker}"), Some(of));
    }
    let teams = workers.div_ceil(WORKERS_OF_A_TEAM);
    for number in 0..teams {
        let area = Some(format!("A{}", number / TEAMS_OF_AN_AREA));
        person(format!("TM{number}"), None);
        team(&format!("T{number}"), area, format!("TM{number}"));
    }
    for number in 0..teams.div_ceil(TEAMS_OF_AN_AREA) {
        person(format!("AM{number}"), None);
        team(
            &format!("A{number}"),
            Some("D".to_owned()),
            format!("AM{number}"),
        );
    }
    person("H".to_owned(), None);
    team("D", None, "H".to_owned());
    staff
}

fn load(folder: &Path) -> Installation {
    Installation::load(&folder.join("ladder.toml")).unwrap_or_else(|faults| panic!("{faults}"))
}

fn at(days: i64, time: &str) -> corewatch::calendar::Instant {
    let today: Day = TODAY.parse().expect("a day");
    let text = format!("{}T{time}:00Z", today.plus(days));
    text.parse().expect("an instant")
}

/// The passes, in a process of its own.
pub async fn passes(folder: &Path) {
    let installation = load(folder);
    let store = Store::open(&installation.settings.store.url)
        .await
        .expect("the store");
    for (name, days, time) in PASSES {
        let began = Instant::now();
        let ended = pass_for(&installation, &store, at(days, time), Due::Look).await;
        let took = began.elapsed().as_secs_f64();
        let PassEnd::Ran(outcome) = ended.expect("a pass") else {
            panic!("another pass runs");
        };
        let AuthorityOutcome::Looked(decided) = &outcome.authorities[0].1 else {
            panic!("{outcome:?}");
        };
        println!(
            "after\twith a ladder, {name}: {} children evaluated, {} told in {} messages, {} held, {took:.3} s, {} MB at most",
            decided.evaluated,
            decided.told,
            decided.letters,
            decided.held,
            peak_megabytes(),
        );
    }
}
