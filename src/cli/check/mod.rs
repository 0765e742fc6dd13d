//! `corewatch check`: every fault of an installation at once, before anybody relies on it.
//!
//! Faults stop something from working; warnings say what works, but perhaps not as it is meant.

mod copy;
mod rules;
mod source;

use std::io::Write as _;
use std::path::Path;

use clap::Args;

use super::{ConfigArgument, Context, Failure};
use crate::calendar::Instant;
use crate::config::{Mail, Overlay, Settings};
use crate::daemon::{Authority, Installation};
use crate::mail::{Limits, Route, probe};
use crate::store::Store;

/// Tell every fault of the configuration, packs, sources, store and mail route at once.
#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    config: ConfigArgument,
}

/// What a check has found.
#[derive(Debug, Default)]
struct Findings {
    faults: Vec<String>,
    warnings: Vec<String>,
}

impl Findings {
    fn fault(&mut self, what: impl ToString) {
        self.faults.push(what.to_string());
    }

    fn warning(&mut self, what: impl ToString) {
        self.warnings.push(what.to_string());
    }
}

impl Check {
    pub(super) async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let config = &self.config.config;
        let examined = Installation::examine(config, &Overlay::of_process());
        let Some(installation) = examined.installation else {
            return Err(Failure::wrong(examined.faults));
        };
        let mut findings = Findings::default();
        for fault in &examined.faults.0 {
            findings.fault(fault);
        }
        let now = context.clock.now();
        for authority in &installation.authorities {
            rules::check(authority, now, &mut findings);
            source::check(authority, now, &mut findings).await;
        }
        if examined.sound_settings {
            check_store(&installation, now, &mut findings).await;
            check_mail(&installation.settings, &mut findings).await;
        }
        findings.tell(config, context)
    }
}

/// Looks into the store where there is one. A store that is not there yet is not made: it would
/// belong to whoever checks, and not to the service.
async fn check_store(installation: &Installation, now: Instant, findings: &mut Findings) {
    let url = &installation.settings.store.url;
    if let Some(file) = url.strip_prefix("sqlite:") {
        let file = Path::new(file.split('?').next().unwrap_or(file));
        let folder = file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return findings.fault(format!(
                "[store] url: the folder {} is not there; make it, for the service to write in",
                folder.display()
            ));
        }
        if !file.exists() {
            return findings.warning(format!(
                "[store] url: {} is not there yet; the first `corewatch sync` or `run` makes it",
                file.display()
            ));
        }
    }
    let store = match Store::open(url).await {
        Ok(store) => store,
        Err(error) => return findings.fault(error),
    };
    for authority in &installation.authorities {
        if let Err(error) = copy::check(&store, authority, now, findings).await {
            findings.fault(error);
        }
    }
    store.close().await;
}

async fn check_mail(settings: &Settings, findings: &mut Findings) {
    let Some(mail) = &settings.mail else {
        return findings.warning("no [mail]: nobody is told of anything");
    };
    if mail.operations.is_empty() {
        findings.warning(
            "[mail] operations: nobody is told when a source, the mail server or corewatch itself \
             fails; name an address",
        );
    }
    match route(mail).await {
        Ok(()) => {}
        Err(faults) => findings.faults.extend(faults),
    }
}

async fn route(mail: &Mail) -> Result<(), Vec<String>> {
    let route = Route::new(mail)?;
    probe(&route, &Limits::default())
        .await
        .map_err(|fault| vec![fault])
}

impl Findings {
    /// Says the warnings and how many there are of each on standard output; the faults are how the
    /// command ends.
    fn tell(self, config: &Path, context: &mut Context) -> Result<(), Failure> {
        for warning in &self.warnings {
            writeln!(context.out, "warning: {warning}")?;
        }
        writeln!(
            context.out,
            "{}: {}, {}",
            config.display(),
            counted(self.faults.len(), "fault"),
            counted(self.warnings.len(), "warning")
        )?;
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(Failure::found(self.faults.join("\n")))
        }
    }
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        0 => format!("no {noun}"),
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

/// The authority that a finding is about, as it begins.
fn of(authority: &Authority) -> String {
    format!("authority {}", authority.settings.id)
}
