//! The board's report, held against a second calculation: plain loops over what `evaluate` gives out
//! and SQL over the case database, over made-up authorities of random seeds.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeMap;

use corewatch::calendar::Day;
use serde_json::Value;
use sqlx::Row as _;
use sqlx::sqlite::SqlitePool;

use crate::support::Site;

/// How many authorities are made up, and `COREWATCH_REPORT_SEEDS` for a longer run.
fn seeds() -> u64 {
    let asked = std::env::var("COREWATCH_REPORT_SEEDS").ok();
    asked.and_then(|number| number.parse().ok()).unwrap_or(2)
}

/// What the case database says beside the obligations.
struct Cases {
    /// The team of each child.
    teams: BTreeMap<String, String>,
    /// The day on which each event was written up.
    recorded: BTreeMap<String, Day>,
    /// Other frequencies on record.
    frequencies: Vec<Frequency>,
    /// The names of those who have each child's case on the day of the report.
    key_workers: BTreeMap<String, Vec<String>>,
}

/// A frequency of a child's own.
struct Frequency {
    child: String,
    topic: String,
    from: Day,
    to: Option<Day>,
    is_agreed: bool,
}

/// The topic of which each rule of the demo's packs may be varied.
fn topics() -> BTreeMap<String, String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/config/packs/luton.toml");
    let text = std::fs::read_to_string(folder).unwrap();
    let pack: toml::Table = text.parse().unwrap();
    let rules = pack["rule"].as_array().unwrap().iter();
    let topic = |rule: &toml::Value| {
        let topic = rule.get("interval")?.get("vary")?.as_str()?;
        Some((rule["id"].as_str()?.to_owned(), topic.to_owned()))
    };
    rules.filter_map(topic).collect()
}

async fn cases(site: &Site, as_at: &str) -> Cases {
    let address = format!("sqlite:{}", site.path("demo/cases.db").display());
    let pool = SqlitePool::connect(&address).await.unwrap();
    let pairs = async |sql: &'static str| {
        let rows = sqlx::query(sql).fetch_all(&pool).await.unwrap();
        let pair =
            |row: &sqlx::sqlite::SqliteRow| (row.get::<String, _>(0), row.get::<String, _>(1));
        rows.iter().map(pair).collect::<Vec<_>>()
    };
    let teams = pairs(
        "SELECT invo_person_id, max(invo_professional_team) FROM ssd_involvements \
         WHERE invo_professional_team IS NOT NULL GROUP BY invo_person_id",
    )
    .await;
    let recorded = pairs(
        "SELECT core_group_id, written_up FROM ashmere_core_groups WHERE written_up IS NOT NULL \
         UNION ALL SELECT cp_visit_id, written_up FROM ashmere_visit_forms WHERE written_up IS NOT NULL \
         UNION ALL SELECT step_id, written_up FROM ashmere_case_steps WHERE written_up IS NOT NULL",
    )
    .await;
    let rows = sqlx::query(
        "SELECT person_id, topic, from_day, to_day, authorised_by FROM ashmere_frequencies",
    );
    let rows = rows.fetch_all(&pool).await.unwrap();
    let text = |row: &sqlx::sqlite::SqliteRow, place: usize| row.get::<Option<String>, _>(place);
    let frequency = |row: &sqlx::sqlite::SqliteRow| Frequency {
        child: text(row, 0).unwrap(),
        topic: text(row, 1).unwrap(),
        from: text(row, 2).unwrap()[..10].parse().unwrap(),
        to: text(row, 3).map(|day| day[..10].parse().unwrap()),
        is_agreed: text(row, 4).is_some_and(|by| !by.is_empty()),
    };
    let frequencies = rows.iter().map(frequency).collect();
    let on = sqlx::query(
        "SELECT invo_person_id, prof_professional_name FROM ssd_involvements \
         JOIN ssd_professionals ON prof_professional_id = invo_professional_id \
         WHERE invo_professional_role_id = 'KEY_WORKER' \
           AND date(invo_involvement_start_date) <= $1 \
           AND (invo_involvement_end_date IS NULL OR date(invo_involvement_end_date) > $1)",
    );
    let mut key_workers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in on.bind(as_at).fetch_all(&pool).await.unwrap() {
        key_workers.entry(row.get(0)).or_default().push(row.get(1));
    }
    Cases {
        frequencies,
        key_workers,
        teams: teams.into_iter().collect(),
        recorded: recorded
            .into_iter()
            .map(|(id, on)| (id, on[..10].parse().unwrap()))
            .collect(),
    }
}

