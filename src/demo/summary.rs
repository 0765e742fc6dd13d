//! What a pass over the demo found, in a page: the first thing that a newcomer reads.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::calendar::{Day, Instant};
use crate::daemon::{Authority, Cases, EvaluationError, Installation};
use crate::rules::State;
use crate::store::{Store, Transaction, copy, mail};

/// How many of the longest overdue are shown.
const LONGEST: usize = 8;
/// How many of those who were written to are shown.
const WRITTEN_TO: usize = 10;

/// The page.
#[derive(Debug, Default)]
pub struct Summary {
    program: String,
    folder: PathBuf,
    name: String,
    today: Day,
    children: u64,
    rows: u64,
    quarantined: usize,
    rules: Vec<RuleLine>,
    unmeasured: Vec<(String, String)>,
    longest: Vec<Overdue>,
    written_to: Vec<WrittenTo>,
}

/// A rule with its obligations by state.
#[derive(Debug, Default, Clone)]
struct RuleLine {
    id: String,
    counts: BTreeMap<State, u64>,
}

/// An obligation that is overdue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Overdue {
    days: i64,
    due: Day,
    case_ref: String,
    rule: String,
    id: String,
}

/// Somebody who was written to in the pass.
#[derive(Debug)]
struct WrittenTo {
    address: String,
    role: String,
    mails: i64,
}

impl Summary {
    /// What there is to say of the demo in `folder` after the pass at `now`; `program` is how the
    /// reader calls this one.
    ///
    /// # Errors
    /// Names that the rules read and nobody knows; what the store says.
    pub async fn of(
        program: &str,
        folder: &Path,
        installation: &Installation,
        store: &Store,
        now: Instant,
    ) -> Result<Summary, EvaluationError> {
        let mut summary = Summary {
            program: program.to_owned(),
            folder: folder.to_owned(),
            ..Summary::default()
        };
        let mut tx = store.snapshot().await?;
        for authority in &installation.authorities {
            summary.add(&mut tx, authority, now).await?;
        }
        Ok(summary)
    }

    async fn add(
        &mut self,
        tx: &mut Transaction,
        authority: &Authority,
        now: Instant,
    ) -> Result<(), EvaluationError> {
        let id = &authority.settings.id;
        self.name = authority.settings.name.clone();
        self.today = authority.calendar.zone.day_of(now);
        if let Some(reading) = copy::last_accepted(tx, id).await? {
            self.children = reading.children;
            self.rows = reading.rows;
        }
        self.quarantined = copy::quarantine(tx, id).await?.len();
        let cases = Cases::read(tx, authority, None).await?;
        self.count(authority, &cases)?;
        for unmeasured in &cases.rules.unmeasured {
            let rule = cases.rules.rules[unmeasured.rule].id.clone();
            self.unmeasured.push((rule, unmeasured.reasons.join("; ")));
        }
        let staff = copy::staff(tx, id).await?;
        for (address, mails) in mail::sent_since(tx, id, now).await? {
            let known = staff.people.values().find(|person| {
                let email = person.email.as_deref();
                email.is_some_and(|email| email.eq_ignore_ascii_case(&address))
            });
            let role = known.and_then(|person| person.role.clone());
            self.written_to.push(WrittenTo {
                role: role.unwrap_or_default(),
                address,
                mails,
            });
        }
        Ok(())
    }

    fn count(&mut self, authority: &Authority, cases: &Cases) -> Result<(), EvaluationError> {
        let rules = &cases.rules.rules;
        let mut lines: Vec<RuleLine> = rules
            .iter()
            .map(|rule| RuleLine {
                id: rule.id.clone(),
                ..RuleLine::default()
            })
            .collect();
        type Counted = (BTreeMap<(usize, State), u64>, Vec<Overdue>);
        let runs = cases.evaluate(
            authority,
            self.today,
            |(counts, overdue): &mut Counted, timeline, obligations| {
                for obligation in obligations {
                    *counts
                        .entry((obligation.rule, obligation.state))
                        .or_default() += 1;
                    if obligation.state != State::Overdue {
                        continue;
                    }
                    let rule = &rules[obligation.rule];
                    overdue.push(Overdue {
                        days: obligation.days_over,
                        due: obligation.due,
                        case_ref: timeline.child.case_ref.to_owned(),
                        rule: rule.id.clone(),
                        id: cases.rules.obligation_id(
                            &authority.settings.id,
                            timeline.child.id,
                            obligation,
                        ),
                    });
                }
            },
        )?;
        for (counts, overdue) in runs {
            for ((rule, state), count) in counts {
                *lines[rule].counts.entry(state).or_default() += count;
            }
            self.longest.extend(overdue);
        }
        self.longest.sort_by(|a, b| b.cmp(a));
        self.longest.truncate(LONGEST);
        lines.retain(|line| !line.counts.is_empty());
        self.rules.extend(lines);
        Ok(())
    }
}

