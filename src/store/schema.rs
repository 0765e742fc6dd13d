//! The schema of the store: which steps of it are known, which a store has, bringing it up to date.

use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};

use super::{Backend, Store, StoreError, Transaction};

/// How often, and after what wait, a migration is tried that another process may be making.
const MIGRATION_TRIES: u32 = 20;
/// See [`MIGRATION_TRIES`].
const MIGRATION_WAIT: Duration = Duration::from_millis(100);
/// The table in which it is kept which steps a store has.
pub(super) const STEPS_TABLE: &str = "_sqlx_migrations";

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Where a store stands: the numbers of the steps of its schema.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// Those that it has.
    pub applied: Vec<i64>,
    /// Those that this program knows and it has not.
    pub pending: Vec<i64>,
    /// Those that it has and this program does not know.
    pub unknown: Vec<i64>,
    /// Those that it has otherwise than this program knows them, or half.
    pub changed: Vec<i64>,
}

impl Schema {
    /// Why this program cannot use the store, where it cannot.
    pub fn unusable(&self) -> Option<String> {
        if let Some(newest) = self.unknown.last() {
            return Some(format!(
                "it has step {newest}, that this program does not know"
            ));
        }
        let changed = self.changed.first()?;
        Some(format!(
            "its step {changed} is not the one that this program knows"
        ))
    }
}

fn migrator(backend: Backend) -> &'static Migrator {
    match backend {
        Backend::Sqlite => &SQLITE,
        Backend::Postgres => &POSTGRES,
    }
}

impl Store {
    /// Brings the schema up to date.
    ///
    /// # Errors
    /// Where the schema is newer than this program, or a migration fails; nothing is changed then.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match self {
            Store::Sqlite(file) => {
                let pool = &file.writer;
                // SQLite has no lock for migrating: of two processes that make a store at once, one
                // finds the other's tables half made, and looks again once they are whole.
                for _ in 1..MIGRATION_TRIES {
                    match SQLITE.run(pool).await {
                        Err(MigrateError::ExecuteMigration(..)) => {}
                        ended => return Ok(ended?),
                    }
                    tokio::time::sleep(MIGRATION_WAIT).await;
                }
                SQLITE.run(pool).await?;
            }
            Store::Postgres(pool) => POSTGRES.run(pool).await?,
        }
        Ok(())
    }

    /// Makes the schema of an empty database as it was at a step.
    ///
    /// # Errors
    /// What the database says.
    pub(super) async fn migrate_to(&self, step: i64) -> Result<(), StoreError> {
        match self {
            Store::Sqlite(file) => Ok(SQLITE.run_to(step, &file.writer).await?),
            Store::Postgres(pool) => Ok(POSTGRES.run_to(step, pool).await?),
        }
    }

    /// Where its schema stands; nothing is changed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn schema(&self) -> Result<Schema, StoreError> {
        let mut tx = self.snapshot().await?;
        tx.schema().await
    }

    /// Whether the account may make tables where the store is to lie (PostgreSQL).
    ///
    /// # Errors
    /// What the database says.
    pub async fn may_create(&self) -> Result<bool, StoreError> {
        let Store::Postgres(pool) = self else {
            return Ok(true);
        };
        let sql = "SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)";
        Ok(sqlx::query_scalar(sql).fetch_one(pool).await?)
    }
}

impl Transaction {
    /// Where the schema stands.
    ///
    /// # Errors
    /// What the database says.
    pub async fn schema(&mut self) -> Result<Schema, StoreError> {
        let mut schema = Schema::default();
        let mut has: Vec<(i64, Vec<u8>)> = Vec::new();
        if self
            .tables()
            .await?
            .iter()
            .any(|table| table == STEPS_TABLE)
        {
            let sql = "SELECT version, CASE WHEN success THEN checksum END FROM _sqlx_migrations \
                       ORDER BY version";
            for row in self.rows(sql, []).await? {
                has.push((row.int(0)?, row.optional_bytes(1)?.unwrap_or_default()));
            }
        }
        let known = migrator(self.backend());
        for step in known.iter() {
            match has.iter().find(|(version, _)| *version == step.version) {
                None => schema.pending.push(step.version),
                Some((_, checksum)) if checksum.as_slice() != step.checksum.as_ref() => {
                    schema.changed.push(step.version);
                }
                Some(_) => {}
            }
        }
        for (version, _) in has {
            if !known.version_exists(version) {
                schema.unknown.push(version);
            }
            schema.applied.push(version);
        }
        Ok(schema)
    }

    /// The names of its tables, in order, with the one in which the steps are kept.
    ///
    /// # Errors
    /// What the database says.
    pub async fn tables(&mut self) -> Result<Vec<String>, StoreError> {
        let sql = match self.backend() {
            Backend::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' \
                 ESCAPE '\\' ORDER BY name"
            }
            Backend::Postgres => {
                "SELECT tablename::text FROM pg_catalog.pg_tables WHERE schemaname = current_schema() \
                 ORDER BY tablename"
            }
        };
        let rows = self.rows(sql, []).await?;
        rows.iter().map(|row| row.text(0)).collect()
    }
}
