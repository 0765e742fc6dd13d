//! The queue of messages and what is known of addresses: SQL only; `mail` says what it means.

mod addresses;
mod outcome;
mod queue;
mod sent;

pub use addresses::{AddressMark, clear_address, mark_failing, mark_refused, marks};
pub use outcome::{QueueFigures, Stranded, figures, next_try, stranded};
pub use queue::{
    Claimed, NewMessage, Verdict, Waiting, claim_next, holders, insert_all, release, settle,
    withdraw_one, withdrawable,
};
pub use sent::{queued_at_once, refused_of_kind, sent_since};
