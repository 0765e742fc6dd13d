//! What operations are told, apart from the ladders: when a thing begins, while it lasts, and when it
//! is over; by ids and case references only (SPEC 7, Operations). Pure.
//!
//! To add a thing: a [`TroubleKind`] with its words, and the place in `daemon` that finds it.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Day;
use crate::mail::{Notice, Phase};

/// What can be amiss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TroubleKind {
    /// A source was refused: the copy is as it was.
    SourceRefused,
    /// For two working days nobody has been warned.
    NobodyWarned,
    /// Rules read names that no query yields: nothing of the authority is evaluated.
    RulesFaulty,
    /// Rows that cannot be used.
    Quarantine,
    /// Rules that the copy cannot judge.
    Unmeasured,
    /// Rules that name a ladder that is not there.
    LadderMissing,
    /// Steps, or roles of them, that reach nobody.
    Hole,
    /// What the flood guard holds.
    FloodHeld,
    /// Mail that the server has not taken yet.
    MailWaiting,
    /// Addresses that the server refuses.
    AddressRefused,
    /// Messages that the server refuses.
    MessageRefused,
    /// Reports that are sent on days of their own and could not be made.
    ReportNotMade,
    /// Reports that the server refuses.
    ReportRefused,
}

impl TroubleKind {
    /// All of them.
    pub const ALL: [TroubleKind; 13] = [
        TroubleKind::SourceRefused,
        TroubleKind::NobodyWarned,
        TroubleKind::RulesFaulty,
        TroubleKind::Quarantine,
        TroubleKind::Unmeasured,
        TroubleKind::LadderMissing,
        TroubleKind::Hole,
        TroubleKind::FloodHeld,
        TroubleKind::MailWaiting,
        TroubleKind::AddressRefused,
        TroubleKind::MessageRefused,
        TroubleKind::ReportNotMade,
        TroubleKind::ReportRefused,
    ];

