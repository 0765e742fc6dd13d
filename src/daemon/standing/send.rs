//! Makes the standing reports whose day has come. The day is claimed in the transaction that queues the
//! messages: whatever is restarted or run twice at once, each report of a day is queued once.

use std::path::Path;

use super::super::alerting::{AlertingError, Setting};
use super::super::installation::{Authority, Installation};
use super::super::lease::{LeaseError, PassLease};
use super::super::reporting::{Asked, ReportError, report_within};
use super::days::{fallen, file_label, last_whole, next_after};
use super::{Reader, StandingReport};
use crate::alerts::{Trouble, TroubleKind};
use crate::calendar::{Calendar, Instant, Zone};
use crate::case::Staff;
use crate::mail::{
    AddressBook, Enclosure, Parcel, Recipient, WriteError, queue_parcel, write_parcel,
};
use crate::report::forms::{Form, FormError, put};
use crate::report::{Period, Report, Words};
use crate::store::history::{claim_standing, last_standing};
use crate::store::{StoreError, Transaction, copy};

/// What became of the standing reports.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    /// Messages queued.
    pub(crate) messages: usize,
    /// What could not be made, for operations.
    pub(crate) troubles: Vec<Trouble>,
    /// When the next one falls.
    pub(crate) next: Option<Instant>,
}

/// What keeps a report from going out.
#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error(transparent)]
    Form(#[from] FormError),
    #[error("{path} cannot be written ({cause}); check the folder and its rights")]
    File { path: String, cause: std::io::Error },
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Lease(#[from] LeaseError),
    #[error("{0} has no e-mail address that can be used; mend the people table, or `to`")]
    Nobody(String),
}

/// Makes and queues every standing report whose day has come and whose records have been read since.
/// What cannot be made is told to operations and tried again by the next pass that reads.
///
/// # Errors
/// Where the store fails or the lease is lost.
pub(crate) async fn send_due(
    setting: &Setting<'_>,
    installation: &Installation,
    lease: &PassLease,
) -> Result<Sent, AlertingError> {
    let mut sent = Sent::default();
    for report in &installation.reports {
        let authorities: Vec<&Authority> = installation
            .authorities
            .iter()
            .filter(|authority| report.is_of(&authority.settings.id))
            .collect();
        let calendars: Vec<&Calendar> = authorities.iter().map(|a| &a.calendar).collect();
        let when = &report.settings.when;
        let next = next_after(when, &calendars, setting.now);
        sent.next = [sent.next, next].into_iter().flatten().min();
        for fell_at in days_of(setting, report, &calendars, lease).await? {
            let day = Day {
                setting,
                installation,
                report,
                authorities: &authorities,
                fell_at,
            };
            if !day.is_read().await? {
                break;
            }
            match day.send(lease).await {
                Ok(messages) => sent.messages += messages,
                Err(SendError::Store(error)) => return Err(error.into()),
                Err(SendError::Lease(error)) => return Err(error.into()),
                Err(error) => {
                    sent.troubles.push(Trouble {
                        kind: TroubleKind::ReportNotMade,
                        authority: String::new(),
                        item: report.settings.id.clone(),
                        line: format!("report {}: {error}", report.settings.id),
                    });
                    break;
                }
            }
        }
    }
    Ok(sent)
}

/// The days of a report that fell and were not dealt with. A report that is new begins with its next
/// one: nobody is sent last quarter's because the settings were changed in the middle of this.
async fn days_of(
    setting: &Setting<'_>,
    report: &StandingReport,
    calendars: &[&Calendar],
    lease: &PassLease,
) -> Result<Vec<Instant>, AlertingError> {
    let (id, now) = (&report.settings.id, setting.now);
    let mut tx = setting.store.snapshot().await?;
    let last = last_standing(&mut tx, id).await?;
    drop(tx);
    let Some(last) = last else {
        let mut tx = setting.store.begin().await?;
        lease.prove(&mut tx).await?;
        claim_standing(&mut tx, id, now, None, now).await?;
        tx.commit().await?;
        return Ok(Vec::new());
    };
    Ok(fallen(&report.settings.when, calendars, last, now))
}

/// A day of a report that has come.
struct Day<'a> {
    setting: &'a Setting<'a>,
    installation: &'a Installation,
    report: &'a StandingReport,
    authorities: &'a [&'a Authority],
    fell_at: Instant,
}

