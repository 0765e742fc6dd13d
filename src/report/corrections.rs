//! What was corrected since: the same figures from the records of then and from those of now.

use rustc_hash::FxHashMap;

use super::measure::{Cell, MEASURES, Measure};
use super::model::{Correction, Line};

/// The counts that are compared: what follows from them (shares) differs where they do.
const COMPARED: [Measure; 5] = [
    Measure::Due,
    Measure::Met,
    Measure::MetLate,
    Measure::Missed,
    Measure::Overdue,
];

/// The counts in which two sets of lines of one report differ, as of the same day. A line that is in
/// one alone is of nothing in the other.
pub fn corrections(then: &[Line], now: &[Line]) -> Vec<Correction> {
    let place = |line: &Line| (line.rule, line.team, line.span);
    let mut places: Vec<_> = then.iter().chain(now).map(place).collect();
    places.sort_unstable();
    places.dedup();
    let by_place = |lines: &'_ [Line]| -> FxHashMap<_, _> {
        lines.iter().map(|line| (place(line), line.cells)).collect()
    };
    let (then, now) = (by_place(then), by_place(now));
    let value = |lines: &FxHashMap<_, [Cell; MEASURES]>, at, measure: Measure| {
        let cells = lines.get(&at);
        cells.map_or(Cell::Count(0), |cells| cells[measure as usize])
    };
    let mut corrections = Vec::new();
    for at in places {
        for measure in COMPARED {
            let (then, now) = (value(&then, at, measure), value(&now, at, measure));
            if then != now {
                let (rule, team, span) = at;
                corrections.push(Correction {
                    rule,
                    team,
                    span,
                    measure,
                    then,
                    now,
                });
            }
        }
    }
    corrections
}
