//! Which counts must be kept back so that none of them can be worked out from the others.

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
    /// at once finds more than one value for each.
    pub(super) fn protect(&self) -> Vec<bool> {
        let is_small = |value: u64| (1..FEWEST).contains(&value);
        let mut kept_back: Vec<bool> = self
            .values
            .iter()
            .zip(&self.kept_back_before)
            .map(|(value, before)| is_small(*value) || *before)
            .collect();
        loop {
            let mut exposed = self.determined(&kept_back);
            exposed.extend(self.too_few_in_sum(&kept_back));
            let mut added = false;
            for number in exposed {
                added |= self.add_beside(number, &mut kept_back);
            }
            if !added {
                return kept_back;
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
        let mut rows: Vec<Vec<u64>> = Vec::new();
        for relation in &self.relations {
            let mut row = vec![0; hidden.len()];
            for part in &relation.parts {
                if column[*part] != usize::MAX {
                    row[column[*part]] = 1;
                }
            }
            if column[relation.total] != usize::MAX {
                row[column[relation.total]] = PRIME - 1;
            }
            if row.iter().any(|entry| *entry != 0) {
                rows.push(row);
            }
        }
        reduce(&mut rows, hidden.len());
        rows.iter()
            .filter_map(|row| {
                let mut entries = row.iter().enumerate().filter(|(_, entry)| **entry != 0);
                let (place, _) = entries.next()?;
                entries.next().is_none().then_some(hidden[place])
            })
            .collect()
    }
}

/// Brings rows into reduced echelon form, modulo [`PRIME`].
fn reduce(rows: &mut [Vec<u64>], columns: usize) {
    let mut top = 0;
    for column in 0..columns {
        let Some(pivot) = (top..rows.len()).find(|row| rows[*row][column] != 0) else {
            continue;
        };
        rows.swap(top, pivot);
        let inverse = power(rows[top][column], PRIME - 2);
        for entry in &mut rows[top] {
            *entry = *entry * inverse % PRIME;
        }
        let leading = rows[top].clone();
        for (place, row) in rows.iter_mut().enumerate() {
            let times = row[column];
            if place == top || times == 0 {
                continue;
            }
            for (entry, lead) in row.iter_mut().zip(&leading) {
                if *lead != 0 {
                    *entry = (*entry + (PRIME - times) * lead) % PRIME;
                }
            }
        }
        top += 1;
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
