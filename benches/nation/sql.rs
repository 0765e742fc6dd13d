//! What the same duties cost in SQL: in PostgreSQL on one session and on two, and in DuckDB. Each is
//! another evaluator: its counts by rule and state must be the engine's.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolCopyExt, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};

use super::data::{TODAY, Tables};

/// Obligations by rule and state.
pub type Counts = BTreeMap<(String, String), usize>;

const TABLES: &str = include_str!("tables.sql");
const RULES: &str = include_str!("rules.sql");
const INDEXES: &str = "
    CREATE INDEX ON plan (child); CREATE INDEX ON conference (child, held);
    CREATE INDEX ON visit (child, held); CREATE INDEX ON core_group (child, held);
    CREATE INDEX ON minutes (core_group, held); CREATE INDEX ON action_agreed (child, held);
    VACUUM ANALYZE";
/// What a session that may use the machine is given; a plan is not compiled for a nightly script.
const SESSION: &str =
    "SET work_mem = '256MB'; SET jit = off; SET max_parallel_workers_per_gather = 0";

/// Each rule's statement, for some of the children.
fn statements(children: std::ops::Range<usize>) -> Vec<(String, String)> {
    let rules = RULES.split("-- rule: ").skip(1);
    rules
        .map(|text| {
            let (rule, sql) = text.split_once('\n').expect("a rule and its statement");
            let sql = sql
                .replace("{today}", &format!("DATE '{TODAY}'"))
                .replace("{first}", &children.start.to_string())
                .replace("{beyond}", &children.end.to_string());
            (
                rule.trim().to_owned(),
                sql.trim().trim_end_matches(';').to_owned(),
            )
        })
        .collect()
}

async fn session(
    options: &PgConnectOptions,
    children: std::ops::Range<usize>,
    show: bool,
) -> Result<Counts, sqlx::Error> {
    let mut connection: PgConnection = options
        .clone()
        .disable_statement_logging()
        .connect()
        .await?;
    sqlx::raw_sql(SESSION).execute(&mut connection).await?;
    let mut counts = Counts::new();
    for (rule, sql) in statements(children) {
        let began = Instant::now();
        for row in sqlx::raw_sql(AssertSqlSafe(sql))
            .fetch_all(&mut connection)
            .await?
        {
            let count: i64 = row.try_get(1)?;
            *counts.entry((rule.clone(), row.try_get(0)?)).or_default() += count as usize;
        }
        if show {
            println!("    {rule:18} {:6.3} s", began.elapsed().as_secs_f64());
        }
    }
    connection.close().await?;
    Ok(counts)
}

/// What PostgreSQL took on one session and on two.
pub struct Postgres {
    pub one: Duration,
    pub two: Duration,
}

/// Loads the tables into the PostgreSQL at `url`, in a schema of their own that is gone afterwards,
/// and evaluates there.
pub async fn postgres(
    url: &str,
    tables: &Tables,
    children: usize,
    expected: &Counts,
) -> Result<Postgres, sqlx::Error> {
    let options: PgConnectOptions = url.parse()?;
    let schema = format!("nation_{}", std::process::id());
    let options = options.options([("search_path", schema.as_str())]);
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .connect_with(options.clone())
        .await?;
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE SCHEMA {schema}")))
        .execute(&pool)
        .await?;
    let measured = async {
        sqlx::raw_sql(TABLES).execute(&pool).await?;
        for (table, rows) in &tables.0 {
            let mut copy = pool
                .copy_in_raw(&format!("COPY {table} FROM STDIN (FORMAT csv)"))
                .await?;
            copy.send(rows.as_bytes()).await?;
            copy.finish().await?;
        }
        for statement in INDEXES.split(';') {
            sqlx::raw_sql(statement).execute(&pool).await?;
        }
        // Once unmeasured, so that everything lies in memory.
        session(&options, 0..children, false).await?;
        let began = Instant::now();
        let counts = session(&options, 0..children, true).await?;
        let one = began.elapsed();
        assert_same("PostgreSQL", &counts, expected);
        let half = children / 2;
        let began = Instant::now();
        let tasks = [0..half, half..children].map(|part| {
            let options = options.clone();
            tokio::spawn(async move { session(&options, part, false).await })
        });
        let mut counts = Counts::new();
        for task in tasks {
            for (key, count) in task.await.expect("a session")? {
                *counts.entry(key).or_default() += count;
            }
        }
        let two = began.elapsed();
        assert_same("PostgreSQL in two sessions", &counts, expected);
        Ok(Postgres { one, two })
    };
    let measured = measured.await;
    sqlx::raw_sql(AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE")))
        .execute(&pool)
        .await?;
    pool.close().await;
    measured
}

/// What DuckDB took, and the most memory it had in use, in MB; why not, where it could not be run.
pub fn duckdb(
    folder: &Path,
    tables: &Tables,
    children: usize,
    expected: &Counts,
) -> Result<(Duration, u64), String> {
    let write = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).expect("a folder to write in")
    };
    write("tables.sql", TABLES);
    for (table, rows) in &tables.0 {
        write(&format!("{table}.csv"), rows);
    }
    let statements = statements(0..children);
    for (rule, sql) in &statements {
        write(&format!("{rule}.rule.sql"), sql);
    }
    let names: Vec<&str> = tables.0.keys().copied().collect();
    let rules: Vec<&str> = statements.iter().map(|(rule, _)| rule.as_str()).collect();
    let ran = Command::new("python3")
        .arg("-c")
        .arg(include_str!("duckdb_session.py"))
        .args([
            folder.as_os_str().to_str().expect("a path in UTF-8"),
            &names.join(","),
            &rules.join(","),
        ])
        .output()
        .map_err(|error| format!("python3 cannot be run ({error})"))?;
    if !ran.status.success() {
        let said = String::from_utf8_lossy(&ran.stderr);
        return Err(said.lines().last().unwrap_or("python3 failed").to_owned());
    }
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let mut counts = Counts::new();
    let mut took = (0.0, 0);
    for line in said.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        match cells[..] {
            ["count", rule, state, count] => {
                counts.insert(
                    (rule.to_owned(), state.to_owned()),
                    count.parse().expect("a count"),
                );
            }
            ["rule", rule, seconds] => println!("    {rule:18} {seconds:>6} s"),
            ["whole", seconds, megabytes] => {
                took = (
                    seconds.parse().expect("seconds"),
                    megabytes.parse().expect("megabytes"),
                );
            }
            _ => {}
        }
    }
    assert_same("DuckDB", &counts, expected);
    Ok((Duration::from_secs_f64(took.0), took.1))
}

fn assert_same(who: &str, counts: &Counts, expected: &Counts) {
    for key in counts.keys().chain(expected.keys()) {
        assert_eq!(
            counts.get(key),
            expected.get(key),
            "{who} counts {key:?} otherwise than the engine"
        );
    }
}
