//! `corewatch check`: every fault of an installation at once, before anybody relies on it.
//!
//! Faults stop something from working; warnings say what works, but perhaps not as it is meant; notes
//! show what was looked at. It changes nothing, and sends nothing unless it is asked to.
//!
//! To add a check: a function over `Findings` in a file here, called in `Check::run`, and a line in
//! `docs/check.md`.

mod copy;
mod files;
mod finding;
mod mail;
mod report;
mod rules;
mod source;
mod store;

use clap::{Args, ValueEnum};
use lettre::Address;

use super::{ConfigArgument, Context, Failure};
use crate::calendar::Instant;
use crate::config::Overlay;
use crate::daemon::{ExaminedAuthority, Installation};
use crate::source::Probe;
use crate::store::Store;
use crate::web::Tls;

use finding::{Area, Findings, in_words};

/// Tell every fault of the configuration, packs, sources, store, mail route, clock and files at once.
#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    config: ConfigArgument,
    /// How what was found is written.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Send one message that tells nothing to this address, to see that mail arrives.
    #[arg(long, value_name = "ADDRESS")]
    send_test: Option<Address>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Lines for people.
    Text,
    /// One JSON list of what was found.
    Json,
}

impl Check {
    pub(super) async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let overlay = Overlay::of_process();
        let examined = Installation::examine(&self.config.config, &overlay);
        let mut findings = Findings::default();
        for fault in &examined.faults.0 {
            findings.fault(Area::Configuration, fault.clone());
        }
        let now = context.clock.now();
        let Some(settings) = &examined.settings else {
            // With a line it is a fault of what was read; without, there was nothing to read.
            let was_read = examined.faults.0.iter().any(|fault| fault.place.line > 0);
            return match was_read {
                true => self.tell(findings, context),
                false => Err(Failure::wrong(examined.faults)),
            };
        };
        let mut trials = Vec::new();
        for authority in &examined.authorities {
            findings.about(Some(&authority.settings));
            rules::check(authority, now, &mut findings);
            trials.push(source::check(authority, now, &mut findings).await);
        }
        findings.about(None);
        let store = store::open(settings, now, &mut findings).await;
        for (authority, trial) in examined.authorities.iter().zip(&trials) {
            findings.about(Some(&authority.settings));
            if let (Some(store), Some(trial)) = (&store, trial)
                && let Err(error) = source::refused(store, authority, trial, &mut findings).await
            {
                findings.fault(Area::Store, in_words(error));
            }
            let was_read = match &store {
                Some(store) => {
                    let teams = settings.metrics.teams;
                    look_into(store, authority, now, teams, &mut findings).await
                }
                None => false,
            };
            let first_reading = trial.as_ref().and_then(Probe::catalogue);
            if let (false, Some(catalogue)) = (was_read, first_reading) {
                source::unmeasured(authority, &catalogue, &mut findings);
            }
        }
        findings.about(None);
        let (reports, authorities) = (&examined.reports, &examined.authorities);
        report::check(reports, authorities, store.as_ref(), now, &mut findings).await;
        if let Some(store) = store {
            store.close().await;
        }
        if let Err(fault) = Tls::load(&settings.web) {
            findings.fault(Area::Configuration, in_words(fault));
        }
        store::clock(now, &mut findings);
        if examined.sound_mail {
            mail::check(settings, self.send_test.as_ref(), now, &mut findings).await;
        }
        files::check(
            &self.config.config,
            settings,
            &examined.authorities,
            &overlay,
            &mut findings,
        );
        self.tell(findings, context)
    }

    fn tell(&self, findings: Findings, context: &mut Context) -> Result<(), Failure> {
        match self.format {
            Format::Text => findings.tell(&self.config.config, &mut context.out),
            Format::Json => findings.tell_json(&mut context.out),
        }
    }
}

/// Looks into an authority's copy; `false` where it has none.
async fn look_into(
    store: &Store,
    authority: &ExaminedAuthority,
    now: Instant,
    most_teams: usize,
    findings: &mut Findings,
) -> bool {
    let Some(authority) = authority.whole() else {
        return false;
    };
    match copy::check(store, &authority, now, most_teams, findings).await {
        Ok(was_read) => was_read,
        Err(error) => {
            findings.fault(Area::Store, in_words(error));
            false
        }
    }
}
