//! Counters that only grow, made from counts of the store that may fall: what a store no longer
//! keeps has happened all the same. Pure.

use std::collections::BTreeMap;

/// How much each count of the store has grown since the first look at them.
#[derive(Debug)]
pub struct Totals<K>(Option<BTreeMap<K, Total>>);

#[derive(Debug, Default)]
struct Total {
    /// The store's count at the last look.
    seen: u64,
    /// How much it has grown since the first, falls left out.
    grown: u64,
}

impl<K> Default for Totals<K> {
    fn default() -> Self {
        Totals(None)
    }
}

impl<K: Ord + Clone> Totals<K> {
    /// Looks at the store's counts, and turns each into how much it has grown. At the first look
    /// that is nothing; what appears later has grown from nothing.
    pub fn turn(&mut self, counts: &mut BTreeMap<K, u64>) {
        let is_first = self.0.is_none();
        let totals = self.0.get_or_insert_default();
        for (key, count) in counts {
            let total = totals.entry(key.clone()).or_default();
            if !is_first {
                total.grown += count.saturating_sub(total.seen);
            }
            total.seen = *count;
            *count = total.grown;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_grows_from_nothing_and_never_falls() {
        let mut totals = Totals::default();
        let mut look = |counts: &[(&'static str, u64)]| {
            let mut counts = counts.iter().copied().collect();
            totals.turn(&mut counts);
            counts.into_values().collect::<Vec<u64>>()
        };
        assert_eq!(look(&[("sent", 100)]), [0]);
        assert_eq!(look(&[("sent", 120)]), [20]);
        // The store has forgotten the old ones.
        assert_eq!(look(&[("sent", 5)]), [20]);
        assert_eq!(look(&[("refused", 3), ("sent", 8)]), [3, 23]);
    }
}
