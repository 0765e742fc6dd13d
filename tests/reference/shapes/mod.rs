//! The seven shapes, one file each.

mod ahead;
mod between;
mod check;
mod cover;
mod deadline;
mod interval;
mod run;

use crate::asking::{Asking, Seen};
use crate::evaluate::{Answer, Found, Outcome};
use crate::model::Shape;

pub fn obligations(asking: &Asking<'_>) -> Vec<Found> {
    match &asking.rule.shape {
        Shape::Deadline {
            after,
            within,
            require,
            linked,
        } => deadline::obligations(asking, after, *within, require.alternatives(), *linked),
        Shape::Interval { .. } => interval::obligations(asking),
        Shape::Between {
            marks,
            require,
            latest,
        } => between::obligations(asking, marks, require.alternatives(), latest),
        Shape::Ahead {
            of,
            by,
            require,
            linked,
        } => ahead::obligations(asking, of, *by, require.alternatives(), *linked),
        Shape::Run { .. } => run::obligations(asking),
        Shape::Check { on, that, grace } => check::obligations(asking, on, that, *grace),
        Shape::Cover {
            by,
            condition,
            grace,
        } => cover::obligations(asking, by, condition.as_ref(), *grace),
    }
}

fn answered(seen: &Seen<'_>, always_met: bool) -> Outcome {
    Outcome::Answered(Answer {
        id: seen.row.id.clone(),
        kind: seen.row.kind.clone(),
        when: seen.when,
        always_met,
    })
}
