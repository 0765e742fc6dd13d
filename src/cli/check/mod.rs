//! `corewatch check`: every fault of an installation at once, before anybody relies on it.
//!
//! Faults stop something from working; warnings say what works, but perhaps not as it is meant.

mod copy;
mod rules;
mod source;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use clap::Args;

use super::{ConfigArgument, Context, Failure};
use crate::calendar::Instant;
use crate::config::{AuthoritySettings, Mail, Overlay, Settings};
use crate::daemon::{ExaminedAuthority, Installation};
use crate::mail::{Limits, Route, probe};
use crate::store::Store;
use crate::web::Tls;

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
    notes: Vec<String>,
}

impl Findings {
    fn fault(&mut self, what: impl ToString) {
        self.faults.push(what.to_string());
    }

    fn warning(&mut self, what: impl ToString) {
        self.warnings.push(what.to_string());
    }

    fn note(&mut self, what: impl ToString) {
        self.notes.push(what.to_string());
    }
}

impl Check {
    pub(super) async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let config = &self.config.config;
        let examined = Installation::examine(config, &Overlay::of_process());
        let mut findings = Findings::default();
        for fault in &examined.faults.0 {
            findings.fault(fault);
        }
        let Some(settings) = &examined.settings else {
            // With a line it is a fault of what was read; without, there was nothing to read.
            let was_read = examined.faults.0.iter().any(|fault| fault.place.line > 0);
            return match was_read {
                true => findings.tell(config, context),
                false => Err(Failure::wrong(examined.faults)),
            };
        };
        let now = context.clock.now();
        for authority in &examined.authorities {
            rules::check(authority, now, &mut findings);
            source::check(authority, now, &mut findings).await;
        }
        check_store(settings, &examined.authorities, now, &mut findings).await;
        if let Err(fault) = Tls::load(&settings.web) {
            findings.fault(fault);
        }
        if examined.sound_mail {
            check_mail(settings, &mut findings).await;
        }
        findings.tell(config, context)
    }
}

/// Looks into the store where there is one. A store that is not there yet is not made: it would
/// belong to whoever checks, and not to the service.
async fn check_store(
    settings: &Settings,
    authorities: &[ExaminedAuthority],
    now: Instant,
    findings: &mut Findings,
) {
    let url = &settings.store.url;
    if url.is_empty() {
        // Its fault has been told.
        return;
    }
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
            if let Err(error) = try_to_write(folder.unwrap_or(Path::new("."))) {
                return findings.fault(format!(
                    "[store] url: {} cannot be made ({error}); let the service write in its folder",
                    file.display()
                ));
            }
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
    let most_teams = settings.metrics.teams;
    for authority in authorities.iter().filter_map(ExaminedAuthority::whole) {
        if let Err(error) = copy::check(&store, &authority, now, most_teams, findings).await {
            findings.fault(error);
        }
    }
    store.close().await;
}

/// Makes a file in a folder, and takes it away again.
fn try_to_write(folder: &Path) -> std::io::Result<()> {
    let file = folder.join(format!(".corewatch-check-{}", std::process::id()));
    std::fs::File::create_new(&file)?;
    std::fs::remove_file(&file)
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
    fn tell(mut self, config: &Path, context: &mut Context) -> Result<(), Failure> {
        // What both the source and the copy of it show is one fault.
        let mut told = BTreeSet::new();
        self.faults.retain(|fault| told.insert(fault.clone()));
        for note in &self.notes {
            writeln!(context.out, "note: {note}")?;
        }
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
        _ if noun.ends_with('s') => format!("{count} {noun}"),
        0 => format!("no {noun}"),
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

/// The authority that a finding is about, as it begins.
fn of(authority: &AuthoritySettings) -> String {
    format!("authority {}", authority.id)
}
