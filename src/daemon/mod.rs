//! What runs an installation: the clock, the schedule kept in the store, the loop that asks it, the
//! service manager.

mod alerting;
mod amiss;
mod basis;
mod clock;
mod coverage;
mod evaluation;
mod figures;
mod installation;
mod lease;
mod live;
mod notify;
mod operations;
mod pass;
mod past;
mod reading;
mod register;
mod reload;
mod replay;
mod reporting;
mod retention;
mod round;
mod schedule;
mod service;
mod stale;
mod standing;
mod survey;
#[cfg(test)]
mod tests;
mod wake;
mod withdrawal;

pub use alerting::{AlertingError, AlertingOutcome};
pub use clock::Clock;
pub use coverage::{LadderHole, ladder_holes};
pub use evaluation::{Cases, EvaluationError, Which};
pub use figures::{count, figures};
pub use installation::{
    Authority, Examined, ExaminedAuthority, Installation, bank_holidays_ending,
};
pub use lease::LeaseError;
pub use notify::ServiceManager;
pub use pass::{AuthorityOutcome, PassEnd, PassError, PassOutcome, pass, pass_for};
pub use register::reads_page;
pub use reload::{ReloadError, Reloaded, reload};
pub use replay::{Replay, ReplayError, ReplayedDay, ReplayedTelling};
pub use reporting::{Asked, ReportError, report};
pub use round::{Ended, Round};
pub use schedule::Job;
pub use service::{ServiceError, serve};
pub use standing::{Reader, StandingReport};
pub use survey::{Basis, Kept, Plan, Survey, Update};
pub use wake::{Due, due, keep as look_again_at};
