//! What a pass of a history sent, held against the model: who is told what, and whether what the
//! messages say of each case is so on that day.

use std::collections::BTreeSet;

use super::History;
use super::expected::{Line, Told};
use super::text::{Mail, Said};
use super::world::Truth;

impl History<'_> {
    /// What arrived of a pass is what the model expects, and what it says is so.
    pub(super) fn check(&mut self, expected: &Told, mails: &[Mail]) {
        let at = self.now;
        let mut told = Told::new();
        for mail in mails {
            for (child, line) in &mail.tells {
                let lines = told.entry((mail.to.clone(), *child)).or_default();
                assert!(
                    lines.insert(line.clone()),
                    "{at}: twice in one pass: {mail:?}"
                );
            }
        }
        assert_eq!(told, *expected, "at {at} ({:?})", self.world.children);

        let twice: usize = self.copies.values().map(|copies| copies - 1).sum();
        assert!(
            twice <= self.crashes,
            "{twice} copies after {} crashes",
            self.crashes
        );

        let today = self.today();
        let mut digests = BTreeSet::new();
        for mail in mails {
            if mail.is_now {
                let children: BTreeSet<usize> =
                    mail.tells.iter().map(|(child, _)| *child).collect();
                assert_eq!(children.len(), 1, "one message an obligation: {mail:?}");
            } else {
                assert!(
                    digests.insert(mail.to.clone()),
                    "{at}: two digests for {}",
                    mail.to
                );
                self.model.had_digest(&mail.to, today);
            }
            assert_eq!(
                mail.says,
                self.so(mail, mails),
                "{at}: {} is not so",
                mail.to
            );
        }
    }

    /// What a message should say, by what is so on its day.
    fn so(&self, mail: &Mail, mails: &[Mail]) -> Vec<Said> {
        let today = self.today();
        let mut so = Vec::new();
        for (child, case) in self.world.children.iter().enumerate() {
            let lines: Vec<&Line> = mail
                .tells
                .iter()
                .filter(|(of, _)| *of == child)
                .map(|(_, line)| line)
                .collect();
            let is_open = case.truth(today) == Truth::Open;
            let told_beside = mails.iter().any(|other| {
                other.is_now
                    && other.to == mail.to
                    && other.tells.iter().any(|(of, _)| *of == child)
            });
            let known =
                is_open && self.model.told_to(child, &mail.to) && !mail.is_now && !told_beside;
            if lines.is_empty() && !known {
                continue;
            }
            let section = match lines.as_slice() {
                _ if mail.is_now => "",
                [Line::Closed(_)] => "CLOSED",
                _ if self.model.acknowledged(child, today) => "ACKNOWLEDGED",
                [] => "STILL OPEN",
                _ => "NEW TODAY",
            };
            so.push(Said {
                child,
                section: section.to_owned(),
                headline: self.headline(child, &lines, &mail.says),
            });
        }
        so.sort();
        so
    }

    /// The line above a case: of one that is open how long over it is, to the day; of one that is
    /// closed what it says, where that fits how it was closed.
    fn headline(&self, child: usize, lines: &[&Line], says: &[Said]) -> String {
        let case = &self.world.children[child];
        let said = says.iter().find(|said| said.child == child);
        let said = said.map_or_else(String::new, |said| said.headline.clone());
        if let [Line::Closed(reason)] = lines {
            let begins = match reason.as_str() {
                "met" | "met_late" => "Met ",
                "missed" => "Missed",
                "cancelled" => "Ended",
                _ => "Withdrawn",
            };
            let fits =
                said.starts_with(begins) && (reason == "met_late") == said.contains(" late ");
            return if fits { said } else { format!("{begins}…") };
        }
        let Some(due) = case.due() else {
            return "nothing".to_owned();
        };
        let over = (self.today() - due).num_days();
        let days = |n: i64| {
            if n == 1 {
                "1 DAY".to_owned()
            } else {
                format!("{n} DAYS")
            }
        };
        let state = match over {
            0 => "DUE TODAY".to_owned(),
            -1 => "DUE TOMORROW".to_owned(),
            1.. => format!("OVERDUE {}", days(over)),
            _ => format!("DUE IN {}", days(-over)),
        };
        if lines.contains(&&Line::Reopened) {
            return format!("OPEN AGAIN: {state}");
        }
        state
    }
}
