//! Statements, each within a transaction, whichever database it runs in.

use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Postgres, Sqlite};

use super::{Arg, Backend, Row, StoreError};

/// The most parameters in one statement: SQLite allows 32,766, PostgreSQL 65,535.
const MOST_PARAMETERS: usize = 30_000;

macro_rules! bind {
    ($sql:expr, $args:expr) => {{
        let mut query = sqlx::query($sql);
        for arg in $args {
            query = match arg {
                Arg::Text(value) => query.bind(value),
                Arg::Int(value) => query.bind(value),
                Arg::Bytes(value) => query.bind(value),
            };
        }
        query
    }};
}

/// A transaction: what is done in it becomes true together, or, where it is dropped, not at all.
pub enum Transaction {
    /// Of SQLite.
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    /// Of PostgreSQL.
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Transaction {
    /// Which database it runs in.
    pub fn backend(&self) -> Backend {
        match self {
            Transaction::Sqlite(_) => Backend::Sqlite,
            Transaction::Postgres(_) => Backend::Postgres,
        }
    }

    /// Executes a statement and says how many rows it touched.
    ///
    /// # Errors
    /// What the database says.
    pub async fn execute(
        &mut self,
        sql: &'static str,
        args: impl IntoIterator<Item = Arg>,
    ) -> Result<u64, StoreError> {
        Ok(match self {
            Transaction::Sqlite(tx) => bind!(sql, args).execute(&mut **tx).await?.rows_affected(),
            Transaction::Postgres(tx) => bind!(sql, args).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// As [`Transaction::execute`], for SQL that is put together from literals of this program.
    pub(super) async fn execute_of(
        &mut self,
        sql: String,
        args: impl IntoIterator<Item = Arg>,
    ) -> Result<u64, StoreError> {
        let sql = AssertSqlSafe(sql);
        Ok(match self {
            Transaction::Sqlite(tx) => bind!(sql, args).execute(&mut **tx).await?.rows_affected(),
            Transaction::Postgres(tx) => bind!(sql, args).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// As [`Transaction::rows`], for SQL that is put together from literals of this program.
    pub(super) async fn rows_of(
        &mut self,
        sql: String,
        args: impl IntoIterator<Item = Arg>,
    ) -> Result<Vec<Row>, StoreError> {
        let sql = AssertSqlSafe(sql);
        Ok(match self {
            Transaction::Sqlite(tx) => {
                let rows = bind!(sql, args).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Transaction::Postgres(tx) => {
                let rows = bind!(sql, args).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// All rows of a query.
    ///
    /// # Errors
    /// What the database says.
    pub async fn rows(
        &mut self,
        sql: &'static str,
        args: impl IntoIterator<Item = Arg>,
    ) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Transaction::Sqlite(tx) => {
                let rows = bind!(sql, args).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Transaction::Postgres(tx) => {
                let rows = bind!(sql, args).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// The first row of a query, if it has one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn row(
        &mut self,
        sql: &'static str,
        args: impl IntoIterator<Item = Arg>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(match self {
            Transaction::Sqlite(tx) => {
                let row = bind!(sql, args).fetch_optional(&mut **tx).await?;
                row.map(Row::Sqlite)
            }
            Transaction::Postgres(tx) => {
                let row = bind!(sql, args).fetch_optional(&mut **tx).await?;
                row.map(Row::Postgres)
            }
        })
    }

    /// Hands each row of a query to `each` as it arrives, without keeping them.
    ///
    /// # Errors
    /// What the database or `each` says.
    pub async fn each_row<E: From<StoreError>>(
        &mut self,
        sql: &'static str,
        args: impl IntoIterator<Item = Arg>,
        mut each: impl FnMut(Row) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Transaction::Sqlite(tx) => {
                let mut rows = bind!(sql, args).fetch(&mut **tx);
                while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
                    each(Row::Sqlite(row))?;
                }
            }
            Transaction::Postgres(tx) => {
                let mut rows = bind!(sql, args).fetch(&mut **tx);
                while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
                    each(Row::Postgres(row))?;
                }
            }
        }
        Ok(())
    }

    /// As [`Transaction::each_row`], for SQL that is put together from literals of this program.
    pub(super) async fn each_row_of<E: From<StoreError>>(
        &mut self,
        sql: String,
        args: impl IntoIterator<Item = Arg>,
        mut each: impl FnMut(Row) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = AssertSqlSafe(sql);
        match self {
            Transaction::Sqlite(tx) => {
                let mut rows = bind!(sql, args).fetch(&mut **tx);
                while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
                    each(Row::Sqlite(row))?;
                }
            }
            Transaction::Postgres(tx) => {
                let mut rows = bind!(sql, args).fetch(&mut **tx);
                while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
                    each(Row::Postgres(row))?;
                }
            }
        }
        Ok(())
    }

    /// Inserts many rows with few statements: `into` is `table (a, b)`, `then` what follows the
    /// values (`ON CONFLICT …`), and each row has as many values as there are columns.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_many(
        &mut self,
        into: &'static str,
        then: &'static str,
        rows: Vec<Vec<Arg>>,
    ) -> Result<u64, StoreError> {
        self.insert_rows(into, then, rows).await
    }

    /// As [`Transaction::insert_many`], into a table of the schema whose name is not known here.
    pub(super) async fn insert_rows(
        &mut self,
        into: &str,
        then: &str,
        rows: Vec<Vec<Arg>>,
    ) -> Result<u64, StoreError> {
        let mut touched = 0;
        for (sql, args) in inserts(self.backend(), into, then, rows) {
            touched += match self {
                Transaction::Sqlite(tx) => bind!(AssertSqlSafe(sql), args)
                    .execute(&mut **tx)
                    .await?
                    .rows_affected(),
                Transaction::Postgres(tx) => bind!(AssertSqlSafe(sql), args)
                    .execute(&mut **tx)
                    .await?
                    .rows_affected(),
            };
        }
        Ok(touched)
    }

    /// As [`Transaction::insert_many`], where `then` ends in `RETURNING …`: what is returned.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_many_returning(
        &mut self,
        into: &'static str,
        then: &'static str,
        rows: Vec<Vec<Arg>>,
    ) -> Result<Vec<Row>, StoreError> {
        let mut returned = Vec::new();
        for (sql, args) in inserts(self.backend(), into, then, rows) {
            match self {
                Transaction::Sqlite(tx) => {
                    let rows = bind!(AssertSqlSafe(sql), args).fetch_all(&mut **tx).await?;
                    returned.extend(rows.into_iter().map(Row::Sqlite));
                }
                Transaction::Postgres(tx) => {
                    let rows = bind!(AssertSqlSafe(sql), args).fetch_all(&mut **tx).await?;
                    returned.extend(rows.into_iter().map(Row::Postgres));
                }
            }
        }
        Ok(returned)
    }

    /// Makes what was done in it true.
    ///
    /// # Errors
    /// What the database says; nothing is true then.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Transaction::Sqlite(tx) => tx.commit().await?,
            Transaction::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// The statements that insert these rows, with as many rows in each as a database takes, and the values
/// of each statement. SQLite looks numbered parameters up one by one in a list of all, so that a
/// statement with thousands of them would take the square of their number: there they have no numbers.
fn inserts(
    backend: Backend,
    into: &str,
    then: &str,
    rows: Vec<Vec<Arg>>,
) -> impl Iterator<Item = (String, Vec<Arg>)> {
    let width = rows.first().map_or(1, Vec::len).max(1);
    let at_once = (MOST_PARAMETERS / width).clamp(1, 500);
    let mut rows = rows.into_iter().peekable();
    std::iter::from_fn(move || {
        rows.peek()?;
        let some: Vec<Vec<Arg>> = rows.by_ref().take(at_once).collect();
        let mut sql = format!("INSERT INTO {into} VALUES ");
        for i in 0..some.len() {
            sql.push_str(if i == 0 { "(" } else { ", (" });
            for j in 0..width {
                if j > 0 {
                    sql.push_str(", ");
                }
                match backend {
                    Backend::Sqlite => sql.push('?'),
                    Backend::Postgres => sql.push_str(&format!("${}", i * width + j + 1)),
                }
            }
            sql.push(')');
        }
        sql.push(' ');
        sql.push_str(then);
        Some((sql, some.into_iter().flatten().collect()))
    })
}
