//! What operations should know of an authority after a pass, in lines of ids and case references.

use std::collections::{BTreeMap, HashMap};

use crate::alerts::{Alert, Decision, Hole, Instead, RuleBook, To, Trouble, TroubleKind, Watched};
use crate::store::{StoreError, Transaction, copy};

/// What operations should know of an authority whose source was read.
pub(super) async fn troubles(
    tx: &mut Transaction,
    authority: &str,
    (book, watched): (&RuleBook, &Watched),
    alerts: &HashMap<String, Alert>,
    decision: &Decision,
) -> Result<Vec<Trouble>, StoreError> {
    let mut troubles = Vec::new();
    let mut add = |kind: TroubleKind, item: String, line: String| {
        troubles.push(Trouble {
            kind,
            authority: authority.to_owned(),
            item,
            line,
        });
    };
    for (rule, reasons) in &book.unmeasured {
        let line = format!("{rule}: {}", reasons.join("; "));
        add(TroubleKind::Unmeasured, rule.clone(), line);
    }
    for (rule, ladder) in &book.without_ladder {
        let line = format!("{rule} names the ladder {ladder}");
        add(TroubleKind::LadderMissing, rule.clone(), line);
    }
    for (id, hole) in &decision.holes {
        if let Some(duty) = watched.duties.get(id) {
            let (item, line) = hole_words(id, &duty.case_ref, hole);
            add(TroubleKind::Hole, item, line);
        }
    }
    for id in &decision.held {
        let alert = decision.changed.get(id).or_else(|| alerts.get(id));
        if let Some(alert) = alert {
            let line = format!("{id}; {}; {}", alert.case_ref, alert.rule);
            add(TroubleKind::FloodHeld, id.clone(), line);
        }
    }
    let mut unusable: BTreeMap<(String, String), usize> = BTreeMap::new();
    for row in copy::quarantine(tx, authority).await? {
        *unusable.entry((row.query, row.reason)).or_default() += 1;
    }
    for ((query, reason), rows) in unusable {
        let line = format!("{query}: {rows} with {reason}");
        add(TroubleKind::Quarantine, format!("{query}: {reason}"), line);
    }
    Ok(troubles)
}

fn hole_words(id: &str, case_ref: &str, hole: &Hole) -> (String, String) {
    let roles: Vec<String> = hole
        .roles
        .iter()
        .map(|role| match role {
            To::Address(_) => "an address of the ladder".to_owned(),
            role => role.to_string(),
        })
        .collect();
    let (item, what) = match hole.instead {
        Instead::Others => ("role", "the others of the step are told".to_owned()),
        Instead::Above(step) => ("step", format!("the people of step {step} are told")),
        Instead::Operations => ("step", "no step above reaches anyone".to_owned()),
    };
    (
        format!("{id} {item} {}", hole.step),
        format!(
            "{id}; {case_ref}; step {}: nobody as {}; {what}",
            hole.step,
            roles.join(", ")
        ),
    )
}
