//! `corewatch rules show`: one rule as a service manager reads it.

use std::io::Write;

use clap::Args;

use super::{Context, Failure, Packs};
use crate::document::nearest;
use crate::rules::{Pack, Rule};

/// Show one rule: what it says, where it stands, its examples.
#[derive(Debug, Args)]
pub struct Show {
    /// The rule's id.
    #[arg(value_name = "RULE")]
    rule: String,
    #[command(flatten)]
    packs: Packs,
}

impl Show {
    pub(super) fn run(self, context: &mut Context) -> Result<(), Failure> {
        let packs = self.packs.load()?;
        let found: Vec<(&Pack, &Rule)> = packs
            .iter()
            .flat_map(|pack| pack.rules.iter().map(move |rule| (pack, rule)))
            .filter(|(_, rule)| rule.id == self.rule)
            .collect();
        if found.is_empty() {
            let ids = packs
                .iter()
                .flat_map(|pack| &pack.rules)
                .map(|rule| rule.id.as_str());
            let remedy = match nearest(&self.rule, ids) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`corewatch rules list` lists them".to_owned(),
            };
            return Err(Failure::wrong(format!(
                "there is no rule `{}`; {remedy}",
                self.rule
            )));
        }
        for (i, (pack, rule)) in found.into_iter().enumerate() {
            if i > 0 {
                writeln!(context.out)?;
            }
            show(context, pack, rule)?;
        }
        Ok(())
    }
}

fn show(context: &mut Context, pack: &Pack, rule: &Rule) -> Result<(), Failure> {
    let out = &mut context.out;
    writeln!(out, "{}", rule.title)?;
    writeln!(
        out,
        "Rule {} of pack {}, {} severity",
        rule.id, pack.id, rule.severity
    )?;
    writeln!(out, "Clause {} of {}", rule.clause, pack.source)?;
    let ladder = rule.ladder.as_deref();
    let told = ladder.map_or("nobody is told".to_owned(), |id| format!("ladder {id}"));
    writeln!(
        out,
        "Shape {}, in each {}; {told}",
        rule.shape.name(),
        rule.during
    )?;
    writeln!(out, "Written at {}", rule.place)?;
    for example in &rule.examples {
        writeln!(out)?;
        writeln!(out, "Example: {}", example.title)?;
        writeln!(out, "  asked on {}", example.as_of)?;
        for period in &example.periods {
            let to = period
                .to
                .map_or("still open".to_owned(), |to| format!("to {to}"));
            writeln!(
                out,
                "  {} {} from {} {to}",
                period.kind, period.id, period.from
            )?;
        }
        for event in &example.events {
            let day = match (event.occurred, event.scheduled) {
                (Some(occurred), _) => format!("on {}", occurred.day),
                (None, Some(booked)) => format!("booked for {}", booked.day),
                (None, None) => "without a day".to_owned(),
            };
            writeln!(out, "  {} {} {day}", event.kind, event.id)?;
        }
        for expected in &example.expect {
            writeln!(
                out,
                "  gives: {} opened {}, due {}, {}",
                expected.anchor, expected.opened, expected.due, expected.state
            )?;
        }
        if example.expect.is_empty() {
            writeln!(out, "  gives nothing")?;
        }
    }
    Ok(())
}
