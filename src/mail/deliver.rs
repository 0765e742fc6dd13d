//! From the queue to the mail server: one message at a time, so that a process that dies leaves at
//! most one of which nobody knows whether it was taken. What is written down of one message and the
//! claim of the next are one transaction.

use std::collections::BTreeMap;
use std::time::{Duration, Instant as Stopwatch};

use sha2::{Digest, Sha256};

use super::courier::{Courier, Failure, Refusal, silent};
use super::directory;
use super::route::Route;
use super::smtp::{Session, Stage};
use crate::calendar::Instant;
use crate::store::mail::{self as table, Claimed, Verdict};
use crate::store::{Holder, Store, StoreError, Transaction};

/// The limits of delivery; the default ones are those of SPEC 7, tests shorten them.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// A message not taken within this time is left for later, connecting included.
    pub message: Duration,
    /// So many messages in a row that were not taken for the server's sake, and the rest is left.
    pub in_a_row: u32,
    /// The most that one delivery spends on a server that does not answer.
    pub silence: Duration,
    /// How long a claim holds; it covers one try, and lapses before another machine's two minutes
    /// are over.
    pub claim: Duration,
    /// The wait after the first try in vain; it doubles with each.
    pub first_wait: Duration,
    /// The longest wait between two tries.
    pub longest_wait: Duration,
    /// How long the server may take to answer a goodbye.
    pub goodbye: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            message: Duration::from_secs(30),
            in_a_row: 3,
            silence: Duration::from_secs(120),
            claim: Duration::from_secs(90),
            first_wait: Duration::from_secs(60),
            longest_wait: Duration::from_secs(4 * 3600),
            goodbye: Duration::from_secs(2),
        }
    }
}

/// What became of the messages that were due for a try.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryOutcome {
    /// The server has taken them.
    pub sent: u64,
    /// Tried in vain, to be tried again.
    pub deferred: u64,
    /// Failed for good: their address is refused.
    pub refused_addresses: u64,
    /// Failed for good: they are refused themselves.
    pub refused_messages: u64,
    /// Whether some were left without a try, because the server does not answer.
    pub gave_up: bool,
    /// What happened and how often, by line for people, without a name or an address.
    pub faults: BTreeMap<String, u64>,
}

/// Sends what is due. `now` is the pass's instant, by which tries are due and claims lapse; only the
/// time-outs of a connection go by the machine's clock.
///
/// # Errors
/// What the store says; what the mail server says is in the outcome.
pub async fn deliver(
    store: &Store,
    route: &Route,
    now: Instant,
) -> Result<DeliveryOutcome, StoreError> {
    deliver_within(store, route, now, &Limits::default()).await
}

/// As [`deliver`], within limits of one's own.
///
/// # Errors
/// As [`deliver`].
pub async fn deliver_within(
    store: &Store,
    route: &Route,
    now: Instant,
    limits: &Limits,
) -> Result<DeliveryOutcome, StoreError> {
    let holder = Holder::this_process();
    let store = &store.for_small_steps().await?;
    free_the_claims_of_the_dead(store, &holder).await?;
    crash_point!(ClaimsFreed);
    let mut courier = Courier::new(route, limits);
    let mut outcome = DeliveryOutcome::default();
    let holder = holder.to_string();
    let begun = Stopwatch::now();
    let mut tried: Option<(Claimed, Result<(), Failure>)> = None;
    loop {
        let mut tx = store.begin().await?;
        if let Some((message, result)) = tried.take() {
            let overtaken = settle(&mut tx, &message, &result, &holder, now, limits).await?;
            crash_point!(MessageSettled);
            outcome.count(&result);
            // By the clock of whoever took it over, all claims of this delivery have lapsed: each
            // further message would go out twice.
            if overtaken {
                tx.commit().await?;
                tracing::warn!(
                    event = "delivery_overtaken",
                    "another instance took a message over; the rest is left to it"
                );
                break;
            }
        }
        outcome.gave_up = courier.gives_up();
        let next = if outcome.gave_up {
            None
        } else {
            // A long delivery must not outlive its own claims.
            let until = now
                .plus_seconds(whole_seconds(begun.elapsed()))
                .plus_seconds(whole_seconds(limits.claim));
            table::claim_next(&mut tx, &holder, now, until).await?
        };
        crash_point!(MessageClaimed);
        tx.commit().await?;
        let Some(message) = next else { break };
        crash_point!(ClaimCommitted);
        let result = courier.carry(&message).await;
        tried = Some((message, result));
    }
    courier.close().await;
    crash_point!(DeliveryOver);
    Ok(outcome)
}

