//! Made-up letters: what the tests of this room read, and what a site's own templates are tried with.

use super::letter::*;
use crate::calendar::{Day, Instant};
use crate::rules::{Severity, State};
use crate::words::Language;

pub(super) fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

pub(super) fn instant(text: &str) -> Instant {
    text.parse().expect("an instant")
}

fn address(text: &str) -> Address {
    text.parse().expect("an address")
}

/// One letter of each kind, in a language.
pub(super) fn all(language: Language) -> Vec<Letter> {
    let letters = [now(), digest(), baseline(), operations()].into_iter();
    letters
        .map(|letter| Letter { language, ..letter })
        .collect()
}

pub(super) fn step(number: u32, why: Role) -> Tell {
    Tell::Step(Step {
        number,
        of: 4,
        ladder: "standard".to_owned(),
        turn: 0,
        why: Why {
            role: why,
            covering: None,
            passed_up: false,
        },
    })
}

/// A visit six days over, as a team manager sees it.
pub(super) fn visit() -> Entry {
    Entry {
        obligation: "4kd81m2qx0za7".to_owned(),
        rule: "child-seen-4-weeks".to_owned(),
        title: "Child seen every four weeks".to_owned(),
        clause: "4.2".to_owned(),
        document: "Child protection procedures".to_owned(),
        severity: Severity::Critical,
        case_ref: "LUT-2031".to_owned(),
        case_url: Some("https://cases.example.gov.uk/case/LUT-2031?tab=visits&x=1".to_owned()),
        family: None,
        team: Some("Family Support East".to_owned()),
        key_workers: vec!["Priya Shah".to_owned()],
        opened: day("2026-05-01"),
        due: day("2026-05-29"),
        due_time: None,
        days_over: 6,
        working_days_over: 4,
        state: State::Overdue,
        booked: None,
        asked: Asked {
            words: Some("visit the child, and see them".to_owned()),
            ..Asked::default()
        },
        section: Section::New,
        acknowledged: None,
        tells: vec![step(2, Role::TeamManager)],
    }
}

/// A core group that is due soon, and booked too late.
pub(super) fn core_group() -> Entry {
    Entry {
        obligation: "9wm3c5t1b6eg2".to_owned(),
        rule: "core-group-4-weeks".to_owned(),
        title: "Core group every four weeks".to_owned(),
        clause: "1.2.6".to_owned(),
        document: "Guidance for core groups, v1.0".to_owned(),
        severity: Severity::High,
        case_ref: "LUT-1987".to_owned(),
        case_url: None,
        family: None,
        team: None,
        key_workers: Vec::new(),
        opened: day("2026-05-11"),
        due: day("2026-06-08"),
        due_time: chrono::NaiveTime::from_hms_opt(14, 30, 0),
        days_over: 0,
        working_days_over: 0,
        state: State::DueSoon,
        booked: Some(day("2026-06-12")),
        asked: Asked {
            kinds: vec!["core_group".to_owned()],
            shape: "interval",
            ..Asked::default()
        },
        section: Section::New,
        acknowledged: None,
        tells: vec![Tell::Step(Step {
            number: 1,
            of: 4,
            ladder: "standard".to_owned(),
            turn: 0,
            why: Why {
                role: Role::KeyWorker,
                covering: Some("Tom O\u{2019}Neill".to_owned()),
                passed_up: true,
            },
        })],
    }
}

fn letter(kind: LetterKind, entries: Vec<Entry>) -> Letter {
    Letter {
        authority: Sender {
            id: "luton".to_owned(),
            name: "Luton".to_owned(),
        },
        to: Recipient {
            address: address("maria.jones@example.gov.uk"),
            name: Some("Maria Jones".to_owned()),
        },
        kind,
        language: Language::English,
        written: instant("2026-06-04T07:15:00Z"),
        today: day("2026-06-04"),
        entries,
        notices: Vec::new(),
    }
}

pub(super) fn now() -> Letter {
    letter(LetterKind::Now, vec![visit()])
}

/// A digest with something in every section, handed over least urgent first.
pub(super) fn digest() -> Letter {
    let closed = Entry {
        obligation: "c0ffee0000001".to_owned(),
        rule: "first-core-group".to_owned(),
        title: "First core group within ten working days".to_owned(),
        case_ref: "LUT-1840".to_owned(),
        due: day("2026-06-01"),
        days_over: 2,
        state: State::MetLate,
        section: Section::Closed,
        tells: vec![Tell::Closed {
            reason: Closing::MetLate,
            day: day("2026-06-03"),
        }],
        ..visit()
    };
    let reopened = Entry {
        obligation: "c0ffee0000002".to_owned(),
        case_ref: "LUT-1733".to_owned(),
        severity: Severity::Medium,
        days_over: 1,
        working_days_over: 1,
        due: day("2026-06-03"),
        tells: vec![Tell::Reopened {
            day: day("2026-06-04"),
        }],
        ..visit()
    };
    let continuing = Entry {
        obligation: "c0ffee0000003".to_owned(),
        case_ref: "LUT-1650".to_owned(),
        section: Section::Continuing,
        days_over: 12,
        working_days_over: 8,
        due: day("2026-05-23"),
        booked: Some(day("2026-06-05")),
        tells: Vec::new(),
        ..visit()
    };
    let acknowledged = Entry {
        obligation: "c0ffee0000004".to_owned(),
        case_ref: "LUT-1500".to_owned(),
        section: Section::Acknowledged,
        acknowledged: Some(day("2026-06-12")),
        tells: Vec::new(),
        ..visit()
    };
    letter(
        LetterKind::Digest,
        vec![
            closed,
            acknowledged,
            continuing,
            reopened,
            core_group(),
            visit(),
        ],
    )
}

pub(super) fn baseline() -> Letter {
    let twice = Entry {
        tells: vec![step(1, Role::TeamManager), step(2, Role::TeamManager)],
        ..visit()
    };
    letter(LetterKind::Baseline, vec![twice])
}

pub(super) fn operations() -> Letter {
    let mut letter = letter(LetterKind::Operations, Vec::new());
    letter.authority.id.clear();
    letter.to = Recipient {
        address: address("ict.oncall@example.gov.uk"),
        name: None,
    };
    letter.notices = vec![
        Notice {
            phase: Phase::Lasts,
            since: day("2026-06-02"),
            what: "3 rows in quarantine".to_owned(),
            detail: vec!["visits V-12: occurred is not a day".to_owned()],
            remedy: "mend the rows in the case system, or the query".to_owned(),
        },
        Notice {
            phase: Phase::Began,
            since: day("2026-06-04"),
            what: "the source was refused: nobody is told of a step".to_owned(),
            detail: vec![
                "visits: 12 rows, 4,031 at the last reading".to_owned(),
                "the copy is of Wed 3 June 2026".to_owned(),
            ],
            remedy: "corewatch check says where it fails".to_owned(),
        },
        Notice {
            phase: Phase::Over,
            since: day("2026-06-01"),
            what: "mail was not taken".to_owned(),
            detail: Vec::new(),
            remedy: String::new(),
        },
    ];
    letter
}
