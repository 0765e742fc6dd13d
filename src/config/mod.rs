//! The configuration of an installation: one TOML file, and environment variables and credential
//! files laid over it (SPEC 5). [`load`] reads it and tells everything that is wrong with it at once.
//!
//! To add a setting: a field in `settings.rs`, a line that reads and checks it in `read.rs` or
//! `mail.rs`, a row in `docs/configuration.md`.

mod mail;
mod overlay;
mod read;
mod report;
mod section;
mod settings;
#[cfg(test)]
mod tests;
mod timetable;
mod values;
mod web;

pub use mail::is_mail_address;
pub use overlay::Overlay;
pub use read::{Loaded, load};
pub use report::{ReportSettings, Stretch, When};
pub use settings::{
    Alerts, AuthoritySettings, Certificate, Mail, Metrics, Operations, PrivateKey, Retention,
    RoleSettings, Schedule, Settings, Staleness, StoreSettings, Tls, Transport, Web,
};
pub use timetable::Timetable;
pub use values::{Hours, PerHour, Secret, Share};
