//! A limit of messages told at once to one recipient in an hour: what is beyond it joins the digest.
//! A phone that rings a hundred times is put away, and the one that matters with it. Pure.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::advance::{Mode, Telling, Tick};
use super::alert::{Alert, Item, Waiting};
use super::decide::Decision;
use super::recipients::key_of;
use super::watch::Watched;

/// How many messages each recipient was sent at once within the last hour, by [`key_of`] their
/// addresses.
pub type SentAtOnce = BTreeMap<String, u32>;

/// How many messages one recipient may be sent at once, and has been.
#[derive(Debug, Clone, Copy)]
pub struct Limit<'a> {
    /// The most within an hour.
    pub most: u32,
    /// Those of the last hour.
    pub sent: &'a SentAtOnce,
}

/// Has what is told at once beyond the limit join its recipient's digest, the least urgent first: that
/// of this pass, where they can have one, else their next. Gives how many tellings that is.
pub fn put_off(
    decision: &mut Decision,
    limit: Limit<'_>,
    watched: &Watched,
    before: &HashMap<String, Alert>,
    tick: &Tick<'_>,
) -> usize {
    let beyond = beyond(&decision.tellings, limit, watched);
    let mut put_off = HashSet::new();
    for &index in &beyond {
        let (id, telling) = &mut decision.tellings[index];
        let key = key_of(telling.address.as_str());
        if tick.in_hours && !tick.served.contains(&key) {
            telling.mode = Mode::Digest;
            continue;
        }
        let known = before.get(id.as_str());
        if let Some(known) = known {
            let changed = decision.changed.entry(id.clone());
            changed.or_insert_with(|| known.clone());
        }
        if let Some(alert) = decision.changed.get_mut(id.as_str()) {
            wait(alert, known, telling);
            put_off.insert(index);
        }
    }
    let mut index = 0..;
    let tellings = &mut decision.tellings;
    tellings.retain(|_| index.next().is_none_or(|index| !put_off.contains(&index)));
    beyond.len()
}

/// The places of the tellings that are beyond the limit.
fn beyond(tellings: &[(String, Telling)], limit: Limit<'_>, watched: &Watched) -> Vec<usize> {
    let mut at_once: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, (_, telling)) in tellings.iter().enumerate() {
        if telling.mode == Mode::Now {
            let key = key_of(telling.address.as_str());
            at_once.entry(key).or_default().push(index);
        }
    }
    let urgency = |index: &usize| {
        let duty = watched.duties.get(&tellings[*index].0);
        duty.map(|duty| {
            let severity = Reverse(duty.rule.severity);
            (severity, Reverse(duty.days_over), duty.span.due)
        })
    };
    let mut beyond = Vec::new();
    for (key, mut indices) in at_once {
        let sent = limit.sent.get(&key).copied().unwrap_or_default();
        let left = usize::try_from(limit.most.saturating_sub(sent)).unwrap_or(usize::MAX);
        if indices.len() > left {
            indices.sort_by_key(urgency);
            beyond.extend(indices.drain(left..));
        }
    }
    beyond.sort_unstable();
    beyond
}

/// Has what would have been told wait for the recipient's next digest: until then they count as not
/// told.
fn wait(alert: &mut Alert, before: Option<&Alert>, telling: &Telling) {
    let standing = &mut alert.standing;
    let key = key_of(telling.address.as_str());
    if !before.is_some_and(|before| before.standing.has_told(&telling.address)) {
        standing
            .addresses
            .retain(|address| key_of(address.as_str()) != key);
    }
    for item in &telling.items {
        if *item != Item::Closed {
            standing.waiting.push(Waiting {
                address: telling.address.clone(),
                name: telling.name.clone(),
                item: item.clone(),
            });
        }
    }
}