    /// Its name in the store.
    pub fn name(self) -> &'static str {
        match self {
            TroubleKind::SourceRefused => "source_refused",
            TroubleKind::NobodyWarned => "nobody_warned",
            TroubleKind::RulesFaulty => "rules_faulty",
            TroubleKind::Quarantine => "quarantine",
            TroubleKind::Unmeasured => "unmeasured",
            TroubleKind::LadderMissing => "ladder_missing",
            TroubleKind::Hole => "hole",
            TroubleKind::FloodHeld => "flood_held",
            TroubleKind::MailWaiting => "mail_waiting",
            TroubleKind::AddressRefused => "address_refused",
            TroubleKind::MessageRefused => "message_refused",
            TroubleKind::ReportNotMade => "report_not_made",
            TroubleKind::ReportRefused => "report_refused",
        }
    }

    /// The kind of a name in the store.
    pub fn named(name: &str) -> Option<TroubleKind> {
        TroubleKind::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
    }

    /// Whether it is of the whole installation rather than of one authority.
    pub fn is_of_installation(self) -> bool {
        matches!(
            self,
            TroubleKind::MailWaiting | TroubleKind::ReportNotMade | TroubleKind::ReportRefused
        )
    }

    /// How many days lie between two tellings while it lasts: a hole is told once a week, everything
    /// else daily.
    fn days_between(self) -> i64 {
        match self {
            TroubleKind::Hole => 7,
            _ => 1,
        }
    }

    /// What is amiss, and what it was, in one line.
    fn what(self, authority: &str, over: bool) -> String {
        let (is, was) = match self {
            TroubleKind::SourceRefused => (
                "the source was refused: nothing was read, no alert fires or resolves",
                "the source is read again",
            ),
            TroubleKind::NobodyWarned => (
                "for two working days nobody has been warned: the source is refused",
                "people are being warned again",
            ),
            TroubleKind::RulesFaulty => (
                "rules read names that no query yields: no alert fires or resolves",
                "rules can be evaluated again",
            ),
            TroubleKind::Quarantine => (
                "rows of the source cannot be used",
                "the rows that could not be used are mended or gone",
            ),
            TroubleKind::Unmeasured => (
                "rules cannot be judged: they give neither duties nor alerts",
                "rules that could not be judged can be, or are switched off",
            ),
            TroubleKind::LadderMissing => (
                "rules name a ladder that the ladders file does not have: nobody is told of them",
                "rules have their ladder again, or name none",
            ),
            TroubleKind::Hole => (
                "steps of ladders, or roles of them, reach nobody",
                "steps of ladders that reached nobody reach someone, or their duty is closed",
            ),
            TroubleKind::FloodHeld => (
                "the flood guard holds alerts: too many duties turned overdue in one pass",
                "the flood guard holds nothing any more",
            ),
            TroubleKind::MailWaiting => (
                "mail could not be delivered and is tried again",
                "the mail that waited is delivered",
            ),
            TroubleKind::AddressRefused => (
                "the mail server refuses recipients: their steps go up the ladder",
                "recipients that the mail server refused are used again",
            ),
            TroubleKind::MessageRefused => (
                "the mail server refused messages for good",
                "the duties of messages that the mail server refused are closed",
            ),
            TroubleKind::ReportNotMade => (
                "reports whose day has come could not be made, and are tried again",
                "the reports that could not be made are made",
            ),
            TroubleKind::ReportRefused => (
                "the mail server refused reports for good",
                "it is a week ago that the mail server refused reports",
            ),
        };
        let text = if over { was } else { is };
        if authority.is_empty() {
            text.to_owned()
        } else {
            format!("{authority}: {text}")
        }
    }

    fn remedy(self) -> &'static str {
        match self {
            TroubleKind::SourceRefused | TroubleKind::NobodyWarned => {
                "run corewatch check; where much less is meant to be there, corewatch sync --accept"
            }
            TroubleKind::RulesFaulty => {
                "run corewatch check; mend the pack or the source's queries"
            }
            TroubleKind::Quarantine => {
                "mend the rows in the source; corewatch sync --quarantine lists them"
            }
            TroubleKind::Unmeasured => {
                "add what they read to the source's queries, or disable them in a pack of your own"
            }
            TroubleKind::LadderMissing => {
                "add the ladder to the ladders file, or name another in the rule"
            }
            TroubleKind::Hole => {
                "mend the key worker, manager or e-mail address in the source, or the ladder's roles"
            }
            TroubleKind::FloodHeld => {
                "find out whether the record is right; then corewatch alerts release tells the rest"
            }
            TroubleKind::MailWaiting => "run corewatch check, and look at the mail server's log",
            TroubleKind::AddressRefused => {
                "mend their e-mail address in the source, or at the mail server"
            }
            TroubleKind::MessageRefused => {
                "look at the mail server's log, and tell the recipients yourself"
            }
            TroubleKind::ReportNotMade => "do what the line says; the next pass tries again",
            TroubleKind::ReportRefused => {
                "look at the mail server's log (a file may be too large for it: name a `folder`), and \
                 hand the report on yourself: corewatch report"
            }
        }
    }
}

/// One thing that is amiss now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trouble {
    /// What kind of thing.
    pub kind: TroubleKind,
    /// Whose; empty for the whole installation.
    pub authority: String,
    /// Which of its kind: stays the same while it lasts.
    pub item: String,
    /// What is said of it: ids and case references only.
    pub line: String,
}

/// One thing that operations were told of and that was not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownTrouble {
    /// The thing, as it was last told.
    pub trouble: Trouble,
    /// When it began.
    pub begun: Day,
    /// When operations were last told.
    pub told: Day,
}

/// What this pass could tell about: things of other kinds or authorities are left as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judged(pub BTreeSet<(TroubleKind, String)>);

/// What operations are told, and what is remembered of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tidings {
    /// What to tell.
    pub notices: Vec<Notice>,
    /// What was told now and lasts.
    pub told: Vec<KnownTrouble>,
    /// What is over.
    pub over: Vec<KnownTrouble>,
}

