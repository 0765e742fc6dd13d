//! Which teams have series of their own. Small ones are counted together as `other`, so that no
//! series is of one child, and so are those beyond a cap, so that the series stay bounded. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::WINDOWS;
use crate::rules::State;

/// A team with fewer children has no series of its own: the least count that the board's figures
/// publish (SPEC 8).
pub const LEAST_CHILDREN: u64 = 5;
/// The label of all teams that are counted together.
pub const OTHER: &str = "other";
/// The label of the children of no team.
pub const NONE: &str = "none";

/// The teams of an authority that have series of their own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Teams {
    own: BTreeSet<String>,
    /// How many are counted together.
    pub folded: u64,
}

impl Teams {
    /// Of these teams, by their children, the largest, `most` of them; never one with fewer than
    /// [`LEAST_CHILDREN`]. Where the rest has fewer, the smallest is counted with it.
    pub fn of(children: &BTreeMap<String, u64>, most: usize) -> Teams {
        let mut by_size: Vec<(u64, &String)> = children.iter().map(|(t, n)| (*n, t)).collect();
        by_size.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        let large = by_size.iter().take_while(|(n, _)| *n >= LEAST_CHILDREN);
        let mut own = large.count().min(most);
        let rest = |own: usize| by_size[own..].iter().map(|(n, _)| n).sum::<u64>();
        while own > 0 && (1..LEAST_CHILDREN).contains(&rest(own)) {
            own -= 1;
        }
        let (own, folded) = by_size.split_at(own);
        Teams {
            own: own.iter().map(|(_, team)| (*team).clone()).collect(),
            folded: folded.len() as u64,
        }
    }

    /// The label of a team.
    pub fn label<'t>(&self, team: &'t str) -> &'t str {
        match team {
            team if !self.own.contains(team) => OTHER,
            "" => NONE,
            team => team,
        }
    }
}

/// How many series of obligations an authority has at most, with so many rules and these teams.
pub fn most_series(rules: usize, children: &BTreeMap<String, u64>, most_teams: usize) -> usize {
    let teams = Teams::of(children, most_teams);
    let labels = teams.own.len() + usize::from(teams.folded > 0);
    // Besides: the oldest, whether it is measured, and for each window two.
    rules * (labels * State::ALL.len() + 2 + 2 * WINDOWS.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn teams(sizes: &[(&str, u64)], most: usize) -> (Vec<String>, u64) {
        let children = sizes.iter().map(|(t, n)| ((*t).to_owned(), *n)).collect();
        let teams = Teams::of(&children, most);
        (teams.own.into_iter().collect(), teams.folded)
    }

    #[test]
    fn a_team_of_fewer_than_five_children_is_counted_with_others() {
        let sizes = [("a", 5), ("b", 4), ("c", 3), ("d", 40)];
        assert_eq!(teams(&sizes, 10), (vec!["a".into(), "d".into()], 2));
    }

    #[test]
    fn where_the_others_are_fewer_than_five_the_next_smallest_is_one_of_them() {
        let sizes = [("a", 6), ("b", 1), ("c", 30)];
        assert_eq!(teams(&sizes, 10), (vec!["c".into()], 2));
        assert_eq!(teams(&[("a", 6), ("b", 1)], 10), (vec![], 2));
        assert_eq!(teams(&[("a", 3)], 10), (vec![], 1));
        assert_eq!(teams(&[], 10), (vec![], 0));
    }

    #[test]
    fn beyond_the_cap_the_largest_have_series_of_their_own() {
        let sizes = [("a", 10), ("b", 30), ("c", 20), ("", 40)];
        assert_eq!(teams(&sizes, 2), (vec![String::new(), "b".into()], 2));
        assert_eq!(teams(&sizes, 0), (vec![], 4));
    }

    #[test]
    fn children_of_no_team_are_a_team_by_a_name_of_its_own() {
        let children = BTreeMap::from([(String::new(), 9), ("T1".to_owned(), 8)]);
        let teams = Teams::of(&children, 9);
        assert_eq!(teams.label(""), NONE);
        assert_eq!(teams.label("T1"), "T1");
        assert_eq!(teams.label("T2"), OTHER);
    }

    #[test]
    fn whatever_the_sizes_no_series_is_of_fewer_than_five_children_where_there_are_as_many() {
        let mut random = fastrand::Rng::with_seed(6);
        for _ in 0..2000 {
            let children: BTreeMap<String, u64> = (0..random.usize(0..9))
                .map(|team| (format!("T{team}"), random.u64(1..12)))
                .collect();
            let teams = Teams::of(&children, random.usize(0..6));
            let mut by_label: BTreeMap<&str, u64> = BTreeMap::new();
            for (team, count) in &children {
                *by_label.entry(teams.label(team)).or_default() += count;
            }
            let all: u64 = children.values().sum();
            let least = by_label.values().min().copied().unwrap_or(LEAST_CHILDREN);
            assert!(
                least >= LEAST_CHILDREN.min(all),
                "{children:?} {by_label:?}"
            );
        }
    }
}
