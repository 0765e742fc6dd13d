//! Every count that a publication showed or kept back: a later one must not give it away.

use crate::calendar::Instant;
use crate::report::Period;
use crate::report::publish::{Bounds, Published, PublishedKey, Told, count_named};
use crate::store::{StoreError, Transaction};

/// What has been published of an authority.
///
/// # Errors
/// What the database says.
pub async fn published(tx: &mut Transaction, authority: &str) -> Result<Published, StoreError> {
    let rows = tx
        .rows(
            "SELECT rule, level, team, from_day, to_day, figure, value, least, most FROM report_published \
             WHERE authority = $1",
            [authority.into()],
        )
        .await?;
    let mut published = Published::new();
    for row in &rows {
        let figure = row.text(5)?;
        let count = count_named(&figure)
            .ok_or_else(|| StoreError::Damaged(format!("a published figure `{figure}`")))?;
        let team = row.text(2)?;
        let key = PublishedKey {
            rule: row.text(0)?,
            team: (row.text(1)? == "team").then_some(team),
            days: Period {
                from: row.parsed(3)?,
                to: row.parsed(4)?,
            },
            count,
        };
        let count = |value: i64| u64::try_from(value).unwrap_or(0);
        let told = match row.optional_int(6)? {
            Some(value) => Told::Shown(count(value)),
            None => Told::KeptBack(Bounds {
                least: row.optional_int(7)?.map_or(0, count),
                most: row.optional_int(8)?.map(count),
            }),
        };
        published.insert(key, told);
    }
    Ok(published)
}

/// Keeps what is published now, in place of what was kept of the same counts.
///
/// # Errors
/// What the database says.
pub async fn publish(
    tx: &mut Transaction,
    authority: &str,
    published: &Published,
    now: Instant,
) -> Result<(), StoreError> {
    let rows = published
        .iter()
        .map(|(key, told)| {
            let (value, least, most) = match told {
                Told::Shown(value) => (Some(*value), None, None),
                Told::KeptBack(Bounds { least, most }) => (None, Some(*least), *most),
            };
            let count = |value: Option<u64>| value.map(|value| value as i64);
            let level = if key.team.is_some() {
                "team"
            } else {
                "authority"
            };
            vec![
                authority.into(),
                (&key.rule).into(),
                level.into(),
                key.team.as_deref().unwrap_or("").into(),
                key.days.from.into(),
                key.days.to.into(),
                key.count.into(),
                count(value).into(),
                count(least).into(),
                count(most).into(),
                now.into(),
            ]
        })
        .collect();
    tx.insert_many(
        "report_published (authority, rule, level, team, from_day, to_day, figure, value, \
         least, most, published_at)",
        "ON CONFLICT (authority, rule, level, team, from_day, to_day, figure) \
         DO UPDATE SET value = excluded.value, least = excluded.least, \
         most = excluded.most, published_at = excluded.published_at",
        rows,
    )
    .await?;
    Ok(())
}
