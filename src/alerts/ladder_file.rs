//! Reading ladders from the site's file, every fault told at once (SPEC 7).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::ladder::{At, Ladder, Ladders, Send, Step, To};
use crate::calendar::Duration;
use crate::document::{Document, Fault, Faults, Place, Table, nearest};

/// The roles that every site has.
const ROLES: [&str; 4] = [
    "key_worker",
    "team_manager",
    "service_manager",
    "head_of_service",
];

impl Ladders {
    /// What is wrong where a step names a role that nobody fills: neither one that every site has nor
    /// one of the configuration's `known`.
    pub fn unknown_roles<'a>(&self, known: impl Iterator<Item = &'a str> + Clone) -> Faults {
        let unknown = self
            .named_roles
            .iter()
            .filter(|(name, _)| !known.clone().any(|k| k == name));
        Faults(
            unknown
                .map(|(name, place)| unknown_role(name, place, known.clone()))
                .collect(),
        )
    }

    /// Reads the ladders of a document.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn parse(document: &Document) -> Result<Ladders, Faults> {
        let mut named_roles = Vec::new();
        let by_id = document.parse(|top| {
            let mut by_id: BTreeMap<String, Arc<Ladder>> = BTreeMap::new();
            let read = top.tables("ladder", |table| ladder(table, &mut named_roles));
            for (ladder, place) in read {
                if by_id.contains_key(&ladder.id) {
                    top.fault(Fault::new(
                        place,
                        format!("a second ladder `{}`", ladder.id),
                        "each ladder needs an id of its own",
                    ));
                }
                by_id.insert(ladder.id.clone(), Arc::new(ladder));
            }
            Some(by_id)
        })?;
        Ok(Ladders { by_id, named_roles })
    }
}

fn unknown_role<'a>(name: &str, place: &Place, known: impl Iterator<Item = &'a str>) -> Fault {
    let what = format!("nobody fills the role `{name}`");
    let known: Vec<&str> = ROLES.into_iter().chain(known).collect();
    match nearest(name, known.iter().copied()) {
        Some(near) => Fault::new(place.clone(), what, format!("did you mean `{near}`?")),
        None => Fault::new(
            place.clone(),
            what,
            "name it under `roles` of the authority, or write an address as `mailto:name@domain`",
        ),
    }
}

fn ladder(table: &mut Table<'_>, named: &mut Vec<(String, Place)>) -> Option<(Ladder, Place)> {
    let id = table.need_text("id");
    let always = match table.text("hours") {
        None => false,
        Some(text) if text.value == "always" => true,
        Some(text) => {
            table.fault(Fault::new(
                text.place,
                format!("`hours` is `{}`", text.value),
                "write `always`, or leave it out for the site's sending hours",
            ));
            false
        }
    };
    let steps = table.tables("step", |table| {
        Some((step(table, named)?, table.place_of("repeat")))
    });
    if !table.has("step") {
        table.fault(Fault::new(
            table.place(),
            "a ladder without a step",
            "give it at least one `[[ladder.step]]`",
        ));
    }
    let last = steps.len().saturating_sub(1);
    for (_, place) in steps[..last]
        .iter()
        .filter(|(step, _)| step.repeat.is_some())
    {
        table.fault(Fault::new(
            place.clone(),
            "`repeat` on a step that is not the last",
            "only the last step of a ladder repeats",
        ));
    }
    let place = table.place_of("id");
    let steps = steps.into_iter().map(|(step, _)| step).collect();
    Some((Ladder::new(&id?.value, always, steps), place))
}

fn step(table: &mut Table<'_>, named: &mut Vec<(String, Place)>) -> Option<Step> {
    let at = table.need_parsed::<At>("at");
    let to = recipients(table, named);
    let send = match table.text("send") {
        None => Send::Digest,
        Some(text) => match text.value.as_str() {
            "digest" => Send::Digest,
            "now" => Send::Now,
            other => {
                table.fault(Fault::new(
                    text.place,
                    format!("`send` is `{other}`"),
                    "write `digest` or `now`",
                ));
                Send::Digest
            }
        },
    };
    let place = table.place_of("repeat");
    let repeat = table.parsed::<Duration>("repeat");
    if repeat.is_some_and(|repeat| repeat.count == 0) {
        table.fault(Fault::new(
            place,
            "`repeat` of no time at all",
            "write how often, as in `5 working days`",
        ));
    }
    Some(Step {
        at: at?,
        to: to?,
        send,
        repeat,
    })
}

fn recipients(table: &mut Table<'_>, named: &mut Vec<(String, Place)>) -> Option<Vec<To>> {
    if !table.has("to") {
        table.missing("to");
        return None;
    }
    let texts = table.texts("to")?;
    if texts.is_empty() {
        table.fault(Fault::new(
            table.place_of("to"),
            "a step that is told to nobody",
            "name at least one role or `mailto:` address",
        ));
    }
    let mut to = Vec::with_capacity(texts.len());
    for text in texts {
        let name = text.value.trim();
        if let Some(address) = name.strip_prefix("mailto:") {
            match address.parse() {
                Ok(address) => to.push(To::Address(address)),
                Err(error) => table.fault(Fault::plain(text.place, format!("`to`: {error}"))),
            }
        } else if let Some(role) = To::named(name) {
            to.push(role);
        } else if name.contains('@') {
            table.fault(Fault::new(
                text.place,
                format!("`to` names the address `{name}` bare"),
                format!("write `mailto:{name}`"),
            ));
        } else {
            named.push((name.to_owned(), text.place));
            to.push(To::Named(name.to_owned()));
        }
    }
    Some(to)
}

