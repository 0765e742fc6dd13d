//! The configuration of an installation: one TOML file, environment variables and credentials laid
//! over it (SPEC 5). [`load`] reads it; unknown keys are errors.

mod settings;

pub use settings::{
    Alerts, AuthoritySettings, Mail, Operations, RoleSettings, Schedule, Settings, StoreSettings,
    Tls, Transport, Web,
};
