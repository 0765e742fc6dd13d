//! A source whose rows say when they were last changed, and readings of only what changed.

use super::*;

/// The small case system, whose rows say when they were touched: by a local clock, without a zone.
const TABLES: &str = "
    ALTER TABLE child ADD COLUMN touched LOCALTIME;
    ALTER TABLE plan ADD COLUMN touched LOCALTIME;
    ALTER TABLE visit ADD COLUMN touched LOCALTIME;
    ALTER TABLE meeting ADD COLUMN touched LOCALTIME;
";

pub(super) const FILE: &str = r#"
[source]
[[source.children]]
query = "SELECT id AS child_id, dob AS born, ref AS case_ref, team AS team_id FROM child ORDER BY id"
changed = "SELECT id AS child_id, dob AS born, ref AS case_ref, team AS team_id FROM child WHERE touched >= :since ORDER BY id"
[[source.periods]]
kind = "plan"
query = "SELECT id AS period_id, child AS child_id, began AS from_date, ended AS to_date, category FROM plan ORDER BY id"
changed = "SELECT id AS period_id, child AS child_id, began AS from_date, ended AS to_date, category FROM plan WHERE touched >= :since ORDER BY id"
[[source.events]]
kind = "visit"
query = "SELECT id AS event_id, child AS child_id, happened AS occurred, booked AS scheduled, written AS recorded, seen AS child_seen FROM visit ORDER BY id"
changed = "SELECT id AS event_id, child AS child_id, happened AS occurred, booked AS scheduled, written AS recorded, seen AS child_seen FROM visit WHERE touched >= :since ORDER BY id"
[[source.events]]
kind = "conference"
query = "SELECT id AS event_id, child AS child_id, held AS occurred, what, agreed AS about FROM meeting ORDER BY id"
changed = "SELECT id AS event_id, child AS child_id, held AS occurred, what, agreed AS about FROM meeting WHERE touched >= :since ORDER BY id"
[[source.people]]
query = "SELECT id AS person_id, name, mail AS email, team AS team_id, boss AS manager_id FROM worker ORDER BY id"
"#;

impl Site {
    /// The site with a column that says when each row was touched, all of it long ago.
    pub(super) async fn changing(mut self) -> Site {
        let local = match &self.address {
            mysql if mysql.starts_with("mysql:") => "DATETIME",
            _ => "TIMESTAMP",
        };
        self.run(&TABLES.replace("LOCALTIME", local)).await;
        for table in ["child", "plan", "visit", "meeting"] {
            let set = format!("UPDATE {table} SET touched = '2026-01-01 00:00:00'");
            self.run(&set).await;
        }
        self.file(FILE);
        self
    }

    /// The local time of the source's clock, as SQL.
    pub(super) fn clock(&self) -> String {
        let local = self.now.utc().with_timezone(&Zone::LONDON.0);
        local.format("'%Y-%m-%d %H:%M:%S'").to_string()
    }

    /// Changes rows of a table, which are touched by it.
    pub(super) async fn change(&self, table: &str, set: &str, id: &str) {
        let at = self.clock();
        let sql = format!("UPDATE {table} SET {set}, touched = {at} WHERE id = '{id}'");
        self.run(&sql).await;
    }

    /// Adds a row, touched now.
    pub(super) async fn add(&self, table: &str, values: &str) {
        let at = self.clock();
        self.run(&format!("INSERT INTO {table} VALUES ({values}, {at})"))
            .await;
    }

    /// The next hour's reading.
    pub(super) async fn next(&mut self) -> SyncOutcome {
        self.now = self.now.plus_hours(1);
        self.sync().await.unwrap()
    }

    /// The hour's reading of everything.
    pub(super) async fn next_full(&mut self) -> SyncOutcome {
        self.full = true;
        let outcome = self.next().await;
        self.full = false;
        assert!(outcome.whole);
        outcome
    }

    /// The copy as bytes, and what is known of it.
    pub(super) async fn everything(&self) -> (Vec<Vec<u8>>, String) {
        let mut tx = self.store.snapshot().await.unwrap();
        let mut timelines = Vec::new();
        copy::each_timeline::<StoreError>(&mut tx, "luton", |bytes| {
            timelines.push(bytes.to_vec());
            Ok(())
        })
        .await
        .unwrap();
        let catalogue = copy::catalogue(&mut tx, "luton").await.unwrap();
        let symbols = copy::symbols(&mut tx, "luton").await.unwrap();
        (timelines, format!("{:?} {catalogue:?}", symbols.names()))
    }
}