/// So many lines of one thing are told; a flood of thousands is counted beyond them.
const MOST_LINES: usize = 50;

/// What to tell operations: what began, what is over, and where the pass `reminds`, what lasts and was
/// not told today.
pub fn tidings(
    current: &[Trouble],
    known: &[KnownTrouble],
    judged: &Judged,
    today: Day,
    reminds: bool,
) -> Tidings {
    let mut tidings = Tidings::default();
    let mut groups: BTreeMap<(&str, TroubleKind, Phase), Vec<KnownTrouble>> = BTreeMap::new();
    let known_by_key: BTreeMap<_, &KnownTrouble> =
        known.iter().map(|k| (key(&k.trouble), k)).collect();
    let mut seen = BTreeSet::new();
    for trouble in current {
        if !seen.insert(key(trouble)) {
            continue;
        }
        let before = known_by_key.get(&key(trouble));
        let phase = match before {
            None => Phase::Began,
            Some(known) if reminds && today.since(known.told) >= trouble.kind.days_between() => {
                Phase::Lasts
            }
            Some(_) => continue,
        };
        let now = KnownTrouble {
            trouble: trouble.clone(),
            begun: before.map_or(today, |known| known.begun),
            told: today,
        };
        tidings.told.push(now.clone());
        groups
            .entry((&trouble.authority, trouble.kind, phase))
            .or_default()
            .push(now);
    }
    for known in known {
        let trouble = &known.trouble;
        let is_judged = judged
            .0
            .contains(&(trouble.kind, trouble.authority.clone()));
        if !is_judged || seen.contains(&key(trouble)) {
            continue;
        }
        tidings.over.push(known.clone());
        // What the guard lets go is no news while it holds others.
        let holds_others = trouble.kind == TroubleKind::FloodHeld
            && current
                .iter()
                .any(|t| (t.kind, &t.authority) == (trouble.kind, &trouble.authority));
        if holds_others {
            continue;
        }
        groups
            .entry((&trouble.authority, trouble.kind, Phase::Over))
            .or_default()
            .push(known.clone());
    }
    tidings.notices = groups.into_iter().map(notice).collect();
    tidings
}

fn key(trouble: &Trouble) -> (TroubleKind, &str, &str) {
    (trouble.kind, &trouble.authority, &trouble.item)
}

fn notice(group: ((&str, TroubleKind, Phase), Vec<KnownTrouble>)) -> Notice {
    let ((authority, kind, phase), items) = group;
    let over = phase == Phase::Over;
    let lines = items.iter().map(|item| item.trouble.line.as_str());
    let lines = lines.filter(|line| !line.is_empty());
    let mut detail: Vec<String> = match kind {
        TroubleKind::Hole => by_case(lines),
        _ => lines.map(str::to_owned).collect(),
    };
    if detail.len() > MOST_LINES {
        let more = detail.len() - MOST_LINES;
        detail.truncate(MOST_LINES);
        detail.push(format!("and {more} more"));
    }
    let since = items
        .iter()
        .map(|item| item.begun)
        .min()
        .unwrap_or_default();
    Notice {
        phase,
        since,
        what: kind.what(authority, over),
        detail,
        remedy: if over {
            String::new()
        } else {
            kind.remedy().to_owned()
        },
    }
}

/// Lines that differ only in the duty that they begin with, as one: a child without a key worker has
/// as many holes as duties, and one thing to mend.
fn by_case<'l>(lines: impl Iterator<Item = &'l str>) -> Vec<String> {
    let mut duties: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in lines {
        let (duty, rest) = line.split_once("; ").unwrap_or(("", line));
        duties.entry(rest).or_default().push(duty);
    }
    let told = duties.into_iter().map(|(rest, duties)| match &duties[..] {
        [""] => rest.to_owned(),
        [duty] => format!("{duty}; {rest}"),
        several => format!("{rest}: {} duties", several.len()),
    });
    told.collect()
}

#[cfg(test)]
#[path = "operations_tests.rs"]
mod tests;
