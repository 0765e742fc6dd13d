//! The flood guard: so many obligations turning overdue in one pass are more likely a broken record
//! than so many broken duties (SPEC 7, Baseline and flood).

use crate::config::Share;

/// However small an authority is, fewer than so many are told: each can be looked at.
const AT_LEAST: usize = 20;
/// What rounding may make of a share: less than one obligation in any authority there is.
const ROUNDING: f64 = 1e-6;

/// Whether `turned` of `open` obligations that turn overdue in one pass are a flood: more than the
/// share, and at least 20.
pub fn is_flood(share: Share, turned: usize, open: usize) -> bool {
    turned >= AT_LEAST && turned as f64 > share.0 * open as f64 + ROUNDING
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_the_share_and_at_least_twenty() {
        let share: Share = "20 %".parse().unwrap();
        assert!(!is_flood(share, 19, 19));
        assert!(is_flood(share, 20, 20));
        for hundreds in 1..200 {
            assert!(!is_flood(share, 20 * hundreds, 100 * hundreds));
            assert!(is_flood(share, 20 * hundreds + 1, 100 * hundreds));
        }
    }
}
