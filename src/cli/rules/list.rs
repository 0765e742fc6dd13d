//! `corewatch rules list`: the rules of some packs, a line each.

use std::io::Write;

use clap::Args;

use super::{Context, Failure, Packs};

/// List rules, a line each: severity, id, clause, title.
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    packs: Packs,
}

impl List {
    pub(super) fn run(self, context: &mut Context) -> Result<(), Failure> {
        for (i, pack) in self.packs.load()?.iter().enumerate() {
            if i > 0 {
                writeln!(context.out)?;
            }
            writeln!(context.out, "{}: {}", pack.id, pack.procedure.title)?;
            writeln!(context.out, "{}", pack.procedure.source)?;
            let width = pack
                .rules
                .iter()
                .map(|rule| rule.id.len())
                .max()
                .unwrap_or(0);
            let mut rules: Vec<_> = pack.rules.iter().collect();
            rules.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.id.cmp(&b.id)));
            for rule in rules {
                // An inherited rule's clause stands in another document.
                let clause = match rule.procedure == pack.procedure {
                    true => rule.clause.clone(),
                    false => rule.cited(),
                };
                writeln!(
                    context.out,
                    "  {:8}  {:width$}  {} [{}]",
                    rule.severity.name(),
                    rule.id,
                    rule.title,
                    clause
                )?;
            }
        }
        Ok(())
    }
}
