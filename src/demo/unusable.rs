//! Rows as real databases have them, that no reading can use: they go to quarantine, and stop
//! nothing else.

use super::tables::{at, flag, midnight, row};
use super::world::World;

impl World {
    /// A visit without a day, one of a child that nobody knows, and a core group on a day that there
    /// is not.
    pub(super) fn unusable_rows(&mut self) {
        let Some(child) = self.key_workers.first().map(|case| case.child.clone()) else {
            return;
        };
        for (of, day) in [(child.as_str(), None), ("P0", Some(self.today))] {
            let id = self.id("V");
            self.tables.visits.push(row![
                id,
                of,
                None::<&str>,
                day.map(midnight),
                flag(true),
                flag(true),
                flag(false),
            ]);
        }
        let (id, meeting) = (self.id("CG"), self.id("M"));
        self.tables.core_groups.push(row![
            id,
            meeting,
            child,
            at(self.today, (10, 0)),
            "31/02/2026",
            None::<&str>,
            flag(false),
            None::<&str>,
            None::<&str>,
            None::<&str>,
        ]);
    }
}
