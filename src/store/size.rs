//! What the store takes on its disk.

use super::{Backend, StoreError, Transaction};

/// In bytes: of SQLite the file, of PostgreSQL the tables and indexes of the schema.
///
/// # Errors
/// What the database says.
pub async fn size(tx: &mut Transaction) -> Result<u64, StoreError> {
    let sql = match tx.backend() {
        Backend::Sqlite => "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
        Backend::Postgres => {
            "SELECT COALESCE(SUM(pg_total_relation_size(oid)), 0)::BIGINT FROM pg_class
             WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        }
    };
    let bytes = tx.row(sql, []).await?.map(|row| row.int(0)).transpose()?;
    Ok(bytes
        .and_then(|bytes| u64::try_from(bytes).ok())
        .unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use crate::store::{Store, testing};

    async fn grows_with_what_is_kept(store: Store) {
        let mut tx = store.snapshot().await.unwrap();
        let empty = super::size(&mut tx).await.unwrap();
        drop(tx);
        let mut tx = store.begin().await.unwrap();
        let timeline = vec![7_u8; 1_000_000];
        tx.execute(
            "INSERT INTO copy_timeline (authority, child_id, timeline) VALUES ('luton', 'C1', $1)",
            [timeline.into()],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.snapshot().await.unwrap();
        let filled = super::size(&mut tx).await.unwrap();
        assert!(empty > 10_000, "{empty}");
        assert!(filled > empty, "{filled}");
    }

    #[tokio::test]
    async fn a_file_grows_with_what_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        grows_with_what_is_kept(testing::sqlite(folder.path()).await).await;
    }

    #[tokio::test]
    #[ignore = "needs PostgreSQL; tests/run starts it"]
    async fn a_database_on_a_server_grows_with_what_is_kept() {
        grows_with_what_is_kept(testing::postgres().await).await;
    }
}
