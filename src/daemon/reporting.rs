//! The board's report of an installation: its copies evaluated as of a day, and the figures of them.

use std::collections::BTreeMap;

use super::{Authority, Cases, EvaluationError};
use crate::calendar::Day;
use crate::case::Timeline;
use crate::report::{
    AuthorityReport, Book, Cell, PackTitle, Period, Quarantined, Reckoner, RuleTitle, TeamTitle,
    UnmeasuredRule,
};
use crate::rules::{Obligation, PackHeader, Rule, RuleSet};
use crate::store::copy::Reading;
use crate::store::{Transaction, copy};

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
}

/// The figures of one authority, from its copy as it is; `reading` is the one that the copy is.
///
/// # Errors
/// Names that the rules read and nobody knows; what the store says.
pub async fn authority_report(
    tx: &mut Transaction,
    authority: &Authority,
    reading: &Reading,
    asked: Asked<'_>,
) -> Result<AuthorityReport, EvaluationError> {
    let id = &authority.settings.id;
    let cases = Cases::read(tx, authority, None).await?;
    let rules = &cases.rules;
    // A rule that this authority does not have is none of its own.
    let rule = asked
        .rule
        .map(|rule| rules.index(rule).unwrap_or(usize::MAX));
    let reckoner = Reckoner::new(rules, asked.as_at, asked.period, asked.team, rule);
    let gather = |book: &mut Book, timeline: &Timeline<'_>, obligations: &[Obligation<'_>]| {
        reckoner.add(book, timeline, obligations);
    };
    let mut book = Book::default();
    for of_some in cases.evaluate(authority, asked.as_at, gather)? {
        book.join(of_some);
    }
    let staff = copy::staff(tx, id).await?;
    let name = |team: &String| staff.teams.get(team).and_then(|team| team.name.clone());
    let mut ids = book.teams();
    ids.sort_by_cached_key(|team| (team.is_empty(), name(team), team.clone()));
    let mut unusable: BTreeMap<(String, String), u64> = BTreeMap::new();
    for row in copy::quarantine(tx, id).await? {
        *unusable.entry((row.query, row.reason)).or_default() += 1;
    }
    let is_asked = |place: usize| rule.is_none_or(|asked| asked == place);
    Ok(AuthorityReport {
        id: id.clone(),
        name: authority.settings.name.clone(),
        read_at: reading.at,
        packs: packs(rules),
        rules: titles(rules),
        lines: reckoner.lines(&book, &ids),
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
        quarantined: unusable
            .into_iter()
            .map(|((query, reason), rows)| Quarantined {
                query,
                reason,
                rows: Cell::Count(rows),
            })
            .collect(),
    })
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
        severity: rule.severity,
    };
    rules.rules.iter().map(title).collect()
}
