//! Messages that are no longer needed: what they would have told closed before a try was made (SPEC 7).

use std::collections::{BTreeSet, HashMap};

use crate::alerts::{Alert, Fate, Owed, Phase, RuleBook, Watched, fate, key_of};
use crate::calendar::{Day, Instant};
use crate::mail;
use crate::store::alerts::{self as table, ToldStep};
use crate::store::{StoreError, Transaction};

/// Withdraws the messages whose obligations have all closed before a try, and takes back what they
/// would have told; gives the obligations concerned.
///
/// # Errors
/// What the store says.
pub(super) async fn withdraw(
    tx: &mut Transaction,
    authority: &str,
    alerts: &mut HashMap<String, Alert>,
    (watched, book): (&Watched, &RuleBook),
    today: Day,
    now: Instant,
) -> Result<BTreeSet<String>, StoreError> {
    let mut closed = table::closed_in_queue(tx, authority).await?;
    closed.retain(|id| !alerts.contains_key(id));
    let ended = alerts
        .values()
        .filter(|alert| {
            let duty = watched.duties.get(&alert.id);
            let fate = fate(alert, duty, book, today);
            let is_over = matches!(alert.phase, Phase::Closed { .. });
            matches!(fate, Fate::Ended(..)) || is_over && fate == Fate::Frozen
        })
        .map(|alert| alert.id.clone());
    closed.extend(ended);
    let withdrawn = mail::withdraw(tx, authority, |id| closed.contains(id), now).await?;
    let mut untold = Vec::new();
    for message_id in withdrawn {
        untold.extend(table::delete_told(tx, &message_id).await?);
    }
    let obligations: BTreeSet<String> = untold.iter().map(|u| u.obligation.clone()).collect();
    for id in &obligations {
        let mut other = None;
        let alert = match alerts.get_mut(id) {
            Some(alert) => alert,
            None => match table::alert(tx, id).await? {
                Some((_, alert)) => other.insert(alert),
                None => continue,
            },
        };
        let left = table::steps_told(tx, id).await?;
        let of_this = untold.iter().filter(|untold| untold.obligation == *id);
        for gone in of_this {
            let is_left = |l: &ToldStep| l.step == gone.step && l.due == gone.due;
            if !left.iter().any(is_left) {
                alert.standing.untell(gone.step, gone.due, alert.due);
            } else if let (true, Ok(address)) = (gone.due == alert.due, gone.recipient.parse()) {
                alert.standing.owed.push(Owed {
                    address,
                    step: gone.step,
                    repeat: gone.repeat,
                });
            }
        }
        let left = left.iter().map(|told| key_of(&told.recipient)).collect();
        alert.standing.keep_addresses(&left);
        // Of a child that is not looked at: nothing else is decided of it.
        if let Some(alert) = &other {
            table::put_alerts(tx, authority, [alert]).await?;
        }
    }
    Ok(obligations)
}
