//! A nation's evaluation: eight duties over 100,000 children, some 2.6 million rows and more than two
//! million obligations, from the program's own copy to what is kept of it, cold: in a process of its
//! own; and what the passes after it take, when little or nothing has changed. Beside it the same in good set-based SQL, over the same rows, in PostgreSQL (one session, and
//! two with half of the children each) and in DuckDB. They count obligations by rule and state too,
//! and must count the same as the engine. Prints figures, and asserts that the counts are equal.
//!
//! ```text
//! tests/run cargo bench --bench nation        # with a private PostgreSQL
//! cargo bench --bench nation                  # without, or with COREWATCH_TEST_POSTGRES=postgres://…
//! ```
//! DuckDB is run where `python3` can `import duckdb` (`pip install duckdb`). What is not there is said
//! in a line and left out. `COREWATCH_BENCH_CHILDREN` sets the size.

mod data;
mod sql;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use corewatch::alerts::RuleBook;
use corewatch::calendar::Day;
use corewatch::case::TimelineBuilder;
use corewatch::config::Hours;
use corewatch::daemon::{Authority, Basis, Cases, Installation, Plan};
use corewatch::rules::State;
use corewatch::store::Store;
use corewatch::store::copy::{self, StoredTimeline};

use data::{Nation, TODAY};
use sql::Counts;

const CONFIG: &str = r#"
[store]
url = "sqlite:corewatch.db"
[[authority]]
id = "nation"
name = "Nation"
nation = "england-and-wales"
packs = ["pack.toml"]
source = "source.toml"
"#;
/// Never read: the copy is written by the benchmark.
const SOURCE: &str = r#"
[source]
url = "sqlite:cases.db"
[[source.children]]
query = "SELECT id AS child_id FROM child"
"#;
/// How often the pass is made; the quickest counts, as it does for SQL, which runs once unmeasured.
const PASSES: usize = 3;
/// How often some children change; the quickest pass after it counts.
const CHANGES: usize = 7;
/// One in so many children changes: a visit is added.
const CHANGED_OF: usize = 100;
/// Under which names the copy has the timelines of these, before and after.
const UNCHANGED: &str = "unchanged";
const VISITED: &str = "visited";
/// Timelines written at once.
const PAGE: usize = 2_000;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("--pass"), Some(folder)) => pass(Path::new(&folder)).await,
        _ => compare().await,
    }
}

async fn compare() {
    let children: usize = std::env::var("COREWATCH_BENCH_CHILDREN")
        .map_or(100_000, |n| n.parse().expect("a number of children"));
    let folder = tempfile::tempdir().expect("a folder");
    let installation = installation(folder.path());
    let mut nation = Nation::new(7, &installation.authorities[0].calendar);
    let bytes = fill(&installation, &mut nation, children).await;
    println!(
        "{children} children, {} rows, {:.1} MB encoded",
        nation.rows,
        bytes as f64 / 1e6
    );

    let mut quickest: Option<Passed> = None;
    for number in 1..=PASSES {
        let passed = Passed::of_own_process(folder.path());
        println!("corewatch, pass {number}: {}", passed.words);
        if quickest
            .as_ref()
            .is_none_or(|before| passed.seconds < before.seconds)
        {
            quickest = Some(passed);
        }
    }
    let passed = quickest.expect("a pass");
    for words in &passed.after {
        println!("corewatch, then {words}");
    }
    let obligations: usize = passed.counts.values().sum();
    println!(
        "{obligations} obligations; quickest pass {:.3} s",
        passed.seconds
    );

    match std::env::var("COREWATCH_TEST_POSTGRES") {
        Err(_) => println!("PostgreSQL: not compared; run this by tests/run"),
        Ok(url) => {
            println!("PostgreSQL, one session:");
            match sql::postgres(&url, &nation.tables, children, &passed.counts).await {
                Err(error) => println!("PostgreSQL: not compared ({error})"),
                Ok(postgres) => {
                    for (sessions, took) in [
                        ("one session", postgres.one),
                        ("two sessions", postgres.two),
                    ] {
                        let took = took.as_secs_f64();
                        println!(
                            "PostgreSQL, {sessions}: {took:.3} s evaluating alone; corewatch's whole pass is {:.3} of it",
                            passed.seconds / took
                        );
                    }
                }
            }
        }
    }
    println!("DuckDB:");
    match sql::duckdb(folder.path(), &nation.tables, children, &passed.counts) {
        Err(why) => println!("DuckDB: not compared: {why}"),
        Ok((took, megabytes)) => {
            let took = took.as_secs_f64();
            println!(
                "DuckDB: {took:.3} s evaluating alone, {megabytes} MB at most; corewatch's whole pass is {:.3} of it",
                passed.seconds / took
            );
        }
    }
}

