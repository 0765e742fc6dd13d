//! A site whose source or store is about to break: what it says, whom it told, and that both stay as they
//! are until it is whole again.

use std::collections::BTreeSet;
use std::path::PathBuf;

use corewatch::calendar::Instant;
use corewatch::daemon::{Installation, figures};
use corewatch::metrics::Metrics;
use corewatch::store::Store;

use crate::support::{
    CONFIG, CORE_GROUPS, Site, execute, execute_mariadb, execute_sqlite, mails_in,
};

/// Children that somebody watches; many more are only there to be read.
const WATCHED: u32 = 20;
const CHILDREN: u32 = 1000;
/// So many staff of eight kilobytes each, read last, are more than the buffers of a connection hold.
const STAFF: u32 = 2400;

/// After so many bytes from the server the children are being read, and nothing else yet.
pub const CHILDREN_BEING_READ: usize = 100_000;
/// After so many, everything but the staff has been read.
pub const STAFF_BEING_READ: usize = 2_000_000;

/// Eight weeks ago, on Monday, was the conference of all whom somebody watches; the day before yesterday
/// the key worker was told that the core groups of half of them are due.
const FIRST: &str = "2026-03-10T10:00:00Z";
const SECOND: &str = "2026-03-11T10:00:00Z";
/// The core groups were due on the day before; a pass every quarter of an hour from ten o'clock on.
const TODAY: &str = "2026-03-17";

const TABLES: &str = "
    CREATE TABLE children (id INTEGER PRIMARY KEY, team VARCHAR(20));
    CREATE TABLE plans (id INTEGER PRIMARY KEY, child INTEGER, began DATE);
    CREATE TABLE meetings (id INTEGER PRIMARY KEY, child INTEGER, what VARCHAR(20), held DATE);
    CREATE TABLE people (id VARCHAR(20) PRIMARY KEY, name VARCHAR(20), email VARCHAR(40),
        team VARCHAR(20), manager VARCHAR(20));
    INSERT INTO people VALUES ('kim', 'Kim Reid', 'kim@example.gov.uk', 'east', 'tam'),
        ('tam', 'Tam Grant', 'tam@example.gov.uk', 'east', NULL);
";

/// What happened in the case system since the last good reading: some core groups were held, one more
/// child came, and a row is mistyped. A reading that took any of it would be seen.
const SINCE: &str = "
    INSERT INTO meetings SELECT 100 + id, id, 'core_group', '2026-03-12' FROM children
        WHERE id BETWEEN 11 AND 15;
    INSERT INTO children VALUES (5000, 'west');
    INSERT INTO plans VALUES (5000, 5000, '2026-03-12'), (5001, 9999, '2026-03-12');
    UPDATE children SET team = 'west' WHERE id > 20;
";

const LADDERS: &str = r#"
[[ladder]]
id = "standard"
[[ladder.step]]
at = "due - 3 working days"
to = ["key_worker"]
[[ladder.step]]
at = "due + 1 day"
to = ["team_manager"]
"#;

const OPERATIONS: &str = "oncall@example.gov.uk";

/// The source file: more than is kept comes with the children and the staff, so that reading takes a
/// while.
const SOURCE: &str = r#"
[source]
url = "{url}"
timeout = "4 seconds"
[[source.children]]
query = "SELECT id AS child_id, team AS team_id, {300} AS filler FROM children"
[[source.periods]]
kind = "plan"
query = "SELECT id AS period_id, child AS child_id, began AS from_date FROM plans"
[[source.periods]]
kind = "key_worker"
query = "SELECT id AS period_id, child AS child_id, began AS from_date, 'kim' AS person_id FROM plans"
[[source.events]]
query = "SELECT what AS kind, id AS event_id, child AS child_id, held AS occurred FROM meetings"
[[source.people]]
query = "SELECT id AS person_id, name, email, team AS team_id, manager AS manager_id, {8000} AS filler FROM people"
"#;

/// A store in the folder of the site.
const STORE: &str = "sqlite:corewatch.db";

const CHECK: [&str; 3] = ["check", "--config", "corewatch.toml"];

/// A case database, whichever it lies in.
#[derive(Clone)]
pub enum Cases {
    Postgres(String),
    MariaDb(String),
    Sqlite(PathBuf),
}

impl Cases {
    /// Executes statements in it.
    pub fn run(&self, sql: &str) {
        match self {
            Cases::Postgres(url) => execute(url, sql),
            Cases::MariaDb(url) => execute_mariadb(url, sql),
            Cases::Sqlite(file) => execute_sqlite(file, sql),
        }
    }

