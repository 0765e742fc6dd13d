//! One pass at a time: a lease in the store, held by a process that can be told from others. One that
//! has died on this machine is free at once, one on another machine after two minutes (SPEC 7,
//! Delivery).

use std::time::{Duration, Instant as Stopwatch};

use tokio::task::JoinHandle;

use crate::calendar::Instant;
use crate::store::alerts::{self as table, Lease};
use crate::store::{Holder, Store, StoreError, Transaction};

/// How long a lease holds that nobody prolongs: by then another machine takes the pass to be dead.
const LEASE_SECONDS: i64 = 120;
/// How often a pass that runs prolongs its lease: a few may fail before it lapses.
const PROLONG_EVERY: Duration = Duration::from_secs(20);

/// What became of asking for the lease.
pub enum Claim {
    /// It is this pass's.
    Taken(PassLease),
    /// Another pass runs.
    Running,
    /// A pass has already seen a later instant than this one's.
    Later(Instant),
}

/// The lease of a pass that runs.
pub struct PassLease {
    store: Store,
    terms: Terms,
    prolonging: JoinHandle<()>,
}

/// Who holds it, and until when.
#[derive(Debug, Clone)]
struct Terms {
    holder: String,
    now: Instant,
    begun: Stopwatch,
}

/// What a pass ends with whose lease is another's by now: it was stopped for too long.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// Another pass has taken over.
    #[error(
        "another pass has taken over: this one was stopped for more than two minutes; what it had \
         not finished is left to the other"
    )]
    Lost,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Terms {
    /// Two minutes from the pass's instant and the time that it has run for.
    fn until(&self) -> Instant {
        let run = i64::try_from(self.begun.elapsed().as_secs()).unwrap_or(i64::MAX);
        self.now.plus_seconds(run.saturating_add(LEASE_SECONDS))
    }

    async fn prolong(&self, tx: &mut Transaction) -> Result<(), LeaseError> {
        let mut lease = table::take_pass_row(tx).await?;
        if lease.holder.as_deref() != Some(&self.holder) {
            return Err(LeaseError::Lost);
        }
        lease.held_until = Some(self.until());
        table::put_lease(tx, &lease).await?;
        Ok(())
    }
}

impl PassLease {
    /// Asks for the lease for a pass at `now`.
    ///
    /// # Errors
    /// What the store says; [`StoreError::Newer`] where a newer corewatch has brought its schema up to
    /// date since it was opened: this one must not write to it any more.
    pub async fn take(store: &Store, now: Instant) -> Result<Claim, StoreError> {
        let this = Holder::this_process();
        // Read first: a pass that writes for long must not keep this one waiting to hear of it.
        let mut tx = store.snapshot().await?;
        if let Some(why) = tx.schema().await?.unusable() {
            return Err(StoreError::Newer(why));
        }
        let seen = table::pass_row(&mut tx).await?;
        tx.commit().await?;
        if is_held(&seen, &this, now) {
            return Ok(Claim::Running);
        }
        let mut tx = store.begin().await?;
        let lease = table::take_pass_row(&mut tx).await?;
        if is_held(&lease, &this, now) {
            return Ok(Claim::Running);
        }
        if let Some(last) = lease.last_at.filter(|last| *last > now) {
            return Ok(Claim::Later(last));
        }
        let terms = Terms {
            // One process may ask twice: what comes after the holder's words tells its passes apart.
            holder: format!("{this} {:016x}", fastrand::u64(..)),
            now,
            begun: Stopwatch::now(),
        };
        let lease = Lease {
            holder: Some(terms.holder.clone()),
            held_until: Some(terms.until()),
            last_at: Some(now),
        };
        table::put_lease(&mut tx, &lease).await?;
        tx.commit().await?;
        crash_point!(LeaseTaken);
        let prolonging = tokio::spawn(keep(store.clone(), terms.clone()));
        Ok(Claim::Taken(PassLease {
            store: store.clone(),
            terms,
            prolonging,
        }))
    }

    /// Makes sure, in the transaction that writes, that the lease is still this pass's: nobody else
    /// can take it before the transaction ends.
    ///
    /// # Errors
    /// [`LeaseError::Lost`] where another pass has taken over.
    pub async fn prove(&self, tx: &mut Transaction) -> Result<(), LeaseError> {
        self.terms.prolong(tx).await
    }

    /// Gives the lease back.
    ///
    /// # Errors
    /// What the store says; the lease lapses by itself then.
    pub async fn give_back(self) -> Result<(), StoreError> {
        self.prolonging.abort();
        let mut tx = self.store.begin().await?;
        let mut lease = table::take_pass_row(&mut tx).await?;
        if lease.holder.as_deref() == Some(&self.terms.holder) {
            lease.holder = None;
            lease.held_until = None;
            table::put_lease(&mut tx, &lease).await?;
            tx.commit().await?;
        }
        crash_point!(LeaseGivenBack);
        Ok(())
    }
}

