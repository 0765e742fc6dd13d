//! When a job is due: its next time is kept in the store, worked out in local time. The scheduler
//! only asks, minute by minute; what was missed while nobody asked is caught up once.

use crate::calendar::{Instant, Zone};
use crate::config::Timetable;
use crate::store::{Store, StoreError, StoredJob, put_job, stored_job};

/// A job of the schedule.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its name, in the store and the metrics.
    pub name: &'static str,
    /// Its local times.
    pub timetable: Timetable,
    /// The zone that they are of.
    pub zone: Zone,
}

impl Job {
    /// Whether the job is due at `now`. One that the store does not know is due at once. A next time
    /// that lies later than the timetable would have it (the timetable was changed, or the clock was
    /// put back) is brought forward.
    ///
    /// # Errors
    /// What the store says.
    pub async fn is_due(&self, store: &Store, now: Instant) -> Result<bool, StoreError> {
        let mut tx = store.snapshot().await?;
        let Some(stored) = stored_job(&mut tx, self.name).await? else {
            return Ok(true);
        };
        drop(tx);
        let next = self.next_after(now);
        if stored.next_due > next {
            let mut tx = store.begin().await?;
            let brought_forward = StoredJob {
                next_due: next,
                ..stored
            };
            put_job(&mut tx, self.name, brought_forward).await?;
            tx.commit().await?;
        }
        Ok(stored.next_due <= now)
    }

    /// Keeps that the job ended at `now`, and whether it ended well; says when it is due next. Only
    /// here does its next time move on: a job cut short by a crash is due again at once.
    ///
    /// # Errors
    /// What the store says.
    pub async fn ended(
        &self,
        store: &Store,
        now: Instant,
        well: bool,
    ) -> Result<Instant, StoreError> {
        let next_due = self.next_after(now);
        let mut tx = store.begin().await?;
        let before = stored_job(&mut tx, self.name).await?;
        let ended_well = if well {
            Some(now)
        } else {
            before.and_then(|job| job.ended_well)
        };
        let job = StoredJob {
            next_due,
            ended: Some(now),
            ended_well,
        };
        put_job(&mut tx, self.name, job).await?;
        tx.commit().await?;
        Ok(next_due)
    }

    /// A timetable whose day never comes is asked again in a day.
    fn next_after(&self, now: Instant) -> Instant {
        self.timetable
            .next_after(now, self.zone)
            .unwrap_or_else(|| now.plus_hours(24))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::Clock;

    async fn empty_store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("store.db").display());
        let store = Store::open(&url).await.unwrap();
        (folder, store)
    }

    fn job(timetable: &str) -> Job {
        Job {
            name: "pass",
            timetable: timetable.parse().unwrap(),
            zone: Zone::LONDON,
        }
    }

    /// Asks minute by minute from the clock's instant on for so many hours, and says at which local
    /// times the job ran.
    async fn runs(store: &Store, job: &Job, clock: &Clock, hours: i64) -> Vec<String> {
        let mut runs = Vec::new();
        for _ in 0..hours * 60 {
            let now = clock.now();
            if job.is_due(store, now).await.unwrap() {
                job.ended(store, now, true).await.unwrap();
                let local = now.utc().with_timezone(&chrono_tz::Europe::London);
                runs.push(local.format("%m-%d %H:%M %Z").to_string());
            }
            clock.move_to(now.plus_seconds(60));
        }
        runs
    }

    #[tokio::test]
    async fn nine_in_the_morning_stays_nine_when_the_clocks_go_forward() {
        let (_folder, store) = empty_store().await;
        let clock = Clock::standing_at("2026-03-28T08:30:00Z".parse().unwrap());
        assert_eq!(
            runs(&store, &job("09:00"), &clock, 49).await,
            [
                "03-28 08:30 GMT",
                "03-28 09:00 GMT",
                "03-29 09:00 BST",
                "03-30 09:00 BST"
            ]
        );
    }

    #[tokio::test]
    async fn nine_in_the_morning_stays_nine_when_the_clocks_go_back() {
        let (_folder, store) = empty_store().await;
        let clock = Clock::standing_at("2026-10-24T07:30:00Z".parse().unwrap());
        assert_eq!(
            runs(&store, &job("09:00"), &clock, 50).await,
            [
                "10-24 08:30 BST",
                "10-24 09:00 BST",
                "10-25 09:00 GMT",
                "10-26 09:00 GMT"
            ]
        );
    }

    #[tokio::test]
    async fn passes_missed_while_the_machine_was_off_are_caught_up_once() {
        let (_folder, store) = empty_store().await;
        let job = job("*/15 * * * *");
        let clock = Clock::standing_at("2026-11-02T12:00:00Z".parse().unwrap());
        assert_eq!(runs(&store, &job, &clock, 1).await.len(), 4);
        clock.move_to("2026-11-04T06:07:00Z".parse().unwrap());
        assert_eq!(
            runs(&store, &job, &clock, 1).await,
            [
                "11-04 06:07 GMT",
                "11-04 06:15 GMT",
                "11-04 06:30 GMT",
                "11-04 06:45 GMT",
                "11-04 07:00 GMT"
            ]
        );
    }

    #[tokio::test]
    async fn a_pass_cut_short_is_due_again_and_a_failed_one_waits_for_its_next_time() {
        let (_folder, store) = empty_store().await;
        let job = job("09:00");
        let now: Instant = "2026-11-02T09:00:00Z".parse().unwrap();
        assert!(job.is_due(&store, now).await.unwrap());
        assert!(job.is_due(&store, now.plus_seconds(60)).await.unwrap());
        let next = job
            .ended(&store, now.plus_seconds(90), false)
            .await
            .unwrap();
        assert_eq!(next.to_string(), "2026-11-03T09:00:00.000000Z");
        assert!(!job.is_due(&store, now.plus_seconds(120)).await.unwrap());
        let mut tx = store.snapshot().await.unwrap();
        let stored = stored_job(&mut tx, "pass").await.unwrap().unwrap();
        assert_eq!(stored.ended_well, None);
        assert_eq!(stored.ended, Some(now.plus_seconds(90)));
    }

    #[tokio::test]
    async fn a_timetable_that_was_changed_counts_at_once() {
        let (_folder, store) = empty_store().await;
        let now: Instant = "2026-11-02T10:00:00Z".parse().unwrap();
        job("09:00").ended(&store, now, true).await.unwrap();
        let often = job("*/15 * * * *");
        assert!(!often.is_due(&store, now.plus_seconds(60)).await.unwrap());
        assert!(
            often
                .is_due(&store, now.plus_seconds(15 * 60))
                .await
                .unwrap()
        );
    }
}