    /// Its own address.
    pub fn url(&self) -> String {
        match self {
            Cases::Postgres(url) | Cases::MariaDb(url) => url.clone(),
            Cases::Sqlite(file) => format!("sqlite:{}", file.display()),
        }
    }

    /// The source file that reads it at an address.
    fn source(&self, url: &str) -> String {
        let filler = |size: u32| match self {
            Cases::Sqlite(_) => "NULL".to_owned(),
            _ => format!("repeat('x', {size})"),
        };
        SOURCE
            .replace("{url}", url)
            .replace("{300}", &filler(300))
            .replace("{8000}", &filler(8000))
    }

    /// Puts the tables and rows of the first reading there.
    fn fill(&self) {
        let mut sql = TABLES.to_owned();
        let list = |ids: std::ops::RangeInclusive<u32>, row: &dyn Fn(u32) -> String| {
            ids.map(row).collect::<Vec<_>>().join(", ")
        };
        for (table, rows) in [
            (
                "children",
                list(1..=CHILDREN, &|i| format!("({i}, 'east')")),
            ),
            (
                "plans",
                list(1..=WATCHED, &|i| format!("({i}, {i}, '2026-03-02')")),
            ),
            (
                "meetings",
                list(1..=WATCHED, &|i| {
                    format!("({i}, {i}, 'conference', '2026-03-02')")
                }),
            ),
            (
                "meetings",
                list(1..=WATCHED / 2, &|i| {
                    format!("({}, {i}, 'core_group', '2026-03-09')", 50 + i)
                }),
            ),
            (
                "people",
                list(1..=STAFF, &|i| {
                    format!("('p{i}', NULL, NULL, 'east', NULL)")
                }),
            ),
        ] {
            sql.push_str(&format!("INSERT INTO {table} VALUES {rows};\n"));
        }
        self.run(&sql);
    }
}

/// A site that has read its source twice and told the first step; since then the cases went on.
pub struct Watched {
    pub site: Site,
    pub cases: Cases,
    before: Answers,
    /// Passes that were made today.
    passes: u32,
    /// Whether the last of them was refused.
    refused: bool,
}

/// What must stay as it is.
#[derive(Debug, PartialEq, Eq)]
struct Answers {
    /// All that `evaluate` prints.
    evaluated: String,
    /// All that `alerts list` prints.
    alerts: String,
    /// Each `Corewatch-Alert` line by recipient.
    told: Vec<String>,
}

impl Watched {
    /// A site that reads these cases at `url`, with its store in its own folder.
    pub fn new(cases: Cases, url: &str) -> Watched {
        Watched::with_store(cases, url, STORE)
    }

    /// A site that reads these cases at `url`.
    pub fn with_store(cases: Cases, url: &str, store: &str) -> Watched {
        cases.fill();
        let site = Site::plain(CORE_GROUPS, LADDERS, &cases.source(url));
        site.write("corewatch.toml", &CONFIG.replace(STORE, store));
        for at in [FIRST, SECOND] {
            cycle(&site, at, 0);
        }
        let before = Answers::of(&site);
        assert_eq!(before.told.len(), WATCHED as usize / 2);
        cases.run(SINCE);
        Watched {
            site,
            cases,
            before,
            passes: 0,
            refused: false,
        }
    }

    /// Makes the day's next pass; gives what it said of what went wrong.
    #[track_caller]
    fn pass(&mut self, code: i32) -> String {
        let at = quarter(self.passes);
        self.passes += 1;
        cycle(&self.site, &at, code)
    }

    /// A pass is refused with these words, nothing else changes, and all who ask are told so.
    #[track_caller]
    pub fn is_refused(&mut self, words: &str) {
        let said = self.pass(1);
        assert!(said.contains(words), "{said}");
        self.holds();
        self.refused = true;
        // Once when it begins, and not again on the same day.
        let told = operations(&self.site, "the source was refused");
        assert_eq!(told, 1);
        let metrics = self.metrics();
        for sample in [
            "corewatch_sync_refused{authority=\"ashmere\"} 1",
            "corewatch_troubles{authority=\"ashmere\",kind=\"source_refused\"} 1",
        ] {
            assert!(metrics.contains(sample), "{metrics}");
        }
        let checked = self.site.run(&CHECK);
        assert!(checked.stdout.contains(REFUSED), "{}", checked.stdout);
    }

    /// A pass ends with an error of the store.
    #[track_caller]
    pub fn fails(&mut self, words: &str) {
        let said = self.pass(2);
        assert!(said.contains(words), "{said}");
    }

    /// Nothing has changed, and nobody was told anything.
    #[track_caller]
    pub fn holds(&self) {
        assert_eq!(Answers::of(&self.site), self.before);
    }

