//! Digests of rows' ids, which the store keeps from reading to reading: whether a row that comes as
//! changed is new, or may be held by another child, without a look at every timeline.

use std::collections::BTreeMap;

use super::plan::FixedKinds;
use crate::case::{Class, Symbol};
use crate::store::copy::{self, RECENT};
use crate::store::{StoreError, Transaction};

/// The digest's first bits number its bucket, the 32 after them are kept in it.
const BUCKET_BITS: u32 = 12;

/// A digest of a row's class, id, and kind where a query fixes that: the same for ever, since it is
/// kept (FNV-1a, its bits mixed once more).
pub(super) fn row_digest(fixed: &FixedKinds, class: Class, kind: Symbol, id: &str) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let kind = match fixed.holds(class, kind) {
        true => kind.0 + 1,
        false => 0,
    };
    let class = match class {
        Class::Period => 0,
        Class::Event => 1,
    };
    let bytes = kind.to_le_bytes().into_iter().chain([class]);
    let mut hash = OFFSET;
    for byte in bytes.chain(id.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(PRIME);
    }
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 29)
}

fn bucket(digest: u64) -> i64 {
    (digest >> (64 - BUCKET_BITS)) as i64
}

fn kept(digest: u64) -> u32 {
    (digest >> (32 - BUCKET_BITS)) as u32
}

/// Keeps these digests in place of all that are kept.
///
/// # Errors
/// Where the store fails.
pub(super) async fn put_all(
    tx: &mut Transaction,
    authority: &str,
    mut digests: Vec<u64>,
) -> Result<(), StoreError> {
    digests.sort_unstable();
    let mut buckets: BTreeMap<i64, Vec<u8>> = BTreeMap::new();
    for of_bucket in digests.chunk_by(|a, b| bucket(*a) == bucket(*b)) {
        let bytes = of_bucket.iter().flat_map(|d| kept(*d).to_le_bytes());
        buckets.insert(bucket(of_bucket[0]), bytes.collect());
    }
    copy::put_row_digests(tx, authority, buckets, true).await
}

/// Keeps these digests too.
///
/// # Errors
/// Where the store fails.
pub(super) async fn add(
    tx: &mut Transaction,
    authority: &str,
    digests: &[u64],
) -> Result<(), StoreError> {
    if digests.is_empty() {
        return Ok(());
    }
    let mut held = copy::row_digests(tx, authority, &[RECENT]).await?;
    let bytes = held.entry(RECENT).or_default();
    bytes.extend(digests.iter().flat_map(|digest| digest.to_le_bytes()));
    copy::put_row_digests(tx, authority, held, false).await
}

/// Those of `digests` that are kept.
///
/// # Errors
/// Where the store fails.
pub(super) async fn known(
    tx: &mut Transaction,
    authority: &str,
    digests: &[u64],
) -> Result<Vec<u64>, StoreError> {
    let mut wanted: Vec<i64> = digests.iter().map(|digest| bucket(*digest)).collect();
    wanted.push(RECENT);
    wanted.sort_unstable();
    wanted.dedup();
    let held = copy::row_digests(tx, authority, &wanted).await?;
    let recent: Vec<u64> = held
        .get(&RECENT)
        .map(|bytes| bytes.as_chunks().0.iter().map(|b| u64::from_le_bytes(*b)))
        .into_iter()
        .flatten()
        .collect();
    let recent: rustc_hash::FxHashSet<u64> = recent.into_iter().collect();
    let in_bucket = |digest: u64| {
        held.get(&bucket(digest)).is_some_and(|bytes| {
            let sorted = bytes.as_chunks().0;
            let own = kept(digest);
            sorted
                .binary_search_by(|probe| u32::from_le_bytes(*probe).cmp(&own))
                .is_ok()
        })
    };
    Ok(digests
        .iter()
        .copied()
        .filter(|digest| recent.contains(digest) || in_bucket(*digest))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Symbols;
    use crate::store::testing;

    #[tokio::test]
    async fn what_was_put_or_added_is_known_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let store = testing::sqlite(folder.path()).await;
        let fixed = FixedKinds::of(&[], &Symbols::default());
        let digest = |n: u32| row_digest(&fixed, Class::Event, Symbol(1), &format!("V{n}"));
        let mut tx = store.begin().await.unwrap();
        put_all(&mut tx, "a", (0..5000).map(digest).collect())
            .await
            .unwrap();
        add(&mut tx, "a", &[digest(7000)]).await.unwrap();
        add(&mut tx, "a", &[digest(7001)]).await.unwrap();
        let asked: Vec<u64> = (4990..8000).map(digest).collect();
        let expected: Vec<u64> = (4990..5000).chain([7000, 7001]).map(digest).collect();
        assert_eq!(known(&mut tx, "a", &asked).await.unwrap(), expected);
        assert_eq!(
            known(&mut tx, "b", &asked).await.unwrap(),
            Vec::<u64>::new()
        );
        // The id alone tells rows apart whose kind no query fixes.
        let other = row_digest(&fixed, Class::Event, Symbol(2), "V1");
        assert_eq!(other, digest(1));
        assert_ne!(row_digest(&fixed, Class::Period, Symbol(1), "V1"), other);
        put_all(&mut tx, "a", vec![digest(1)]).await.unwrap();
        assert_eq!(
            known(&mut tx, "a", &asked).await.unwrap(),
            Vec::<u64>::new()
        );
    }

    #[test]
    fn a_digest_stays_the_same_for_ever() {
        let fixed = FixedKinds::of(&[], &Symbols::default());
        let digest = row_digest(&fixed, Class::Event, Symbol(1), "V-881");
        assert_eq!(digest, 7_555_852_445_313_576_133);
    }
}
