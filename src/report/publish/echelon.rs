//! Sums as rows of coefficients, solved by elimination.

use std::collections::BTreeMap;

/// A large prime: what a set of sums fixes is the same in numbers modulo it.
pub(super) const PRIME: u64 = 2_147_483_647;

/// The entries of a row that are not nought, by column.
pub(super) type Row = Vec<(usize, u64)>;

/// Rows brought into echelon form one by one, modulo [`PRIME`], by their leading columns. Sums are
/// of few counts, so that hardly any entry is other than nought.
#[derive(Default)]
pub(super) struct Echelon {
    rows: BTreeMap<usize, Row>,
}

impl Echelon {
    /// Adds a row, with its columns in order.
    pub(super) fn add(&mut self, mut row: Row) {
        while let Some((leading, entry)) = row.first().copied() {
            let Some(above) = self.rows.get(&leading) else {
                let inverse = inverse(entry);
                row.iter_mut()
                    .for_each(|(_, entry)| *entry = *entry * inverse % PRIME);
                self.rows.insert(leading, row);
                return;
            };
            row = less(&row, above, entry);
        }
    }

    /// Every row by its leading column, rid of the leading columns of the others.
    pub(super) fn reduced(mut self) -> BTreeMap<usize, Row> {
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
        self.rows
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

/// What a number must be multiplied with to be one.
pub(super) fn inverse(number: u64) -> u64 {
    let (mut result, mut base, mut exponent) = (1, number % PRIME, PRIME - 2);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % PRIME;
        }
        base = base * base % PRIME;
        exponent >>= 1;
    }
    result
}
