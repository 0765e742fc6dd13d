use super::*;
use crate::calendar::{Day, Instant};
use crate::rules::State;

fn entry<'a>(child: &'a str, counts: &'a [u8]) -> Entry<'a> {
    Entry {
        child,
        outlook: Outlook {
            next_change: Some(Day(20_000)),
            wake: Some(Instant(-5)),
            next: None,
            begun: true,
            open: 300,
        },
        team: "north",
        counts,
    }
}

fn bare(child: &str) -> Entry<'_> {
    Entry {
        child,
        outlook: Outlook::default(),
        team: "",
        counts: &[],
    }
}

fn children(register: &Register) -> Vec<&str> {
    let entries = register.entries().map(|entry| entry.unwrap().child);
    let mut children: Vec<&str> = entries.collect();
    children.sort_unstable();
    children
}

#[test]
fn the_last_entry_of_a_child_counts_and_who_went_is_not_there() {
    let mut counts = Vec::new();
    let found = [
        (0, State::Met, -9),
        (0, State::Met, -900),
        (0, State::Overdue, -200),
        (0, State::Overdue, -100),
        (0, State::Overdue, -90),
        (3, State::Pending, 4),
    ];
    let today = Day(20_700);
    let found = found.map(|(rule, state, due)| Counted {
        rule,
        state,
        due: today.plus(due),
    });
    put_counts(&mut counts, found.into_iter(), today);
    let names = ["anna", "ben", "cleo"];
    let before: Vec<Entry<'_>> = names.iter().map(|name| entry(name, &counts)).collect();
    let register = Register::of(whole_pages(&before)).unwrap();
    let (ben, dora) = (bare("ben"), entry("dora", &[]));
    let (kept, pages) = register.rewritten(&[&ben, &dora], &["cleo"]).unwrap();
    // So few are gathered in at once.
    assert_eq!(kept, 0);
    let register = Register::of(pages).unwrap();
    assert_eq!(children(&register), ["anna", "ben", "dora"]);
    let at = |child| register.find(child).unwrap();
    let said = |child| register.entry(at(child).unwrap()).unwrap();
    assert_eq!(said("anna"), entry("anna", &counts));
    assert_eq!((said("ben"), said("dora")), (ben, dora));
    assert!(at("cleo").is_none() && at("").is_none() && at("zoe").is_none());
    let said: Vec<_> = (said("anna").counts().map(Result::unwrap))
        .map(|(c, count)| (c.rule, c.state, count, today.since(c.due).min(999)))
        .collect();
    assert_eq!(
        said,
        [
            (0, State::Met, 1, 9),
            (0, State::Met, 1, 999),
            (0, State::Overdue, 2, 200),
            (0, State::Overdue, 1, 90),
            (3, State::Pending, 1, -4)
        ]
    );
}

/// Held against a map, over random writings: what it says, who it finds, and what is ahead.
#[test]
fn what_is_added_again_and_again_is_what_was_put_last() {
    let mut random = fastrand::Rng::with_seed(3);
    let name = |number: usize| format!("{number:05}");
    let entry = |child: &str, open: usize| -> (String, Outlook) {
        let wake = open.is_multiple_of(3).then_some(Instant(open as i64));
        let outlook = Outlook {
            open,
            wake,
            next: wake.map(|wake| Instant(wake.0 + 7)),
            next_change: open.is_multiple_of(5).then_some(Day(open as i32 - 4_000)),
            begun: open.is_multiple_of(100),
        };
        (child.to_owned(), outlook)
    };
    let as_entry = |(child, outlook): &(String, Outlook)| -> (String, Outlook, Vec<u8>) {
        (child.clone(), *outlook, vec![7; outlook.open % 90])
    };
    let mut known: std::collections::BTreeMap<String, Outlook> =
        (0..3_000).map(|n| entry(&name(n), n)).collect();
    let owned: Vec<_> = known
        .clone()
        .iter()
        .map(|(c, o)| as_entry(&(c.clone(), *o)))
        .collect();
    let whole: Vec<Entry<'_>> = owned
        .iter()
        .map(|(child, outlook, counts)| Entry {
            child,
            outlook: *outlook,
            team: "",
            counts,
        })
        .collect();
    let mut pages = whole_pages(&whole);
    let (mut was_added, mut was_gathered_in) = (0, 0);
    for _ in 0..60 {
        let register = Register::of(pages.clone()).unwrap();
        let mut put: Vec<(String, Outlook, Vec<u8>)> = Vec::new();
        let mut gone: Vec<String> = Vec::new();
        for number in 0..3_100 {
            match random.u32(0..100) {
                0 => put.push(as_entry(&entry(&name(number), random.usize(0..9_000)))),
                1 if known.contains_key(&name(number)) => gone.push(name(number)),
                _ => {}
            }
        }
        for (child, outlook, _) in &put {
            known.insert(child.clone(), *outlook);
        }
        gone.iter().for_each(|child| {
            known.remove(child);
        });
        let entries: Vec<Entry<'_>> = put
            .iter()
            .map(|(child, outlook, counts)| Entry {
                child,
                outlook: *outlook,
                team: "",
                counts,
            })
            .collect();
        let entries: Vec<&Entry<'_>> = entries.iter().collect();
        let gone: Vec<&str> = gone.iter().map(String::as_str).collect();
        let (kept, more) = register.rewritten(&entries, &gone).unwrap();
        if kept == 0 {
            was_gathered_in += 1;
        } else {
            was_added += 1;
        }
        pages.truncate(kept);
        pages.extend(more);
        let register = Register::of(pages.clone()).unwrap();
        let names: Vec<&str> = known.keys().map(String::as_str).collect();
        assert_eq!(children(&register), names);
        assert_eq!(register.children(), known.len());
        let mut passed = register.passed();
        let (mut all, mut left) = (Outlook::default(), Vec::new());
        for (child, outlook) in &known {
            let at = register.find(child).unwrap().unwrap();
            let said = register.entry(at).unwrap();
            assert_eq!(
                (said.outlook, said.counts.len()),
                (*outlook, outlook.open % 90)
            );
            assert_eq!(register.child(at).unwrap(), child);
            if random.bool() {
                passed.pass(at);
            } else {
                all.add(outlook);
                left.push(*outlook);
            }
        }
        let now = Instant(random.i64(0..9_000));
        let (said, next) = register.ahead(&passed, now);
        assert_eq!(said, all);
        let later = (left.iter().filter_map(|outlook| outlook.next)).filter(|next| *next > now);
        assert_eq!(next, later.min());
        let due = left.iter().filter(|o| o.begun || o.is_due(Day(0), now));
        assert_eq!(register.due(&passed, Day(0), now).len(), due.count());
    }
    assert!(
        was_added > 10 && was_gathered_in > 1,
        "{was_added} {was_gathered_in}"
    );
}

#[test]
fn a_damaged_page_is_told() {
    let whole = whole_pages(&[entry("anna", &[1, 1])]);
    let mut cut = whole.clone();
    cut[0].pop();
    let register = Register::of(cut).unwrap();
    assert!(register.entries().any(|entry| entry.is_err()));
    let mut shorter = whole.clone();
    shorter[0].truncate(20);
    assert!(Register::of(shorter).is_err());
    let mut older = whole;
    older[0][0] = 1;
    assert!(Register::of(older).is_err());
    assert!(Register::of(vec![Vec::new()]).is_err());
}
