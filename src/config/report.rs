//! Reading and checking `[[report]]`: a report that is sent on days of its own. What it names (an
//! authority, a form, people) is looked up where the rest of the installation is loaded.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::NaiveTime;

use super::Timetable;
use super::section::Section;
use crate::document::{Place, Text};

/// When on its day a report goes out, where the site does not say: when the day's work begins.
const DEFAULT_TIME: (u32, u32) = (8, 0);

/// `[[report]]`: what is sent, of what, when and to whom.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportSettings {
    /// Its short name, by which the store knows what was sent of it.
    pub id: String,
    /// Where it stands in the file.
    pub place: Place,
    /// On which days.
    pub when: When,
    /// Which days it is of: the last whole ones of that kind.
    pub period: Stretch,
    /// Only this authority; else all of them.
    pub authority: Option<Text>,
    /// Only this team.
    pub team: Option<String>,
    /// Only this rule.
    pub rule: Option<Text>,
    /// In which forms.
    pub forms: Vec<Text>,
    /// In which language.
    pub language: Option<Text>,
    /// Whether small counts are kept back.
    pub publish: bool,
    /// `mailto:` addresses and person ids.
    pub to: Vec<Text>,
    /// Where its files are put; without it they travel in the message.
    pub folder: Option<PathBuf>,
}

/// On which days a report is sent.
#[derive(Debug, Clone, PartialEq)]
pub enum When {
    /// The first working day of each month or quarter, at this local time.
    FirstWorkingDay(Stretch, NaiveTime),
    /// By a schedule of the site's own.
    Timetable(Box<Timetable>),
}

/// A run of months; the year begins in April.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    /// One.
    Month,
    /// Three.
    Quarter,
    /// Twelve.
    Year,
}

impl std::str::FromStr for Stretch {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "month" => Ok(Stretch::Month),
            "quarter" => Ok(Stretch::Quarter),
            "year" => Ok(Stretch::Year),
            _ => Err(format!(
                "`{text}` is not a period; it is month, quarter or year"
            )),
        }
    }
}

/// Reads one `[[report]]`.
pub(super) fn read(
    section: &mut Section<'_, '_>,
    base: &Path,
    ids: &mut BTreeSet<String>,
) -> Option<ReportSettings> {
    let id = section.need_text("id").filter(|id| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !id.value.chars().all(plain) {
            section.fault(
                id.place.clone(),
                format!("`{}` is not a report's id", id.value),
                "it has small letters, digits and `-` only",
            );
            return false;
        }
        if !ids.insert(id.value.clone()) {
            section.fault(
                id.place.clone(),
                format!("`{}` is the id of two reports", id.value),
                "give each an id of its own",
            );
            return false;
        }
        true
    });
    let at = section.text("at");
    let when = when(section, at);
    let usual = match &when {
        Some(When::FirstWorkingDay(stretch, _)) => *stretch,
        Some(When::Timetable(_)) | None => Stretch::Quarter,
    };
    let period = section.parsed("period").unwrap_or(usual);
    let publish = section
        .table()
        .and_then(|table| table.boolean("publish"))
        .unwrap_or(false);
    let (team, rule) = (section.text("team"), section.text("rule"));
    if let Some(only) = team.as_ref().or(rule.as_ref()).filter(|_| publish) {
        section.fault(
            only.place.clone(),
            "`publish` is for all teams and all rules",
            "leave out `team` and `rule`, or `publish`: what one paper keeps back another would show",
        );
    }
    let to = section.texts("to").unwrap_or_default();
    let folder = section.text("folder").map(|text| base.join(text.value));
    if to.is_empty() && folder.is_none() {
        section.fault(
            section.place(),
            "a report that nobody gets",
            "list people in `to`, or name a `folder` for its files",
        );
    }
    let forms = section.texts("format").filter(|forms| !forms.is_empty());
    let place = section.place();
    let forms = forms.unwrap_or_else(|| {
        vec![Text {
            value: "html".to_owned(),
            place: place.clone(),
        }]
    });
    Some(ReportSettings {
        place,
        period,
        authority: section.text("authority"),
        team: team.map(|team| team.value),
        rule,
        forms,
        language: section.text("language"),
        publish,
        to,
        folder,
        when: when?,
        id: id?.value,
    })
}

/// The days that `when` says, at the time that `at` says.
fn when(section: &mut Section<'_, '_>, at: Option<Text>) -> Option<When> {
    let when = section.need_text("when")?;
    let stretch = match when.value.as_str() {
        "month" => Stretch::Month,
        "quarter" => Stretch::Quarter,
        _ => {
            let timetable = when.value.parse::<Timetable>();
            if timetable.is_err() {
                section.fault(
                    when.place,
                    format!("`when`: `{}` is not a day for a report", when.value),
                    "write month or quarter for the first working day of each, or the five fields of \
                     cron (minute, hour, day, month, weekday) as 0 9 15 * *",
                );
            }
            if let Some(at) = at {
                section.fault(
                    at.place,
                    "`at` goes with month and quarter alone",
                    "leave it out: the schedule of `when` has its own time",
                );
            }
            return timetable
                .ok()
                .map(|timetable| When::Timetable(Box::new(timetable)));
        }
    };
    let time = match at {
        None => NaiveTime::from_hms_opt(DEFAULT_TIME.0, DEFAULT_TIME.1, 0),
        Some(at) => {
            let time = NaiveTime::parse_from_str(at.value.trim(), "%H:%M").ok();
            if time.is_none() {
                section.fault(
                    at.place,
                    format!("`at`: `{}` is not a time of day", at.value),
                    "write it as 08:00",
                );
            }
            time
        }
    };
    time.map(|time| When::FirstWorkingDay(stretch, time))
}
