//! What the service manager is told (systemd's `Type=notify`): ready, reloading, stopping, still
//! alive.

use std::time::Duration;

use sd_notify::NotifyState;

/// The service manager that started this process; where none did, nothing is told to anyone.
#[derive(Debug, Clone, Copy)]
pub struct ServiceManager {
    watchdog: Option<Duration>,
}

impl ServiceManager {
    /// As the environment says.
    pub fn of_process() -> Self {
        ServiceManager {
            watchdog: sd_notify::watchdog_enabled(),
        }
    }

    /// How often it wants to hear that the process is alive: at half of its patience.
    pub fn beat(&self) -> Option<Duration> {
        self.watchdog.map(|patience| patience / 2)
    }

    /// The service is up.
    pub fn ready(&self, status: &str) {
        tell(&[NotifyState::Ready, NotifyState::Status(status)]);
    }

    /// What the service is doing, in a line.
    pub fn status(&self, status: &str) {
        tell(&[NotifyState::Status(status)]);
    }

    /// The service is alive.
    pub fn alive(&self) {
        tell(&[NotifyState::Watchdog]);
    }

    /// The service takes a changed configuration; it must be followed by [`ServiceManager::ready`].
    pub fn reloading(&self) {
        match NotifyState::monotonic_usec_now() {
            Ok(now) => tell(&[
                NotifyState::Reloading,
                now,
                NotifyState::Status("reading the configuration anew"),
            ]),
            Err(error) => {
                tracing::warn!(event = "service_manager_untold", %error, "the service manager cannot be told");
            }
        }
    }

    /// The service has begun to stop.
    pub fn stopping(&self) {
        tell(&[NotifyState::Stopping, NotifyState::Status("stopping")]);
    }
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(event = "service_manager_untold", %error, "the service manager cannot be told");
    }
}
