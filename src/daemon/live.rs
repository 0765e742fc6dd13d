//! What passes work by, while it may change: the configuration is read anew on SIGHUP, beside the loop.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::signal::unix::Signal;

use super::{Installation, ServiceManager, reload};
use crate::store::Store;
use crate::web::Health;

/// The installation of a daemon that runs: a handle that is cheap to clone.
#[derive(Clone)]
pub(super) struct Live {
    config: PathBuf,
    current: Arc<RwLock<Arc<Installation>>>,
}

impl Live {
    /// Of the installation that the file at `config` describes.
    pub(super) fn new(config: PathBuf, installation: Installation) -> Live {
        Live {
            config,
            current: Arc::new(RwLock::new(Arc::new(installation))),
        }
    }

    /// What the next pass works by; one in flight goes on by what it began with.
    pub(super) fn now(&self) -> Arc<Installation> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the configuration anew at each signal.
    pub(super) async fn reload_on(
        self,
        mut signals: Signal,
        store: Store,
        health: Health,
        manager: ServiceManager,
    ) {
        while signals.recv().await.is_some() {
            manager.reloading();
            let status = self.reload(&store, &health).await;
            manager.ready(&status);
        }
    }

    /// Reads the configuration anew; says in a line what came of it.
    async fn reload(&self, store: &Store, health: &Health) -> String {
        let reloaded = match reload(&self.config, &self.now(), store).await {
            Ok(reloaded) => reloaded,
            Err(error) => {
                let reason = error.to_string();
                for line in reason.lines() {
                    tracing::error!(event = "reload_fault", "{line}");
                }
                let faults = reason.lines().count();
                let status = format!(
                    "the configuration was not taken ({faults} in the log), the one of before stands"
                );
                tracing::error!(event = "reload_refused", "{status}");
                health.amiss("reload", Some(reason));
                return status;
            }
        };
        for setting in &reloaded.after_a_start {
            tracing::warn!(
                event = "reload_needs_start",
                "{setting} was changed, and counts only after a start"
            );
        }
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = Arc::new(reloaded.installation);
        drop(current);
        health.amiss("reload", None);
        tracing::info!(event = "reloaded", "the configuration was read anew");
        match reloaded.after_a_start.is_empty() {
            true => "the configuration was read anew".to_owned(),
            false => format!(
                "the configuration was read anew, but for {}, that need a start",
                reloaded.after_a_start.join(", ")
            ),
        }
    }
}