impl Day<'_> {
    fn zone(&self) -> Zone {
        let first = self.authorities.first();
        first.map_or(Zone::LONDON, |first| first.calendar.zone)
    }

    /// Whether the records of every authority in it were read on its day or later: else the last days
    /// that it is of would be in it by half.
    async fn is_read(&self) -> Result<bool, StoreError> {
        let day = self.zone().day_of(self.fell_at);
        let mut tx = self.setting.store.snapshot().await?;
        for authority in self.authorities {
            let reading = copy::last_accepted(&mut tx, &authority.settings.id).await?;
            if reading.is_none_or(|reading| reading.day < day) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn period(&self) -> Period {
        let day = self.zone().day_of(self.fell_at);
        last_whole(self.report.settings.period, day)
    }

    /// Makes the report, puts its files into their folder, and queues its messages; says how many.
    async fn send(&self, lease: &PassLease) -> Result<usize, SendError> {
        let (settings, now) = (&self.report.settings, self.setting.now);
        let asked = Asked {
            period: self.period(),
            as_at: self.zone().day_of(now),
            team: settings.team.as_deref(),
            rule: settings.rule.as_ref().map(|rule| rule.value.as_str()),
            with_open: settings.team.is_some(),
        };
        let words = Words::of(self.report.language).map_err(FormError::from)?;
        // What is for publication is remembered with the claim; anything else is made and written
        // before it, so that nobody waits for the store meanwhile.
        let early = if settings.publish {
            None
        } else {
            let mut tx = self.setting.store.snapshot().await?;
            let made = report_within(&mut tx, self.authorities, asked, false, now).await?;
            let files = self.files(&made, &words)?;
            Some((made, files))
        };
        let mut tx = self.setting.store.begin().await?;
        lease.prove(&mut tx).await?;
        if !claim_standing(&mut tx, &settings.id, self.fell_at, Some(asked.period), now).await? {
            return Ok(0);
        }
        let (made, files) = match early {
            Some(early) => early,
            None => {
                let made = report_within(&mut tx, self.authorities, asked, true, now).await?;
                let files = self.files(&made, &words)?;
                (made, files)
            }
        };
        let messages = self.queue(&mut tx, &made, &words, &files).await?;
        if let Some(folder) = &settings.folder {
            put_all(folder, &files)?;
        }
        crash_point!(ReportsKept);
        tx.commit().await?;
        crash_point!(ReportsCommitted);
        tracing::info!(
            event = "report_queued",
            report = settings.id,
            from = %asked.period.from,
            to = %asked.period.to,
            messages,
            "a report was made and queued"
        );
        Ok(messages)
    }

    /// The report in all its forms; beside the data its dictionary.
    fn files(&self, made: &Report, words: &Words) -> Result<Vec<Enclosure>, SendError> {
        let mut forms: Vec<(Form, &str)> = Vec::new();
        for form in &self.report.forms {
            forms.push((*form, ""));
            if *form == Form::Csv {
                forms.push((Form::Dictionary, "-dictionary"));
            }
        }
        let days = file_label(self.report.settings.period, made.period);
        let files = forms.into_iter().map(|(form, suffix)| {
            Ok(Enclosure {
                name: format!(
                    "{}-{days}{suffix}.{}",
                    self.report.settings.id,
                    form.ending()
                ),
                media_type: form.media_type(),
                bytes: form.write(made, words)?,
            })
        });
        files.collect()
    }

    async fn queue(
        &self,
        tx: &mut Transaction,
        made: &Report,
        words: &Words,
        files: &[Enclosure],
    ) -> Result<usize, SendError> {
        let mail = self.installation.settings.mail.as_ref();
        let from = mail.map_or("", |mail| mail.from.as_str());
        let language = self.report.language.code();
        let (subject, paragraphs) = self.words(made, words, files)?;
        let key = format!("{} {}", self.report.settings.id, self.fell_at);
        let enclosed = if self.report.settings.folder.is_some() {
            &[]
        } else {
            files
        };
        let mut staff = Vec::new();
        for authority in self.authorities {
            let id = authority.settings.id.as_str();
            staff.push((id, copy::staff(tx, id).await?));
        }
        let mut messages = 0;
        for reader in &self.report.to {
            let (authority, book, to) = recipient(reader, &staff)?;
            let parcel = Parcel {
                authority,
                to: &to,
                language,
                subject: &subject,
                paragraphs: &paragraphs,
                files: enclosed,
                key: &key,
                written: self.setting.now,
            };
            let written = write_parcel(from, &parcel)?;
            let queued = queue_parcel(tx, &book, &parcel, &written).await?;
            messages += usize::from(queued.new);
        }
        Ok(messages)
    }

    /// The subject of its messages, and what they say.
    fn words(
        &self,
        made: &Report,
        words: &Words,
        files: &[Enclosure],
    ) -> Result<(String, Vec<String>), FormError> {
        let names: Vec<&str> = made.authorities.iter().map(|a| a.name.as_str()).collect();
        let whom = names.join(", ");
        let title = words.say("title", &[])?;
        let days = [
            ("authority", whom.clone()),
            ("from", words.day(made.period.from)?),
            ("to", words.day(made.period.to)?),
            ("as_at", words.day(made.as_at)?),
        ];
        let days = days.each_ref().map(|(name, said)| (*name, said as _));
        let subject = words.say(
            "mail_subject",
            &[("title", &title), days[0], days[1], days[2]],
        )?;
        let mut paragraphs = vec![words.say("mail_what", &days)?];
        let files: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        let files = files.join(", ");
        paragraphs.push(match &self.report.settings.folder {
            None => words.say("mail_attached", &[("files", &files)])?,
            Some(folder) => {
                let folder = folder.display();
                words.say("mail_folder", &[("folder", &folder), ("files", &files)])?
            }
        });
        paragraphs.push(words.say(
            match &self.report.settings {
                settings if settings.publish => "mail_publication",
                settings if settings.team.is_some() => "mail_team",
                _ => "mail_inside",
            },
            &[],
        )?);
        paragraphs.push(words.say("mail_foot", &[])?);
        Ok((subject, paragraphs))
    }
}

/// Where a reader is reached: by the people table of the first authority that knows the person, an
/// address on behalf of the first.
fn recipient<'s>(
    reader: &Reader,
    staff: &'s [(&'s str, Staff)],
) -> Result<(&'s str, AddressBook, Recipient), SendError> {
    match reader {
        Reader::Address(address) => {
            let (authority, book) = staff.first().map_or_else(
                || ("", AddressBook::default()),
                |(id, staff)| (*id, AddressBook::of(staff)),
            );
            let to = Recipient {
                address: address.clone(),
                name: None,
            };
            Ok((authority, book, to))
        }
        Reader::Person(id) => {
            let known = staff.iter().find_map(|(authority, staff)| {
                let person = staff.people.get(id)?;
                let address = person.email.as_ref()?.parse().ok()?;
                let to = Recipient {
                    address,
                    name: person.name.clone(),
                };
                Some((*authority, AddressBook::of(staff), to))
            });
            known.ok_or_else(|| SendError::Nobody(format!("person {id}")))
        }
    }
}

/// Writes the files into their folder, each whole; those of the same days are replaced.
fn put_all(folder: &Path, files: &[Enclosure]) -> Result<(), SendError> {
    let wrong = |path: &Path, cause| SendError::File {
        path: path.display().to_string(),
        cause,
    };
    std::fs::create_dir_all(folder).map_err(|cause| wrong(folder, cause))?;
    for file in files {
        let path = folder.join(&file.name);
        put(&path, &file.bytes).map_err(|cause| wrong(&path, cause))?;
    }
    Ok(())
}
