//! Standing reports (`[[report]]`): made on days of their own, and sent through the queue that every
//! message goes through. [`bind`] holds what the settings name against what there is; [`days`] says
//! when; [`send`] makes, claims and queues.

mod days;
mod send;

use crate::calendar::{Calendar, Instant};
use crate::config::{ReportSettings, Settings};
use crate::document::{Fault, Faults, Text};
use crate::mail::Address;
use crate::report::forms::Form;
use crate::words::Language;

use super::ExaminedAuthority;

pub(super) use send::send_due;

/// A report that is sent on days of its own, with all that it names.
#[derive(Debug, Clone)]
pub struct StandingReport {
    /// What the site says of it.
    pub settings: ReportSettings,
    /// In which forms.
    pub forms: Vec<Form>,
    /// In which language.
    pub language: Language,
    /// Who reads it.
    pub to: Vec<Reader>,
}

/// Who reads a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reader {
    /// Whoever has this address.
    Address(Address),
    /// A person of the people table, by id.
    Person(String),
}

impl StandingReport {
    /// Whether an authority is in it.
    pub fn is_of(&self, authority: &str) -> bool {
        let only = self.settings.authority.as_ref();
        only.is_none_or(|only| only.value == authority)
    }

    /// When it goes out next, later than `at`, by the calendars of its authorities.
    pub fn next_after(&self, calendars: &[&Calendar], at: Instant) -> Option<Instant> {
        days::next_after(&self.settings.when, calendars, at)
    }
}

/// The standing reports of these settings; what they name and is not there is told.
pub(super) fn bind(
    settings: &Settings,
    authorities: &[ExaminedAuthority],
    faults: &mut Faults,
) -> Vec<StandingReport> {
    let reports = settings.reports.iter();
    reports
        .map(|report| {
            let mut wrong = |text: &Text, what: String, remedy: &str| {
                faults.0.push(Fault::new(text.place.clone(), what, remedy));
            };
            let bound = one(report, settings, authorities, &mut wrong);
            if settings.mail.is_none() && !report.to.is_empty() {
                let what = format!("the report `{}` cannot be sent", report.id);
                let remedy = "write [mail], that says how messages leave";
                faults
                    .0
                    .push(Fault::new(report.place.clone(), what, remedy));
            }
            bound
        })
        .collect()
}

fn one(
    report: &ReportSettings,
    settings: &Settings,
    authorities: &[ExaminedAuthority],
    wrong: &mut dyn FnMut(&Text, String, &str),
) -> StandingReport {
    let is_of = |authority: &&ExaminedAuthority| {
        let only = report.authority.as_ref();
        only.is_none_or(|only| only.value == authority.settings.id)
    };
    if let Some(only) = &report.authority
        && !settings.authorities.iter().any(|a| a.id == only.value)
    {
        wrong(
            only,
            format!("`{}` is not an authority of this file", only.value),
            "write the id of an [[authority]]",
        );
    }
    if let Some(rule) = &report.rule {
        let mut packs = authorities.iter().filter(is_of).flat_map(|a| &a.packs);
        if !packs.any(|pack| pack.rules.iter().any(|known| known.id == rule.value)) {
            wrong(
                rule,
                format!("`{}` is not a rule of the report's authorities", rule.value),
                "corewatch rules list shows the rules that there are",
            );
        }
    }
    let mut forms = Vec::new();
    for text in &report.forms {
        match text.value.parse::<Form>() {
            Ok(form) => match form.built_in() {
                Ok(()) => forms.push(form),
                Err(error) => wrong(text, format!("`format`: {error}"), "name another form"),
            },
            Err(error) => wrong(text, format!("`format`: {error}"), "mend it"),
        }
    }
    let language = report.language.as_ref().map(|text| {
        text.value.parse::<Language>().unwrap_or_else(|error| {
            wrong(text, format!("`language`: {error}"), "mend it");
            Language::default()
        })
    });
    let mut to = Vec::new();
    for text in &report.to {
        match text.value.strip_prefix("mailto:") {
            None => to.push(Reader::Person(text.value.clone())),
            Some(address) => match address.parse() {
                Ok(address) => to.push(Reader::Address(address)),
                Err(_) => wrong(
                    text,
                    format!("`to`: `{address}` is not a mail address"),
                    "write it as mailto:board@example.gov.uk",
                ),
            },
        }
    }
    StandingReport {
        settings: report.clone(),
        forms,
        language: language.unwrap_or_default(),
        to,
    }
}