fn day(value: &Value) -> Day {
    value.as_str().unwrap().parse().unwrap()
}

fn middle(mut days: Vec<i64>) -> (Option<f64>, Option<f64>) {
    days.sort_unstable();
    let n = days.len();
    let median = match n {
        0 => None,
        n if n % 2 == 1 => Some(days[n / 2] as f64),
        n => Some((days[n / 2 - 1] + days[n / 2]) as f64 / 2.0),
    };
    (median, days.last().map(|longest| *longest as f64))
}

/// The two rates for which what was seen lies just at the edge of 95 %: the roots of a quadratic.
fn interval(met: f64, due: f64) -> (f64, f64) {
    let z2 = 1.959_963_984_540_054_f64.powi(2);
    let share = met / due;
    let (a, b, c) = (due + z2, -(2.0 * met + z2), met * share);
    let root = (b * b - 4.0 * a * c).max(0.0).sqrt();
    ((-b - root) / (2.0 * a), (-b + root) / (2.0 * a))
}

/// The figures of a line, reckoned again.
fn reckon(
    (obligations, topic): (&[&Value], Option<&String>),
    cases: &Cases,
    team: Option<&str>,
    (from, to, as_at): (Day, Day, Day),
) -> BTreeMap<&'static str, Option<f64>> {
    let mut counts: BTreeMap<&'static str, f64> = BTreeMap::new();
    for frequency in &cases.frequencies {
        let of = cases.teams.get(&frequency.child);
        let runs = frequency.from <= to.min(as_at) && frequency.to.is_none_or(|end| from <= end);
        if Some(&frequency.topic) == topic
            && runs
            && team.is_none_or(|team| team == of.map_or("", String::as_str))
        {
            let name = match frequency.is_agreed {
                true => "agreed_variations",
                false => "variations_without_agreement",
            };
            *counts.entry(name).or_default() += 1.0;
        }
    }
    let (mut over, mut lags) = (Vec::new(), Vec::new());
    for obligation in obligations {
        let child = obligation["child"].as_str().unwrap();
        let of = cases.teams.get(child).map_or("", String::as_str);
        let due = day(&obligation["due"]);
        if team.is_some_and(|team| team != of) || due < from || to < due {
            continue;
        }
        let state = obligation["state"].as_str().unwrap();
        if state == "cancelled" {
            *counts.entry("cancelled").or_default() += 1.0;
            continue;
        }
        if as_at <= due {
            *counts.entry("not_yet_due").or_default() += 1.0;
            continue;
        }
        *counts.entry("due").or_default() += 1.0;
        let name = match state {
            "met" => "met",
            "met_late" => "met_late",
            "missed" => "missed",
            "overdue" => "still_overdue",
            other => panic!("{other} after its due day"),
        };
        *counts.entry(name).or_default() += 1.0;
        if state != "met" {
            over.push(obligation["days_over"].as_i64().unwrap());
        }
        let evidence = obligation["evidence"].as_array().unwrap();
        let answer = evidence
            .last()
            .filter(|answer| **answer != obligation["anchor"]);
        let recorded = answer.and_then(|answer| cases.recorded.get(answer.as_str().unwrap()));
        if let (Some(recorded), "met" | "met_late") = (recorded, state) {
            lags.push(recorded.since(day(&obligation["closed"])).max(0));
            if state == "met" && *recorded > due {
                *counts.entry("met_written_up_late").or_default() += 1.0;
            }
        }
    }
    let count = |name| Some(counts.get(name).copied().unwrap_or(0.0));
    let (met, due) = (count("met").unwrap(), count("due").unwrap());
    let (low, high) = interval(met, due);
    let of_some = |number: f64| (due > 0.0).then_some(number);
    let known = Some(lags.len() as f64);
    let (median_over, longest_over) = middle(over);
    let (median_lag, longest_lag) = middle(lags);
    BTreeMap::from([
        ("due", count("due")),
        ("met", count("met")),
        ("met_late", count("met_late")),
        ("missed", count("missed")),
        ("still_overdue", count("still_overdue")),
        ("share_on_time", of_some(met / due)),
        ("share_on_time_low", of_some(low)),
        ("share_on_time_high", of_some(high)),
        ("median_days_over", median_over),
        ("longest_days_over", longest_over),
        ("met_written_up_late", count("met_written_up_late")),
        ("recording_known", known),
        ("median_days_to_record", median_lag),
        ("longest_days_to_record", longest_lag),
        ("agreed_variations", count("agreed_variations")),
        (
            "variations_without_agreement",
            count("variations_without_agreement"),
        ),
        ("not_yet_due", count("not_yet_due")),
        ("cancelled", count("cancelled")),
    ])
}

