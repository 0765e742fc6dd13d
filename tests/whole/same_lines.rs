//! The same cases give the same lines, whichever databases they and the store lie in.

use corewatch::store::Store;

use crate::support::{Site, TODAY, ashmere, execute, postgres_database};

/// As real sites of the dataset have them: days and times as timestamps. The demo writes text.
/// What is no day cannot be one there: the row that neither of the two can use is left out.
const TYPED: &str = "
DELETE FROM ashmere_core_groups WHERE held_at LIKE '31/02/%';
DO $$
DECLARE c record;
BEGIN
    FOR c IN SELECT table_name, column_name FROM information_schema.columns
             WHERE table_schema = 'public'
               AND column_name ~ '(_date|_dob|_day|_at|_on|_for|_up|_due)$'
    LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE timestamp USING %I::timestamp',
                       c.table_name, c.column_name, c.column_name);
    END LOOP;
END $$";

fn config(store: &str) -> String {
    format!(
        r#"
[store]
url = "{store}"
[[authority]]
id = "ashmere"
name = "Ashmere"
nation = "england-and-wales"
packs = ["packs/ashmere.toml"]
source = "source.toml"
"#
    )
}

/// All that `evaluate` prints of the cases at `url`, kept in `store`.
async fn lines(cases: &str, store: &str) -> String {
    let site = Site::new().with("COREWATCH__SOURCE__ASHMERE__URL", cases);
    site.write("corewatch.toml", &config(store));
    for file in ["source.toml", "packs/ashmere.toml"] {
        let shipped = format!("{}/src/demo/site/{file}", env!("CARGO_MANIFEST_DIR"));
        site.write(
            file,
            &std::fs::read_to_string(shipped).expect("the demo's file"),
        );
    }
    let cycle = ["sync", "--config", "corewatch.toml"];
    site.run(&cycle).ended_with(0);
    let evaluate = ["evaluate", "--config", "corewatch.toml", "--as-of", TODAY];
    site.run(&[&evaluate[..], &["--format", "ndjson"]].concat())
        .ended_with(0)
        .stdout
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn sqlite_and_postgres_print_the_same_lines() {
    let folder = Site::new();
    let sqlite = format!("sqlite:{}", folder.path("cases.db").display());
    let postgres = postgres_database();
    for url in [&sqlite, &postgres] {
        let database = Store::connect(url).await.expect("the database");
        let written = ashmere(150).write(&database, |_| ()).await;
        written.expect("the cases are written");
        database.close().await;
    }
    execute(&postgres, TYPED);
    let of_sqlite = lines(&sqlite, "sqlite:corewatch.db").await;
    let of_postgres = lines(&postgres, &postgres_database()).await;
    assert!(of_sqlite.lines().count() > 1000);
    for (sqlite, postgres) in of_sqlite.lines().zip(of_postgres.lines()) {
        assert_eq!(sqlite, postgres);
    }
    assert_eq!(of_sqlite.len(), of_postgres.len());
}
