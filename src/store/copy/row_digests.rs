//! Digests of the ids of all rows of an authority, in buckets: what tells a new row from one that
//! another child holds.

use std::collections::BTreeMap;

use crate::store::{Backend, StoreError, Transaction};

/// The bucket of what came since the last reading of everything.
pub const RECENT: i64 = -1;

/// The digests in these buckets, each as it was put there; a bucket that holds none is left out.
///
/// # Errors
/// What the database says.
pub async fn row_digests(
    tx: &mut Transaction,
    authority: &str,
    buckets: &[i64],
) -> Result<BTreeMap<i64, Vec<u8>>, StoreError> {
    let sql = match tx.backend() {
        Backend::Sqlite => {
            "SELECT bucket, digests FROM copy_row_digest \
             WHERE authority = $1 AND bucket IN (SELECT value FROM json_each($2))"
        }
        Backend::Postgres => {
            "SELECT bucket, digests FROM copy_row_digest WHERE authority = $1 \
             AND bucket IN (SELECT json_array_elements_text($2::text::json)::bigint)"
        }
    };
    let numbers = serde_json::json!(buckets).to_string();
    let mut found = BTreeMap::new();
    for row in tx.rows(sql, [authority.into(), numbers.into()]).await? {
        found.insert(row.int(0)?, row.bytes(1)?);
    }
    Ok(found)
}

/// Keeps these buckets, in place of what they held; `all` forgets every other bucket.
///
/// # Errors
/// What the database says.
pub async fn put_row_digests(
    tx: &mut Transaction,
    authority: &str,
    buckets: BTreeMap<i64, Vec<u8>>,
    all: bool,
) -> Result<(), StoreError> {
    if all {
        tx.execute(
            "DELETE FROM copy_row_digest WHERE authority = $1",
            [authority.into()],
        )
        .await?;
    }
    let rows = buckets
        .into_iter()
        .map(|(bucket, digests)| vec![authority.into(), bucket.into(), digests.into()])
        .collect();
    tx.insert_many(
        "copy_row_digest (authority, bucket, digests)",
        "ON CONFLICT (authority, bucket) DO UPDATE SET digests = excluded.digests",
        rows,
    )
    .await?;
    Ok(())
}
