use std::collections::BTreeMap;

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

/// What is counted, as it is read.
fn tallies(pages: &[RegisterPage]) -> Vec<Run> {
    let pages = pages.iter().map(|page| Run::of_one(page.tallies.clone()));
    pages.collect()
}

/// An entry by itself.
type Said = (String, Outlook, String, Vec<u8>);

/// All that pages say, in the order of the children.
fn said_by(pages: &[RegisterPage]) -> Vec<Said> {
    let (register, tallies) = (Register::of(pages).unwrap(), tallies(pages));
    let entries = register.entries(&tallies).unwrap();
    assert_eq!(entries.len(), register.children());
    let mut said: Vec<Said> = entries
        .iter()
        .map(|entry| {
            let counts = entry.counts.to_vec();
            (entry.child.into(), entry.outlook, entry.team.into(), counts)
        })
        .collect();
    said.sort_by(|a, b| a.0.cmp(&b.0));
    said
}

/// The pages once a pass has found these.
fn with(pages: &[RegisterPage], put: &[Entry<'_>], gone: &[&str]) -> (usize, Vec<RegisterPage>) {
    let register = Register::of(pages).unwrap();
    let mut added = PageBuilder::default();
    put.iter().for_each(|entry| added.put(entry));
    gone.iter().for_each(|child| added.put_gone(child));
    let added = added.into_page(Kind::Added);
    let first = register.first_to_fold(&added);
    let folded = register.folded(first, tallies(&pages[first..]), added);
    (first, [&pages[..first], &folded.unwrap()].concat())
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
    let (ben, dora) = (bare("ben"), entry("dora", &[]));
    let pages = whole_pages(&before);
    let (first, pages) = with(&pages, &[ben.clone(), dora.clone()], &["cleo"]);
    // So few are gathered in at once.
    assert_eq!(first, 0);
    let register = Register::of(&pages).unwrap();
    let at = |child: &str| register.find(child).unwrap();
    let says = |entry: &Entry<'_>| {
        let at = at(entry.child).unwrap();
        register.says_the_same(at, entry).unwrap()
    };
    assert!(says(&entry("anna", &counts)) && says(&ben) && says(&dora));
    assert!(!says(&entry("anna", &[])) && !says(&entry("ben", &[])));
    let elsewhere = Entry {
        team: "south",
        ..dora
    };
    assert!(!says(&elsewhere));
    assert!(at("cleo").is_none() && at("").is_none() && at("zoe").is_none());
    let tallies = tallies(&pages);
    let entries = register.entries(&tallies).unwrap();
    let children: Vec<&str> = entries.iter().map(|entry| entry.child).collect();
    assert_eq!(children, ["anna", "ben", "dora"]);
    assert_eq!(entries[0], entry("anna", &counts));
    let said: Vec<_> = (entries[0].counts().map(Result::unwrap))
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

fn outlook_of(open: usize) -> Outlook {
    let wake = open.is_multiple_of(3).then_some(Instant(open as i64));
    Outlook {
        open,
        wake,
        next: wake.map(|wake| Instant(wake.0 + 7)),
        next_change: open.is_multiple_of(5).then_some(Day(open as i32 - 4_000)),
        begun: open.is_multiple_of(100),
    }
}

/// Entries that differ by a number of each child.
fn entries_of(some: &BTreeMap<String, usize>) -> Vec<Entry<'_>> {
    let entries = some.iter().map(|(child, open)| Entry {
        child,
        outlook: outlook_of(*open),
        team: "north",
        counts: &[7; 90][..open % 90],
    });
    entries.collect()
}

/// Held against a map, over random writings: what it says, who it finds, and what is ahead.
#[test]
fn what_is_added_again_and_again_is_what_was_put_last() {
    let mut random = fastrand::Rng::with_seed(3);
    let name = |number: usize| format!("{number:05}");
    let mut known: BTreeMap<String, usize> = (0..3_000).map(|n| (name(n), n)).collect();
    let mut pages = whole_pages(&entries_of(&known));
    let (mut was_added, mut was_gathered_in) = (0, 0);
    for _ in 0..60 {
        let (mut put, mut gone) = (BTreeMap::new(), Vec::new());
        for number in 0..3_100 {
            match random.u32(0..100) {
                0 => {
                    put.insert(name(number), random.usize(0..9_000));
                }
                1 if known.contains_key(&name(number)) => gone.push(name(number)),
                _ => {}
            }
        }
        known.extend(put.clone());
        known.retain(|child, _| !gone.contains(child));
        let gone: Vec<&str> = gone.iter().map(String::as_str).collect();
        let first;
        (first, pages) = with(&pages, &entries_of(&put), &gone);
        if first == 0 {
            was_gathered_in += 1;
        } else {
            was_added += 1;
        }
        let expected: Vec<_> = known
            .iter()
            .map(|(child, open)| {
                let counts = vec![7; open % 90];
                (child.clone(), outlook_of(*open), "north".to_owned(), counts)
            })
            .collect();
        assert_eq!(said_by(&pages), expected);
        let register = Register::of(&pages).unwrap();
        let mut passed = register.passed();
        let (mut all, mut left) = (Outlook::default(), Vec::new());
        for entry in entries_of(&known) {
            let at = register.find(entry.child).unwrap().unwrap();
            assert!(register.says_the_same(at, &entry).unwrap());
            assert_eq!(register.child(at).unwrap(), entry.child);
            if random.bool() {
                passed.pass(at);
            } else {
                all.add(&entry.outlook);
                left.push(entry.outlook);
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
    let whole = whole_pages(&[entry("anna", &[0, 1])]);
    let damaged = |change: fn(&mut RegisterPage)| {
        let mut pages = whole.clone();
        change(&mut pages[0]);
        assert!(!reads_page(&pages[0].outlooks) || !reads_page(&pages[0].tallies));
        let register = Register::of(&pages);
        register.is_err() || register.unwrap().entries(&tallies(&pages)).is_err()
    };
    assert!(reads_page(&whole[0].outlooks) && reads_page(&whole[0].tallies));
    assert!(damaged(|page| page.outlooks.truncate(20)));
    assert!(damaged(|page| page.outlooks.clear()));
    assert!(damaged(|page| {
        page.outlooks.pop();
    }));
    assert!(damaged(|page| page.tallies.truncate(3)));
    assert!(damaged(|page| page.tallies.clear()));
    // Whose form is of an earlier version is never read, and no damage.
    let mut older = whole.clone();
    older[0].outlooks[0] = 1;
    assert!(Register::of(&older).is_err() && reads_page(&older[0].outlooks));
    // Counts of more or fewer children than the page has.
    let mut more = whole.clone();
    more[0].tallies.extend([0, 0]);
    let register = Register::of(&more).unwrap();
    assert!(register.entries(&tallies(&more)).is_err());
    assert!(register.entries(&[]).is_err());
}