fn installation(folder: &Path) -> Installation {
    for (name, text) in [
        ("corewatch.toml", CONFIG),
        ("source.toml", SOURCE),
        ("pack.toml", include_str!("pack.toml")),
    ] {
        std::fs::write(folder.join(name), text).expect("a folder to write in");
    }
    load(folder)
}

fn load(folder: &Path) -> Installation {
    Installation::load(&folder.join("corewatch.toml")).unwrap_or_else(|faults| panic!("{faults}"))
}

/// Writes the nation into the copy; says how many bytes its timelines have.
async fn fill(installation: &Installation, nation: &mut Nation, children: usize) -> usize {
    let store = Store::open(&installation.settings.store.url)
        .await
        .expect("a store");
    let mut tx = store.begin().await.expect("a transaction");
    let mut bytes = 0;
    let mut number = 0;
    while number < children {
        let page = number..children.min(number + PAGE);
        number = page.end;
        let (mut timelines, mut unchanged, mut visited) = (Vec::new(), Vec::new(), Vec::new());
        for number in page {
            let mut child = nation.child(number);
            timelines.push(stored(&child));
            if number.is_multiple_of(CHANGED_OF) {
                unchanged.push(stored(&child));
                nation.visit_today(&mut child);
                visited.push(stored(&child));
            }
        }
        bytes += timelines.iter().map(|t| t.bytes.len()).sum::<usize>();
        for (authority, timelines) in [
            ("nation", timelines),
            (UNCHANGED, unchanged),
            (VISITED, visited),
        ] {
            let put = copy::put_timelines(&mut tx, authority, timelines).await;
            put.expect("timelines kept");
        }
    }
    copy::add_symbols(&mut tx, "nation", &nation.symbols, 0)
        .await
        .expect("names kept");
    copy::put_catalogue(&mut tx, "nation", &nation.catalogue())
        .await
        .expect("kinds kept");
    tx.commit().await.expect("all kept");
    store.close().await;
    bytes
}

/// One pass over the copy in `folder`, as if for the first time: each stage's time, the counts, the
/// memory; and what the passes after it take, when little or nothing has changed.
async fn pass(folder: &Path) {
    let installation = load(folder);
    let authority = &installation.authorities[0];
    let store = Store::open(&installation.settings.store.url)
        .await
        .expect("a store");
    forget(&store).await;
    let today: Day = TODAY.parse().expect("a day");
    let whole = survey(&store, authority, today).await;
    for (rule, state, count) in counts(&store, authority, today).await {
        println!("count\t{rule}\t{state}\t{count}");
    }
    println!("words\t{}", whole.words());
    println!("seconds\t{}", whole.seconds());
    let quiet = survey(&store, authority, today).await;
    println!("after\tnothing changed: {}", quiet.share_of(&whole));
    let mut quickest: Option<Took> = None;
    let mut all = Vec::new();
    for name in [VISITED, UNCHANGED].into_iter().cycle().take(CHANGES) {
        put_back(&store, name).await;
        let changed = survey(&store, authority, today).await;
        all.push(format!("{:.4}", changed.seconds()));
        let is_quicker = |before: &Took| changed.seconds() < before.seconds();
        if quickest.as_ref().is_none_or(is_quicker) {
            quickest = Some(changed);
        }
    }
    let changed = quickest.expect("a pass");
    println!(
        "after\t1 % changed, the quickest of {}: {}",
        all.join(", "),
        changed.share_of(&whole)
    );
    let midnight = survey(&store, authority, today.next()).await;
    println!("after\tthe next day: {}", midnight.share_of(&whole));
    println!("after\t{} MB at most in all", peak_megabytes());
}

/// What one evaluation of the copy took.
struct Took {
    planned: Duration,
    evaluated: Duration,
    written: Duration,
    children: usize,
    peak: u64,
}

impl Took {
    fn seconds(&self) -> f64 {
        (self.planned + self.evaluated + self.written).as_secs_f64()
    }

    fn words(&self) -> String {
        format!(
            "planned {:.3} s, read and evaluated {:.3} s, written {:.3} s, together {:.3} s, {} MB at most",
            self.planned.as_secs_f64(),
            self.evaluated.as_secs_f64(),
            self.written.as_secs_f64(),
            self.seconds(),
            self.peak,
        )
    }

    fn share_of(&self, whole: &Took) -> String {
        format!(
            "{} children evaluated, {:.4} s (planned {:.4}, read and evaluated {:.4}, written {:.4}), {:.1} % of the whole pass before",
            self.children,
            self.seconds(),
            self.planned.as_secs_f64(),
            self.evaluated.as_secs_f64(),
            self.written.as_secs_f64(),
            100.0 * self.seconds() / whole.seconds()
        )
    }
}