/// Whether messages could leave: connects, protects the connection, logs in and leaves again; or
/// writes into the folder and takes it away.
///
/// # Errors
/// One line: what, where, what to do.
pub async fn probe(route: &Route, limits: &Limits) -> Result<(), String> {
    match route {
        Route::Directory(folder) => directory::probe(folder).map_err(|error| {
            format!(
                "[mail] directory: {} cannot be written ({error}); check that it may be made and \
                 written by corewatch",
                folder.display()
            )
        }),
        Route::Smtp(server) => {
            let mut stage = Stage::Connecting;
            let opened = tokio::time::timeout(limits.message, Session::open(server, &mut stage));
            match opened.await {
                Ok(Ok(session)) => {
                    // What it answers to a goodbye, or whether it does, says nothing.
                    let _ = tokio::time::timeout(limits.goodbye, session.close()).await;
                    Ok(())
                }
                Ok(Err(fault)) => Err(format!("[mail] {}:{}: {fault}", server.host, server.port)),
                Err(_) => Err(format!(
                    "[mail] {}:{}: {}",
                    server.host,
                    server.port,
                    silent(stage, limits)
                )),
            }
        }
    }
}

impl DeliveryOutcome {
    fn count(&mut self, result: &Result<(), Failure>) {
        let failure = match result {
            Ok(()) => {
                self.sent += 1;
                return;
            }
            Err(failure) => failure,
        };
        match failure.refusal {
            Refusal::NotNow { .. } => self.deferred += 1,
            Refusal::Address => self.refused_addresses += 1,
            Refusal::Message => self.refused_messages += 1,
        }
        *self.faults.entry(failure.line.clone()).or_default() += 1;
    }
}

/// A duration in whole seconds, rounded up.
fn whole_seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis().div_ceil(1000)).unwrap_or(i64::MAX)
}

async fn free_the_claims_of_the_dead(store: &Store, holder: &Holder) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    for other in table::holders(&mut tx).await? {
        if holder.knows_dead(&other) {
            table::release(&mut tx, &other).await?;
        }
    }
    tx.commit().await
}

/// Writes down what became of a message, and what that says of its address; says whether another one
/// took it over meanwhile.
async fn settle(
    tx: &mut Transaction,
    message: &Claimed,
    result: &Result<(), Failure>,
    holder: &str,
    now: Instant,
    limits: &Limits,
) -> Result<bool, StoreError> {
    let (authority, address) = (&message.authority, &message.recipient);
    let standing = &message.standing;
    let id = message.id;
    let failure = match result {
        Ok(()) => {
            tracing::info!(
                event = "message_sent",
                message = message.message_id,
                "a message was sent"
            );
            let overtaken = table::settle(tx, id, holder, &Verdict::Sent, now).await?;
            table::clear_address(tx, authority, address).await?;
            return Ok(overtaken);
        }
        Err(failure) => failure,
    };
    tracing::warn!(
        event = "message_not_sent",
        message = message.message_id,
        try_ = message.tries,
        fault = failure.line,
        "a message was not sent"
    );
    let error = failure.line.as_str();
    let verdict = match failure.refusal {
        Refusal::NotNow { of_address } => {
            if of_address {
                table::mark_failing(tx, authority, address, standing, now).await?;
            }
            let wait = wait_after(message.tries, &message.message_id, limits);
            Verdict::Later {
                next: now.plus_seconds(whole_seconds(wait)),
                error,
            }
        }
        Refusal::Address => {
            table::mark_refused(tx, authority, address, standing, now).await?;
            Verdict::Refused {
                what: "address",
                error,
            }
        }
        Refusal::Message => {
            // The server had accepted the address for it.
            table::clear_address(tx, authority, address).await?;
            Verdict::Refused {
                what: "message",
                error,
            }
        }
    };
    table::settle(tx, id, holder, &verdict, now).await
}

/// The wait after so many tries in vain: doubled with each up to the longest, and up to a quarter
/// shorter by the message's id, so that what failed together does not come back together.
fn wait_after(tries: i64, message_id: &str, limits: &Limits) -> Duration {
    let doublings = u32::try_from(tries.saturating_sub(1))
        .unwrap_or(u32::MAX)
        .min(20);
    let wait = limits
        .first_wait
        .saturating_mul(1 << doublings)
        .min(limits.longest_wait);
    let first = Sha256::digest(format!("{message_id} {tries}"))[0];
    wait - wait.mul_f64(f64::from(first) / 255.0 / 4.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_four_hours_and_are_the_same_each_time() {
        let limits = Limits::default();
        let wait = |tries| wait_after(tries, "<a@b>", &limits);
        for tries in 1..40 {
            assert_eq!(wait(tries), wait(tries));
            assert!(wait(tries) <= Duration::from_secs(4 * 3600));
            assert!(wait(tries) >= Duration::from_secs(45));
        }
        assert!(wait(1) <= Duration::from_secs(60));
        assert!(wait(20) >= Duration::from_secs(3 * 3600));
        assert_ne!(wait(5), wait_after(5, "<c@d>", &limits));
    }
}
