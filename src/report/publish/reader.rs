//! What a reader of a publication can work out of what it keeps back, who has solved all its sums at
//! once and knows how small counts are kept back.
//!
//! A count that is kept back is safe where it could be one more or one less while every sum comes out
//! as printed and no other one leaves the bounds that the reader knows. Counts on a bound (what is
//! kept back is 1 at least, or 4 at most where that is said) can move one way only: here each moves
//! alone or with one other of them, along with counts that can move both ways. That is less than all
//! that is possible, so that more may be kept back than must be, and never less.

use std::collections::BTreeMap;

use super::echelon::{Echelon, PRIME, Row, inverse};
use super::table::{Relation, Table};
use super::{FEWEST, UNSAID};

/// What a reader sees of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// Nothing: it has not been decided, or is kept back with all of its table.
    Undecided,
    /// The count.
    Shown,
    /// That it is kept back, and between what bounds it lies.
    Hidden(Bounds),
}

/// What a reader knows of a count that is kept back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The least that it can be.
    pub least: u64,
    /// The most, where that is said.
    pub most: Option<u64>,
}

impl Sight {
    pub(super) fn is_hidden(self) -> bool {
        matches!(self, Sight::Hidden(_))
    }
}

/// Which way something can move.
#[derive(Debug, Clone, Copy)]
struct Ways {
    up: bool,
    down: bool,
}

/// Counts that the sums tie together two by two: where one moves, all move as much, or as much the
/// other way.
struct Ties {
    /// What each count moves with, and whether the other way; itself where with nothing.
    with: Vec<(usize, bool)>,
    /// Whether a count that others move with cannot move at all.
    stuck: Vec<bool>,
}

impl Ties {
    fn new(counts: usize) -> Ties {
        Ties {
            with: (0..counts).map(|number| (number, false)).collect(),
            stuck: vec![false; counts],
        }
    }

    fn root(&mut self, number: usize) -> (usize, bool) {
        let (next, other_way) = self.with[number];
        if next == number {
            return (number, false);
        }
        let (root, beyond) = self.root(next);
        self.with[number] = (root, other_way ^ beyond);
        self.with[number]
    }

    /// Ties two roots; of one, it is stuck where it would move against itself.
    fn tie(&mut self, one: usize, other: usize, other_way: bool) {
        if one == other {
            self.stuck[one] |= other_way;
        } else {
            self.stuck[other] |= self.stuck[one];
            self.with[one] = (other, other_way);
        }
    }

    /// A sum in terms of what can move: how often each root is in it.
    fn row(&mut self, hidden: &[(usize, i64)]) -> BTreeMap<usize, i64> {
        let mut row = BTreeMap::new();
        for (number, sign) in hidden {
            let (root, other_way) = self.root(*number);
            if !self.stuck[root] {
                *row.entry(root).or_insert(0) += if other_way { -sign } else { *sign };
            }
        }
        row.retain(|_, times| *times != 0);
        row
    }
}

/// The counts above nought that are kept back and that a reader can work out (or, of a sum of
/// several, say to be less than five), in groups that come out together. Tables of which nothing has
/// been decided are left out of it.
pub(super) fn worked_out(table: &Table, sights: &[Sight]) -> Vec<Vec<usize>> {
    let relations = relations(table, sights);
    let at_once = at_once(table, &relations, |_| true);
    if !at_once.is_empty() {
        return at_once;
    }
    by_all_sums(table, sights, &relations)
}

/// Whether a reader can work out a count from 1 to 4, who knows of all counts that are not told that
/// there are such, and how they add up.
pub(super) fn is_any_small_worked_out(table: &Table, sights: &[Sight]) -> bool {
    let told = |sight: &Sight| match sight {
        Sight::Undecided => Sight::Hidden(UNSAID),
        told => *told,
    };
    let sights: Vec<Sight> = sights.iter().map(told).collect();
    let relations = relations(table, &sights);
    let is_small = |number: &usize| (1..FEWEST).contains(&table.values[*number]);
    let at_once = at_once(table, &relations, |number| is_small(&number));
    let groups = || by_all_sums(table, &sights, &relations);
    !at_once.is_empty() || groups().iter().flatten().any(is_small)
}

/// The sums in which something is kept back, with what that is, of which all has been decided.
fn relations<'t>(table: &'t Table, sights: &[Sight]) -> Vec<(&'t Relation, Vec<(usize, i64)>)> {
    let relations = table.relations.iter();
    relations
        .filter(|relation| relation.all().all(|n| sights[n] != Sight::Undecided))
        .map(|relation| (relation, hidden_of(relation, sights)))
        .filter(|(_, hidden)| !hidden.is_empty())
        .collect()
}

/// What can be worked out from all sums together.
fn by_all_sums(
    table: &Table,
    sights: &[Sight],
    relations: &[(&Relation, Vec<(usize, i64)>)],
) -> Vec<Vec<usize>> {
    let mut ties = tied(relations, table.values.len());
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut ways: BTreeMap<usize, Ways> = BTreeMap::new();
    for (number, sight) in sights.iter().enumerate() {
        let Sight::Hidden(Bounds { least, most }) = *sight else {
            continue;
        };
        let value = table.values[number];
        let (up, down) = (most.is_none_or(|most| value < most), value > least);
        let (root, other_way) = ties.root(number);
        let (up, down) = if other_way { (down, up) } else { (up, down) };
        members.entry(root).or_default().push(number);
        let both = Ways {
            up: true,
            down: true,
        };
        let all = ways.entry(root).or_insert(both);
        all.up &= up && !ties.stuck[root];
        all.down &= down && !ties.stuck[root];
    }
    let fixed = fixed(relations, &mut ties, &ways);
    let groups = fixed.into_iter().map(|root| {
        let members = members.get(&root).into_iter().flatten().copied();
        members.filter(|number| table.values[*number] > 0).collect()
    });
    groups
        .filter(|group: &Vec<usize>| !group.is_empty())
        .collect()
}

