//! Every count that a publication showed or kept back: a later one must not give it away.

use crate::calendar::Instant;
use crate::report::Period;
use crate::report::publish::{Published, PublishedKey, count_named};
use crate::store::{StoreError, Transaction};

/// What has been published of an authority.
///
/// # Errors
/// What the database says.
pub async fn published(tx: &mut Transaction, authority: &str) -> Result<Published, StoreError> {
    let rows = tx
        .rows(
            "SELECT rule, level, team, from_day, to_day, figure, value FROM report_published \
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
        let value = row.optional_int(6)?;
        published.insert(key, value.map(|value| u64::try_from(value).unwrap_or(0)));
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
        .map(|(key, value)| {
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
                value.map(|value| value as i64).into(),
                now.into(),
            ]
        })
        .collect();
    tx.insert_many(
        "report_published (authority, rule, level, team, from_day, to_day, figure, value, \
         published_at)",
        "ON CONFLICT (authority, rule, level, team, from_day, to_day, figure) \
         DO UPDATE SET value = excluded.value, published_at = excluded.published_at",
        rows,
    )
    .await?;
    Ok(())
}
