//! A child's obligations as they are counted, in bytes: those that are counted alike are one.

use smallvec::SmallVec;

use super::{damaged, put_signed, signed, uint};
use crate::calendar::Day;
use crate::case::put_uint;
use crate::metrics::Counted;
use crate::rules::State;
use crate::store::StoreError;

/// Due days are written as the distance from this one: then two bytes suffice for decades.
const NEAR_DAY: i64 = 20_500;
/// The due day of what is counted by rule and state alone: in no window, on any day to come.
const LONG_PAST: Day = Day::FIRST;

/// Counts obligations as of `today`, given rule by rule, and writes what came out. Where a due day no
/// longer matters, those of a rule and state are one count, with the earliest due day of them.
pub fn put_counts(out: &mut Vec<u8>, obligations: impl Iterator<Item = Counted>, today: Day) {
    let mut counts: SmallVec<[(Counted, u64); 32]> = SmallVec::new();
    for mut counted in obligations {
        let matters = counted.due_matters(today);
        if !matters && counted.state != State::Overdue {
            counted.due = LONG_PAST;
        }
        let mut of_rule = counts
            .iter_mut()
            .rev()
            .take_while(|(c, _)| c.rule == counted.rule);
        let same = of_rule.find(|(c, _)| {
            let is_old = !matters && !c.due_matters(today);
            c.state == counted.state && (c.due == counted.due || is_old)
        });
        match same {
            Some((same, count)) => {
                *count += 1;
                same.due = same.due.min(counted.due);
            }
            None => counts.push((counted, 1)),
        }
    }
    for (counted, count) in counts {
        let place = counted.rule * State::ALL.len() + counted.state as usize;
        let has_due = counted.due != LONG_PAST;
        put_uint(out, place as u64 * 2 + u64::from(has_due));
        put_uint(out, count);
        if has_due {
            put_signed(out, i64::from(counted.due.0) - NEAR_DAY);
        }
    }
}

/// Takes one count and how many it counts.
pub(super) fn take_count(rest: &mut &[u8]) -> Result<(Counted, u64), StoreError> {
    let place = uint(rest)?;
    let (place, has_due) = ((place / 2) as usize, place % 2 > 0);
    let count = uint(rest)?;
    let due = if has_due {
        let due = i32::try_from(signed(rest)?.wrapping_add(NEAR_DAY));
        due.map(Day).map_err(|_| damaged())?
    } else {
        LONG_PAST
    };
    let counted = Counted {
        rule: place / State::ALL.len(),
        state: State::ALL[place % State::ALL.len()],
        due,
    };
    Ok((counted, count))
}
