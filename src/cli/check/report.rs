//! Whether standing reports could go out: when next, whether their readers can be reached, whether
//! their folder can be written.

use super::finding::{Area, Findings, counted, in_words, said};
use crate::calendar::{Calendar, Instant};
use crate::case::Staff;
use crate::daemon::{ExaminedAuthority, Reader, StandingReport};
use crate::store::{Store, StoreError, copy};

/// Looks at each report; at who reads it only where a store has been read into.
pub(super) async fn check(
    reports: &[StandingReport],
    authorities: &[ExaminedAuthority],
    store: Option<&Store>,
    now: Instant,
    findings: &mut Findings,
) {
    for report in reports {
        let id = &report.settings.id;
        let of: Vec<&ExaminedAuthority> = authorities
            .iter()
            .filter(|authority| report.is_of(&authority.settings.id))
            .collect();
        let calendars: Vec<&Calendar> = of.iter().map(|a| &a.calendar).collect();
        match report.next_after(&calendars, now) {
            None => findings.warning(
                Area::Configuration,
                said(
                    format!("report {id}: its day never comes"),
                    "mend `when`: 30 February is no day",
                ),
            ),
            Some(next) => {
                let local = next.utc().with_timezone(
                    &calendars
                        .first()
                        .map_or(chrono_tz::Europe::London, |calendar| calendar.zone.0),
                );
                let next = local.format("%Y-%m-%d %H:%M");
                let readers = counted(report.to.len(), "recipient");
                findings.note(
                    Area::Configuration,
                    format!("report {id}: next on {next}, to {readers}"),
                );
            }
        }
        if let Some(folder) = &report.settings.folder
            && let Err(error) = crate::report::forms::probe(folder)
        {
            findings.fault(
                Area::Files,
                said(
                    format!(
                        "report {id}: its folder {} cannot be written ({error})",
                        folder.display()
                    ),
                    "make it, and give corewatch the right to write there",
                ),
            );
        }
        if let Some(store) = store {
            match staff(store, &of).await {
                Ok(Some(staff)) => readers(report, &staff, findings),
                Ok(None) => {}
                Err(error) => findings.fault(Area::Store, in_words(error)),
            }
        }
    }
}

/// The staff of the authorities; `None` before the first reading of one of them.
async fn staff(store: &Store, of: &[&ExaminedAuthority]) -> Result<Option<Vec<Staff>>, StoreError> {
    let mut tx = store.snapshot().await?;
    let mut all = Vec::new();
    for authority in of {
        let id = &authority.settings.id;
        if copy::last_accepted(&mut tx, id).await?.is_none() {
            return Ok(None);
        }
        all.push(copy::staff(&mut tx, id).await?);
    }
    Ok(Some(all))
}

/// Warns of readers who cannot be reached, and of a team that nobody lists.
fn readers(report: &StandingReport, staff: &[Staff], findings: &mut Findings) {
    let id = &report.settings.id;
    for reader in &report.to {
        let Reader::Person(person) = reader else {
            continue;
        };
        let known = staff.iter().filter_map(|staff| staff.people.get(person));
        if !known.into_iter().any(|person| person.email.is_some()) {
            findings.warning(
                Area::Recipients,
                said(
                    format!(
                        "report {id}: person {person} has no e-mail address in the people table"
                    ),
                    "mend it there, or write mailto: and the address",
                ),
            );
        }
    }
    if let Some(team) = &report.settings.team
        && !staff.iter().any(|staff| staff.teams.contains_key(team))
    {
        findings.warning(
            Area::Configuration,
            said(
                format!("report {id}: the source lists no team {team}"),
                "mend `team`",
            ),
        );
    }
}
