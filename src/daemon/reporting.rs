//! The board's report of an installation: its copies evaluated as of a day, and the figures of them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{Authority, Cases, EvaluationError, basis, past};
use crate::alerts::{Directory, Recipients, StaffKinds};
use crate::calendar::{Day, Instant};
use crate::case::{Staff, Timeline};
use crate::report::publish::publish;
use crate::report::{
    AuthorityReport, Book, Cell, OpenDuty, PackTitle, Period, Quarantined, Reckoner, Report,
    RuleTitle, TeamTitle, UnmeasuredRule, corrections,
};
use crate::rules::{Obligation, PackHeader, Rule, RuleSet};
use crate::store::copy::Reading;
use crate::store::{Store, StoreError, Transaction, copy, history};

/// What a report is asked to be of.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The due days.
    pub period: Period,
    /// The day as of which the figures stand.
    pub as_at: Day,
    /// The one team, by the source's id.
    pub team: Option<&'a str>,
    /// The one rule, by id; an authority without it has no figures.
    pub rule: Option<&'a str>,
    /// Whether what is open is listed, for the supervision of the one team.
    pub with_open: bool,
}

/// What stands in the way of a report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// An authority has no copy yet.
    #[error("authority {0}: its source has never been read, there is nothing to report")]
    NeverRead(String),
    /// No authority has the rule asked for.
    #[error("`{asked}` is no rule of any authority asked for")]
    UnknownRule {
        /// What was asked for.
        asked: String,
        /// The rules that there are.
        known: Vec<String>,
    },
    /// The copy cannot be evaluated.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
}

impl From<StoreError> for ReportError {
    fn from(error: StoreError) -> Self {
        ReportError::Evaluation(error.into())
    }
}

/// The report of these authorities, made at `now`, from one moment of the store. One for publication
/// is remembered as published.
///
/// # Errors
/// Where an authority was never read, none has the rule asked for, or a copy cannot be evaluated.
pub async fn report(
    store: &Store,
    authorities: &[&Authority],
    asked: Asked<'_>,
    for_publication: bool,
    now: Instant,
) -> Result<Report, ReportError> {
    let mut tx = if for_publication {
        store.begin().await?
    } else {
        store.snapshot().await?
    };
    let made = report_within(&mut tx, authorities, asked, for_publication, now).await?;
    tx.commit().await?;
    Ok(made)
}

/// As [`report`], within the caller's transaction.
///
/// # Errors
/// As [`report`].
pub(super) async fn report_within(
    tx: &mut Transaction,
    authorities: &[&Authority],
    asked: Asked<'_>,
    for_publication: bool,
    now: Instant,
) -> Result<Report, ReportError> {
    if let Some(rule) = asked.rule {
        let packs = authorities.iter().flat_map(|authority| &authority.packs);
        let known = packs.flat_map(|pack| pack.rules.iter().map(|rule| rule.id.clone()));
        let known: Vec<String> = known.collect();
        if !known.iter().any(|id| id == rule) {
            return Err(ReportError::UnknownRule {
                asked: rule.to_owned(),
                known,
            });
        }
    }
    let mut made = Vec::new();
    for authority in authorities {
        let id = &authority.settings.id;
        let reading = copy::last_accepted(tx, id).await?;
        let reading = reading.ok_or_else(|| ReportError::NeverRead(id.clone()))?;
        let mut report = authority_report(tx, authority, &reading, asked).await?;
        if for_publication {
            let before = history::published(tx, id).await?;
            let published = publish(&mut report, &before);
            history::publish(tx, id, &published, now).await?;
        }
        made.push(report);
    }
    Ok(Report {
        made_at: now,
        version: env!("CARGO_PKG_VERSION"),
        period: asked.period,
        as_at: asked.as_at,
        for_publication,
        authorities: made,
    })
}