/// What is kept back in a sum: parts count once, the total once less.
fn hidden_of(relation: &Relation, sights: &[Sight]) -> Vec<(usize, i64)> {
    let parts = relation.parts.iter().map(|part| (*part, 1));
    let all = parts.chain([(relation.total, -1)]);
    all.filter(|(number, _)| sights[*number].is_hidden())
        .collect()
}

/// What is seen in one sum: the only one that is kept back in it, and parts that are less than five
/// together.
fn at_once(
    table: &Table,
    relations: &[(&Relation, Vec<(usize, i64)>)],
    matters: impl Fn(usize) -> bool,
) -> Vec<Vec<usize>> {
    let mut found = Vec::new();
    for (relation, hidden) in relations {
        let hidden: Vec<usize> = hidden.iter().map(|(number, _)| *number).collect();
        let positive = || hidden.iter().copied().filter(|n| table.values[*n] > 0);
        let sum: u64 = positive().map(|number| table.values[number]).sum();
        let is_alone = hidden.len() == 1 && sum > 0 && matters(hidden[0]);
        let is_few = !hidden.contains(&relation.total) && (1..FEWEST).contains(&sum);
        if is_alone || is_few {
            found.push(positive().collect());
        }
    }
    found
}

/// Ties what stands alone with one other in a sum, until no sum ties any more.
fn tied(relations: &[(&Relation, Vec<(usize, i64)>)], counts: usize) -> Ties {
    let mut ties = Ties::new(counts);
    let mut open: Vec<usize> = (0..relations.len()).collect();
    loop {
        let before = open.len();
        open.retain(|place| {
            let row: Vec<(usize, i64)> = ties.row(&relations[*place].1).into_iter().collect();
            match row[..] {
                [] => {}
                [(alone, _)] => ties.stuck[alone] = true,
                [(one, a), (other, b)] if a.abs() == b.abs() => ties.tie(one, other, a == b),
                _ => return true,
            }
            false
        });
        if open.len() == before {
            return ties;
        }
    }
}

/// The roots that cannot move.
fn fixed(
    relations: &[(&Relation, Vec<(usize, i64)>)],
    ties: &mut Ties,
    ways: &BTreeMap<usize, Ways>,
) -> Vec<usize> {
    let is_free = |ways: &Ways| ways.up && ways.down;
    let free = ways.iter().filter(|(_, ways)| is_free(ways));
    let bound = ways.iter().filter(|(_, ways)| ways.up != ways.down);
    let roots: Vec<usize> = free.chain(bound).map(|(root, _)| *root).collect();
    let first_bound = ways.values().filter(|ways| is_free(ways)).count();
    let mut column = vec![usize::MAX; ties.with.len()];
    for (place, root) in roots.iter().enumerate() {
        column[*root] = place;
    }
    let mut echelon = Echelon::default();
    for (_, hidden) in relations {
        let entries = ties.row(hidden).into_iter();
        let mut row: Row = entries
            .map(|(root, times)| (column[root], times.rem_euclid(PRIME as i64) as u64))
            .filter(|(column, _)| *column != usize::MAX)
            .collect();
        row.sort_unstable();
        echelon.add(row);
    }
    let rows = echelon.reduced();
    let moves = moves_of_bound(&rows, first_bound, |place| ways[&roots[place]]);
    let can_move = |column: usize| column < first_bound || moves(column);
    let is_fixed = |place: usize| {
        if place >= first_bound {
            return !moves(place);
        }
        rows.get(&place)
            .is_some_and(|row| !row[1..].iter().any(|(column, _)| can_move(*column)))
    };
    let stuck = ways.iter().filter(|(_, ways)| !ways.up && !ways.down);
    let stuck = stuck.map(|(root, _)| *root);
    let fixed = (0..roots.len()).filter(|place| is_fixed(*place));
    fixed.map(|place| roots[place]).chain(stuck).collect()
}

/// Which of the columns that can move one way only, those from `first` on, can do so: alone, or with
/// one other.
fn moves_of_bound(
    rows: &BTreeMap<usize, Row>,
    first: usize,
    ways: impl Fn(usize) -> Ways,
) -> impl Fn(usize) -> bool {
    let mut entries: BTreeMap<usize, Vec<(usize, u64)>> = BTreeMap::new();
    for (leading, row) in rows.range(first..) {
        for (column, entry) in row {
            entries.entry(*column).or_default().push((*leading, *entry));
        }
    }
    // Columns that stand in the same rows, in proportion, by which way each can move in it.
    let mut alike: BTreeMap<Row, Vec<(usize, u64)>> = BTreeMap::new();
    for (column, row) in &entries {
        let by = inverse(row[0].1);
        let shape = row.iter().map(|(at, entry)| (*at, entry * by % PRIME));
        alike
            .entry(shape.collect())
            .or_default()
            .push((*column, row[0].1));
    }
    let mut moving = Vec::new();
    for columns in alike.values() {
        for (one, a) in columns {
            let with = |(other, b): &(usize, u64)| {
                let other_way = (a == b).then_some(true);
                let other_way = other_way.or(((a + b) % PRIME == 0).then_some(false));
                let (mine, theirs) = (ways(*one), ways(*other));
                one != other
                    && other_way.is_some_and(|other_way| (mine.up == theirs.up) != other_way)
            };
            if columns.iter().any(with) {
                moving.push(*one);
            }
        }
    }
    move |column| !entries.contains_key(&column) || moving.contains(&column)
}
