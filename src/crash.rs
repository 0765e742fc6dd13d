//! Points of a pass at which tests have the process kill itself, from the first row of the source to
//! the mail server's last reply. Only with the feature `crash-points`, which no release has: without it
//! [`crash_point!`](crate) is nothing at all.
//!
//! `COREWATCH_CRASH_AT=steps-committed` kills at the first pass of that point, `row-read:3` at the third.
//! To add one: a line in `points!`, and `crash_point!(Name)` where it lies. `tests/mail/crash_points.rs`
//! kills at each of them and fails for one that is never reached.

use std::str::FromStr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// What names the point, and after a colon at which of its passes.
const VARIABLE: &str = "COREWATCH_CRASH_AT";

macro_rules! points {
    ($($(#[$doc:meta])* $point:ident $name:literal)*) => {
        /// A point at which the process can be killed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Point { $($(#[$doc])* $point,)* }

        impl Point {
            /// All of them, in the order of a pass.
            pub const ALL: &[Point] = &[$(Point::$point,)*];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self { $(Point::$point => $name,)* }
            }
        }
    };
}

points! {
    /// The pass has its lease.
    LeaseTaken "lease-taken"
    /// A row of the source was read.
    RowRead "row-read"
    /// All rows were read, and nothing is written.
    SourceRead "source-read"
    /// The reading was held against the last one, in the transaction that takes it over.
    ReadingWeighed "reading-weighed"
    /// Staff were written.
    StaffKept "staff-kept"
    /// Timelines were written.
    TimelinesKept "timelines-kept"
    /// Unusable rows were written.
    QuarantineKept "quarantine-kept"
    /// All of the reading was written, and nothing is true yet.
    ReadingKept "reading-kept"
    /// The copy is the new one.
    CopyCommitted "copy-committed"
    /// Every obligation was worked out.
    ObligationsKnown "obligations-known"
    /// The lease was proved, in the transaction that advances the steps.
    LeaseProved "lease-proved"
    /// What has closed was taken out of the queue.
    ClosedWithdrawn "closed-withdrawn"
    /// It is decided who is told what.
    Decided "decided"
    /// Messages stand in the queue.
    MessagesKept "messages-kept"
    /// What they tell stands in the record.
    ToldKept "told-kept"
    /// Who has had a digest is written.
    DigestsKept "digests-kept"
    /// The alerts have advanced.
    AlertsKept "alerts-kept"
    /// The rules that were read are written, and nothing is true yet.
    RulesKept "rules-kept"
    /// Steps and messages are true.
    StepsCommitted "steps-committed"
    /// A standing report is made and stands in the queue, and nothing is true yet.
    ReportsKept "reports-kept"
    /// That it went out is true.
    ReportsCommitted "reports-committed"
    /// Operations' messages stand in the queue, and nothing is true yet.
    OperationsKept "operations-kept"
    /// Operations' messages are true.
    OperationsCommitted "operations-committed"
    /// The claims of processes that died are free.
    ClaimsFreed "claims-freed"
    /// A message is claimed, and its claim is not true yet.
    MessageClaimed "message-claimed"
    /// The claim is true.
    ClaimCommitted "claim-committed"
    /// The mail server has greeted.
    ServerGreeted "server-greeted"
    /// It has accepted the sender.
    SenderAccepted "sender-accepted"
    /// It has accepted the recipient.
    RecipientAccepted "recipient-accepted"
    /// It waits for the message.
    ContentAwaited "content-awaited"
    /// It has said that it took the message, and nobody has written that down.
    MessageTaken "message-taken"
    /// That it was sent is written, and not true yet.
    MessageSettled "message-settled"
    /// Every message was tried.
    DeliveryOver "delivery-over"
    /// The lease is given back.
    LeaseGivenBack "lease-given-back"
}

impl FromStr for Point {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Point::ALL
            .iter()
            .copied()
            .find(|point| point.name() == name);
        found.ok_or_else(|| format!("{VARIABLE}: there is no point `{name}`"))
    }
}

/// The point at which this process is to be killed, and how many passes of it are left.
fn armed() -> Option<&'static (Point, AtomicU32)> {
    static ARMED: OnceLock<Option<(Point, AtomicU32)>> = OnceLock::new();
    let armed = ARMED.get_or_init(|| {
        let wish = std::env::var(VARIABLE).ok()?;
        let (name, pass) = wish.split_once(':').unwrap_or((&wish, "1"));
        match (name.parse(), pass.parse()) {
            (Ok(point), Ok(pass)) => Some((point, AtomicU32::new(pass))),
            (Err(error), _) => panic!("{error}"),
            (_, Err(error)) => panic!("{VARIABLE}: {error}"),
        }
    });
    armed.as_ref()
}

/// Kills the process, where this is the point for it.
///
/// # Panics
/// Where the environment names no point.
pub fn reached(point: Point) {
    let Some((wished, left)) = armed() else {
        return;
    };
    if *wished == point && left.fetch_sub(1, Ordering::SeqCst) == 1 {
        let this = rustix::process::getpid();
        // Nothing of this process goes on after it: no destructor, no rollback, no goodbye.
        let _ = rustix::process::kill_process(this, rustix::process::Signal::KILL);
        loop {
            std::thread::park();
        }
    }
}
