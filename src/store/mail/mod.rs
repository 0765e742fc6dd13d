//! The queue of messages and what is known of addresses: SQL only; `mail` says what it means.

mod addresses;
mod queue;

pub use addresses::{AddressMark, clear_address, mark_failing, mark_refused, marks};
pub use queue::{
    Claimed, NewMessage, QueueFigures, Stranded, Verdict, Waiting, claim_next, figures, holders,
    insert, release, settle, stranded, withdraw_one, withdrawable,
};