#[tokio::test]
async fn every_figure_comes_out_the_same_a_second_way() {
    for seed in 0..seeds() {
        let site = Site::new();
        let seed = (seed + 40).to_string();
        let demo = ["demo", "--once", "--children", "60", "--seed", &seed];
        site.run(&demo).ended_with(0);
        let config = ["--config", "demo/corewatch.toml"];
        let span = ["--from", "2025-12-10", "--format", "json"];
        let made = site
            .run(&[&["report"][..], &config, &span].concat())
            .ended_with(0);
        let made: Value = serde_json::from_str(&made.stdout).unwrap();
        let as_at = made["as_at"].as_str().unwrap();
        let ndjson = ["evaluate", "--format", "ndjson", "--as-of", as_at];
        let evaluated = site.run(&[&ndjson[..], &config].concat()).ended_with(0);
        let mut by_rule: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        let obligations: Vec<Value> = evaluated
            .stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        for obligation in &obligations {
            by_rule
                .entry(obligation["rule"].as_str().unwrap())
                .or_default()
                .push(obligation);
        }
        let cases = cases(&site, as_at).await;
        let topics = topics();
        let authority = &made["authorities"][0];
        let (mut lines, mut fell_due, mut agreed) = (0, 0.0, 0.0);
        for line in ["lines", "series"]
            .iter()
            .flat_map(|of| authority[of].as_array().unwrap())
        {
            let days = (day(&line["from"]), day(&line["to"]), as_at.parse().unwrap());
            let rule = line["rule"].as_str().unwrap();
            let of_rule = by_rule.get(rule).map_or(&[][..], Vec::as_slice);
            for (figure, wanted) in reckon(
                (of_rule, topics.get(rule)),
                &cases,
                line["team"].as_str(),
                days,
            ) {
                let found = line[figure].as_f64();
                let same = match (found, wanted) {
                    (Some(found), Some(wanted)) => (found - wanted).abs() < 1e-9,
                    (found, wanted) => found.is_none() && wanted.is_none(),
                };
                assert!(
                    same,
                    "seed {seed}: {figure}: {found:?}, not {wanted:?}: {line}"
                );
            }
            lines += 1;
            fell_due += line["due"].as_f64().unwrap();
            agreed += line["agreed_variations"].as_f64().unwrap();
        }
        assert!(agreed > 0.0);
        for team in authority["teams"].as_array().unwrap() {
            lists_what_is_open(&site, &obligations, &cases, team["id"].as_str().unwrap());
        }
        assert!(
            lines > 500 && fell_due > 500.0,
            "{lines} lines, {fell_due} due"
        );
    }
}

