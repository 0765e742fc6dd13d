//! The whole report as one JSON document, for programs: everything that any other form prints.

use serde_json::{Map, Value, json};

use super::FormError;
use crate::report::words::Words;
use crate::report::{AGE_BANDS, AuthorityReport, Backlog, Line, Measure, Report};

/// The report as JSON, with a line end.
///
/// # Errors
/// Where the language lacks a phrase.
pub fn write(report: &Report, words: &Words) -> Result<Vec<u8>, FormError> {
    let mut definitions = Vec::new();
    for measure in Measure::ALL {
        definitions.push(json!({
            "figure": measure.name(),
            "name": words.name(measure)?,
            "meaning": words.meaning(measure)?,
        }));
    }
    let authorities: Vec<Value> = report.authorities.iter().map(authority).collect();
    let document = json!({
        "made_at": report.made_at,
        "version": report.version,
        "from": report.period.from,
        "to": report.period.to,
        "as_at": report.as_at,
        "for_publication": report.for_publication,
        "definitions": definitions,
        "authorities": authorities,
    });
    let mut bytes =
        serde_json::to_vec_pretty(&document).map_err(|error| FormError::made("json", error))?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn authority(authority: &AuthorityReport) -> Value {
    let named = |mut value: Value, rule: usize| {
        if let Some(object) = value.as_object_mut() {
            object.insert("rule".to_owned(), json!(authority.rules[rule].id));
        }
        value
    };
    let lines = |lines: &[Line]| lines.iter().map(|l| line(authority, l)).collect::<Vec<_>>();
    let unmeasured = authority.unmeasured.iter();
    let open = authority.open.as_ref().map(|open| {
        let duties = open.iter().map(|duty| named(json!(duty), duty.rule));
        duties.collect::<Vec<_>>()
    });
    let corrections = authority.corrections.as_ref().map(|corrections| {
        let corrections = corrections.iter().map(|correction| {
            json!({
                "rule": authority.rules[correction.rule].id,
                "team": team(authority, correction.team),
                "period": correction.span.to_string(),
                "figure": correction.measure.name(),
                "then": correction.then,
                "now": correction.now,
            })
        });
        corrections.collect::<Vec<_>>()
    });
    json!({
        "id": authority.id,
        "name": authority.name,
        "read_at": authority.read_at,
        "packs": authority.packs,
        "rules": authority.rules,
        "teams": authority.teams,
        "lines": lines(&authority.lines),
        "series": lines(&authority.series),
        "backlog": authority.backlog.iter().map(|b| backlog(authority, b)).collect::<Vec<_>>(),
        "unmeasured": unmeasured.map(|u| named(json!(u), u.rule)).collect::<Vec<_>>(),
        "quarantined": authority.quarantined,
        "records_from": authority.records_from,
        "judged_by_now": authority.judged_by_now,
        "corrections": corrections,
        "open": open,
    })
}

fn team(authority: &AuthorityReport, team: Option<usize>) -> Option<&str> {
    team.map(|team| authority.teams[team].id.as_str())
}

fn line(authority: &AuthorityReport, line: &Line) -> Value {
    let mut object = Map::new();
    for (key, value) in [
        ("rule", json!(authority.rules[line.rule].id)),
        ("team", json!(team(authority, line.team))),
        ("period_kind", json!(line.span.kind())),
        ("period", json!(line.span.to_string())),
        ("from", json!(line.days.from)),
        ("to", json!(line.days.to)),
        ("in_part", json!(line.is_cut)),
    ] {
        object.insert(key.to_owned(), value);
    }
    for measure in Measure::ALL {
        object.insert(measure.name().to_owned(), json!(line.cell(measure)));
    }
    Value::Object(object)
}

fn backlog(authority: &AuthorityReport, backlog: &Backlog) -> Value {
    let mut object = Map::new();
    object.insert("rule".to_owned(), json!(authority.rules[backlog.rule].id));
    object.insert("team".to_owned(), json!(team(authority, backlog.team)));
    for (band, cell) in AGE_BANDS.iter().zip(backlog.bands) {
        object.insert(band.name.to_owned(), json!(cell));
    }
    object.insert("total".to_owned(), json!(backlog.total));
    Value::Object(object)
}