/// The copy evaluated as a pass does it: where something may have changed.
async fn survey(store: &Store, authority: &Authority, today: Day) -> Took {
    let now = authority.calendar.zone.start_of(today);
    let began = Instant::now();
    let mut tx = store.snapshot_of_writer().await.expect("the store");
    let cases = Cases::of_nobody(&mut tx, authority).await.expect("rules");
    let book = RuleBook::default();
    let basis = Basis::new(authority, &cases.rules, &book, Hours::default());
    let plan = Plan::make(&mut tx, authority, basis, Vec::new(), (today, now)).await;
    let plan = plan.expect("the register");
    let planned = began.elapsed();
    let survey = plan
        .carry_out(tx, &cases.rules, authority, |_, _, _| {})
        .await;
    let survey = survey.expect("the copy is sound");
    let evaluated = began.elapsed() - planned;
    let mut tx = store.begin().await.expect("the store");
    let id = &authority.settings.id;
    if let Some(update) = survey.update {
        let written = update.write(&mut tx, id).await;
        written.expect("the register kept");
    }
    tx.commit().await.expect("the store");
    Took {
        planned,
        evaluated,
        written: began.elapsed() - planned - evaluated,
        children: survey.evaluated,
        peak: peak_megabytes(),
    }
}

/// Has the copy as it was filled, evaluated by nobody yet.
async fn forget(store: &Store) {
    put_back(store, UNCHANGED).await;
    let mut tx = store.begin().await.expect("the store");
    for sql in [
        "DELETE FROM evaluation",
        "DELETE FROM evaluation_outlook",
        "DELETE FROM evaluation_page",
    ] {
        tx.execute(sql, []).await.expect("the register forgotten");
    }
    let forgotten = copy::forget_changes(&mut tx, "nation", i64::MAX).await;
    forgotten.expect("the changes forgotten");
    tx.commit().await.expect("the store");
}

fn stored(child: &TimelineBuilder) -> StoredTimeline {
    StoredTimeline {
        child_id: child.child_id.to_string(),
        bytes: child.encode(),
    }
}

/// Writes the timelines that are kept under this name among the nation's, which counts as a change.
async fn put_back(store: &Store, name: &str) {
    let mut tx = store.begin().await.expect("the store");
    let mut after = String::new();
    loop {
        let page = copy::timelines_after(&mut tx, name, &after, PAGE as u32).await;
        let page = page.expect("timelines");
        let Some(last) = page.last() else { break };
        after.clone_from(&last.child_id);
        let put = copy::put_timelines(&mut tx, "nation", page).await;
        put.expect("timelines kept");
    }
    tx.commit().await.expect("the store");
}

/// All obligations by rule and state.
async fn counts(store: &Store, authority: &Authority, today: Day) -> Vec<(String, State, usize)> {
    let mut tx = store.snapshot().await.expect("the store");
    let cases = Cases::read(&mut tx, authority, None)
        .await
        .expect("the copy");
    let rules = &cases.rules.rules;
    let states = State::ALL.len();
    let found = cases.evaluate(
        authority,
        today,
        |counts: &mut Vec<usize>, _, obligations| {
            counts.resize(rules.len() * states, 0);
            for obligation in obligations {
                counts[obligation.rule * states + obligation.state as usize] += 1;
            }
        },
    );
    let mut counts = vec![0; rules.len() * states];
    for run in found.expect("the copy is sound") {
        for (all, count) in counts.iter_mut().zip(run) {
            *all += count;
        }
    }
    let counts = counts
        .into_iter()
        .enumerate()
        .filter(|(_, count)| *count > 0);
    counts
        .map(|(place, count)| {
            (
                rules[place / states].id.clone(),
                State::ALL[place % states],
                count,
            )
        })
        .collect()
}

/// What a pass in a process of its own printed.
struct Passed {
    words: String,
    after: Vec<String>,
    seconds: f64,
    counts: Counts,
}

impl Passed {
    fn of_own_process(folder: &Path) -> Passed {
        let own: PathBuf = std::env::current_exe().expect("this program");
        let ran = Command::new(own)
            .arg("--pass")
            .arg(folder)
            .output()
            .expect("this program runs");
        assert!(
            ran.status.success(),
            "{}",
            String::from_utf8_lossy(&ran.stderr)
        );
        let mut passed = Passed {
            words: String::new(),
            after: Vec::new(),
            seconds: 0.0,
            counts: Counts::new(),
        };
        for line in String::from_utf8_lossy(&ran.stdout).lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            match cells[..] {
                ["words", words] => words.clone_into(&mut passed.words),
                ["after", words] => passed.after.push(words.to_owned()),
                ["seconds", seconds] => passed.seconds = seconds.parse().expect("seconds"),
                ["count", rule, state, count] => {
                    let key = (rule.to_owned(), state.to_owned());
                    passed.counts.insert(key, count.parse().expect("a count"));
                }
                _ => {}
            }
        }
        passed
    }
}

/// The most memory that this process has had in use at once, as Linux counts it; 0 elsewhere.
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kilobytes
        .and_then(|number| number.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}