impl RuleLine {
    fn of(&self, state: State) -> u64 {
        self.counts.get(&state).copied().unwrap_or(0)
    }

    /// The share met on time of all that had to be met by now, in percent.
    fn on_time(&self) -> Option<u64> {
        let met = self.of(State::Met);
        let not = self.of(State::MetLate) + self.of(State::Overdue) + self.of(State::Missed);
        (met * 100).checked_div(met + not)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, today) = (&self.name, self.today);
        let (children, rows) = (self.children, self.rows);
        writeln!(
            f,
            "{name} (made up) on {today}: {children} children, {rows} rows\n"
        )?;
        self.write_rules(f)?;
        if self.quarantined > 0 {
            writeln!(
                f,
                "quarantine: {} rows cannot be used; `sync --quarantine` lists them",
                self.quarantined
            )?;
        }
        self.write_longest(f)?;
        self.write_written_to(f)?;
        self.write_next(f)
    }
}

impl Summary {
    fn write_rules(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = RuleLine {
            id: "all".to_owned(),
            ..RuleLine::default()
        };
        write!(f, "{:32}", "duties by rule")?;
        for state in State::ALL {
            write!(f, " {:>9}", state.name())?;
        }
        writeln!(f, " {:>8}", "on time")?;
        for line in &self.rules {
            write_rule(f, line)?;
            for (state, count) in &line.counts {
                *all.counts.entry(*state).or_default() += count;
            }
        }
        write_rule(f, &all)?;
        for (rule, why) in &self.unmeasured {
            writeln!(f, "unmeasured: {rule}: {why}")?;
        }
        Ok(())
    }

    fn write_longest(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nlongest overdue")?;
        for overdue in &self.longest {
            let Overdue {
                days,
                due,
                case_ref,
                rule,
                id,
            } = overdue;
            writeln!(
                f,
                "  {days:>4} days  due {due}  {case_ref:12} {rule:32} {id}"
            )?;
        }
        Ok(())
    }

    fn write_written_to(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mails: i64 = self.written_to.iter().map(|to| to.mails).sum();
        let people = self.written_to.len();
        writeln!(
            f,
            "\nwritten to in this pass: {mails} mails, {people} addresses"
        )?;
        for to in self.written_to.iter().take(WRITTEN_TO) {
            let WrittenTo {
                address,
                role,
                mails,
            } = to;
            writeln!(f, "  {mails:>4}  {address:42} {role}")?;
        }
        if people > WRITTEN_TO {
            writeln!(f, "        and {} more", people - WRITTEN_TO)?;
        }
        Ok(())
    }

    fn write_next(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (program, folder) = (&self.program, self.folder.display());
        let config = format!("--config {folder}/corewatch.toml");
        writeln!(f, "\nwhere to look next")?;
        writeln!(
            f,
            "  {folder}/outbox/*.eml        the mails; any mail program opens them"
        )?;
        writeln!(
            f,
            "  {folder}/corewatch.toml      the configuration, source file, ladders and pack beside it"
        )?;
        writeln!(f, "  {program} evaluate {config}    every duty, one a line")?;
        if let Some(overdue) = self.longest.first() {
            let id = &overdue.id;
            writeln!(
                f,
                "  {program} explain {id} {config}    how one was reckoned"
            )?;
        }
        writeln!(f, "  {program} check {config}    what is amiss")
    }
}

fn write_rule(f: &mut fmt::Formatter<'_>, line: &RuleLine) -> fmt::Result {
    write!(f, "{:32}", line.id)?;
    for state in State::ALL {
        match line.of(state) {
            0 => write!(f, " {:>9}", "-")?,
            count => write!(f, " {count:>9}")?,
        }
    }
    match line.on_time() {
        None => writeln!(f, " {:>8}", "-"),
        Some(percent) => writeln!(f, " {percent:>6} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_reads_from_what_is_due_to_where_to_look() {
        let counts = [
            (State::Met, 170),
            (State::MetLate, 19),
            (State::Pending, 16),
        ];
        let summary = Summary {
            program: "corewatch".to_owned(),
            folder: "demo".into(),
            name: "Ashmere".to_owned(),
            today: "2026-11-20".parse().unwrap(),
            children: 303,
            rows: 9300,
            quarantined: 2,
            rules: vec![RuleLine {
                id: "first-core-group".to_owned(),
                counts: BTreeMap::from(counts),
            }],
            unmeasured: vec![("supervision".to_owned(), "no event".to_owned())],
            longest: vec![Overdue {
                days: 12,
                due: "2026-11-08".parse().unwrap(),
                case_ref: "ASH-100234".to_owned(),
                rule: "first-core-group".to_owned(),
                id: "01h0mg0s7rx3q".to_owned(),
            }],
            written_to: vec![WrittenTo {
                address: "rachel.reid@ashmere.example".to_owned(),
                role: "Team Manager".to_owned(),
                mails: 3,
            }],
        };
        insta::assert_snapshot!(summary);
    }
}
