//! What alerts remember: SQL only; `alerts` says what it means, `daemon` when it is written.

mod audit;
mod counts;
mod heads;
mod lease;
mod remembered;
mod rules;
mod told;
mod troubles;

pub use audit::{Acknowledgement, acknowledge, acknowledged, release_flood};
pub use counts::{flood_held, open_by_step, told_by_step};
pub use heads::{heads_told, put_heads_told};
pub use lease::{Lease, last_pass, pass_row, put_lease, take_pass_row};
pub use remembered::{
    alert, alerts, alerts_of, attended_children, closed_in_queue, delete_alerts, put_alerts,
};
pub use rules::{known_rules, put_rules, rules_of};
pub use told::{
    ListedTelling, ToldStep, Untold, delete_told, listed, put_digests, put_told, refused_messages,
    served, steps_told,
};
pub use troubles::{delete_troubles, put_troubles, troubles};