    /// A pass reads all that was there when it began, whatever goes on meanwhile.
    #[track_caller]
    pub fn is_of_one_moment(&mut self) {
        let wanted = self.read_anew();
        self.pass(0);
        let after = Answers::of(&self.site);
        assert_eq!(after.evaluated, wanted);
        self.tells_what_happened(&after);
        self.before = after;
    }

    /// The next pass reads what is there now, and tells what came of it, as if nothing had been.
    #[track_caller]
    pub fn comes_right(mut self) {
        self.pass(0);
        let after = Answers::of(&self.site);
        assert_eq!(after.evaluated, self.read_anew());
        self.tells_what_happened(&after);
        self.says_that_it_is_well();
    }

    /// The next pass finds everything as it was when last read.
    #[track_caller]
    pub fn comes_back(mut self) {
        self.pass(0);
        assert_eq!(Answers::of(&self.site), self.before);
        self.says_that_it_is_well();
    }

    /// What an installation says that reads the source as it is now for the first time.
    fn read_anew(&self) -> String {
        let source = self.cases.source(&self.cases.url());
        let anew = Site::plain(CORE_GROUPS, LADDERS, &source);
        cycle(&anew, &quarter(self.passes), 0);
        evaluated(&anew)
    }

    /// Of five core groups it is told that they were held, of five that they were not.
    #[track_caller]
    fn tells_what_happened(&self, after: &Answers) {
        assert_ne!(after.evaluated, self.before.evaluated);
        let before: BTreeSet<&String> = self.before.told.iter().collect();
        let new: Vec<&String> = after.told.iter().filter(|l| !before.contains(l)).collect();
        let count = |what: &str| new.iter().filter(|line| line.contains(what)).count();
        for what in ["kim@", "closed=met;", "tam@", "step=2;"] {
            assert_eq!(count(what), 5, "{what}: {new:#?}");
        }
    }

    #[track_caller]
    fn says_that_it_is_well(&self) {
        let metrics = self.metrics();
        let sample = "corewatch_sync_refused{authority=\"ashmere\"} 0";
        assert!(metrics.contains(sample), "{metrics}");
        let checked = self.site.run(&CHECK);
        assert!(!checked.stdout.contains(REFUSED), "{}", checked.stdout);
        let over = operations(&self.site, "is read again");
        assert_eq!(over, usize::from(self.refused));
    }

    /// All metrics, as they are served.
    fn metrics(&self) -> String {
        let config = self.site.path("corewatch.toml");
        let now: Instant = quarter(self.passes).parse().expect("an instant");
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(async {
                let installation = Installation::load(&config).expect("the installation");
                let url = installation.settings.store.url.clone();
                let store = Store::open(&url).await.expect("the store");
                let figures = figures(&installation, &store, &["pass"], now).await;
                store.close().await;
                let metrics = Metrics::new().expect("metrics");
                metrics
                    .publish(&figures.expect("figures"))
                    .expect("they are taken");
                metrics.text("").expect("text").1
            })
        })
        .join()
        .expect("the metrics")
    }
}

/// What `check` says of a source whose last reading was refused.
const REFUSED: &str = "the last reading of its source was refused";

impl Answers {
    fn of(site: &Site) -> Answers {
        let list = [
            "alerts",
            "list",
            "--config",
            "corewatch.toml",
            "--format",
            "ndjson",
        ];
        Answers {
            evaluated: evaluated(site),
            alerts: site.run(&list).ended_with(0).stdout,
            told: told(site),
        }
    }
}

/// Makes a pass; gives what it said of what went wrong.
#[track_caller]
fn cycle(site: &Site, at: &str, code: i32) -> String {
    site.run(&["cycle", "--config", "corewatch.toml", "--at", at])
        .ended_with(code)
        .stderr
}

fn evaluated(site: &Site) -> String {
    let call = ["evaluate", "--config", "corewatch.toml", "--as-of", TODAY];
    site.run(&[&call[..], &["--format", "ndjson"]].concat())
        .ended_with(0)
        .stdout
}

fn told(site: &Site) -> Vec<String> {
    let mut lines = Vec::new();
    for mail in mails_in(&site.path("outbox")) {
        let to = mail.to().to_owned();
        lines.extend(
            mail.alerts()
                .into_iter()
                .map(|alert| format!("{to}: {alert}")),
        );
    }
    lines.sort();
    lines
}

/// How often operations were told this.
fn operations(site: &Site, what: &str) -> usize {
    let mails = mails_in(&site.path("outbox")).into_iter();
    mails
        .filter(|mail| mail.to() == OPERATIONS && mail.everything().contains(what))
        .count()
}

/// The instant of one of the day's passes.
fn quarter(number: u32) -> String {
    format!("{TODAY}T10:{:02}:00Z", number * 15)
}