/// The list for a team's supervision: everything that is open of its children, by their key workers.
fn lists_what_is_open(site: &Site, obligations: &[Value], cases: &Cases, team: &str) {
    if team.is_empty() {
        return;
    }
    let asked = [
        "report",
        "--config",
        "demo/corewatch.toml",
        "--format",
        "json",
    ];
    let made = site
        .run(&[&asked[..], &["--team", team]].concat())
        .ended_with(0);
    let made: Value = serde_json::from_str(&made.stdout).unwrap();
    let open = made["authorities"][0]["open"].as_array().unwrap();
    let mut listed = Vec::new();
    for duty in open {
        let key = ["id", "due", "state", "days_over", "booked", "key_worker"]
            .map(|of| duty[of].to_string());
        listed.push(key);
    }
    let sorted = |of: &[[String; 6]]| {
        let mut sorted = of.to_vec();
        sorted.sort_unstable();
        sorted
    };
    let mut wanted = Vec::new();
    for obligation in obligations {
        let child = obligation["child"].as_str().unwrap();
        let is_open =
            ["pending", "due_soon", "overdue"].contains(&obligation["state"].as_str().unwrap());
        if !is_open || cases.teams.get(child).map(String::as_str) != Some(team) {
            continue;
        }
        let names = cases
            .key_workers
            .get(child)
            .map_or(String::new(), |names| names.join(", "));
        let [id, due, state, days_over, booked] =
            ["id", "due", "state", "days_over", "booked"].map(|of| obligation[of].to_string());
        wanted.push([
            id,
            due,
            state,
            days_over,
            booked,
            Value::from(names).to_string(),
        ]);
    }
    assert_eq!(sorted(&listed), sorted(&wanted), "team {team}");
    // By key worker, nobody last.
    let names: Vec<&str> = open
        .iter()
        .map(|duty| duty["key_worker"].as_str().unwrap())
        .collect();
    assert!(
        names.is_sorted_by_key(|name| (name.is_empty(), *name)),
        "{names:?}"
    );
}

#[test]
fn a_report_that_cannot_be_made_says_what_to_do() {
    let site = Site::new();
    let demo = ["demo", "--once", "--children", "40", "--seed", "7"];
    site.run(&demo).ended_with(0);
    let wrong = |arguments: &[&str]| {
        let config = ["report", "--config", "demo/corewatch.toml"];
        let run = site.run(&[&config[..], arguments].concat()).ended_with(2);
        assert_eq!(run.stdout, "");
        run.stderr
    };
    insta::assert_snapshot!(wrong(&["--to", "2026-01-01", "--from", "2026-02-01"]), @"corewatch: --to 2026-01-01 lies before --from 2026-02-01; give the earlier day first");
    insta::assert_snapshot!(wrong(&["--as-at", "9999-01-01"]), @"corewatch: --as-at 9999-01-01 is still to come; name today or an earlier day");
    insta::assert_snapshot!(wrong(&["--output", "report.doc"]), @"corewatch: --output report.doc: its ending says no form; end it in .html, .pdf, .xlsx, .csv or .json, or say --format");
    assert!(wrong(&["--team", "T-nowhere"]).contains("--team: `T-nowhere` is not known"));
    assert!(wrong(&["--rule", "core-grup"]).contains("--rule: `core-grup` is not known"));
    let cut = ["--publish", "--from", "2026-01-02", "--to", "2026-01-31"];
    assert!(wrong(&cut).contains("is not of whole months that are over"));
    let publish = [
        "report",
        "--config",
        "demo/corewatch.toml",
        "--publish",
        "--output",
        "p.csv",
    ];
    site.run(&publish).ended_with(0);
    let published = std::fs::read_to_string(site.path("p.csv")).unwrap();
    assert!(published.contains("[c]"), "{published}");
    let dictionary = std::fs::read_to_string(site.path("p-dictionary.csv")).unwrap();
    let columns = published.lines().next().unwrap().split(',').count();
    assert_eq!(dictionary.lines().count(), columns + 1);
}