/// The figures of one authority, from its copy as it is; `reading` is the one that the copy is.
///
/// # Errors
/// Names that the rules read and nobody knows; what the store says.
async fn authority_report(
    tx: &mut Transaction,
    authority: &Authority,
    reading: &Reading,
    asked: Asked<'_>,
) -> Result<AuthorityReport, EvaluationError> {
    let id = &authority.settings.id;
    let past = past::of(tx, id, reading, asked.as_at).await?;
    let then = match past {
        None => None,
        Some(past) => basis::at(tx, authority, past.day).await?,
    };
    let judged_by_now = past.is_some() && then.is_none();
    let authority = then.as_ref().map_or(authority, |then| &then.authority);
    let cases = match past {
        None => Cases::read(tx, authority, None).await?,
        Some(past) => past::cases(tx, authority, past.day).await?,
    };
    let rules = &cases.rules;
    // A rule that this authority does not have is none of its own.
    let rule = asked
        .rule
        .map(|rule| rules.index(rule).unwrap_or(usize::MAX));
    let reckoner = Reckoner::new(rules, asked.as_at, asked.period, asked.team, rule);
    let mut staff = copy::staff(tx, id).await?;
    if let Some(then) = &then {
        then.rename(&mut staff);
    }
    let supervision = Supervision {
        authority,
        rules,
        staff: &staff,
        kinds: StaffKinds::of(&copy::symbols(tx, id).await?),
        as_at: asked.as_at,
    };
    let (book, mut open) = count(&cases, authority, &reckoner, asked, Some(&supervision))?;
    open.sort_by(|a: &OpenDuty, b| urgency(a, rules).cmp(&urgency(b, rules)));
    // What today's records say of the same days, as of the same day.
    let now = match past {
        None => None,
        Some(_) => Some(Cases::read(tx, authority, None).await?),
    };
    let now = now.as_ref().map(|now| -> Result<_, EvaluationError> {
        let reckoner = Reckoner::new(&now.rules, asked.as_at, asked.period, asked.team, rule);
        let (book, _) = count(now, authority, &reckoner, asked, None)?;
        Ok((reckoner, book))
    });
    let now = now.transpose()?;
    let name = |team: &String| staff.teams.get(team).and_then(|team| team.name.clone());
    let mut ids = book.teams();
    ids.extend(now.iter().flat_map(|(_, book)| book.teams()));
    ids.sort();
    ids.dedup();
    ids.sort_by_cached_key(|team| (team.is_empty(), name(team), team.clone()));
    let quarantined = match past {
        None => quarantined(tx, id).await?,
        Some(past) => past.quarantined(),
    };
    let lines = reckoner.lines(&book, &ids);
    let corrections = now.map(|(reckoner, book)| corrections(&lines, &reckoner.lines(&book, &ids)));
    let is_asked = |place: usize| rule.is_none_or(|asked| asked == place);
    Ok(AuthorityReport {
        id: id.clone(),
        name: authority.settings.name.clone(),
        read_at: past.map_or(reading.at, |past| past.read_at),
        packs: packs(rules),
        rules: titles(rules),
        lines,
        series: reckoner.series(&book, &ids),
        backlog: reckoner.backlog(&book, &ids),
        teams: ids
            .into_iter()
            .map(|id| TeamTitle {
                name: name(&id),
                id,
            })
            .collect(),
        unmeasured: rules
            .unmeasured
            .iter()
            .filter(|unmeasured| is_asked(unmeasured.rule))
            .map(|unmeasured| UnmeasuredRule {
                rule: unmeasured.rule,
                reasons: unmeasured.reasons.clone(),
            })
            .collect(),
        quarantined,
        judged_by_now,
        records_from: past.and_then(|past| past.records_from),
        corrections,
        open: asked.with_open.then_some(open),
    })
}