/// Reads a file of ladders.
///
/// # Errors
/// Every fault of it at once, or that it cannot be read.
pub fn load_ladders(path: &Path) -> Result<Ladders, Faults> {
    Ladders::parse(&Document::read(path)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Unit;

    const STANDARD: &str = r#"
[[ladder]]
id = "standard"
[[ladder.step]]
at = "due - 5 working days"
to = ["key_worker"]
send = "digest"
[[ladder.step]]
at = "due + 1 day"
to = ["key_worker", "team_manager"]
[[ladder.step]]
at = "due + 10 working days"
to = ["head_of_service", "mailto:safeguarding.duty@example.gov.uk", "on_call"]
repeat = "5 working days"
[[ladder]]
id = "urgent"
hours = "always"
[[ladder.step]]
at = "opened"
to = "key_worker"
send = "now"
"#;

    fn read(text: &str) -> Result<Ladders, Faults> {
        Ladders::parse(&Document::new("ladders.toml", text))
    }

    #[test]
    fn a_ladder_reads_as_it_is_written() {
        let ladders = read(STANDARD).unwrap();
        let standard = ladders.get("standard").unwrap();
        let at: Vec<String> = standard.steps.iter().map(|s| s.at.to_string()).collect();
        assert_eq!(
            at,
            [
                "due - 5 working days",
                "due + 1 day",
                "due + 10 working days"
            ]
        );
        assert_eq!(standard.steps[1].to, [To::KeyWorker, To::TeamManager]);
        assert_eq!(
            standard.steps[2].repeat,
            Some(Duration::new(5, Unit::WorkingDay))
        );
        assert!(!standard.always);
        let urgent = ladders.get("urgent").unwrap();
        assert!(urgent.always);
        assert_eq!(urgent.steps[0].send, Send::Now);
        assert!(ladders.get("other").is_none());
    }

    #[test]
    fn times_are_read_with_and_without_blanks() {
        for (text, shown) in [
            ("opened", "opened"),
            ("due", "due"),
            ("due+2 working days", "due + 2 working days"),
            ("due - 36 hours", "due - 36 hours"),
            ("opened + 1 month", "opened + 1 month"),
            ("due + 1 week", "due + 1 week"),
        ] {
            assert_eq!(text.parse::<At>().unwrap().to_string(), shown);
        }
        for text in [
            "",
            "dues",
            "due 3 days",
            "due + days",
            "closed + 1 day",
            "due * 2 days",
        ] {
            assert!(text.parse::<At>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_changes_a_ladder_changes_its_fingerprint() {
        let first = read(STANDARD).unwrap();
        let again = read(STANDARD).unwrap();
        let later = read(&STANDARD.replace("due + 1 day", "due + 2 days")).unwrap();
        let print = |l: &Ladders| l.get("standard").unwrap().fingerprint.clone();
        assert_eq!(print(&first), print(&again));
        assert_ne!(print(&first), print(&later));
    }

    #[test]
    fn a_role_that_nobody_fills_is_told_with_the_nearest() {
        let ladders = read(STANDARD).unwrap();
        assert_eq!(
            ladders.unknown_roles(["on_call"].into_iter()),
            Faults::default()
        );
        let faults = ladders.unknown_roles(["on_calls"].into_iter());
        assert_eq!(
            faults.to_string(),
            "ladders.toml:13:69: nobody fills the role `on_call`; did you mean `on_calls`?"
        );
    }

    #[test]
    fn every_fault_of_a_file_is_told_at_once() {
        let faults = read(
            r#"
[[ladder]]
id = "a"
hours = "sometimes"
[[ladder.step]]
at = "when due"
to = ["key_worker"]
[[ladder.step]]
at = "due"
to = []
repeat = "0 days"
[[ladder.step]]
at = "due + 1 day"
to = ["duty@example.gov.uk", "mailto:nobody"]
sent = "now"
[[ladder]]
id = "a"
"#,
        )
        .unwrap_err();
        let lines: Vec<String> = faults.0.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        ladders.toml:4:9: `hours` is `sometimes`; write `always`, or leave it out for the site's sending hours
        ladders.toml:6:6: `at`: `when due` is not a time of a step; write `opened` or `due`, alone or with a duration, as in `due - 5 working days` or `opened + 4 hours`
        ladders.toml:10:6: a step that is told to nobody; name at least one role or `mailto:` address
        ladders.toml:11:10: `repeat` of no time at all; write how often, as in `5 working days`
        ladders.toml:11:10: `repeat` on a step that is not the last; only the last step of a ladder repeats
        ladders.toml:14:7: `to` names the address `duty@example.gov.uk` bare; write `mailto:duty@example.gov.uk`
        ladders.toml:14:30: `to`: `nobody` is not an address; write name@domain
        ladders.toml:15:1: unknown key `sent`; did you mean `send`?
        ladders.toml:16:1: a ladder without a step; give it at least one `[[ladder.step]]`
        ladders.toml:17:6: a second ladder `a`; each ladder needs an id of its own
        ");
    }
}
