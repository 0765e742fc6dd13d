//! Which counts must be kept back so that none of them can be worked out from the others.

use std::collections::BTreeMap;

use super::FEWEST;

/// A total and the parts that it is the sum of, by their numbers.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    pub(super) total: usize,
    pub(super) parts: Vec<usize>,
}

impl Relation {
    fn all(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().copied().chain([self.total])
    }
}

/// Counts, and what ties them together.
#[derive(Debug, Default)]
pub(super) struct System {
    pub(super) values: Vec<u64>,
    pub(super) relations: Vec<Relation>,
    /// What an earlier publication kept back: it stays so, or it would be given away afterwards.
    pub(super) kept_back_before: Vec<bool>,
    /// What an earlier publication showed as it is now: to keep it back protects nothing.
    pub(super) shown_before: Vec<bool>,
}

/// A large prime: whether a set of sums fixes a count is the same in numbers modulo it.
const PRIME: u64 = 2_147_483_647;

impl System {
    /// Which counts are kept back.
    ///
    /// Only counts above nought are chosen, so that each could be one more or one less as far as its
    /// sums go; and none is left that a combination of sums fixes. A reader who solves all of them
    /// at once finds more than one value for each. Where nothing is left to hide a count behind
    /// (all around it was shown before), all of the system is kept back: what is public stays so, and
    /// nothing is added to it.
    pub(super) fn protect(&self) -> Vec<bool> {
        let is_small = |value: u64| (1..FEWEST).contains(&value);
        let mut kept_back: Vec<bool> = self
            .values
            .iter()
            .zip(&self.kept_back_before)
            .map(|(value, before)| is_small(*value) || *before)
            .collect();
        loop {
            let fixed = self.determined(&kept_back);
            let guessed = self.too_few_in_sum(&kept_back);
            let mut added = false;
            for number in fixed.iter().chain(&guessed) {
                added |= self.add_beside(*number, &mut kept_back);
            }
            if !added && fixed.is_empty() {
                return kept_back;
            }
            if !added {
                return vec![true; self.values.len()];
            }
        }
    }

    /// Keeps back the smallest count that stands in one sum with `number`, else any that stands in a
    /// sum with something kept back; says whether there was one.
    fn add_beside(&self, number: usize, kept_back: &mut [bool]) -> bool {
        let may_be = |other: &usize| {
            self.values[*other] > 0 && !kept_back[*other] && !self.shown_before[*other]
        };
        let beside = self
            .relations
            .iter()
            .filter(|r| r.all().any(|n| n == number));
        let nearest = beside.flat_map(Relation::all).filter(may_be);
        let touched = self
            .relations
            .iter()
            .filter(|r| r.all().any(|n| kept_back[n]));
        let farther = touched.flat_map(Relation::all).filter(may_be);
        let smallest = |numbers: &mut dyn Iterator<Item = usize>| {
            numbers.min_by_key(|other| (self.values[*other], *other))
        };
        let chosen = smallest(&mut { nearest }).or_else(|| smallest(&mut { farther }));
        if let Some(chosen) = chosen {
            kept_back[chosen] = true;
        }
        chosen.is_some()
    }

    /// Counts kept back whose companions in one sum add up to so little that each could be guessed.
    fn too_few_in_sum(&self, kept_back: &[bool]) -> Vec<usize> {
        let mut few = Vec::new();
        for relation in &self.relations {
            if kept_back[relation.total] {
                continue;
            }
            let hidden = || relation.parts.iter().filter(|part| kept_back[**part]);
            let sum: u64 = hidden().map(|part| self.values[*part]).sum();
            if sum > 0 && sum < FEWEST {
                few.extend(hidden().next());
            }
        }
        few
    }

    /// Counts above nought that are kept back and that the sums fix all the same: by elimination,
    /// those that are left alone in a row.
    fn determined(&self, kept_back: &[bool]) -> Vec<usize> {
        let hidden: Vec<usize> = (0..self.values.len())
            .filter(|number| kept_back[*number] && self.values[*number] > 0)
            .collect();
        let mut column = vec![usize::MAX; self.values.len()];
        for (place, number) in hidden.iter().enumerate() {
            column[*number] = place;
        }
        let mut echelon = Echelon::default();
        for relation in &self.relations {
            let parts = relation.parts.iter().map(|part| (*part, 1));
            let entries = parts.chain([(relation.total, PRIME - 1)]);
            let entries = entries.map(|(number, entry)| (column[number], entry));
            let mut row: Row = entries
                .filter(|(column, _)| *column != usize::MAX)
                .collect();
            row.sort_unstable();
            echelon.add(row);
        }
        let alone = echelon.alone();
        alone.into_iter().map(|place| hidden[place]).collect()
    }
}

/// The entries of a row that are not nought, by column.
type Row = Vec<(usize, u64)>;

/// Rows brought into echelon form one by one, modulo [`PRIME`], by their leading columns. Sums are
/// of few counts, so that hardly any entry is other than nought.
#[derive(Default)]
struct Echelon {
    rows: BTreeMap<usize, Row>,
}

impl Echelon {
    fn add(&mut self, mut row: Row) {
        while let Some((leading, entry)) = row.first().copied() {
            let Some(above) = self.rows.get(&leading) else {
                let inverse = power(entry, PRIME - 2);
                row.iter_mut()
                    .for_each(|(_, entry)| *entry = *entry * inverse % PRIME);
                self.rows.insert(leading, row);
                return;
            };
            row = less(&row, above, entry);
        }
    }

    /// The columns that stand alone in a row once every row is rid of the leading columns of others:
    /// the unknowns that are fixed.
    fn alone(mut self) -> Vec<usize> {
        let leading: Vec<usize> = self.rows.keys().copied().rev().collect();
        for column in leading {
            let Some(mut row) = self.rows.remove(&column) else {
                continue;
            };
            let others: Vec<(usize, u64)> = row[1..]
                .iter()
                .filter(|(other, _)| self.rows.contains_key(other))
                .copied()
                .collect();
            // Rows below are rid of each other's leading columns already.
            for (other, entry) in others {
                row = less(&row, &self.rows[&other], entry);
            }
            self.rows.insert(column, row);
        }
        let alone = self.rows.iter().filter(|(_, row)| row.len() == 1);
        alone.map(|(column, _)| *column).collect()
    }
}

/// A row less so many times another.
fn less(row: &Row, other: &Row, times: u64) -> Row {
    let mut result = Row::with_capacity(row.len() + other.len());
    let (mut mine, mut theirs) = (row.iter().peekable(), other.iter().peekable());
    loop {
        let (column, entry) = match (mine.peek(), theirs.peek()) {
            (None, None) => return result,
            (Some(m), Some(t)) if m.0 == t.0 => (m.0, m.1 + (PRIME - times) * t.1 % PRIME),
            (Some(m), Some(t)) if m.0 < t.0 => (m.0, m.1),
            (Some(m), None) => (m.0, m.1),
            (_, Some(t)) => (t.0, (PRIME - times) * t.1),
        };
        mine.next_if(|(at, _)| *at == column);
        theirs.next_if(|(at, _)| *at == column);
        if entry % PRIME != 0 {
            result.push((column, entry % PRIME));
        }
    }
}

fn power(base: u64, mut exponent: u64) -> u64 {
    let (mut result, mut base) = (1, base % PRIME);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % PRIME;
        }
        base = base * base % PRIME;
        exponent >>= 1;
    }
    result
}