/// Counts all children.
fn count(
    cases: &Cases,
    authority: &Authority,
    reckoner: &Reckoner<'_>,
    asked: Asked<'_>,
    supervision: Option<&Supervision<'_>>,
) -> Result<(Book, Vec<OpenDuty>), EvaluationError> {
    let rule = asked.rule.and_then(|rule| cases.rules.index(rule));
    let gather = |(book, open): &mut (Book, Vec<OpenDuty>),
                  timeline: &Timeline<'_>,
                  obligations: &[Obligation<'_>]| {
        reckoner.add(book, timeline, obligations);
        let Some(supervision) = supervision.filter(|_| asked.with_open) else {
            return;
        };
        if asked.team == Some(timeline.child.team_id.unwrap_or("")) {
            let of_rule = |o: &&Obligation<'_>| asked.rule.is_none() || Some(o.rule) == rule;
            supervision.add(open, timeline, obligations.iter().filter(of_rule));
        }
    };
    let mut book = Book::default();
    let mut open = Vec::new();
    for (of_some, open_of_some) in cases.evaluate(authority, asked.as_at, gather)? {
        book.join(of_some);
        open.extend(open_of_some);
    }
    Ok((book, open))
}

/// The rows in quarantine now, by query and reason.
async fn quarantined(tx: &mut Transaction, id: &str) -> Result<Vec<Quarantined>, StoreError> {
    let mut unusable: BTreeMap<(String, String), u64> = BTreeMap::new();
    for row in copy::quarantine(tx, id).await? {
        *unusable.entry((row.query, row.reason)).or_default() += 1;
    }
    let rows = unusable
        .into_iter()
        .map(|((query, reason), rows)| Quarantined {
            query,
            reason,
            rows: Cell::Count(rows),
        });
    Ok(rows.collect())
}

fn packs(rules: &RuleSet) -> Vec<PackTitle> {
    let title = |pack: &PackHeader| PackTitle {
        id: pack.id.clone(),
        title: pack.title.clone(),
        source: pack.source.clone(),
    };
    rules.packs.iter().map(title).collect()
}

fn titles(rules: &RuleSet) -> Vec<RuleTitle> {
    let title = |rule: &Rule| RuleTitle {
        id: rule.id.clone(),
        title: rule.title.clone(),
        clause: rule.clause.clone(),
        pack: rule.pack.clone(),
        document: rule.procedure.title.clone(),
        severity: rule.severity,
    };
    rules.rules.iter().map(title).collect()
}

/// What the list for supervision is made through.
struct Supervision<'a> {
    authority: &'a Authority,
    rules: &'a RuleSet,
    staff: &'a Staff,
    kinds: StaffKinds,
    as_at: Day,
}

impl Supervision<'_> {
    /// Lists what is open of one child.
    fn add<'o>(
        &self,
        list: &mut Vec<OpenDuty>,
        timeline: &Timeline<'_>,
        obligations: impl Iterator<Item = &'o Obligation<'o>>,
    ) {
        let directory = Directory {
            staff: self.staff,
            kinds: self.kinds,
            roles: &self.authority.settings.roles,
            unusable: &BTreeSet::new(),
        };
        let mut key_worker: Option<String> = None;
        for obligation in obligations.filter(|obligation| obligation.state.is_open()) {
            let key_worker = key_worker.get_or_insert_with(|| {
                let recipients = Recipients::new(&directory, timeline, self.as_at);
                recipients.key_worker_names().join(", ")
            });
            list.push(OpenDuty {
                key_worker: key_worker.clone(),
                case_ref: timeline.child.case_ref.to_owned(),
                rule: obligation.rule,
                due: obligation.due,
                state: obligation.state,
                days_over: obligation.days_over,
                booked: obligation.booked,
                id: self.rules.obligation_id(
                    &self.authority.settings.id,
                    timeline.child.id,
                    obligation,
                ),
            });
        }
    }
}

/// By key worker (nobody last), then most urgent first: severity, days over, due day.
fn urgency<'d>(duty: &'d OpenDuty, rules: &RuleSet) -> impl Ord + use<'d> {
    (
        duty.key_worker.is_empty(),
        &duty.key_worker,
        Reverse(rules.rules[duty.rule].severity),
        Reverse(duty.days_over),
        duty.due,
        &duty.case_ref,
        &duty.id,
    )
}
