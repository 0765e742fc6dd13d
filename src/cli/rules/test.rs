//! `corewatch rules test`: packs tried by the examples that they carry.

use std::collections::BTreeSet;
use std::io::Write;

use clap::Args;

use super::{Context, Failure, Packs};
use crate::calendar::BankHolidays;
use crate::rules::{Outcome, RuleSet, Trial, try_examples, wrapped};

/// Try packs by the examples that they carry; ends with 1 where one does not come out.
#[derive(Debug, Args)]
pub struct Test {
    #[command(flatten)]
    packs: Packs,
}

impl Test {
    pub(super) fn run(self, context: &mut Context) -> Result<(), Failure> {
        let (packs, mut faults) = self.packs.survey();
        for pack in &packs {
            faults.0.extend(
                RuleSet::unknown_names(std::slice::from_ref(pack), |_, _| Some(BTreeSet::new())).0,
            );
        }
        let packs = faults.or(packs)?;
        let holidays = BankHolidays::shipped()?;
        let (mut passed, mut failed) = (0, 0);
        for pack in &packs {
            let trials = try_examples(pack, &holidays)?;
            let bare = pack.rules.iter().filter(|rule| rule.examples.is_empty());
            let bare: Vec<&str> = bare.map(|rule| rule.id.as_str()).collect();
            for trial in &trials {
                if trial.passed() {
                    passed += 1;
                } else {
                    failed += 1;
                    tell(context, trial)?;
                }
            }
            writeln!(
                context.out,
                "{}: {} rules, {} examples{}",
                pack.id,
                pack.rules.len(),
                trials.len(),
                if bare.is_empty() {
                    String::new()
                } else {
                    format!("; without an example: {}", bare.join(", "))
                }
            )?;
        }
        writeln!(context.out, "{passed} passed, {failed} failed")?;
        if failed > 0 {
            return Err(Failure::found(format!(
                "{failed} {} not come out as written; mend the rule or the example",
                if failed == 1 {
                    "example does"
                } else {
                    "examples do"
                }
            )));
        }
        Ok(())
    }
}

fn tell(context: &mut Context, trial: &Trial) -> Result<(), Failure> {
    writeln!(
        context.out,
        "{}: rule {}: {}",
        trial.place, trial.rule, trial.title
    )?;
    for (title, outcomes) in [("expected", &trial.expected), ("came out", &trial.got)] {
        if outcomes.is_empty() {
            writeln!(context.out, "  {title}: nothing")?;
        }
        for outcome in outcomes.iter().map(Outcome::to_string) {
            writeln!(context.out, "  {title}: {outcome}")?;
        }
    }
    for hint in &trial.hints {
        writeln!(context.out, "{}", wrapped("  ", hint))?;
    }
    Ok(())
}