/// Whether another pass has the lease: one that is known to run has it for as long as it runs, however
/// busy the store is; of one that cannot be told it lapses.
fn is_held(lease: &Lease, this: &Holder, now: Instant) -> bool {
    let Some(holder) = &lease.holder else {
        return false;
    };
    if this.knows_running(holder) {
        return true;
    }
    lease.held_until.is_some_and(|until| now < until) && !this.knows_dead(holder)
}

/// What is dropped without being given back is free at once only once the process has ended.
impl Drop for PassLease {
    fn drop(&mut self) {
        self.prolonging.abort();
    }
}

/// Prolongs a lease for as long as it is this pass's.
async fn keep(store: Store, terms: Terms) {
    loop {
        tokio::time::sleep(PROLONG_EVERY).await;
        let prolonged = async {
            let mut tx = store.begin().await?;
            terms.prolong(&mut tx).await?;
            tx.commit().await?;
            Ok::<(), LeaseError>(())
        };
        match prolonged.await {
            Ok(()) => {}
            Err(LeaseError::Lost) => return,
            Err(LeaseError::Store(error)) => {
                tracing::warn!(event = "lease_not_prolonged", %error, "the lease of the pass could not be prolonged");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("store.db").display());
        let store = Store::open(&url).await.unwrap();
        (folder, store)
    }

    fn at(time: &str) -> Instant {
        format!("2026-11-03T{time}Z").parse().unwrap()
    }

    async fn hold(store: &Store, holder: &str, until: Instant) {
        let mut tx = store.begin().await.unwrap();
        let lease = Lease {
            holder: Some(holder.to_owned()),
            held_until: Some(until),
            last_at: Some(at("09:00:00")),
        };
        table::put_lease(&mut tx, &lease).await.unwrap();
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn a_pass_that_finds_another_one_running_does_not_get_the_lease() {
        let (_folder, store) = store().await;
        let Claim::Taken(lease) = PassLease::take(&store, at("09:00:00")).await.unwrap() else {
            panic!("the lease is free");
        };
        let second = PassLease::take(&store, at("09:01:00")).await.unwrap();
        assert!(matches!(second, Claim::Running));
        lease.give_back().await.unwrap();
        let third = PassLease::take(&store, at("09:01:00")).await.unwrap();
        assert!(matches!(third, Claim::Taken(_)));
    }

    #[tokio::test]
    async fn a_pass_before_the_last_one_is_refused() {
        let (_folder, store) = store().await;
        let Claim::Taken(lease) = PassLease::take(&store, at("09:00:00")).await.unwrap() else {
            panic!("the lease is free");
        };
        lease.give_back().await.unwrap();
        let earlier = PassLease::take(&store, at("08:59:59")).await.unwrap();
        assert!(matches!(earlier, Claim::Later(last) if last == at("09:00:00")));
        let same = PassLease::take(&store, at("09:00:00")).await.unwrap();
        assert!(matches!(same, Claim::Taken(_)));
    }

    #[tokio::test]
    async fn the_lease_of_a_process_that_has_died_here_is_free_at_once() {
        let (_folder, store) = store().await;
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let words = Holder::this_process().to_string();
        let mut words: Vec<&str> = words.split(' ').collect();
        let process = child.id().to_string();
        words[3] = &process;
        words[4] = "1";
        let dead = format!("{} 00ff", words.join(" "));
        child.kill().unwrap();
        child.wait().unwrap();
        hold(&store, &dead, at("09:02:00")).await;
        let claim = PassLease::take(&store, at("09:00:01")).await.unwrap();
        assert!(matches!(claim, Claim::Taken(_)));
    }

    #[tokio::test]
    async fn the_lease_of_another_machine_is_free_after_two_minutes() {
        let (_folder, store) = store().await;
        hold(&store, "elsewhere boot 1 77 5 00ff", at("09:02:00")).await;
        let early = PassLease::take(&store, at("09:01:59")).await.unwrap();
        assert!(matches!(early, Claim::Running));
        let late = PassLease::take(&store, at("09:02:00")).await.unwrap();
        assert!(matches!(late, Claim::Taken(_)));
    }

    #[tokio::test]
    async fn a_pass_whose_lease_is_anothers_writes_nothing_more() {
        let (_folder, store) = store().await;
        let Claim::Taken(lease) = PassLease::take(&store, at("09:00:00")).await.unwrap() else {
            panic!("the lease is free");
        };
        let mut tx = store.begin().await.unwrap();
        lease.prove(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        hold(&store, "elsewhere boot 1 77 5 00ff", at("09:10:00")).await;
        let mut tx = store.begin().await.unwrap();
        assert!(matches!(lease.prove(&mut tx).await, Err(LeaseError::Lost)));
    }
}
