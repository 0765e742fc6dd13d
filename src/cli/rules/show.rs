//! `corewatch rules show`: one rule as a service manager reads it.

use std::io::Write;

use clap::Args;

use super::{Context, Failure, Packs};
use crate::calendar::{Moment, Zone};
use crate::document::{Scalar, nearest};
use crate::rules::{Example, Pack, Rule, wrapped};

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
    writeln!(out, "{}", wrapped("", &rule.title))?;
    writeln!(out, "{}", wrapped("", &rule.cited()))?;
    writeln!(
        out,
        "Rule {} of pack {}, {} severity",
        rule.id, pack.id, rule.severity
    )?;
    writeln!(out, "Written at {}", rule.place)?;
    writeln!(out)?;
    writeln!(out, "What it asks for ({})", rule.shape.name())?;
    let ladder = rule.ladder.as_deref();
    let told = ladder.map_or("Nobody is told.".to_owned(), |id| {
        format!("Told by the ladder {id}.")
    });
    for sentence in rule.in_words().iter().chain([&told]) {
        writeln!(out, "{}", wrapped("  ", sentence))?;
    }
    for example in &rule.examples {
        writeln!(out)?;
        writeln!(
            out,
            "{}",
            wrapped("", &format!("Example: {}", example.title))
        )?;
        for line in facts(example) {
            writeln!(out, "{}", wrapped("  ", &line))?;
        }
    }
    Ok(())
}

/// An example, a line for each thing in it.
fn facts(example: &Example) -> Vec<String> {
    let mut lines = vec![format!("asked on {}", example.as_of)];
    lines.extend(example.born.map(|born| format!("child born on {born}")));
    for period in &example.periods {
        let to = period
            .to
            .map_or("still open".to_owned(), |to| format!("to {to}"));
        let (kind, id, from) = (&period.kind, &period.id, period.from);
        let with = attributes(&period.attributes);
        lines.push(format!("{kind} {id} from {from} {to}{with}"));
    }
    for event in &example.events {
        let when = match (event.occurred, event.scheduled) {
            (Some(occurred), _) => format!("on {}", moment(occurred)),
            (None, Some(booked)) => format!("booked for {}", moment(booked)),
            (None, None) => "without a day".to_owned(),
        };
        let about = event.about.as_ref();
        let about = about.map_or_else(String::new, |about| format!(", about {about}"));
        let written = event.recorded.map_or_else(String::new, |recorded| {
            format!(", written up on {}", moment(recorded))
        });
        let with = attributes(&event.attributes);
        let (kind, id) = (&event.kind, &event.id);
        lines.push(format!("{kind} {id} {when}{about}{written}{with}"));
    }
    for expected in &example.expect {
        let closed = expected
            .closed
            .map_or_else(String::new, |closed| format!(" on {closed}"));
        lines.push(format!(
            "gives: {} opened {}, due {}, {}{closed}",
            expected.anchor, expected.opened, expected.due, expected.state
        ));
    }
    if example.expect.is_empty() {
        lines.push("gives nothing".to_owned());
    }
    lines
}

/// A local day, with its time where it has one.
fn moment(moment: Moment) -> String {
    match moment.at {
        None => moment.day.to_string(),
        Some(at) => format!(
            "{} {}",
            moment.day,
            Zone::LONDON.time_of(at).format("%H:%M")
        ),
    }
}

/// What is recorded besides, in brackets.
fn attributes(attributes: &[(String, Scalar)]) -> String {
    let each = attributes.iter().map(|(name, value)| {
        let name = name.replace('_', " ");
        match value {
            Scalar::Bool(true) => format!("{name}: yes"),
            Scalar::Bool(false) => format!("{name}: no"),
            Scalar::Int(number) => format!("{name}: {number}"),
            Scalar::Text(text) if text.is_empty() => format!("{name}: nothing"),
            Scalar::Text(text) => format!("{name}: {text}"),
        }
    });
    let each: Vec<String> = each.collect();
    if each.is_empty() {
        return String::new();
    }
    format!(" ({})", each.join(", "))
}
